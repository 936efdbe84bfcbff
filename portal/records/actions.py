"""Publish, correct and withdraw public records; each act is a new version and a leaf of the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.base import crypto
from portal.base.db import db
from portal.records.indexing import put_in_search, take_from_search
from portal.records.models import LogHead, PublicRecord
from portal.records.queries import content_head, record_by_number
from portal.records.sealing import append_version, locked_head
from portal.rules import publication
from portal.rules.errors import InputRefused
from portal.rules.messages import say
from portal.rules.publication import RecordKind

NUMBER_SYMBOLS = 10


@dataclass(frozen=True)
class RecordDraft:
    """What is to be published; `replaces` names the record this is the next version of."""

    kind: RecordKind
    merchant_number: str | None
    merchant_name: str
    region_code: str
    sector: str
    occurred_on: date
    facts: dict[str, Any] = field(default_factory=dict)
    visible_until: date | None = None
    replaces: str | None = None


def publish(draft: RecordDraft, *, now: datetime) -> PublicRecord:
    """Publish a record, or the next version of one, in the caller's transaction.

    Raises publication.NotPublic for a fact that may not be shown.
    """
    publication.assert_public(draft.facts, draft.kind)
    publication.assert_public({"merchant_name": draft.merchant_name})
    head = locked_head()
    record = _next_version(draft) if draft.replaces else _first_version(head, now)
    record.kind = draft.kind
    record.merchant_number = draft.merchant_number
    record.merchant_name = draft.merchant_name
    record.region_code = draft.region_code
    record.sector = draft.sector
    record.occurred_on = draft.occurred_on
    record.visible_until = draft.visible_until or publication.visible_until(
        draft.kind, draft.facts, draft.occurred_on
    )
    db.session.add(record)
    db.session.flush()
    _seal(record, draft.facts, head, now)
    put_in_search(record)
    return record


def withdraw_record(number: str, reason: str, *, now: datetime) -> PublicRecord:
    """Take a record out of every list, search and export; its address says what it was and why it went."""
    publication.assert_public({"reason": reason})
    head = locked_head()
    record = _open_record(number)
    record.withdrawn_at = now
    record.withdrawal_reason = reason
    record.current_version += 1
    _seal(record, {}, head, now)
    take_from_search(number)
    return record


def _first_version(head: LogHead, now: datetime) -> PublicRecord:
    number = "R" + crypto.plain_code(f"record {head.size}", NUMBER_SYMBOLS)
    return PublicRecord(number=number, published_at=now.replace(microsecond=0), current_version=1)


def _next_version(draft: RecordDraft) -> PublicRecord:
    record = _open_record(str(draft.replaces))
    if record.kind is not draft.kind:
        raise ValueError(f"record {record.number} is a {record.kind.value}, not a {draft.kind.value}")
    record.current_version += 1
    return record


def _open_record(number: str) -> PublicRecord:
    record = record_by_number(number)
    if record is None:
        raise LookupError(f"no record {number}")
    if record.withdrawn_at is not None:
        raise InputRefused(say("Record %(number)s was withdrawn and stays so.", number=number))
    return record


def _seal(record: PublicRecord, facts: dict[str, Any], head: LogHead, now: datetime) -> None:
    append_version(record, {**content_head(record), "facts": facts}, head=head, now=now)
    db.session.expire(record, ["current"])
