"""Actions: a question to the filer that ends on a stated day, and what silence then means.

The address of a question carries a token; only its hash is kept. The token is computed from the
event that asked, as a receipt code is from its submission, so that a letter that waits in the
outbox need not hold it (`token_of`).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update

from portal.base import crypto
from portal.base.db import db
from portal.complaints.following.models import PartyRequest
from portal.complaints.models import Case, CaseEvent
from portal.complaints.words import RequestState
from portal.rules.complaint_flow import MOVES, State
from portal.rules.deadlines import Clock, due_on
from portal.rules.silence import Silence, effect_of_silence

QUESTION = "party-request"
QUESTION_HASH = "party-request-hash"
TOKEN_SYMBOLS = 24


def open_request(case: Case, event: CaseEvent, question: str) -> str:
    """Put a question to the filer and return the token of its address; `event` has its id.

    It is due when the clock says that the move started.
    """
    token = _tokens(event)[0]
    deadline = due_on(
        Clock.ANSWER_REQUEST, event.on, region_code=case.region_code, received_on=case.received_on
    )
    request = PartyRequest(
        event_id=event.id,
        token_hash=crypto.keyed_hash(QUESTION_HASH, token),
        question=question,
        due_on=deadline.due_on,
    )
    case.party_requests.append(request)
    return token


def token_of(event: CaseEvent) -> str | None:
    """Return the token of the question an event asked, or None where it asked none."""
    request = next((r for r in event.case.party_requests if r.event_id == event.id), None)
    return crypto.kept_code(_tokens(event), QUESTION_HASH, request.token_hash) if request else None


def _tokens(event: CaseEvent) -> tuple[str, ...]:
    return crypto.codes_from(QUESTION, f"{event.case_id}:{event.id}", TOKEN_SYMBOLS)


def request_by_token(typed: str) -> tuple[Case, PartyRequest] | None:
    """Return the question a token opens, with its case."""
    token = crypto.normalise_code(typed)
    if len(token) != TOKEN_SYMBOLS:
        return None
    found = select(PartyRequest).where(PartyRequest.token_hash.in_(crypto.keyed_hashes(QUESTION_HASH, token)))
    request = db.session.scalar(found)
    return (db.session.get_one(Case, request.case_id), request) if request else None


def note_material(case: Case, *, now: datetime) -> None:
    """Take what the filer sent for the answer to every question still open: it has stopped their clock."""
    for request in case.party_requests:
        if request.answered_at is None and request.lapsed_at is None:
            request.answered_at = now


def state_of(case: Case, request: PartyRequest, *, today: date) -> RequestState:
    """Say whether a question still waits, was answered, ran out, or is no longer needed."""
    if request.answered_at is not None:
        return RequestState.ANSWERED
    if _is_overtaken(case, request):
        return RequestState.NOT_NEEDED
    if request.lapsed_at is not None or request.due_on < today:
        return RequestState.LAPSED
    return RequestState.OPEN if case.is_open else RequestState.NOT_NEEDED


def open_requests(case: Case, *, today: date) -> list[PartyRequest]:
    """Return the questions the filer can answer now, the one due first leading."""
    waiting = [r for r in case.party_requests if state_of(case, r, today=today) is RequestState.OPEN]
    return sorted(waiting, key=lambda request: request.due_on)


def _is_overtaken(case: Case, request: PartyRequest) -> bool:
    """Say whether the office went on, by a move that stops the clock, before the answer was due."""
    later = (e for e in case.events if e.id > request.event_id and e.on <= request.due_on)
    return any(
        Clock.ANSWER_REQUEST in row.stops
        for event in later
        for row in MOVES
        if (row.track, row.name) == (case.track, event.move) and event.from_state in row.from_states
    )


def silence_on(case: Case, request: PartyRequest) -> Silence:
    """Return what follows if no answer comes, by the track and the state in which it was asked."""
    asked = next(event for event in case.events if event.id == request.event_id)
    return effect_of_silence(case.track, asked.from_state or State.FILED, case.received_on or asked.on)


def lapse(*, now: datetime, today: date) -> int:
    """Note in each unanswered question that its day has passed; return how many there were."""
    step = (
        update(PartyRequest)
        .where(PartyRequest.due_on < today)
        .where(PartyRequest.answered_at.is_(None), PartyRequest.lapsed_at.is_(None))
        .values(lapsed_at=now)
        .returning(PartyRequest.id)
    )
    return len(db.session.scalars(step).all())
