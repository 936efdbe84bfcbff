"""The database and its only commit."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

# How long a write waits for the one before it.
BUSY_TIMEOUT_MS = 30_000
# Names let a later migration alter a constraint on SQLite too.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database (SQLite keeps no zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(kind: type[enum.Enum], **options: Any) -> Any:
    """Return a column that stores an enum's value as text, without a CHECK (SQLite batch migrations)."""
    column_type = sa.Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda e: [m.value for m in e],
    )
    return mapped_column(column_type, **options)


class NestedUnitOfWork(Exception):
    """A unit of work was opened inside another."""


@contextmanager
def unit_of_work(*, waits: bool = True) -> Iterator[None]:
    """Do everything inside as one transaction: committed once at the end, or not at all.

    What was read before is read again, under the write lock on SQLite, so no
    decision rests on a row that has changed since. One that does not wait
    fails at once where SQLite's write lock is held.
    """
    session = db.session
    if session.info.get("writing"):
        raise NestedUnitOfWork
    session.rollback()
    session.info["writing"] = True
    try:
        session.connection(execution_options={"begin_immediate": True, "waits": waits})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["writing"] = False


T = TypeVar("T")


def first_wins(act: Callable[[], T]) -> T:
    """Run a unit of work again when another writer inserted the same unique row first.

    The second run finds the winner's row and answers from it.
    """
    try:
        with unit_of_work():
            return act()
    except IntegrityError:
        with unit_of_work():
            return act()


def when_free(act: Callable[[], None]) -> bool:
    """Run a small unit of work that can be left for another time; say whether it was done.

    No reader stands in the queue of those who write for it.
    """
    try:
        with unit_of_work(waits=False):
            act()
    except OperationalError:
        return False
    return True


def configure_engine(engine: sa.Engine) -> None:
    """Set the durability the portal promises, or refuse to start."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
        _require_durable_postgres(engine)


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    if cursor.execute("PRAGMA synchronous").fetchone()[0] != 2:
        raise RuntimeError("SQLite must run with synchronous=FULL: without it a power cut loses complaints")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("begin_immediate"):
        connection.exec_driver_sql("BEGIN")
        return
    patience_ms = BUSY_TIMEOUT_MS if options.get("waits", True) else 0
    try:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience_ms}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _without_nul(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    """Drop NUL from what is sent: nobody types it, and PostgreSQL refuses a text that holds it."""
    return statement, _cleaned(parameters)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {name: _cleaned(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_cleaned(inner) for inner in value)
    return value


def _require_durable_postgres(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            if connection.execute(sa.text(f"SHOW {setting}")).scalar_one() == "off":
                raise RuntimeError(
                    f"PostgreSQL must run with {setting} on: without it a crash loses complaints"
                )
