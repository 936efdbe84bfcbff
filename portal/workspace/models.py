"""Models: what a merchant asks the office to look at again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.base.crypto import EncryptedText
from portal.base.db import Model, UTCDateTime, enum_column
from portal.merchants.models import Merchant
from portal.rules.credit import CreditStatus


class ReviewRequest(Model):
    """A merchant's request that a person look again at its credit status; one is open at a time."""

    __tablename__ = "review_request"
    __table_args__ = (
        Index(
            "uq_review_request_open",
            "merchant_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"), index=True)
    region_code: Mapped[str] = mapped_column(String(6), index=True)
    status: Mapped[CreditStatus] = enum_column(CreditStatus)
    wording: Mapped[str] = mapped_column(EncryptedText)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(EncryptedText)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    merchant: Mapped[Merchant] = relationship()
