"""`flask worker`: runs the outbox and the recurring sweeps."""

from __future__ import annotations

import signal
import time
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.base import clock, jobs
from portal.base.db import db
from portal.search import jobs as search_jobs


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due and stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Run jobs and recurring sweeps as they come due, until a signal ends it."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        _one_round()
        if once:
            break
        time.sleep(1)


def _one_round() -> None:
    functions = current_app.extensions["jobs"]
    sweeps = current_app.extensions["sweeps"]
    try:
        jobs.run_due(functions, now=clock.now())
        jobs.run_sweeps(sweeps, now=clock.now())
        # In no unit of work: writing the index would hold the database's write lock.
        search_jobs.catch_up(now=clock.now())
    except Exception:
        current_app.logger.exception("the worker goes on after an error")
    finally:
        db.session.remove()
