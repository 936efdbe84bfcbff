"""Stop early: which facts close a track, and where they send the filer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.complaint_terms import Track
from portal.rules.errors import InputRefused
from portal.rules.intake import Answers, said_of, screen, tracks_for
from portal.rules.intake_terms import BoughtFor, Concern, Handled, StopCode

TODAY = date(2026, 11, 23)
BOTH = frozenset(Track)
COMPLAINT, REPORT = frozenset({Track.MEDIATION}), frozenset({Track.REPORT})


def codes_of(answers: Answers) -> list[StopCode]:
    return [notice.code for notice in screen(answers, today=TODAY).notices]


def test_nothing_is_closed_by_what_was_not_answered() -> None:
    found = screen(Answers(), today=TODAY)
    assert (found.tracks, found.notices, found.outlook, found.is_stopped) == (BOTH, (), None, False)


@pytest.mark.parametrize(
    ("answers", "tracks", "codes"),
    [
        (Answers(concern=Concern.QUANTITY), BOTH, []),
        *(
            (Answers(concern=concern), frozenset(), [StopCode.NOT_METROLOGY])
            for concern in Concern
            if concern is not Concern.QUANTITY
        ),
        (Answers(bought_for=BoughtFor.HOUSEHOLD), BOTH, []),
        (Answers(bought_for=BoughtFor.BUSINESS), REPORT, [StopCode.NOT_FOR_HOUSEHOLD]),
        (Answers(bought_for=BoughtFor.NOTHING_BOUGHT), REPORT, [StopCode.NOTHING_BOUGHT]),
        (Answers(handled=Handled.NOT_HANDLED), BOTH, []),
        *(
            (Answers(handled=handled), REPORT, [StopCode.ALREADY_HANDLED])
            for handled in Handled
            if handled is not Handled.NOT_HANDLED
        ),
        (
            Answers(handled=Handled.BY_COURT, bought_for=BoughtFor.BUSINESS, bought_on=date(2020, 1, 1)),
            REPORT,
            [StopCode.ALREADY_HANDLED, StopCode.NOT_FOR_HOUSEHOLD, StopCode.OVER_THREE_YEARS],
        ),
    ],
)
def test_facts_close_the_tracks_that_the_law_closes(
    answers: Answers, tracks: frozenset[Track], codes: list[StopCode]
) -> None:
    assert screen(answers, today=TODAY).tracks == tracks
    assert codes_of(answers) == codes


@pytest.mark.parametrize(
    ("known_on", "today", "is_closed"),
    [
        # The first day is not counted; the last day is the same date three years on.
        (date(2023, 11, 24), TODAY, False),
        (date(2023, 11, 23), TODAY, False),
        (date(2023, 11, 22), TODAY, True),
        # 29 February ends on the last day of February.
        (date(2024, 2, 29), date(2027, 2, 28), False),
        (date(2024, 2, 29), date(2027, 3, 1), True),
        # The last day, 1 October, is a holiday, as are the days to the 7th (Art. 45).
        (date(2023, 10, 1), date(2026, 10, 7), False),
        (date(2023, 10, 1), date(2026, 10, 8), False),
        (date(2023, 10, 1), date(2026, 10, 9), True),
        # Far back, and known only today.
        (date(1949, 10, 1), TODAY, True),
        (date(2014, 12, 31), TODAY, True),
        (TODAY, TODAY, False),
    ],
)
def test_three_years_are_counted_by_the_calendar(known_on: date, today: date, is_closed: bool) -> None:
    found = screen(Answers(bought_on=known_on), today=today)
    assert [notice.code for notice in found.notices] == ([StopCode.OVER_THREE_YEARS] if is_closed else [])
    assert found.tracks == (REPORT if is_closed else BOTH)


def test_the_three_years_count_from_the_day_of_knowing() -> None:
    old_purchase = Answers(bought_on=date(2020, 1, 1), known_on=date(2026, 1, 1))
    assert screen(old_purchase, today=TODAY).tracks == BOTH


@given(st.dates(date(1930, 1, 1), TODAY), st.dates(date(1930, 1, 1), TODAY))
def test_who_knew_later_is_never_worse_off(one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert (
        screen(Answers(known_on=earlier), today=TODAY).tracks
        <= screen(Answers(known_on=later), today=TODAY).tracks
    )


@given(st.dates(date(2019, 1, 1), TODAY), st.dates(date(2026, 4, 15), date(2036, 1, 1)))
def test_less_than_three_years_never_close_anything(known_on: date, today: date) -> None:
    if today - known_on < timedelta(days=3 * 365):
        assert screen(Answers(known_on=known_on), today=today).tracks == BOTH


@pytest.mark.parametrize(
    ("answers", "article"),
    [
        (Answers(concern=Concern.PRICE), "Art. 8 and 40"),
        (Answers(handled=Handled.BY_COURT), "Art. 16(2)"),
        (Answers(bought_for=BoughtFor.BUSINESS), "Art. 16(3)"),
        (Answers(bought_for=BoughtFor.NOTHING_BOUGHT), "Art. 16(3)"),
        (Answers(bought_on=date(2020, 1, 1)), "Art. 16(4)"),
    ],
)
def test_a_notice_names_its_article_and_where_to_go(answers: Answers, article: str) -> None:
    (notice,) = screen(answers, today=TODAY).notices
    assert notice.article_en == article
    assert "121" in notice.source
    assert "121" in notice.source_en
    assert notice.sentence.text != notice.where_to_go.text != ""


def test_each_body_that_has_the_case_is_named() -> None:
    told = {
        screen(Answers(handled=handled), today=TODAY).notices[0].where_to_go
        for handled in Handled
        if handled is not Handled.NOT_HANDLED
    }
    assert len(told) == len(Handled) - 1


def test_only_where_nothing_is_known_of_the_matter_the_police_is_named() -> None:
    other = screen(Answers(concern=Concern.OTHER), today=TODAY).notices[0].where_to_go.text
    price = screen(Answers(concern=Concern.PRICE), today=TODAY).notices[0].where_to_go.text
    assert "police" in other
    assert "police" not in price
    assert "12315" in other
    assert "12315" in price


ASKS = {"requests": ("refund_price",)}
LEADS = {"wants_checking": True}


@pytest.mark.parametrize(
    ("base", "wishes", "tracks"),
    [
        ({}, ASKS, COMPLAINT),
        ({}, LEADS, REPORT),
        ({}, ASKS | LEADS, BOTH),
        ({"bought_for": BoughtFor.BUSINESS}, ASKS, REPORT),
        ({"bought_for": BoughtFor.BUSINESS}, LEADS, REPORT),
        ({"bought_for": BoughtFor.BUSINESS}, ASKS | LEADS, REPORT),
    ],
)
def test_what_is_asked_for_decides_the_tracks(
    base: dict[str, object], wishes: dict[str, object], tracks: frozenset[Track]
) -> None:
    answers = Answers(**base, **wishes)  # type: ignore[arg-type]
    assert tracks_for(answers, screen(answers, today=TODAY)) == tracks


@pytest.mark.parametrize(
    "answers",
    [Answers(), Answers(bought_for=BoughtFor.BUSINESS), Answers(concern=Concern.PRICE, wants_checking=True)],
)
def test_without_a_wish_or_an_open_track_there_is_nothing_to_file(answers: Answers) -> None:
    with pytest.raises(InputRefused):
        tracks_for(answers, screen(answers, today=TODAY))


def test_the_page_says_what_is_filed_with_both_clocks() -> None:
    answers = Answers(requests=("refund_price",), wants_checking=True)
    complaint, report, apart = said_of(answers, screen(answers, today=TODAY), today=TODAY)
    assert dict(complaint.values) == {"accept_count": 7, "mediate_count": 60}
    assert dict(report.values) == {"check_count": 15, "more_count": 15}
    assert "never of the report" in apart.text


def test_the_page_says_when_a_complaint_becomes_a_report() -> None:
    switched = Answers(requests=("refund_price",), bought_for=BoughtFor.BUSINESS)
    chosen = Answers(wants_checking=True, bought_for=BoughtFor.BUSINESS)
    first, *rest = said_of(switched, screen(switched, today=TODAY), today=TODAY)
    assert "filed as a report" in first.text
    assert said_of(chosen, screen(chosen, today=TODAY), today=TODAY) == tuple(rest)
