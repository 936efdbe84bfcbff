"""The grounds for refusing a complaint and for ending mediation, in the words of each edition."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from portal.rules.book import Confidence
from portal.rules.complaint_terms import EndingGround, RefusalGround
from portal.rules.errors import MoveNotAllowed
from portal.rules.messages import say

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Ground:
    """One ground with its official wording."""

    ground: RefusalGround | EndingGround
    article: str
    article_en: str
    text: str
    text_en: str
    source: str
    source_en: str
    confidence: Confidence
    effective_from: date
    effective_to: date | None


def refusal_grounds(received_on: date) -> tuple[RefusalGround, ...]:
    """Return the grounds of refusal for a complaint received on a day, in the order of the law."""
    return tuple(RefusalGround(row.ground) for row in _in_force("refusal_grounds", received_on))


def ending_grounds(received_on: date) -> tuple[EndingGround, ...]:
    """Return the grounds for ending mediation of a complaint received on a day."""
    return tuple(EndingGround(row.ground) for row in _in_force("ending_grounds", received_on))


def ground_text(ground: RefusalGround | EndingGround, received_on: date) -> Ground:
    """Return a ground's wording and article; raise MoveNotAllowed where that edition has no such ground."""
    topic = "refusal_grounds" if isinstance(ground, RefusalGround) else "ending_grounds"
    for row in _in_force(topic, received_on):
        if row.ground is ground:
            return row
    raise MoveNotAllowed(
        say("“%(ground)s” is not a ground in the rules under which this case was received.", ground=ground)
    )


def _in_force(topic: str, received_on: date) -> tuple[Ground, ...]:
    return tuple(
        row
        for row in _rows(topic)
        if row.effective_from <= received_on and (row.effective_to is None or received_on <= row.effective_to)
    )


@cache
def _rows(topic: str) -> tuple[Ground, ...]:
    kind = RefusalGround if topic == "refusal_grounds" else EndingGround
    rows = tomllib.loads((DATA / f"{topic}.toml").read_text("utf-8"))["ground"]
    return tuple(
        Ground(
            ground=kind(row["ground"]),
            article=row["article"],
            article_en=row["article_en"],
            text=row["text"],
            text_en=row["text_en"],
            source=row["source"],
            source_en=row["source_en"],
            confidence=Confidence(row["confidence"].lower()),
            effective_from=row["effective_from"],
            effective_to=row.get("effective_to"),
        )
        for row in rows
    )
