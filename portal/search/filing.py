"""What a document is filed under: terms by field, and the columns for sorting and dates."""

from __future__ import annotations

from typing import Any

from portal.search import analyzer
from portal.search.engine import Entry

NO_DATE = -(2**62)
UNLIMITED = 9_999_999


def fields_of(entry: Entry) -> dict[str, Any]:
    """Return an entry's fields; a removed one keeps only what says that it was seen.

    In `name`, `^` marks how a name begins and `=` the whole name. `order` sorts names
    as they are read aloud.
    """
    values: dict[str, Any] = {"id": [identifier(entry)], "sequence": entry.sequence, "order": b""}
    if entry.is_removed:
        return values
    return values | {
        "name": sorted(analyzer.tokens(entry.name) | _whole_name(entry.name)),
        "place": sorted(analyzer.tokens(entry.place)),
        "text": sorted(analyzer.tokens(entry.text)),
        "sound": sorted(analyzer.sound_tokens(entry.reading)),
        "facet": sorted({entry.kind, *(facet_token(entry.kind, *pair) for pair in entry.facets)}),
        "date": NO_DATE if entry.date is None else entry.date,
        "visible_until": UNLIMITED if entry.visible_until is None else entry.visible_until,
        "order": f"{entry.reading}\0{entry.key}".encode(),
    }


def identifier(entry: Entry) -> str:
    """Return the term that stands for a document, whatever its version."""
    return f"{entry.kind}\x1f{entry.key}"


def facet_token(kind: str, name: str, value: str) -> str:
    """Return the term a facet's value is filed under."""
    return f"{kind}\x1f{name}\x1f{value}"


def _whole_name(name: str) -> set[str]:
    if not name:
        return set()
    head = analyzer.runs(name)[0]
    start = head[:2] if analyzer.is_han(head) else head[: analyzer.LONGEST_WORD]
    return {f"^{start}", f"={name[: analyzer.LONGEST_QUERY]}"}
