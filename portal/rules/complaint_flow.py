"""The two tracks of Order 121: what may be done to a case now, and where it leads.

投诉 is mediated, 举报 is checked; the table of moves is `complaint_moves.MOVES`. Pages take their
buttons from `moves_open_to`, actions ask `next_state`, and the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache

from portal.rules.clocks import Clock
from portal.rules.complaint_moves import MOVES
from portal.rules.complaint_terms import (
    ORDER_121_FROM,
    Actor,
    EndingGround,
    Move,
    MoveName,
    Need,
    RefusalGround,
    State,
    Track,
)
from portal.rules.errors import MoveNotAllowed
from portal.rules.grounds import Ground, ending_grounds, ground_text, refusal_grounds
from portal.rules.history import (
    FlowEvent,
    RunningClock,
    next_due,
    projected_clocks,
    running_clocks,
    state_after,
)
from portal.rules.messages import Message, say

__all__ = [
    "MOVES",
    "ORDER_121_FROM",
    "Actor",
    "EndingGround",
    "FlowEvent",
    "Ground",
    "Move",
    "MoveName",
    "Need",
    "RefusalGround",
    "RunningClock",
    "State",
    "Track",
    "article_of",
    "diagram",
    "ending_grounds",
    "ground_text",
    "is_final",
    "move_for",
    "moves_open_to",
    "next_due",
    "next_state",
    "paused_in",
    "projected_clocks",
    "refusal_grounds",
    "running_clocks",
    "state_after",
    "states",
]


def moves_open_to(
    track: Track, state: State, actor: Actor, *, received_on: date | None = None
) -> tuple[Move, ...]:
    """Return the moves an actor may make from a state, under the rules of the day of receipt.

    Without `received_on` the case is not registered and the rules now in force are meant.
    """
    return tuple(
        move
        for move in MOVES
        if move.track is track
        and state in move.from_states
        and actor in move.actors
        and _is_in_force(move, received_on)
    )


def next_state(
    track: Track,
    state: State,
    move_name: MoveName,
    actor: Actor,
    *,
    given: Collection[Need],
    received_on: date | None,
) -> State:
    """Return the state a move leads to; raise MoveNotAllowed with the reason where it may not be made."""
    move = move_for(track, state, move_name, actor, received_on=received_on)
    missing = [need for need in Need if need in move.needs and need not in given]
    if missing:
        raise MoveNotAllowed(
            say("“%(move)s” still needs: %(needs)s.", move=move_name, needs=_listed(missing))
        )
    return move.to_state or state


def move_for(
    track: Track, state: State, move_name: MoveName, actor: Actor, *, received_on: date | None
) -> Move:
    """Return the row of the table for a move; raise MoveNotAllowed where there is none."""
    rows = [m for m in MOVES if m.track is track and m.name is move_name and state in m.from_states]
    if not rows:
        raise MoveNotAllowed(
            say("“%(move)s” is not possible while the case is “%(state)s”.", move=move_name, state=state)
        )
    rows = [m for m in rows if _is_in_force(m, received_on)]
    if not rows:
        raise MoveNotAllowed(
            say("“%(move)s” is not in the rules under which this case was received.", move=move_name)
        )
    found = next((m for m in rows if actor in m.actors), None)
    if found is None:
        raise MoveNotAllowed(
            say("“%(move)s” is not open to this role: %(actor)s.", move=move_name, actor=actor)
        )
    return found


@cache
def is_final(state: State) -> bool:
    """Say whether nothing more is expected of a case; a leader may still take some up again."""
    return not any(
        move.to_state not in (None, state) and not move.revives for move in MOVES if state in move.from_states
    )


@cache
def paused_in(track: Track, state: State) -> frozenset[Clock]:
    """Return the clocks that stand still while a case is in a state."""
    into = [move for move in MOVES if move.track is track and move.to_state is state]
    return frozenset(clock for move in into for clock in move.pauses)


@cache
def states(track: Track) -> tuple[State, ...]:
    """Return the states of a track, in the order of the enum."""
    met: set[State] = set()
    for move in MOVES:
        if move.track is track:
            met.update(move.from_states)
            met.update({move.to_state} if move.to_state else set())
    return tuple(state for state in State if state in met)


def article_of(move: Move, received_on: date | None) -> tuple[str, str]:
    """Return the article of a move, Chinese and English, in the edition of the day of receipt."""
    if move.article_before and received_on is not None and received_on < ORDER_121_FROM:
        return move.article_before, move.article_before_en
    return move.article, move.article_en


def diagram() -> str:
    """Draw both tracks as Mermaid state diagrams."""
    return "\n".join(_diagram_of(track) for track in Track)


def _diagram_of(track: Track) -> str:
    lines = [f"%% {track.value}", "stateDiagram-v2", "    [*] --> filed"]
    for move in MOVES:
        if move.track is not track:
            continue
        actors = ", ".join(actor.value for actor in Actor if actor in move.actors)
        for state in move.from_states:
            target = move.to_state or state
            lines.append(f"    {state.value} --> {target.value}: {move.name.value} ({actors})")
    lines += [f"    {state.value} --> [*]" for state in states(track) if is_final(state)]
    return "\n".join([*lines, ""])


def _is_in_force(move: Move, received_on: date | None) -> bool:
    if received_on is None:
        return move.effective_to is None
    began = move.effective_from is None or move.effective_from <= received_on
    return began and (move.effective_to is None or received_on <= move.effective_to)


def _listed(needs: Collection[Need]) -> Message:
    """Return a list of needs as one message."""
    first, *rest = needs
    if not rest:
        return say("%(need)s", need=first)
    return say("%(need)s; %(rest)s", need=first, rest=_listed(rest))
