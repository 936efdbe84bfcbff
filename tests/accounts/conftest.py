"""Shared by the tests of accounts: either database, a copied cookie, and acts that begin together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.base.db import db


@pytest.fixture(params=["app", pytest.param("postgres_app", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Flask:
    """Return an application on an empty database of either kind."""
    return request.getfixturevalue(request.param)


def copy_of(client: FlaskClient) -> FlaskClient:
    """Return a second device that holds a copy of the first one's cookie."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    other = client.application.test_client()
    other.set_cookie("session", cookie.value)
    return other


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Run each in a thread with a session of its own, begun together; return what came of them."""
    barrier, came = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                came[place] = acts[place]()
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    return came
