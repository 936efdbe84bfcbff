"""Queries: what the typed answers of a draft come to, and the filing they make.

Every step is read anew each time from the text that was typed, so a draft holds nothing that
was worked out, and what the last step shows is what is filed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from portal.complaints.filing import FilingData
from portal.complaints.words import Request
from portal.instruments.weighing import Weighing, WeighingRefused, weigh
from portal.merchants.models import Merchant, PledgeVersion
from portal.merchants.queries import merchant_by_number, pledge_on
from portal.rules.complaint_flow import Track
from portal.rules.errors import FieldsRefused, InputRefused
from portal.rules.intake import Screening, screen, tracks_for
from portal.rules.intake_answers import Answers
from portal.rules.intake_terms import BoughtFor, Channel, Concern, FiledAs, Handled, PurchaseKind, Step
from portal.rules.judgement import Judgement
from portal.rules.messages import Message, say
from portal.rules.pledge import PledgeTerms
from portal.rules.pledge_clauses import CLAUSES
from portal.rules.purchases import WEIGHED, Purchase, judge_purchase, read_purchase
from portal.rules.quantities import parse_amount_fen
from portal.rules.regions import COUNTY, find_region
from portal.rules.typed import Tries, read_day, read_day_of_purchase, read_time

Member = TypeVar("Member", bound=Enum)
Typed = Mapping[str, Mapping[str, Any]]

# The pledge's promise of an amount, beside the six clauses of the commitment.
PROMISED_AMOUNT = "promised_amount"
LONGEST_NARRATIVE = 1000
MOST_JOINT = 500


@dataclass(frozen=True, kw_only=True)
class DraftReading:
    """A draft as the rules read it; `errors` by step and field, empty where all can be used."""

    typed: Typed
    answers: Answers
    merchant: Merchant | None
    region_code: str
    weighing: Weighing | None
    purchase: Purchase | None
    judgement: Judgement | None
    pledge: PledgeVersion | None
    screening: Screening
    tracks: frozenset[Track]
    errors: Mapping[Step, Mapping[str, Message]]

    def told(self, step: Step, field: str) -> str:
        """Return one typed text, stripped."""
        return _text(self.typed.get(step.value, {}), field)


def read_draft(typed: Typed, *, today: date) -> DraftReading:
    """Read everything typed so far."""
    errors: dict[Step, dict[str, Message]] = {step: {} for step in Step}
    where, what = typed.get(Step.WHERE.value, {}), typed.get(Step.WHAT.value, {})
    ask, who = typed.get(Step.ASK.value, {}), typed.get(Step.WHO.value, {})
    merchant = merchant_by_number(_text(where, "merchant").upper()) if _text(where, "merchant") else None
    region_code = merchant.region_code if merchant else _region_code(where, errors[Step.WHERE])
    kind = _member(PurchaseKind, what, "kind")
    day = _day(what, today, errors[Step.WHAT])
    pledge = pledge_on(merchant.id, day) if merchant and day else None
    weighing, purchase = _measured(what, kind, pledge, today, errors[Step.WHAT])
    answers = Answers(
        merchant_number=merchant.number if merchant else None,
        place_name=_text(where, "name"),
        place=_text(where, "place"),
        concern=_member(Concern, what, "concern"),
        kind=kind,
        goods=_text(what, "goods"),
        is_measured=weighing is not None,
        bought_on=day if _text(what, "bought_on") else None,
        known_on=_known_on(what, day, today, errors[Step.WHAT]),
        bought_for=_member(BoughtFor, what, "bought_for"),
        handled=_member(Handled, what, "handled"),
        narrative=_narrative(what, errors[Step.WHAT]),
        requests=tuple(one for one in _listed(ask, "requests") if one in set(Request)),
        wants_checking=bool(ask.get("wants_checking")),
        filed_as=_member(FiledAs, who, "filed_as") or FiledAs.SELF,
        name=_text(who, "name"),
        phone=_text(who, "phone"),
        address=_text(who, "address"),
        has_power_of_attorney=bool(who.get("has_power_of_attorney")),
        has_proxy_identity=bool(_text(who, "proxy_name") and _text(who, "proxy_phone")),
        representative_count=len(_representatives(who)),
        seen=frozenset(step for step in Step if typed.get(step.value, {}).get("seen")),
    )
    screening = screen(answers, today=today)
    return DraftReading(
        typed=typed,
        answers=answers,
        merchant=merchant,
        region_code=region_code,
        weighing=weighing,
        purchase=purchase,
        judgement=weighing.judgement if weighing else judge_purchase(purchase) if purchase else None,
        pledge=pledge,
        screening=screening,
        tracks=_tracks(answers, screening),
        errors={step: found for step, found in errors.items() if found},
    )


def filing_data(
    reading: DraftReading,
    *,
    channel: Channel = Channel.ONLINE,
    typed_by_id: int | None = None,
    language: str = "zh_Hans_CN",
    notice_edition: str = "",
) -> FilingData:
    """Return the filing a draft makes; a report alone without a name carries nothing of its sender.

    Raises InputRefused where a step still cannot be used.
    """
    kind = reading.answers.kind
    if reading.errors or not reading.tracks or kind is None:
        raise InputRefused(say("Some steps still need something. Please look at the marked ones."))
    told, who = reading.told, reading.typed.get(Step.WHO.value, {})
    ticket = reading.typed.get("ticket", {})
    is_complaint = Track.MEDIATION in reading.tracks
    purchase, answers = reading.purchase, reading.answers
    return FilingData(
        merchant=reading.merchant,
        respondent_name=told(Step.WHERE, "name")[:120],
        respondent_place=told(Step.WHERE, "place")[:200],
        region_code=reading.region_code,
        device=(told(Step.WHAT, "device") or told(Step.WHERE, "stall"))[:60],
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
        pledge_clause=told(Step.ASK, "pledge_clause") or None if reading.pledge else None,
        narrative=answers.narrative or "",
        name=told(Step.WHO, "name") or None,
        phone=told(Step.WHO, "phone") or None,
        address=told(Step.WHO, "address") or None,
        email=told(Step.WHO, "email") or None,
        id_number_hash=told(Step.WHO, "id_number_hash") or None,
        id_number_last_four=told(Step.WHO, "id_number_last_four") or None,
        proxy=_proxy(who) if is_complaint and answers.filed_as is FiledAs.PROXY else None,
        representatives=_representatives(who) if is_complaint and answers.filed_as is FiledAs.JOINT else (),
        joint_count=_joint_count(who) if is_complaint and answers.filed_as is FiledAs.JOINT else None,
        agrees_to_publication=told(Step.WHO, "agrees_to_publication") == "yes",
        agrees_to_delegation=is_complaint and told(Step.WHO, "agrees_to_delegation") == "yes",
        notice_edition=notice_edition,
        recovery_hash=told(Step.WHO, "recovery_hash") or None,
        language=language,
        channel=channel,
        typed_by_id=typed_by_id,
        official_number=_text(ticket, "official_number") or None,
        received_on=date.fromisoformat(ticket["received_on"]) if ticket.get("received_on") else None,
    )


def clauses_to_rely_on(pledge: PledgeVersion) -> list[str]:
    """Return the ids of what a complaint may rely on in a pledge: its amount, then the clauses it holds."""
    held = set(pledge.clauses or ())
    return [PROMISED_AMOUNT, *(clause.id for clause in CLAUSES if not held or clause.id in held)]


def _text(typed: Mapping[str, Any], field: str) -> str:
    value = typed.get(field)
    return value.strip() if isinstance(value, str) else ""


def _listed(typed: Mapping[str, Any], field: str) -> list[str]:
    value = typed.get(field)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _member(kind: type[Member], typed: Mapping[str, Any], field: str) -> Member | None:
    value = _text(typed, field)
    return next((member for member in kind if member.value == value), None)


def _region_code(where: Mapping[str, Any], errors: dict[str, Message]) -> str:
    """Return the county an unlisted place is in."""
    if not _text(where, "name") and not _text(where, "county"):
        return ""
    found = find_region(address=_text(where, "county") or _text(where, "place"))
    if found is None or found.level != COUNTY:
        errors["county"] = say("Please write the city and the county, for example 杭州市西湖区.")
        return ""
    return found.code


def _day(what: Mapping[str, Any], today: date, errors: dict[str, Message]) -> date | None:
    try:
        return read_day_of_purchase(_text(what, "bought_on"), today)
    except InputRefused as refused:
        errors["bought_on"] = refused.message
        return None


def _known_on(
    what: Mapping[str, Any], bought_on: date | None, today: date, errors: dict[str, Message]
) -> date | None:
    text = _text(what, "known_on")
    try:
        day = read_day(text) if text else None
    except InputRefused as refused:
        errors["known_on"] = refused.message
        return None
    if day is not None and (day > today or (bought_on and day < bought_on)):
        errors["known_on"] = say("This day must lie between the day of purchase and today.")
        return None
    return day


def _measured(
    what: Mapping[str, Any],
    kind: PurchaseKind | None,
    pledge: PledgeVersion | None,
    today: date,
    errors: dict[str, Message],
) -> tuple[Weighing | None, Purchase | None]:
    """Return the weighing of weighed kinds, else the purchase; errors join those of the step."""
    if kind is None:
        return None, None
    texts = {name: value if isinstance(value, str) else "" for name, value in what.items()}
    try:
        if kind in WEIGHED:
            _read_extras(texts, errors)
            terms = PledgeTerms.from_dict(pledge.terms) if pledge else None
            return weigh(texts, today=today, terms=terms), None
        return None, read_purchase(texts, today=today)
    except (WeighingRefused, FieldsRefused) as refused:
        errors.update(refused.errors)
        return None, None


def _read_extras(texts: Mapping[str, str], errors: dict[str, Message]) -> None:
    """Note what cannot be read of the time and the amount paid, which a weighing does not know."""
    tries = Tries()
    tries.read("time_of_day", read_time, texts.get("time_of_day", ""))
    if texts.get("paid"):
        tries.read("paid", parse_amount_fen, texts["paid"])
    errors.update(tries.errors)


def _narrative(what: Mapping[str, Any], errors: dict[str, Message]) -> str:
    text = _text(what, "narrative")
    if len(text) > LONGEST_NARRATIVE:
        errors["narrative"] = say(
            "Please keep it to %(most_count)s characters.", most_count=LONGEST_NARRATIVE
        )
    return text


def _tracks(answers: Answers, screening: Screening) -> frozenset[Track]:
    try:
        return tracks_for(answers, screening)
    except InputRefused:
        return frozenset()


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
    return parse_amount_fen(text) if text else None


def _proxy(who: Mapping[str, Any]) -> dict[str, str]:
    fields = ("proxy_name", "proxy_phone", "proxy_matter", "proxy_power", "proxy_term")
    return {name.removeprefix("proxy_"): _text(who, name) for name in fields}


def _representatives(who: Mapping[str, Any]) -> list[dict[str, str]]:
    told = [
        {"name": _text(who, f"representative_{no}_name"), "phone": _text(who, f"representative_{no}_phone")}
        for no in (1, 2)
    ]
    return [one for one in told if one["name"]]


def _joint_count(who: Mapping[str, Any]) -> int | None:
    text = _text(who, "joint_count")
    return int(text) if text.isdecimal() and 2 <= int(text) <= MOST_JOINT else None
