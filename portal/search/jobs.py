"""What the worker does for search. Call it outside a unit of work: it holds no row, and may take a while."""

from __future__ import annotations

from datetime import datetime

from portal.search import queries


def catch_up(now: datetime) -> None:
    """Bring the index up to the table and tidy it."""
    queries.catch_up()
