"""What the worker does for compensation: publish payments that are overdue."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.compensation import actions

MARK_EVERY = timedelta(hours=1)


def mark_overdue(now: datetime) -> None:
    """Publish what has become overdue since the last time."""
    actions.mark_overdue(now=now)
