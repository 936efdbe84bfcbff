"""Queries: claims by number, merchant and lateness; balances of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from portal.base.db import db
from portal.compensation.models import Claim, ClaimState, LedgerAccount, LedgerPosting
from portal.rules.settings import value_of


def claim_by_number(number: str) -> Claim | None:
    """Return the claim with a number."""
    return db.session.scalar(select(Claim).where(Claim.number == number.strip().upper()))


def claim_of_case(case_number: str) -> Claim | None:
    """Return the claim that was agreed in a case."""
    return db.session.scalar(select(Claim).where(Claim.case_number == case_number))


def claims_of(merchant_id: int, *, states: Sequence[ClaimState] | None = None) -> list[Claim]:
    """Return a merchant's claims, the soonest due first."""
    query = select(Claim).where(Claim.merchant_id == merchant_id)
    if states is not None:
        query = query.where(Claim.state.in_(states))
    return list(db.session.scalars(query.order_by(Claim.due_on, Claim.id)))


def overdue_claims(today: date) -> list[Claim]:
    """Return the claims that are past their day and its days of grace, neither paid nor said to be."""
    query = select(Claim).where(Claim.state == ClaimState.OWED, Claim.due_on < _latest_due(today))
    return list(db.session.scalars(query.order_by(Claim.due_on, Claim.id)))


def unpublished_overdue_claims(today: date, count: int) -> list[Claim]:
    """Return overdue claims whose record is missing, or no longer shows."""
    is_unseen = or_(Claim.overdue_record_number.is_(None), Claim.overdue_shows_until < today)
    query = select(Claim).where(Claim.state == ClaimState.OWED, Claim.due_on < _latest_due(today), is_unseen)
    return list(db.session.scalars(query.order_by(Claim.id).limit(count)))


def overdue_on(claim: Claim) -> date:
    """Return the first day on which a claim counts as overdue."""
    return claim.due_on + timedelta(days=value_of("payment_grace_days", claim.due_on) + 1)


def _latest_due(today: date) -> date:
    return today - timedelta(days=value_of("payment_grace_days", today))


def account_by_code(code: str) -> LedgerAccount | None:
    """Return an account of the ledger."""
    return db.session.scalar(select(LedgerAccount).where(LedgerAccount.code == code))


def balance_of(code: str) -> int:
    """Return what stands on an account, in fen; nothing for one that is not there."""
    query = select(func.coalesce(func.sum(LedgerPosting.amount_fen), 0))
    query = query.join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
    return int(db.session.scalar(query.where(LedgerAccount.code == code)) or 0)


def open_sum_of(merchant_ids: Iterable[int]) -> int:
    """Return what merchants still owe on their claims, in fen."""
    query = select(func.coalesce(func.sum(Claim.amount_fen), 0)).where(
        Claim.merchant_id.in_(list(merchant_ids)), Claim.state != ClaimState.CONFIRMED
    )
    return int(db.session.scalar(query) or 0)
