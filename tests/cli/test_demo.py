"""The demo is believable, whole, recomputable from its public records, and the same each time."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from stdnum.cn import uscc as uscc_rule

from portal.base import files, jobs
from portal.base.db import db
from portal.cli.demo import SEED, load, print_sign_ins
from portal.cli.demo.people import PEOPLE
from portal.compensation import ledger
from portal.complaints import actions
from portal.complaints.evidence.models import EvidenceFile
from portal.complaints.models import Case, CaseEvent, Filing
from portal.merchants import queries as merchant_queries
from portal.merchants.models import Merchant
from portal.records import queries as record_queries
from portal.records.models import RecordVersion
from portal.rules.complaint_flow import MOVES, ORDER_121_FROM, RefusalGround, State, Track, ground_text
from portal.rules.credit import CreditStatus, RecordFact, status_of
from portal.rules.deadlines import Clock
from portal.rules.errors import MoveNotAllowed
from portal.rules.intake_terms import Channel, PurchaseKind
from tests.conftest import make_app

# Loading takes half a minute: one worker does it, once.
pytestmark = pytest.mark.xdist_group("demo")

ROOT = Path(__file__).resolve().parents[2]
LAST_DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)

# What differs between two loads, and must: sealed texts, salts and the hashes over them, identities.
NEVER_THE_SAME = {
    "case_event": {"reason"},
    "case_message": {"text"},
    "evidence_file": {"clean_key", "name", "number", "sealed_key", "thumbnail_key"},
    "filing": {"address", "name", "narrative", "phone"},
    "party_request": {"question"},
    "voice": {"words"},
    "log_leaf": {"leaf_hash"},
    "log_node": {"hash"},
    "record_version": {"content_hash", "salt"},
    "search_counter": {"identity", "last_sequence"},
    "search_document": {"sequence"},
    "user": {"fs_uniquifier", "password", "second_factor_at", "totp_secret"},
}


@dataclass
class Second:
    """The same demo, loading in a process of its own."""

    folder: Path
    process: subprocess.Popen[str]


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Second]:
    folder = tmp_path_factory.mktemp("second")
    keys = ",".join(make_app(folder).config["SECRET_KEYS"])
    environ = {**os.environ, "INSTANCE_PATH": str(folder), "SECRET_KEYS": keys, "DATABASE_URL": ""}
    flask = [sys.executable, "-m", "flask", "--app", "app"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environ, check=True, capture_output=True)
    command = [*flask, "demo", "--last-day", LAST_DAY.isoformat(), "--seed", str(SEED)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield Second(folder, process)
        process.kill()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, second: Second) -> Iterator[Flask]:
    """Yield an application with the demo in it, standing on the demo's last day."""
    app = make_app(tmp_path_factory.mktemp("demo"))
    with time_machine.travel(NOON), app.app_context():
        db.create_all()
        load(LAST_DAY, SEED)
        yield app
        db.session.remove()
        db.engine.dispose()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_demo_is_as_large_as_promised(demo: Flask) -> None:
    assert (count(Merchant), count(Case)) == (300, 412)


def test_the_demo_spans_eighteen_months_and_ends_on_its_day(demo: Flask) -> None:
    days = sorted(db.session.scalars(select(CaseEvent.on)))
    assert (days[-1] - days[0]).days > 450
    assert days[-1] <= LAST_DAY


@pytest.mark.parametrize("track", list(Track))
def test_every_state_of_the_track_is_there(demo: Flask, track: Track) -> None:
    known = {State.FILED} | {row.to_state for row in MOVES if row.track is track and row.to_state}
    found = set(db.session.scalars(select(Case.state).where(Case.track == track).distinct()))
    assert found == known


def test_every_credit_status_is_there(demo: Flask) -> None:
    assert set(db.session.scalars(select(Merchant.credit_status).distinct())) == set(CreditStatus)


def test_a_case_runs_under_the_edition_of_its_day(demo: Flask) -> None:
    periods = defaultdict(set)
    for case in db.session.scalars(select(Case).where(Case.received_on.is_not(None))):
        for clock in actions.clocks_of(case, today=LAST_DAY):
            if clock.clock is Clock.MEDIATE:
                is_old = case.received_on < ORDER_121_FROM
                periods[is_old].add((clock.deadline.counted_days, clock.deadline.working))
    assert periods == {True: {(45, True)}, False: {(60, False)}}


def test_refusals_bear_the_grounds_of_their_edition(demo: Flask) -> None:
    query = select(CaseEvent.ground, Case.received_on).join(Case).where(CaseEvent.ground.is_not(None))
    given = defaultdict(set)
    for ground, received_on in db.session.execute(query.where(Case.state == State.REFUSED)):
        ground_text(RefusalGround(ground), received_on)  # raises where that edition has no such ground
        given[received_on < ORDER_121_FROM].add(RefusalGround(ground))
    assert RefusalGround.MATERIAL_MISSING in given[True]
    assert RefusalGround.MATERIAL_MISSING_OR_FALSE in given[False]
    with pytest.raises(MoveNotAllowed):
        ground_text(RefusalGround.MATERIAL_MISSING, ORDER_121_FROM)


