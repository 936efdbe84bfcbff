"""`flask backup` and `flask restore`: everything the portal must not lose, and proof that it came back.

A backup holds the database, the signed checkpoints and the stored files, still sealed.
The keys that open columns and files are exported apart, so that neither half alone is
worth stealing.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

import portal.compensation.words  # noqa: F401 - a state in a fault needs its words
from portal.accounts import sign_ins
from portal.base import clock, crypto
from portal.base.db import db, unit_of_work
from portal.base.labels import render
from portal.cli import backup_files
from portal.compensation import ledger
from portal.complaints.models import Filing
from portal.records import proofs, sealing, verifying

FORMAT = 2
MANIFEST = "manifest.json"
CHECKPOINTS = "checkpoints.txt"
DATABASES = {"sqlite": "portal.db", "postgresql": "portal.dump"}
# What the manifest says of the keys, so that wrong ones are known before anything is written.
KEY_CHECK = "backup-key-check"
SAMPLE = 200
TABLES_IN = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()",
}
KEYS_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.option("--keys", "keys_file", type=KEYS_FILE, help="Also write the keys to this new file, mode 0600.")
@with_appcontext
def backup(keys_file: Path | None) -> None:
    """Write database, checkpoints and stored files to a new folder under BACKUP_PATH.

    The keys are not in it: without them nobody can open what is sealed, you included.
    """
    if keys_file:
        _export_keys(keys_file)
    stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
    folder = Path(current_app.config["BACKUP_PATH"]) / stamp
    partial = folder.with_name(stamp + ".partial")
    partial.mkdir(parents=True, mode=0o700)
    try:
        # Others' writes wait meanwhile: the checkpoints then say nothing that the database does not know.
        with unit_of_work():
            sealing.locked_head()
            _refuse_ledger_faults()
            manifest = _manifest(stamp)
            _dump(partial / manifest["database"])
            _copy_checkpoints(partial / CHECKPOINTS)
            keys = backup_files.referenced_keys()
        # A stored file never changes, so these can be copied while others write again.
        manifest["missing_files"] = backup_files.copy_out(partial, keys)
        manifest["sha256"] = backup_files.hashes(partial)
        (partial / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _tell_of_lost_files(manifest["missing_files"])
    click.echo(str(folder))


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--keys", "keys_file", type=KEYS_FILE, required=True, help="What `flask backup --keys` wrote.")
@with_appcontext
def restore(folder: Path, keys_file: Path) -> None:
    """Bring a backup back into an empty instance, and check all of it."""
    manifest = _checked_manifest(folder)
    keys = _checked_keys(keys_file, manifest)
    _refuse_unless_empty()
    crypto.use_keys(keys)
    written: list[str] = []
    try:
        _load(folder / manifest["database"])
        backup_files.bring_back(folder, filter(backup_files.ENTRY.fullmatch, manifest["sha256"]), written)
        shutil.copyfile(folder / CHECKPOINTS, current_app.config["CHECKPOINT_FILE"])
        upgrade()
        _check_all(manifest)
        with unit_of_work():
            sign_ins.end_everybodys(clock.now())
    except BaseException:
        backup_files.take_back(written)
        _take_back()
        raise
    _keep_keys(keys)
    click.echo(f"restored {manifest['made_at']}: {manifest['log_size']} log entries, no faults")


def _tell_of_lost_files(gone: Sequence[str]) -> None:
    """Say which files are missing though they are still spoken of; the others were removed meanwhile."""
    lost = set(gone) & set(backup_files.referenced_keys()) if gone else set()
    for key in sorted(lost):
        click.echo(f"missing from the store, and so from this backup: {key}", err=True)


def _export_keys(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already; keys are never written over") from None
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(current_app.config["SECRET_KEYS"]) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _manifest(stamp: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": stamp,
        "database": DATABASES[db.engine.dialect.name],
        "revision": _scalar("SELECT version_num FROM alembic_version"),
        "log_size": proofs.log_size(),
        "record_count": _record_count(),
        "key_checks": list(crypto.keyed_hashes(KEY_CHECK, stamp)),
    }


def _scalar(statement: str) -> Any:
    return db.session.connection().exec_driver_sql(statement).scalar()


def _record_count() -> int:
    return int(_scalar("SELECT count(*) FROM public_record"))


def _refuse_ledger_faults() -> None:
    faults = ledger.check()
    for fault in faults:
        click.echo(render(fault.message), err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} faults in the ledger; see flask ledger check")


def _dump(target: Path) -> None:
    if db.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    else:
        _run_postgres(["pg_dump", "--format=custom", "--no-owner", f"--file={target}", _plain_address()])
    target.chmod(0o600)


def _load(source: Path) -> None:
    if db.engine.dialect.name == "sqlite":
        db.session.remove()
        db.engine.dispose()
        _remove_sqlite()
        shutil.copyfile(source, str(db.engine.url.database))
        Path(str(db.engine.url.database)).chmod(0o600)
    else:
        db.session.remove()
        address = f"--dbname={_plain_address()}"
        _run_postgres(
            ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", address, str(source)]
        )


def _plain_address() -> str:
    return db.engine.url.set(drivername="postgresql", password=None).render_as_string()


def _run_postgres(command: Sequence[str]) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise click.ClickException(f"{command[0]} is not installed; it comes with PostgreSQL's client")
    # The password goes by the environment: everybody on the machine can read a command line.
    environ = {**os.environ, "PGPASSWORD": db.engine.url.password or ""}
    run = subprocess.run([program, *command[1:]], env=environ, capture_output=True, text=True)  # noqa: S603
    if run.returncode != 0:
        raise click.ClickException(f"{command[0]}: {run.stderr.strip()}")


def _copy_checkpoints(target: Path) -> None:
    kept = Path(current_app.config["CHECKPOINT_FILE"])
    target.write_bytes(kept.read_bytes() if kept.exists() else b"")


def _checked_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        promised = dict(manifest["sha256"])
    except (OSError, ValueError, KeyError) as error:
        raise click.ClickException(f"{folder} is no backup: {MANIFEST} cannot be read") from error
    if manifest.get("format") != FORMAT:
        raise click.ClickException(f"this backup has a format of its own, {manifest.get('format')}")
    expected = DATABASES[db.engine.dialect.name]
    others = {name for name in promised if not backup_files.ENTRY.fullmatch(name)}
    if manifest["database"] != expected or others != {expected, CHECKPOINTS}:
        raise click.ClickException(f"this backup is not of a {db.engine.dialect.name} database")
    for name, digest in promised.items():
        if not (folder / name).is_file() or backup_files.sha256(folder / name) != digest:
            raise click.ClickException(f"{name} is not what was backed up: its SHA-256 differs")
    return manifest


def _checked_keys(path: Path, manifest: dict[str, Any]) -> tuple[str, ...]:
    if not path.is_file():
        raise click.ClickException(f"{path} holds no keys; without them the sealed columns stay shut")
    keys = tuple(path.read_text().split())
    checks = [crypto.keyed_hash(KEY_CHECK, manifest["made_at"], key=key) for key in keys]
    if manifest["key_checks"] != checks:
        raise click.ClickException("these keys are not the ones this backup was sealed with")
    if os.environ.get("SECRET_KEYS") and tuple(current_app.config["SECRET_KEYS"]) != keys:
        raise click.ClickException("SECRET_KEYS is set to other keys; set it to these, or unset it")
    return keys


def _refuse_unless_empty() -> None:
    tables = _scalar(TABLES_IN[db.engine.dialect.name])
    db.session.rollback()
    if tables:
        raise click.ClickException(
            "the database is not empty; a backup is only restored into an empty instance"
        )
    kept = Path(current_app.config["CHECKPOINT_FILE"])
    if kept.exists() and kept.stat().st_size:
        raise click.ClickException(f"{kept} speaks of another log; move it away first")


def _check_all(manifest: dict[str, Any]) -> None:
    _refuse_ledger_faults()
    kept = Path(current_app.config["CHECKPOINT_FILE"])
    faults = [
        render(fault)
        for fault in verifying.faults_in_log(
            lambda: kept.read_text(encoding="utf-8"), crypto.signing_key().public_key()
        )
    ]
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} faults in the log")
    if (proofs.log_size(), _record_count()) != (manifest["log_size"], manifest["record_count"]):
        raise click.ClickException("the records are not as many as were backed up")
    # Reading a row opens its sealed columns; a wrong key raises.
    for filing in db.session.query(Filing).order_by(Filing.id.desc()).limit(SAMPLE):
        if not filing.receipt_hash:
            raise click.ClickException("a filing came back without its receipt")
    backup_files.check_each_opens(manifest["missing_files"])
    db.session.rollback()


def _take_back() -> None:
    """Leave the instance as empty as it was; PostgreSQL restored in one transaction, or says what to do."""
    db.session.remove()
    db.engine.dispose()
    Path(current_app.config["CHECKPOINT_FILE"]).unlink(missing_ok=True)
    crypto.use_keys(current_app.config["SECRET_KEYS"])
    if db.engine.dialect.name == "sqlite":
        _remove_sqlite()
    else:
        click.echo("Drop and create the database again before the next attempt.", err=True)


def _remove_sqlite() -> None:
    for ending in ("", "-wal", "-shm"):
        Path(str(db.engine.url.database) + ending).unlink(missing_ok=True)


def _keep_keys(keys: Sequence[str]) -> None:
    """Make the restored keys this instance's own, unless the environment gives them."""
    if os.environ.get("SECRET_KEYS"):
        return
    path = Path(current_app.config["INSTANCE_PATH"]) / "secret_keys"
    fresh = path.with_name("secret_keys.restored")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
