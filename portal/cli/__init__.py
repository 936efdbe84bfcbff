"""Flask commands, one file a subject."""

from __future__ import annotations

from flask import Flask

from portal.cli.accounts import accounts
from portal.cli.credit import credit
from portal.cli.imports import imports
from portal.cli.ledger import ledger
from portal.cli.records import log, records
from portal.cli.search import search


def register_commands(app: Flask) -> None:
    """Attach every command to the application."""
    for command in COMMANDS:
        app.cli.add_command(command)


COMMANDS: tuple = (
    accounts,
    credit,
    imports,
    ledger,
    log,
    records,
    search,
)
