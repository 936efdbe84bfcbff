"""The outbox: done once, tried again after an error, caught up after an absence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from portal.base import jobs
from portal.base.db import db, unit_of_work

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def test_a_job_is_done_once(app: Flask) -> None:
    seen: list[int] = []
    with unit_of_work():
        jobs.enqueue("note", {"number": 7}, run_at=NOW)
        jobs.enqueue("note", {"number": 8}, run_at=NOW + timedelta(days=1))
    functions = {"note": lambda number, now: seen.append(number)}
    assert jobs.run_due(functions, now=NOW) == 1
    assert jobs.run_due(functions, now=NOW) == 0
    assert seen == [7]


def test_a_failed_job_is_tried_again_later_and_given_up_in_the_end(app: Flask) -> None:
    def fail(now: datetime) -> None:
        raise RuntimeError("no")

    with unit_of_work():
        jobs.enqueue("fail", {}, run_at=NOW)
    moment = NOW
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.run_due({"fail": fail}, now=moment) == 0
        moment += timedelta(days=1)
    (stuck,) = jobs.stuck_jobs()
    assert (stuck.attempts, stuck.error) == (jobs.MOST_ATTEMPTS, "RuntimeError: no")


def test_a_failed_job_leaves_no_half_of_its_work(app: Flask) -> None:
    def half(now: datetime) -> None:
        jobs.enqueue("other", {}, run_at=now + timedelta(days=9))
        raise RuntimeError("no")

    with unit_of_work():
        jobs.enqueue("half", {}, run_at=NOW)
    jobs.run_due({"half": half}, now=NOW)
    assert [job.name for job in db.session.query(jobs.Job)] == ["half"]


def test_a_sweep_that_missed_three_days_catches_up_once(app: Flask) -> None:
    ran: list[datetime] = []
    sweeps = {"daily": (timedelta(days=1), lambda now: ran.append(now))}
    for moment in (NOW, NOW + timedelta(hours=3), NOW + timedelta(days=3), NOW + timedelta(days=3, hours=1)):
        jobs.run_sweeps(sweeps, now=moment)
    assert ran == [NOW, NOW + timedelta(days=3)]
