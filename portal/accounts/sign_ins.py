"""Actions: a sign-in begins, is seen and ends.

Nothing of a session counts unless its sign-in is open here, so that a copied
cookie dies with the sign-in it was copied from.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, true, update

from portal.accounts import queries
from portal.accounts.models import EndOfSignIn, SignIn, User
from portal.base import crypto
from portal.base.db import db

# How long a sign-in may rest, and how long it may last at all.
STAFF_LIMITS = (timedelta(minutes=30), timedelta(hours=10))
OTHER_LIMITS = (timedelta(days=7), timedelta(days=30))
# What has ended is kept so long for its owner to look at.
ENDED_KEPT = timedelta(days=90)


def limits_of(is_staff: bool) -> tuple[timedelta, timedelta]:
    """Return how long a sign-in may rest, and how long it may last at all."""
    return STAFF_LIMITS if is_staff else OTHER_LIMITS


def full_hour(moment: datetime) -> datetime:
    """Return the beginning of a moment's hour: all that is kept of a visit."""
    return moment.replace(minute=0, second=0, microsecond=0)


def begin_sign_in(user: User, now: datetime) -> str:
    """Begin a sign-in and return its number, which only the session keeps."""
    number = secrets.token_urlsafe(32)
    db.session.add(
        SignIn(
            number_hash=crypto.keyed_hash(queries.SIGN_IN_HASH, number),
            user_id=user.id,
            began_at=now,
            last_seen_at=now,
        )
    )
    db.session.flush()
    return number


def note_seen(sign_in_id: int, now: datetime) -> None:
    """Note the hour of a visit, unless it is noted, the sign-in has ended or somebody else is at it."""
    sign_in = queries.sign_in_not_seen_since(sign_in_id, full_hour(now))
    if sign_in is not None:
        sign_in.last_seen_at = full_hour(now)


def end_by_number(number: str, because: EndOfSignIn, now: datetime) -> None:
    """End the sign-in of a session, whoever's it is."""
    _end(SignIn.number_hash.in_(crypto.keyed_hashes(queries.SIGN_IN_HASH, number)), because, now)


def end_one(user_id: int, sign_in_id: int, now: datetime) -> None:
    """End a sign-in that its owner names."""
    _end((SignIn.user_id == user_id) & (SignIn.id == sign_in_id), EndOfSignIn.ENDED_BY_OWNER, now)


def end_others(user_id: int, kept_id: int, now: datetime) -> None:
    """End every sign-in of a person but one."""
    _end((SignIn.user_id == user_id) & (SignIn.id != kept_id), EndOfSignIn.ENDED_BY_OWNER, now)


def end_all(user: User, because: EndOfSignIn, now: datetime) -> None:
    """End every sign-in of this person, on every device, those still owing a second factor too."""
    # First the person's row: a sign-in that is just beginning holds its lock, and is seen below.
    user.fs_uniquifier = new_uniquifier()
    db.session.flush()
    _end(SignIn.user_id == user.id, because, now)


def end_everybodys(now: datetime) -> None:
    """End every sign-in there is: a backup knows nothing of what ended after it was made."""
    _end(true(), EndOfSignIn.RESTORED, now)


def end_forgotten(now: datetime) -> None:
    """End what rested or lasted beyond its limit and was not looked at since."""
    for is_staff in (True, False):
        rest, whole = limits_of(is_staff)
        own = queries.is_sign_in_of_staff() if is_staff else ~queries.is_sign_in_of_staff()
        _end(own & queries.is_too_old(now, whole), EndOfSignIn.TOO_OLD, now)
        _end(own & queries.is_idle(now, rest), EndOfSignIn.IDLE, now)


def drop_ended(now: datetime) -> None:
    """Delete the sign-ins that ended longer ago than ENDED_KEPT."""
    db.session.execute(delete(SignIn).where(SignIn.ended_at < now - ENDED_KEPT))


def new_uniquifier() -> str:
    """Return what sessions know a person by; with a new one they know nobody."""
    return secrets.token_hex(32)


def _end(which: ColumnElement[bool], because: EndOfSignIn, now: datetime) -> None:
    """End the open ones of some sign-ins; of several reasons the first stays."""
    still_open = which & SignIn.ended_at.is_(None)
    db.session.execute(update(SignIn).where(still_open).values(ended_at=now, ended_because=because))
