"""Shared fixtures: an application on an empty database, a client, and the demo's data path."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask, Response, g, has_app_context
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.base.db import db
from portal.factory import create_app
from tests import postgres_server as postgres


class ForgetfulClient(FlaskClient):
    """A client whose requests share nothing through `g`, though a test stands in one app context."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():
            vars(g._get_current_object()).clear()
        return super().open(*args, **kwargs)


class WatchedSessions(SecureCookieSessionInterface):
    """Sessions that count the requests which looked into them; `Vary` tells only of the language."""

    def __init__(self) -> None:
        self.reads = 0

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        self.reads += session.accessed
        super().save_session(app, session, response)


def make_app(folder: Path, *, database_url: str = "", **overrides: object) -> Flask:
    """Return an application with an instance folder of its own and no CSRF check."""
    environ = {"INSTANCE_PATH": str(folder), "SECRET_KEYS": "a-key-for-tests-only-" + "0" * 32}
    environ["DATABASE_URL"] = database_url
    settings = {"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False, **overrides}
    app = create_app(environ, **settings)
    app.test_client_class = ForgetfulClient
    return app


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with every table and no row, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("empty")
    application = make_app(folder)
    with application.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()
    return folder / "portal.db"


@pytest.fixture
def app(tmp_path: Path, empty_database: Path) -> Iterator[Flask]:
    shutil.copyfile(empty_database, tmp_path / "portal.db")
    application = make_app(tmp_path)
    with application.app_context():
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


def absent(reason: str) -> None:
    """Skip for want of a service; where CI is set the want is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Yield the address of a temporary PostgreSQL server."""
    if postgres.binaries() is None:
        absent("PostgreSQL's binaries are not installed")
    with postgres.running_server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Yield the address of an empty database of its own."""
    name = "t" + secrets.token_hex(6)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres_server.rsplit("/", 1)[0] + "/" + name
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_app(tmp_path: Path, postgres_url: str) -> Iterator[Flask]:
    """Yield an application on an empty PostgreSQL database."""
    application = make_app(tmp_path, database_url=postgres_url)
    with application.app_context():
        db.create_all()
        yield application
        db.session.remove()
        db.engine.dispose()
