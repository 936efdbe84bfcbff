"""The due day kept beside a case stays true while no one touches the case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask

from portal.base.db import db, unit_of_work
from portal.base.jobs import run_sweeps
from portal.complaints import actions, jobs, queries
from portal.complaints.models import Case
from portal.merchants import queries as merchant_queries
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, Need, State
from tests.builders import make_case, move_case

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


def case_in_mediation(shop: Merchant) -> Case:
    case = make_case(shop, now=NOW)
    move_case(case.number, MoveName.ACCEPT, now=NOW)
    return move_case(case.number, MoveName.BEGIN_MEDIATION, also_given=[Need.BOTH_CONSENT], now=NOW)


def sweep(on: datetime) -> None:
    with unit_of_work():
        jobs.refresh_clocks(now=on)


def due_on(case: Case) -> date | None:
    return queries.case_by_number(case.number).due_on


def test_a_paused_clock_moves_on_with_each_day_of_testing(shop: Merchant) -> None:
    case = case_in_mediation(shop)
    with unit_of_work():
        found = queries.case_by_number(case.number)
        actions.move(found, MoveName.REPLY, actor=Actor.MERCHANT, reason="同意送检", now=NOW)
    case = move_case(case.number, MoveName.START_TESTING, now=NOW)
    assert case.state is State.TESTING
    before = due_on(case)
    sweep(NOW + timedelta(days=7))
    assert due_on(case) == before + timedelta(days=7)


def test_a_running_clock_stays_where_it_is(shop: Merchant) -> None:
    case = case_in_mediation(shop)
    before = due_on(case)
    sweep(NOW + timedelta(days=7))
    assert due_on(case) == before


def test_a_provisional_day_is_counted_again(shop: Merchant) -> None:
    case = case_in_mediation(shop)
    right = due_on(case)
    with unit_of_work():
        found = queries.case_by_number(case.number)
        # As it would stand if the holidays had not been known when the clock began.
        found.is_due_provisional, found.due_on = True, right + timedelta(days=3)
    sweep(NOW)
    found = queries.case_by_number(case.number)
    assert (found.due_on, found.is_due_provisional) == (right, False)


def test_the_worker_refreshes_clocks(app: Flask, shop: Merchant) -> None:
    interval, function = app.extensions["sweeps"]["refresh_clocks"]
    assert function is jobs.refresh_clocks
    assert run_sweeps({"refresh_clocks": (interval, function)}, now=NOW) == 1
    assert run_sweeps({"refresh_clocks": (interval, function)}, now=NOW + interval / 2) == 0


def test_a_counted_silence_is_not_counted_again_by_a_later_move(shop: Merchant) -> None:
    case = case_in_mediation(shop)
    late = datetime.combine(case.answer_due_on + timedelta(days=1), NOW.timetz())
    with unit_of_work():
        jobs.count_silences(now=late)
    once = figures(shop, late)
    move_case(case.number, MoveName.START_TESTING, now=late)
    sweep(late)
    with unit_of_work():
        jobs.count_silences(now=late + timedelta(days=1))
    assert figures(shop, late) == once


def figures(shop: Merchant, on: datetime) -> object:
    db.session.rollback()
    return merchant_queries.response_figures(shop.id, today=on.date())
