"""How long a verification lasts and what an instrument's status is."""

from datetime import date

import pytest

from portal.rules import verification
from portal.rules.verification import InstrumentKind, InstrumentStatus, VerificationResult

TODAY = date(2026, 11, 23)
PASSED, FAILED = VerificationResult.PASSED, VerificationResult.FAILED


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 5, 1), 0, date(2026, 5, 1)),
    ],
)
def test_months_are_added_on_the_calendar_and_clamped_to_the_month(day, months, expected):
    assert verification.add_months(day, months) == expected


@pytest.mark.parametrize(
    ("kind", "certificate", "expected"),
    [
        (InstrumentKind.PRICE_SCALE, None, date(2026, 5, 31)),
        (InstrumentKind.FUEL_DISPENSER, None, date(2025, 11, 30)),
        (InstrumentKind.GAS_METER_NATURAL, None, date(2035, 5, 31)),
        (InstrumentKind.PRICE_SCALE, date(2025, 12, 1), date(2025, 12, 1)),
        (InstrumentKind.GLASS_THERMOMETER, None, None),
        (InstrumentKind.OTHER, None, None),
        (InstrumentKind.OTHER, date(2026, 1, 1), date(2026, 1, 1)),
    ],
)
def test_the_certificates_own_date_wins_over_the_catalogue(kind, certificate, expected):
    assert verification.due_on(kind, date(2025, 5, 31), certificate) == expected


def test_every_kind_has_a_period_with_a_source_and_a_mark():
    assert set(verification.periods()) == set(InstrumentKind)
    assert all(
        p.source and p.article and p.confidence in {"VS", "R"} for p in verification.periods().values()
    )


def test_only_a_first_verification_without_a_period_has_no_term():
    assert verification.has_no_term(InstrumentKind.GLASS_THERMOMETER)
    assert not verification.has_no_term(InstrumentKind.WATER_METER_SMALL)
    assert not verification.has_no_term(InstrumentKind.OTHER)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"result": PASSED, "valid_until": date(2026, 12, 24)}, InstrumentStatus.VALID),
        ({"result": PASSED, "valid_until": date(2026, 12, 23)}, InstrumentStatus.DUE_SOON),
        ({"result": PASSED, "valid_until": TODAY}, InstrumentStatus.DUE_SOON),
        ({"result": PASSED, "valid_until": date(2026, 11, 22)}, InstrumentStatus.OVERDUE),
        ({"result": PASSED, "valid_until": date(2026, 11, 30), "soon_days": 6}, InstrumentStatus.VALID),
        ({"result": PASSED, "valid_until": date(2026, 11, 30), "soon_days": 7}, InstrumentStatus.DUE_SOON),
        ({"result": PASSED, "valid_until": None}, InstrumentStatus.AWAITING),
        ({"result": PASSED, "valid_until": None, "has_term": False}, InstrumentStatus.VALID),
        ({"result": FAILED, "valid_until": date(2027, 1, 1)}, InstrumentStatus.FAILED),
        ({"result": None, "valid_until": None}, InstrumentStatus.AWAITING),
        ({"result": None, "valid_until": None, "is_filed": False}, InstrumentStatus.NOT_FILED),
        ({"result": PASSED, "valid_until": date(2027, 1, 1), "is_filed": False}, InstrumentStatus.NOT_FILED),
        ({"result": FAILED, "valid_until": None, "is_filed": False}, InstrumentStatus.FAILED),
        ({"result": FAILED, "valid_until": None, "is_in_use": False}, InstrumentStatus.OUT_OF_USE),
        ({"result": FAILED, "valid_until": None, "is_replaced": True}, InstrumentStatus.REPLACED),
    ],
)
def test_the_gravest_status_comes_first(facts, expected):
    assert verification.status_on(TODAY, **facts) is expected
