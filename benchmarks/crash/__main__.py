"""Prove that no acknowledged complaint is lost, doubled or changed when the portal is killed.

    python -m benchmarks.crash [--filings 5000] [--kills 20] [--clients 32] [--photo-every 10]
        [--database sqlite|postgresql] [--seed 1] [--folder DIR] [--plant FAULT]

Prints what was counted and every fault, and ends with status 1 where there is one. `--plant`
puts one in before looking: a gate that cannot fail is no gate. Drafts, filings, photos, the
ledger and the log are all written while SIGKILL falls; the folder is kept only where it is named.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from benchmarks.crash.checks import judge, replies_lost_after_commit
from benchmarks.crash.crowd import Crowd
from benchmarks.crash.filers import Noted
from benchmarks.crash.killing import kill_now_and_then
from benchmarks.crash.outcome import Evidence, Fault
from benchmarks.crash.plants import PLANTS, plant
from benchmarks.crash.serving import EVERYTHING, ROOT, WORKERS, Served, settings_for
from portal.base import clock
from portal.base.db import db, unit_of_work
from portal.factory import create_app
from portal.merchants.actions import MerchantData, publish_pledge, save_merchant
from portal.rules.pledge import PledgeTerms
from tests.postgres_server import running_server

MERCHANTS = 20
SHOWN_FAULTS = 40


@dataclass(frozen=True)
class Size:
    """How large a run is."""

    filings: int = 5_000
    kills: int = 20
    clients: int = 32
    photo_every: int = 10
    seed: int = 1


def app_on(environ: Mapping[str, str]) -> Flask:
    """Return the application as the served one is, in this process."""
    return create_app(environ)


def prepare(environ: Mapping[str, str]) -> list[str]:
    """Migrate an empty database and put merchants in it, each with a pledge; return their numbers."""
    command = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=dict(environ), check=True, capture_output=True)
    now, numbers = clock.now(), []
    with app_on(environ).app_context():
        for index in range(MERCHANTS):
            with unit_of_work():
                data = MerchantData(name=f"第{index}号水果店", address="文三路", region_code="330106")
                merchant = save_merchant(data, now=now).merchant
                terms, day = PledgeTerms(factor=10), clock.day_of(now)
                publish_pledge(merchant, terms, signer="王某", valid_from_on=day, now=now)
                numbers.append(merchant.number)
        db.session.remove()
        db.engine.dispose()
    return numbers


def crash(size: Size, environ: Mapping[str, str]) -> Evidence:
    """Let everybody file while the portal is killed; return what was seen."""
    merchants = prepare(environ)
    served = Served(environ)
    crowd = Crowd(
        served.port, merchants, filings=size.filings, clients=size.clients, photo_every=size.photo_every
    )
    served.start()
    try:
        served.wait_until_ready()
        began = time.monotonic()
        crowd.start()
        kill_now_and_then(
            served,
            kills=size.kills,
            filings=size.filings,
            done=lambda: crowd.done,
            is_busy=lambda: crowd.is_busy,
            dice=random.Random(size.seed),
        )
        crowd.wait()
        seconds = time.monotonic() - began
    finally:
        served.end()
    return Evidence(
        environ=dict(environ),
        notes=crowd.notes,
        settled=served.settled,
        kills_wanted=size.kills,
        kills=served.kills,
        left_behind=served.left_behind(),
        seconds=seconds,
    )


def report(run: Evidence, faults: Sequence[Fault], lost_replies: int) -> str:
    """Return what was counted, and the faults, in lines to print."""
    notes = run.notes
    sends = sorted(noted.send_seconds for noted in notes if noted.send_seconds)
    lines = [
        f"{len(notes)} filings in {run.seconds:.0f} s ({len(notes) / run.seconds:.1f} a second), "
        f"{sum(noted.requests for noted in notes)} requests, {_machine()}",
        f"killed {run.kills[EVERYTHING]} times everything and {run.kills[WORKERS]} times the workers alone",
        f"{sum(noted.retries for noted in notes)} requests asked again; {lost_replies} sendings were "
        f"committed and killed before their reply, {_count(notes, 'loses_reply')} more replies thrown away",
        f"acknowledged: {sum(bool(noted.acknowledged) for noted in notes)} filings, "
        f"{sum(len(set(noted.shown[0][0])) for noted in notes if noted.shown)} case numbers, "
        f"{sum(len(noted.shown) for noted in notes)} times a code, "
        f"{sum(bool(noted.photo_sha256) for noted in notes)} photos, {len(run.settled)} payments published",
        f"pressed twice at once: {_count(notes, 'presses_twice')}; went back: {_count(notes, 'goes_back')}; "
        f"sent again later: {_count(notes, 'sends_again')}",
        f"stored files that the kills orphaned, before the sweep: {run.orphans}",
        f"sending, last attempt: median {statistics.median(sends) * 1000:.0f} ms, "
        f"95th percentile {sends[int(len(sends) * 0.95)] * 1000:.0f} ms",
    ]
    for check, count in Counter(fault.check for fault in faults).items():
        lines.append(f"FAULT in {check}: {count}")
    lines += [f"  {fault.check}: {fault.sentence}" for fault in faults[:SHOWN_FAULTS]]
    lines.append(f"{len(faults)} faults" if faults else "nothing lost, nothing double, no faults")
    return "\n".join(lines)


def _count(notes: Sequence[Noted], habit: str) -> int:
    return sum(getattr(noted.habits, habit) for noted in notes)


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"


@contextmanager
def place(folder: Path | None, database: str) -> Iterator[dict[str, str]]:
    """Yield the settings of a run: an instance folder, and a PostgreSQL server where one is asked for."""
    with tempfile.TemporaryDirectory(prefix="full-measure-crash-") as temporary:
        home = folder or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        if database == "sqlite":
            yield settings_for(home, "")
            return
        with running_server() as url:
            yield settings_for(home, url)


def main() -> int:
    # So that a kill that saw its moment need not wait for the filers' threads.
    sys.setswitchinterval(0.0005)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("filings", 5_000), ("kills", 20), ("clients", 32), ("photo-every", 10), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--folder", type=Path, help="an empty folder that is kept")
    parser.add_argument("--plant", choices=sorted(PLANTS), help="plant a fault before looking")
    given = parser.parse_args()
    size = Size(given.filings, given.kills, given.clients, given.photo_every, given.seed)
    with place(given.folder, given.database) as environ:
        run = crash(size, environ)
        app = app_on(environ)
        if given.plant:
            plant(app, run, given.plant)
        faults = judge(app, run)
        print(report(run, faults, replies_lost_after_commit(app, run.notes)))
        with app.app_context():
            db.engine.dispose()
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
