"""The dozen trades the portal tells apart, from a class of GB/T 4754-2017 or from words.

| asked in this order | how |
|---|---|
| class code | the longest beginning of it that `data/sectors.toml` lists |
| keyword, name | the known word that ends last; of two, the longer |
| scope | the known word that comes first; of two, the longer |

A sector only groups merchants for readers; no rule judges by it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
LONGEST_TEXT = 400


class Sector(str, Enum):
    """A trade where weight or measure matters to the shopper."""

    MARKET = "market"
    SHOP = "shop"
    RESTAURANT = "restaurant"
    FUEL = "fuel"
    OPTICIAN = "optician"
    MEDICAL = "medical"
    JEWELLERY = "jewellery"
    GRAIN = "grain"
    FARM_INPUTS = "farm_inputs"
    PREPACKAGED = "prepackaged"
    TAXI = "taxi"
    UTILITIES = "utilities"
    OTHER = "other"


@cache
def _file() -> Mapping[str, Mapping[str, list[str]]]:
    with (DATA / "sectors.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _table(name: str) -> Mapping[str, Sector]:
    return {text: Sector(sector) for sector, texts in _file()[name].items() for text in texts}


def sector_of(
    *,
    gbt_code: str | None = None,
    keyword: str | None = "",
    name: str | None = "",
    scope: str | None = "",
) -> Sector:
    """Return the sector of a merchant; OTHER when nothing known is said."""
    found = (
        _of_code(gbt_code or "")
        or _last_word_in(_folded(keyword))
        or _last_word_in(_folded(name))
        or _first_word_in(_folded(scope))
    )
    return found or Sector.OTHER


def _of_code(code: str) -> Sector | None:
    """Return the sector of a class code; None when it is not listed, so that the words may still tell."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", code))
    beginnings = (digits[:length] for length in range(len(digits), 1, -1))
    return next((_table("codes")[text] for text in beginnings if text in _table("codes")), None)


def _folded(text: str | None) -> str:
    return unicodedata.normalize("NFKC", (text or "")[:LONGEST_TEXT]).casefold()


def _last_word_in(text: str) -> Sector | None:
    ends = [
        (text.rfind(word) + len(word), len(word), sector)
        for word, sector in _table("words").items()
        if word in text
    ]
    return max(ends, key=lambda end: end[:2])[2] if ends else None


def _first_word_in(text: str) -> Sector | None:
    starts = [
        (text.find(word), -len(word), sector) for word, sector in _table("words").items() if word in text
    ]
    return min(starts, key=lambda start: start[:2])[2] if starts else None
