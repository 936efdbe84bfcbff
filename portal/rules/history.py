"""What a case's history says by itself: where the case stands and which clocks run.

A clock begins on the day of its move, or on the day of receipt for the moves that register a
case. A case that is not registered with an authority has no legal clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.rules.complaint_moves import MOVES
from portal.rules.complaint_terms import Move, MoveName, State, Track
from portal.rules.deadlines import Clock, Deadline, Pause, due_on, has_clock
from portal.rules.errors import MoveNotAllowed
from portal.rules.messages import say


@dataclass(frozen=True)
class FlowEvent:
    """A move that was made; `counts_from` where its clocks begin on another day.

    So for `take_in`: the day the last report was received (Order 121, Art. 35).
    """

    move: MoveName
    on: date
    counts_from: date | None = None


@dataclass(frozen=True)
class RunningClock:
    """A clock of a case, running while `stopped_on` is None."""

    clock: Clock
    started_on: date
    deadline: Deadline
    stopped_on: date | None
    pauses: tuple[Pause, ...]
    is_extended: bool


@dataclass
class _Ticking:
    clock: Clock
    started_on: date
    stopped_on: date | None = None
    is_extended: bool = False
    pauses: list[Pause] = field(default_factory=list)


def state_after(track: Track, events: Iterable[FlowEvent]) -> State:
    """Return the state a history leads to; raise MoveNotAllowed for a history that cannot be."""
    state = State.FILED
    for event in events:
        state = _row(track, state, event.move).to_state or state
    return state


def running_clocks(
    events: Sequence[FlowEvent],
    track: Track,
    received_on: date | None,
    region_code: str,
    today: date,
    *,
    is_anonymous: bool = False,
) -> tuple[RunningClock, ...]:
    """Return every clock the history started, in the order they began, stopped ones included.

    Nobody can be told where the filer `is_anonymous`, so no clock asks for it. Raise
    MoveNotAllowed for a history that cannot be.
    """
    edition_on = received_on or (events[0].on if events else today)
    ticking: list[_Ticking] = []
    state = State.FILED
    for event in events:
        move = _row(track, state, event.move)
        _halt(ticking, move, event.on)
        _start(ticking, move, _first_day(move, event, received_on), edition_on, region_code)
        state = move.to_state or state
    return tuple(
        _shown(clock, edition_on, region_code, today)
        for clock in ticking
        if not (is_anonymous and clock.clock is Clock.TELL_REPORTER)
    )


def projected_clocks(track: Track, filed_on: date, region_code: str, today: date) -> tuple[RunningClock, ...]:
    """Return the clocks that would run if a filed case were registered on the day it was filed."""
    register = FlowEvent(MoveName.REGISTER, filed_on)
    return running_clocks((register,), track, filed_on, region_code, today)


def next_due(clocks: Iterable[RunningClock], *, legal_only: bool = False) -> RunningClock | None:
    """Return the running clock that ends first, or None."""
    running = [c for c in clocks if c.stopped_on is None and (c.deadline.is_legal or not legal_only)]
    return min(running, key=lambda c: c.deadline.due_on, default=None)


def _row(track: Track, state: State, name: MoveName) -> Move:
    """Return the row a recorded move was made under; rows that differ in actors alone have equal effects."""
    for move in MOVES:
        if move.track is track and move.name is name and state in move.from_states:
            return move
    raise MoveNotAllowed(
        say("“%(move)s” is not possible while the case is “%(state)s”.", move=name, state=state)
    )


def _first_day(move: Move, event: FlowEvent, received_on: date | None) -> date:
    if move.from_receipt and received_on is not None:
        return received_on
    return event.counts_from or event.on


def _halt(ticking: list[_Ticking], move: Move, on: date) -> None:
    """Stop, pause, resume and extend the running clocks that a move names."""
    for clock in ticking:
        if clock.stopped_on is not None:
            continue
        if clock.clock in move.resumes or clock.clock in move.stops or clock.clock in move.starts:
            clock.pauses = [Pause(p.from_on, p.to_on or on) for p in clock.pauses]
        if clock.clock in move.stops or clock.clock in move.starts:
            clock.stopped_on = on
        if clock.clock in move.pauses:
            clock.pauses.append(Pause(on))
        if clock.clock in move.extends:
            clock.is_extended = True


def _start(ticking: list[_Ticking], move: Move, on: date, edition_on: date, region_code: str) -> None:
    for clock in move.starts:
        if has_clock(clock, edition_on, region_code=region_code):
            ticking.append(_Ticking(clock, on))


def _shown(clock: _Ticking, edition_on: date, region_code: str, today: date) -> RunningClock:
    deadline = due_on(
        clock.clock,
        clock.started_on,
        region_code=region_code,
        pauses=clock.pauses,
        extended=clock.is_extended,
        received_on=edition_on,
        today=today,
    )
    return RunningClock(
        clock.clock, clock.started_on, deadline, clock.stopped_on, tuple(clock.pauses), clock.is_extended
    )
