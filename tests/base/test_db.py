"""One commit, all or nothing, durable."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.base.db import BUSY_TIMEOUT_MS, NestedUnitOfWork, db, unit_of_work, when_free
from portal.base.jobs import Job, enqueue
from portal.base.once import SubmissionReused, do_once

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def job_count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Job)) or 0


def test_an_error_leaves_nothing_behind(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="half way"), unit_of_work():
        enqueue("x", {}, run_at=NOW)
        raise RuntimeError("half way")
    assert job_count() == 0


def test_a_unit_of_work_does_not_nest(app: Flask) -> None:
    with pytest.raises(NestedUnitOfWork), unit_of_work(), unit_of_work():
        pass


def test_sqlite_is_durable_and_keeps_foreign_keys(app: Flask) -> None:
    pragma = {name: db.session.scalar(sa.text(f"PRAGMA {name}")) for name in ("synchronous", "foreign_keys")}
    assert pragma == {"synchronous": 2, "foreign_keys": 1}
    assert db.session.scalar(sa.text("PRAGMA journal_mode")) == "wal"


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(sa.exc.StatementError, match="without a zone"), unit_of_work():
        enqueue("x", {}, run_at=datetime(2026, 11, 24))  # noqa: DTZ001
    with unit_of_work():
        enqueue("x", {}, run_at=NOW)
    assert db.session.scalars(sa.select(Job)).one().run_at == NOW


def test_a_form_sent_twice_has_one_effect_and_one_answer(app: Flask) -> None:
    def act() -> str:
        enqueue("x", {}, run_at=NOW)
        return "/there"

    assert do_once("k1", {"a": 1}, act, now=NOW) == "/there"
    assert do_once("k1", {"a": 1}, act, now=NOW) == "/there"
    assert job_count() == 1
    with pytest.raises(SubmissionReused):
        do_once("k1", {"a": 2}, act, now=NOW)


def test_sixty_four_equal_posts_at_once_have_one_effect(app: Flask) -> None:
    answers: list[str] = []

    def post(number: int) -> None:
        with app.app_context():
            answers.append(do_once("k2", {"a": 1}, lambda: act(number), now=NOW))
            db.session.remove()

    def act(number: int) -> str:
        enqueue("x", {"by": number}, run_at=NOW)
        return f"/answer/{number}"

    threads = [threading.Thread(target=post, args=(n,)) for n in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 64
    assert len(set(answers)) == 1
    assert job_count() == 1


def test_what_can_be_left_gives_way_to_a_writer_and_the_next_write_waits_again(app: Flask) -> None:
    def add() -> None:
        enqueue("x", {}, run_at=NOW)

    writer = db.engine.raw_connection()
    try:
        writer.execute("BEGIN IMMEDIATE")
        assert when_free(add) is False
    finally:
        writer.rollback()
        writer.close()
    assert job_count() == 0
    assert when_free(add) is True
    assert job_count() == 1
    assert db.session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_TIMEOUT_MS


@pytest.mark.postgres
def test_a_text_with_nul_is_stored_without_it_on_postgresql(postgres_app: Flask) -> None:
    with unit_of_work():
        enqueue("a\x00b", {"text": "c\x00d"}, run_at=NOW)
    job = db.session.scalars(sa.select(Job)).one()
    assert job.name == "ab"
    assert db.session.scalar(sa.select(Job.id).where(Job.name == "a\x00b")) == job.id
