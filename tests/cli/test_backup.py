"""A backup brings everything back, or says plainly why not."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select, text

from portal.base.db import db, unit_of_work
from portal.complaints.models import Case, Filing
from portal.factory import create_app
from portal.merchants.models import Merchant
from portal.records.models import PublicRecord
from portal.rules.publication import RecordKind
from tests.builders import make_case, make_merchant, publish_record
from tests.conftest import absent, make_app

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
KEY = "the-key-of-the-instance-" + "1" * 32


@pytest.fixture(autouse=True)
def keys_from_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEYS", raising=False)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Flask]:
    """Yield an instance with a merchant, a sealed filing and signed records."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "secret_keys").write_text(KEY + "\n")
    app = instance(folder)
    with app.app_context():
        upgrade()
        fill()
        yield app
        close()


def fill() -> None:
    merchant = make_merchant(now=NOW)
    make_case(merchant, now=NOW)
    publish_record(RecordKind.AWARD, {"valid_until": "2028-01-01"}, merchant_number=merchant.number, now=NOW)


def instance(folder: Path) -> Flask:
    return create_app({"INSTANCE_PATH": str(folder)}, TESTING=True)


def close() -> None:
    db.session.remove()
    db.engine.dispose()


def run(app: Flask, *args: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(arg) for arg in args])


def backed_up(app: Flask, folder: Path) -> tuple[Path, Path]:
    """Return the folder of a new backup and the file of its keys."""
    assert run(app, "log", "checkpoint").exit_code == 0
    answer = run(app, "backup", "--keys", folder / "keys")
    assert answer.exit_code == 0, answer.output
    return Path(answer.output.strip()), folder / "keys"


def restored(folder: Path, backup: Path, keys: Path) -> tuple[Result, Flask]:
    """Try to restore into a new instance."""
    app = instance(folder)
    with app.app_context():
        answer = run(app, "restore", backup, "--keys", keys)
        close()
    return answer, app


def test_a_backup_holds_the_database_the_checkpoints_and_their_hashes(source: Flask, tmp_path: Path) -> None:
    backup, keys = backed_up(source, tmp_path)
    manifest = json.loads((backup / "manifest.json").read_text())
    assert sorted(path.name for path in backup.iterdir()) == [
        "checkpoints.txt",
        "manifest.json",
        "portal.db",
    ]
    assert set(manifest["sha256"]) == {"checkpoints.txt", "portal.db"}
    assert manifest["log_size"] == 1
    assert manifest["revision"] == db.session.scalar(text("SELECT version_num FROM alembic_version"))
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert KEY in keys.read_text()
    assert not any(KEY.encode() in path.read_bytes() for path in backup.iterdir())


def test_what_was_backed_up_comes_back_whole(source: Flask, tmp_path: Path) -> None:
    backup, keys = backed_up(source, tmp_path)
    numbers = list(db.session.scalars(select(Case.number)))
    close()
    answer, _ = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 0, answer.output
    assert (tmp_path / "target" / "secret_keys").read_text().split() == [KEY]
    # A process that starts afterwards finds the keys in the folder and opens what they sealed.
    again = instance(tmp_path / "target")
    with again.app_context():
        assert list(db.session.scalars(select(Case.number))) == numbers
        assert db.session.scalars(select(Filing)).one().name == "张三"
        assert db.session.scalars(select(PublicRecord)).one().facts == {"valid_until": "2028-01-01"}
        assert run(again, "log", "verify").exit_code == 0
        close()


def test_nothing_is_restored_over_what_is_there(source: Flask, tmp_path: Path) -> None:
    backup, keys = backed_up(source, tmp_path)
    answer = run(source, "restore", backup, "--keys", keys)
    assert answer.exit_code == 1
    assert "not empty" in answer.output
    assert db.session.scalars(select(Merchant)).one()


def test_a_restore_needs_keys(source: Flask, tmp_path: Path) -> None:
    backup, _ = backed_up(source, tmp_path)
    assert run(source, "restore", backup).exit_code == 2
    answer, _ = restored(tmp_path / "target", backup, tmp_path / "nowhere")
    assert answer.exit_code == 1
    assert "holds no keys" in answer.output
    assert not (tmp_path / "target" / "portal.db").exists()


