"""Actions: what the filer says after the end; some reasons ask that the case be taken up again.

A leader decides on that: the law gives a finished case nobody else's hand (`REOPEN` in the table of
moves). What is said here is never public and never shown to the merchant.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from portal.base.db import db
from portal.complaints.following.models import Survey
from portal.complaints.following.reading import is_hidden
from portal.complaints.models import Case
from portal.complaints.words import SurveyReason, SurveyTopic
from portal.rules.complaint_flow import Actor, MoveName, moves_open_to
from portal.rules.errors import MoveNotAllowed
from portal.rules.messages import say

R, T = SurveyReason, SurveyTopic
# By topic, those of the satisfied and of the others apart.
SATISFIED: dict[SurveyTopic, tuple[SurveyReason, ...]] = {
    T.OUTCOME: (R.FAIR, R.MADE_GOOD),
    T.FACTS: (R.LOOKED_INTO,),
    T.TIME: (R.QUICK, R.KEPT_INFORMED),
    T.TREATMENT: (R.KIND,),
}
DISSATISFIED: dict[SurveyTopic, tuple[SurveyReason, ...]] = {
    T.OUTCOME: (R.TOO_LITTLE, R.NOT_CARRIED_OUT),
    T.FACTS: (R.NOT_LOOKED_INTO, R.WRONG_FACTS, R.NEW_EVIDENCE, R.HAPPENED_AGAIN),
    T.TIME: (R.TOO_SLOW, R.NO_NEWS),
    T.TREATMENT: (R.NOT_HEARD, R.PRESSED, R.UNCLEAR),
}
# That something is still wrong with the case itself; slowness is no reason to take it up again.
ASK_AGAIN = frozenset({R.NOT_CARRIED_OUT, R.NOT_LOOKED_INTO, R.WRONG_FACTS, R.NEW_EVIDENCE, R.PRESSED})


def reasons_for(*, is_satisfied: bool) -> dict[SurveyTopic, tuple[SurveyReason, ...]]:
    """Return the reasons to choose from, by topic."""
    return SATISFIED if is_satisfied else DISSATISFIED


def survey_due(case: Case) -> bool:
    """Say whether the filer may still say how it ended: once for each end."""
    if case.is_open or case.closed_on is None:
        return False
    return all(survey.closed_on != case.closed_on for survey in case.surveys)


def may_ask_again(case: Case) -> bool:
    """Say whether some reasons ask a leader to take the case up again.

    A reporter may ask it after every end: whether it can be done would tell what was decided
    (Order 121 Art. 36).
    """
    if is_hidden(case.track, case.state):
        return True
    moves = moves_open_to(case.track, case.state, Actor.LEADER, received_on=case.received_on)
    return any(move.name is MoveName.REOPEN for move in moves)


def answer_survey(
    case: Case, *, is_satisfied: bool, reasons: Collection[SurveyReason], words: str, now: datetime
) -> Survey:
    """Keep what the filer says of the end; MoveNotAllowed where it was said before or nothing has ended."""
    if not survey_due(case) or case.closed_on is None:
        raise MoveNotAllowed(say("You have said this already, or the case is open again."))
    offered = [reason for row in reasons_for(is_satisfied=is_satisfied).values() for reason in row]
    chosen = [reason for reason in offered if reason in reasons]
    wants_reopening = may_ask_again(case) and any(reason in ASK_AGAIN for reason in chosen)
    survey = Survey(
        closed_on=case.closed_on,
        is_satisfied=is_satisfied,
        reasons=[reason.value for reason in chosen],
        words=words or None,
        wants_reopening=wants_reopening,
        at=now,
    )
    case.surveys.append(survey)
    case.wants_reopening = case.wants_reopening or wants_reopening
    db.session.flush()
    return survey


def leave_closed(case: Case, answer: str, *, user_id: int, now: datetime) -> None:
    """Answer a filer who asked for a case to be taken up again: it stays closed, and why.

    The answer stands beside the survey and nowhere else: a message would be read by the merchant.
    Raises MoveNotAllowed where nothing is asked.
    """
    asked = [survey for survey in case.surveys if survey.wants_reopening and survey.answered_at is None]
    if not case.wants_reopening or not asked:
        raise MoveNotAllowed(say("Nobody asks any more for this case to be taken up again."))
    asked[-1].answer, asked[-1].answered_by_id, asked[-1].answered_at = answer, user_id, now
    case.wants_reopening = False
    db.session.flush()
