"""Queries: instruments, their certificates, and what the public records say of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.base.db import db
from portal.instruments.models import Instrument, Verification
from portal.merchants.models import Merchant
from portal.records import queries as record_queries
from portal.records.models import PublicRecord
from portal.rules.credit_file import InstrumentFact, counting, instruments_in
from portal.rules.goods import Goods, goods_group_of
from portal.rules.metrology_terms import AccuracyClass, GoodsGroup
from portal.rules.publication import RecordKind, day_of
from portal.rules.retail_rows import choose_row
from portal.rules.scales import ScaleSpec
from portal.rules.suitability import Suitability, suits
from portal.rules.verification import IN_DATE, InstrumentKind, VerificationResult

# One group, or one unit price in fen per kg, for each row of Annex 1 that a market stall sells from.
SOLD: tuple[tuple[GoodsGroup | None, int | None], ...] = (
    (GoodsGroup.VEGETABLE, None),
    (GoodsGroup.AQUATIC, None),
    (GoodsGroup.DRIED_VEGETABLE, None),
    (None, 100_01),
)


@dataclass(frozen=True)
class Check:
    """One verification as its record tells it."""

    record_number: str
    result: VerificationResult
    verified_on: date
    valid_until: date | None
    certificate: str | None
    body: str | None


@dataclass(frozen=True)
class Fitness:
    """Whether a scale is accurate enough for some goods; `is_sold_here` when the merchant trades in them."""

    group: GoodsGroup | None
    over_fen_per_kg: int | None
    suitability: Suitability
    is_sold_here: bool


@dataclass(frozen=True)
class InstrumentPage:
    """A scale as its public records describe it on a day."""

    number: str
    merchant: Merchant
    kind: InstrumentKind
    described: dict[str, Any]
    accuracy: AccuracyClass | None
    fact: InstrumentFact
    is_in_date: bool
    entry_number: str
    checks: tuple[Check, ...]
    fitness: tuple[Fitness, ...]


def instrument_by_number(number: str) -> Instrument | None:
    """Return the instrument with a public number."""
    return db.session.scalar(select(Instrument).where(Instrument.number == number))


def instrument_of(merchant_id: int, serial_key: str) -> Instrument | None:
    """Return a merchant's instrument by its serial number as one compares it."""
    return db.session.scalar(
        select(Instrument).where(Instrument.merchant_id == merchant_id, Instrument.serial_key == serial_key)
    )


def instruments_of(merchant_id: int) -> list[Instrument]:
    """Return a merchant's instruments, the first registered first."""
    query = select(Instrument).where(Instrument.merchant_id == merchant_id)
    return list(db.session.scalars(query.order_by(Instrument.id)))


def verification_of(instrument_id: int, certificate_number: str) -> Verification | None:
    """Return an instrument's verification by its certificate."""
    return db.session.scalar(
        select(Verification).where(
            Verification.instrument_id == instrument_id,
            Verification.certificate_number == certificate_number,
        )
    )


def verifications_of(instrument_id: int) -> list[Verification]:
    """Return an instrument's verifications, newest first."""
    query = select(Verification).where(Verification.instrument_id == instrument_id)
    return list(db.session.scalars(query.order_by(Verification.verified_on.desc(), Verification.id.desc())))


def instrument_page(number: str, *, today: date) -> InstrumentPage | None:
    """Return what the public records say of an instrument; None when none may be shown."""
    instrument = instrument_by_number(number)
    if instrument is None:
        return None
    merchant = instrument.merchant
    file = counting(record_queries.record_facts(merchant.number, today=today), today)
    fact = next((fact for fact in instruments_in(file) if fact.number == number), None)
    entry = next(
        (r for r in reversed(file.of(RecordKind.INSTRUMENT)) if r.facts.get("instrument") == number), None
    )
    if fact is None or entry is None:
        return None
    described = dict(entry.facts)
    return InstrumentPage(
        number=number,
        merchant=merchant,
        kind=InstrumentKind(described["kind"]),
        described=described,
        accuracy=AccuracyClass(described["accuracy_class"]) if described.get("accuracy_class") else None,
        fact=fact,
        is_in_date=fact.status in IN_DATE,
        entry_number=entry.number,
        checks=_checks(merchant.number, number, today),
        fitness=_fitness(described, merchant, today),
    )


def _checks(merchant_number: str, number: str, today: date) -> tuple[Check, ...]:
    records = record_queries.records_of(merchant_number, kinds=(RecordKind.VERIFICATION,), today=today)
    return tuple(_check(record) for record in records if record.facts.get("instrument") == number)


def _check(record: PublicRecord) -> Check:
    facts = record.facts
    return Check(
        record_number=record.number,
        result=VerificationResult(facts["result"]),
        verified_on=record.occurred_on,
        valid_until=day_of(facts.get("valid_until")),
        certificate=facts.get("certificate"),
        body=facts.get("body"),
    )


def _fitness(described: dict[str, Any], merchant: Merchant, today: date) -> tuple[Fitness, ...]:
    """Say for each row of Order 66's Annex 1 whether the plate's e and Max are accurate enough."""
    if not described.get("e_mg") or not described.get("accuracy_class"):
        return ()
    scale = ScaleSpec(described["e_mg"], AccuracyClass(described["accuracy_class"]), described.get("max_mg"))
    sold = goods_group_of(merchant.category or merchant.name)
    return tuple(
        Fitness(
            group=group,
            over_fen_per_kg=None if price is None else price - 1,
            suitability=suits(scale, goods=Goods("", group), unit_price_fen_per_kg=price, on=today),
            is_sold_here=group is not None and sold is not None and _same_row(group, sold, today),
        )
        for group, price in SOLD
    )


def _same_row(group: GoodsGroup, sold: GoodsGroup, today: date) -> bool:
    from_group, from_sold = (choose_row(Goods("", g), None, 1, today).row for g in (group, sold))
    return from_group is not None and from_group == from_sold
