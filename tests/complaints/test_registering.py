"""The official number and the day of receipt: one filing a number, and a legal day before the typing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal.base.db import db, first_wins, unit_of_work
from portal.complaints import actions, queries
from portal.complaints.models import Case
from portal.complaints.registering import OfficialNumberTaken, holder_of
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, Track
from portal.rules.deadlines import Clock, Lateness, lateness
from portal.rules.errors import InputRefused
from portal.rules.intake_terms import Channel
from tests.builders import make_case, make_measured_case, make_merchant

BOTH = (Track.MEDIATION, Track.REPORT)
NOW = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    return make_merchant(now=NOW)


def case_of(number: str) -> Case:
    case = queries.case_by_number(number)
    assert case is not None
    return case


def ticket(merchant: Merchant | None, received_on: date, **told: Any) -> Case:
    """File what a 12315 ticket says, bought on 1 September and typed today."""
    fields = {"official_number": "1330106002026090100001", "channel": Channel.TICKET_12315}
    fields |= {"bought_on": date(2026, 9, 1), "received_on": received_on}
    return make_measured_case(merchant=merchant, is_registered=False, now=NOW, **(fields | told))


# The clocks of a ticket count from its own day, not from the typing.


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2026, 9, 24), date(2026, 10, 12)),
        (date(2026, 10, 19), date(2026, 10, 28)),
        (date(2026, 10, 20), date(2026, 10, 29)),
    ],
)
def test_the_time_to_accept_counts_from_the_tickets_own_day(received_on: date, due_on: date) -> None:
    case = ticket(None, received_on)
    assert (case.received_on, case.due_on, case.due_clock) == (received_on, due_on, Clock.ACCEPT)
    assert case.events[0].on == received_on
    assert case.events[0].at == NOW


def test_a_ticket_typed_late_is_late_at_once_and_accepted_late() -> None:
    case = ticket(None, date(2026, 9, 30))
    clock = actions.clocks_of(case, today=NOW.date())[0]
    assert lateness(clock.deadline, NOW.date()) is Lateness.LATE
    with unit_of_work():
        actions.move(case_of(case.number), MoveName.ACCEPT, actor=Actor.OFFICER, now=NOW)
    clocks = {c.clock: c for c in actions.clocks_of(case_of(case.number), today=NOW.date())}
    assert clocks[Clock.ACCEPT].stopped_on == NOW.date()
    assert clocks[Clock.MEDIATE].started_on == NOW.date()


def test_both_tracks_of_a_ticket_count_from_its_day() -> None:
    case = ticket(None, date(2026, 9, 24), tracks=BOTH)
    for one in case.filing.cases:
        assert one.received_on == date(2026, 9, 24)
        started = {c.started_on for c in actions.clocks_of(one, today=NOW.date())}
        assert started == {date(2026, 9, 24)}


def test_a_ticket_of_before_the_new_order_keeps_the_rules_it_began_under() -> None:
    case = ticket(None, date(2026, 4, 14), bought_on=date(2026, 4, 1))
    later = ticket(None, date(2026, 4, 15), bought_on=date(2026, 4, 1), official_number="2", key="later")
    [before], [after] = (actions.clocks_of(one, today=NOW.date())[:1] for one in (case, later))
    assert (before.deadline.article, after.deadline.article) == ("第十四条", "第十五条")


@pytest.mark.parametrize(
    ("received_on", "is_taken"),
    [
        (date(2026, 8, 31), False),
        (date(2026, 9, 1), True),
        (NOW.date(), True),
        (NOW.date() + timedelta(days=1), False),
    ],
)
def test_a_ticket_lies_between_the_purchase_and_today(received_on: date, is_taken: bool) -> None:
    if is_taken:
        assert ticket(None, received_on).received_on == received_on
        return
    with pytest.raises(InputRefused):
        ticket(None, received_on)
    assert holder_of("1330106002026090100001") is None


@pytest.mark.parametrize("channel", Channel)
def test_only_what_an_office_typed_was_received_before_it_was_typed(
    merchant: Merchant, channel: Channel
) -> None:
    number = make_measured_case(
        merchant=merchant, channel=channel, bought_on=date(2026, 9, 1), is_registered=False, now=NOW
    ).number
    register = {"actor": Actor.INTAKE_CLERK, "official_number": "7", "now": NOW}
    if channel is Channel.ONLINE:
        with pytest.raises(InputRefused), unit_of_work():
            actions.move(case_of(number), MoveName.REGISTER, on=date(2026, 10, 19), **register)
        return
    with unit_of_work():
        actions.move(case_of(number), MoveName.REGISTER, on=date(2026, 10, 19), **register)
    assert case_of(number).received_on == date(2026, 10, 19)


# One filing a number.


@pytest.mark.parametrize(
    "again",
    ["12315-７", " 12315 - 7 ", "12315-7", "１２３１５-7", "12315-\u200b7", "\u202a12315-7\u202c\ufeff"],
)
def test_the_same_official_number_twice_is_refused_however_it_is_typed(
    merchant: Merchant, again: str
) -> None:
    first = ticket(merchant, date(2026, 9, 24), official_number="12315-7")
    with pytest.raises(OfficialNumberTaken):
        ticket(merchant, date(2026, 9, 24), official_number=again, key="again")
    assert holder_of(again) == first.filing_id


def test_registering_by_hand_does_not_give_a_number_away_twice(merchant: Merchant) -> None:
    first, second = (make_case(merchant, key=key, is_registered=False, now=NOW).number for key in "ab")
    register = {"actor": Actor.OFFICER, "official_number": "12315-7", "now": NOW}
    with unit_of_work():
        actions.move(case_of(first), MoveName.REGISTER, **register)
    with pytest.raises(OfficialNumberTaken), unit_of_work():
        actions.move(case_of(second), MoveName.REGISTER, **register)
    assert case_of(second).received_on is None


def test_both_tracks_of_one_filing_may_share_a_number(merchant: Merchant) -> None:
    case = make_case(merchant, tracks=BOTH, is_registered=False, now=NOW)
    for one in [one.number for one in case.filing.cases]:
        with unit_of_work():
            actions.move(
                case_of(one), MoveName.REGISTER, actor=Actor.OFFICER, official_number="12315-7", now=NOW
            )
        assert case_of(one).official_number == "12315-7"


def race(app: Flask, round_no: int) -> list[str]:
    """Register two cases with one number from two threads at once; return what each was told."""
    merchant, official_number = make_merchant(now=NOW), f"12315-{round_no}"
    keys = (f"a{round_no}", f"b{round_no}")
    numbers = [make_case(merchant, key=key, is_registered=False, now=NOW).number for key in keys]
    gate, told = threading.Barrier(2), []

    def register(number: str) -> None:
        move = partial(actions.move, actor=Actor.OFFICER, official_number=official_number, now=NOW)
        with app.app_context():
            gate.wait(10)
            try:
                first_wins(lambda: move(case_of(number), MoveName.REGISTER))
                told.append("done")
            except OfficialNumberTaken:
                told.append("taken")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=register, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@pytest.mark.parametrize("round_no", range(3))
def test_of_two_who_give_one_number_at_once_one_is_told(app: Flask, round_no: int) -> None:
    assert race(app, round_no) == ["done", "taken"]


def test_of_two_who_give_one_number_at_once_one_is_told_on_postgres(postgres_app: Flask) -> None:
    assert [race(postgres_app, round_no) for round_no in range(5)] == [["done", "taken"]] * 5
