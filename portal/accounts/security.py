"""Flask-Security and Flask-Limiter, set up for this portal.

Flask-Security keeps a session's person for the request and hashes passwords;
whether the sign-in behind a session is open, our own table says. Its own
pages are not registered: they commit by themselves, bear no access
declaration and cannot ask one role for a second factor and not another. Ours
are in views.py. What it hangs on every request is taken off again, so that a
public page reads no session, asks no query and can be cached.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask, abort, after_this_request, g, redirect, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_limiter import Limiter
from flask_security import Security, SQLAlchemyUserDatastore, current_user, login_user, logout_user

from portal.accounts import queries, second_factor, sign_ins
from portal.accounts.models import STAFF_ROLES, EndOfSignIn, Membership, Role, SignIn, User
from portal.accounts.words import WORDS
from portal.base import clock, crypto, labels
from portal.base.db import db, unit_of_work, when_free

# How long the second factor may be owed after the right password.
CODE_WITHIN_S = 300
# What a session keeps when somebody signs in.
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


# Where the packages to the right do their work, by role; a role without a page yet has its account.
PLACES = (
    (
        {Role.LEADER, Role.OFFICER, Role.INTAKE_CLERK, Role.AUDITOR},
        _l("The office's desk"),
        "/desk/",
    ),
    ({Role.MERCHANT_OWNER, Role.MERCHANT_STAFF}, _l("My shop"), "/merchant/"),
)


def address_key() -> str:
    """Return a keyed hash of the visitor's address, to count under; the address itself is not kept."""
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


@dataclass(frozen=True)
class Member:
    """The person signed in, with the memberships that have not ended."""

    user_id: int
    name: str
    memberships: tuple[Membership, ...]
    has_second_factor: bool
    sign_in_id: int
    began_at: datetime
    # The last visit that was noted, to the hour.
    last_seen_at: datetime

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(membership.role for membership in self.memberships)

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF_ROLES)

    @property
    def limits(self) -> tuple[timedelta, timedelta]:
        return sign_ins.limits_of(self.is_staff)


def init_accounts(app: Flask) -> None:
    """Attach sign-in, second factor and limits to the application."""
    for key, value in SETTINGS.items():
        app.config.setdefault(key, value)
    app.config.setdefault("SECURITY_PASSWORD_SALT", "unused: argon2 salts each password by itself")
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["REDIS_URL"] or "memory://")
    second_factor.use_keys(app.config["SECRET_KEYS"])
    # Memberships take the place of its roles, so there is no role table to give it.
    people = SQLAlchemyUserDatastore(db, User, None)  # type: ignore[arg-type]
    security = Security(app, people, register_blueprint=False)
    _leave_public_pages_alone(app, security)
    limiter.init_app(app)
    labels.add_labels(WORDS)
    app.context_processor(_member_of_private_page)


def _leave_public_pages_alone(app: Flask, security: Security) -> None:
    manager = security.login_manager
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    processors = app.template_context_processors[None]
    processors[:] = [p for p in processors if p.__module__ != "flask_login.utils"]
    manager.user_loader(_user_of_session)
    # No sign-in by a token in the address or a header.
    manager._request_callback = None
    manager._session_identifier_generator = str


def _member_of_private_page() -> dict[str, Any]:
    if not g.get("is_private"):
        return {}
    member = current_member()
    return {"member": member, "member_places": places_of(member) if member else ()}


def places_of(member: Member) -> tuple[tuple[Any, str], ...]:
    """Return the pages where a person works, each with its words, the first one to land on."""
    places = [(words, path) for roles, words, path in PLACES if roles & member.roles]
    return (*places, (_l("My account"), "/account/"))


def current_member() -> Member | None:
    """Return the person signed in, or None. Reads the session: for private pages only."""
    if "member" not in g:
        g.member = _load_member()
    return g.member  # type: ignore[no-any-return]


def _load_member() -> Member | None:
    sign_in: SignIn | None = g.sign_in if current_user.is_authenticated else None
    if sign_in is None:
        return None
    return Member(
        user_id=current_user.id,
        name=current_user.name,
        memberships=queries.memberships_of(current_user.id),
        has_second_factor=current_user.second_factor_at is not None,
        sign_in_id=sign_in.id,
        began_at=sign_in.began_at,
        last_seen_at=sign_in.last_seen_at,
    )


