"""Actions: keep a record's search document in step with the record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from portal.base.labels import label_in
from portal.records.finding import KIND
from portal.records.models import PublicRecord
from portal.records.queries import numbers_expired_in_search
from portal.rules import regions
from portal.search.actions import put_document, remove_document

LANGUAGES = ("zh_Hans_CN", "en")
DIGEST = re.compile(r"[0-9a-f]{32,}")


def put_in_search(record: PublicRecord) -> None:
    """Let a record be found by its merchant, its kind's name, its numbers and the words of its facts."""
    words = [record.number, record.merchant_number or ""]
    words += [label_in(language, record.kind) for language in LANGUAGES]
    words += [text for text in _texts(record.facts) if not DIGEST.fullmatch(text)]
    put_document(
        KIND,
        record.number,
        name=record.merchant_name,
        place="",
        text=" ".join(filter(None, words)),
        facets={
            "kind": [record.kind.value],
            "region": [region.code for region in regions.path(record.region_code)],
            "sector": [record.sector] if record.sector else [],
            "year": [str(record.occurred_on.year)],
            "date": record.occurred_on.toordinal(),
        },
        visible_until=record.visible_until,
    )


def take_from_search(number: str) -> None:
    """Let a record be found no longer."""
    remove_document(KIND, number)


def expire(today: date) -> int:
    """Take expired records out of the search and return how many; they were hidden since their last day."""
    numbers = numbers_expired_in_search(KIND, today)
    for number in numbers:
        take_from_search(number)
    return len(numbers)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
