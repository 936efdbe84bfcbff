"""Public records as anyone may read them; what may be seen is a condition of every query."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from portal.base.db import db
from portal.records import log
from portal.records.models import PublicRecord as PublicRecord
from portal.records.models import RecordVersion
from portal.rules.credit import RecordFact
from portal.rules.publication import RecordKind
from portal.search.models import SearchDocument

BATCH = 500


def visible_on(today: date) -> ColumnElement[bool]:
    """Return the condition under which a record may be shown on a day."""
    not_over = or_(PublicRecord.visible_until.is_(None), PublicRecord.visible_until >= today)
    return PublicRecord.withdrawn_at.is_(None) & not_over


def is_visible(record: PublicRecord, today: date) -> bool:
    """Say whether a loaded record may be shown on a day."""
    is_over = record.visible_until is not None and record.visible_until < today
    return record.withdrawn_at is None and not is_over


def record_by_number(number: str) -> PublicRecord | None:
    """Return a record in any state; whoever shows it asks `is_visible` first."""
    return db.session.scalar(select(PublicRecord).where(PublicRecord.number == number))


def records_by_number(numbers: Sequence[str], *, today: date) -> list[PublicRecord]:
    """Return the visible records among some numbers, in the order of the numbers."""
    query = select(PublicRecord).where(PublicRecord.number.in_(numbers), visible_on(today))
    found = {record.number: record for record in db.session.scalars(query)}
    return [found[number] for number in numbers if number in found]


def records_of(
    merchant_number: str,
    *,
    kinds: Collection[RecordKind] | None = None,
    today: date,
    limit: int | None = None,
) -> list[PublicRecord]:
    """Return a merchant's visible records, newest first."""
    query = select(PublicRecord).where(PublicRecord.merchant_number == merchant_number, visible_on(today))
    if kinds is not None:
        query = query.where(PublicRecord.kind.in_(kinds))
    query = query.order_by(PublicRecord.occurred_on.desc(), PublicRecord.id.desc())
    return list(db.session.scalars(query.limit(limit)))


def latest(*, today: date, kinds: Collection[RecordKind] | None = None, limit: int) -> list[PublicRecord]:
    """Return the newest visible records of all merchants."""
    query = select(PublicRecord).where(visible_on(today))
    if kinds is not None:
        query = query.where(PublicRecord.kind.in_(kinds))
    return list(db.session.scalars(query.order_by(PublicRecord.id.desc()).limit(limit)))


def record_facts(merchant_number: str, *, today: date) -> list[RecordFact]:
    """Return a merchant's visible records as the credit rule reads them, oldest first."""
    return [
        _fact_of(record, merchant_number) for record in reversed(records_of(merchant_number, today=today))
    ]


def _fact_of(record: PublicRecord, merchant_number: str) -> RecordFact:
    return RecordFact(
        kind=record.kind,
        number=record.number,
        merchant_number=merchant_number,
        occurred_on=record.occurred_on,
        visible_until=record.visible_until,
        facts=record.facts,
    )


def versions_of(record: PublicRecord) -> list[RecordVersion]:
    """Return a record's versions, newest first."""
    query = select(RecordVersion).where(RecordVersion.record_id == record.id)
    return list(db.session.scalars(query.order_by(RecordVersion.version.desc())))


def export_rows(today: date) -> Iterator[dict[str, Any]]:
    """Yield every visible record as plain JSON values, oldest first, in bounded memory.

    `content` and `salt` are what the log commits to; the rest repeats the content for convenience.
    """
    query = select(PublicRecord).where(visible_on(today)).order_by(PublicRecord.id)
    with closing(db.session.scalars(query.execution_options(yield_per=BATCH))) as found:
        for record in found:
            yield _export_row(record)


def _export_row(record: PublicRecord) -> dict[str, Any]:
    return {
        **content_head(record),
        "facts": record.facts,
        "leaf_index": record.current.leaf_index,
        "content_hash": record.current.content_hash,
        "salt": record.current.salt,
        "content": record.current.content,
    }


def content_head(record: PublicRecord) -> dict[str, Any]:
    """Return what a record's sealed content says beside the facts."""
    return {
        "format": log.FORMAT,
        "number": record.number,
        "kind": record.kind.value,
        "version": record.current_version,
        "merchant_number": record.merchant_number,
        "merchant_name": record.merchant_name,
        "region_code": record.region_code,
        "sector": record.sector,
        "occurred_on": record.occurred_on.isoformat(),
        "published_at": iso_moment(record.published_at),
        "visible_until": record.visible_until.isoformat() if record.visible_until else None,
        "is_withdrawn": record.withdrawn_at is not None,
        "withdrawal_reason": record.withdrawal_reason,
    }


def iso_moment(moment: datetime) -> str:
    """Return a moment as the sealed content writes it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def numbers_expired_in_search(kind: str, today: date) -> list[str]:
    """Return the numbers of records whose last day is over and whose search document is still there."""
    query = select(SearchDocument.key).where(
        SearchDocument.kind == kind,
        SearchDocument.is_removed.is_(False),
        SearchDocument.visible_until < today,
    )
    return list(db.session.scalars(query))


def kind_counts(*, today: date) -> dict[RecordKind, int]:
    """Return how many visible records there are of each kind."""
    query = select(PublicRecord.kind, func.count()).where(visible_on(today)).group_by(PublicRecord.kind)
    return {row[0]: row[1] for row in db.session.execute(query)}


def month_counts(*, today: date, since: date) -> dict[tuple[int, int], dict[RecordKind, int]]:
    """Return how many visible records of each kind occurred in each month (year, month) since a day."""
    year, month = (
        func.extract("year", PublicRecord.occurred_on),
        func.extract("month", PublicRecord.occurred_on),
    )
    query = (
        select(year, month, PublicRecord.kind, func.count())
        .where(visible_on(today), PublicRecord.occurred_on >= since, PublicRecord.occurred_on <= today)
        .group_by(year, month, PublicRecord.kind)
    )
    counts: dict[tuple[int, int], dict[RecordKind, int]] = {}
    for in_year, in_month, kind, count in db.session.execute(query):
        counts.setdefault((int(in_year), int(in_month)), {})[kind] = count
    return counts
