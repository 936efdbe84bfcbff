"""Queries: everything of one case, for the officer who decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.accounts import queries as account_queries
from portal.accounts.models import Office
from portal.base.clock import day_of
from portal.base.db import db
from portal.compensation import queries as compensation_queries
from portal.compensation.models import Claim
from portal.complaints import queries as complaint_queries
from portal.complaints.actions import clocks_of, owed_in, terms_in
from portal.complaints.following import asking
from portal.complaints.following.models import PartyRequest, Survey
from portal.complaints.models import Case, CaseEvent, CaseMessage, Finding
from portal.complaints.words import Request, RequestState, SurveyReason
from portal.desk.queries import names_of
from portal.merchants.models import PledgeVersion
from portal.rules.compensation import Owed
from portal.rules.complaint_flow import EndingGround, RefusalGround, RunningClock, projected_clocks
from portal.rules.deadlines import CountedDay, Lateness, days_left, explain, lateness
from portal.rules.messages import Message, say
from portal.rules.metrology import Judgement, judgement_from_snapshot
from portal.rules.pledge import headline

# The filer reads another sentence.
QUESTION_WORDS = {RequestState.OPEN: say("Waiting for the filer")}


@dataclass(frozen=True)
class ClockRow:
    """One clock of a case; on a stopped one `lateness` says whether the thing was done in time."""

    running: RunningClock
    lateness: Lateness
    days_left_count: int
    counted: tuple[CountedDay, ...]


@dataclass(frozen=True)
class FindingRow:
    """A finding with its verdict rebuilt from the rule as it then stood."""

    finding: Finding
    judgement: Judgement


@dataclass(frozen=True)
class EventRow:
    """One move in the history; `took_effect_on` where that was another day than the day of typing."""

    event: CaseEvent
    ground: RefusalGround | EndingGround | None
    took_effect_on: date | None


@dataclass(frozen=True)
class QuestionRow:
    """A question to the filer and how it stands today."""

    request: PartyRequest
    state: RequestState
    words: Message


@dataclass(frozen=True)
class SurveyRow:
    """What the filer said after an end, with its reasons."""

    survey: Survey
    reasons: tuple[SurveyReason, ...]


@dataclass(frozen=True)
class CaseFile:
    """Everything of one case; `names` holds those who worked on it."""

    case: Case
    events: tuple[EventRow, ...]
    requests: tuple[Request, ...]
    office: Office | None
    clocks: tuple[ClockRow, ...]
    is_projected: bool
    told: Judgement | None
    findings: tuple[FindingRow, ...]
    pledge: PledgeVersion | None
    headline: Message | None
    owed: Owed
    claim: Claim | None
    others: tuple[Case, ...]
    messages: tuple[CaseMessage, ...]
    questions: tuple[QuestionRow, ...]
    surveys: tuple[SurveyRow, ...]
    names: Mapping[int, str]


def case_file(case: Case, *, today: date) -> CaseFile:
    """Gather what an officer needs to decide a case."""
    filing = case.filing
    messages = tuple(complaint_queries.messages_of(case.id))
    worked = [
        case.officer_id,
        filing.typed_by_id,
        *(e.user_id for e in case.events),
        *(m.user_id for m in messages),
    ]
    version_id = filing.pledge_version_id
    terms = terms_in(case)
    return CaseFile(
        case=case,
        events=tuple(_event_row(event) for event in case.events),
        requests=requests_of(case),
        office=account_queries.office_for(case.region_code),
        clocks=_clock_rows(case, today),
        is_projected=case.received_on is None,
        told=judgement_from_snapshot(filing.judgement) if filing.judgement else None,
        findings=tuple(FindingRow(f, judgement_from_snapshot(f.snapshot)) for f in case.findings),
        pledge=db.session.get(PledgeVersion, version_id) if version_id else None,
        headline=headline(terms) if terms else None,
        owed=owed_in(case),
        claim=compensation_queries.claim_by_number(case.claim_number) if case.claim_number else None,
        others=tuple(other for other in filing.cases if other.id != case.id),
        messages=messages,
        questions=tuple(_question_row(case, request, today) for request in case.party_requests),
        surveys=tuple(_survey_row(survey) for survey in case.surveys),
        names=names_of(
            [*worked, *(f.found_by_id for f in case.findings), *(s.answered_by_id for s in case.surveys)]
        ),
    )


def _question_row(case: Case, request: PartyRequest, today: date) -> QuestionRow:
    state = asking.state_of(case, request, today=today)
    return QuestionRow(request, state, QUESTION_WORDS.get(state, say("%(state)s", state=state)))


def requests_of(case: Case) -> tuple[Request, ...]:
    """Return what the filer asks for."""
    return tuple(request for request in Request if request.value in case.filing.requests)


def _survey_row(survey: Survey) -> SurveyRow:
    return SurveyRow(survey, tuple(reason for reason in SurveyReason if reason.value in survey.reasons))


def _event_row(event: CaseEvent) -> EventRow:
    known = {ground.value: ground for kind in (RefusalGround, EndingGround) for ground in kind}
    return EventRow(
        event=event,
        ground=known.get(event.ground) if event.ground else None,
        took_effect_on=event.on if event.on != day_of(event.at) else None,
    )


def _clock_rows(case: Case, today: date) -> tuple[ClockRow, ...]:
    """Return the clocks of a case; before it is registered, those that would run."""
    if case.received_on is None and case.is_open:
        filed_on = day_of(case.filed_at)
        projected = projected_clocks(case.track, filed_on, case.region_code, today)
        return tuple(_clock_row(clock, case, filed_on, today) for clock in projected)
    edition_on = case.received_on or (case.events[0].on if case.events else today)
    return tuple(_clock_row(clock, case, edition_on, today) for clock in clocks_of(case, today=today))


def _clock_row(running: RunningClock, case: Case, edition_on: date, today: date) -> ClockRow:
    seen_on = running.stopped_on or today
    counted = explain(
        running.clock,
        running.started_on,
        region_code=case.region_code,
        pauses=running.pauses,
        extended=running.is_extended,
        received_on=edition_on,
        today=today,
    )
    return ClockRow(
        running, lateness(running.deadline, seen_on), days_left(running.deadline, seen_on), counted
    )
