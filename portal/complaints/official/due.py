"""Queries: when each of the ten official forms is due in a case, and who is given a copy.

No form of a 举报 has a copy for the merchant (Order 121 Art. 37). The filer opens what was made
from the filer's own words and what the office has told the filer; the desk opens the rest too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.base.clock import day_of
from portal.complaints.models import Case, CaseEvent
from portal.complaints.official.words import Holder, OfficialForm
from portal.rules.complaint_flow import MOVES, ORDER_121_FROM, Move, MoveName, Track
from portal.rules.deadlines import Clock
from portal.rules.messages import Message, say

# What the office's words name when proof of identity is asked for, and not something else.
IDENTITY_WORDS = ("身份", "identity")

FILE = (Holder.FILE,)
FILER = (Holder.FILER, Holder.FILE)
OFFICES = (Holder.OFFICE, Holder.FILE)
BOTH_SIDES = (Holder.FILER, Holder.MERCHANT, Holder.FILE)
MEDIATION, REPORT = (Track.MEDIATION,), (Track.REPORT,)


@dataclass(frozen=True)
class FormRule:
    """When a form is due: in a track, once one of its moves was made; without moves, from the start.

    `missing` says what has to happen first. `first_received_on`: the rules before that day know no
    such notice. Only the fields of a form with `is_known` were found in an official text.
    """

    tracks: tuple[Track, ...]
    holders: tuple[Holder, ...]
    moves: tuple[MoveName, ...] = ()
    missing: Message | None = None
    first_received_on: date | None = None
    is_known: bool = False


F, M = OfficialForm, MoveName
RULES: Mapping[OfficialForm, FormRule] = {
    F.COMPLAINT_REGISTER: FormRule(MEDIATION, FILE, is_known=True),
    F.REPORT_REGISTER: FormRule(REPORT, FILE),
    F.REFERRAL: FormRule(
        MEDIATION + REPORT, OFFICES, (M.TRANSFER,), say("The case has not been passed to another office.")
    ),
    F.IDENTITY: FormRule(
        MEDIATION,
        FILER,
        (M.ASK_PARTY,),
        say("Nobody has asked for proof of identity yet. Ask for it in the case, and name it in the words."),
        first_received_on=ORDER_121_FROM,
    ),
    F.ACCEPTANCE: FormRule(MEDIATION, FILER, (M.ACCEPT,), say("The complaint has not been accepted.")),
    F.REFUSAL: FormRule(
        MEDIATION, FILER, (M.REFUSE,), say("It has not been decided that the complaint is not accepted.")
    ),
    F.MEDIATION: FormRule(
        MEDIATION, BOTH_SIDES, (M.BEGIN_MEDIATION,), say("Mediation has not begun; both sides agree first.")
    ),
    F.ENDING: FormRule(
        MEDIATION,
        BOTH_SIDES,
        (M.END_MEDIATION, M.WITHDRAW, M.ACCEPT_OFFER),
        say("Mediation has not been ended, and no accepted complaint was withdrawn or settled between both."),
    ),
    F.AGREEMENT: FormRule(
        MEDIATION, BOTH_SIDES, (M.SETTLE,), say("No agreement reached in mediation has been recorded.")
    ),
    F.REPORT_RESULT: FormRule(
        REPORT,
        FILER,
        (M.OPEN_CASE, M.DO_NOT_OPEN),
        say("It has not been decided whether a case is opened."),
    ),
}
NOT_IN_THESE_RULES = say("The rules under which this case was received know no such notice.")


@dataclass(frozen=True)
class DueForm:
    """A form that may be printed: the move it follows from, and the history it may tell of."""

    form: OfficialForm
    case: Case
    event: CaseEvent | None
    events: tuple[CaseEvent, ...]

    @property
    def rule(self) -> FormRule:
        """When it is due and who is given a copy."""
        return RULES[self.form]

    @property
    def edition_on(self) -> date:
        """The day whose edition of the rules holds for the case."""
        return edition_of(self.case)


@dataclass(frozen=True)
class FormRow:
    """One line of a list of forms; `missing` says why it is not due yet."""

    form: OfficialForm
    missing: Message | None


def forms_for_filer(case: Case) -> tuple[FormRow, ...]:
    """Return the forms the filer may open now."""
    return tuple(FormRow(form, None) for form in OfficialForm if due_for_filer(case, form))


def forms_at_desk(case: Case) -> tuple[FormRow, ...]:
    """Return every form of the case's track, with what is still missing."""
    forms = (form for form in OfficialForm if case.track in RULES[form].tracks)
    return tuple(FormRow(form, missing_for(case, form)) for form in forms)


def missing_for(case: Case, form: OfficialForm) -> Message | None:
    """Return what has to happen before the desk can print a form of the case's track, or None."""
    rule = RULES[form]
    if rule.first_received_on and edition_of(case) < rule.first_received_on:
        return NOT_IN_THESE_RULES
    return rule.missing if rule.moves and _move_behind(form, tuple(case.events)) is None else None


def due_at_desk(case: Case, form: OfficialForm) -> DueForm | None:
    """Return a form for the desk to print; None in the other track, or while something is missing."""
    if case.track not in RULES[form].tracks or missing_for(case, form) is not None:
        return None
    return _due(case, form, tuple(case.events))


def due_for_filer(case: Case, form: OfficialForm) -> DueForm | None:
    """Return a form for the filer to print, or None.

    Of a 举报's result the filer learns what the history says was told, and nothing after it.
    """
    if not may_filer_hold(form) or due_at_desk(case, form) is None:
        return None
    events = _told(case) if form is OfficialForm.REPORT_RESULT else tuple(case.events)
    due = _due(case, form, events)
    return None if due.rule.moves and due.event is None else due


def may_filer_hold(form: OfficialForm) -> bool:
    """Say whether a form is the filer's: of the filer's own words, or addressed to the filer."""
    is_own = form in {OfficialForm.COMPLAINT_REGISTER, OfficialForm.REPORT_REGISTER}
    return is_own or Holder.FILER in RULES[form].holders


def edition_of(case: Case) -> date:
    """Return the day of receipt, or of filing while there is none."""
    return case.received_on or day_of(case.filed_at)


def move_row(case: Case, event: CaseEvent) -> Move | None:
    """Return the row of the table of moves that a move in the history was made under."""
    for move in MOVES:
        if move.track is case.track and move.name is event.move and event.from_state in move.from_states:
            return move
    return None


def _due(case: Case, form: OfficialForm, events: tuple[CaseEvent, ...]) -> DueForm:
    return DueForm(form, case, _move_behind(form, events), events)


def _move_behind(form: OfficialForm, events: tuple[CaseEvent, ...]) -> CaseEvent | None:
    """Return the last move a form follows from."""
    found = [event for event in events if event.move in RULES[form].moves and _fits(form, event)]
    return found[-1] if found else None


def _fits(form: OfficialForm, event: CaseEvent) -> bool:
    if form is OfficialForm.IDENTITY:
        return any(word in (event.reason or "").casefold() for word in IDENTITY_WORDS)
    if form is OfficialForm.ENDING:
        # Before acceptance there is no mediation to end, and nobody to be told that it did.
        row = move_row(event.case, event)
        return row is not None and Clock.TELL_MEDIATION_ENDED in row.starts
    return True


def _told(case: Case) -> tuple[CaseEvent, ...]:
    """Return the history up to the last time the reporter was told; empty while that has not been."""
    told = [no for no, event in enumerate(case.events) if event.move is MoveName.TELL_REPORTER]
    return tuple(case.events[: told[-1] + 1]) if told else ()
