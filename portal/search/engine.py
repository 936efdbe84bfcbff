"""What an engine is given and gives back; each engine fills this in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from portal.search.analyzer import Term

# Keeps the sum in a fingerprint small enough for a database's integers.
FINGERPRINT_MODULUS = 1_000_003


class IndexBroken(Exception):
    """The index on disk cannot be read; it must be filled anew."""


@dataclass(frozen=True)
class Entry:
    """One version of one document, as an index keeps it. Texts are folded."""

    kind: str
    key: str
    sequence: int
    name: str = ""
    place: str = ""
    text: str = ""
    reading: str = ""
    facets: tuple[tuple[str, str], ...] = ()
    date: int | None = None
    visible_until: int | None = None  # date.toordinal()
    is_removed: bool = False


@dataclass(frozen=True)
class IndexState:
    """Which database an index follows, and how far."""

    identity: str
    cursor: int


@dataclass(frozen=True)
class Question:
    """A search as an engine sees it; filters are any-of within a facet, all-of between facets."""

    kind: str
    words: str
    terms: Sequence[Term]
    filters: Mapping[str, Sequence[str]]
    excluded: Mapping[str, Sequence[str]]
    sort: str
    offset: int
    limit: int
    day: int


@dataclass(frozen=True)
class Hits:
    """The versions found on this page, the exact total, and counts per facet and value."""

    sequences: list[int]
    total: int
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


# Sequences in, folded (name, place, text) out; a version that is gone is left out.
ReadTexts = Callable[[Sequence[int]], Mapping[int, tuple[str, str, str]]]


class Engine(Protocol):
    """An index on this machine. `search` may run in several threads; writing needs `writing()`."""

    def state(self) -> IndexState | None:
        """Return what is loaded, without touching the disk where something is."""

    def reload(self) -> IndexState | None:
        """Look at the disk again: another process may have written."""

    def writing(self, wait_seconds: float) -> AbstractContextManager[bool]:
        """Hold the one write lock of this index; give False when it was not to be had in time."""

    def begin(self, identity: str) -> None:
        """Start an empty index for a database."""

    def add(self, entries: Sequence[Entry]) -> None:
        """Add or replace documents, each key once, as one commit."""

    def replace(self, identity: str, entries: Iterable[Entry]) -> None:
        """Fill a new index aside, then put it in the old one's place at once."""

    def tidy(self) -> None:
        """Join small pieces where there are many."""

    def fingerprint(self) -> tuple[int, int]:
        """Return the number of documents, removed ones included, and the sum of what
        is left of each sequence after division by FINGERPRINT_MODULUS."""

    def search(self, question: Question, read_texts: ReadTexts) -> Hits:
        """Answer, or raise IndexBroken."""

    def nearest(self, kind: str, words: str, day: int, limit: int) -> list[int]:
        """Return the sequences of documents whose names share most with the words."""
