"""Sets of document numbers as whole numbers: bit n is document n, and Python does the arithmetic."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import Any


def bitmap_of(numbers: Iterable[int], size: int) -> int:
    """Return the set of the given numbers, all below `size`."""
    digits = bytearray(b"0") * size
    for number in numbers:
        digits[size - 1 - number] = 49  # "1"
    return int(digits, 2) if size else 0


def members(bitmap: int) -> list[int]:
    """Return the numbers in a set, growing."""
    digits = bin(bitmap)[:1:-1]
    found = []
    at = digits.find("1")
    while at >= 0:
        found.append(at)
        at = digits.find("1", at + 1)
    return found


def page_of(tiers: Sequence[int], keys: Sequence[Any], offset: int, limit: int) -> list[int]:
    """Return one page of the sets one after another, each in the order of its keys."""
    page: list[int] = []
    for tier in tiers:
        count = tier.bit_count()
        if offset >= count:
            offset -= count
            continue
        page += _first(members(tier), keys, offset + limit - len(page))[offset:]
        offset = 0
        if len(page) == limit:
            break
    return page


def _first(numbers: list[int], keys: Sequence[Any], count: int) -> list[int]:
    if count * 8 < len(numbers):
        return heapq.nsmallest(count, numbers, key=keys.__getitem__)
    return sorted(numbers, key=keys.__getitem__)[:count]
