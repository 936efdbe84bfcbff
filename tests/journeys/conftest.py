"""A portal served on a free port, and a headless Chromium to visit it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from werkzeug.serving import make_server

from portal.accounts import actions as account_actions
from portal.accounts import queries as account_queries
from portal.accounts.models import Role
from portal.base import clock
from portal.base.db import db, unit_of_work
from tests.builders import make_instrument, make_market, make_member, make_merchant, make_office, make_pledge
from tests.conftest import absent, make_app
from tests.journeys.checks import faults_by_axe as faults_by_axe
from tests.journeys.checks import is_wider_than_the_screen as is_wider_than_the_screen
from tests.journeys.people import PASSWORDS, Stage

CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# The machine that runs this may be busy; what is waited for comes, or the story ends here.
expect.set_options(timeout=15_000)


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


@pytest.fixture(scope="module")
def shop(served: Flask) -> str:
    """Open the shop, give everybody a sign-in, and return the merchant's number."""
    with served.app_context():
        now = clock.now() - timedelta(days=40)
        office_id = make_office(now=now)
        market = make_market(now=now)
        merchant = make_merchant("老王水果", market_id=market.id, stall_no="12", sector="market", now=now)
        make_pledge(merchant, now=now)
        make_instrument(merchant, now=now)
        for login, role, subject in (
            ("officer", Role.OFFICER, office_id),
            ("owner", Role.MERCHANT_OWNER, merchant.id),
        ):
            make_member(role, subject, login=f"{login}@example.cn", name=login, now=now)
            with unit_of_work():
                user = account_queries.user_by_login(f"{login}@example.cn")
                assert user is not None
                account_actions.set_demo_sign_in(user, PASSWORDS[login], now)
        return merchant.number


@pytest.fixture
def stage(served: Flask, shop: str, new_context: Any) -> Iterator[Stage]:
    told = Stage(served, new_context, shop)
    yield told
    assert told.faults == []
