"""The outbox and its worker: work that follows a commit, done at least once, one worker at a time.

A job is written in the transaction that calls for it. `run_due` leases a job,
runs its function in a unit of work of its own, and takes it out in the same
transaction, so that what the job did and the fact that it is done are one.
An `Errand` leaves the house between two transactions; it is done at least once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.base.db import Model, UTCDateTime, db, unit_of_work

LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 8
# So that a slow mail server does not hold up everything else the worker does.
MOST_ERRANDS = 5

JobFunction = Callable[..., None]


@dataclass(frozen=True)
class Errand:
    """A job for the network: what `prepare` returns, in a transaction, `carry_out` is handed, in none.

    A transaction would hold the database's write lock while another machine takes its time.
    """

    prepare: Callable[..., Any]
    carry_out: Callable[[Any], None]


class GiveUp(Exception):
    """A job failed in a way that trying again cannot mend."""


class Job(Model):
    """Work to do at or after a moment."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)


class Sweep(Model):
    """When a recurring job last ran; one that missed days catches up once."""

    __tablename__ = "sweep"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    ran_at: Mapped[datetime] = mapped_column(UTCDateTime)


def enqueue(name: str, payload: Mapping[str, Any], *, run_at: datetime) -> None:
    """Add a job to the transaction at hand."""
    db.session.add(Job(name=name, payload=dict(payload), run_at=run_at, attempts=0))


def run_due(functions: Mapping[str, JobFunction | Errand], *, now: datetime) -> int:
    """Run every job that is due, but few errands, none after one that failed; return how many were done."""
    done = errands = 0
    while errands < MOST_ERRANDS and (leased := _lease_one(now)) is not None:
        job_id, name = leased
        is_done = _run_one(job_id, functions, now)
        done += is_done
        if isinstance(functions.get(name), Errand):
            errands = errands + 1 if is_done else MOST_ERRANDS
    return done


def _lease_one(now: datetime) -> tuple[int, str] | None:
    with unit_of_work():
        query = (
            select(Job)
            .where(Job.run_at <= now, Job.attempts < MOST_ATTEMPTS)
            .where((Job.leased_until.is_(None)) | (Job.leased_until < now))
            .order_by(Job.run_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        job = db.session.scalar(query)
        if job is None:
            return None
        job.leased_until = now + LEASE
        job.attempts += 1
        return job.id, job.name


def _run_one(job_id: int, functions: Mapping[str, JobFunction | Errand], now: datetime) -> bool:
    try:
        _carry_out(job_id, functions, now)
        return True
    except Exception as error:
        with unit_of_work():
            job = db.session.get_one(Job, job_id)
            job.error = f"{type(error).__name__}: {error}"[:2000]
            job.leased_until = None
            job.run_at = now + timedelta(minutes=2**job.attempts)
            if isinstance(error, GiveUp):
                job.attempts = MOST_ATTEMPTS
        return False


def _carry_out(job_id: int, functions: Mapping[str, JobFunction | Errand], now: datetime) -> None:
    with unit_of_work():
        job = db.session.get_one(Job, job_id)
        function = functions[job.name]
        if not isinstance(function, Errand):
            function(**job.payload, now=now)
            db.session.delete(job)
            return
        prepared = function.prepare(**job.payload, now=now)
    function.carry_out(prepared)
    with unit_of_work():
        db.session.delete(db.session.get_one(Job, job_id))


def run_sweeps(sweeps: Mapping[str, tuple[timedelta, JobFunction]], *, now: datetime) -> int:
    """Run each recurring job whose interval has passed, once however long the worker was away."""
    ran = 0
    for name, (interval, function) in sweeps.items():
        with unit_of_work():
            last = db.session.get(Sweep, name, with_for_update=True)
            if last is not None and last.ran_at + interval > now:
                continue
            function(now=now)
            db.session.merge(Sweep(name=name, ran_at=now))
            ran += 1
    return ran


def stuck_jobs() -> list[Job]:
    """Return the jobs given up on, for the administrator."""
    return list(db.session.scalars(select(Job).where(Job.attempts >= MOST_ATTEMPTS)))
