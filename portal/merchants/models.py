"""Models: merchants, markets, pledges, and how complaints were answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.base.db import Model, UTCDateTime, enum_column
from portal.rules.credit import CreditStatus


class Market(Model):
    """A place with stalls, run by an organiser."""

    __tablename__ = "market"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(11), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    region_code: Mapped[str] = mapped_column(String(6), index=True)
    organiser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Merchant(Model):
    """A trader as the public knows it; `credit_status` is what its public records gave when last asked."""

    __tablename__ = "merchant"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(11), unique=True)
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    local_id: Mapped[str | None] = mapped_column(String(60))
    # SHA-256 of the normalised name and address: finds a trader that has no credit code.
    place_key: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    trade_name: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    region_code: Mapped[str] = mapped_column(String(6), index=True)
    sector: Mapped[str] = mapped_column(String(40), index=True)
    category: Mapped[str] = mapped_column(String(60), default="")
    scope: Mapped[str] = mapped_column(Text, default="")
    legal_form: Mapped[str | None] = mapped_column(String(60))
    registered_on: Mapped[date | None]
    market_id: Mapped[int | None] = mapped_column(ForeignKey("market.id"), index=True)
    stall_no: Mapped[str | None] = mapped_column(String(40))
    contact_phone: Mapped[str | None] = mapped_column(String(40))
    credit_status: Mapped[CreditStatus] = enum_column(CreditStatus, index=True)
    credit_reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    # The day of that answer; without any record it cannot change by itself, and the day stays empty.
    standing_on: Mapped[date | None] = mapped_column(index=True)
    last_verified_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    market: Mapped[Market | None] = relationship()


class Pledge(Model):
    """A merchant's public promise; its texts are the versions."""

    __tablename__ = "pledge"

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"), unique=True)
    latest_version: Mapped[int] = mapped_column(default=0)


class PledgeVersion(Model):
    """One published text of a pledge; what it says never changes, only when it stopped being in force."""

    __tablename__ = "pledge_version"
    __table_args__ = (UniqueConstraint("merchant_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"), index=True)
    version: Mapped[int]
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    # The ids of the clauses, and the edition of the rule book that holds their sentences.
    clauses: Mapped[list[Any]] = mapped_column(JSON)
    clauses_version: Mapped[str] = mapped_column(String(20))
    signer: Mapped[str] = mapped_column(String(100))
    scope: Mapped[str] = mapped_column(String(300))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_from_on: Mapped[date] = mapped_column(index=True)
    valid_to_on: Mapped[date] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The last day the promise covers, where a withdrawal or a newer version cut it short.
    ended_on: Mapped[date | None]
    record_number: Mapped[str | None] = mapped_column(String(40))
    content_hash: Mapped[str] = mapped_column(String(64))


class ResponseMonth(Model):
    """How a merchant answered complaints (投诉) in one month; reports (举报) are never counted here."""

    __tablename__ = "response_month"
    __table_args__ = (UniqueConstraint("merchant_id", "month_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    merchant_id: Mapped[int] = mapped_column(ForeignKey("merchant.id"))
    month_on: Mapped[date]
    answers_due_count: Mapped[int] = mapped_column(default=0)
    answered_in_time_count: Mapped[int] = mapped_column(default=0)
    complaints_closed_count: Mapped[int] = mapped_column(default=0)
    settled_count: Mapped[int] = mapped_column(default=0)
