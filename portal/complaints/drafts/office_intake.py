"""Actions: a draft that an office types: told by phone, on paper, in person, or a 12315 ticket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints.drafts.drafting import answers_of, begin_draft, require_unsent
from portal.complaints.models import Draft
from portal.complaints.registering import OfficialNumberTaken, holder_of
from portal.rules.errors import InputRefused
from portal.rules.intake_terms import Channel, Step
from portal.rules.messages import say

# How people come to an office; a ticket has a page of its own.
BY_PERSON = (Channel.PHONE, Channel.WALK_IN, Channel.PAPER)
TICKET = "ticket"


@dataclass(frozen=True)
class Ticket:
    """A 12315 ticket: its official number, the day 12315 received it, and its text."""

    official_number: str
    received_on: date
    text: str


def begin_for(submission_id: str, channel: Channel, *, typed_by_id: int, now: datetime) -> Draft:
    """Return the draft of somebody who cannot type it, marked with how they came and who types."""
    if channel not in BY_PERSON:
        raise InputRefused(say("Please say how the person came to you."))
    return begin_draft(submission_id, channel=channel, typed_by_id=typed_by_id, now=now)


def begin_ticket(submission_id: str, ticket: Ticket, *, typed_by_id: int, now: datetime) -> Draft:
    """Return the draft of a 12315 ticket; OfficialNumberTaken where a case has its number already.

    Sending it registers its cases at once with the ticket's number and day.
    """
    if ticket.received_on > day_of(now):
        raise InputRefused(say("The day %(on)s is still to come.", on=ticket.received_on))
    if holder_of(ticket.official_number) is not None:
        raise OfficialNumberTaken(ticket.official_number)
    draft = begin_draft(submission_id, channel=Channel.TICKET_12315, typed_by_id=typed_by_id, now=now)
    require_unsent(draft)
    answers = answers_of(draft)
    answers[TICKET] = {
        "official_number": ticket.official_number.strip(),
        "received_on": ticket.received_on.isoformat(),
        "text": ticket.text,
    }
    answers.setdefault(Step.WHAT.value, {"narrative": ticket.text})
    draft.answers = json.dumps(answers, ensure_ascii=False)
    return draft


def ticket_of(draft: Draft) -> Ticket | None:
    """Return the ticket a draft was begun from, or None."""
    kept = answers_of(draft).get(TICKET)
    if not kept:
        return None
    return Ticket(kept["official_number"], date.fromisoformat(kept["received_on"]), kept["text"])


def drafts_typed_by(user_id: int) -> list[Draft]:
    """Return the unsent drafts that a person of the office types, newest first."""
    query = select(Draft).where(Draft.typed_by_id == user_id, Draft.sent_to.is_(None))
    return list(db.session.scalars(query.order_by(Draft.changed_at.desc()).limit(50)))


def draft_typed_by(user_id: int, number: str) -> Draft | None:
    """Return one unsent draft that a person of the office types, or None."""
    query = select(Draft).where(Draft.number == number, Draft.typed_by_id == user_id)
    return db.session.scalar(query.where(Draft.sent_to.is_(None)))
