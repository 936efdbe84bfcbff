"""Reads about people, offices and memberships."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import LinkPurpose, Membership, Office, OneTimeLink, SubjectKind, User
from portal.base import crypto
from portal.base.db import db


def fold_login(text: str) -> str:
    """Return a sign-in name as it is stored: half-width, lower case, without spaces around it."""
    return unicodedata.normalize("NFKC", text).replace("\x00", "").strip().casefold()


def user_by_login(login: str) -> User | None:
    """Return the person with a sign-in name, in any case of its letters."""
    return db.session.scalar(select(User).where(User.login == fold_login(login)))


def user_by_id(user_id: int) -> User:
    """Return a person by number."""
    return db.session.get_one(User, user_id)


def user_by_session(uniquifier: str) -> User | None:
    """Return the person a session belongs to, unless that session or the person's sign-in has ended."""
    return db.session.scalar(select(User).where(User.fs_uniquifier == uniquifier, User.active.is_(True)))


def usable_link(
    token: str, purpose: LinkPurpose, now: datetime, *, for_update: bool = False
) -> OneTimeLink | None:
    """Return the link a token opens, unless it was used or has expired."""
    query = select(OneTimeLink).where(
        OneTimeLink.token_hash.in_(crypto.keyed_hashes("one-time-link", token)),
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now,
    )
    return db.session.scalar(query.with_for_update() if for_update else query)


def memberships_of(user_id: int) -> tuple[Membership, ...]:
    """Return a person's memberships that have not ended."""
    query = (
        select(Membership)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    return tuple(db.session.scalars(query))


def usable_invitation(token: str, now: datetime) -> OneTimeLink | None:
    """Return the invitation a token opens, unless it was used or has expired."""
    return usable_link(token, LinkPurpose.INVITATION, now)


def is_reset_usable(token: str, now: datetime) -> bool:
    """Say whether a token opens a reset that was not used and has not expired."""
    return usable_link(token, LinkPurpose.RESET, now) is not None


def offices_of(memberships: Iterable[Membership]) -> dict[int, Office]:
    """Return the offices that memberships are bound to, by their numbers."""
    return offices_by_id({m.subject_id for m in memberships if m.subject_kind is SubjectKind.OFFICE})


def office_by_region(region_code: str) -> Office | None:
    """Return the office that answers for exactly this region."""
    return db.session.scalar(select(Office).where(Office.region_code == region_code))


def offices_by_id(ids: set[int]) -> dict[int, Office]:
    """Return offices by their numbers."""
    if not ids:
        return {}
    return {office.id: office for office in db.session.scalars(select(Office).where(Office.id.in_(ids)))}


def office_above(region_code: str) -> Office | None:
    """Return the nearest office above a region, for an office that is to be its child."""
    for code in (region_code[:4] + "00", region_code[:2] + "0000"):
        office = office_by_region(code) if code != region_code else None
        if office is not None:
            return office
    return None


def office_for(region_code: str) -> Office | None:
    """Return the office nearest to a region: its own, else its city's, else its province's."""
    return office_by_region(region_code) or office_above(region_code)


def all_offices() -> tuple[Office, ...]:
    """Return every office in the order of its region code."""
    return tuple(db.session.scalars(select(Office).order_by(Office.region_code)))


def all_memberships() -> tuple[Membership, ...]:
    """Return every membership that has not ended, with its person."""
    query = (
        select(Membership)
        .where(Membership.ended_at.is_(None))
        .options(joinedload(Membership.user))
        .order_by(Membership.user_id, Membership.id)
    )
    return tuple(db.session.scalars(query))
