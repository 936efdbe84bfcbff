"""Put documents where search finds them and take them out again, in the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from portal.base.db import db
from portal.search.models import SearchCounter, SearchDocument

COUNTER_ID = 1
LOT_SIZE = 2**20


def put_document(
    kind: str,
    key: str,
    *,
    name: str,
    place: str,
    text: str,
    facets: Mapping[str, Any],
    visible_until: date | None = None,
) -> None:
    """Add or replace a document; it can be found until the end of `visible_until`.

    A facet is a string, an integer or a list of them (a region: province, city and
    county). The facet `date` is an integer, larger is newer, used for sorting only.
    """
    wanted = {
        "name": name,
        "place": place,
        "text": text,
        "facets": _plain_facets(facets),
        "visible_until": visible_until,
        "is_removed": False,
    }
    row = db.session.get(SearchDocument, (kind, key))
    if row is not None and all(getattr(row, column) == value for column, value in wanted.items()):
        return
    sequence = _next_sequence()
    if row is None:
        db.session.add(SearchDocument(kind=kind, key=key, sequence=sequence, **wanted))
        return
    row.sequence = sequence
    for column, value in wanted.items():
        setattr(row, column, value)


def remove_document(kind: str, key: str) -> None:
    """Take a document out of search; its row stays so that every index learns of it."""
    row = db.session.get(SearchDocument, (kind, key))
    if row is None or row.is_removed:
        return
    row.sequence = _next_sequence()
    row.name = row.place = row.text = ""
    row.facets = {}
    row.is_removed = True


def _plain_facets(facets: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(facets.get("date", 0), int):
        raise TypeError("the facet `date` must be an integer")
    return {name: list(value) if isinstance(value, tuple) else value for name, value in facets.items()}


def _next_sequence() -> int:
    """Return a number above all given out before, in the order in which transactions commit.

    The counter's row stays locked until the caller commits (SQLite holds its write
    lock anyway). The low bits are drawn by lot: a database put back from a backup
    and written on gives out other numbers than those an index has already seen.
    """
    sequence = _count_on()
    if sequence is None:
        _insert_counter()
        sequence = _count_on()
    if sequence is None:
        raise LookupError("the search counter has no row")
    return sequence


def _count_on() -> int | None:
    column = SearchCounter.last_sequence
    fresh = (column - column % LOT_SIZE) + LOT_SIZE + secrets.randbelow(LOT_SIZE)
    query = (
        update(SearchCounter)
        .values(last_sequence=fresh)
        .returning(SearchCounter.last_sequence)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(query).scalar_one_or_none()


def _insert_counter() -> None:
    """Insert the counter unless another transaction was first."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    values = {"id": COUNTER_ID, "last_sequence": 0, "identity": secrets.token_hex(16)}
    db.session.execute(insert(SearchCounter).values(values).on_conflict_do_nothing())
