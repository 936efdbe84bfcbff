"""Queries: merchants, markets and the pledges in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from portal.base.clock import day_of
from portal.base.db import db
from portal.merchants.models import Market, Merchant, PledgeVersion
from portal.rules import pledge as pledge_rules


def merchant_by_number(number: str) -> Merchant | None:
    """Return the merchant with a public number."""
    return db.session.scalar(select(Merchant).where(Merchant.number == number))


def merchants_by_numbers(numbers: Iterable[str]) -> list[Merchant]:
    """Return the merchants with these numbers, in the order given."""
    wanted = list(numbers)
    rows = db.session.scalars(select(Merchant).where(Merchant.number.in_(wanted)))
    held = {merchant.number: merchant for merchant in rows}
    return [held[number] for number in wanted if number in held]


def merchant_by_uscc(uscc: str) -> Merchant | None:
    """Return the merchant with a credit code."""
    return db.session.scalar(select(Merchant).where(Merchant.uscc == uscc))


def merchant_at(place_key: str, *, without_code: bool = False) -> Merchant | None:
    """Return the merchant of a name and address, one without a credit code first."""
    query = select(Merchant).where(Merchant.place_key == place_key)
    if without_code:
        query = query.where(Merchant.uscc.is_(None))
    return db.session.scalar(query.order_by(Merchant.uscc.is_not(None), Merchant.id).limit(1))


def market_by_number(number: str) -> Market | None:
    """Return the market with a public number."""
    return db.session.scalar(select(Market).where(Market.number == number))


def has_any_merchant() -> bool:
    """Say whether the portal holds any merchant at all."""
    return db.session.scalar(select(Merchant.id).limit(1)) is not None


def pledge_versions(merchant_id: int) -> list[PledgeVersion]:
    """Return every version of a merchant's pledge, newest first."""
    query = select(PledgeVersion).where(PledgeVersion.merchant_id == merchant_id)
    return list(db.session.scalars(query.order_by(PledgeVersion.version.desc())))


def pledge_version(merchant_id: int, version: int) -> PledgeVersion | None:
    """Return one version of a merchant's pledge."""
    return db.session.scalar(
        select(PledgeVersion).where(
            PledgeVersion.merchant_id == merchant_id, PledgeVersion.version == version
        )
    )


def pledge_on(merchant_id: int, day: date) -> PledgeVersion | None:
    """Return the version of a merchant's pledge that binds on a day."""
    return next((row for row in pledge_versions(merchant_id) if is_in_force(row, day)), None)


def is_in_force(version: PledgeVersion, day: date) -> bool:
    """Say whether a version of a pledge binds on a day."""
    if version.ended_on is not None and day > version.ended_on:
        return False
    withdrawn_on = day_of(version.withdrawn_at) if version.withdrawn_at else None
    return pledge_rules.is_in_force(version.valid_from_on, version.valid_to_on, withdrawn_on, day)


def merchant_ids_after(last_id: int, count: int) -> list[int]:
    """Return the next ids in order, for a walk over every merchant."""
    return list(
        db.session.scalars(
            select(Merchant.id).where(Merchant.id > last_id).order_by(Merchant.id).limit(count)
        )
    )
