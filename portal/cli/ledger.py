"""`flask ledger check`: does the ledger balance, and does it agree with the claims?"""

from __future__ import annotations

import click
from flask.cli import AppGroup

import portal.compensation.words  # noqa: F401 - a state in a fault needs its words
from portal.base.labels import render
from portal.compensation import ledger as book

ledger = AppGroup("ledger", help="The ledger of compensation.")


@ledger.command("check")
def check() -> None:
    """Compare every entry with its claim; print what cannot be right."""
    faults = book.check()
    for fault in faults:
        click.echo(render(fault.message))
    if faults:
        raise click.ClickException(f"{len(faults)} faults found")
    click.echo("the ledger balances, no faults")
