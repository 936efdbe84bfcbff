"""Queries: a case as its filer may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.base.clock import day_of
from portal.complaints.deciding import offered_fen
from portal.complaints.following.asking import open_requests, silence_on, state_of
from portal.complaints.following.models import PartyRequest, Recovery, RecoveryWay
from portal.complaints.models import Case, CaseEvent, Filing
from portal.complaints.moving import clocks_of, open_moves
from portal.complaints.words import RequestState
from portal.rules.complaint_flow import (
    Actor,
    MoveName,
    RunningClock,
    State,
    Track,
    is_final,
    projected_clocks,
)
from portal.rules.deadlines import CountedDay, explain
from portal.rules.messages import Message, say
from portal.rules.silence import Silence

# What a filer can do with one click or a few words; the rest of the table is for others.
STEPS = (
    MoveName.ACCEPT_OFFER,
    MoveName.DECLINE_OFFER,
    MoveName.CONFIRM_PERFORMED,
    MoveName.DENY_RECEIPT,
    MoveName.ADD_MATERIAL,
    MoveName.WITHDRAW,
)
ON_AN_OFFER = frozenset({MoveName.ACCEPT_OFFER, MoveName.DECLINE_OFFER})
# A reporter is told the result only where a rule says so (Order 121 Art. 36); the page shows no more.
# That a report was merged would tell that there was another: its target may be who sent the second one.
HIDDEN_FROM_REPORTER = {
    State.OPENED,
    State.CASE_TESTING,
    State.CASE_EXTENDED,
    State.DECIDED,
    State.NOT_OPENED,
    State.TESTING,
    State.CHECK_EXTENDED,
    State.EXTENDED_TESTING,
    State.MERGED,
}


@dataclass(frozen=True)
class StoryLine:
    """One line of a case's history as its filer reads it."""

    at: datetime
    on: date
    title: Message
    text: Message | str | None


@dataclass(frozen=True)
class ClockReading:
    """A running legal clock, with each day that was counted or skipped."""

    running: RunningClock
    counted: Sequence[CountedDay]


@dataclass(frozen=True)
class QuestionReading:
    """A question of the office that waits for an answer, with what silence means."""

    request: PartyRequest
    silence: Silence


@dataclass(frozen=True)
class CaseReading:
    """A case as its filer reads it today."""

    case: Case
    state: Message
    next_step: Message
    clocks: Sequence[ClockReading]
    are_projected: bool
    steps: Sequence[MoveName]
    questions: Sequence[QuestionReading]
    story: Sequence[StoryLine]
    offered_fen: int | None


def reading_of(case: Case, *, today: date) -> CaseReading:
    """Return what a case's filer may know of it."""
    moves = open_moves(case, Actor.COMPLAINANT)
    offered = offered_fen(case) if MoveName.ACCEPT_OFFER in moves else None
    questions = open_requests(case, today=today)
    return CaseReading(
        case=case,
        state=state_words(case),
        next_step=next_step_in(case.track, case.state),
        clocks=legal_clocks(case, today=today),
        are_projected=case.received_on is None,
        steps=[step for step in STEPS if step in moves and (step not in ON_AN_OFFER or offered is not None)],
        questions=[QuestionReading(request, silence_on(case, request)) for request in questions],
        story=_story(case, today),
        offered_fen=offered,
    )


def legal_clocks(case: Case, *, today: date) -> list[ClockReading]:
    """Return the legal clocks that run and may be known; those that would run before registration."""
    if is_hidden(case.track, case.state):
        return []
    filed_on = day_of(case.filed_at)
    clocks = (
        projected_clocks(case.track, filed_on, case.region_code, today)
        if case.received_on is None
        else clocks_of(case, today=today)
    )
    legal = [c for c in clocks if c.stopped_on is None and c.deadline.is_legal]
    return [ClockReading(running, _counted(running, case, filed_on, today)) for running in legal]


def _counted(running: RunningClock, case: Case, filed_on: date, today: date) -> Sequence[CountedDay]:
    return explain(
        running.clock,
        running.started_on,
        region_code=case.region_code,
        pauses=running.pauses,
        extended=running.is_extended,
        received_on=case.received_on or filed_on,
        today=today,
    )


def is_hidden(track: Track, state: State) -> bool:
    """Say whether a state is one its filer is not told of."""
    return track is Track.REPORT and state in HIDDEN_FROM_REPORTER


def state_words(case: Case) -> Message:
    """Return a case's state in the words its filer may read."""
    return state_words_in(case.track, case.state)


