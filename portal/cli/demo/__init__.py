"""`flask demo`: a believable portal, made through the portal's own actions, the same for a day and a seed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.base import clock, jobs
from portal.base.db import unit_of_work
from portal.base.web import DEMO_MARK
from portal.cli.demo import people, purchases, stories, traders
from portal.cli.demo.timeline import Timeline, moment
from portal.merchants import jobs as merchant_jobs
from portal.merchants import queries as merchant_queries
from portal.search import queries as search_queries

SEED = 20260415


@click.group("demo", invoke_without_command=True)
@click.option("--last-day", type=click.DateTime(["%Y-%m-%d"]), help="The demo's last day (default: today).")
@click.option("--seed", default=SEED, show_default=True, help="The same day and seed give the same rows.")
@click.pass_context
@with_appcontext
def demo_commands(context: click.Context, last_day: click.DateTime | None, seed: int) -> None:
    """Fill an empty database with about 300 made-up merchants and 400 cases over 18 months."""
    if context.invoked_subcommand is None:
        if merchant_queries.has_any_merchant():
            raise click.ClickException("The database is not empty; the demo never mixes with what is there.")
        load(last_day.date() if last_day else clock.today(), seed)  # type: ignore[attr-defined]


@demo_commands.command("sign-ins")
@with_appcontext
def sign_ins() -> None:
    """Print each demo sign-in with a second-factor code that is good now; passwords stay as they are."""
    people.print_codes()


def load_when_empty() -> None:
    """Load the demo on the first start, when there is nothing at all."""
    if not merchant_queries.has_any_merchant():
        load(clock.today(), SEED)


def print_sign_ins() -> None:
    """Give every demo person a fresh password and print it once; where there is no demo, say nothing."""
    people.renew_and_print()


def load(last_day: date, seed: int) -> None:
    """Build the demo that ends on a day."""
    Path(current_app.config["INSTANCE_PATH"], DEMO_MARK).touch()
    timeline = Timeline(last_day, seed)
    evening = moment(last_day, 23)
    with unit_of_work():
        people.add_offices(timeline.first_moment)
    everybody = traders.plan(timeline)
    stories.plan(timeline, everybody)
    purchases.plan(timeline, everybody)
    timeline.run()
    with unit_of_work():
        people.add_people(timeline.first_moment)
        merchant_jobs.refresh_all(now=evening)
    # What that put in line is done before anybody looks.
    jobs.run_due(current_app.extensions["jobs"], now=evening)
    click.echo("Indexing ...")
    search_queries.use_index(current_app.config["SEARCH_ENGINE"], current_app.config["INSTANCE_PATH"])
    search_queries.catch_up()
