"""A merchant with somebody signed in for it."""

from __future__ import annotations

from dataclasses import dataclass

from flask.testing import FlaskClient

from portal.merchants.models import Merchant


@dataclass(frozen=True)
class Shop:
    """A merchant, and a client of its owner."""

    merchant: Merchant
    owner_id: int
    client: FlaskClient
