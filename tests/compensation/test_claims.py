"""A claim is opened once, paid once, and leaves in public what was paid and what is overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from portal.base.clock import day_of
from portal.base.db import db, unit_of_work
from portal.base.jobs import run_sweeps
from portal.compensation import actions, ledger, queries
from portal.compensation.models import Claim, ClaimState, PaymentMethod
from portal.merchants.actions import MerchantData, save_merchant
from portal.merchants.models import Merchant
from portal.records import queries as record_queries
from portal.records.models import PublicRecord
from portal.rules.compensation import Owed, owed_for
from portal.rules.credit import CreditStatus
from portal.rules.errors import InputRefused
from portal.rules.pledge import PledgeTerms
from portal.rules.publication import RecordKind

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
DUE_ON = date(2026, 12, 7)
# Seven days of grace: the last day that is not overdue is 14 December.
LAST_GRACE = datetime(2026, 12, 14, 2, 0, tzinfo=UTC)
OVERDUE = LAST_GRACE + timedelta(days=1)
CASE = "TS-ABCD-2345"


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    with unit_of_work():
        data = MerchantData(name="老王水果店", address="城东街1号", region_code="330102")
        return save_merchant(data, now=NOW).merchant


def calculation() -> Owed:
    return owed_for(
        unit_price_fen_per_kg=1200,
        settled_mg=2_000_000,
        reweighed_mg=1_900_000,
        is_over=True,
        terms=PledgeTerms(factor=10),
        on=date(2026, 11, 28),
    )


def opened(
    merchant: Merchant, *, case: str = CASE, has_consent: bool = True, amount_fen: int = 1320
) -> Claim:
    with unit_of_work():
        return actions.open_claim(
            case_number=case,
            merchant=db.session.get_one(Merchant, merchant.id),
            amount_fen=amount_fen,
            owed=calculation(),
            due_on=DUE_ON,
            has_consent=has_consent,
            now=NOW,
        )


def report(claim: Claim, now: datetime = NOW) -> None:
    with unit_of_work():
        actions.report_payment(claim, method="transfer", reference="尾号 8 的转账", now=now)


def confirm(claim: Claim, now: datetime = NOW) -> None:
    with unit_of_work():
        actions.confirm_receipt(claim, now=now)


def deny(claim: Claim, now: datetime = NOW) -> None:
    with unit_of_work():
        actions.deny_receipt(claim, now=now)


def sweep(now: datetime) -> int:
    with unit_of_work():
        return actions.mark_overdue(now=now)


def state_of(claim: Claim) -> ClaimState:
    return claim.state


def records(merchant: Merchant, kind: RecordKind, today: date = date(2026, 12, 15)) -> list[PublicRecord]:
    return list(record_queries.records_of(merchant.number, kinds=[kind], today=today, limit=20))


def test_a_claim_keeps_the_calculation_and_owes_its_amount(merchant: Merchant) -> None:
    claim = opened(merchant)
    assert state_of(claim) is ClaimState.OWED
    assert Owed.from_dict(claim.snapshot) == calculation()
    assert queries.balance_of(ledger.due_code(claim.number)) == 1320
    assert queries.balance_of(ledger.owed_code(merchant.number)) == -1320
    assert ledger.check() == []


def test_a_claim_is_found_by_its_number_however_it_is_typed(merchant: Merchant) -> None:
    claim = opened(merchant)
    assert queries.claim_by_number(f" {claim.number.lower()} ") is claim
    assert queries.claim_by_number("PC-2222-2222") is None
    assert queries.claim_of_case(CASE) is claim


def test_a_case_has_one_claim(merchant: Merchant) -> None:
    opened(merchant)
    with pytest.raises(actions.ClaimAlreadyOpen):
        opened(merchant)
    assert ledger.check() == []


@pytest.mark.parametrize("amount_fen", [-1, 0, actions.LARGEST_CLAIM_FEN + 1])
def test_a_claim_of_nothing_or_of_too_much_is_refused(merchant: Merchant, amount_fen: int) -> None:
    with pytest.raises(InputRefused):
        opened(merchant, amount_fen=amount_fen)
    assert ledger.check() == []


@pytest.mark.parametrize("amount_fen", [1, actions.LARGEST_CLAIM_FEN])
def test_the_least_and_the_largest_claim_balance(merchant: Merchant, amount_fen: int) -> None:
    claim = opened(merchant, amount_fen=amount_fen)
    confirm(claim)
    assert ledger.check() == []


def test_a_confirmed_payment_is_entered_and_published(merchant: Merchant) -> None:
    claim = opened(merchant)
    report(claim)
    assert state_of(claim) is ClaimState.PAID
    assert claim.method is PaymentMethod.TRANSFER
    assert queries.open_sum_of([merchant.id]) == 1320
    confirm(claim, NOW + timedelta(days=2))
    assert state_of(claim) is ClaimState.CONFIRMED
    assert queries.balance_of(ledger.due_code(claim.number)) == 0
    assert queries.balance_of(ledger.owed_code(merchant.number)) == 0
    assert queries.open_sum_of([merchant.id]) == 0
    [record] = records(merchant, RecordKind.COMPENSATION)
    assert record.number == claim.record_number
    assert record.facts == {
        "claim": claim.number,
        "amount_fen": 1320,
        "month": "2026-11",
        "paid_on": "2026-11-30",
        "basis": "pledge",
        "payer": "merchant",
        "on_time": True,
        "case": CASE,
    }
    assert ledger.check() == []


def test_without_consent_neither_the_day_nor_the_case_is_published(merchant: Merchant) -> None:
    claim = opened(merchant, has_consent=False)
    confirm(claim)
    [record] = records(merchant, RecordKind.COMPENSATION)
    assert record.occurred_on == date(2026, 11, 1)
    assert record.facts["paid_on"] == "2026-11-01"
    assert CASE not in str(record.facts)


def test_a_paid_claim_cannot_be_paid_twice(merchant: Merchant) -> None:
    claim = opened(merchant)
    report(claim)
    confirm(claim)
    for again in (confirm, report, deny):
        with pytest.raises(actions.ClaimAlreadyPaid):
            again(claim)
    assert len(records(merchant, RecordKind.COMPENSATION)) == 1
    assert ledger.check() == []


def test_a_payment_is_not_reported_twice(merchant: Merchant) -> None:
    claim = opened(merchant)
    report(claim)
    with pytest.raises(actions.ClaimAlreadyPaid):
        report(claim)


def test_a_buyer_who_has_nothing_puts_the_claim_back(merchant: Merchant) -> None:
    claim = opened(merchant)
    with pytest.raises(actions.NoPaymentReported):
        deny(claim)
    report(claim)
    deny(claim)
    assert state_of(claim) is ClaimState.OWED
    assert claim.paid_reported_at is None
    assert queries.claims_of(merchant.id, states=[ClaimState.OWED]) == [claim]
    report(claim)
    confirm(claim)
    assert ledger.check() == []


def test_a_reference_that_is_too_long_is_refused(merchant: Merchant) -> None:
    claim = opened(merchant)
    with pytest.raises(InputRefused), unit_of_work():
        actions.report_payment(claim, method="cash", reference="x" * 121, now=NOW)
    assert state_of(claim) is ClaimState.OWED


def test_the_reference_is_sealed_in_the_database(merchant: Merchant) -> None:
    claim = opened(merchant)
    report(claim)
    raw = db.session.connection().exec_driver_sql("SELECT reference FROM claim").scalar_one()
    assert "转账".encode() not in raw
    assert claim.reference == "尾号 8 的转账"


def test_a_payment_is_overdue_after_its_days_of_grace_and_not_before(merchant: Merchant) -> None:
    claim = opened(merchant)
    assert sweep(LAST_GRACE) == 0
    assert queries.overdue_claims(day_of(LAST_GRACE)) == []
    assert queries.overdue_claims(day_of(OVERDUE)) == [claim]
    assert sweep(OVERDUE) == 1
    assert sweep(OVERDUE) == 0
    [record] = records(merchant, RecordKind.OVERDUE_PAYMENT)
    assert record.number == claim.overdue_record_number
    assert record.occurred_on == date(2026, 12, 15)
    assert record.facts["due_on"] == "2026-12-07"
    assert merchant.credit_status is CreditStatus.WATCH


def test_the_worker_publishes_what_is_overdue_once_an_hour(app: Flask, merchant: Merchant) -> None:
    opened(merchant)
    sweeps = {"mark_overdue": app.extensions["sweeps"]["mark_overdue"]}
    assert run_sweeps(sweeps, now=OVERDUE) == 1
    assert run_sweeps(sweeps, now=OVERDUE + timedelta(minutes=59)) == 0
    assert len(records(merchant, RecordKind.OVERDUE_PAYMENT)) == 1


def test_a_payment_reported_in_time_is_not_overdue(merchant: Merchant) -> None:
    claim = opened(merchant)
    report(claim, LAST_GRACE)
    assert sweep(OVERDUE) == 0
    deny(claim, OVERDUE)
    assert sweep(OVERDUE) == 1


def test_a_late_payment_settles_the_overdue_record_and_ends_the_watch(merchant: Merchant) -> None:
    claim = opened(merchant)
    sweep(OVERDUE)
    confirm(claim, OVERDUE + timedelta(days=1))
    [record] = records(merchant, RecordKind.COMPENSATION, date(2026, 12, 16))
    assert record.facts["settles"] == claim.overdue_record_number
    assert record.facts["on_time"] is False
    assert merchant.credit_status is CreditStatus.NO_BASIS


def test_a_debt_that_outlives_its_record_is_published_again(merchant: Merchant) -> None:
    claim = opened(merchant)
    sweep(OVERDUE)
    assert claim.overdue_shows_until is not None
    first = claim.overdue_record_number
    end = datetime(2027, 12, 15, 2, 0, tzinfo=UTC)
    assert claim.overdue_shows_until == day_of(end)
    assert sweep(end) == 0
    assert sweep(end + timedelta(days=1)) == 1
    assert claim.overdue_record_number != first
    assert merchant.credit_status is CreditStatus.WATCH
