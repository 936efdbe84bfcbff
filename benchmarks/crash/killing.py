"""When SIGKILL falls: at random, the moment a filing is committed, the moment a photo is stored.

Between a commit and its reply lies a thousandth of a second that chance would hardly ever hit,
and so it is between a stored photo and the transaction that speaks of it. Half of the kills wait for them.
"""

from __future__ import annotations

import itertools
import os
import random
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import psycopg

from benchmarks.crash.serving import EVERYTHING, WORKERS, Served

# How long a kill waits for the moment it aims at, and then falls anyway.
AIM_SECONDS = 20
LOOK_SECONDS = 0.0002
# The share of filings after which a kill waits no longer: it must fall while people file.
LATEST = 0.9
LAST_FILING = "SELECT max(id) FROM filing"


def kill_now_and_then(
    served: Served,
    *,
    kills: int,
    filings: int,
    done: Callable[[], int],
    is_busy: Callable[[], bool],
    dice: random.Random,
) -> None:
    """Kill so many times, spread over the run, both kinds in turn; some hit a server that just starts."""
    moments = sorted(dice.uniform(0.02, 0.85) * filings for _ in range(kills))
    is_late = lambda: done() >= LATEST * filings  # noqa: E731
    aims = itertools.cycle((at_a_commit, at_a_photo, _by_chance, _by_chance))
    kinds = itertools.cycle((EVERYTHING, EVERYTHING, WORKERS, WORKERS, WORKERS, EVERYTHING))
    for number, (moment, aim, kind) in enumerate(zip(moments, aims, kinds, strict=False)):
        while done() < moment and is_busy():
            time.sleep(0.02)
        if number % 6 != 4:
            served.wait_until_ready()
        aim(served.environ, dice, is_late)
        if not is_busy():
            return
        served.kill(kind)


def _by_chance(_environ: Mapping[str, str], dice: random.Random, is_late: Callable[[], bool]) -> None:
    fall_at = time.monotonic() + dice.uniform(0, 1.5)
    while time.monotonic() < fall_at and not is_late():
        time.sleep(0.005)


def at_a_commit(environ: Mapping[str, str], dice: random.Random, is_late: Callable[[], bool]) -> None:
    """Return as soon as a filing more is in the database."""
    if environ["DATABASE_URL"]:
        with psycopg.connect(environ["DATABASE_URL"], autocommit=True) as server:
            _until_it_changes(lambda: server.execute(LAST_FILING).fetchone(), dice, is_late)
    else:
        path = Path(environ["INSTANCE_PATH"]) / "portal.db"
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as file:
            _until_it_changes(lambda: file.execute(LAST_FILING).fetchone(), dice, is_late)


def at_a_photo(environ: Mapping[str, str], dice: random.Random, is_late: Callable[[], bool]) -> None:
    """Return as soon as a file more is in the sealed store."""
    root = Path(environ["INSTANCE_PATH"]) / "evidence"
    _until_it_changes(lambda: _stored_count(root), dice, is_late)


def _stored_count(root: Path) -> int:
    if not root.exists():
        return 0
    return sum(len(os.listdir(folder.path)) for folder in os.scandir(root))


def _until_it_changes(look: Callable[[], object], dice: random.Random, is_late: Callable[[], bool]) -> None:
    """Look again and again; a few times the kill falls a little later than what it waited for."""
    before, give_up_at = look(), time.monotonic() + AIM_SECONDS
    while look() == before and time.monotonic() < give_up_at and not is_late():
        time.sleep(LOOK_SECONDS)
    if dice.random() < 0.3:
        time.sleep(dice.uniform(0, 0.005))
