"""Actions: filing a complaint, a report, or both in one sending."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.base import crypto
from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints.evidence.models import EvidenceFile
from portal.complaints.letters.telling import queue_first_notice
from portal.complaints.models import Case, Filing
from portal.complaints.moving import move
from portal.instruments.weighing import Weighing
from portal.merchants.models import Merchant
from portal.merchants.queries import pledge_on
from portal.rules.complaint_flow import Actor, MoveName, State, Track
from portal.rules.errors import InputRefused
from portal.rules.intake_terms import BoughtFor, Channel, Handled, PurchaseKind
from portal.rules.judgement import Judgement
from portal.rules.messages import say
from portal.rules.signals import normal_address, normal_phone

NUMBER_PREFIX = {Track.MEDIATION: "TS", Track.REPORT: "JB"}
RECEIPT = "receipt-hash"
PHONE, ADDRESS = "filer-phone", "filer-address"


@dataclass(frozen=True, kw_only=True)
class FilingData:
    """What one person sends; the purchase as the rules read it.

    Either `merchant`, or a `respondent_name` with the `region_code` of its county. Either a
    `weighing`, or `goods` and `bought_on` with, where something else was measured, the `purchase`
    and the `judgement` on it.
    """

    merchant: Merchant | None
    respondent_name: str = ""
    respondent_place: str = ""
    region_code: str = ""
    device: str = ""
    tracks: Collection[Track]
    kind: PurchaseKind = PurchaseKind.RETAIL
    weighing: Weighing | None = None
    purchase: Mapping[str, Any] | None = None
    judgement: Judgement | None = None
    goods: str = ""
    bought_on: date | None = None
    bought_time: str = ""
    amount_paid_fen: int | None = None
    requests: tuple[str, ...]
    pledge_clause: str | None = None
    bought_for: BoughtFor | None = None
    handled: Handled | None = None
    known_on: date | None = None
    narrative: str
    name: str | None
    phone: str | None
    address: str | None
    email: str | None = None
    id_number_hash: str | None = None
    id_number_last_four: str | None = None
    proxy: Mapping[str, str] | None = None
    has_power_of_attorney: bool = False
    representatives: Sequence[Mapping[str, str]] = ()
    joint_count: int | None = None
    agrees_to_publication: bool
    agrees_to_delegation: bool
    notice_edition: str = ""
    recovery_hash: str | None = None
    language: str = "zh_Hans_CN"
    channel: Channel = Channel.ONLINE
    typed_by_id: int | None = None
    official_number: str | None = None
    received_on: date | None = None


def file_complaint(
    data: FilingData,
    *,
    submission_id: str,
    is_statutory_channel: bool,
    evidence: Sequence[EvidenceFile] = (),
    receipt: str | None = None,
    now: datetime,
) -> Filing:
    """Open a case for each track asked for, each with a number of its own; a draft's files move over.

    The receipt code follows from `submission_id` (`crypto.receipt_code`), so a
    retry shows the same numbers and the same code. Where the office publishes
    this portal as its own window, the cases count as received at once.
    Raises InputRefused when no track is asked for, a 投诉 names nobody (Order 121 Art. 10),
    or nothing says whom it is about.
    """
    _require_what_the_track_needs(data)
    filing = filing_row(data, now=now)
    # The code that a draft was kept under is the filing's, also where the keys have changed since.
    filing.receipt_hash = receipt or receipt_hash(submission_id)
    db.session.add(filing)
    for track in sorted(data.tracks, key=lambda track: track.value):
        filing.cases.append(_case_row(filing, track, submission_id, now))
    db.session.flush()
    for file in evidence:
        file.draft_id, file.filing_id = None, filing.id
    filing.evidence_sha256 = [file.sha256 for file in evidence]
    if is_statutory_channel or data.official_number:
        for case in filing.cases:
            move(
                case,
                MoveName.REGISTER,
                actor=Actor.SYSTEM,
                official_number=data.official_number or case.number,
                on=data.received_on or day_of(now),
                now=now,
            )
    else:
        for case in filing.cases:
            queue_first_notice(case, now=now)
    return filing


def receipt_hash(submission_id: str) -> str:
    """Return what is kept of a receipt code."""
    return crypto.keyed_hash(RECEIPT, crypto.normalise_code(crypto.receipt_code(submission_id)))


def _require_what_the_track_needs(data: FilingData) -> None:
    if data.merchant is None and not (data.respondent_name and data.region_code):
        raise InputRefused(say("Say which merchant it is about, or its name and county."))
    if not data.tracks:
        raise InputRefused(
            say("Say what you want: your own dispute settled, the breach looked into, or both.")
        )
    if Track.MEDIATION in data.tracks and not (data.name and data.phone and data.address):
        raise InputRefused(say("A complaint needs your name, phone and address (Order 121, Art. 10)."))


def filing_row(data: FilingData, *, now: datetime) -> Filing:
    """Return what was sent as a row that nobody has saved yet, without its code and its cases."""
    merchant = data.merchant
    bought_on = data.weighing.bought_on if data.weighing else data.bought_on or day_of(now)
    version = pledge_on(merchant.id, bought_on) if merchant else None
    return Filing(
        merchant=merchant,
        respondent_name=merchant.name if merchant else data.respondent_name,
        respondent_place=data.respondent_place,
        device=data.device,
        region_code=merchant.region_code if merchant else data.region_code,
        filed_at=now,
        channel=data.channel,
        typed_by_id=data.typed_by_id,
        language=data.language,
        kind=data.kind,
        bought_on=bought_on,
        bought_time=data.bought_time,
        **_purchase_columns(data),
        amount_paid_fen=data.amount_paid_fen,
        pledge_version_id=version.id if version else None,
        pledge_clause=data.pledge_clause,
        requests=list(data.requests),
        bought_for=data.bought_for,
        handled=data.handled,
        known_on=data.known_on,
        narrative=data.narrative,
        name=data.name,
        phone=data.phone,
        address=data.address,
        email=data.email,
        id_number_hash=data.id_number_hash,
        id_number_last_four=data.id_number_last_four,
        phone_hash=_hash_of(PHONE, normal_phone(data.phone)),
        address_hash=_hash_of(ADDRESS, normal_address(data.address)),
        proxy=_sealed_json(data.proxy),
        has_power_of_attorney=data.has_power_of_attorney,
        representatives=_sealed_json([dict(one) for one in data.representatives]),
        joint_count=data.joint_count,
        agrees_to_publication=data.agrees_to_publication,
        agrees_to_delegation=data.agrees_to_delegation,
        notice_edition=data.notice_edition,
        recovery_hash=data.recovery_hash,
        evidence_sha256=[],
    )


def _purchase_columns(data: FilingData) -> dict[str, Any]:
    """Return the columns of what was bought, from the weighing or from the other measurement."""
    weighing = data.weighing
    if weighing is None:
        return {
            "goods": data.goods,
            "purchase": dict(data.purchase) if data.purchase else None,
            "judgement": data.judgement.snapshot() if data.judgement else None,
        }
    return {
        "goods": weighing.goods.name,
        "goods_group": weighing.goods.group.value if weighing.goods.group else None,
        "unit_price_fen_per_kg": weighing.unit_price_fen_per_kg,
        "settled_mg": weighing.settled_mg,
        "reweighed_mg": weighing.reweighed_mg,
        "check_method": weighing.check_method.value if weighing.check_method else None,
        "judgement": weighing.judgement.snapshot() if weighing.judgement else None,
    }


def _hash_of(purpose: str, text: str) -> str | None:
    return crypto.keyed_hash(purpose, text) if text else None


def _sealed_json(value: object) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value else None


def _case_row(filing: Filing, track: Track, submission_id: str, now: datetime) -> Case:
    return Case(
        number=case_number(track, submission_id),
        merchant=filing.merchant,
        region_code=filing.region_code,
        track=track,
        state=State.FILED,
        filed_at=now,
        changed_at=now,
    )


def case_number(track: Track, submission_id: str) -> str:
    """Return a case's public number; the two of one filing are no neighbours (safety 16)."""
    symbols = crypto.code_from(f"case-number:{track.value}", submission_id, 8)
    return f"{NUMBER_PREFIX[track]}-{symbols[:4]}-{symbols[4:]}"
