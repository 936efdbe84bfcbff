"""People, offices, and who may act for whom."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from flask_security import UserMixin
from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.base.db import Model, UTCDateTime, enum_column


class Role(str, enum.Enum):
    """What a person may be to a merchant, a market, a fund, an office or the installation."""

    MERCHANT_OWNER = "merchant_owner"
    MERCHANT_STAFF = "merchant_staff"
    MARKET_ORGANISER = "market_organiser"
    FAIR_SCALE_DESK = "fair_scale_desk"
    FUND_MANAGER = "fund_manager"
    FUND_APPROVER = "fund_approver"
    INTAKE_CLERK = "intake_clerk"
    OFFICER = "officer"
    INSPECTOR = "inspector"
    LEADER = "leader"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class SubjectKind(str, enum.Enum):
    """What a membership is bound to."""

    OFFICE = "office"
    MERCHANT = "merchant"
    MARKET = "market"
    FUND = "fund"
    INSTALLATION = "installation"


SUBJECT_OF_ROLE = {
    Role.MERCHANT_OWNER: SubjectKind.MERCHANT,
    Role.MERCHANT_STAFF: SubjectKind.MERCHANT,
    Role.MARKET_ORGANISER: SubjectKind.MARKET,
    Role.FAIR_SCALE_DESK: SubjectKind.MARKET,
    Role.FUND_MANAGER: SubjectKind.FUND,
    Role.FUND_APPROVER: SubjectKind.FUND,
    Role.INTAKE_CLERK: SubjectKind.OFFICE,
    Role.OFFICER: SubjectKind.OFFICE,
    Role.INSPECTOR: SubjectKind.OFFICE,
    Role.LEADER: SubjectKind.OFFICE,
    Role.PUBLISHER: SubjectKind.OFFICE,
    Role.AUDITOR: SubjectKind.OFFICE,
    Role.ADMINISTRATOR: SubjectKind.INSTALLATION,
}

# Those who act for the authority sign in with a second factor, without exception.
STAFF_ROLES = frozenset(
    role for role, kind in SUBJECT_OF_ROLE.items() if kind in {SubjectKind.OFFICE, SubjectKind.INSTALLATION}
)

# The installation is one; its memberships need a number all the same.
INSTALLATION_ID = 0


class User(Model, UserMixin):
    """A person with a sign-in; Flask-Security reads these names.

    Its ready-made mixin keeps the addresses a person signed in from; this
    table keeps none.
    """

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    # As typed at sign-in, folded to lower case; for those invited it is their e-mail address.
    login: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(255))  # type: ignore[assignment]
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    # A new value ends every session of this person.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    # Sealed by the keys of second_factor.py before it comes here.
    totp_secret: Mapped[str | None] = mapped_column(Text)
    # The last time step whose code was used; a code opens the door once.
    totp_counter: Mapped[int | None]
    second_factor_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recovery_hashes: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """Return none: Flask-Security asks for roles that last; ours are memberships."""
        return []


class Office(Model):
    """A supervision office and the region it answers for."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    region_code: Mapped[str] = mapped_column(String(12), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Membership(Model):
    """One role of one person for one subject, until it ends."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_subject", "subject_kind", "subject_id"),
        Index(
            "uq_membership_held",
            "user_id",
            "role",
            "subject_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role] = enum_column(Role)
    subject_kind: Mapped[SubjectKind] = enum_column(SubjectKind)
    subject_id: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_because: Mapped[str | None] = mapped_column(String(200))

    user: Mapped[User] = relationship()


class LinkPurpose(str, enum.Enum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    RESET = "reset"


class OneTimeLink(Model):
    """A link that works once and not for long; only a keyed hash of its token is kept."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose] = enum_column(LinkPurpose)
    # An invitation names who is invited to be what; a reset names whose password it is.
    email: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[Role | None] = enum_column(Role)
    subject_id: Mapped[int | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class EndOfSignIn(str, enum.Enum):
    """Why a sign-in has ended."""

    SIGNED_OUT = "signed_out"
    SIGNED_IN_ANEW = "signed_in_anew"
    ENDED_BY_OWNER = "ended_by_owner"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, no password
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    RIGHTS_ENDED = "rights_ended"
    IDLE = "idle"
    TOO_OLD = "too_old"
    RESTORED = "restored"


class SignIn(Model):
    """One sign-in of a person on one device, until it ends; a session without an open one opens nothing.

    It keeps no address, no browser and no place; of visits no more than the hour of the last.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The session holds the number itself.
    number_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # At first the beginning; from then on the full hour of the last visit and no more.
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    ended_because: Mapped[EndOfSignIn | None] = enum_column(EndOfSignIn)

    user: Mapped[User] = relationship()
