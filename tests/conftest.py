"""Shared fixtures: an application on an empty database, a client, and the demo's data path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.base.db import db
from portal.factory import create_app


def make_app(folder: Path, **overrides: object) -> Flask:
    """Return an application with an instance folder of its own and no CSRF check."""
    environ = {"INSTANCE_PATH": str(folder), "SECRET_KEYS": "a-key-for-tests-only-" + "0" * 32}
    return create_app(environ, TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False, **overrides)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    application = make_app(tmp_path)
    with application.app_context():
        db.create_all()
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def data_path() -> Path:
    """Return the folder of real data, or skip where there is none."""
    here = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("DATA_PATH") or here)
    if not path.is_dir():
        pytest.skip("DATA_PATH names no folder of real data")
    return path
