"""Queries: filings by receipt code, cases by number, the queue, counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from portal.base import crypto
from portal.base.db import db
from portal.compensation.models import Claim, ClaimState
from portal.complaints.filing import RECEIPT
from portal.complaints.models import Case, CaseMessage, Filing
from portal.complaints.registering import holder_of
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import State, Track
from portal.rules.metrology import Judgement, judgement_from_snapshot

PAGE_SIZE = 30
# TS or JB, and two groups of four.
CASE_NUMBER_SIGNS = 10
TESTING_STATES = (State.TESTING, State.EXTENDED_TESTING, State.CASE_TESTING)


def filing_by_code(typed: str) -> Filing | None:
    """Return the filing whose receipt code was typed, however it was typed; None for any other text."""
    code = crypto.normalise_code(typed)
    if not crypto.is_receipt_code(code):
        return None
    return db.session.scalar(
        select(Filing).where(Filing.receipt_hash.in_(crypto.keyed_hashes(RECEIPT, code)))
    )


def case_by_number(number: str) -> Case | None:
    """Return a case with its filing, merchant and history."""
    query = select(Case).where(Case.number == number.strip().upper())
    return db.session.scalar(
        query.options(joinedload(Case.filing), joinedload(Case.merchant), selectinload(Case.events))
    )


def filing_by_case_number(typed: str) -> Filing | None:
    """Return the filing a case number belongs to, however the number was typed."""
    symbols = crypto.normalise_code(typed)
    if len(symbols) != CASE_NUMBER_SIGNS:
        return None
    query = select(Filing).join(Filing.cases)
    return db.session.scalar(query.where(Case.number == f"{symbols[:2]}-{symbols[2:6]}-{symbols[6:]}"))


def cases_with_official_number(official_number: str) -> list[Case]:
    """Return the cases of the filing that has an official number, however it was typed."""
    filing_id = holder_of(official_number)
    query = select(Case).where(Case.filing_id == filing_id).options(joinedload(Case.merchant))
    return list(db.session.scalars(query.order_by(Case.track)))


def cases_by_receipts(receipt_hashes: Sequence[str]) -> list[Case]:
    """Return the cases of the filings whose receipts are held, newest first."""
    if not receipt_hashes:
        return []
    query = select(Case).join(Case.filing).where(Filing.receipt_hash.in_(receipt_hashes))
    return list(
        db.session.scalars(
            query.options(joinedload(Case.merchant)).order_by(Case.filed_at.desc(), Case.track)
        )
    )


def judgement_told(filing: Filing) -> Judgement | None:
    """Return the verdict the filer saw when filing, or None where nothing was re-weighed."""
    return judgement_from_snapshot(filing.judgement) if filing.judgement else None


def messages_of(case_id: int) -> list[CaseMessage]:
    """Return what was written to a case, oldest first."""
    return list(
        db.session.scalars(select(CaseMessage).where(CaseMessage.case_id == case_id).order_by(CaseMessage.id))
    )


@dataclass(frozen=True)
class QueueFilter:
    """What an officer asked the queue for; `region_prefixes` is what the officer may see at all."""

    region_prefixes: tuple[str, ...]
    track: Track | None = None
    state: State | None = None
    officer_id: int | None = None
    is_unassigned: bool = False
    is_open: bool = True
    due_from: date | None = None
    due_by: date | None = None
    is_unregistered: bool | None = None
    wants_reopening: bool = False
    words: str = ""


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue and the count of all of it."""

    cases: Sequence[Case]
    total: int


