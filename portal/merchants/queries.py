"""Queries: merchants, markets, pledges in force, credit answers and response figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal.base.clock import day_of
from portal.base.db import db
from portal.merchants.models import Market, Merchant, Pledge, PledgeVersion, ResponseMonth
from portal.records import queries as record_queries
from portal.rules import pledge as pledge_rules
from portal.rules.credit import CreditAnswer, CreditStatus, Reason, status_of
from portal.rules.messages import Message
from portal.rules.verification import InstrumentStatus


@dataclass(frozen=True)
class ResponseFigures:
    """How a merchant answered complaints since a day; each count with what it is a part of."""

    since_on: date
    answers_due_count: int
    answered_in_time_count: int
    complaints_closed_count: int
    settled_count: int


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
    withdrawn_on = day_of(version.withdrawn_at) if version.withdrawn_at else None
    return pledge_rules.is_in_force(version.valid_from_on, last_day_of(version), withdrawn_on, day)


def last_day_of(version: PledgeVersion) -> date:
    """Return the last day a version covers: its own, or the day before a newer one began."""
    return min(version.valid_to_on, version.ended_on or version.valid_to_on)


def pledge_of(merchant_id: int) -> Pledge | None:
    """Return a merchant's pledge, whose texts are its versions."""
    return db.session.scalar(select(Pledge).where(Pledge.merchant_id == merchant_id))


def market_by_id(market_id: int | None) -> Market | None:
    """Return a market by its row number; None for none."""
    return None if market_id is None else db.session.get(Market, market_id)


def credit_answer(merchant: Merchant, today: date) -> CreditAnswer:
    """Return a merchant's status on a day, worked out from its public records."""
    return status_of(record_queries.record_facts(merchant.number, today=today), today)


def stored_reasons(merchant: Merchant) -> tuple[Reason, ...]:
    """Return the reasons of the answer that was kept for lists."""
    return tuple(
        Reason(
            message=_unpacked(row["message"]),
            record_number=row["record"],
            ends_on=date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
            repair=_unpacked(row["repair"]) if row["repair"] else None,
            level=CreditStatus(row["level"]),
        )
        for row in merchant.credit_reasons
    )


def _unpacked(packed: dict[str, Any]) -> Message:
    return Message(packed["text"], {key: _unpacked_value(value) for key, value in packed["values"].items()})


def _unpacked_value(value: Any) -> Any:
    if isinstance(value, dict) and "day" in value:
        return date.fromisoformat(value["day"])
    if isinstance(value, dict):
        return InstrumentStatus(value["instrument_status"])
    return value


def response_figures(merchant_id: int, today: date) -> ResponseFigures:
    """Return how complaints (投诉) were answered in this month and the eleven before it."""
    since_on = date(today.year - 1, today.month + 1, 1) if today.month < 12 else date(today.year, 1, 1)
    columns = (
        ResponseMonth.answers_due_count,
        ResponseMonth.answered_in_time_count,
        ResponseMonth.complaints_closed_count,
        ResponseMonth.settled_count,
    )
    query = select(*(func.coalesce(func.sum(column), 0) for column in columns)).where(
        ResponseMonth.merchant_id == merchant_id, ResponseMonth.month_on >= since_on
    )
    return ResponseFigures(since_on, *(int(value) for value in db.session.execute(query).one()))


def response_month(merchant_id: int, month_on: date) -> ResponseMonth | None:
    """Return the counters of one month."""
    return db.session.scalar(
        select(ResponseMonth).where(
            ResponseMonth.merchant_id == merchant_id, ResponseMonth.month_on == month_on
        )
    )


def pledges_in_force(merchant_ids: Iterable[int], day: date) -> dict[int, PledgeVersion]:
    """Return the versions that bind on a day, by merchant."""
    query = select(PledgeVersion).where(PledgeVersion.merchant_id.in_(list(merchant_ids)))
    rows = db.session.scalars(query.order_by(PledgeVersion.version))
    return {row.merchant_id: row for row in rows if is_in_force(row, day)}


def due_for_refresh(today: date) -> list[int]:
    """Return the ids of merchants whose kept answer is older than today and rests on records."""
    query = select(Merchant.id).where(Merchant.standing_on < today).order_by(Merchant.id)
    return list(db.session.scalars(query))
