"""Models: measuring instruments and the certificates of their verification."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.base.db import Model, UTCDateTime, enum_column
from portal.merchants.models import Merchant
from portal.rules.metrology_terms import AccuracyClass
from portal.rules.verification import InstrumentKind, VerificationResult


class Regime(str, Enum):
    """Under which rules a price scale was made: before JJF 2184-2025, or to it."""

    LEGACY = "legacy"
    JJF2184 = "jjf2184"


class InstrumentState(str, Enum):
    """What its owner says of an instrument."""

    IN_USE = "in_use"
    OUT_OF_USE = "out_of_use"
    REPLACED = "replaced"


class Instrument(Model):
    """A measuring instrument of a merchant; masses in mg, as its plate says."""

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("merchant_id", "serial_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(11), unique=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    kind: Mapped[InstrumentKind] = enum_column(InstrumentKind)
    maker: Mapped[str] = mapped_column(String(100), default="")
    model: Mapped[str] = mapped_column(String(60), default="")
    serial: Mapped[str] = mapped_column(String(60))
    # The serial number as one compares it: NFKC, lower case, without spaces.
    serial_key: Mapped[str] = mapped_column(String(60))
    accuracy_class: Mapped[AccuracyClass | None] = enum_column(AccuracyClass, nullable=True)
    max_mg: Mapped[int | None] = mapped_column(BigInteger)
    e_mg: Mapped[int | None] = mapped_column(BigInteger)
    location: Mapped[str] = mapped_column(String(100), default="")
    regime: Mapped[Regime] = enum_column(Regime)
    is_compulsory: Mapped[bool] = mapped_column(default=True)
    is_filed: Mapped[bool] = mapped_column(default=True)
    state: Mapped[InstrumentState] = enum_column(InstrumentState)
    record_number: Mapped[str | None] = mapped_column(String(11))
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    merchant: Mapped[Merchant] = relationship()


class Verification(Model):
    """One certificate, or notice of failure, of one instrument."""

    __tablename__ = "verification"
    __table_args__ = (UniqueConstraint("instrument_id", "certificate_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    certificate_number: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(String(100))
    result: Mapped[VerificationResult] = enum_column(VerificationResult)
    verified_on: Mapped[date]
    valid_until: Mapped[date | None]
    record_number: Mapped[str | None] = mapped_column(String(11))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
