"""Work that the passing of time calls for: pledges lapse, certificates end, breaches leave the window."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.base.clock import day_of
from portal.base.db import db
from portal.base.jobs import enqueue
from portal.merchants import queries
from portal.merchants.models import Merchant
from portal.merchants.standing import refresh_standing

# Often, so that a new day counts soon after midnight; a second run on one day finds nothing to do.
REFRESH_EVERY = timedelta(hours=1)
BATCH = 500


def refresh_all(now: datetime) -> None:
    """Put the merchants whose kept answer may have changed with the day in line, in batches."""
    due = queries.due_for_refresh(day_of(now))
    for start in range(0, len(due), BATCH):
        enqueue("refresh_standings", {"merchant_ids": due[start : start + BATCH]}, run_at=now)


def refresh_standings(merchant_ids: list[int], *, now: datetime) -> None:
    """Work out the standing of these merchants again."""
    for merchant_id in merchant_ids:
        merchant = db.session.get(Merchant, merchant_id)
        if merchant is not None:
            refresh_standing(merchant, today=day_of(now))
