"""A buyer who does not say whether the money came: after ten days the portal takes it that it did."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from portal.base.db import unit_of_work
from portal.compensation import ledger
from portal.compensation import queries as compensation_queries
from portal.compensation.models import Claim, ClaimState
from portal.complaints import actions, jobs, queries
from portal.complaints.models import Case
from portal.factory import SWEEPS
from portal.merchants.models import Merchant
from portal.records import queries as record_queries
from portal.rules.complaint_flow import Actor, MoveName, Need, State
from portal.rules.deadlines import Clock
from portal.rules.errors import MoveNotAllowed
from portal.rules.publication import RecordKind
from tests.builders import make_case

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def number(shop: Merchant) -> str:
    """A case settled for 60 fen, which the merchant says it has paid."""
    number = make_case(shop, now=NOW).number
    with unit_of_work():
        case = case_of(number)
        actions.move(case, MoveName.ACCEPT, actor=Actor.OFFICER, now=NOW)
        consent = [Need.BOTH_CONSENT]
        actions.move(case, MoveName.BEGIN_MEDIATION, actor=Actor.OFFICER, also_given=consent, now=NOW)
        actions.move(case, MoveName.OFFER, actor=Actor.MERCHANT, amount_fen=60, now=NOW)
        actions.accept_offer(case, now=NOW)
        actions.report_paid(case, method="cash", reference="", user_id=None, now=NOW)
    return number


def case_of(number: str) -> Case:
    case = queries.case_by_number(number)
    assert case is not None
    return case


def claim_of(number: str) -> Claim:
    claim = compensation_queries.claim_of_case(number)
    assert claim is not None
    return claim


def last_day(number: str) -> date:
    """Return the last day on which the buyer can still answer."""
    clocks = actions.clocks_of(case_of(number), today=NOW.date())
    [asked] = [c for c in clocks if c.clock is Clock.PRESUME_RECEIPT]
    return asked.deadline.due_on


def sweep_on(day: date) -> datetime:
    now = datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False), unit_of_work():
        jobs.presume_receipts(now)
    return now


@pytest.mark.parametrize(
    ("days_after_count", "state"), [(-1, State.SETTLED), (0, State.SETTLED), (1, State.CLOSED)]
)
def test_receipt_is_presumed_once_the_last_day_is_over(
    number: str, days_after_count: int, state: State
) -> None:
    sweep_on(last_day(number) + timedelta(days=days_after_count))
    assert case_of(number).state is state
    confirmed = claim_of(number).state is ClaimState.CONFIRMED
    assert confirmed is (state is State.CLOSED)
    assert ledger.check() == []


def test_sweeping_twice_pays_and_publishes_once(number: str, shop: Merchant) -> None:
    day = last_day(number) + timedelta(days=1)
    sweep_on(day)
    sweep_on(day)
    moves = [event.move for event in case_of(number).events]
    paid = record_queries.records_of(shop.number, kinds=[RecordKind.COMPENSATION], today=day, limit=10)
    assert moves.count(MoveName.PRESUME_PERFORMED) == 1
    assert len(paid) == 1
    assert ledger.check() == []


def test_a_buyer_who_denied_is_not_presumed_to_have_the_money(number: str) -> None:
    with unit_of_work():
        actions.deny_receipt(case_of(number), now=NOW)
    sweep_on(NOW.date() + timedelta(days=60))
    assert case_of(number).state is State.SETTLED
    assert claim_of(number).state is ClaimState.OWED


def test_nobody_can_presume_early(number: str) -> None:
    with pytest.raises(MoveNotAllowed), unit_of_work():
        actions.presume_performed(case_of(number), now=NOW)
    assert claim_of(number).state is ClaimState.PAID


def test_the_worker_sweeps_for_presumed_receipts() -> None:
    assert SWEEPS["presume_receipts"] == (jobs.PRESUME_EVERY, jobs.presume_receipts)
