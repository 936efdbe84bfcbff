"""One state of an index: immutable segments, their columns in memory, their postings as bitmaps."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from portal.search import analyzer
from portal.search.bitmaps import bitmap_of, members
from portal.search.engine import FINGERPRINT_MODULUS, IndexBroken

# Postings kept in memory, bytes of bitmaps per segment; then they are read again.
KEPT_BYTES = 24 * 2**20
# A facet with more values than this can be filtered by but is not counted.
MOST_COUNTED_VALUES = 4000


class Segment:
    """An immutable part of the index: its columns in memory, its postings as they are asked for."""

    def __init__(
        self,
        name: str,
        terms: Any,
        numbers: Callable[[str, bytes], list[int]],
        size: int,
        read: Mapping[str, list[Any]],
    ) -> None:
        self.name = name
        self.size = size
        self.sequences: list[int] = read["sequence"]
        self.dates: list[int] = read["date"]
        self.visible_until: list[int] = read["visible_until"]
        self.orders: list[bytes] = read["order"]
        if any(len(column) != size for column in read.values()):
            raise IndexBroken
        self._terms = terms
        self._numbers = numbers
        self._kept: dict[tuple[str, str], int] = {}
        self._kept_bytes = 0
        # The engine's files share one position: one reader at a time.
        self._reading = threading.Lock()
        weakref.finalize(self, terms.close)

    def bitmap(self, field: str, token: str) -> int:
        """Return the documents filed under a token."""
        return self._keep((field, token), lambda: self._read(field, token.encode()))

    def starting(self, field: str, prefix: str) -> int:
        """Return the documents filed under any token that begins so."""

        def read() -> int:
            found = 0
            for token in self._tokens_from(field, prefix.encode()):
                found |= self._read(field, token)
            return found

        return self._keep((field, prefix + "*"), read)

    def tokens(self, field: str, prefix: str) -> list[str]:
        """Return the tokens that begin so."""
        with self._reading, _told():
            return [token.decode() for token in self._tokens_from(field, prefix.encode())]

    @cached_property
    def by_relevance(self) -> list[bytes]:
        """Return each document's place within a tier: short names first, then as they sound."""
        return [order.find(b"\0").to_bytes(2, "big", signed=True) + order for order in self.orders]

    @cached_property
    def by_date(self) -> list[tuple[int, bytes]]:
        """Return each document's place by date, newest first."""
        return [(-date, order) for date, order in zip(self.dates, self.orders, strict=True)]

    @cached_property
    def spoken(self) -> dict[int, str]:
        """Return the ends of names, filled as they are needed."""
        return {}

    def _keep(self, key: tuple[str, str], read: Callable[[], int]) -> int:
        found = self._kept.get(key)
        if found is None:
            with self._reading, _told():
                found = read()
            if self._kept_bytes > KEPT_BYTES:
                self._kept, self._kept_bytes = {}, 0
            self._kept[key] = found
            self._kept_bytes += 150 + found.bit_length() // 8
        return found

    def _read(self, field: str, token: bytes) -> int:
        return bitmap_of(self._numbers(field, token), self.size)

    def _tokens_from(self, field: str, prefix: bytes) -> Iterable[bytes]:
        for found_field, token in self._terms.terms_from(field, prefix):
            if found_field != field or not token.startswith(prefix):
                return
            yield token


class _told:  # noqa: N801 - reads as a word of the `with` line
    """Turn whatever a torn file makes the engine raise into IndexBroken."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, Exception):
            raise IndexBroken from error


class Snapshot:
    """All segments of one generation, numbered through."""

    def __init__(self, segments: Sequence[Segment], removed: Sequence[set[int]]) -> None:
        self.segments = segments
        self.bases = [sum(segment.size for segment in segments[:i]) for i in range(len(segments))]
        self.size = sum(segment.size for segment in segments)
        self.deleted_count = sum(map(len, removed))
        gone = (
            base + number for base, numbers in zip(self.bases, removed, strict=True) for number in numbers
        )
        self.live = ((1 << self.size) - 1) & ~bitmap_of(gone, self.size)
        self.sequences = self._column("sequences")
        self.cursor = max((self.sequences[number] for number in members(self.live)), default=0)
        self._visible: dict[int, int] = {}
        self._facets: dict[str, dict[str, list[tuple[str, int]]]] = {}

    def bitmap(self, field: str, token: str) -> int:
        return self._join(segment.bitmap(field, token) for segment in self.segments)

    def starting(self, field: str, prefix: str) -> int:
        return self._join(segment.starting(field, prefix) for segment in self.segments)

    def numbers_of(self, identifier: str) -> list[int]:
        """Return the live documents of a kind and key."""
        found = []
        for base, segment in zip(self.bases, self.segments, strict=True):
            with segment._reading, _told():
                found += [base + number for number in segment._numbers("id", identifier.encode())]
        return [number for number in found if self.live >> number & 1]

    def fingerprint(self) -> tuple[int, int]:
        numbers = members(self.live)
        return len(numbers), sum(self.sequences[number] % FINGERPRINT_MODULUS for number in numbers)

    def visible(self, day: int) -> int:
        """Return the documents that may still be shown on a day."""
        if day not in self._visible:
            ends = self._column("visible_until")
            self._visible = {
                day: self.live & bitmap_of((i for i, end in enumerate(ends) if end >= day), self.size)
            }
        return self._visible[day]

    def facet_values(self, kind: str) -> dict[str, list[tuple[str, int]]]:
        """Return every facet's values with their documents."""
        if kind not in self._facets:
            prefix = f"{kind}\x1f"
            tokens = sorted({token for s in self.segments for token in s.tokens("facet", prefix)})
            found: dict[str, list[tuple[str, int]]] = {}
            for token in tokens:
                name, value = token[len(prefix) :].split("\x1f", 1)
                found.setdefault(name, []).append((value, self.bitmap("facet", token)))
            self._facets[kind] = {n: v for n, v in found.items() if len(v) <= MOST_COUNTED_VALUES}
        return self._facets[kind]

    @cached_property
    def by_relevance(self) -> list[bytes]:
        return self._column("by_relevance")

    @cached_property
    def by_name(self) -> list[bytes]:
        return self._column("orders")

    @cached_property
    def by_date(self) -> list[tuple[int, bytes]]:
        return self._column("by_date")

    def spoken(self, number: int) -> str:
        """Return all ends of a document's readings."""
        for base, segment in zip(reversed(self.bases), reversed(self.segments), strict=True):
            if number >= base:
                number -= base
                if number not in segment.spoken:
                    reading = segment.orders[number].split(b"\0")[0].decode()
                    segment.spoken[number] = analyzer.spoken_ends(reading)
                return segment.spoken[number]
        raise IndexBroken

    def _column(self, name: str) -> list[Any]:
        if len(self.segments) == 1:
            return list(getattr(self.segments[0], name))
        return [value for segment in self.segments for value in getattr(segment, name)]

    def _join(self, bitmaps: Iterable[int]) -> int:
        found = 0
        for base, bitmap in zip(self.bases, bitmaps, strict=True):
            found |= bitmap << base
        return found
