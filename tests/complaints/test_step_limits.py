"""How often a step may be sent: a market on one Wi-Fi can file, a loop cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.security import limiter
from portal.base.db import db
from portal.merchants.models import Merchant
from tests.builders import make_merchant
from tests.complaints.conftest import NOW
from tests.complaints.forms import begin, draft_of, post, send, typed
from tests.conftest import make_app

MOST_A_MINUTE = 90


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Flask]:
    """Yield an application that counts."""
    application = make_app(tmp_path, RATELIMIT_ENABLED=True)
    with application.app_context():
        db.create_all()
        limiter.reset()
        yield application
        limiter.reset()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(strict: Flask) -> FlaskClient:
    return strict.test_client()


@pytest.fixture
def shop(strict: Flask) -> Merchant:
    return make_merchant(now=NOW)


def test_one_draft_is_sent_ninety_times_a_minute_and_no_other_pays_for_it(
    client: FlaskClient, shop: Merchant
) -> None:
    first, second = (draft_of(begin(client, typed(shop, key))) for key in ("a", "b"))
    answers = [post(client, first, "evidence").status_code for _ in range(MOST_A_MINUTE + 1)]
    assert answers == [303] * MOST_A_MINUTE + [429]
    assert post(client, second, "evidence").status_code == 303
    # Reading goes on, and nothing is lost.
    assert client.get(f"{first}/what").status_code == 200
    assert "429" in post(client, first, "evidence").text


def test_twenty_people_behind_one_address_can_file_at_once(strict: Flask, shop: Merchant) -> None:
    for number in range(20):
        assert send(strict.test_client(), typed(shop, f"person-{number}")).status_code == 303
