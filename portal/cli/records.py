"""`flask log …` and `flask records …`: the transparency log, expiry and the plain export."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.base import clock, crypto
from portal.base.db import unit_of_work
from portal.base.labels import render
from portal.records import indexing, proofs, queries, sealing, verifying

log = AppGroup("log", help="The transparency log.")
records = AppGroup("records", help="Public records.")


@log.command("checkpoint")
def checkpoint() -> None:
    """Sign the log as it stands and append that to CHECKPOINT_FILE."""
    with unit_of_work():
        signed = sealing.sign_checkpoint(
            origin=current_app.config["LOG_ORIGIN"],
            path=current_app.config["CHECKPOINT_FILE"],
            now=clock.now(),
        )
    click.echo(signed.note if signed else "nothing was added since the last checkpoint", nl=not signed)


@log.command("verify")
@click.option(
    "--file", "path", type=click.Path(dir_okay=False, path_type=Path), help="Another checkpoint file."
)
def verify(path: Path | None) -> None:
    """Compare every record with the log and with the checkpoints kept outside the database."""
    kept = path or Path(current_app.config["CHECKPOINT_FILE"])
    count = 0
    for fault in verifying.faults_in_log(lambda: _text_of(kept), crypto.signing_key().public_key()):
        click.echo(render(fault))
        count += 1
    if count:
        raise click.ClickException(f"{count} faults found")
    last = proofs.last_checkpoint()
    click.echo(f"{proofs.log_size()} entries, signed up to {last.size if last else 0}, no faults")


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


@records.command("expire")
def expire() -> None:
    """Take records whose period is over out of the search; they are hidden already."""
    with unit_of_work():
        count = indexing.expire(clock.today())
    click.echo(f"expired {count}")


@records.command("export")
def export() -> None:
    """Write every visible record to standard output, one JSON object a line."""
    for row in queries.export_rows(clock.today()):
        click.echo(json.dumps(row, ensure_ascii=False, sort_keys=True))
