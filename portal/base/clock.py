"""The only place that reads the time; everything else is told it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """Return the civil day of a moment in Asia/Shanghai, where legal days are counted."""
    return moment.astimezone(SHANGHAI).date()


def today() -> date:
    """Return today's civil day in Asia/Shanghai."""
    return day_of(now())
