"""Actions: moving a case along its track; every move is asked of `rules.complaint_flow`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import update

from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints.closing import close_out, note_answer
from portal.complaints.following import asking
from portal.complaints.letters.telling import queue_notice
from portal.complaints.models import Case, CaseEvent, CaseMessage
from portal.complaints.registering import claim_number, day_of_receipt
from portal.rules.complaint_flow import (
    Actor,
    EndingGround,
    FlowEvent,
    MoveName,
    Need,
    RefusalGround,
    RunningClock,
    State,
    Track,
    ground_text,
    is_final,
    moves_open_to,
    next_due,
    next_state,
    running_clocks,
)
from portal.rules.deadlines import Clock
from portal.rules.errors import InputRefused, MoveNotAllowed
from portal.rules.messages import say

LONGEST_REASON = 2000


def move(
    case: Case,
    name: MoveName,
    *,
    actor: Actor,
    user_id: int | None = None,
    on: date | None = None,
    counts_from_on: date | None = None,
    official_number: str | None = None,
    ground: RefusalGround | EndingGround | None = None,
    amount_fen: int | None = None,
    reason: str = "",
    also_given: Sequence[Need] = (),
    now: datetime,
) -> CaseEvent:
    """Make one move, or raise MoveNotAllowed when the table has no such move here and now.

    `on` is the legal day of the move (default: today); registering takes it as the day of
    receipt. `counts_from_on` is the day its clocks begin, where that is another
    (Order 121 Art. 35). `also_given` names what is at hand without a field of its own (an approval, both
    sides' consent).
    """
    legal_day = on or day_of(now)
    if legal_day > day_of(now):
        raise InputRefused(say("The day %(on)s is still to come.", on=legal_day))
    received_on = day_of_receipt(case, name, legal_day)
    given = _given(official_number, ground, amount_fen, reason) | set(also_given)
    to_state = next_state(case.track, case.state, name, actor, given=given, received_on=received_on)
    if ground is not None:
        _require_ground_of_the_move(name, ground, received_on or legal_day)
    _take(case, to_state, now)
    if official_number is not None:
        claim_number(case, official_number)
        case.official_number, case.received_on = official_number, received_on
    event = CaseEvent(
        move=name,
        from_state=case.state,
        to_state=to_state,
        actor=actor,
        user_id=user_id,
        at=now,
        on=legal_day,
        counts_from_on=counts_from_on,
        ground=ground.value if ground else None,
        amount_fen=amount_fen,
        reason=reason or None,
    )
    _enter(case, event, now)
    db.session.flush()
    _ask_or_answer(case, event, now)
    queue_notice(event, now=now)
    return event


def _enter(case: Case, event: CaseEvent, now: datetime) -> None:
    """Write a move into the case: its history, its state, its clock, and what closing it brings."""
    case.events.append(event)
    case.state = event.to_state
    case.is_open = not is_final(event.to_state)
    case.closed_on = None if case.is_open else event.on
    note_answer(case, event.move, event.on)
    refresh_clock(case, today=day_of(now))
    if not case.is_open and case.track is Track.MEDIATION:
        close_out(case, was_settled=event.to_state is State.CLOSED, now=now)


def _ask_or_answer(case: Case, event: CaseEvent, now: datetime) -> None:
    """Keep what passes between office and filer in step with the moves."""
    if event.move is MoveName.ASK_PARTY:
        asking.open_request(case, event, event.reason or "")
    elif event.move is MoveName.ADD_MATERIAL:
        asking.note_material(case, now=now)
    elif event.move is MoveName.REOPEN:
        case.wants_reopening = False


def write_message(case: Case, text: str, *, actor: Actor, user_id: int | None, now: datetime) -> CaseMessage:
    """Add what somebody wrote to a mediation case; a report has no second side to read it."""
    if not case.is_open:
        raise MoveNotAllowed(say("This case is closed; nothing more can be written to it."))
    if case.track is Track.REPORT and actor is Actor.MERCHANT:
        raise MoveNotAllowed(say("This case is not open to the merchant."))
    message = CaseMessage(case_id=case.id, actor=actor, user_id=user_id, at=now, text=text[:LONGEST_REASON])
    db.session.add(message)
    return message


def clocks_of(case: Case, *, today: date) -> tuple[RunningClock, ...]:
    """Return every clock of a case, counted anew from its history."""
    events = [FlowEvent(event.move, event.on, event.counts_from_on) for event in case.events]
    return running_clocks(
        events,
        case.track,
        case.received_on,
        case.region_code,
        today,
        is_anonymous=case.filing.name is None,
    )


def refresh_clock(case: Case, *, today: date) -> None:
    """Keep the soonest running clock beside the case, for the queue to sort by."""
    clocks = clocks_of(case, today=today)
    soonest = next_due(clocks)
    case.answer_due_on = _answer_due_on(case, clocks, today)
    case.due_on = soonest.deadline.due_on if soonest else None
    case.due_clock = soonest.clock if soonest else None
    case.is_due_provisional = bool(soonest and soonest.deadline.is_provisional)


def _answer_due_on(case: Case, clocks: Sequence[RunningClock], today: date) -> date | None:
    """Return the day to count the merchant's answer by; one that has passed is counted once, by the sweep."""
    running = [c for c in clocks if c.clock is Clock.MERCHANT_ANSWER and c.stopped_on is None]
    if not running:
        return None
    due_on = running[-1].deadline.due_on
    return due_on if due_on >= today else case.answer_due_on


def _given(
    official_number: str | None,
    ground: RefusalGround | EndingGround | None,
    amount_fen: int | None,
    reason: str,
) -> set[Need]:
    at_hand = {
        Need.OFFICIAL_NUMBER: bool(official_number),
        Need.GROUND: ground is not None,
        Need.AMOUNT: amount_fen is not None and amount_fen >= 0,
        Need.REASON: bool(reason.strip()),
    }
    return {need for need, is_there in at_hand.items() if is_there}


def _require_ground_of_the_move(
    name: MoveName, ground: RefusalGround | EndingGround, received_on: date
) -> None:
    wanted = RefusalGround if name is MoveName.REFUSE else EndingGround
    if not isinstance(ground, wanted):
        raise MoveNotAllowed(say("“%(ground)s” is no ground for “%(move)s”.", ground=ground, move=name))
    ground_text(ground, received_on)


def _take(case: Case, to_state: State, now: datetime) -> None:
    """Guard the step in the database: of two officers who click at once, one is told."""
    step = (
        update(Case)
        .where(Case.id == case.id, Case.state == case.state)
        .values(state=to_state, changed_at=now)
        .returning(Case.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(step) is None:
        raise MoveNotAllowed(say("Somebody else has just moved this case. Look at it again."))


def open_moves(case: Case, actor: Actor) -> tuple[MoveName, ...]:
    """Return the names of the moves an actor may make now, in the order of the table."""
    moves = moves_open_to(case.track, case.state, actor, received_on=case.received_on)
    return tuple(dict.fromkeys(row.name for row in moves))
