"""Queries: the search over public records, with the counts beside each filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from portal.records import queries
from portal.records.models import PublicRecord
from portal.rules import regions
from portal.search.queries import SearchAnswer, SearchRequest, find

KIND = "record"
PER_PAGE = 20
FACETS = ("kind", "region", "sector", "year")
MOST_REGIONS = 40


@dataclass(frozen=True)
class Wanted:
    """What a visitor asks for; `filters` holds the chosen values by facet."""

    words: str = ""
    merchant_number: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "date"
    page: int = 1

    @property
    def is_everything(self) -> bool:
        """Say whether nothing narrows the list."""
        return not self.words and not self.merchant_number and not any(self.filters.values())


@dataclass(frozen=True)
class Found:
    """A page of the list; `pages` is at least 1, `first` and `last` count from 1."""

    records: tuple[PublicRecord, ...]
    total: int
    is_exact: bool
    page: int
    pages: int
    facets: Mapping[str, Mapping[str, int]]
    suggestions: tuple[str, ...]

    @property
    def first(self) -> int:
        """Return the place of the first record in the whole list."""
        return (self.page - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """Return the place of the last record in the whole list."""
        return self.first + len(self.records) - 1


def find_records(wanted: Wanted, *, today: date) -> Found:
    """Return the page asked for; a page past the end gives the last one."""
    answer = find(_request(wanted, today))
    pages = max(1, -(-answer.total // PER_PAGE))
    if wanted.page > pages:
        return find_records(replace(wanted, page=pages), today=today)
    return Found(
        records=tuple(queries.records_by_number(answer.keys, today=today)),
        total=answer.total,
        is_exact=answer.is_exact,
        page=wanted.page,
        pages=pages,
        facets={name: _counts(answer, name) for name in FACETS},
        suggestions=answer.suggestions,
    )


def region_rows(counts: Mapping[str, int], chosen: str | None) -> list[tuple[str, int]]:
    """Return the regions to offer: the way down to the chosen one, and those directly below it."""
    path = [region.code for region in regions.path(chosen)] if chosen else []
    below = _directly_below(path[-1] if path else None, counts)
    while len(below) == 1 and _directly_below(below[0], counts):
        # A single region narrows nothing: it stands open at once.
        path.append(below[0])
        below = _directly_below(below[0], counts)
    below.sort(key=lambda code: (-counts[code], code))
    return [(code, counts.get(code, 0)) for code in [*path, *below[:MOST_REGIONS]]]


def _directly_below(parent: str | None, counts: Mapping[str, int]) -> list[str]:
    return [code for code in counts if _parent(code) == parent]


def _parent(code: str) -> str | None:
    path = regions.path(code)
    return path[-2].code if len(path) > 1 else None


def _request(wanted: Wanted, today: date) -> SearchRequest:
    return SearchRequest(
        kind=KIND,
        words=" ".join(filter(None, (wanted.words, wanted.merchant_number))),
        filters={name: values for name, values in wanted.filters.items() if values},
        sort=wanted.sort,
        page=wanted.page,
        per_page=PER_PAGE,
        today=today,
    )


def _counts(answer: SearchAnswer, name: str) -> dict[str, int]:
    return {row.value: row.count for row in answer.facets.get(name, ())}
