"""`flask serve`: everything `make run` starts, and everything Ctrl-C ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from portal.base import mail
from portal.cli.demo import load_when_empty, print_sign_ins

GRACE_SECONDS = 10


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Migrate, load the demo into an empty database, start the web server and the worker."""
    upgrade()
    if current_app.config["DEMO"]:
        load_when_empty()
        print_sign_ins()
    if not mail.is_on():
        click.echo("No e-mail is sent, and no page offers it: SMTP_URL is not set.")
    port = current_app.config["PORT"]
    commands = (_web_command(port), [sys.executable, "-m", "flask", "--app", "app", "worker"])
    sys.exit(_run_together(commands, ready_url=f"http://127.0.0.1:{port}/readyz"))


def _web_command(port: int) -> list[str]:
    workers = os.environ.get("WEB_CONCURRENCY", "2")
    options = [
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        workers,
        "--threads",
        "4",
        "--graceful-timeout",
        "8",
    ]
    # At "warning" it writes the visitor's address beside each broken request.
    return [sys.executable, "-m", "gunicorn", *options, "--log-level", "error", "app:app"]


def _run_together(commands: Sequence[Sequence[str]], *, ready_url: str) -> int:
    """Run the commands until a signal comes or one of them ends; then end them all."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    # A session of their own: Ctrl-C reaches this process alone, which then ends them in order.
    children = [subprocess.Popen(command, start_new_session=True) for command in commands]  # noqa: S603
    is_announced = False
    while not stopping and all(child.poll() is None for child in children):
        if not is_announced and _answers(ready_url):
            click.echo(
                f"\n  足秤 Full Measure is open at {current_app.config['PUBLIC_URL']}  (Ctrl-C ends it)\n"
            )
            is_announced = True
        time.sleep(0.3)
    failed = [child for child in children if child.poll() is not None] if not stopping else []
    _end(children)
    for child in failed:
        click.echo(f"{child.args!r} ended with status {child.returncode}", err=True)
    return 1 if failed else 0


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except OSError:
        return False
