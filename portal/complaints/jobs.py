"""What time does to cases: silence is counted, and taken for receipt; a paused clock's day moves on."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.base.clock import day_of
from portal.complaints import actions, forgetting, queries
from portal.complaints.following import asking

COUNT_EVERY = timedelta(hours=1)
PRESUME_EVERY = timedelta(hours=1)
REFRESH_EVERY = timedelta(hours=1)  # so that a new day is known early in its night
LAPSE_EVERY = timedelta(hours=1)
FORGET_EVERY = timedelta(hours=1)
AT_A_TIME = 200


def count_silences(now: datetime) -> None:
    """Count the merchants' answers that were due before today and did not come."""
    for case in queries.cases_with_answer_due_before(day_of(now), AT_A_TIME):
        actions.note_silence(case, today=day_of(now))


def presume_receipts(now: datetime) -> None:
    """Close the cases whose complainant let the time pass to say whether the money came."""
    for case in queries.cases_said_to_be_paid(AT_A_TIME):
        if actions.is_receipt_presumed(case, today=day_of(now)):
            actions.presume_performed(case, now=now)


def refresh_clocks(now: datetime) -> None:
    """Keep the due days true that shift from day to day, for the queue to sort by."""
    for case in queries.cases_whose_clock_may_shift():
        actions.refresh_clock(case, today=day_of(now))


def forget_filers(now: datetime) -> None:
    """Delete the photos and the filers whose time is over."""
    forgetting.forget_filers(now=now)


def lapse_requests(now: datetime) -> None:
    """Note in the history that a question's day passed without an answer."""
    asking.lapse(now=now, today=day_of(now))
