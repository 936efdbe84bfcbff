"""How an index follows the table: by growing sequence, and anew when it cannot be trusted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from portal.search.engine import Engine, Entry, IndexState

BATCH = 500


class Table(Protocol):
    """The committed rows, read in one transaction of its own."""

    def state(self) -> IndexState | None:
        """Return the identity of the database and the last sequence, or None before the first document."""

    def changes_after(self, sequence: int, limit: int) -> Sequence[Entry]:
        """Return the next versions in growing order of sequence."""

    def fingerprint(self, until: int) -> tuple[int, int]:
        """Return the number of rows up to a sequence and the sum as Engine.fingerprint makes it."""


OpenTable = Callable[[], AbstractContextManager[Table]]


def catch_up(engine: Engine, open_table: OpenTable, *, wait_seconds: float, work_seconds: float) -> bool:
    """Bring the index up to the table; tell whether it is.

    Somebody else's writing is waited for, then left alone. After `work_seconds` the
    rest stays for the next call, so that a reader never waits for a whole index.
    """
    with engine.writing(wait_seconds) as is_held:
        if not is_held:
            engine.reload()
            return False
        until = time.monotonic() + work_seconds
        with open_table() as table:
            state = table.state()
            if state is None:
                return True
            _begin_where_needed(engine, state)
            if not _add_changes(engine, table, until):
                return False
            if _is_same(engine, table):
                return True
            engine.begin(state.identity)
            return _add_changes(engine, table, until)


def rebuild(
    engine: Engine, open_table: OpenTable, *, wait_seconds: float, progress: Callable[[int], None]
) -> bool:
    """Fill a new index beside the old one and put it in its place; tell whether the lock was to be had."""
    with engine.writing(wait_seconds) as is_held:
        if not is_held:
            return False
        with open_table() as table:
            state = table.state()
            if state is not None:
                engine.replace(state.identity, _all_entries(table, progress))
        return True


def _begin_where_needed(engine: Engine, state: IndexState) -> None:
    held = engine.reload()
    if held is None or held.identity != state.identity:
        engine.begin(state.identity)


def _add_changes(engine: Engine, table: Table, until: float) -> bool:
    while True:
        held = engine.state()
        changes = table.changes_after(held.cursor if held else 0, BATCH)
        if not changes:
            return True
        engine.add(changes)
        if time.monotonic() > until:
            return False


def _is_same(engine: Engine, table: Table) -> bool:
    """Compare index and table; a database put back from a backup shows here, written on or not."""
    state, held = table.state(), engine.state()
    if held is None:
        return False
    is_same = engine.fingerprint() == table.fingerprint(held.cursor)
    # Where rows changed meanwhile the comparison says nothing; the next call compares again.
    return is_same or table.state() != state


def _all_entries(table: Table, progress: Callable[[int], None]):  # type: ignore[no-untyped-def]
    cursor = 0
    while changes := table.changes_after(cursor, BATCH):
        yield from changes
        cursor = changes[-1].sequence
        progress(len(changes))
