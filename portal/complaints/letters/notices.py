"""Actions: the letter a filer gets about a move; what an officer is shown beforehand is the same text.

A letter says what happened, what comes next, by which day and under which article, and where to read
on. It never holds the receipt code, the narrative, or anything the filer is known by, nor the merchant
or an amount: it passes through other people's machines. It is written anew from the history each time,
as things stood with that move, so a letter that waited says what one sent at once had said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.base import crypto, labels, mail
from portal.base.clock import day_of
from portal.base.db import db
from portal.base.labels import render
from portal.complaints.following import asking
from portal.complaints.letters.paragraphs import Turn, Writer, may_be_told, paragraphs
from portal.complaints.letters.words import SUBJECT
from portal.complaints.models import Case, CaseEvent
from portal.rules.complaint_flow import (
    Actor,
    EndingGround,
    FlowEvent,
    MoveName,
    RefusalGround,
    State,
    move_for,
)

FOLLOW_PATH = "/complaints/follow"
ANSWER_PATH = "/complaints/requests/"
REGISTERS = {MoveName.REGISTER, MoveName.REGISTER_CLUE}


@dataclass(frozen=True)
class Notice:
    """A letter's subject and text."""

    subject: str
    text: str


def notice_for(
    case: Case,
    name: MoveName,
    *,
    actor: Actor,
    on: date,
    ground: RefusalGround | EndingGround | None = None,
    reason: str = "",
    language: str = "",
) -> Notice | None:
    """Return the letter a move would bring if it were made on a day, or None where it brings none.

    Raise MoveNotAllowed where the move is not open, MailFailed where no mail can be sent. The
    language is the filer's own unless another is named. A question's address is made when it is
    asked; words stand in its place.
    """
    received_on = on if name in REGISTERS else case.received_on
    row = move_for(case.track, case.state, name, actor, received_on=received_on)
    turn = Turn(
        case=case,
        name=name,
        actor=actor,
        from_state=case.state,
        to_state=row.to_state or case.state,
        on=on,
        received_on=received_on,
        history=(*_flow(case.events), FlowEvent(name, on)),
        ground=ground,
        reason=reason,
    )
    return _written(turn, language or case.filing.language)


def notice_of(event: CaseEvent, *, language: str = "") -> Notice | None:
    """Return the letter about a move that was made, as things stood then, or None where it brings none."""
    case = event.case
    before = [earlier for earlier in case.events if earlier.id <= event.id]
    is_registered = any(earlier.move in REGISTERS for earlier in before)
    turn = Turn(
        case=case,
        name=event.move,
        actor=event.actor,
        from_state=event.from_state or State.FILED,
        to_state=event.to_state,
        on=event.on,
        received_on=case.received_on if is_registered else None,
        history=_flow(before),
        ground=_ground(event),
        reason=event.reason or "",
    )
    return _written(turn, language or case.filing.language, asking.token_of(event))


def first_notice(case: Case, *, language: str = "") -> Notice | None:
    """Return the letter about a filing that nobody has registered yet."""
    turn = Turn(
        case=case,
        name=None,
        actor=Actor.COMPLAINANT,
        from_state=State.FILED,
        to_state=State.FILED,
        on=day_of(case.filed_at),
        received_on=None,
        history=(),
    )
    return _written(turn, language or case.filing.language)


def letter_of(case_id: int, event_id: int | None, now: datetime) -> mail.Letter | None:
    """Return the letter the worker sends now; None where the filer has no address any more."""
    case = db.session.get(Case, case_id)
    if case is None or not case.filing.email:
        return None
    event = db.session.get_one(CaseEvent, event_id) if event_id else None
    notice = notice_of(event) if event else first_notice(case)
    if notice is None:
        return None
    return mail.Letter(
        to=case.filing.email,
        subject=notice.subject,
        text=notice.text,
        # The same each time: sent twice after a crash, most mail systems show it once.
        key=crypto.keyed_hash("notice", f"{case_id}:{event_id}")[:32],
        written_at=now,
        language=case.filing.language.replace("_", "-"),
    )


def _flow(events: list[CaseEvent]) -> tuple[FlowEvent, ...]:
    return tuple(FlowEvent(event.move, event.on, event.counts_from_on) for event in events)


def _ground(event: CaseEvent) -> RefusalGround | EndingGround | None:
    if event.ground is None:
        return None
    return RefusalGround(event.ground) if event.move is MoveName.REFUSE else EndingGround(event.ground)


def _written(turn: Turn, language: str, token: str | None = None) -> Notice | None:
    if not may_be_told(turn):
        return None
    is_english = language == "en"
    public_url, query = mail.settings_in_use().public_url, "?lang=en" if is_english else ""
    writer = Writer(
        follow_url=f"{public_url}{FOLLOW_PATH}{query}",
        answer_url=f"{public_url}{ANSWER_PATH}{token}{query}" if token else None,
        is_english=is_english,
    )
    with labels.in_language(language):
        return Notice(render(SUBJECT), "\n\n".join(paragraphs(turn, writer)) + "\n")
