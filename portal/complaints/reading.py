"""Queries: a case as its filer may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.base.clock import day_of
from portal.complaints.deciding import offered_fen
from portal.complaints.models import Case
from portal.complaints.moving import clocks_of, open_moves
from portal.rules.complaint_flow import (
    Actor,
    MoveName,
    RunningClock,
    State,
    Track,
    is_final,
    projected_clocks,
)
from portal.rules.messages import Message, say

# What a filer can do with one click or a few words; the rest of the table is for others.
STEPS = (
    MoveName.ACCEPT_OFFER,
    MoveName.CONFIRM_PERFORMED,
    MoveName.DENY_RECEIPT,
    MoveName.ADD_MATERIAL,
    MoveName.WITHDRAW,
)
# A reporter is told the result only where a rule says so (Order 121 Art. 36); the page shows no more.
HIDDEN_FROM_REPORTER = {
    State.OPENED,
    State.CASE_TESTING,
    State.CASE_EXTENDED,
    State.DECIDED,
    State.NOT_OPENED,
    State.TESTING,
    State.CHECK_EXTENDED,
    State.EXTENDED_TESTING,
}


@dataclass(frozen=True)
class StoryLine:
    """One line of a case's history as its filer reads it."""

    at: datetime
    on: date
    title: Message
    text: str | None


@dataclass(frozen=True)
class CaseReading:
    """A case as its filer reads it today."""

    case: Case
    state: Message
    next_step: Message
    clocks: Sequence[RunningClock]
    are_projected: bool
    steps: Sequence[MoveName]
    story: Sequence[StoryLine]
    offered_fen: int | None


def reading_of(case: Case, *, today: date) -> CaseReading:
    """Return what a case's filer may know of it."""
    is_registered = case.received_on is not None
    clocks = (
        clocks_of(case, today=today)
        if is_registered
        else projected_clocks(case.track, day_of(case.filed_at), case.region_code, today)
    )
    legal = [c for c in clocks if c.stopped_on is None and c.deadline.is_legal]
    moves = open_moves(case, Actor.COMPLAINANT)
    offered = offered_fen(case)
    steps = [s for s in STEPS if s in moves and (s is not MoveName.ACCEPT_OFFER or offered is not None)]
    return CaseReading(
        case=case,
        state=state_words(case),
        next_step=next_step_in(case.track, case.state),
        clocks=legal if not is_hidden(case.track, case.state) else (),
        are_projected=not is_registered,
        steps=steps,
        story=_story(case),
        offered_fen=offered if MoveName.ACCEPT_OFFER in moves else None,
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
    State.MERGED: say("It was joined to an earlier report of the same facts."),
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


def _story(case: Case) -> list[StoryLine]:
    filed = StoryLine(case.filed_at, day_of(case.filed_at), say("You filed it here"), None)
    events = [
        event for event in case.events if case.track is Track.MEDIATION or event.move in _TOLD_TO_REPORTER
    ]
    return [
        filed,
        *(
            StoryLine(
                event.at,
                event.on,
                say("%(move)s", move=event.move),
                event.reason if event.move in REASON_FOR_FILER else None,
            )
            for event in events
        ),
    ]
