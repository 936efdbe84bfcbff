"""The clocks of Order 121 and Order 20, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.book import Confidence
from portal.rules.clocks import clock_rules
from portal.rules.deadlines import (
    CALENDAR_OFFICIAL_THROUGH,
    Clock,
    Lateness,
    Pause,
    Unit,
    add_working_days,
    clock_rule,
    days_left,
    due_on,
    explain,
    has_clock,
    is_working_day,
    lateness,
)
from portal.rules.errors import CalendarUnknown, ClockUnknown
from portal.rules.settings import value_of
from portal.rules.working_days import ASSUMPTIONS, Holiday, is_statutory_holiday

SHANDONG = "370102"
ZHEJIANG = "330106"


def days(first: str, last: str) -> set[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return {start + timedelta(days=n) for n in range((end - start).days + 1)}


# The notice for 2026, as in the facts sheet 4.2.
OFF_2026 = (
    days("2026-01-01", "2026-01-03")
    | days("2026-02-15", "2026-02-23")
    | days("2026-04-04", "2026-04-06")
    | days("2026-05-01", "2026-05-05")
    | days("2026-06-19", "2026-06-21")
    | days("2026-09-25", "2026-09-27")
    | days("2026-10-01", "2026-10-07")
)
WORKED_2026 = {date(2026, m, d) for m, d in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]}


def test_every_day_of_2026_is_as_the_notice_says() -> None:
    wrong = []
    for day in sorted(days("2026-01-01", "2026-12-31")):
        wanted = day in WORKED_2026 or (day.weekday() < 5 and day not in OFF_2026)
        if is_working_day(day)[0] != wanted:
            wrong.append(day)
    assert wrong == []


def test_the_statutory_holidays_of_2026_are_the_days_of_the_notice_and_no_ordinary_weekend() -> None:
    assert {day for day in days("2026-01-01", "2026-12-31") if is_statutory_holiday(day)} == OFF_2026


@pytest.mark.parametrize(
    ("clock", "started_on", "wanted"),
    [
        (Clock.ACCEPT, "2026-09-24", "2026-10-12"),
        (Clock.ACCEPT, "2026-02-12", "2026-02-28"),
        (Clock.ACCEPT, "2026-04-15", "2026-04-24"),
        (Clock.ACCEPT, "2026-11-23", "2026-12-02"),
        (Clock.CHECK_REPORT, "2026-11-23", "2026-12-14"),
        (Clock.VERIFY_CLUE, "2026-11-23", "2026-12-14"),
        (Clock.MEDIATE, "2026-08-03", "2026-10-08"),
        (Clock.MEDIATE, "2026-11-23", "2027-01-22"),
        # The holiday's borders: the day before it, each of its ends, the day after it.
        (Clock.MEDIATE, "2026-08-01", "2026-09-30"),
        (Clock.MEDIATE, "2026-08-02", "2026-10-08"),
        (Clock.MEDIATE, "2026-08-05", "2026-10-08"),  # Sunday inside the holiday
        (Clock.MEDIATE, "2026-08-08", "2026-10-08"),
        (Clock.MEDIATE, "2026-08-09", "2026-10-08"),
        # An ordinary weekend does not move the end.
        (Clock.MEDIATE, "2026-05-20", "2026-07-19"),
        (Clock.DECIDE_CASE, "2026-04-15", "2026-07-14"),
        # 45 working days under the old rules, 60 days from the first day of the new ones.
        (Clock.MEDIATE, "2026-04-14", "2026-06-18"),
        (Clock.MEDIATE, "2026-04-15", "2026-06-14"),
    ],
)
def test_the_vectors_of_the_facts_sheet(clock: Clock, started_on: str, wanted: str) -> None:
    assert due_on(clock, date.fromisoformat(started_on)).due_on == date.fromisoformat(wanted)


@pytest.mark.parametrize(
    ("clock", "received_on", "region", "count", "unit", "article"),
    [
        (Clock.ACCEPT, "2026-04-14", "", 7, Unit.WORKING_DAY, "第十四条"),
        (Clock.ACCEPT, "2026-04-15", "", 7, Unit.WORKING_DAY, "第十五条"),
        (Clock.MEDIATE, "2026-04-14", "", 45, Unit.WORKING_DAY, "第二十一条第一款第五项"),
        (Clock.MEDIATE, "2026-04-15", "", 60, Unit.CALENDAR_DAY, "第二十三条第一款第五项"),
        (Clock.TELL_MEDIATION_ENDED, "2026-11-23", "", 7, Unit.WORKING_DAY, "第二十三条第二款"),
        (Clock.VERIFY_CLUE, "2026-04-14", "", 15, Unit.WORKING_DAY, "第二十三条"),
        (Clock.VERIFY_CLUE, "2026-11-23", "", 15, Unit.WORKING_DAY, "第二十七条"),
        (Clock.CHECK_REPORT, "2026-11-23", SHANDONG, 15, Unit.WORKING_DAY, "第十八条"),
        (Clock.TAKE_UP_REPORT, "2026-11-23", SHANDONG, 3, Unit.WORKING_DAY, "第三十一条"),
        (Clock.TELL_REPORTER, "2026-04-14", "", 5, Unit.WORKING_DAY, "第三十一条第二款"),
        (Clock.DECIDE_CASE, "2026-11-23", "", 90, Unit.CALENDAR_DAY, "第六十四条"),
        (Clock.STATE_DEFENCE, "2026-11-23", "", 5, Unit.WORKING_DAY, "第五十七条"),
        (Clock.AGREE_COMPETENCE, "2026-11-23", "", 7, Unit.WORKING_DAY, "第三十三条"),
        (Clock.CLAIM_AGE, "2026-11-23", "", 3, Unit.YEAR, "第十六条第四项"),
        (Clock.OBJECT_TO_ARBITRATION, "2026-11-23", "", 15, Unit.CALENDAR_DAY, "第三十六条"),
        (Clock.ASK_RETEST, "2026-11-23", "370000", 15, Unit.WORKING_DAY, "第三十条"),
        (Clock.ANSWER_FALSE_DISCLOSURE, "2026-11-23", "", 20, Unit.WORKING_DAY, "第十三条"),
        (Clock.ANSWER_REQUEST, "2026-11-23", "", 5, Unit.WORKING_DAY, ""),
        (Clock.MERCHANT_ANSWER, "2026-11-23", "", 5, Unit.WORKING_DAY, ""),
        (Clock.PERFORM_SETTLEMENT, "2026-11-23", "", 7, Unit.CALENDAR_DAY, ""),
        (Clock.PRESUME_RECEIPT, "2026-11-23", "", 15, Unit.CALENDAR_DAY, ""),
        (Clock.ANSWER_BEFORE_WARNING, "2026-11-23", "", 10, Unit.WORKING_DAY, ""),
        (Clock.OBJECT_TO_AWARD, "2026-11-23", "", 7, Unit.WORKING_DAY, ""),
    ],
)
def test_the_clock_table(
    clock: Clock, received_on: str, region: str, count: int, unit: Unit, article: str
) -> None:
    rule = clock_rule(clock, date.fromisoformat(received_on), region_code=region)
    assert (rule.count, rule.unit, rule.article) == (count, unit, article)


@pytest.mark.parametrize(
    ("clock", "received_on", "region"),
    [
        (Clock.TAKE_UP_REPORT, "2026-11-23", ZHEJIANG),
        (Clock.TAKE_UP_REPORT, "2026-11-23", ""),
        (Clock.TELL_REPORTER, "2026-04-15", ""),
        (Clock.ACCEPT, "2019-12-31", ""),
    ],
)
def test_a_clock_that_no_rule_sets_is_refused(clock: Clock, received_on: str, region: str) -> None:
    day = date.fromisoformat(received_on)
    assert not has_clock(clock, day, region_code=region)
    with pytest.raises(ClockUnknown) as error:
        due_on(clock, day, region_code=region)
    assert error.value.message.values == {"clock": clock, "received_on": day}


def test_every_clock_has_a_row_and_every_legal_row_an_article() -> None:
    rules = clock_rules()
    assert {rule.clock for rule in rules} == set(Clock)
    assert len({rule.rule_id for rule in rules}) == len(rules)
    assert all(rule.article and rule.article_en for rule in rules if rule.confidence is not Confidence.A)
    assert all(rule.source and rule.source_en and rule.count > 0 for rule in rules)


def test_editions_of_one_clock_never_overlap() -> None:
    for rule in clock_rules():
        for other in clock_rules():
            if rule is other or (rule.clock, rule.jurisdiction) != (other.clock, other.jurisdiction):
                continue
            first, second = sorted((rule, other), key=lambda r: r.effective_from)
            assert first.effective_to is not None
            assert first.effective_to + timedelta(days=1) == second.effective_from


def test_our_own_clocks_follow_the_settings() -> None:
    ours = [rule for rule in clock_rules() if rule.setting]
    assert {rule.clock for rule in ours} == {r.clock for r in clock_rules() if r.confidence is Confidence.A}
    for rule in ours:
        assert clock_rule(rule.clock, date(2026, 11, 23)).count == value_of(rule.setting, date(2026, 11, 23))


def test_a_county_follows_its_province_and_others_do_not() -> None:
    on = date(2026, 11, 23)
    assert due_on(Clock.TAKE_UP_REPORT, on, region_code=SHANDONG).due_on == date(2026, 11, 26)
    assert not has_clock(Clock.TAKE_UP_REPORT, on, region_code=ZHEJIANG)


def test_a_later_clock_of_an_old_case_stays_under_the_old_edition() -> None:
    accepted_on = date(2026, 4, 20)
    old = due_on(Clock.MEDIATE, accepted_on, received_on=date(2026, 4, 14))
    new = due_on(Clock.MEDIATE, accepted_on, received_on=date(2026, 4, 15))
    assert (old.rule_id, old.working, old.counted_days) == ("mediate_order_20", True, 45)
    assert (new.rule_id, new.working, new.counted_days) == ("mediate_order_121", False, 60)
    assert old.due_on == date(2026, 6, 25)
    assert new.due_on == date(2026, 6, 22)  # 06-19 is a holiday and 06-22 the first day after it


def test_a_deadline_names_its_rule() -> None:
    deadline = due_on(Clock.ACCEPT, date(2026, 11, 23))
    assert deadline.clock is Clock.ACCEPT
    assert deadline.started_on == date(2026, 11, 23)
    assert (deadline.article, deadline.article_en) == ("第十五条", "Art. 15")
    assert "121" in deadline.source
    assert deadline.confidence is Confidence.VP
    assert (deadline.is_legal, deadline.working, deadline.counted_days) == (True, True, 7)
    assert not due_on(Clock.MERCHANT_ANSWER, date(2026, 11, 23)).is_legal


@pytest.mark.parametrize(
    ("clock", "started_on", "plain", "extended"),
    [
        (Clock.CHECK_REPORT, "2026-11-02", "2026-11-23", "2026-12-14"),
        (Clock.VERIFY_CLUE, "2026-11-02", "2026-11-23", "2026-12-14"),
        (Clock.DECIDE_CASE, "2026-06-01", "2026-08-30", "2026-09-29"),
        (Clock.ACCEPT, "2026-11-23", "2026-12-02", "2026-12-02"),
        (Clock.MEDIATE, "2026-06-01", "2026-07-31", "2026-07-31"),
    ],
)
def test_only_clocks_with_an_extension_grow(clock: Clock, started_on: str, plain: str, extended: str) -> None:
    start = date.fromisoformat(started_on)
    assert due_on(clock, start).due_on == date.fromisoformat(plain)
    assert due_on(clock, start, extended=True).due_on == date.fromisoformat(extended)


@pytest.mark.parametrize(
    ("ends", "is_provisional"),
    [("2026-12-30", False), ("2026-12-31", False), ("2027-01-01", True)],
)
def test_past_the_last_notice_a_deadline_is_provisional(ends: str, is_provisional: bool) -> None:
    start = date.fromisoformat(ends) - timedelta(days=60)
    deadline = due_on(Clock.MEDIATE, start)
    assert date(2026, 12, 31) == CALENDAR_OFFICIAL_THROUGH
    assert deadline.is_provisional is is_provisional


def test_past_the_last_notice_weekends_and_fixed_holidays_still_count() -> None:
    assert not is_working_day(date(2027, 1, 1))[0]
    assert not is_working_day(date(2027, 1, 2))[0]
    assert is_working_day(date(2027, 1, 4))[0]
    assert not is_working_day(date(2027, 10, 1))[0]


@pytest.mark.parametrize("day", [date(2017, 12, 31), date(2041, 1, 1)])
def test_outside_the_calendar_there_is_no_answer(day: date) -> None:
    with pytest.raises(CalendarUnknown):
        is_working_day(day)


@pytest.mark.parametrize("clock", [Clock.MEDIATE, Clock.CLAIM_AGE, Clock.ACCEPT])
def test_a_start_at_the_end_of_time_is_refused_kindly(clock: Clock) -> None:
    with pytest.raises(CalendarUnknown):
        due_on(clock, date.max)


def test_the_calendar_answers_on_its_first_and_last_day() -> None:
    assert is_working_day(date(2018, 1, 1))[0] is False
    assert is_working_day(date(2040, 12, 31))[0] is True


@pytest.mark.parametrize(
    ("day", "works", "text"),
    [
        ("2026-11-23", True, "Working day"),
        ("2026-10-10", True, "Weekend day worked in exchange for a holiday"),
        ("2026-11-22", False, "Weekend"),
        ("2026-10-01", False, "Holiday: %(holiday)s"),
        ("2026-10-07", False, "Day off in exchange for working on %(worked_on)s"),
    ],
)
def test_a_day_says_why_it_is_worked_or_not(day: str, works: bool, text: str) -> None:
    answer, why = is_working_day(date.fromisoformat(day))
    assert (answer, why.text) == (works, text)


def test_reasons_carry_the_holiday_and_the_exchanged_day() -> None:
    assert is_working_day(date(2026, 10, 1))[1].values == {"holiday": Holiday.NATIONAL_DAY}
    assert is_working_day(date(2026, 10, 7))[1].values == {"worked_on": date(2026, 10, 10)}
    assert is_working_day(date(2026, 2, 16))[1].values == {"holiday": Holiday.SPRING_FESTIVAL}
    assert is_working_day(date(2020, 10, 1))[1].values == {"holiday": Holiday.MID_AUTUMN}


def test_every_day_of_the_calendar_has_a_reason() -> None:
    for day in days("2018-01-01", "2040-12-31"):
        assert is_working_day(day)[1].text


def test_an_override_wins_over_the_package() -> None:
    monday, sunday = date(2026, 11, 23), date(2026, 11, 22)
    overrides = {monday: False, sunday: True}
    assert is_working_day(monday, overrides=overrides)[0] is False
    assert is_working_day(monday, overrides=overrides)[1].text == "Day off by a special notice"
    assert is_working_day(sunday, overrides=overrides)[0] is True
    assert is_working_day(sunday, overrides=overrides)[1].text == "Working day by a special notice"
    assert is_statutory_holiday(monday, overrides=overrides)
    assert not is_statutory_holiday(sunday, overrides=overrides)


def test_a_weekend_before_a_day_off_by_notice_joins_it() -> None:
    monday, sunday = date(2026, 11, 23), date(2026, 11, 22)
    assert not is_statutory_holiday(sunday)
    assert is_statutory_holiday(sunday, overrides={monday: False})


@pytest.mark.parametrize(("n", "wanted"), [(0, "2026-09-24"), (1, "2026-09-28"), (7, "2026-10-12")])
def test_working_days_are_added_from_the_next_day(n: int, wanted: str) -> None:
    assert add_working_days(date(2026, 9, 24), n) == date.fromisoformat(wanted)


def test_a_period_cannot_be_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2026, 9, 24), -1)


@pytest.mark.parametrize(
    ("from_on", "to_on", "wanted"),
    [
        ("2026-06-10", "2026-06-10", "2026-07-31"),
        ("2026-06-10", "2026-06-11", "2026-08-01"),
        ("2026-06-10", "2026-06-20", "2026-08-10"),
        ("2026-05-20", "2026-06-03", "2026-08-02"),  # began before the clock did
        ("2026-07-31", "2026-08-10", "2026-07-31"),  # the last day still counts
        ("2026-07-30", "2026-08-10", "2026-08-11"),
        ("2026-08-01", "2026-08-10", "2026-07-31"),  # too late to help
    ],
)
def test_days_of_testing_do_not_count_in_mediation(from_on: str, to_on: str, wanted: str) -> None:
    pause = Pause(date.fromisoformat(from_on), date.fromisoformat(to_on))
    deadline = due_on(Clock.MEDIATE, date(2026, 6, 1), pauses=[pause])
    assert deadline.due_on == date.fromisoformat(wanted)
    assert (deadline.counted_days, deadline.is_paused) == (60, False)


def test_two_overlapping_pauses_count_once() -> None:
    pauses = [
        Pause(date(2026, 6, 10), date(2026, 6, 20)),
        Pause(date(2026, 6, 15), date(2026, 6, 25)),
    ]
    assert due_on(Clock.MEDIATE, date(2026, 6, 1), pauses=pauses).due_on == date(2026, 8, 15)


def test_the_time_to_accept_does_not_pause() -> None:
    pause = Pause(date(2026, 11, 24))
    deadline = due_on(Clock.ACCEPT, date(2026, 11, 23), pauses=[pause], today=date(2026, 12, 20))
    assert (deadline.due_on, deadline.is_paused) == (date(2026, 12, 2), False)


def test_an_open_pause_is_counted_as_if_it_ended_today() -> None:
    deadline = due_on(
        Clock.MEDIATE, date(2026, 6, 1), pauses=[Pause(date(2026, 6, 10))], today=date(2026, 6, 20)
    )
    assert (deadline.due_on, deadline.is_paused) == (date(2026, 8, 10), True)


def test_a_pause_after_the_end_pauses_nothing() -> None:
    deadline = due_on(
        Clock.MEDIATE, date(2026, 6, 1), pauses=[Pause(date(2026, 7, 31))], today=date(2026, 8, 20)
    )
    assert (deadline.due_on, deadline.is_paused) == (date(2026, 7, 31), False)


def test_an_open_pause_needs_today() -> None:
    with pytest.raises(ValueError, match="today"):
        due_on(Clock.MEDIATE, date(2026, 6, 1), pauses=[Pause(date(2026, 6, 10))])


@pytest.mark.parametrize(
    ("known_on", "wanted"),
    [("2023-11-23", "2026-11-23"), ("2024-02-29", "2027-02-28"), ("2023-10-01", "2026-10-08")],
)
def test_three_years_end_on_the_same_date(known_on: str, wanted: str) -> None:
    deadline = due_on(Clock.CLAIM_AGE, date.fromisoformat(known_on), received_on=date(2026, 11, 23))
    assert deadline.due_on == date.fromisoformat(wanted)


def test_a_claim_older_than_the_calendar_can_still_be_counted() -> None:
    deadline = due_on(Clock.CLAIM_AGE, date(2016, 6, 1), received_on=date(2026, 11, 23))
    assert deadline.due_on == date(2019, 6, 1)


@pytest.mark.parametrize(
    ("today", "left", "wanted"),
    [
        ("2026-12-01", 1, Lateness.ON_TIME),
        ("2026-12-02", 0, Lateness.DUE_TODAY),
        ("2026-12-03", -1, Lateness.LATE),
        ("2026-12-09", -7, Lateness.LATE),
        ("2026-12-10", -8, Lateness.VERY_LATE),
    ],
)
def test_lateness_at_its_borders(today: str, left: int, wanted: Lateness) -> None:
    deadline = due_on(Clock.ACCEPT, date(2026, 11, 23))
    assert days_left(deadline, date.fromisoformat(today)) == left
    assert lateness(deadline, date.fromisoformat(today)) is wanted


def test_an_explanation_lists_every_day_with_its_reason() -> None:
    told = explain(Clock.ACCEPT, date(2026, 9, 24))
    assert told[0].day == date(2026, 9, 24)
    assert (told[0].counted, told[0].why.text) == (False, "The first day is not counted")
    assert [d.day.day for d in told if d.counted] == [28, 29, 30, 8, 9, 10, 12]
    assert told[-1].day == date(2026, 10, 12)


def test_an_explanation_shows_the_days_of_testing_and_the_move_past_a_holiday() -> None:
    pause = Pause(date(2026, 8, 10), date(2026, 8, 12))
    told = explain(Clock.MEDIATE, date(2026, 8, 1), pauses=[pause])
    skipped = {d.day: d.why.text for d in told if not d.counted}
    assert skipped[date(2026, 8, 11)] == skipped[date(2026, 8, 12)] == "Time of testing is not counted"
    assert date(2026, 8, 10) not in skipped
    assert skipped[date(2026, 10, 8)] == "The last day is a holiday; the period ends after it"
    assert told[-1].day == date(2026, 10, 8)


def test_our_readings_of_the_law_are_written_down() -> None:
    assert {a.id for a in ASSUMPTIONS} == {
        "weekend_does_not_move_the_end",
        "joined_weekend_is_holiday",
        "pause_counts_like_a_period",
    }
    assert all(a.text and a.text_en and a.article for a in ASSUMPTIONS)


STARTS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
NATIONAL = st.sampled_from([c for c in Clock if c not in {Clock.TAKE_UP_REPORT, Clock.ASK_RETEST}])


@given(STARTS, st.integers(0, 60))
def test_one_more_working_day_always_ends_later(start: date, n: int) -> None:
    end = add_working_days(start, n)
    assert add_working_days(start, n + 1) > end
    assert n == 0 or is_working_day(end)[0]


@given(STARTS, NATIONAL, st.booleans())
def test_no_deadline_ends_on_a_statutory_holiday(start: date, clock: Clock, extended: bool) -> None:
    received_on = date(2024, 6, 1) if clock is Clock.TELL_REPORTER else date(2026, 11, 23)
    end = due_on(clock, start, received_on=received_on, extended=extended).due_on
    assert not is_statutory_holiday(end)


@given(STARTS, NATIONAL, st.integers(0, 40), st.integers(0, 40), st.booleans())
def test_an_explanation_counts_what_the_rule_says(
    start: date, clock: Clock, after: int, length: int, extended: bool
) -> None:
    received_on = date(2024, 6, 1) if clock is Clock.TELL_REPORTER else date(2026, 11, 23)
    pause = Pause(start + timedelta(days=after), start + timedelta(days=after + length))
    told = explain(clock, start, received_on=received_on, pauses=[pause], extended=extended)
    rule = clock_rule(clock, received_on)
    counted = sum(d.counted for d in told)
    if rule.unit is not Unit.YEAR:
        assert counted == rule.count + (rule.extension if extended else 0)
    deadline = due_on(clock, start, received_on=received_on, pauses=[pause], extended=extended)
    assert (deadline.due_on, deadline.counted_days) == (told[-1].day, counted)
    assert [d.day for d in told] == [start + timedelta(days=n) for n in range(len(told))]


@given(STARTS, st.integers(0, 30), st.integers(0, 30))
def test_a_pause_never_brings_a_deadline_nearer(start: date, after: int, length: int) -> None:
    received_on = date(2026, 11, 23)
    pause = Pause(start + timedelta(days=after), start + timedelta(days=after + length))
    plain = due_on(Clock.MEDIATE, start, received_on=received_on).due_on
    assert due_on(Clock.MEDIATE, start, received_on=received_on, pauses=[pause]).due_on >= plain