def test_the_ledger_balances(demo: Flask) -> None:
    assert ledger.check() == []


def test_the_log_verifies_after_its_first_checkpoint(demo: Flask) -> None:
    run = demo.test_cli_runner()
    assert run.invoke(args=["log", "checkpoint"]).exit_code == 0
    answer = run.invoke(args=["log", "verify"])
    size = count(RecordVersion)
    assert answer.exit_code == 0
    assert answer.output.strip() == f"{size} entries, signed up to {size}, no faults"


def test_every_credit_status_follows_from_the_exported_records(demo: Flask) -> None:
    """What anybody works out from `flask records export` is what the merchant's page says."""
    answer = demo.test_cli_runner().invoke(args=["records", "export"])
    rows = [json.loads(line) for line in answer.output.splitlines()]
    assert rows == list(record_queries.export_rows(LAST_DAY))
    exported = defaultdict(list)
    for row in rows:
        exported[row["merchant_number"]].append(RecordFact.from_dict(row))
    for merchant in db.session.scalars(select(Merchant)):
        recomputed = status_of(exported[merchant.number], LAST_DAY)
        assert recomputed == merchant_queries.credit_answer(merchant, LAST_DAY), merchant.number
        assert recomputed.status is merchant.credit_status, merchant.number


def test_no_phone_of_the_demo_can_be_dialled(demo: Flask) -> None:
    phones = {filing.phone for filing in db.session.scalars(select(Filing)) if filing.phone}
    assert phones
    assert all(phone.startswith("000-0000-") for phone in phones)
    assert set(db.session.scalars(select(Merchant.contact_phone).distinct())) <= {None, ""}


def test_every_credit_code_is_well_formed_and_nobodys(demo: Flask) -> None:
    codes = [code for code in db.session.scalars(select(Merchant.uscc)) if code]
    assert len(codes) > 100
    for code in codes:
        assert uscc_rule.is_valid(code), code
        assert code[8:13] == "000FM", code


def test_every_case_is_open_exactly_while_its_state_is_not_final(demo: Flask) -> None:
    closed = select(Case.number).where(Case.is_open != Case.closed_on.is_(None))
    assert list(db.session.scalars(closed)) == []


def test_no_work_is_left_waiting(demo: Flask) -> None:
    assert count(jobs.Job) == 0


def test_a_second_demo_is_refused(demo: Flask) -> None:
    answer = demo.test_cli_runner().invoke(args=["demo"])
    assert answer.exit_code == 1
    assert "not empty" in answer.output
    assert count(Merchant) == 300


def test_every_start_prints_fresh_sign_ins(demo: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for _ in range(2):
        print_sign_ins()
        lines = [line.split() for line in capsys.readouterr().out.splitlines() if "@" in line]
        printed.append({words[1]: words[2] for words in lines})
    assert set(printed[0]) == {person.login for person in PEOPLE}
    assert all(printed[0][login] != printed[1][login] for login in printed[0])


def test_the_sign_ins_print_a_code_for_who_needs_one(demo: Flask) -> None:
    answer = demo.test_cli_runner().invoke(args=["demo", "sign-ins"])
    assert answer.exit_code == 0
    lines = {line.split()[1]: line.split()[2] for line in answer.output.splitlines()}
    assert set(lines) == {person.login for person in PEOPLE}


def test_the_same_day_and_seed_give_the_same_rows(demo: Flask, second: Second) -> None:
    output, _ = second.process.communicate()
    assert second.process.returncode == 0, output
    first = rows_of(Path(demo.config["INSTANCE_PATH"]) / "portal.db")
    again = rows_of(second.folder / "portal.db")
    assert set(first) == set(again)
    for table, rows in first.items():
        assert rows == again[table], table


def rows_of(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every table's rows, without what can never be the same."""
    with sqlite3.connect(database) as connection:
        # The schema's revision, and the checkpoint that a test here signs, are not of the demo.
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT IN ('alembic_version', 'log_checkpoint')"
        )
        found = {name: _plain_rows(connection, name) for (name,) in tables.fetchall()}
    connection.close()
    return found


def _plain_rows(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    kept = sorted(set(columns) - NEVER_THE_SAME.get(table, set()))
    listed = ", ".join(f'"{name}"' for name in kept)
    return sorted(connection.execute(f'SELECT {listed} FROM "{table}"'), key=repr)


def test_the_demo_shows_every_kind_of_purchase(demo: Flask) -> None:
    assert {filing.kind for filing in db.session.scalars(select(Filing))} == set(PurchaseKind)
    assert {filing.channel for filing in db.session.scalars(select(Filing))} >= {Channel.PHONE, Channel.PAPER}
    unlisted = db.session.scalars(select(Filing).where(Filing.merchant_id.is_(None))).all()
    assert {filing.respondent_name for filing in unlisted} >= {"城西路加油站", "清河湾路口海鲜车"}


def test_the_demos_photos_can_be_opened(demo: Flask) -> None:
    shown = db.session.scalars(select(EvidenceFile)).all()
    assert len(shown) == 12
    for file in shown:
        assert files.open_sealed(file.clean_key).startswith(b"\xff\xd8")
