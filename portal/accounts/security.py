"""Flask-Security and Flask-Limiter, set up for this portal.

Flask-Security loads the person of a session, hashes passwords and ends
sessions. Its own pages are not registered: they commit by themselves, bear no
access declaration and cannot ask one role for a second factor and not
another. Ours are in views.py. What it hangs on every request is taken off
again, so that a public page reads no session, asks no query and can be cached.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request, session
from flask_limiter import Limiter
from flask_security import Security, SQLAlchemyUserDatastore, login_user, logout_user

from portal.accounts import queries, second_factor
from portal.accounts.access import current_member
from portal.accounts.models import User
from portal.base import clock, crypto
from portal.base.db import db

# Nothing of a visitor's address is kept: the limiter counts under a keyed hash of it.
KEPT_OVER_SIGN_IN = ("receipts",)

SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    "SECURITY_TRACKABLE": False,
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_TWO_FACTOR_IMPLEMENTATIONS": {},
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    # Flask-Login would bind a session to a hash of address and browser.
    "SESSION_PROTECTION": None,
    "RATELIMIT_HEADERS_ENABLED": False,
    "RATELIMIT_STRATEGY": "fixed-window",
}


def address_key() -> str:
    """Return a keyed hash of the visitor's address, to count under."""
    return crypto.keyed_hash("limit-address", request.remote_addr or "")


def account_key() -> str:
    """Return a keyed hash of the sign-in name typed, to count under."""
    return crypto.keyed_hash("limit-account", queries.fold_login(request.form.get("login", "")))


def person_key() -> str:
    """Return a keyed hash of the person signed in or half signed in, to count under."""
    waiting = session.get("waiting") or {}
    return crypto.keyed_hash("limit-person", str(session.get("_user_id") or waiting.get("user", "")))


limiter = Limiter(key_func=address_key, default_limits=[])


def is_refused(response: Any) -> bool:
    """Say whether an answer refused what was typed: only those count against a limit."""
    return bool(response.status_code == 422)


def init_accounts(app: Flask) -> None:
    """Attach sign-in, second factor and limits to the application."""
    for key, value in SETTINGS.items():
        app.config.setdefault(key, value)
    app.config.setdefault("SECURITY_PASSWORD_SALT", "unused: argon2 salts each password by itself")
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["REDIS_URL"] or "memory://")
    second_factor.use_keys(app.config["SECRET_KEYS"])
    security = Security(app, SQLAlchemyUserDatastore(db, User, None), register_blueprint=False)
    _leave_public_pages_alone(app, security)
    limiter.init_app(app)
    app.context_processor(_member_of_private_page)


def _leave_public_pages_alone(app: Flask, security: Security) -> None:
    manager = security.login_manager
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    processors = app.template_context_processors[None]
    processors[:] = [p for p in processors if p.__module__ != "flask_login.utils"]
    # No sign-in by a token in the address or a header.
    manager._request_callback = None
    manager._session_identifier_generator = str


def _member_of_private_page() -> dict[str, Any]:
    return {"member": current_member() if g.get("is_private") else None}


def begin_session(user: User) -> None:
    """Sign a person in, in a session that keeps nothing of the one before but the receipts."""
    kept = {key: session[key] for key in KEPT_OVER_SIGN_IN if key in session}
    session.clear()
    session.update(kept)
    login_user(user, remember=False)
    session["began_s"] = session["seen_s"] = session["confirmed_s"] = now_s()
    g.pop("member", None)


def end_session() -> None:
    """Sign the person out and forget all that this session held."""
    logout_user()
    session.clear()
    g.pop("member", None)


def now_s() -> int:
    """Return this second, counted from 1970, as sessions keep it."""
    return int(clock.now().timestamp())


def wait_for_code(user: User, then: str | None) -> None:
    """Note that a person gave the right password and owes the second factor."""
    session["waiting"] = {"user": user.fs_uniquifier, "since_s": now_s(), "then": then}


def waiting_user(within_s: int) -> User | None:
    """Return the person who owes the second factor, unless that was too long ago."""
    waiting = session.get("waiting")
    if not waiting or now_s() - waiting["since_s"] > within_s:
        return None
    return queries.user_by_session(waiting["user"])
