"""Actions: the filer's one answer to a question of the office."""

from __future__ import annotations

from datetime import datetime

from portal.base.clock import day_of
from portal.complaints.following.asking import state_of
from portal.complaints.following.models import PartyRequest
from portal.complaints.models import Case
from portal.complaints.moving import move, write_message
from portal.complaints.words import RequestState
from portal.rules.complaint_flow import Actor, MoveName
from portal.rules.errors import MoveNotAllowed
from portal.rules.messages import say


def answer_request(case: Case, request: PartyRequest, text: str, *, now: datetime) -> None:
    """Add the answer to the case and stop the clock; MoveNotAllowed where the question no longer waits."""
    if state_of(case, request, today=day_of(now)) is not RequestState.OPEN:
        raise MoveNotAllowed(say("This question no longer waits for an answer."))
    write_message(case, text, actor=Actor.COMPLAINANT, user_id=None, now=now)
    # The move answers every question still open: they share one clock.
    move(case, MoveName.ADD_MATERIAL, actor=Actor.COMPLAINANT, now=now)
    request.answered_at = now
