"""flask search: the index, which can be filled anew at any time."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.search import queries

search = AppGroup("search", help="The search index.")


@search.command("rebuild")
def rebuild() -> None:
    """Fill a new index from the database, then put it in the old one's place."""
    count = queries.document_count()
    with click.progressbar(length=count, label="Filling the index") as bar:
        is_done = queries.rebuild(bar.update)
    if not is_done:
        raise click.ClickException("another process is writing the index; try again in a moment")
    click.echo(f"indexed {count}")