def state_words_in(track: Track, state: State) -> Message:
    """Return a state in the words a filer may read."""
    if not is_hidden(track, state):
        return say("%(state)s", state=state)
    if is_final(state):
        return say("The authority has dealt with it")
    return say("The authority is dealing with it")


def next_step_in(track: Track, state: State) -> Message:
    """Return what a filer is told to expect, or to do, in a state."""
    if track is Track.REPORT:
        return _NEXT_REPORT.get(state, _REPORT_ELSE)
    return _NEXT_MEDIATION.get(state, _MEDIATION_ELSE)


_REPORT_ELSE = say(
    "The authority checks your report. It tells you the result where a rule says so; it never tells the "
    "merchant who reported."
)
_MEDIATION_ELSE = say("The office is working on it. You need do nothing now.")
_NEXT_REPORT = {
    State.FILED: say("Give it an official number: report it to 12315 and quote this case."),
    State.RECEIVED: say("The authority decides whether to take it up."),
    State.NOT_COMPETENT: say("Another authority answers for this. Report it there."),
    State.WITHDRAWN: say("You withdrew this report."),
}
_NEXT_MEDIATION = {
    State.FILED: say("Give it an official number: complain to 12315 and quote this case."),
    State.RECEIVED: say("The office decides whether it can accept your complaint."),
    State.ACCEPTED: say("The office asks both sides whether they agree to mediation."),
    State.MEDIATING: say("The office mediates. Answer when you are asked."),
    State.TESTING: say("Something is being tested. The time of testing is not counted."),
    State.SETTLED: say("You agreed. The merchant pays by the day below; tell us when the money came."),
    State.ENDING: say("Mediation ends. The office tells both sides."),
    State.CLOSED: say("Settled and paid. Nothing more to do."),
    State.NOT_PERFORMED: say("The merchant did not pay as agreed. You can go to court or to arbitration."),
    State.ENDED: say("Mediation ended without agreement. You can go to court or to arbitration."),
    State.REFUSED: say("The office could not accept it. You can go to court or to arbitration."),
    State.WITHDRAWN: say("You withdrew this complaint."),
}

_TOLD_TO_REPORTER = {
    MoveName.REGISTER,
    MoveName.ASK_PARTY,
    MoveName.ADD_MATERIAL,
    MoveName.WITHDRAW,
    MoveName.TRANSFER,
}
# What is said to the filer in full; other reasons are the office's own notes.
REASON_FOR_FILER = {MoveName.REFUSE, MoveName.ASK_PARTY, MoveName.END_MEDIATION, MoveName.NOT_COMPETENT}


def _story(case: Case, today: date) -> list[StoryLine]:
    told = [e for e in case.events if case.track is Track.MEDIATION or e.move in _TOLD_TO_REPORTER]
    lines = [
        StoryLine(case.filed_at, day_of(case.filed_at), say("You filed it here"), None),
        *(_event_line(event) for event in told),
        *_lapses(case, today),
        *_recoveries(case.filing),
    ]
    return sorted(lines, key=lambda line: line.at)


def _event_line(event: CaseEvent) -> StoryLine:
    title = say("%(move)s", move=event.move)
    if event.amount_fen is not None:
        title = say("%(move)s: %(amount_fen)s", move=event.move, amount_fen=event.amount_fen)
    return StoryLine(event.at, event.on, title, event.reason if event.move in REASON_FOR_FILER else None)


def _lapses(case: Case, today: date) -> list[StoryLine]:
    """Return a line for each question whose day passed without an answer."""
    return [
        StoryLine(
            request.lapsed_at,
            day_of(request.lapsed_at),
            say("No answer came by %(due_on)s", due_on=request.due_on),
            silence_on(case, request).sentence,
        )
        for request in case.party_requests
        if request.lapsed_at and state_of(case, request, today=today) is RequestState.LAPSED
    ]


def _recoveries(filing: Filing) -> list[StoryLine]:
    return [_recovery_line(recovery) for recovery in filing.recoveries if recovery.is_granted]


def _recovery_line(recovery: Recovery) -> StoryLine:
    how = {
        RecoveryWay.PHRASE: say("Somebody gave your recovery phrase. The old code opens nothing any more."),
        RecoveryWay.OFFICER: say(
            "An officer gave it to somebody who knew enough of the case. The old code opens nothing any more."
        ),
    }
    return StoryLine(recovery.at, day_of(recovery.at), say("A new receipt code was given"), how[recovery.way])
