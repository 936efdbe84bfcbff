"""China's working days, with the exchanged ones (调休).

The State Council publishes each year's holidays in a notice; the `holidays` package carries
them, and `data/calendar_overrides.toml` wins over it. Past the last published notice the
answers are provisional; outside the range of the data there is no answer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import holidays

from portal.rules.errors import CalendarUnknown
from portal.rules.messages import Message, say

ONE_DAY = timedelta(days=1)


class Holiday(str, Enum):
    """The statutory holidays of China."""

    NEW_YEAR = "new_year"
    SPRING_FESTIVAL = "spring_festival"
    TOMB_SWEEPING = "tomb_sweeping"
    LABOUR_DAY = "labour_day"
    DRAGON_BOAT = "dragon_boat"
    MID_AUTUMN = "mid_autumn"
    NATIONAL_DAY = "national_day"


class DayKind(str, Enum):
    """What a day is in the working calendar."""

    WORKING_DAY = "working_day_of_the_week"
    MAKE_UP_DAY = "make_up_day"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    EXCHANGED_REST = "exchanged_rest"


@dataclass(frozen=True)
class Assumption:
    """A reading of the counting rules that the law leaves open and we chose."""

    id: str
    article: str
    text: str
    text_en: str


# The names the package gives to the days, by their beginnings.
NAMED = {
    "元旦": Holiday.NEW_YEAR,
    "农历除夕": Holiday.SPRING_FESTIVAL,
    "春节": Holiday.SPRING_FESTIVAL,
    "清明节": Holiday.TOMB_SWEEPING,
    "劳动节": Holiday.LABOUR_DAY,
    "端午节": Holiday.DRAGON_BOAT,
    "中秋节": Holiday.MID_AUTUMN,
    "国庆节": Holiday.NATIONAL_DAY,
}
WORKING = frozenset({DayKind.WORKING_DAY, DayKind.MAKE_UP_DAY})
BY_NOTICE = frozenset({DayKind.HOLIDAY, DayKind.EXCHANGED_REST})

_FILE = Path(__file__).parent / "data" / "calendar_overrides.toml"
_DATA: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))
CALENDAR_FROM: date = _DATA["calendar"]["from_on"]
CALENDAR_OFFICIAL_THROUGH: date = _DATA["calendar"]["official_through"]
CALENDAR_KNOWN_THROUGH: date = _DATA["calendar"]["known_through"]
ASSUMPTIONS = tuple(
    Assumption(row["id"], row["article"], row["text"], row["text_en"]) for row in _DATA["assumption"]
)
# A day of ours that wins over the package: is it worked?
OVERRIDES: Mapping[date, bool] = {row["on"]: row["is_working"] for row in _DATA.get("day", ())}


def is_working_day(day: date, *, overrides: Mapping[date, bool] = OVERRIDES) -> tuple[bool, Message]:
    """Say whether authorities work on a day, and why."""
    if day in overrides:
        return overrides[day], _overridden(overrides[day])
    kind = kind_of(day)
    return kind in WORKING, _reason(day, kind)


def is_statutory_holiday(day: date, *, overrides: Mapping[date, bool] = OVERRIDES) -> bool:
    """Say whether a day belongs to a statutory holiday, the joined weekend included (our reading)."""
    if is_working_day(day, overrides=overrides)[0]:
        return False
    if _is_off_by_notice(day, overrides):
        return True
    return any(_touches_holiday(day, step, overrides) for step in (-ONE_DAY, ONE_DAY))


def add_working_days(start: date, n: int) -> date:
    """Return the n-th working day after `start`, which itself is not counted; n is 0 or more."""
    if n < 0:
        raise ValueError("a period cannot have a negative length")
    day = start
    while n:
        day += ONE_DAY
        n -= is_working_day(day)[0]
    return day


def require_known(day: date) -> None:
    """Raise CalendarUnknown for a day outside the range of the calendar."""
    if CALENDAR_FROM <= day <= CALENDAR_KNOWN_THROUGH:
        return
    raise CalendarUnknown(
        say(
            "The holiday calendar covers %(first_on)s to %(last_on)s; %(asked_on)s is outside it.",
            first_on=CALENDAR_FROM,
            last_on=CALENDAR_KNOWN_THROUGH,
            asked_on=day,
        )
    )


@cache
def kind_of(day: date) -> DayKind:
    """Return what the published calendar says of a day; raise CalendarUnknown outside its range."""
    require_known(day)
    calendar = _calendar()
    if day in calendar.weekend_workdays:
        return DayKind.MAKE_UP_DAY
    if day in calendar:
        return DayKind.EXCHANGED_REST if _worked_instead(day) else DayKind.HOLIDAY
    return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKING_DAY


@cache
def _calendar() -> holidays.HolidayBase:
    # All years at once: a calendar that grows while it is asked is not safe between threads.
    years = range(CALENDAR_FROM.year, CALENDAR_KNOWN_THROUGH.year + 1)
    return holidays.country_holidays("CN", language="zh_CN", years=years, expand=False)


def _worked_instead(day: date) -> date | None:
    """Return the weekend day that is worked for this day off, as the package names it."""
    found = re.search(r"\d{4}-\d{2}-\d{2}", _calendar()[day])
    return date.fromisoformat(found.group()) if found else None


def _holiday_of(day: date) -> Holiday:
    """Return the holiday's name; where two meet, the first."""
    name = _calendar()[day]
    return next(holiday for start, holiday in NAMED.items() if name.startswith(start))


def _reason(day: date, kind: DayKind) -> Message:
    match kind:
        case DayKind.WORKING_DAY:
            return say("Working day")
        case DayKind.MAKE_UP_DAY:
            return say("Weekend day worked in exchange for a holiday")
        case DayKind.WEEKEND:
            return say("Weekend")
        case DayKind.HOLIDAY:
            return say("Holiday: %(holiday)s", holiday=_holiday_of(day))
        case DayKind.EXCHANGED_REST:
            return say("Day off in exchange for working on %(worked_on)s", worked_on=_worked_instead(day))


def _overridden(is_working: bool) -> Message:
    return say("Working day by a special notice") if is_working else say("Day off by a special notice")


def _is_off_by_notice(day: date, overrides: Mapping[date, bool]) -> bool:
    return day in overrides or kind_of(day) in BY_NOTICE


def _touches_holiday(day: date, step: timedelta, overrides: Mapping[date, bool]) -> bool:
    """Walk one way from a weekend day until a holiday or a working day is met."""
    while True:
        day += step
        if is_working_day(day, overrides=overrides)[0]:
            return False
        if _is_off_by_notice(day, overrides):
            return True
