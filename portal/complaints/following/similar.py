"""Queries: whether somebody has spoken of the same thing already ("已有人反映过吗？").

Only a 投诉 that the office has accepted is ever offered to a stranger; a 举报 to nobody but the
person who made it (Order 121 Art. 37). A stranger sees the group of goods, the month and a count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.base.db import db
from portal.complaints.models import Case, Filing
from portal.rules.complaint_flow import State, Track
from portal.rules.likeness import Matter, is_same_matter
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import GoodsGroup

# Accepted, and not so near its end that a voice would come too late.
JOINABLE = (State.ACCEPTED, State.MEDIATING, State.TESTING)
LOOKED_AT = 200
MOST_OFFERED = 3


@dataclass(frozen=True)
class SimilarCase:
    """A case that may be about the same; of a stranger's only group, month and count may be shown."""

    case: Case
    is_own: bool
    goods_group: GoodsGroup | None
    month: Message
    people_count: int


def may_be_joined(case: Case) -> bool:
    """Say whether a voice can be put beside a case."""
    is_registered = case.received_on is not None
    return case.track is Track.MEDIATION and case.is_open and is_registered and case.state in JOINABLE


def similar_cases(
    merchant_id: int | None,
    goods: str,
    goods_group: GoodsGroup | None,
    bought_on: date,
    narrative: str,
    today: date,
    held_receipts: Sequence[str],
) -> list[SimilarCase]:
    """Return the cases that may be about the same matter, own ones first, three strangers' at most."""
    asked = Matter(
        merchant=str(merchant_id) if merchant_id else None,
        goods=goods,
        goods_group=goods_group,
        bought_on=bought_on,
        text=narrative,
    )
    own = [case for case in _own_cases(held_receipts) if is_same_matter(asked, _matter(case))]
    if merchant_id is None:
        return [_similar(case, is_own=True) for case in own]
    others = (case for case in _joinable_cases(merchant_id) if case.filing.receipt_hash not in held_receipts)
    alike = [case for case in others if is_same_matter(asked, _matter(case))]
    return [
        *(_similar(case, is_own=True) for case in own),
        *(_similar(case, is_own=False) for case in alike[:MOST_OFFERED]),
    ]


def _own_cases(held_receipts: Sequence[str]) -> list[Case]:
    if not held_receipts:
        return []
    query = select(Case).join(Case.filing).where(Filing.receipt_hash.in_(held_receipts))
    return list(db.session.scalars(query.options(joinedload(Case.filing)).order_by(Case.filed_at.desc())))


def _joinable_cases(merchant_id: int) -> list[Case]:
    query = select(Case).where(
        Case.merchant_id == merchant_id,
        Case.track == Track.MEDIATION,
        Case.is_open.is_(True),
        Case.received_on.is_not(None),
        Case.state.in_(JOINABLE),
    )
    query = query.options(joinedload(Case.filing), selectinload(Case.voices))
    return list(db.session.scalars(query.order_by(Case.filed_at.desc(), Case.id.desc()).limit(LOOKED_AT)))


def _matter(case: Case) -> Matter:
    filing = case.filing
    return Matter(
        merchant=str(case.merchant_id) if case.merchant_id else None,
        goods=filing.goods,
        goods_group=_group(filing),
        bought_on=filing.bought_on,
        text=filing.narrative,
    )


def _group(filing: Filing) -> GoodsGroup | None:
    return GoodsGroup(filing.goods_group) if filing.goods_group else None


def _similar(case: Case, *, is_own: bool) -> SimilarCase:
    return SimilarCase(
        case=case,
        is_own=is_own,
        goods_group=_group(case.filing),
        month=say("%(bought_month)s", bought_month=case.filing.bought_on),
        people_count=1 + len(case.voices),
    )
