"""Reads about people, offices and memberships."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.accounts.models import Membership, Office, SubjectKind, User
from portal.base.db import db


def user_by_email(email: str) -> User | None:
    """Return the person who signs in with an e-mail address, in any case of its letters."""
    return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def memberships_of(user_id: int) -> tuple[Membership, ...]:
    """Return a person's memberships that have not ended."""
    query = (
        select(Membership)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    return tuple(db.session.scalars(query))


def members_of(kind: SubjectKind, subject_id: int) -> tuple[Membership, ...]:
    """Return the memberships of one subject that have not ended."""
    query = (
        select(Membership)
        .where(Membership.subject_kind == kind, Membership.subject_id == subject_id)
        .where(Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    return tuple(db.session.scalars(query))


def office_by_region(region_code: str) -> Office | None:
    """Return the office that answers for exactly this region."""
    return db.session.scalar(select(Office).where(Office.region_code == region_code))


def offices_by_id(ids: set[int]) -> dict[int, Office]:
    """Return offices by their numbers."""
    if not ids:
        return {}
    return {office.id: office for office in db.session.scalars(select(Office).where(Office.id.in_(ids)))}


def office_for(region_code: str) -> Office | None:
    """Return the office nearest to a region: its own, else its city's, else its province's."""
    for code in (region_code, region_code[:4] + "00", region_code[:2] + "0000"):
        office = office_by_region(code)
        if office is not None:
            return office
    return None
