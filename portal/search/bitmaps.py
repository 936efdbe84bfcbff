"""Sets of document numbers as whole numbers: bit n is document n, and Python does the arithmetic."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Any

_DIGIT_VALUES = bytes.maketrans(b"01", b"\0\1")


def bitmap_of(numbers: Iterable[int], size: int) -> int:
    """Return the set of the given numbers, all below `size`."""
    digits = bytearray(b"0") * size
    for number in numbers:
        digits[size - 1 - number] = 49  # "1"
    return int(digits, 2) if size else 0


def members(bitmap: int) -> list[int]:
    """Return the numbers in a set, growing."""
    if bitmap.bit_count() * 8 < bitmap.bit_length():
        return _sparse_members(bitmap)
    digits = bin(bitmap)[:1:-1].encode().translate(_DIGIT_VALUES)
    return list(compress(range(len(digits)), digits))


def _sparse_members(bitmap: int) -> list[int]:
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


def most_shared(bitmaps: Iterable[int]) -> list[int]:
    """Return the members of any of the sets, parted by how many they are in, most first.

    Counts all documents at once: plane n holds bit n of every document's count.
    """
    planes: list[int] = []
    for carry in bitmaps:
        for n, plane in enumerate(planes):
            planes[n], carry = plane ^ carry, plane & carry
        if carry:
            planes.append(carry)
    everything = 0
    for plane in planes:
        everything |= plane
    return [_with_count(planes, everything, count) for count in range(2 ** len(planes) - 1, 0, -1)]


def _with_count(planes: list[int], among: int, count: int) -> int:
    for n, plane in enumerate(planes):
        among &= plane if count >> n & 1 else ~plane
    return among
