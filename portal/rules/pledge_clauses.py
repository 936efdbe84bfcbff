"""The six clauses of the self-commitment, in our own words, and the law that makes a pledge bind.

The sentences stand here so that they can be translated; the rules they rest on are in
`data/pledge_clauses.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from portal.rules.messages import Message, say

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Clause:
    """One clause of the commitment: a stable id, its sentence and the rule it repeats."""

    id: str
    message: Message
    rests_on: str
    rests_on_en: str


SENTENCES = {
    "obey": say("We obey the metrology laws and welcome checks by the authority and by our customers."),
    "suitable_instruments": say(
        "We use measuring instruments that suit what we sell, and stay within the permitted deviation."
    ),
    "verified_instruments": say(
        "Our instruments are verified in time; we use none that is unverified, failed or tampered with."
    ),
    "open_weighing": say(
        "We show the unit, the weighing and the reading, re-weigh when asked, and pay as pledged once a "
        "shortage is confirmed."
    ),
    "net_content": say("Our packaged goods hold what the label says; we check this when we buy them in."),
    "honest_service": say("We serve honestly and with care, and keep a record of our instruments."),
}


@cache
def _clause_file() -> Mapping[str, Any]:
    with (DATA / "pledge_clauses.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))


CLAUSES_VERSION: str = _clause_file()["version"]
CLAUSES: tuple[Clause, ...] = tuple(
    Clause(row["id"], SENTENCES[row["id"]], row["rests_on"], row["rests_on_en"])
    for row in _clause_file()["clause"]
)


@dataclass(frozen=True)
class LegalBasis:
    """Why a pledge binds: the law, its article and how sure we are of the text."""

    source: str
    source_en: str
    article: str
    article_en: str
    effective_from: date
    confidence: str


LEGAL_BASIS = LegalBasis(**_clause_file()["legal_basis"])
