"""`make crash` in small: people file while the portal is killed, and the look-out afterwards can see."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from benchmarks.crash.__main__ import Size, app_on, crash, report
from benchmarks.crash.checks import CHECKS, judge, replies_lost_after_commit
from benchmarks.crash.outcome import Evidence
from benchmarks.crash.plants import PLANTS, plant
from benchmarks.crash.serving import settings_for
from portal.base.db import db

# One run serves all tests here.
pytestmark = pytest.mark.xdist_group("crash")

SMALL = Size(filings=40, kills=2, clients=8, photo_every=8)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return crash(SMALL, settings_for(tmp_path_factory.mktemp("crash"), ""))


@pytest.fixture
def run(finished: Evidence, tmp_path: Path) -> Evidence:
    """Return the run on a copy of its own of everything it left behind."""
    folder = tmp_path / "instance"
    shutil.copytree(finished.environ["INSTANCE_PATH"], folder)
    copy = deepcopy(finished)
    return replace(copy, environ={**copy.environ, "INSTANCE_PATH": str(folder)})


@pytest.fixture
def app(run: Evidence) -> Iterator[Flask]:
    application = app_on(run.environ)
    yield application
    with application.app_context():
        db.engine.dispose()


def test_no_acknowledged_complaint_is_lost_or_doubled_by_a_kill(app: Flask, run: Evidence) -> None:
    assert judge(app, run) == []
    assert sum(run.kills.values()) == SMALL.kills
    assert len(run.notes) == SMALL.filings
    assert run.settled
    said = report(run, [], replies_lost_after_commit(app, run.notes))
    assert said.endswith("nothing lost, nothing double, no faults")


@pytest.mark.parametrize("name", sorted(PLANTS))
def test_a_planted_fault_is_seen(app: Flask, run: Evidence, name: str) -> None:
    check = plant(app, run, name)
    faults = judge(app, run, only=check)
    assert faults
    assert not [fault for fault in faults if fault.sentence.startswith("broke off")]


def test_every_check_of_the_database_has_a_planted_fault() -> None:
    # What these two look at is in no database: the answers people got, and the kills themselves.
    assert set(CHECKS) - {check for _, check in PLANTS.values()} == {"answers", "kills"}


def test_an_error_page_and_a_missing_kill_are_faults_too(app: Flask, run: Evidence) -> None:
    run.notes[0].faults.append("the portal answered 500")
    run.notes[1].shown.clear()
    run.kills_wanted += 1
    assert {fault.check for fault in judge(app, run)} == {"answers", "kills"}
