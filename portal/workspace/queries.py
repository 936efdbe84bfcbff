"""Queries: the merchants somebody acts for, and requests to look again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import joinedload

from portal.base.db import db
from portal.merchants.models import Merchant
from portal.workspace.models import ReviewRequest


def merchants_by_ids(ids: Sequence[int]) -> list[Merchant]:
    """Return merchants by their row numbers, in the order of their names."""
    query = select(Merchant).where(Merchant.id.in_(ids)).options(joinedload(Merchant.market))
    return list(db.session.scalars(query.order_by(Merchant.name, Merchant.id)))


def review_requests_of(merchant_id: int) -> list[ReviewRequest]:
    """Return a merchant's requests to look again, newest first."""
    query = select(ReviewRequest).where(ReviewRequest.merchant_id == merchant_id)
    return list(db.session.scalars(query.order_by(ReviewRequest.id.desc()).limit(20)))


def open_review_request(merchant_id: int) -> ReviewRequest | None:
    """Return the request of a merchant that waits for an answer."""
    query = select(ReviewRequest).where(ReviewRequest.merchant_id == merchant_id)
    return db.session.scalar(query.where(ReviewRequest.answered_at.is_(None)))


def open_review_requests(region_prefixes: Sequence[str]) -> list[ReviewRequest]:
    """Return what waits for an answer in some regions, oldest first: for the desk."""
    query = select(ReviewRequest).where(*_waiting_in(region_prefixes))
    return list(
        db.session.scalars(query.options(joinedload(ReviewRequest.merchant)).order_by(ReviewRequest.id))
    )


def review_request(request_id: int) -> ReviewRequest | None:
    """Return a request by its row number, answered or not."""
    query = select(ReviewRequest).where(ReviewRequest.id == request_id)
    return db.session.scalar(query.options(joinedload(ReviewRequest.merchant)))


def count_open_review_requests(region_prefixes: Sequence[str]) -> int:
    """Return how many requests wait for an answer in some regions."""
    query = select(func.count(ReviewRequest.id)).where(*_waiting_in(region_prefixes))
    return db.session.scalar(query) or 0


def _waiting_in(region_prefixes: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    reach = [ReviewRequest.region_code.startswith(prefix) for prefix in region_prefixes]
    return ReviewRequest.answered_at.is_(None), or_(false(), *reach)