@pytest.mark.parametrize("typed", ["another-key-altogether-" + "2" * 32, KEY[:-1], "", f"{KEY}\n{KEY}"])
def test_wrong_keys_are_refused_before_anything_is_written(source: Flask, tmp_path: Path, typed: str) -> None:
    backup, keys = backed_up(source, tmp_path)
    keys.write_text(typed)
    answer, _ = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 1
    assert "not the ones" in answer.output
    assert not (tmp_path / "target" / "portal.db").exists()


@pytest.mark.parametrize("name", ["portal.db", "checkpoints.txt"])
def test_a_changed_file_is_refused(source: Flask, tmp_path: Path, name: str) -> None:
    backup, keys = backed_up(source, tmp_path)
    (backup / name).write_bytes((backup / name).read_bytes() + b"\n")
    answer, _ = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 1
    assert f"{name} is not what was backed up" in answer.output


@pytest.mark.parametrize("manifest", [None, "{}", "not json", '{"format": 2, "sha256": {}}'])
def test_a_folder_without_a_good_manifest_is_no_backup(
    source: Flask, tmp_path: Path, manifest: str | None
) -> None:
    backup, keys = backed_up(source, tmp_path)
    (backup / "manifest.json").unlink()
    if manifest is not None:
        (backup / "manifest.json").write_text(manifest)
    answer, _ = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 1
    assert "Error: " in answer.output


def test_a_rewritten_record_is_found_and_nothing_stays_behind(source: Flask, tmp_path: Path) -> None:
    with unit_of_work():
        db.session.execute(text("UPDATE public_record SET merchant_name = 'somebody else'"))
    backup, keys = backed_up(source, tmp_path)
    answer, _ = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 1
    assert "1 faults in the log" in answer.output
    assert not (tmp_path / "target" / "portal.db").exists()
    assert not (tmp_path / "target" / "checkpoints.txt").exists()


def test_a_ledger_that_does_not_balance_is_not_backed_up(source: Flask, tmp_path: Path) -> None:
    account = "INSERT INTO ledger_account (code, kind, may_go_negative) VALUES ('stray', 'claim_due', 0)"
    transfer = "INSERT INTO ledger_transfer (key, kind, claim_number, at) VALUES ('k', 'promise', 'C', '{}')"
    posting = "INSERT INTO ledger_posting (transfer_id, account_id, amount_fen) VALUES (1, 1, 5)"
    with unit_of_work():
        for statement in (account, transfer.format(NOW.isoformat(" ")), posting):
            db.session.execute(text(statement))
    answer = run(source, "backup")
    assert answer.exit_code == 1
    assert "faults in the ledger" in answer.output
    assert list(Path(source.config["BACKUP_PATH"]).iterdir()) == []


def test_keys_are_never_written_over(source: Flask, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("something dear")
    assert run(source, "backup", "--keys", tmp_path / "keys").exit_code == 1
    assert (tmp_path / "keys").read_text() == "something dear"


@pytest.mark.postgres
def test_postgresql_comes_back_whole(tmp_path: Path, postgres_server: str, postgres_url: str) -> None:
    if shutil.which("pg_dump") is None:
        absent("pg_dump is not installed")
    app = make_app(tmp_path / "source", database_url=postgres_url)
    with app.app_context():
        upgrade()
        fill()
        backup, keys = backed_up(app, tmp_path)
        close()
    empty = postgres_url + "_restored"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {empty.rsplit('/', 1)[1]}")
    target = make_app(tmp_path / "target", database_url=empty)
    with target.app_context():
        answer = run(target, "restore", backup, "--keys", keys)
        assert answer.exit_code == 0, answer.output
        assert db.session.scalars(select(Filing)).one().name == "张三"
        assert run(target, "log", "verify").exit_code == 0
        again = run(target, "restore", backup, "--keys", keys)
        assert "not empty" in again.output
        close()
