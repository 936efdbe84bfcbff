"""Queries: what the typed answers of a draft come to.

Every step is read anew each time from the text that was typed, so a draft holds nothing that
was worked out, and what the last step shows is what is filed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from portal.complaints.drafts.party import consent, joint_count, party_errors, representatives
from portal.complaints.words import Request
from portal.instruments.weighing import Weighing, WeighingRefused, weigh
from portal.merchants.models import Merchant, PledgeVersion
from portal.merchants.queries import merchant_by_number, pledge_on
from portal.rules.complaint_flow import Track
from portal.rules.errors import FieldsRefused, InputRefused
from portal.rules.intake import Screening, screen, tracks_for
from portal.rules.intake_answers import LONGEST_NARRATIVE, Answers
from portal.rules.intake_terms import BoughtFor, Concern, FiledAs, Handled, PurchaseKind, Step
from portal.rules.judgement import Judgement
from portal.rules.messages import Message, say
from portal.rules.pledge import PledgeTerms
from portal.rules.purchases import WEIGHED, Purchase, judge_purchase, read_purchase
from portal.rules.quantities import parse_amount_fen
from portal.rules.regions import COUNTY, find_region
from portal.rules.typed import Tries, read_day, read_day_of_purchase, read_time

Member = TypeVar("Member", bound=Enum)
Typed = Mapping[str, Mapping[str, Any]]


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

    @property
    def respondent(self) -> str:
        """The name of whom it is about, listed or not; empty before that was said."""
        return self.merchant.name if self.merchant else self.answers.place_name or ""

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
        has_proxy_name=bool(_text(who, "proxy_name")),
        has_proxy_phone=bool(_text(who, "proxy_phone")),
        has_proxy_matter=bool(_text(who, "proxy_matter")),
        has_proxy_power=bool(_text(who, "proxy_power")),
        has_proxy_term=bool(_text(who, "proxy_term")),
        joint_count=joint_count(who),
        representative_count=len(representatives(who)),
        agrees_to_publication=consent(who, "agrees_to_publication"),
        agrees_to_delegation=consent(who, "agrees_to_delegation"),
        seen=frozenset(step for step in Step if typed.get(step.value, {}).get("seen")),
    )
    screening = screen(answers, today=today)
    tracks = _tracks(answers, screening)
    is_complaint = Track.MEDIATION in tracks
    errors[Step.WHO] |= party_errors(who, answers.filed_as if is_complaint else FiledAs.SELF)
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
        tracks=tracks,
        errors={step: found for step, found in errors.items() if found},
    )


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
    # A browser sends each line end as two signs; it counts as the one that was typed.
    text = _text(what, "narrative").replace("\r\n", "\n")
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