def queue(wanted: QueueFilter, *, page: int = 1) -> QueuePage:
    """Return one page of cases, soonest due first; cases without a clock last, oldest first."""
    query = _narrowed(select(Case), wanted)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Case.due_on.is_(None), Case.due_on, Case.filed_at, Case.id)
    rows = (
        ordered.options(joinedload(Case.merchant), joinedload(Case.filing))
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return QueuePage(list(db.session.scalars(rows)), total)


def count_cases(wanted: QueueFilter) -> int:
    """Return how many cases a filter finds."""
    return db.session.scalar(_narrowed(select(func.count(Case.id)), wanted)) or 0


def counts_of(wanted: Sequence[QueueFilter]) -> list[int]:
    """Return how many cases each filter finds, in one reading; all have the first one's reach and words."""
    columns: list[Any] = [func.count().filter(true(), *_conditions(one)) for one in wanted]
    query: Select[Any] = select(*columns)
    return list(db.session.execute(_reached(query.select_from(Case), wanted[0])).one())


def _narrowed(query: Select[Any], wanted: QueueFilter) -> Select[Any]:
    return _reached(query, wanted).where(*_conditions(wanted))


def _reached(query: Select[Any], wanted: QueueFilter) -> Select[Any]:
    reach = [Case.region_code.startswith(prefix) for prefix in wanted.region_prefixes]
    query = query.where(or_(false(), *reach))
    if wanted.words.strip():
        query = query.join(Filing, Case.filing_id == Filing.id)
        query = query.outerjoin(Merchant, Case.merchant_id == Merchant.id)
        query = query.where(_found(wanted.words.strip()))
    return query


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    equal = ((Case.track, wanted.track), (Case.state, wanted.state), (Case.officer_id, wanted.officer_id))
    found = [column == value for column, value in equal if value is not None]
    if wanted.is_unassigned:
        found.append(Case.officer_id.is_(None))
    if wanted.due_from is not None:
        found.append(Case.due_on >= wanted.due_from)
    if wanted.due_by is not None:
        found.append(Case.due_on <= wanted.due_by)
    if wanted.is_unregistered is not None:
        found.append(Case.received_on.is_(None) == wanted.is_unregistered)
    if wanted.wants_reopening:
        found.append(Case.wants_reopening.is_(True))
    return [Case.is_open == wanted.is_open, *found]


def _found(words: str) -> ColumnElement[bool]:
    columns = (Case.number, Case.official_number, Merchant.name, Filing.respondent_name)
    return or_(*(column.icontains(words[:60], autoescape=True) for column in columns))


def mediation_cases_of(merchant_ids: Sequence[int], *, is_open: bool | None = None) -> list[Case]:
    """Return the 投诉 about some merchants, newest first; a 举报 is never among them (Order 121 Art. 37)."""
    query = select(Case).where(Case.merchant_id.in_(merchant_ids), Case.track == Track.MEDIATION)
    if is_open is not None:
        query = query.where(Case.is_open == is_open)
    return list(db.session.scalars(query.order_by(Case.filed_at.desc(), Case.id.desc()).limit(200)))


def mediation_case_of(merchant_ids: Sequence[int], number: str) -> Case | None:
    """Return one 投诉 about one of these merchants."""
    case = case_by_number(number)
    is_theirs = case is not None and case.merchant_id in merchant_ids and case.track is Track.MEDIATION
    return case if is_theirs else None


def cases_with_answer_due_before(day: date, count: int) -> list[Case]:
    """Return the 投诉 whose merchant should have answered by then and was not counted yet."""
    query = select(Case).where(Case.answer_due_on < day, Case.track == Track.MEDIATION)
    return list(db.session.scalars(query.order_by(Case.id).limit(count)))


def cases_whose_clock_may_shift() -> list[Case]:
    """Return the open cases whose due day may be another without any move: paused, or past the calendar.

    A paused clock's day moves on with every day of testing; a provisional one is settled by
    the next year's holiday notice.
    """
    shifting = or_(Case.state.in_(TESTING_STATES), Case.is_due_provisional.is_(True))
    query = select(Case).where(Case.is_open.is_(True), shifting).order_by(Case.id)
    return list(db.session.scalars(query.options(joinedload(Case.filing), selectinload(Case.events))))


def cases_said_to_be_paid(count: int) -> list[Case]:
    """Return the settled 投诉 whose merchant says it has paid, those said longest ago first."""
    query = select(Case).join(Claim, Claim.number == Case.claim_number)
    query = query.where(Case.state == State.SETTLED, Claim.state == ClaimState.PAID)
    return list(db.session.scalars(query.order_by(Claim.paid_reported_at, Case.id).limit(count)))
