"""Models: a draft, the filing it becomes, its one or two cases, and what happened to each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.base.crypto import EncryptedText
from portal.base.db import Model, UTCDateTime, enum_column
from portal.complaints.evidence.models import EvidenceFile
from portal.complaints.following.models import PartyRequest, Recovery, Survey, Voice
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, State, Track
from portal.rules.deadlines import Clock
from portal.rules.intake_terms import BoughtFor, Channel, Handled, PurchaseKind


class Draft(Model):
    """What was typed so far and not sent; sealed, opened by the receipt code the filing will have."""

    __tablename__ = "filing_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(14), unique=True)
    receipt_hash: Mapped[str] = mapped_column(String(64), unique=True)
    submission_id: Mapped[str] = mapped_column(EncryptedText)
    # The answers of every step as JSON.
    answers: Mapped[str] = mapped_column(EncryptedText)
    channel: Mapped[Channel] = enum_column(Channel, default=Channel.ONLINE)
    typed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # The case it became; the answers are gone then.
    sent_to: Mapped[str | None] = mapped_column(String(14))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    evidence: Mapped[list[EvidenceFile]] = relationship(order_by=EvidenceFile.id)


class Filing(Model):
    """What one person sent once: the purchase, the weighing, the requests, who they are.

    Who they are is sealed, and stands nowhere else. The receipt code is not
    kept; `receipt_hash` finds the filing when the code is typed. `merchant_id`
    is None until somebody says which listed merchant `respondent_name` is.
    """

    __tablename__ = "filing"

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_hash: Mapped[str] = mapped_column(String(64), unique=True)
    merchant_id: Mapped[int | None] = mapped_column(ForeignKey("merchant.id"), index=True)
    respondent_name: Mapped[str] = mapped_column(String(120), default="")
    respondent_place: Mapped[str] = mapped_column(String(200), default="")
    # The stall, pump, cab or cabinet, and which of its scales.
    device: Mapped[str] = mapped_column(String(60), default="")
    region_code: Mapped[str] = mapped_column(String(6), index=True)
    filed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    channel: Mapped[Channel] = enum_column(Channel, default=Channel.ONLINE)
    typed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # The filer's language, for what is written to them later.
    language: Mapped[str] = mapped_column(String(20), default="zh_Hans_CN")

    kind: Mapped[PurchaseKind] = enum_column(PurchaseKind, default=PurchaseKind.RETAIL)
    bought_on: Mapped[date]
    bought_time: Mapped[str] = mapped_column(String(5), default="")
    goods: Mapped[str] = mapped_column(String(60))
    goods_group: Mapped[str | None] = mapped_column(String(40))
    # The five below are None where nothing was weighed, as at a fuel pump.
    unit_price_fen_per_kg: Mapped[int | None]
    settled_mg: Mapped[int | None]
    reweighed_mg: Mapped[int | None]
    check_method: Mapped[str | None] = mapped_column(String(40))
    # What was measured in the other kinds of purchase, as `rules.purchases` reads it.
    purchase: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    amount_paid_fen: Mapped[int | None] = mapped_column(BigInteger)
    # The judgement the filer saw; an officer's finding stands apart from it.
    judgement: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    pledge_version_id: Mapped[int | None] = mapped_column(ForeignKey("pledge_version.id"))
    pledge_clause: Mapped[str | None] = mapped_column(String(40))
    requests: Mapped[list[str]] = mapped_column(JSON)
    # What decides whether a complaint can be accepted (Order 121 Art. 16); None where it was not asked.
    bought_for: Mapped[BoughtFor | None] = enum_column(BoughtFor)
    handled: Mapped[Handled | None] = enum_column(Handled)
    # The day the filer came to know, where that was later than the day of purchase.
    known_on: Mapped[date | None]

    narrative: Mapped[str] = mapped_column(EncryptedText)
    name: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    address: Mapped[str | None] = mapped_column(EncryptedText)
    email: Mapped[str | None] = mapped_column(EncryptedText)
    # An ID number is never kept: its keyed hash tells the same person, its last four stand on forms.
    id_number_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    id_number_last_four: Mapped[str | None] = mapped_column(EncryptedText)
    # Keyed hashes of the phone and the address, to find filings that share them (`signalling`).
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    address_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    # JSON: who acts for the filer under a power of attorney (Order 121 Art. 11).
    proxy: Mapped[str | None] = mapped_column(EncryptedText)
    has_power_of_attorney: Mapped[bool] = mapped_column(default=False)
    # JSON: the representatives of a joint complaint, two at most (Art. 12), and how many complain.
    representatives: Mapped[str | None] = mapped_column(EncryptedText)
    joint_count: Mapped[int | None]
    agrees_to_publication: Mapped[bool] = mapped_column(default=False)
    agrees_to_delegation: Mapped[bool] = mapped_column(default=False)
    # The edition of the privacy notice that was shown.
    notice_edition: Mapped[str] = mapped_column(String(20), default="")
    evidence_sha256: Mapped[list[str]] = mapped_column(JSON, default=list)
    # The day on which everything about the filer was deleted (`forgetting`).
    forgotten_on: Mapped[date | None]
    # A phrase of the filer's own, hashed as a password, that brings a lost code back.
    recovery_hash: Mapped[str | None] = mapped_column(String(200))
    feed_hash: Mapped[str | None] = mapped_column(String(64), unique=True)

    merchant: Mapped[Merchant | None] = relationship()
    cases: Mapped[list[Case]] = relationship(back_populates="filing", order_by="Case.track")
    # Files whose time is over stay as rows without anything stored; nothing shows them.
    evidence: Mapped[list[EvidenceFile]] = relationship(
        primaryjoin="and_(Filing.id == EvidenceFile.filing_id, EvidenceFile.sealed_key != '')",
        order_by=EvidenceFile.id,
        viewonly=True,
    )
    recoveries: Mapped[list[Recovery]] = relationship(order_by=Recovery.id)


class Case(Model):
    """One track of a filing, with its own number, state, clock, officer and outcome."""

    __tablename__ = "complaint_case"
    __table_args__ = (
        UniqueConstraint("filing_id", "track"),
        Index("ix_case_queue", "is_open", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(14), unique=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)
    merchant_id: Mapped[int | None] = mapped_column(ForeignKey("merchant.id"), index=True)
    region_code: Mapped[str] = mapped_column(String(6), index=True)
    track: Mapped[Track] = enum_column(Track)
    state: Mapped[State] = enum_column(State, index=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    filed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_on: Mapped[date | None]
    # The statutory channel's own number and day of receipt; the legal clock starts there.
    official_number: Mapped[str | None] = mapped_column(String(60))
    received_on: Mapped[date | None]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    # The soonest running clock, kept for the queue; `complaint_flow` recounts it from the events.
    due_on: Mapped[date | None]
    due_clock: Mapped[Clock | None] = enum_column(Clock)
    is_due_provisional: Mapped[bool] = mapped_column(default=False)
    claim_number: Mapped[str | None] = mapped_column(String(14))
    # The day by which the merchant should answer, until the answer or its absence was counted.
    answer_due_on: Mapped[date | None] = mapped_column(index=True)
    # The filer said after the end that something is still wrong; a leader decides (`Survey`).
    wants_reopening: Mapped[bool] = mapped_column(default=False, index=True)

    filing: Mapped[Filing] = relationship(back_populates="cases")
    merchant: Mapped[Merchant | None] = relationship()
    events: Mapped[list[CaseEvent]] = relationship(back_populates="case", order_by="CaseEvent.id")
    findings: Mapped[list[Finding]] = relationship(order_by="Finding.id")
    party_requests: Mapped[list[PartyRequest]] = relationship(order_by=PartyRequest.id)
    surveys: Mapped[list[Survey]] = relationship(order_by=Survey.id)
    voices: Mapped[list[Voice]] = relationship(order_by=Voice.id)

    @property
    def respondent(self) -> str:
        """The name of whom it is about, listed or not."""
        return self.merchant.name if self.merchant else self.filing.respondent_name


class OfficialNumber(Model):
    """A number the statutory channel gave, held by one filing: a ticket is not typed in twice."""

    __tablename__ = "official_number"

    # Without spaces, capitals and full-width signs; the case keeps it as it was typed.
    number: Mapped[str] = mapped_column(String(60), primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), index=True)


class CaseEvent(Model):
    """One move: who made it, when, why; never changed afterwards."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    move: Mapped[MoveName] = enum_column(MoveName)
    from_state: Mapped[State | None] = enum_column(State)
    to_state: Mapped[State] = enum_column(State)
    actor: Mapped[Actor] = enum_column(Actor)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    # The legal day of the move: the official day of receipt, where that is another than the day of typing.
    on: Mapped[date]
    # Where the move's clocks begin on another day still (Order 121 Art. 35).
    counts_from_on: Mapped[date | None]
    ground: Mapped[str | None] = mapped_column(String(60))
    amount_fen: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    # The SHA-256 of the files that came with the move.
    evidence_sha256: Mapped[list[str] | None] = mapped_column(JSON)

    case: Mapped[Case] = relationship(back_populates="events")


class Finding(Model):
    """What an officer measured and the verdict, with the rule frozen as it then stood."""

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    verdict: Mapped[str] = mapped_column(String(40))
    shortage_mg: Mapped[int]
    settled_mg: Mapped[int]
    reweighed_mg: Mapped[int]
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    found_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    found_on: Mapped[date]
    record_number: Mapped[str | None] = mapped_column(String(40))


class CaseMessage(Model):
    """What a party or an officer wrote in a mediation case; sealed like the narrative."""

    __tablename__ = "case_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    actor: Mapped[Actor] = enum_column(Actor)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    text: Mapped[str] = mapped_column(EncryptedText)
