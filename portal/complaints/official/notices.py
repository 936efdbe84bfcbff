"""Queries: what stands on the notices to one side: forms 3 to 6, and 10.

Nothing official was found of them but their titles, so they hold fields only: what the history
says, the article, and lines to write on.
"""

from __future__ import annotations

from collections.abc import Iterator

from portal.complaints.models import Case
from portal.complaints.official.due import DueForm
from portal.complaints.official.fields import Field, Part, Value, boxes, field
from portal.complaints.official.history import (
    basis_field,
    day_of_move,
    day_words,
    event_of,
    ground_of,
    ground_words,
    last_day,
    office_name,
)
from portal.complaints.official.registers import other_side, requests_field
from portal.complaints.official.words import OfficialForm
from portal.rules.complaint_flow import MoveName, Track
from portal.rules.deadlines import Clock
from portal.rules.messages import say

REGISTER_OF = {
    Track.MEDIATION: OfficialForm.COMPLAINT_REGISTER,
    Track.REPORT: OfficialForm.REPORT_REGISTER,
}


def referral(due: DueForm) -> tuple[Part, ...]:
    """Return the parts of form 3; who filed stands on the enclosed registration form alone."""
    case = due.case
    is_complaint = case.track is Track.MEDIATION
    fields = (
        field(say("Passed on to"), office_name(case.region_code)),
        boxes(say("Kind"), ((say("complaint"), is_complaint), (say("report"), not is_complaint))),
        field(other_side(case), case.respondent),
        field(say("Received by the authority"), day_words(case.received_on)),
        field(say("Passed on"), day_of_move(due)),
        field(say("Why it is passed on"), event_of(due).reason, lines_count=2),
        field(say("Enclosed"), *_enclosed(case)),
        basis_field(due),
    )
    return (Part(None, fields),)


def identity(due: DueForm) -> tuple[Part, ...]:
    """Return the parts of form 4: what was asked, and by when, as the question itself says."""
    case, event = due.case, event_of(due)
    asked = next((one for one in case.party_requests if one.event_id == event.id), None)
    fields = (
        field(other_side(case), case.respondent),
        field(say("What is asked for"), asked.question if asked else event.reason, lines_count=2),
        field(say("Asked on"), day_of_move(due)),
        field(
            say("To be given by"), day_words(asked.due_on) if asked else last_day(due, Clock.ANSWER_REQUEST)
        ),
        basis_field(due),
    )
    return (Part(None, fields),)


def acceptance(due: DueForm) -> tuple[Part, ...]:
    """Return the parts of form 5."""
    fields = (
        field(say("What was decided"), say("The complaint is accepted")),
        field(say("Decided on"), day_of_move(due)),
        *_matter(due.case),
        requests_field(due.case.filing),
        field(say("Last day of mediation, time of testing not counted"), last_day(due, Clock.MEDIATE)),
        basis_field(due),
    )
    return (Part(None, fields),)


def refusal(due: DueForm) -> tuple[Part, ...]:
    """Return the parts of form 6: the ground in the words of its edition, and the office's reason."""
    ground = ground_of(due)
    fields = (
        field(say("What was decided"), say("The complaint is not accepted")),
        field(say("Decided on"), day_of_move(due)),
        *_matter(due.case),
        field(say("Ground"), ground_words(ground), lines_count=2),
        field(say("The office's reason"), event_of(due).reason, lines_count=3),
        basis_field(due, ground),
    )
    return (Part(None, fields),)


def report_result(due: DueForm) -> tuple[Part, ...]:
    """Return the parts of form 10; the office's notes are its own, what else is told is written in."""
    event = event_of(due)
    later = due.events[due.events.index(event) + 1 :]
    decided = [one.on for one in later if one.move is MoveName.DECIDE_CASE]
    is_opened = event.move is MoveName.OPEN_CASE
    decision = ((say("A case is opened"), is_opened), (say("No case is opened"), not is_opened))
    fields = (
        *_matter(due.case),
        boxes(say("What was decided"), decision),
        field(say("Decided on"), day_of_move(due)),
        *((field(say("The case was decided on"), day_words(decided[-1])),) if decided else ()),
        field(say("What else the reporter is told"), lines_count=4),
        basis_field(due),
    )
    return (Part(None, fields),)


def _matter(case: Case) -> Iterator[Field]:
    """Say what it is about, in as many words as the filer needs to know it again."""
    yield field(other_side(case), case.respondent)
    yield field(say("What was bought"), case.filing.goods or say("%(kind)s", kind=case.filing.kind))
    yield field(say("Bought on"), day_words(case.filing.bought_on))
    yield field(say("Received by the authority"), day_words(case.received_on))


def _enclosed(case: Case) -> Iterator[Value]:
    yield say("%(form)s", form=REGISTER_OF[case.track])
    if case.filing.evidence:
        yield say("Evidence: %(file_count)s files", file_count=len(case.filing.evidence))
