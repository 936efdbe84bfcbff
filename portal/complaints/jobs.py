"""What the passing of time does to cases: answers that did not come are counted."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.base.clock import day_of
from portal.complaints import actions, queries

COUNT_EVERY = timedelta(hours=1)
AT_A_TIME = 200


def count_silences(now: datetime) -> None:
    """Count the merchants' answers that were due before today and did not come."""
    for case in queries.cases_with_answer_due_before(day_of(now), AT_A_TIME):
        actions.note_silence(case, today=day_of(now))
