"""Models: the files that prove a filing, and who looked at them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.base.crypto import EncryptedText
from portal.base.db import Model, UTCDateTime, enum_column
from portal.base.triggers import append_only
from portal.rules.complaint_flow import Actor
from portal.rules.intake_terms import EvidenceSlot


class EvidenceFile(Model):
    """One photo or receipt: the sealed original and its clean copy, on a draft or on a filing.

    The keys name files of `base.files`. Parties and officers see the masked
    copy, where there is one, else the clean one; the original is opened by
    the officers of the case alone, and each opening is an `EvidenceView`.
    """

    __tablename__ = "evidence_file"
    __table_args__ = (
        CheckConstraint("(draft_id IS NULL) <> (filing_id IS NULL)", name="on_a_draft_or_a_filing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(14), unique=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("filing_draft.id"), index=True)
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id"), index=True)
    slot: Mapped[EvidenceSlot] = enum_column(EvidenceSlot)
    name: Mapped[str] = mapped_column(EncryptedText)
    media_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    sealed_key: Mapped[str] = mapped_column(String(80))
    clean_key: Mapped[str] = mapped_column(String(80))
    thumbnail_key: Mapped[str] = mapped_column(String(80))
    width_px: Mapped[int]
    height_px: Mapped[int]
    added_by: Mapped[Actor] = enum_column(Actor)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # What an officer covered, as fractions of width and height, and the copy with it covered.
    masks: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    masked_key: Mapped[str | None] = mapped_column(String(80))
    masked_thumbnail_key: Mapped[str | None] = mapped_column(String(80))
    masked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    masked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # When and by whom it was shown to the merchant; never in a report.
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    @property
    def stored_keys(self) -> list[str]:
        """The keys of everything stored for this file."""
        keys = (
            self.sealed_key,
            self.clean_key,
            self.thumbnail_key,
            self.masked_key,
            self.masked_thumbnail_key,
        )
        return [key for key in keys if key]


class EvidenceView(Model):
    """A person of the office opened a file; nobody else's eyes, and never unnoticed."""

    __tablename__ = "evidence_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence_file.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    is_original: Mapped[bool]


append_only(EvidenceView)
