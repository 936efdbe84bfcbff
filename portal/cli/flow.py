"""`flask flow`: print the two tracks as diagrams."""

from __future__ import annotations

import click

from portal.rules.complaint_flow import diagram


@click.command("flow")
def flow() -> None:
    """Print the table of moves as Mermaid state diagrams."""
    click.echo(diagram())
