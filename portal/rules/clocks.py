"""The clock table: who has how long for what, under which law, where and since when.

`data/clocks.toml` holds one row per clock, jurisdiction and edition. The edition is chosen by the
day the case was received: a case keeps the rules it began under.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from portal.rules.book import Confidence
from portal.rules.errors import ClockUnknown
from portal.rules.messages import say
from portal.rules.settings import value_of

DATA = Path(__file__).parent / "data"


class Clock(str, Enum):
    """A period that the law, or this portal, sets to somebody."""

    ACCEPT = "accept"
    MEDIATE = "mediate"
    TELL_MEDIATION_ENDED = "tell_mediation_ended"
    VERIFY_CLUE = "verify_clue"
    TAKE_UP_REPORT = "take_up_report"
    CHECK_REPORT = "check_report"
    TELL_REPORTER = "tell_reporter"
    DECIDE_CASE = "decide_case"
    STATE_DEFENCE = "state_defence"
    AGREE_COMPETENCE = "agree_competence"
    CLAIM_AGE = "claim_age"
    OBJECT_TO_ARBITRATION = "object_to_arbitration"
    ASK_RETEST = "ask_retest"
    ANSWER_FALSE_DISCLOSURE = "answer_false_disclosure"
    ANSWER_REQUEST = "answer_request"
    MERCHANT_ANSWER = "merchant_answer"
    PERFORM_SETTLEMENT = "perform_settlement"
    PRESUME_RECEIPT = "presume_receipt"
    ANSWER_BEFORE_WARNING = "answer_before_warning"
    OBJECT_TO_AWARD = "object_to_award"


class Unit(str, Enum):
    """What a clock counts."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    YEAR = "year"


@dataclass(frozen=True)
class ClockRule:
    """One row of the clock table; `count` and `extension` are in `unit`.

    Where `setting` is named, the count is that default of ours on the day of receipt.
    """

    rule_id: str
    clock: Clock
    jurisdiction: str
    effective_from: date
    effective_to: date | None
    count: int
    setting: str
    extension: int
    unit: Unit
    may_pause: bool
    article: str
    article_en: str
    source: str
    source_en: str
    confidence: Confidence
    note: str


def has_clock(clock: Clock, received_on: date, *, region_code: str = "") -> bool:
    """Say whether any rule sets this clock for a case received on a day in a region."""
    return bool(_candidates(clock, received_on, region_code))


def clock_rule(clock: Clock, received_on: date, *, region_code: str = "") -> ClockRule:
    """Return the row that applies: the edition in force on the day, the narrowest jurisdiction first."""
    found = _candidates(clock, received_on, region_code)
    if not found:
        raise ClockUnknown(
            say(
                "No rule sets the period “%(clock)s” for a case received on %(received_on)s.",
                clock=clock,
                received_on=received_on,
            )
        )
    rule = max(found, key=lambda rule: len(_prefix(rule.jurisdiction)))
    return replace(rule, count=value_of(rule.setting, received_on)) if rule.setting else rule


def very_late_after_days() -> int:
    """Return how many days past a deadline are merely late; our own number."""
    return int(toml("clocks")["lateness"]["very_late_after_days"])


@cache
def clock_rules() -> tuple[ClockRule, ...]:
    """Return every row of the clock table."""
    return tuple(_rule(row) for row in toml("clocks")["clock"])


def _rule(row: dict[str, Any]) -> ClockRule:
    return ClockRule(
        rule_id=row["id"],
        clock=Clock(row["clock"]),
        jurisdiction=row["jurisdiction"],
        effective_from=row["effective_from"],
        effective_to=row.get("effective_to"),
        count=row.get("count") or value_of(row["setting"], row["effective_from"]),
        setting=row.get("setting", ""),
        extension=row.get("extension", 0),
        unit=Unit(row["unit"]),
        may_pause=row.get("may_pause", False),
        article=row["article"],
        article_en=row["article_en"],
        source=row["source"],
        source_en=row["source_en"],
        confidence=Confidence(row["confidence"].lower()),
        note=row.get("note", ""),
    )


@cache
def toml(topic: str) -> dict[str, Any]:
    """Return a data file as it is written."""
    return tomllib.loads((DATA / f"{topic}.toml").read_text("utf-8"))


def _candidates(clock: Clock, received_on: date, region_code: str) -> list[ClockRule]:
    return [
        rule
        for rule in clock_rules()
        if rule.clock is clock
        and rule.effective_from <= received_on
        and (rule.effective_to is None or received_on <= rule.effective_to)
        and region_code.startswith(_prefix(rule.jurisdiction))
    ]


def _prefix(jurisdiction: str) -> str:
    """Return the digits that every region code inside a jurisdiction begins with."""
    if jurisdiction == "CN":
        return ""
    pairs = [jurisdiction[i : i + 2] for i in range(0, 6, 2)]
    return "".join(pair for pair in pairs if pair != "00")
