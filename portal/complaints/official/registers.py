"""Queries: what stands on forms 1 and 2, the registration of a 投诉 and of a 举报.

The fields of form 1 are those of the official form of April 2026; those of form 2 follow
Order 121 Art. 28. What the case holds beyond them stands in a part of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from portal.complaints.bought import bought_lines
from portal.complaints.models import Case, Filing
from portal.complaints.official.due import DueForm
from portal.complaints.official.fields import Both, Field, Part, Value, boxes, field, yes_or_no
from portal.complaints.official.words import Holder
from portal.complaints.words import Request
from portal.rules.compensation import price_fen
from portal.rules.complaint_flow import Actor, Track
from portal.rules.intake_terms import EvidenceSlot
from portal.rules.judgement import judgement_from_snapshot
from portal.rules.messages import Message, say

# The seven requests in the order of form 1.
FORM_1_REQUESTS = (
    Request.REPAIR,
    Request.REDO,
    Request.EXCHANGE,
    Request.RETURN,
    Request.MAKE_UP_QUANTITY,
    Request.REFUND,
    Request.COMPENSATION,
)

IN_FIELDS_OF_THEIR_OWN = {say("Bought on"), say("Amount paid"), say("Which device")}


def complaint_register(due: DueForm, holder: Holder) -> tuple[Part, ...]:
    """Return the parts of form 1."""
    case, filing = due.case, due.case.filing
    return (
        Part(say("The complainant"), _complainant(filing)),
        Part(other_side(case), _respondent(case, holder)),
        Part(say("Facts"), _facts(case)),
        Part(None, (requests_field(filing),)),
        Part(say("Beyond the fields of the form, from the case"), (*_acting(filing), *_circumstances(case))),
    )


def report_register(due: DueForm, holder: Holder) -> tuple[Part, ...]:
    """Return the parts of form 2; a reporter may stay without a name."""
    case, filing = due.case, due.case.filing
    reporter = (
        boxes(
            say("Reported"),
            (
                (say("under the reporter's own name"), filing.name is not None),
                (say("without a name"), filing.name is None),
            ),
        ),
        field(say("Name of the reporter"), filing.name),
        field(say("Phone"), filing.phone),
        field(say("Contact address"), filing.address),
    )
    return (
        Part(say("Reporter"), reporter),
        Part(other_side(case), _respondent(case, holder)),
        Part(say("Clue and facts"), _facts(case)),
        Part(say("Beyond the fields of the form, from the case"), (*_circumstances(case),)),
    )


def requests_field(filing: Filing) -> Field:
    """Return the seven requests of form 1, ticked as the filer asked."""
    asked = (
        (say("%(request)s", request=request), request.value in filing.requests) for request in FORM_1_REQUESTS
    )
    return boxes(say("The complainant asks for"), asked)


def other_side(case: Case) -> Message:
    """Return what the trader is called in the track."""
    return say("Complained of") if case.track is Track.MEDIATION else say("Reported party")


def amount_paid_fen(filing: Filing) -> int | None:
    """Return what was paid, or what unit price and settled weight come to; None where neither is known."""
    if filing.amount_paid_fen is not None:
        return filing.amount_paid_fen
    if filing.unit_price_fen_per_kg is None or filing.settled_mg is None:
        return None
    return price_fen(filing.unit_price_fen_per_kg, filing.settled_mg)


def money_paid(filing: Filing) -> Message | None:
    """Return the amount as it is printed."""
    paid_fen = amount_paid_fen(filing)
    return None if paid_fen is None else say("%(paid_fen)s", paid_fen=paid_fen)


def sealed(text: str | None) -> Any:
    """Return what a sealed JSON column holds, or None."""
    return json.loads(text) if text else None


def _complainant(filing: Filing) -> tuple[Field, ...]:
    four = filing.id_number_last_four
    return (
        field(say("Name of the complainant"), filing.name),
        field(say("Phone"), filing.phone),
        # The only number the portal checks and keeps the end of is GB 11643's.
        field(say("Kind of identity document"), say("Resident identity card") if four else None),
        field(say("Number of the document"), say("ends in %(last_four)s", last_four=four) if four else None),
        field(say("Contact address"), filing.address),
        yes_or_no(
            say("Agrees that information on the complaint is published"), is_yes=filing.agrees_to_publication
        ),
        yes_or_no(
            say("Agrees that mediation is entrusted to another body"), is_yes=filing.agrees_to_delegation
        ),
    )


def _respondent(case: Case, holder: Holder) -> tuple[Field, ...]:
    merchant = case.merchant
    # A stall-keeper's number is for the office; the public register does not show it.
    phone = merchant.contact_phone if merchant and holder is Holder.FILE else None
    return (
        field(say("Name of the trader"), case.respondent),
        field(say("Contact person")),
        field(
            say("Address of the trader"),
            (merchant.address if merchant else "") or case.filing.respondent_place,
        ),
        field(say("Phone of the trader"), phone),
    )


def _facts(case: Case) -> tuple[Field, ...]:
    filing = case.filing
    time = say("%(bought_on)s", bought_on=filing.bought_on)
    if filing.bought_time:
        time = say("%(bought_on)s, %(clock)s", bought_on=filing.bought_on, clock=filing.bought_time)
    return (
        field(say("Time of the events"), time),
        field(say("Place"), *_place(case)),
        field(say("What took place"), *_content(filing), lines_count=4),
        field(say("Amount in question"), money_paid(filing)),
        field(say("Evidence given"), *_evidence(filing), lines_count=2),
    )


def _place(case: Case) -> Iterator[str]:
    merchant, filing = case.merchant, case.filing
    if merchant:
        market = " ".join(
            part for part in (merchant.market and merchant.market.name, merchant.stall_no) if part
        )
        yield from (market, merchant.address)
    yield from (filing.respondent_place, filing.device)


def _content(filing: Filing) -> Iterator[Value]:
    for term, value in bought_lines(filing):
        if term not in IN_FIELDS_OF_THEIR_OWN:
            yield say("%(term)s: %(value)s", term=term, value=value)
    yield filing.narrative


def _evidence(filing: Filing) -> list[Message]:
    """Count what the filer gave, by kind; what the other side or the office added later is not of it."""
    own = [f for f in filing.evidence if f.added_at <= filing.filed_at or f.added_by is Actor.COMPLAINANT]
    counted = Counter(file.slot for file in own)
    return [
        say("%(slot)s: %(file_count)s", slot=slot, file_count=counted[slot])
        for slot in EvidenceSlot
        if counted[slot]
    ]


def _acting(filing: Filing) -> Iterator[Field]:
    """Say who acts for the complainant (Order 121 Art. 11), or for those who complain together (Art. 12)."""
    proxy = sealed(filing.proxy)
    if proxy:
        yield field(say("Name of the proxy"), proxy.get("name"))
        yield field(say("Phone of the proxy"), proxy.get("phone"))
        yield field(say("Matter of the power of attorney"), proxy.get("matter"))
        yield field(say("What the proxy may do"), proxy.get("power"))
        yield field(say("How long it holds"), proxy.get("term"))
    if filing.joint_count:
        yield field(say("How many complain together"), str(filing.joint_count))
    named = [f"{one.get('name', '')} {one.get('phone', '')}" for one in sealed(filing.representatives) or ()]
    if named:
        yield field(say("Representatives"), *named)


def _circumstances(case: Case) -> Iterator[Field]:
    filing = case.filing
    yield field(
        say("Filed here"),
        say("%(filed_at)s", filed_at=case.filed_at),
        say("%(channel)s", channel=filing.channel),
    )
    received = say("%(day_on)s", day_on=case.received_on) if case.received_on else None
    yield field(say("Received by the authority"), received)
    judgement = judgement_from_snapshot(filing.judgement) if filing.judgement else None
    if judgement:
        yield field(
            say("Verdict shown to the filer, by the rule book"),
            say("%(verdict)s", verdict=judgement.verdict),
            Both(judgement.source + judgement.article, f"{judgement.source_en}, {judgement.article_en}"),
        )
