"""The rule data: every legal number with its source, article, dates, confidence and edition.

A file `data/<topic>.toml` is a list of `[[rule]]` tables. The named columns below are
the same for every rule; whatever else a table holds is its values. Nothing here can be
changed after loading.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from portal.rules.errors import InputRefused
from portal.rules.messages import say

DATA = Path(__file__).parent / "data"

COLUMNS = frozenset(
    {
        "id",
        "edition",
        "source",
        "source_en",
        "article",
        "article_en",
        "effective_from",
        "effective_to",
        "confidence",
    }
)


class Confidence(str, Enum):
    """How well a number is known, strongest first."""

    VP = "vp"  # the official text was read
    VS = "vs"  # read in a page or file that is not the official text
    D = "d"  # derived from known facts
    A = "a"  # our own default
    R = "r"  # recalled; shown as a reference value, not verified


@dataclass(frozen=True)
class Rule:
    """One edition of one rule; `effective_from` is None where its first day was not found."""

    id: str
    edition: str
    source: str
    source_en: str
    article: str
    article_en: str
    effective_from: date | None
    effective_to: date | None
    confidence: Confidence
    values: Mapping[str, Any]

    def is_in_force(self, on: date) -> bool:
        """Say whether this edition applies on a day, both end days included."""
        started = self.effective_from is None or self.effective_from <= on
        return started and (self.effective_to is None or on <= self.effective_to)


def weakest(*confidences: Confidence) -> Confidence:
    """Return the least certain mark: a result is no better known than its worst number."""
    order = list(Confidence)
    return max(confidences, key=order.index)


@cache
def rules_of(topic: str) -> tuple[Rule, ...]:
    """Return every edition of every rule in `data/<topic>.toml`, in the order of the file."""
    with (DATA / f"{topic}.toml").open("rb") as file:
        tables = tomllib.load(file)["rule"]
    return tuple(_rule(table) for table in tables)


def rule_in_force(topic: str, rule_id: str, on: date) -> Rule:
    """Return the edition of a rule that applies on a day; InputRefused when none does."""
    editions = _editions(topic, rule_id)
    in_force = [rule for rule in editions if rule.is_in_force(on)]
    if not in_force:
        raise InputRefused(say("We hold no edition of this rule for %(on)s. Check the date.", on=on))
    return max(in_force, key=lambda rule: rule.effective_from or date.min)


def rule_of_edition(topic: str, rule_id: str, edition: str) -> Rule:
    """Return one named edition, in force or not; LookupError when the book does not hold it."""
    for rule in _editions(topic, rule_id):
        if rule.edition == edition:
            return rule
    raise LookupError(f"{topic}.toml holds no edition {edition} of {rule_id}")


def _editions(topic: str, rule_id: str) -> list[Rule]:
    editions = [rule for rule in rules_of(topic) if rule.id == rule_id]
    if not editions:
        raise LookupError(f"{topic}.toml holds no rule {rule_id}")
    return editions


def _rule(table: dict[str, Any]) -> Rule:
    return Rule(
        id=table["id"],
        edition=table["edition"],
        source=table["source"],
        source_en=table["source_en"],
        article=table["article"],
        article_en=table["article_en"],
        effective_from=table.get("effective_from"),
        effective_to=table.get("effective_to"),
        confidence=Confidence(table["confidence"]),
        values=MappingProxyType({key: _frozen(table[key]) for key in table.keys() - COLUMNS}),
    )


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return tuple(_frozen(inner) for inner in value)
    return value
