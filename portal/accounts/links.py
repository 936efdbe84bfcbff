"""Actions: one-time links, for an invitation and for a forgotten password.

A link's token is shown once, to whoever made it; only a keyed hash is kept.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from portal.accounts import actions, queries
from portal.accounts.models import LinkPurpose, OneTimeLink, Role, User
from portal.base import crypto
from portal.base.db import db
from portal.rules.errors import RuleError
from portal.rules.messages import say

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=24)


class LinkNotUsable(RuleError):
    """A one-time link was used, has expired, or never was."""

    def __init__(self) -> None:
        super().__init__(say("This link was used already or has expired. Ask whoever sent it for a new one."))


def invite(role: Role, email: str, subject_id: int, now: datetime) -> str:
    """Return the token of a link by which somebody may take up a role."""
    return _new_link(
        OneTimeLink(
            purpose=LinkPurpose.INVITATION,
            email=email,
            role=role,
            subject_id=subject_id,
            created_at=now,
            expires_at=now + INVITATION_LASTS,
        )
    )


def accept_invitation(token: str, name: str, password: str, now: datetime) -> User:
    """Take up the role a link invites to; who has a sign-in already proves it with the password.

    Raises LinkNotUsable, PasswordTooWeak, and LoginTaken when the password is not that sign-in's.
    """
    link = _take(token, LinkPurpose.INVITATION, now)
    if link.role is None or link.subject_id is None or link.email is None:
        raise LinkNotUsable
    user = queries.user_by_login(link.email)
    if user is None:
        user = actions.add_user(link.email, password, now, name=name, email=link.email)
    elif not actions.is_password_of(user, password):
        raise actions.LoginTaken(
            say("You have a sign-in here already. Type its password to add the new role to it.")
        )
    actions.add_member(user, link.role, None, link.subject_id, now)
    return user


def reset_link(user: User, now: datetime) -> str:
    """Return the token of a link by which a person may set a new password."""
    return _new_link(
        OneTimeLink(purpose=LinkPurpose.RESET, user_id=user.id, created_at=now, expires_at=now + RESET_LASTS)
    )


def use_reset(token: str, password: str, now: datetime) -> User:
    """Set the new password a reset link allows: every sign-in ends, the second factor stays as it is."""
    link = _take(token, LinkPurpose.RESET, now)
    if link.user_id is None:
        raise LinkNotUsable
    user = queries.user_by_id(link.user_id)
    actions.change_password(user, password, now)
    return user


def _new_link(link: OneTimeLink) -> str:
    token = secrets.token_urlsafe(32)
    link.token_hash = crypto.keyed_hash("one-time-link", token)
    db.session.add(link)
    db.session.flush()
    return token


def _take(token: str, purpose: LinkPurpose, now: datetime) -> OneTimeLink:
    link = queries.usable_link(token, purpose, now, for_update=True)
    if link is None:
        raise LinkNotUsable
    link.used_at = now
    return link
