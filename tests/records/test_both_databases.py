"""What must hold on SQLite and PostgreSQL alike: triggers, and a log without gaps under many writers."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from portal.base import crypto
from portal.base.db import db, first_wins, unit_of_work
from portal.records import actions, sealing, verifying
from portal.records.actions import RecordDraft
from portal.records.models import LogLeaf
from portal.records.queries import export_rows, month_counts
from portal.rules.publication import RecordKind
from tests.builders import publish_record

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(params=["app", pytest.param("postgres_app", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Flask:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_version SET content = '{}'",
        "UPDATE record_version SET version = 2, content = NULL, salt = NULL",
        "DELETE FROM record_version",
        "UPDATE log_leaf SET leaf_hash = 'x'",
        "DELETE FROM log_leaf",
        "UPDATE log_node SET hash = 'x'",
        "DELETE FROM log_node",
        "UPDATE log_checkpoint SET root = 'x'",
        "DELETE FROM log_checkpoint",
    ],
)
def test_the_database_refuses_to_change_what_was_published(
    either: Flask, tmp_path: Path, statement: str
) -> None:
    publish_record(now=NOW)
    publish_record(now=NOW)
    with unit_of_work():
        sealing.sign_checkpoint(origin="log.test", path=str(tmp_path / "outside"), now=NOW)
    with pytest.raises(DatabaseError, match="only grows"):
        db.session.execute(text(statement))
    db.session.rollback()


@pytest.mark.postgres
def test_postgresql_refuses_to_empty_the_log_at_once(postgres_app: Flask) -> None:
    publish_record(now=NOW)
    with pytest.raises(DatabaseError, match="only grows"):
        db.session.execute(text("TRUNCATE log_leaf"))
    db.session.rollback()


def test_content_and_salt_can_be_erased_and_nothing_else(either: Flask) -> None:
    publish_record(now=NOW)
    with unit_of_work():
        db.session.execute(text("UPDATE record_version SET content = NULL, salt = NULL"))
    assert list(verifying.faults_in_log(lambda: "", crypto.signing_key().public_key())) == []


def test_many_writers_leave_no_gap_and_no_fault(either: Flask, tmp_path: Path) -> None:
    draft = RecordDraft(
        kind=RecordKind.RISK_TIP,
        merchant_number=None,
        merchant_name="",
        region_code="330106",
        sector="market",
        occurred_on=date(2026, 5, 20),
        facts={"goods": "crab"},
    )
    failures: list[BaseException] = []

    def write() -> None:
        with either.app_context():
            try:
                for _ in range(6):
                    first_wins(lambda: actions.publish(draft, now=NOW))
            except BaseException as error:
                failures.append(error)
            finally:
                db.session.remove()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    db.session.rollback()
    assert sorted(db.session.scalars(select(LogLeaf.index))) == list(range(24))
    outside = tmp_path / "outside"
    with unit_of_work():
        sealing.sign_checkpoint(origin="log.test", path=str(outside), now=NOW)
    assert list(verifying.faults_in_log(outside.read_text, crypto.signing_key().public_key())) == []
    assert len(list(export_rows(date(2026, 6, 1)))) == 24
    counts = month_counts(today=date(2026, 6, 1), since=date(2026, 1, 1))
    assert counts == {(2026, 5): {RecordKind.RISK_TIP: 24}}
