"""Flask commands, one file a subject."""

from __future__ import annotations

from click import Command
from flask import Flask

from portal.cli.accounts import accounts
from portal.cli.backup import backup, restore
from portal.cli.credit import credit
from portal.cli.demo import demo_commands
from portal.cli.flow import flow
from portal.cli.ledger import ledger
from portal.cli.records import log, records
from portal.cli.search import search
from portal.cli.serve import serve
from portal.cli.tickets import imports
from portal.cli.worker import worker


def register_commands(app: Flask) -> None:
    """Attach every command to the application."""
    for command in COMMANDS:
        app.cli.add_command(command)


COMMANDS: tuple[Command, ...] = (
    accounts,
    backup,
    credit,
    flow,
    demo_commands,
    imports,
    ledger,
    log,
    records,
    restore,
    search,
    serve,
    worker,
)
