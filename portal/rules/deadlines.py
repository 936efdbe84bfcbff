"""The clocks of complaint handling: 市场监督管理投诉举报处理办法 (Order 121) and its neighbours.

Counting follows Art. 45: the first day is not counted; a period that ends on a statutory holiday
ends on the first day after it. Time of testing is not counted where the clock allows a pause
(Art. 22). `explain` lists every day that was counted or skipped.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

from portal.rules.book import Confidence
from portal.rules.clocks import Clock, ClockRule, Unit, clock_rule, has_clock, very_late_after_days
from portal.rules.messages import Message, say
from portal.rules.working_days import (
    CALENDAR_FROM,
    CALENDAR_OFFICIAL_THROUGH,
    ONE_DAY,
    add_working_days,
    is_statutory_holiday,
    is_working_day,
    require_known,
)

__all__ = [
    "CALENDAR_OFFICIAL_THROUGH",
    "Clock",
    "ClockRule",
    "CountedDay",
    "Deadline",
    "Lateness",
    "Pause",
    "Unit",
    "add_working_days",
    "clock_rule",
    "days_left",
    "due_on",
    "explain",
    "has_clock",
    "is_working_day",
    "lateness",
    "lateness_by",
]


class Lateness(str, Enum):
    """How a day stands to a deadline; the step from late to very late is ours."""

    ON_TIME = "on_time"
    DUE_TODAY = "due_today"
    LATE = "late"
    VERY_LATE = "very_late"


@dataclass(frozen=True)
class Pause:
    """A time of testing: the day it begins still counts, the days after it to its end do not."""

    from_on: date
    to_on: date | None = None


@dataclass(frozen=True)
class CountedDay:
    """One day of a count, with the reason why it was counted or skipped."""

    day: date
    counted: bool
    why: Message


@dataclass(frozen=True)
class Deadline:
    """The last day of a period, with the rule it came from.

    `counted_days` counts working days where `working`, calendar days elsewhere. It is provisional
    past the last published holiday notice. While `is_paused`, the day is the one that would
    follow if testing ended today.
    """

    clock: Clock
    started_on: date
    due_on: date
    counted_days: int
    working: bool
    is_provisional: bool
    is_paused: bool
    is_legal: bool
    rule_id: str
    article: str
    article_en: str
    source: str
    source_en: str
    confidence: Confidence


def due_on(
    clock: Clock,
    started_on: date,
    *,
    region_code: str = "",
    pauses: Collection[Pause] = (),
    extended: bool = False,
    received_on: date | None = None,
    today: date | None = None,
) -> Deadline:
    """Return the deadline of a clock started on a day.

    `received_on` picks the edition where it is not `started_on`; an open pause needs `today`.
    Raise ClockUnknown where no rule sets this clock then and there.
    """
    rule = clock_rule(clock, received_on or started_on, region_code=region_code)
    counted = _count(rule, started_on, extended, _closed(pauses, today))
    end = counted[-1].day
    return Deadline(
        clock=clock,
        started_on=started_on,
        due_on=end,
        counted_days=sum(day.counted for day in counted),
        working=rule.unit is Unit.WORKING_DAY,
        is_provisional=end > CALENDAR_OFFICIAL_THROUGH,
        is_paused=rule.may_pause and any(p.to_on is None and p.from_on < end for p in pauses),
        is_legal=rule.confidence is not Confidence.A,
        rule_id=rule.rule_id,
        article=rule.article,
        article_en=rule.article_en,
        source=rule.source,
        source_en=rule.source_en,
        confidence=rule.confidence,
    )


def explain(
    clock: Clock,
    started_on: date,
    *,
    region_code: str = "",
    pauses: Collection[Pause] = (),
    extended: bool = False,
    received_on: date | None = None,
    today: date | None = None,
) -> tuple[CountedDay, ...]:
    """List each day from the start to the deadline, counted or skipped, with the reason."""
    rule = clock_rule(clock, received_on or started_on, region_code=region_code)
    return _count(rule, started_on, extended, _closed(pauses, today))


def days_left(deadline: Deadline, today: date) -> int:
    """Return the calendar days from today to the deadline; negative once it has passed."""
    return (deadline.due_on - today).days


def lateness(deadline: Deadline, today: date) -> Lateness:
    """Say how today, or the day the thing was done, stands to the deadline."""
    return lateness_by(deadline.due_on, today)


def lateness_by(last_on: date, today: date) -> Lateness:
    """Say how a day stands to the last day of a period."""
    left = (last_on - today).days
    if left > 0:
        return Lateness.ON_TIME
    if left == 0:
        return Lateness.DUE_TODAY
    return Lateness.VERY_LATE if -left > very_late_after_days() else Lateness.LATE


def _closed(pauses: Collection[Pause], today: date | None) -> tuple[Pause, ...]:
    """End an open pause today, so that a day can be named."""
    closed = []
    for pause in pauses:
        to_on = pause.to_on or today
        if to_on is None:
            raise ValueError("an open pause needs today")
        closed.append(Pause(pause.from_on, to_on))
    return tuple(closed)


@lru_cache(maxsize=512)
def _count(
    rule: ClockRule, started_on: date, extended: bool, pauses: tuple[Pause, ...]
) -> tuple[CountedDay, ...]:
    require_known(max(started_on, CALENDAR_FROM))
    days = [CountedDay(started_on, False, say("The first day is not counted"))]
    wanted = _length(rule, started_on, extended)
    while wanted:
        day = _judged(rule, days[-1].day + ONE_DAY, pauses)
        wanted -= day.counted
        days.append(day)
    if rule.unit is not Unit.WORKING_DAY:
        days += _moved_past_holiday(days[-1].day)
    return tuple(days)


def _length(rule: ClockRule, started_on: date, extended: bool) -> int:
    """Return the days to count; a period in years ends on the same date, or that month's last day."""
    if rule.unit is not Unit.YEAR:
        return rule.count + (rule.extension if extended else 0)
    year = started_on.year + rule.count
    try:
        end = started_on.replace(year=year)
    except ValueError:
        end = date(year, 3, 1) - timedelta(days=1)
    return (end - started_on).days


def _judged(rule: ClockRule, day: date, pauses: tuple[Pause, ...]) -> CountedDay:
    if rule.may_pause and any(p.to_on is not None and p.from_on < day <= p.to_on for p in pauses):
        return CountedDay(day, False, say("Time of testing is not counted"))
    if rule.unit is not Unit.WORKING_DAY:
        return CountedDay(day, True, say("Calendar day"))
    works, why = is_working_day(day)
    return CountedDay(day, works, why)


def _moved_past_holiday(end: date) -> list[CountedDay]:
    """Return the days by which a period that ends on a statutory holiday is moved."""
    moved = []
    while is_statutory_holiday(end):
        end += ONE_DAY
        moved.append(CountedDay(end, False, say("The last day is a holiday; the period ends after it")))
    return moved
