"""Alembic's environment: the application's engine, the models' metadata, types by their plain names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from portal.base.crypto import EncryptedText
from portal.base.db import UTCDateTime

migrate = current_app.extensions["migrate"]


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | bool:
    """Write our column types as what they are in the database, so that a migration outlives the code."""
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, EncryptedText):
        return "sa.LargeBinary()"
    if isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def run() -> None:
    """Run the migrations on the application's database."""
    engine = migrate.db.engine
    with engine.connect() as connection:
        _check_references(connection, is_on=False)
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            render_item=render_item,
            compare_type=True,
            **{key: value for key, value in migrate.configure_args.items() if key != "compare_type"},
        )
        with context.begin_transaction():
            context.run_migrations()
            _refuse_broken_references(connection)
        _check_references(connection, is_on=True)


def _check_references(connection: sa.Connection, *, is_on: bool) -> None:
    """Let SQLite rebuild a table that others refer to; the setting holds outside transactions only."""
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.dbapi_connection
        raw.execute(f"PRAGMA foreign_keys={'ON' if is_on else 'OFF'}")


def _refuse_broken_references(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"the migration left rows that refer to nothing: {broken[:5]}")


if context.is_offline_mode():
    raise SystemExit("migrations run on a database, not into a file")
run()
