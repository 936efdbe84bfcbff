"""A portal served on a free port, and a headless Chromium to visit it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from portal.base.db import db
from tests.conftest import absent, make_app

CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def chromium() -> str:
    """Return a Chromium to run, or skip."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        absent("no Chromium: set CHROMIUM, or install it")
    return str(found)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Stand in for the plugin's own, which pytest 9 warns of; each context is told its address."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium(), "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield an application on an empty database that answers at `PUBLIC_URL`, with CSRF checks on."""
    application = make_app(tmp_path_factory.mktemp("served"), WTF_CSRF_ENABLED=True, TESTING=False)
    with application.app_context():
        db.create_all()
    server = make_server("127.0.0.1", 0, application, threaded=True)
    application.config["PUBLIC_URL"] = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield application
    server.shutdown()
    thread.join()
    server.server_close()
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], served: Flask) -> dict[str, Any]:
    """A phone, unless a test sets another size."""
    address = served.config["PUBLIC_URL"]
    return {**browser_context_args, "base_url": address, "viewport": {"width": 360, "height": 740}}


def faults_by_axe(page: Page) -> list[str]:
    """Return what axe holds against a page, one line a fault."""
    results = Axe().run(page)
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    )