def _user_of_session(uniquifier: str) -> User | None:
    """Return the person of this session as long as its sign-in is open; one query tells both."""
    number = session.get("sign_in")
    g.sign_in = queries.open_sign_in(number, uniquifier) if number else None
    return g.sign_in.user if g.sign_in else None


def user_again() -> User:
    """Return the person signed in, read again inside a unit of work; or answer as to a stranger.

    What this request was let in by may have ended while it read the form.
    """
    number, uniquifier = session.get("sign_in", ""), session.get("_user_id", "")
    sign_in = queries.open_sign_in(number, uniquifier, for_update=True)
    if sign_in is None:
        abort(redirect(url_for("accounts.sign_in"), code=303))
    return sign_in.user


def limit_passed(member: Member) -> EndOfSignIn | None:
    """Return which limit a session is over: it rested or lasted too long. Note this visit otherwise."""
    rest, whole = member.limits
    now, second = clock.now(), now_s()
    if now - member.began_at > whole:
        return EndOfSignIn.TOO_OLD
    # To the second this is in the cookie alone; the table knows the hour.
    rested_s = second - session.get("seen_s", 0)
    if rested_s > rest.total_seconds():
        return EndOfSignIn.IDLE
    if rested_s >= 60:
        session["seen_s"] = second
    if member.last_seen_at < sign_ins.full_hour(now):
        after_this_request(partial(_note_seen, member.sign_in_id, now))
    return None


def _note_seen(sign_in_id: int, now: datetime, response: Any) -> Any:
    """Note the visit once the page is made; while others write it can wait for the next page."""
    when_free(lambda: sign_ins.note_seen(sign_in_id, now))
    return response


def begin_session(uniquifier: str) -> bool:
    """Sign a person in, in a session that keeps nothing of the one before but the receipts.

    `uniquifier` is what sessions knew the person by when password and code
    were proven. Returns False when they have been put out of force since.
    """
    now = clock.now()
    with unit_of_work():
        user = queries.user_by_session(uniquifier, for_update=True)
        if user is None:
            return False
        _end_sign_in(EndOfSignIn.SIGNED_IN_ANEW, now)
        number = sign_ins.begin_sign_in(user, now)
    kept = {key: session[key] for key in KEPT_OVER_SIGN_IN if key in session}
    session.clear()
    session.update(kept)
    login_user(user, remember=False)
    session["sign_in"] = number
    session["seen_s"] = session["confirmed_s"] = now_s()
    g.sign_in = queries.open_sign_in(number, uniquifier)
    g.pop("member", None)
    return True


def end_session() -> None:
    """Sign the person out on this device, and forget all that this session held."""
    number = forget_session()
    if number is not None:
        with unit_of_work():
            sign_ins.end_by_number(number, EndOfSignIn.SIGNED_OUT, clock.now())


def end_session_over(limit: EndOfSignIn) -> None:
    """End a session that is over its limit; the cookie is dead in any case, so the table can wait."""
    now, number = clock.now(), forget_session()
    if number is not None:
        when_free(lambda: sign_ins.end_by_number(number, limit, now))


def forget_session() -> str | None:
    """Forget all that this session held; return the number of its sign-in."""
    number: str | None = session.get("sign_in")
    logout_user()
    session.clear()
    g.pop("member", None)
    return number


def _end_sign_in(because: EndOfSignIn, now: datetime) -> None:
    if "sign_in" in session:
        sign_ins.end_by_number(session["sign_in"], because, now)


def reason_of_end() -> EndOfSignIn | None:
    """Return why this session's sign-in was ended from elsewhere, or None when there is nothing to tell."""
    number = session.get("sign_in")
    ended = queries.ended_sign_in(number) if number else None
    return ended.ended_because if ended else None


def now_s() -> int:
    """Return this second, counted from 1970, as sessions keep it."""
    return int(clock.now().timestamp())


def wait_for_code(user: User, then: str | None) -> None:
    """Note that a person gave the right password and owes the second factor."""
    session["waiting"] = {"user": user.fs_uniquifier, "since_s": now_s(), "then": then}


def waiting_user() -> User | None:
    """Return the person who owes the second factor, unless that was too long ago."""
    waiting = session.get("waiting")
    if not waiting or now_s() - waiting["since_s"] > CODE_WITHIN_S:
        return None
    return queries.user_by_session(waiting["user"])
