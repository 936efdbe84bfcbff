"""Queries: what a form takes from the move it follows: its day, ground, article, office and last day."""

from __future__ import annotations

from datetime import date

from portal.accounts import queries as account_queries
from portal.complaints.models import Case, CaseEvent
from portal.complaints.official.due import DueForm, move_row
from portal.complaints.official.fields import Both, Field, Part, Value, boxes, field
from portal.complaints.official.words import OfficialForm
from portal.rules.complaint_flow import (
    EndingGround,
    Ground,
    MoveName,
    RefusalGround,
    article_of,
    ground_text,
)
from portal.rules.deadlines import Clock, due_on, has_clock
from portal.rules.messages import Message, say

# How a notice may be given (the note to the forms of April 2026).
WAYS_OF_TELLING = (
    say("over the internet"),
    say("by phone"),
    say("by text message"),
    say("by e-mail"),
    say("by letter"),
)


def event_of(due: DueForm) -> CaseEvent:
    """Return the move a notice follows; the registration forms follow none."""
    if due.event is None:
        raise LookupError(f"{due.form.value} follows no move")
    return due.event


def day_words(day: date | None) -> Message | None:
    """Return a day as it is printed."""
    return None if day is None else say("%(day_on)s", day_on=day)


def day_of_move(due: DueForm) -> Message | None:
    """Return the legal day of the move a notice follows."""
    return day_words(event_of(due).on)


def last_day(due: DueForm, clock: Clock) -> Message | None:
    """Return the last day of a clock the move began, as it was on the day of the move."""
    case, event = due.case, event_of(due)
    if not has_clock(clock, due.edition_on, region_code=case.region_code):
        return None
    found = due_on(clock, event.on, region_code=case.region_code, received_on=due.edition_on)
    if found.is_provisional:
        return say(
            "%(day_on)s (provisional: the holiday notice for that year is not out yet)", day_on=found.due_on
        )
    return day_words(found.due_on)


def ground_of(due: DueForm) -> Ground | None:
    """Return the ground that was given, or that the move itself implies, in the words of its edition."""
    event, row = event_of(due), move_row(due.case, event_of(due))
    known = {ground.value: ground for kind in (RefusalGround, EndingGround) for ground in kind}
    ground = known.get(event.ground or "") or (row.ground if row else None)
    return ground_text(ground, due.edition_on) if ground else None


def ground_words(ground: Ground | None) -> Value | None:
    """Return a ground's official wording."""
    return Both(ground.text, ground.text_en) if ground else None


def basis_field(due: DueForm, ground: Ground | None = None) -> Field:
    """Return the article a form stands on: the ground's, else the move's, in the edition of the case."""
    return field(say("Legal basis"), _article(due, ground))


def _article(due: DueForm, ground: Ground | None) -> Value | None:
    if ground:
        return Both(ground.source + ground.article, f"{ground.source_en}, {ground.article_en}")
    row = move_row(due.case, event_of(due))
    return Both(*article_of(row, due.edition_on)) if row and row.article else None


def issuing_office(due: DueForm) -> str | None:
    """Return the office that acted; None where later transfers hide it, and it is written in."""
    if due.form is OfficialForm.REFERRAL:
        return _sending_office(due.case)
    later = due.case.events[due.case.events.index(due.event) + 1 :] if due.event else ()
    if any(event.move is MoveName.TRANSFER for event in later):
        return None
    return office_name(due.case.region_code)


def office_name(region_code: str) -> str | None:
    """Return the name of the office nearest to a region."""
    office = account_queries.office_for(region_code)
    return office.name if office else None


def _sending_office(case: Case) -> str | None:
    """Return the office a case was first passed on by; after a second time, it is written in."""
    passed = [event for event in case.events if event.move is MoveName.TRANSFER]
    return office_name(case.filing.region_code) if len(passed) == 1 else None


def telling() -> Part:
    """Return the part in which the office notes how, when and by whom a notice was given."""
    ways = boxes(say("Way"), ((way, False) for way in WAYS_OF_TELLING))
    return Part(say("How it was told"), (ways, field(say("Told on")), field(say("Told by"))))
