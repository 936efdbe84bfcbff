"""Queries: a complaint as the merchant it is about may read it.

Who complained stays hidden: name, phone and address are never read out, and free text is redacted, with what
the filing itself holds of the person taken out first. A report (举报) is no case of the merchant's at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.compensation import queries as compensation_queries
from portal.compensation.models import Claim, ClaimState
from portal.complaints import queries as complaint_queries
from portal.complaints.actions import clocks_of, open_moves
from portal.complaints.bought import bought_lines
from portal.complaints.deciding import offered_fen
from portal.complaints.letters.discretion import own_details
from portal.complaints.models import Case, CaseEvent, Filing
from portal.complaints.told import promise_lines
from portal.complaints.words import Request
from portal.merchants.models import Merchant, PledgeVersion
from portal.merchants.queries import is_in_force, last_day_of, pledge_versions
from portal.rules.complaint_flow import Actor, MoveName, RunningClock, State
from portal.rules.deadlines import Clock, Lateness, lateness_by
from portal.rules.messages import Message, say
from portal.rules.metrology import Judgement, judgement_from_snapshot
from portal.rules.pledge import PledgeTerms, describe, headline
from portal.rules.publication import redact

HIDDEN = "〔已隐去〕"
# A filer's words stand in a 投诉 and in a 举报 filed with it; of the second the merchant may not learn
# (Order 121 Art. 37). Hidden in every complaint, so that nothing follows from what is hidden.
_OF_A_REPORT = re.compile(r"[举舉][报報]|[检檢][举舉]|查[处處]|\breport", re.IGNORECASE)
_BETWEEN_SENTENCES = re.compile(r"([。！？!?；;\n]+|\.\s)")
# Clocks that concern the merchant, besides the legal ones of the office.
OWN_CLOCKS = {Clock.MERCHANT_ANSWER, Clock.PERFORM_SETTLEMENT}
WRITERS = {Actor.COMPLAINANT: say("The buyer"), Actor.MERCHANT: say("You")}
OFFICE = say("The office")
# What the merchant is told in full; other reasons are the office's own notes or meant for the buyer.
REASON_FOR_MERCHANT = {MoveName.ASK_MERCHANT, MoveName.END_MEDIATION}


@dataclass(frozen=True)
class Line:
    """One line of the history, or of what was written: who, when, the words."""

    at: datetime
    title: Message
    text: str | None


@dataclass(frozen=True)
class CaseSeen:
    """A complaint as the merchant reads it today."""

    case: Case
    goods: str
    bought: Sequence[tuple[Message, Message]]
    promise: Sequence[tuple[Message, Message]]
    narrative: str
    requests: Sequence[Request]
    finding: Judgement | None
    clocks: Sequence[RunningClock]
    story: Sequence[Line]
    messages: Sequence[Line]
    offered_fen: int | None
    claim: Claim | None
    may_reply: bool
    may_offer: bool
    may_report_paid: bool
    next_step: Message


@dataclass(frozen=True)
class PledgeSeen:
    """A version of the pledge with its sentences."""

    version: PledgeVersion
    headline: Message
    sentences: Sequence[Message]
    last_on: date
    is_in_force: bool


@dataclass(frozen=True)
class CaseRow:
    """A complaint in the list; the day an answer is due stands there while that clock runs."""

    case: Case
    goods: str
    answer_due_on: date | None
    lateness: Lateness | None
    next_step: Message


@dataclass(frozen=True)
class Home:
    """What waits for a merchant today."""

    merchant: Merchant
    open_cases: Sequence[CaseRow]
    closed_cases: Sequence[Case]
    claims_to_pay: Sequence[Claim]
    claims_reported: Sequence[Claim]
    pledge: PledgeSeen | None


def home_of(merchant: Merchant, *, today: date) -> Home:
    """Return what waits for a merchant: complaints, payments, the pledge."""
    cases = complaint_queries.mediation_cases_of([merchant.id])
    rows = [_row(case, today) for case in cases if case.is_open]
    claims = compensation_queries.claims_of(merchant.id)
    return Home(
        merchant=merchant,
        open_cases=sorted(rows, key=lambda r: (r.answer_due_on is None, r.answer_due_on or today)),
        closed_cases=[case for case in cases if not case.is_open][:20],
        claims_to_pay=[claim for claim in claims if claim.state is ClaimState.OWED],
        claims_reported=[claim for claim in claims if claim.state is ClaimState.PAID],
        pledge=pledge_seen(merchant.id, today=today),
    )


def _row(case: Case, today: date) -> CaseRow:
    answers = [c for c in _running(case, today) if c.clock is Clock.MERCHANT_ANSWER]
    due_on = answers[-1].deadline.due_on if answers else None
    claim = compensation_queries.claim_by_number(case.claim_number) if case.claim_number else None
    return CaseRow(
        case=case,
        goods=for_merchant(case.filing.goods, case.filing),
        answer_due_on=due_on,
        lateness=lateness_by(due_on, today) if due_on else None,
        next_step=_next_step(case, claim),
    )


def _running(case: Case, today: date) -> list[RunningClock]:
    """Return the clocks that run and concern the merchant: the law's, and the two of its own."""
    clocks = clocks_of(case, today=today) if case.events else ()
    return [c for c in clocks if c.stopped_on is None and (c.deadline.is_legal or c.clock in OWN_CLOCKS)]


