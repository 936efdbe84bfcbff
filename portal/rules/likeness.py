"""Whether two filings may speak of one matter, to offer "已有人反映过吗？".

Two matters are alike when the merchant is the same and

- the goods are of one group or one name and the days are near, or
- the texts are nearly identical.

Where the merchant of one is not known, only nearly identical texts make them alike; two different
merchants never are, since a dispute is with one of them. The numbers are ours, no law's.

Whoever asks passes in the 投诉 it may speak of and nothing else: that somebody has made a 举报
may not be told to anybody (Order 121 Art. 37).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from portal.rules.metrology_terms import GoodsGroup

NEAR_DAYS = 7
ALIKE_PERCENT = 60
SHORTEST_TEXT = 20  # signs after normalising; shorter texts are alike by chance
RUN = 3
# Groups that say nothing about what the goods are.
VAGUE = frozenset({GoodsGroup.OTHER_FOOD, GoodsGroup.NOT_FOOD})


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What is compared; `merchant` is its number, None where it is not known."""

    merchant: str | None
    goods: str
    goods_group: GoodsGroup | None
    bought_on: date
    text: str


def is_same_matter(a: Matter, b: Matter) -> bool:
    """Say whether two filings may be about the same thing; a hint for the filer, never a decision."""
    if a == b:
        return True
    if a.merchant and b.merchant:
        if a.merchant != b.merchant:
            return False
        if _are_near(a, b) and _is_same_goods(a, b):
            return True
    return is_near_identical(a.text, b.text)


def is_near_identical(a: str, b: str) -> bool:
    """Say whether two texts are nearly the same, whatever their punctuation and width."""
    if min(len(plain_text(a)), len(plain_text(b))) < SHORTEST_TEXT:
        return False
    return likeness_percent(a, b) >= ALIKE_PERCENT


def likeness_percent(a: str, b: str) -> int:
    """Return how much of two texts is common, 0 to 100, rounded down (Jaccard of runs of three signs)."""
    runs_a, runs_b = _runs(plain_text(a)), _runs(plain_text(b))
    both = len(runs_a | runs_b)
    return 100 * len(runs_a & runs_b) // both if both else 100


def plain_text(text: str) -> str:
    """Return the letters, figures and signs of a text: half-width, small, no space or punctuation."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")


def _runs(plain: str) -> frozenset[str]:
    """Return every run of three signs; a shorter text is its own run."""
    if len(plain) < RUN:
        return frozenset({plain} if plain else ())
    return frozenset(plain[start : start + RUN] for start in range(len(plain) - RUN + 1))


def _are_near(a: Matter, b: Matter) -> bool:
    return abs((a.bought_on - b.bought_on).days) <= NEAR_DAYS


def _is_same_goods(a: Matter, b: Matter) -> bool:
    if a.goods_group is not None and a.goods_group is b.goods_group and a.goods_group not in VAGUE:
        return True
    name = plain_text(a.goods)
    return bool(name) and name == plain_text(b.goods)
