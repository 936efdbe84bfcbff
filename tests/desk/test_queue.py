"""The queue: who sees which cases, in which order, with which counts and lateness."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.accounts.models import Role
from portal.base.db import db, unit_of_work
from portal.complaints import actions as complaint_actions
from portal.complaints import queries as complaint_queries
from portal.complaints.queries import QueueFilter
from portal.desk import queries
from portal.rules.complaint_flow import MoveName, State, Track
from portal.rules.deadlines import Lateness
from tests.builders import make_case, make_member, make_merchant, make_office, move_case, sign_in

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
BOTH = (Track.MEDIATION, Track.REPORT)


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def officer(app: Flask, client: FlaskClient) -> int:
    user_id = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    sign_in(client, user_id)
    return user_id


def page(client: FlaskClient, address: str = "/desk/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def test_an_empty_queue_says_so(officer: int, client: FlaskClient) -> None:
    assert "No open cases" in page(client, "/desk/?lang=en")


def test_the_soonest_due_case_stands_first_and_one_without_a_clock_last(
    officer: int, client: FlaskClient
) -> None:
    merchant = make_merchant(now=NOW)
    unregistered = make_case(merchant, key="a", is_registered=False, now=NOW - timedelta(days=20)).number
    later = make_case(merchant, key="b", now=NOW).number
    sooner = make_case(merchant, key="c", now=NOW - timedelta(days=4)).number
    text = page(client)
    places = [text.index(number) for number in (sooner, later, unregistered)]
    assert places == sorted(places)


def test_a_county_officer_sees_no_case_of_another_county(officer: int, client: FlaskClient) -> None:
    here = make_case(make_merchant(now=NOW), key="a", now=NOW).number
    there = make_merchant("江边水果店", address="江南大道1号", region_code="330108", now=NOW)
    elsewhere = make_case(there, key="b", now=NOW).number
    text = page(client)
    assert here in text
    assert elsewhere not in text


def test_a_city_office_sees_the_cases_of_its_counties(app: Flask, client: FlaskClient) -> None:
    city = make_office("330100", "杭州市市场监督管理局", now=NOW)
    sign_in(client, make_member(Role.AUDITOR, city, now=NOW))
    assert make_case(make_merchant(now=NOW), now=NOW).number in page(client)


@pytest.mark.parametrize(
    ("days", "lateness"),
    [(0, Lateness.DUE_TODAY), (1, Lateness.LATE), (-1, Lateness.ON_TIME), (40, Lateness.VERY_LATE)],
)
def test_lateness_is_told_apart(officer: int, days: int, lateness: Lateness) -> None:
    case = make_case(make_merchant(now=NOW), now=NOW)
    today = case.due_on + timedelta(days=days)
    wanted = QueueFilter(region_prefixes=("330106",))
    row = queries.queue_page(wanted, user_id=officer, page=1, today=today).rows[0]
    assert (row.lateness, row.days_left_count) == (lateness, -days)


def test_a_case_in_testing_is_never_late_by_the_clock_that_stands_still(officer: int) -> None:
    case = make_case(make_merchant(now=NOW), key="t", tracks=(Track.REPORT,), now=NOW)
    move_case(case.number, MoveName.BEGIN_CHECK, MoveName.START_TESTING, now=NOW)
    wanted = QueueFilter(region_prefixes=("330106",))
    found = queries.queue_page(wanted, user_id=officer, page=1, today=NOW.date() + timedelta(days=300))
    assert found.rows[0].is_paused
    assert found.rows[0].lateness is None


FILTERS = {
    "": 5,
    "?track=mediation": 4,
    "?track=report": 1,
    "?state=received": 3,
    "?state=accepted": 1,
    "?who=mine": 1,
    "?who=nobody": 4,
    "?due=late": 1,
    "?due=today": 1,
    "?registered=no": 1,
    "?closed=yes": 1,
    "?q=江边": 0,
    "?q=老王": 5,
    "?track=report&state=checking": 0,
    "?track=report&state=accepted": 1,
    "?who=mine&due=late": 0,
    "?state=nonsense&due=never&track=x&page=x": 5,
}


@pytest.fixture
def filled(officer: int) -> None:
    merchant = make_merchant(now=NOW)
    make_case(merchant, key="new", is_registered=False, now=NOW)
    both = make_case(merchant, key="both", tracks=BOTH, now=NOW)
    late = make_case(merchant, key="late", now=NOW - timedelta(days=30))
    today = make_case(merchant, key="today", now=NOW - timedelta(days=11))
    refused = make_case(merchant, key="refused", now=NOW)
    assert late.due_on < NOW.date()
    move_case(both.number, MoveName.ACCEPT, now=NOW)
    with unit_of_work():
        case = complaint_queries.case_by_number(both.number)
        complaint_actions.take(case, officer, now=NOW)
        complaint_queries.case_by_number(today.number).due_on = NOW.date()
        closed = complaint_queries.case_by_number(refused.number)
        closed.state, closed.is_open, closed.due_on = State.REFUSED, False, None


@pytest.mark.parametrize(("address", "count"), FILTERS.items())
def test_each_filter_finds_its_cases(
    filled: None, officer: int, client: FlaskClient, address: str, count: int
) -> None:
    assert page(client, "/desk/" + address).count('href="/desk/cases/') == count


def test_the_counts_beside_the_filters_are_what_a_click_finds(filled: None, officer: int) -> None:
    today = NOW.date()
    wanted = QueueFilter(region_prefixes=("330106",), track=Track.MEDIATION)
    found = queries.queue_page(wanted, user_id=officer, page=1, today=today)
    for key, alternative in queries.alternatives_to(wanted, officer, today).items():
        assert found.counts[key] == complaint_queries.count_cases(alternative), key
    assert found.counts["track", "report"] == 1


def test_a_long_queue_has_pages_and_as_many_queries_as_a_short_one(officer: int, client: FlaskClient) -> None:
    merchant = make_merchant(now=NOW)
    counts = []
    for size in (1, 34):
        for place in range(size):
            make_case(merchant, key=f"{size}-{place}", now=NOW)
        counts.append(_queries_of(client, "/desk/"))
    assert counts[0] == counts[1]
    assert page(client).count('href="/desk/cases/') == 30
    assert page(client, "/desk/?page=2").count('href="/desk/cases/') == 5
    assert "past the end" in page(client, "/desk/?page=9&lang=en")


def _queries_of(client: FlaskClient, address: str) -> int:
    asked: list[str] = []
    note = lambda *args: asked.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    page(client, address)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)
