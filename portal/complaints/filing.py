"""Actions: filing a complaint, a report, or both in one sending."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from portal.base import crypto
from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints.models import Case, Filing
from portal.complaints.moving import move
from portal.instruments.weighing import Weighing
from portal.merchants.models import Merchant
from portal.merchants.queries import pledge_on
from portal.rules.complaint_flow import Actor, MoveName, State, Track
from portal.rules.errors import InputRefused
from portal.rules.messages import say

NUMBER_PREFIX = {Track.MEDIATION: "TS", Track.REPORT: "JB"}
RECEIPT = "receipt-hash"


@dataclass(frozen=True, kw_only=True)
class FilingData:
    """What the form holds; the purchase as the rules read it."""

    merchant: Merchant
    tracks: Collection[Track]
    weighing: Weighing
    requests: tuple[str, ...]
    narrative: str
    name: str | None
    phone: str | None
    address: str | None
    agrees_to_publication: bool
    agrees_to_delegation: bool


def file_complaint(
    data: FilingData, *, submission_id: str, is_statutory_channel: bool, now: datetime
) -> Filing:
    """Open a case for each track asked for, each with a number of its own.

    The receipt code follows from `submission_id` (`crypto.receipt_code`), so a
    retry shows the same numbers and the same code. Where the office publishes
    this portal as its own window, the cases count as received at once.
    Raises InputRefused when no track is asked for, or a 投诉 names nobody (Order 121 Art. 10).
    """
    _require_what_the_track_needs(data)
    filing = _filing_row(data, submission_id, now)
    db.session.add(filing)
    for track in sorted(data.tracks, key=lambda track: track.value):
        filing.cases.append(_case_row(filing, track, submission_id, now))
    db.session.flush()
    if is_statutory_channel:
        for case in filing.cases:
            move(
                case,
                MoveName.REGISTER,
                actor=Actor.SYSTEM,
                official_number=case.number,
                on=day_of(now),
                now=now,
            )
    return filing


def receipt_hash(submission_id: str) -> str:
    """Return what is kept of a receipt code."""
    return crypto.keyed_hash(RECEIPT, crypto.normalise_code(crypto.receipt_code(submission_id)))


def _require_what_the_track_needs(data: FilingData) -> None:
    if not data.tracks:
        raise InputRefused(
            say("Say what you want: your own dispute settled, the breach looked into, or both.")
        )
    if Track.MEDIATION in data.tracks and not (data.name and data.phone and data.address):
        raise InputRefused(say("A complaint needs your name, phone and address (Order 121, Art. 10)."))


def _filing_row(data: FilingData, submission_id: str, now: datetime) -> Filing:
    weighing = data.weighing
    version = pledge_on(data.merchant.id, weighing.bought_on)
    return Filing(
        receipt_hash=receipt_hash(submission_id),
        merchant=data.merchant,
        region_code=data.merchant.region_code,
        filed_at=now,
        bought_on=weighing.bought_on,
        goods=weighing.goods.name,
        goods_group=weighing.goods.group.value if weighing.goods.group else None,
        unit_price_fen_per_kg=weighing.unit_price_fen_per_kg,
        settled_mg=weighing.settled_mg,
        reweighed_mg=weighing.reweighed_mg,
        check_method=weighing.check_method.value if weighing.check_method else None,
        judgement=weighing.judgement.snapshot() if weighing.judgement else None,
        pledge_version_id=version.id if version else None,
        requests=list(data.requests),
        narrative=data.narrative,
        name=data.name,
        phone=data.phone,
        address=data.address,
        agrees_to_publication=data.agrees_to_publication,
        agrees_to_delegation=data.agrees_to_delegation,
    )


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
