"""Models: what passes between an office and a filer after the filing."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.base.crypto import EncryptedText
from portal.base.db import Model, UTCDateTime, enum_column
from portal.base.triggers import append_only


class PartyRequest(Model):
    """A question to the filer with the day it ends and what silence then means.

    The address in a letter carries a token of which only the hash is kept; it
    opens this one question and nothing else.
    """

    __tablename__ = "party_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("case_event.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    question: Mapped[str] = mapped_column(EncryptedText)
    due_on: Mapped[date] = mapped_column(index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When the silence was noted in the history.
    lapsed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Survey(Model):
    """What the filer said of a case after its end, once for each end."""

    __tablename__ = "survey"
    __table_args__ = (UniqueConstraint("case_id", "closed_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    closed_on: Mapped[date]
    is_satisfied: Mapped[bool]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    words: Mapped[str | None] = mapped_column(EncryptedText)
    wants_reopening: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    # What a leader answered who leaves the case closed; the filer alone reads it.
    answer: Mapped[str | None] = mapped_column(EncryptedText)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Voice(Model):
    """Somebody else to whom the same happened: a voice beside a complaint, with a code of its own.

    It is no complaint (Order 121 Art. 10); it adds weight and facts, and shows its owner
    the case's plain state and nothing else.
    """

    __tablename__ = "voice"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    receipt_hash: Mapped[str] = mapped_column(String(64), unique=True)
    bought_on: Mapped[date | None]
    words: Mapped[str | None] = mapped_column(EncryptedText)
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RecoveryWay(str, enum.Enum):
    """How a lost code is asked back."""

    PHRASE = "by_phrase"
    OFFICER = "by_officer"


class Recovery(Model):
    """One attempt to get a new code for a filing, granted or not; the old code then opens nothing."""

    __tablename__ = "recovery"

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    way: Mapped[RecoveryWay] = enum_column(RecoveryWay)
    is_granted: Mapped[bool]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # Which facts, known to the filer alone, were told rightly.
    facts: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


append_only(Recovery)
