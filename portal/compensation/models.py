"""Models: what a merchant owes a buyer, and the double-entry ledger that keeps count of it."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.base.crypto import EncryptedText
from portal.base.db import Model, UTCDateTime, enum_column
from portal.base.triggers import append_only


class ClaimState(str, enum.Enum):
    """Where the money of a claim stands."""

    OWED = "owed"
    PAID = "paid"  # the merchant says so; the buyer has not answered
    CONFIRMED = "confirmed"


class PaymentMethod(str, enum.Enum):
    """How a merchant says it paid."""

    CASH = "cash"
    TRANSFER = "transfer"
    PHONE = "phone_payment"
    GOODS = "goods_made_up"


class AccountKind(str, enum.Enum):
    """What an account of the ledger counts."""

    CLAIM_DUE = "claim_due"
    MERCHANT_OWED = "merchant_owed"


class TransferKind(str, enum.Enum):
    """Why money, or the promise of it, moved."""

    PROMISE = "promise"
    PAYMENT = "payment"


class Claim(Model):
    """What was agreed in one case, with the calculation as it stood then; no link to the case's tables."""

    __tablename__ = "claim"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_above_zero"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    case_number: Mapped[str] = mapped_column(String(14), unique=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"), index=True)
    merchant_number: Mapped[str] = mapped_column(String(11))
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[ClaimState] = enum_column(ClaimState, index=True)
    has_consent: Mapped[bool]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_on: Mapped[date] = mapped_column(index=True)
    # What the merchant last said of its payment; `paid_reported_at` is empty again when the buyer denied it.
    paid_reported_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    method: Mapped[PaymentMethod | None] = enum_column(PaymentMethod)
    reference: Mapped[str | None] = mapped_column(EncryptedText)
    confirmed_on: Mapped[date | None]
    # The newest public record of the payment being overdue, and the last day it shows.
    overdue_record_number: Mapped[str | None] = mapped_column(String(40))
    overdue_shows_until: Mapped[date | None]
    record_number: Mapped[str | None] = mapped_column(String(40))


class LedgerAccount(Model):
    """One thing that is counted, in fen: `claim:<number>:due`, `merchant:<number>:owed`."""

    __tablename__ = "ledger_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[AccountKind] = enum_column(AccountKind)
    may_go_negative: Mapped[bool] = mapped_column(default=False)


class LedgerTransfer(Model):
    """One balanced entry; `key` makes sure that it is written once."""

    __tablename__ = "ledger_transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[TransferKind] = enum_column(TransferKind)
    claim_number: Mapped[str] = mapped_column(String(12), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    postings: Mapped[list[LedgerPosting]] = relationship(order_by="LedgerPosting.id")


class LedgerPosting(Model):
    """One line of a transfer; the lines of a transfer add up to nothing."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        UniqueConstraint("transfer_id", "account_id"),
        CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("ledger_transfer.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)


append_only(LedgerAccount)
append_only(LedgerTransfer)
append_only(LedgerPosting)
