"""Reads about people, offices and memberships."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import (
    STAFF_ROLES,
    LinkPurpose,
    Membership,
    Office,
    OneTimeLink,
    SignIn,
    SubjectKind,
    User,
)
from portal.base import crypto
from portal.base.db import db

SIGN_IN_HASH = "sign-in"
# The full hour of a visit lies up to an hour before it, and noting it may have failed for a while.
IDLE_LEEWAY = timedelta(hours=2)


def fold_login(text: str) -> str:
    """Return a sign-in name as it is stored: half-width, lower case, without spaces around it."""
    return unicodedata.normalize("NFKC", text).replace("\x00", "").strip().casefold()


def user_by_login(login: str) -> User | None:
    """Return the person with a sign-in name, in any case of its letters."""
    return db.session.scalar(select(User).where(User.login == fold_login(login)))


def user_by_id(user_id: int) -> User:
    """Return a person by number."""
    return db.session.get_one(User, user_id)


def user_by_session(uniquifier: str, *, for_update: bool = False) -> User | None:
    """Return the person whom sessions know by this, unless all were ended or the person is suspended."""
    query = select(User).where(User.fs_uniquifier == uniquifier, User.active.is_(True))
    return db.session.scalar(query.with_for_update() if for_update else query)


def open_sign_in(number: str, uniquifier: str, *, for_update: bool = False) -> SignIn | None:
    """Return a session's sign-in with its person, unless it has ended or the person is suspended."""
    query = (
        select(SignIn)
        .join(SignIn.user)
        .options(contains_eager(SignIn.user))
        .where(
            SignIn.number_hash.in_(crypto.keyed_hashes(SIGN_IN_HASH, number)),
            SignIn.ended_at.is_(None),
            User.fs_uniquifier == uniquifier,
            User.active.is_(True),
        )
    )
    return db.session.scalar(query.with_for_update() if for_update else query)


def ended_sign_in(number: str) -> SignIn | None:
    """Return a session's sign-in that has ended, as long as it is kept."""
    hashes = crypto.keyed_hashes(SIGN_IN_HASH, number)
    return db.session.scalar(
        select(SignIn).where(SignIn.number_hash.in_(hashes), SignIn.ended_at.is_not(None))
    )


def sign_in_not_seen_since(sign_in_id: int, hour: datetime) -> SignIn | None:
    """Return an open sign-in that was not seen in an hour, for writing; none while another one writes it."""
    query = select(SignIn).where(
        SignIn.id == sign_in_id, SignIn.ended_at.is_(None), SignIn.last_seen_at < hour
    )
    return db.session.scalar(query.with_for_update(skip_locked=True))


def open_sign_ins(user_id: int, limits: tuple[timedelta, timedelta], now: datetime) -> tuple[SignIn, ...]:
    """Return a person's sign-ins that are neither ended nor over their limits, the newest first."""
    rest, whole = limits
    query = (
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .where(~is_idle(now, rest), ~is_too_old(now, whole))
        .order_by(SignIn.began_at.desc(), SignIn.id.desc())
    )
    return tuple(db.session.scalars(query))


def ended_sign_ins(user_id: int, *, limit: int) -> tuple[SignIn, ...]:
    """Return a person's sign-ins that have ended, the last ended first."""
    query = (
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_not(None))
        .order_by(SignIn.ended_at.desc(), SignIn.id.desc())
        .limit(limit)
    )
    return tuple(db.session.scalars(query))


def is_sign_in_of(user_id: int, sign_in_id: int) -> bool:
    """Say whether a sign-in is a person's own, open or ended."""
    query = select(SignIn.id).where(SignIn.id == sign_in_id, SignIn.user_id == user_id)
    return db.session.scalar(query) is not None


def is_idle(now: datetime, rest: timedelta) -> ColumnElement[bool]:
    """Return the condition that a sign-in surely rested longer than it may."""
    return SignIn.last_seen_at < now - rest - IDLE_LEEWAY


def is_too_old(now: datetime, whole: timedelta) -> ColumnElement[bool]:
    """Return the condition that a sign-in lasted longer than it may."""
    return SignIn.began_at < now - whole


def is_sign_in_of_staff() -> ColumnElement[bool]:
    """Return the condition that a sign-in is somebody's who acts for the authority at present."""
    staff = select(Membership.user_id).where(Membership.role.in_(STAFF_ROLES), Membership.ended_at.is_(None))
    return SignIn.user_id.in_(staff)


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


def unused_resets(user_id: int) -> tuple[OneTimeLink, ...]:
    """Return a person's reset links that nobody has used, expired or not."""
    query = select(OneTimeLink).where(
        OneTimeLink.user_id == user_id,
        OneTimeLink.purpose == LinkPurpose.RESET,
        OneTimeLink.used_at.is_(None),
    )
    return tuple(db.session.scalars(query))


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
