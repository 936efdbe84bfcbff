"""How long a verification lasts, and the status of an instrument on a day.

计量法 第九条; 强制检定的工作计量器具检定管理办法 第五至九条; catalogue: 市场监管总局公告 2020 年第 42 号.

The certificate's own end of validity always wins; else the day of verification plus the catalogue's months.
Some instruments are verified once and replaced at the end of their term (到期轮换). A self-calibration never
changes the status of an instrument in the compulsory catalogue.

The first status that applies: 已轮换, 停用, 不合格, 超期, 未备案, 待检, 临期, 合格有效.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import cache
from pathlib import Path

from portal.rules.settings import value_of

DATA = Path(__file__).parent / "data"


class InstrumentKind(str, Enum):
    """What an instrument measures for, as the compulsory catalogue groups them."""

    PRICE_SCALE = "price_scale"
    INDICATING_SCALE = "indicating_scale"
    FUEL_DISPENSER = "fuel_dispenser"
    GAS_DISPENSER = "gas_dispenser"
    TAXIMETER = "taximeter"
    WATER_METER_SMALL = "water_meter_small"
    WATER_METER_LARGE = "water_meter_large"
    GAS_METER_NATURAL = "gas_meter_natural"
    GAS_METER_MANUFACTURED = "gas_meter_manufactured"
    ELECTRICITY_METER = "electricity_meter"
    HEAT_METER = "heat_meter"
    EV_CHARGER = "ev_charger"
    GLASS_THERMOMETER = "glass_thermometer"
    BLOOD_PRESSURE_METER = "blood_pressure_meter"
    LENS_METER = "lens_meter"
    EYE_REFRACTOMETER = "eye_refractometer"
    WEIGHTS = "weights"
    OTHER = "other"


class VerificationMode(str, Enum):
    """Whether an instrument comes back for verification or is replaced at the end of its term."""

    PERIODIC = "periodic"
    FIRST_ONLY = "first_only"


class VerificationResult(str, Enum):
    """What a verification found."""

    PASSED = "passed"
    FAILED = "failed"


class InstrumentStatus(str, Enum):
    """The status of an instrument on a day."""

    VALID = "valid"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    FAILED = "failed"
    OUT_OF_USE = "out_of_use"
    AWAITING = "awaiting"
    NOT_FILED = "not_filed"
    REPLACED = "replaced"


IN_DATE = frozenset({InstrumentStatus.VALID, InstrumentStatus.DUE_SOON})


@dataclass(frozen=True)
class Period:
    """How long a verification of one kind lasts; `months` 0 means no fixed period."""

    kind: InstrumentKind
    mode: VerificationMode
    months: int
    confidence: str
    source: str
    source_en: str
    article: str
    article_en: str
    effective_from: date


@cache
def periods() -> dict[InstrumentKind, Period]:
    """Return the catalogue's period for each kind."""
    with (DATA / "verification.toml").open("rb") as file:
        table = tomllib.load(file)
    shared = {name: table[name] for name in table if name != "instrument"}
    return {
        InstrumentKind(row["kind"]): Period(
            kind=InstrumentKind(row["kind"]),
            mode=VerificationMode(row["mode"]),
            months=row["months"],
            confidence=row["confidence"],
            **shared,
        )
        for row in table["instrument"]
    }


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def due_on(
    kind: InstrumentKind, verified_on: date, certificate_valid_until: date | None = None
) -> date | None:
    """Return the last day a verification holds; None where no date is known.

    The certificate's own date always wins over the catalogue's period.
    """
    if certificate_valid_until is not None:
        return certificate_valid_until
    months = periods()[kind].months
    return add_months(verified_on, months) if months else None


def has_no_term(kind: InstrumentKind) -> bool:
    """Return whether a kind is verified once and has no fixed end."""
    period = periods()[kind]
    return period.mode is VerificationMode.FIRST_ONLY and period.months == 0


def status_on(
    today: date,
    *,
    result: VerificationResult | None,
    valid_until: date | None,
    is_filed: bool = True,
    is_in_use: bool = True,
    is_replaced: bool = False,
    has_term: bool = True,
    soon_days: int | None = None,
) -> InstrumentStatus:
    """Return the status of an instrument, the gravest first; the last valid day still counts as valid.

    `has_term=False` is for a kind that is verified once without a fixed end.
    """
    if is_replaced:
        return InstrumentStatus.REPLACED
    if not is_in_use:
        return InstrumentStatus.OUT_OF_USE
    if result is VerificationResult.FAILED:
        return InstrumentStatus.FAILED
    if result is not None and valid_until is not None and valid_until < today:
        return InstrumentStatus.OVERDUE
    if not is_filed:
        return InstrumentStatus.NOT_FILED
    if result is None or (valid_until is None and has_term):
        return InstrumentStatus.AWAITING
    return _valid_or_soon(today, valid_until, soon_days)


def _valid_or_soon(today: date, valid_until: date | None, soon_days: int | None) -> InstrumentStatus:
    if valid_until is None:
        return InstrumentStatus.VALID
    within_days = value_of("due_soon_days", today) if soon_days is None else soon_days
    is_soon = valid_until - today <= timedelta(days=within_days)
    return InstrumentStatus.DUE_SOON if is_soon else InstrumentStatus.VALID
