"""A backup brings everything back, or says plainly why not."""

from __future__ import annotations

import hashlib
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

from portal.accounts.models import EndOfSignIn, Role, SignIn
from portal.base import files
from portal.base.db import db, unit_of_work
from portal.complaints.evidence.models import EvidenceFile
from portal.complaints.models import Case, Filing
from portal.factory import create_app
from portal.merchants.models import Merchant
from portal.records.models import PublicRecord
from portal.rules.complaint_flow import Actor
from portal.rules.intake_terms import EvidenceSlot
from portal.rules.publication import RecordKind
from tests.builders import make_case, make_member, make_merchant, publish_record, sign_in
from tests.conftest import absent, make_app

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PHOTO = b"a photo of a scale" * 500
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
    add_evidence(make_case(merchant, now=NOW).filing_id)
    publish_record(RecordKind.AWARD, {"valid_until": "2028-01-01"}, merchant_number=merchant.number, now=NOW)


def add_evidence(filing_id: int) -> None:
    """Hang a photo with a masked copy on a filing."""
    keys = {
        "sealed_key": files.seal(PHOTO),
        "clean_key": files.seal(b"clean"),
        "thumbnail_key": files.seal(b"thumbnail"),
        "masked_key": files.seal(b"masked"),
        "masked_thumbnail_key": files.seal(b"masked thumbnail"),
    }
    with unit_of_work():
        db.session.add(
            EvidenceFile(
                number="E1",
                filing_id=filing_id,
                slot=EvidenceSlot.GOODS,
                name="秤.jpg",
                media_type="image/jpeg",
                size_bytes=len(PHOTO),
                sha256="0" * 64,
                width_px=1,
                height_px=1,
                added_by=Actor.COMPLAINANT,
                added_at=NOW,
                **keys,
            )
        )


def stored_keys() -> list[str]:
    return db.session.scalars(select(EvidenceFile)).one().stored_keys


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
        "evidence",
        "manifest.json",
        "portal.db",
    ]
    sealed = {f"evidence/{key}" for key in stored_keys()}
    assert len(sealed) == 5
    assert set(manifest["sha256"]) == {"checkpoints.txt", "portal.db"} | sealed
    assert manifest["missing_files"] == []
    assert manifest["log_size"] == 1
    assert manifest["revision"] == db.session.scalar(text("SELECT version_num FROM alembic_version"))
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert KEY in keys.read_text()
    kept = [path for path in backup.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (backup / "evidence").iterdir()} == {0o600}
    assert not any(secret in path.read_bytes() for path in kept for secret in (KEY.encode(), PHOTO[:40]))


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
        opened = [files.open_sealed(key) for key in stored_keys()]
        assert opened == [PHOTO, b"clean", b"thumbnail", b"masked", b"masked thumbnail"]
        assert run(again, "log", "verify").exit_code == 0
        close()


def test_a_restore_signs_everybody_out(source: Flask, tmp_path: Path) -> None:
    """Who signed out after the backup was made must not be signed in again by it."""
    device = source.test_client()
    sign_in(device, make_member(Role.MERCHANT_OWNER, 1, now=NOW))
    cookie = device.get_cookie("session")
    assert cookie is not None
    assert device.get("/account/").status_code == 200
    backup, keys = backed_up(source, tmp_path)
    device.post("/account/logout")
    close()
    answer, target = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 0, answer.output
    with target.app_context():
        copy = target.test_client()
        copy.set_cookie("session", cookie.value)
        assert copy.get("/account/").status_code == 303
        assert db.session.scalars(select(SignIn.ended_because)).all() == [EndOfSignIn.RESTORED]
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


def test_a_changed_photo_is_refused(source: Flask, tmp_path: Path) -> None:
    backup, keys = backed_up(source, tmp_path)
    name = f"evidence/{stored_keys()[0]}"
    (backup / name).write_bytes(b"another")
    answer, _ = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 1
    assert f"{name} is not what was backed up" in answer.output


def test_a_photo_of_another_name_than_a_key_s_is_no_part_of_a_backup(source: Flask, tmp_path: Path) -> None:
    backup, keys = backed_up(source, tmp_path)
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["sha256"]["evidence/../../escaped"] = "0" * 64
    (backup / "manifest.json").write_text(json.dumps(manifest))
    answer, _ = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 1
    assert "is not of a sqlite database" in answer.output


def test_a_photo_that_the_store_lost_does_not_stop_backups_and_is_told(source: Flask, tmp_path: Path) -> None:
    lost, *others = stored_keys()
    files.remove(lost)
    answer = run(source, "backup", "--keys", tmp_path / "keys")
    assert answer.exit_code == 0
    assert f"missing from the store, and so from this backup: {lost}" in answer.stderr
    backup = Path(answer.stdout.strip())
    assert json.loads((backup / "manifest.json").read_text())["missing_files"] == [lost]
    again, _ = restored(tmp_path / "target", backup, tmp_path / "keys")
    assert again.exit_code == 0, again.output
    assert set(files.keys_older_than(datetime(2100, 1, 1, tzinfo=UTC))) == set(others)


def test_a_photo_that_does_not_open_stops_the_restore_and_nothing_stays(
    source: Flask, tmp_path: Path
) -> None:
    key = stored_keys()[0]
    folder = Path(source.config["INSTANCE_PATH"]) / "evidence" / key[:2]
    (folder / key).write_bytes(b"not sealed with these keys")
    backup, keys = backed_up(source, tmp_path)
    answer, _ = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 1
    assert f"{key} opens with none of the keys" in answer.output
    assert "1 stored files did not come back" in answer.output
    assert not (tmp_path / "target" / "portal.db").exists()
    assert [path for path in (tmp_path / "target" / "evidence").rglob("*") if path.is_file()] == []


def test_a_photo_in_the_backup_s_rows_but_not_in_its_folder_stops_the_restore(
    source: Flask, tmp_path: Path
) -> None:
    backup, keys = backed_up(source, tmp_path)
    manifest = json.loads((backup / "manifest.json").read_text())
    key = stored_keys()[0]
    del manifest["sha256"][f"evidence/{key}"]
    (backup / "manifest.json").write_text(json.dumps(manifest))
    answer, _ = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 1
    assert f"{key} is not in the store" in answer.output


def test_a_restore_spares_files_that_a_surviving_store_still_has(source: Flask, tmp_path: Path) -> None:
    backup, keys = backed_up(source, tmp_path)
    kept, (name, *others) = Path(source.config["INSTANCE_PATH"]) / "evidence", stored_keys()
    spared = set(others)
    (tmp_path / "target").mkdir()
    shutil.copytree(kept, tmp_path / "target" / "evidence")
    (tmp_path / "target" / "evidence" / name[:2] / name).unlink()
    (backup / "portal.db").write_bytes(b"spoilt")
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["sha256"]["portal.db"] = hashlib.sha256(b"spoilt").hexdigest()
    (backup / "manifest.json").write_text(json.dumps(manifest))
    answer, _ = restored(tmp_path / "target", backup, keys)
    assert answer.exit_code == 1
    # What the failed restore added is gone again; what was there before stays.
    found = {path.name for path in (tmp_path / "target" / "evidence").rglob("*") if path.is_file()}
    assert found == spared


@pytest.mark.parametrize("manifest", [None, "{}", "not json", '{"format": 1, "sha256": {}}'])
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
        assert files.open_sealed(stored_keys()[0]) == PHOTO
        assert run(target, "log", "verify").exit_code == 0
        again = run(target, "restore", backup, "--keys", keys)
        assert "not empty" in again.output
        close()