def case_seen(case: Case, *, today: date) -> CaseSeen:
    """Return what the merchant may know of a complaint about it."""
    filing = case.filing
    moves = open_moves(case, Actor.MERCHANT)
    claim = compensation_queries.claim_by_number(case.claim_number) if case.claim_number else None
    return CaseSeen(
        case=case,
        goods=for_merchant(filing.goods, filing),
        bought=bought_lines(filing, clean=lambda typed: for_merchant(typed, filing)),
        promise=promise_lines(filing),
        narrative=for_merchant(filing.narrative, filing),
        requests=[request for request in Request if request.value in filing.requests],
        finding=judgement_from_snapshot(case.findings[-1].snapshot) if case.findings else None,
        clocks=_running(case, today),
        story=_story(case),
        messages=_messages(case),
        offered_fen=offered_fen(case),
        claim=claim,
        may_reply=MoveName.REPLY in moves,
        may_offer=MoveName.OFFER in moves,
        may_report_paid=MoveName.REPORT_PAID in moves
        and claim is not None
        and claim.state is ClaimState.OWED,
        next_step=_next_step(case, claim),
    )


def for_merchant(text: str, filing: Filing) -> str:
    """Return a text without what would say who complained, or that something was reported."""
    sentences = _BETWEEN_SENTENCES.split(text)
    text = "".join(HIDDEN if _OF_A_REPORT.search(sentence) else sentence for sentence in sentences)
    for known in sorted(set(own_details(filing)), key=len, reverse=True):
        text = text.replace(known, HIDDEN)
    return redact(text)


def _story(case: Case) -> list[Line]:
    filed = Line(case.filed_at, say("A buyer filed the complaint"), None)
    return [filed, *(_line(event, case.filing) for event in case.events)]


def _line(event: CaseEvent, filing: Filing) -> Line:
    is_told = event.move in REASON_FOR_MERCHANT and event.reason
    title = say("%(move)s", move=event.move)
    if event.amount_fen is not None:
        title = say("%(move)s: %(amount_fen)s", move=event.move, amount_fen=event.amount_fen)
    return Line(event.at, title, for_merchant(event.reason or "", filing) if is_told else None)


def _messages(case: Case) -> list[Line]:
    return [
        Line(
            note.at,
            WRITERS.get(note.actor, OFFICE),
            note.text if note.actor is Actor.MERCHANT else for_merchant(note.text, case.filing),
        )
        for note in complaint_queries.messages_of(case.id)
    ]


def _next_step(case: Case, claim: Claim | None) -> Message:
    if case.state is State.SETTLED and claim is not None and claim.state is ClaimState.PAID:
        return say("You said that you paid. The buyer is asked to confirm it.")
    return _NEXT.get(case.state, say("The office is working on it. You may add to your answer."))


_NEXT = {
    State.FILED: say(
        "The buyer complained here and has not registered it with the authority. You may answer and settle "
        "it between yourselves."
    ),
    State.RECEIVED: say(
        "The office decides whether it accepts the complaint. An early answer or offer often settles it."
    ),
    State.ACCEPTED: say(
        "The office accepted the complaint. Answer it by the day below; you may also make an offer."
    ),
    State.MEDIATING: say(
        "The office mediates. Answer when you are asked; you may make an offer at any time."
    ),
    State.TESTING: say("Something is being tested. The time of testing is not counted."),
    State.SETTLED: say("You agreed. Pay by the day below, then say here that you paid."),
    State.ENDING: say("Mediation ends. The office tells both sides."),
    State.CLOSED: say("Settled and paid. Nothing more to do."),
    State.NOT_PERFORMED: say(
        "What was agreed was not paid. Pay the buyer, and the office can still close this."
    ),
    State.ENDED: say("Mediation ended without agreement."),
    State.REFUSED: say("The office did not accept the complaint. Nothing more to do."),
    State.WITHDRAWN: say("The buyer withdrew the complaint. Nothing more to do."),
}


def pledge_seen(merchant_id: int, *, today: date) -> PledgeSeen | None:
    """Return the pledge in force today, else the one that begins next."""
    versions = [v for v in pledge_versions(merchant_id) if v.withdrawn_at is None and last_day_of(v) >= today]
    versions.sort(key=lambda version: version.valid_from_on)
    return _pledge(versions[0], today) if versions else None


def pledges_of(merchant_id: int, *, today: date) -> list[PledgeSeen]:
    """Return every version of a merchant's pledge, newest first."""
    return [_pledge(version, today) for version in pledge_versions(merchant_id)]


def _pledge(version: PledgeVersion, today: date) -> PledgeSeen:
    terms = PledgeTerms.from_dict(version.terms)
    return PledgeSeen(
        version, headline(terms), describe(terms), last_day_of(version), is_in_force(version, today)
    )
