"""What lies ahead of a case is counted like the clocks themselves."""

from __future__ import annotations

from datetime import date

import pytest

from portal.rules.complaint_flow import Track
from portal.rules.deadlines import Clock, due_on
from portal.rules.outlook import outlook

M, R = Track.MEDIATION, Track.REPORT


@pytest.mark.parametrize(
    ("track", "received_on", "region_code", "days"),
    [
        # The vectors of facts 4.2: seven working days, then sixty days from the last of them.
        (M, date(2026, 9, 24), "330106", {Clock.ACCEPT: "2026-10-12", Clock.MEDIATE: "2026-12-11"}),
        (M, date(2026, 11, 23), "330106", {Clock.ACCEPT: "2026-12-02", Clock.MEDIATE: "2027-01-31"}),
        (
            R,
            date(2026, 11, 23),
            "330106",
            {Clock.CHECK_REPORT: "2026-12-14", Clock.DECIDE_CASE: "2027-03-14"},
        ),
    ],
)
def test_each_period_begins_where_the_one_before_can_last_end(
    track: Track, received_on: date, region_code: str, days: dict[Clock, str]
) -> None:
    ahead = outlook(track, received_on, region_code=region_code, today=received_on)
    assert {one.clock: one.deadline.due_on.isoformat() for one in ahead} == days


def test_a_province_with_a_period_of_its_own_has_it_in_the_outlook() -> None:
    clocks = [
        one.clock for one in outlook(R, date(2026, 11, 23), region_code="370102", today=date(2026, 11, 23))
    ]
    assert Clock.TAKE_UP_REPORT in clocks


def test_a_day_past_the_calendar_is_marked() -> None:
    ahead = outlook(R, date(2026, 11, 23), region_code="330106", today=date(2026, 11, 23))
    assert [one.deadline.is_provisional for one in ahead] == [False, True]


def test_the_first_period_is_the_clock_itself() -> None:
    first = outlook(M, date(2026, 11, 23), region_code="330106", today=date(2026, 11, 23))[0]
    assert first.after is None
    assert first.deadline == due_on(Clock.ACCEPT, date(2026, 11, 23), region_code="330106")
