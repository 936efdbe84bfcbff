"""Which group of Order 66's annexes a shopper's own word means.

The word list in `data/goods.toml` is ours: a first guess for the shopper to change.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from portal.rules.book import rules_of
from portal.rules.metrology_terms import GoodsGroup

LONGEST_NAME = 60

_ALIVE = {GoodsGroup.POULTRY: GoodsGroup.LIVE_POULTRY, GoodsGroup.AQUATIC: GoodsGroup.LIVE_FISH}


@dataclass(frozen=True)
class Goods:
    """What was bought, as typed, and its group; None = unknown, so the unit price decides."""

    name: str
    group: GoodsGroup | None = None


def goods_named(text: str) -> Goods:
    """Return the goods a shopper typed, with the group we think they belong to."""
    return Goods(name=text.strip()[:LONGEST_NAME], group=goods_group_of(text))


def goods_group_of(text: str) -> GoodsGroup | None:
    """Return our guess of the group a name belongs to, or None when no word is known."""
    name = unicodedata.normalize("NFKC", text).casefold()[:LONGEST_NAME]
    if _has_mark(name, "soaked"):
        return GoodsGroup.SOAKED
    group, word = _last_word_in(name)
    if group not in _ALIVE or not _has_mark(name, "alive"):
        return group
    is_fish_or_bird = group is GoodsGroup.POULTRY or word.endswith(("鱼", "fish", "carp"))
    return _ALIVE[group] if is_fish_or_bird else group


def _last_word_in(name: str) -> tuple[GoodsGroup | None, str]:
    """Find the known word that ends last, the longer of two; Chinese and English name the thing last."""
    best: tuple[tuple[int, int], GoodsGroup | None, str] = ((0, 0), None, "")
    for word, group in _words().items():
        end = _end_of(word, name)
        if end and (end, len(word)) > best[0]:
            best = ((end, len(word)), group, word)
    return best[1], best[2]


def _end_of(word: str, name: str) -> int:
    """Return where a word last ends in a name, 0 when absent; English words must stand alone."""
    if not word.isascii():
        start = name.rfind(word)
        return start + len(word) if start >= 0 else 0
    return max((found.end(1) for found in _pattern(word).finditer(name)), default=0)


@cache
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])({re.escape(word)})(?:s|es)?(?![a-z])")


def _has_mark(name: str, kind: str) -> bool:
    marks: tuple[str, ...] = rules_of("goods")[0].values["marks"][kind]
    return any(_end_of(mark, name) for mark in marks)


@cache
def _words() -> dict[str, GoodsGroup]:
    groups = rules_of("goods")[0].values["words"]
    return {word: GoodsGroup(group) for group, words in groups.items() for word in words}
