"""Actions: have the worker write to the filer about a move, after the commit and at least once."""

from __future__ import annotations

from datetime import datetime

from portal.base import mail
from portal.base.jobs import enqueue
from portal.complaints.letters.words import is_written
from portal.complaints.models import Case, CaseEvent

SEND_NOTICE = "send_notice"


def is_written_to(case: Case) -> bool:
    """Say whether a case's filer gave an address and mail can be sent."""
    return mail.is_on() and bool(case.filing.email)


def queue_notice(event: CaseEvent, *, now: datetime) -> None:
    """Add the letter about a move to the transaction at hand, by its numbers alone; `event` has its id."""
    _queue(event.case, event, now)


def queue_first_notice(case: Case, *, now: datetime) -> None:
    """Add the letter about a filing that is not registered yet; registering brings its own."""
    _queue(case, None, now)


def _queue(case: Case, event: CaseEvent | None, now: datetime) -> None:
    if is_written_to(case) and is_written(case.track, event.move if event else None):
        numbers = {"case_id": case.id, "event_id": event.id if event else None}
        enqueue(SEND_NOTICE, numbers, run_at=now)
