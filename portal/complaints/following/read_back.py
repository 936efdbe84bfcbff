"""Queries: everything a filer sent, to be read back; and its facts as plain lines to copy to 12315."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import time

from portal.base.labels import in_language, render
from portal.complaints.bought import bought_lines
from portal.complaints.models import Case, Filing
from portal.complaints.queries import judgement_told
from portal.complaints.told import Line, circumstance_lines, given, promise_lines, standing_lines
from portal.complaints.words import Request
from portal.rules.complaint_flow import Track
from portal.rules.intake_copy import CopyFacts, CopyLine, copy_text
from portal.rules.judgement import Judgement, amount
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import Quantity
from portal.rules.purchases import purchase_from_snapshot


@dataclass(frozen=True)
class ReadBack:
    """What was sent, part by part; a value is text as typed or a message."""

    where: Sequence[Line]
    bought: Sequence[Line]
    judgement: Judgement | None
    narrative: str
    asked: Sequence[Line]
    who: Sequence[Line]


def read_back(filing: Filing, tracks: Collection[Track]) -> ReadBack:
    """Return everything one person sent, or is about to send, as these tracks."""
    return ReadBack(
        where=_where(filing),
        bought=[*bought_lines(filing), *circumstance_lines(filing)],
        judgement=judgement_told(filing),
        narrative=filing.narrative,
        asked=_asked(filing, tracks),
        who=_who(filing),
    )


def tracks_of(filing: Filing) -> frozenset[Track]:
    """Return the tracks on which something was filed."""
    return frozenset(case.track for case in filing.cases)


def requests_of(filing: Filing) -> list[Request]:
    """Return what the filer asks of the merchant."""
    return [request for request in Request if request.value in filing.requests]


def lines_to_copy(case: Case) -> tuple[CopyLine, ...]:
    """Return the facts of a case as the statutory channel asks for them."""
    filing, merchant = case.filing, case.merchant
    shown, received = _amounts(filing)
    is_complaint = case.track is Track.MEDIATION
    return copy_text(
        CopyFacts(
            track=case.track,
            respondent_name=case.respondent,
            respondent_address=(merchant.address if merchant else "") or filing.respondent_place,
            respondent_phone=(merchant.contact_phone if merchant else "") or "",
            happened_on=filing.bought_on,
            time_of_day=time.fromisoformat(filing.bought_time) if filing.bought_time else None,
            place=filing.device,
            goods=filing.goods,
            shown=shown,
            received=received,
            judgement=judgement_told(filing),
            paid_fen=filing.amount_paid_fen,
            narrative=filing.narrative,
            evidence=tuple(dict.fromkeys(file.slot for file in filing.evidence)),
            requests=tuple(requests_of(filing)),
            name=filing.name or "",
            phone=filing.phone or "",
            address=filing.address or "",
            agrees_to_publication=filing.agrees_to_publication if is_complaint else None,
            agrees_to_delegation=filing.agrees_to_delegation if is_complaint else None,
        )
    )


def text_to_copy(case: Case) -> str:
    """Return those facts as plain Chinese lines, whoever reads: the statutory channel takes no other."""
    with in_language("zh_Hans_CN"):
        return "\n".join(f"{render(line.label)}：{_shown(line.value)}" for line in lines_to_copy(case))


def _shown(value: Message | str) -> str:
    return value if isinstance(value, str) else render(value)


def _amounts(filing: Filing) -> tuple[Message | None, Message | None]:
    """Return what was charged and what was found, each with its unit."""
    if filing.purchase:
        purchase = purchase_from_snapshot(filing.purchase)
        return purchase.shown_amount, purchase.received_amount
    weights = (filing.settled_mg, filing.reweighed_mg)
    charged, found = (None if mg is None else amount(Quantity.MASS, mg) for mg in weights)
    return charged, found


def _where(filing: Filing) -> list[Line]:
    merchant = filing.merchant
    return given(
        (say("Merchant"), merchant.name if merchant else filing.respondent_name),
        (say("Number of the merchant"), merchant.number if merchant else None),
        (say("Where it is"), (merchant.address if merchant else "") or filing.respondent_place),
    )


def _asked(filing: Filing, tracks: Collection[Track]) -> list[Line]:
    is_report = Track.REPORT in tracks
    return [
        *((say("You ask for"), say("%(request)s", request=one)) for one in requests_of(filing)),
        *promise_lines(filing),
        *given((say("The authority shall look into it"), say("yes") if is_report else None)),
    ]


def _who(filing: Filing) -> list[Line]:
    is_named = filing.name is not None
    return given(
        (say("Your name"), filing.name or say("not given: anonymous")),
        (say("Your phone"), filing.phone),
        (say("Your postal address"), filing.address),
        (say("Your e-mail"), filing.email),
        (say("ID number ends with"), filing.id_number_last_four),
        *standing_lines(filing),
        (say("Publication of the outcome"), _yes_no(filing.agrees_to_publication) if is_named else None),
        (
            say("Mediation by a consumer association"),
            _yes_no(filing.agrees_to_delegation) if is_named else None,
        ),
        (say("Phrase to bring a lost code back"), say("kept") if filing.recovery_hash else None),
    )


def _yes_no(is_yes: bool) -> Message:
    return say("yes") if is_yes else say("no")
