"""Models: tables that only grow, kept so by the database itself.

`append_only(model)` attaches triggers that refuse to change or remove a row, whoever asks.
`create_all` makes them. A migration executes `statements(dialect)`, and does so again after
a batch change of such a table on SQLite, which rebuilds the table without its triggers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import DDL, Table, event

from portal.base.db import Model

_POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'this table only grows: no row of it can be changed or removed'
USING ERRCODE = 'restrict_violation'; END $$"""

_guarded: list[tuple[Table, tuple[str, ...]]] = []


def append_only(model: type[Model], *, erasable: Sequence[str] = ()) -> None:
    """Refuse UPDATE and DELETE on a table; an erasable column may still be set to NULL."""
    table = cast(Table, model.__table__)
    _guarded.append((table, tuple(erasable)))
    for dialect in ("sqlite", "postgresql"):
        for statement in _statements(table, erasable, dialect):
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


def statements(dialect: str) -> list[str]:
    """Return the DDL that guards every append-only table."""
    return [text for table, erasable in _guarded for text in _statements(table, erasable, dialect)]


def _statements(table: Table, erasable: Sequence[str], dialect: str) -> list[str]:
    same = "IS" if dialect == "sqlite" else "IS NOT DISTINCT FROM"
    is_erasure = " AND ".join(_kept(column.name, column.name in erasable, same) for column in table.columns)
    condition = f"WHEN (NOT ({is_erasure}))" if erasable else ""
    if dialect == "sqlite":
        return _sqlite(table.name, condition)
    return _postgresql(table.name, condition)


def _kept(name: str, is_erasable: bool, same: str) -> str:
    unchanged = f'NEW."{name}" {same} OLD."{name}"'
    return f'({unchanged} OR NEW."{name}" IS NULL)' if is_erasable else unchanged


def _sqlite(table: str, condition: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} only grows: no row of it can be changed or removed'); END"
    return [
        f'CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON "{table}" {condition} {refuse}',
        f'CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON "{table}" {refuse}',
    ]


def _postgresql(table: str, condition: str) -> list[str]:
    refuse = "EXECUTE FUNCTION refuse_change()"
    return [
        _POSTGRES_FUNCTION,
        f'CREATE OR REPLACE TRIGGER {table}_no_update BEFORE UPDATE ON "{table}" '
        f"FOR EACH ROW {condition} {refuse}",
        f'CREATE OR REPLACE TRIGGER {table}_no_delete BEFORE DELETE ON "{table}" FOR EACH ROW {refuse}',
        f'CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" '
        f"FOR EACH STATEMENT {refuse}",
    ]
