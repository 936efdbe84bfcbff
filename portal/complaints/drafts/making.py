"""Queries: the filing that the answers of a draft make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from portal.complaints.drafts.answers import DraftReading
from portal.complaints.drafts.party import proxy, representatives, text_of
from portal.complaints.drafts.relying import promise_relied_on
from portal.complaints.filing import FilingData, filing_row
from portal.complaints.models import Filing
from portal.rules.complaint_flow import Track
from portal.rules.errors import InputRefused
from portal.rules.intake_terms import Channel, FiledAs, PurchaseKind, Step
from portal.rules.messages import say
from portal.rules.quantities import parse_amount_fen
from portal.rules.typed import read_time


def filing_data(
    reading: DraftReading,
    *,
    channel: Channel = Channel.ONLINE,
    typed_by_id: int | None = None,
    language: str = "zh_Hans_CN",
    notice_edition: str = "",
) -> FilingData:
    """Return the filing a draft makes; what only a complaint asks for is left out of a report.

    Raises InputRefused where a step still cannot be used.
    """
    kind = reading.answers.kind
    if reading.errors or not reading.tracks or kind is None:
        raise InputRefused(say("Some steps still need something. Please look at the marked ones."))
    return replace(
        _data(reading, kind),
        channel=channel,
        typed_by_id=typed_by_id,
        language=language,
        notice_edition=notice_edition,
    )


def as_it_stands(reading: DraftReading, *, now: datetime) -> Filing:
    """Return the row that the answers would make now, unsaved; what cannot be used is left out."""
    return filing_row(_data(reading, reading.answers.kind or PurchaseKind.OTHER), now=now)


def _data(reading: DraftReading, kind: PurchaseKind) -> FilingData:
    told, who = reading.told, reading.typed.get(Step.WHO.value, {})
    ticket = reading.typed.get("ticket", {})
    is_complaint = Track.MEDIATION in reading.tracks
    purchase, answers = reading.purchase, reading.answers
    promise = promise_relied_on(reading.pledge, told(Step.ASK, "pledge_clause"))
    filed_as = answers.filed_as if is_complaint else FiledAs.SELF
    return FilingData(
        merchant=reading.merchant,
        respondent_name=told(Step.WHERE, "name")[:120],
        respondent_place=told(Step.WHERE, "place")[:200],
        region_code=reading.region_code,
        device=told(Step.WHAT, "device")[:60],
        tracks=reading.tracks,
        kind=kind,
        weighing=reading.weighing,
        purchase=purchase.snapshot() if purchase else None,
        judgement=reading.judgement,
        goods=purchase.goods if purchase else "",
        bought_on=answers.bought_on,
        bought_time=_time(reading),
        amount_paid_fen=_paid_fen(reading),
        requests=answers.requests if is_complaint else (),
        pledge_clause=promise.id if promise else None,
        bought_for=answers.bought_for,
        handled=answers.handled,
        known_on=answers.known_on,
        narrative=answers.narrative or "",
        name=told(Step.WHO, "name") or None,
        phone=told(Step.WHO, "phone") or None,
        address=told(Step.WHO, "address") or None,
        email=told(Step.WHO, "email") or None,
        id_number_hash=(told(Step.WHO, "id_number_hash") or None) if is_complaint else None,
        id_number_last_four=(told(Step.WHO, "id_number_last_four") or None) if is_complaint else None,
        proxy=proxy(who) if filed_as is FiledAs.PROXY else None,
        has_power_of_attorney=filed_as is FiledAs.PROXY and answers.has_power_of_attorney,
        representatives=representatives(who) if filed_as is FiledAs.JOINT else (),
        joint_count=answers.joint_count if filed_as is FiledAs.JOINT else None,
        agrees_to_publication=is_complaint and bool(answers.agrees_to_publication),
        agrees_to_delegation=is_complaint and bool(answers.agrees_to_delegation),
        recovery_hash=told(Step.WHO, "recovery_hash") or None,
        official_number=text_of(ticket, "official_number") or None,
        received_on=date.fromisoformat(ticket["received_on"]) if ticket.get("received_on") else None,
    )


def _time(reading: DraftReading) -> str:
    try:
        found = read_time(reading.told(Step.WHAT, "time_of_day"))
    except InputRefused:
        return ""
    return found.strftime("%H:%M") if found else ""


def _paid_fen(reading: DraftReading) -> int | None:
    if reading.purchase:
        return reading.purchase.paid_fen
    text = reading.told(Step.WHAT, "paid")
    try:
        return parse_amount_fen(text) if text else None
    except InputRefused:
        return None
