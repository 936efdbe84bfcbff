"""What the worker does for records: sign the log, take expired records out of the search."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.base.clock import day_of
from portal.records import indexing, sealing

SIGN_EVERY = timedelta(seconds=30)
EXPIRE_EVERY = timedelta(hours=1)


def sign_checkpoint(*, origin: str, path: str, now: datetime) -> None:
    """Sign the log when something was added; `origin` and `path` are the settings' (factory)."""
    sealing.sign_checkpoint(origin=origin, path=path, now=now)


def expire(now: datetime) -> None:
    """Tidy the search; a record is hidden from its last day on, however late this runs."""
    indexing.expire(day_of(now))
