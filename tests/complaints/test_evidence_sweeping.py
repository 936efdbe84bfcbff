"""What a killed worker left in the store is swept away, and nothing else; old drafts go with their files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from portal.base import clock, files
from portal.base.cleaning import Region
from portal.base.db import db, unit_of_work
from portal.base.jobs import Job, run_due, run_sweeps
from portal.complaints.drafts import drafting
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence.jobs import SWEEP_EVERY, expire_drafts, sweep_files
from portal.complaints.models import Draft
from portal.factory import JOBS, SWEEPS
from portal.merchants.models import Merchant
from tests.builders import make_case
from tests.complaints.conftest import NOW
from tests.complaints.photos import attached, make_draft, photo, stored

ROOT = Path(__file__).resolve().parents[2]

# A worker that stores a photo and is stopped for good before its transaction begins.
WORKER = """
import sys, time
from pathlib import Path
from tests.complaints.photos import photo
from tests.conftest import make_app
app = make_app(Path(sys.argv[1]))
with app.app_context():
    from portal.complaints.evidence import actions as evidence
    evidence.prepare(photo(99), name="a.jpg")
    print("stored", flush=True)
    time.sleep(60)
"""


def folder_of(app: Flask) -> Path:
    return Path(app.config["INSTANCE_PATH"]) / "evidence"


def stamp(app: Flask, moment: datetime) -> None:
    """Let everything in the store have been stored at a moment of the tests' own clock."""
    for path in folder_of(app).rglob("*"):
        if path.is_file():
            os.utime(path, (moment.timestamp(), moment.timestamp()))


def sweep() -> None:
    """Run what the worker runs every hour, all that is due."""
    tables = {name: SWEEPS[name] for name in ("ask_for_sweep", "expire_drafts")}
    run_sweeps(tables, now=clock.now())
    run_due(JOBS, now=clock.now())


def test_a_file_stored_by_a_killed_worker_is_swept_and_no_other(app: Flask) -> None:
    kept = evidence.file_by_number(attached(make_draft(), photo(1)))
    assert kept is not None
    command = [sys.executable, "-c", WORKER, app.config["INSTANCE_PATH"]]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"stored\n"
        worker.send_signal(signal.SIGKILL)
    orphans = stored(app) - set(kept.stored_keys)
    assert len(orphans) == 3
    stamp(app, NOW - timedelta(minutes=59))
    sweep()
    assert orphans <= stored(app)
    with time_machine.travel(NOW + SWEEP_EVERY, tick=False):
        # Its stamp is that of this machine's clock, which is later than the tests'.
        young = files.seal(b"just being added")
        sweep()
    assert stored(app) == {*kept.stored_keys, young}
    assert db.session.scalar(select(func.count(Job.id))) == 0


def test_masked_copies_are_not_swept(app: Flask) -> None:
    file = evidence.file_by_number(attached(make_draft(), photo()))
    assert file is not None
    cover = evidence.prepare_cover(file.clean_key, [Region(0, 0, 1, 1)])
    with unit_of_work():
        evidence.cover(file, cover, user_id=None, now=NOW)
    sweep_files(datetime(2100, 1, 1, tzinfo=UTC))
    assert stored(app) == set(file.stored_keys)
    assert len(stored(app)) == 5


def test_a_store_that_is_down_is_swept_another_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_args: object, **_options: object) -> int:
        raise files.StoreUnreachable("no answer")

    monkeypatch.setattr(files, "sweep", down)
    sweep()
    assert db.session.scalar(select(func.count(Job.id))) == 0


@pytest.mark.parametrize(
    ("age_of_draft", "is_kept"),
    [
        (drafting.DRAFT_KEPT - timedelta(seconds=1), True),
        (drafting.DRAFT_KEPT, True),
        (drafting.DRAFT_KEPT + timedelta(seconds=1), False),
    ],
)
def test_a_draft_is_kept_its_time_and_no_longer(app: Flask, age_of_draft: timedelta, is_kept: bool) -> None:
    attached(make_draft(), photo())
    with unit_of_work():
        expire_drafts(NOW + age_of_draft)
    assert (db.session.scalar(select(func.count(Draft.id))) == 1) is is_kept
    sweep_files(datetime(2100, 1, 1, tzinfo=UTC))
    assert (len(stored(app)) == 3) is is_kept


def test_the_empty_rest_of_a_sent_draft_goes_and_the_filing_keeps_its_files(
    app: Flask, shop: Merchant
) -> None:
    draft, case = make_draft(), make_case(shop, now=NOW)
    number = attached(draft, photo())
    with unit_of_work():
        file = evidence.file_by_number(number)
        assert file is not None
        file.draft_id, file.filing_id = None, case.filing_id
        drafting.close_draft(draft, case.number, now=NOW)
    with unit_of_work():
        expire_drafts(NOW + timedelta(days=15))
    sweep_files(datetime(2100, 1, 1, tzinfo=UTC))
    assert db.session.scalar(select(func.count(Draft.id))) == 0
    assert [one.number for one in case.filing.evidence] == [number]
    assert len(stored(app)) == 3
