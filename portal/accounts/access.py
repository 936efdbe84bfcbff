"""Who may see what: every view bears exactly one of these declarations, or the portal does not start.

`@public` asks nothing and touches no session. `@receipt_required` asks for a
receipt code given before. `@role_required(...)` asks for a sign-in and one of
the roles; inside the view `require_merchant`, `require_market` and
`require_office` then say whose object it is. An object of others is not
found (404); a role that may not do this is told so (403).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.models import STAFF_ROLES as STAFF_ROLES
from portal.accounts.models import EndOfSignIn, Membership, SubjectKind
from portal.accounts.models import Role as Role
from portal.accounts.regions import is_within, prefix_of
from portal.accounts.security import (
    Member,
    end_session_over,
    forget_session,
    limit_passed,
    reason_of_end,
)
from portal.accounts.security import current_member as current_member
from portal.base import clock
from portal.base.labels import label
from portal.base.web import mark_private, open_to_all

View = Callable[..., Any]

# A public view asks nothing of its visitor, and touches no session unless it shows a form.
public = open_to_all

CONFIRMATION_LASTS = timedelta(minutes=15)
RECEIPT_KEPT = timedelta(hours=12)
MOST_RECEIPTS = 8
RECEIPT_PAGE = "/complaints/follow"

# Endpoints of others, which cannot bear a declaration: files that are the same for everybody.
UNDECLARED = frozenset({"static", "bootstrap.static"})


@dataclass(frozen=True)
class Access:
    """What a view asks of its visitor."""

    kind: str
    roles: tuple[Role, ...] = ()


class UndeclaredAccess(Exception):
    """A route says nothing of who may use it."""


def receipt_required(view: View) -> View:
    """Declare a view for holders of a receipt; the view then asks `require_receipt` about its own case."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        mark_private()
        if not held_receipts():
            return redirect(RECEIPT_PAGE, code=303)
        return view(*args, **kwargs)

    guarded.access = Access("receipt")  # type: ignore[attr-defined]
    return guarded


def role_required(*roles: Role) -> Callable[[View], View]:
    """Declare a view for people signed in with one of the roles."""
    if not roles:
        raise UndeclaredAccess("role_required names no role; use signed_in for anybody with a sign-in")
    return _guard(Access("role", roles))


def signed_in(view: View) -> View:
    """Declare a view for anybody signed in; it shows a person what is their own."""
    return _guard(Access("signed_in"))(view)


def _guard(access: Access) -> Callable[[View], View]:
    def declare(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            mark_private()
            return _refusal(access) or view(*args, **kwargs)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return declare


def _refusal(access: Access) -> Any:
    """Return the redirect that stands before a view, or None; raise 403 for a role that may not."""
    member = current_member()
    if member is None:
        return _tell_of_end() or _to_sign_in()
    limit = limit_passed(member)
    if limit is not None:
        return _end_session(limit)
    if access.kind == "role" and member.is_staff and not member.has_second_factor:
        return _to_enrolment()
    g.acting = tuple(m for m in member.memberships if access.kind == "signed_in" or m.role in access.roles)
    if access.kind == "role" and not g.acting:
        abort(403)
    return None


def _to_sign_in() -> Any:
    # Only a page can be returned to; what was posted is gone.
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=wanted), code=303)


def _to_enrolment() -> Any:
    flash(_("Your work needs a second factor at sign-in. Set it up now; it takes a minute."), "info")
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.set_up_second_factor", next=wanted), code=303)


def _tell_of_end() -> Any:
    """Tell whose sign-in was ended from elsewhere why it was."""
    reason = reason_of_end()
    if reason is None:
        return None
    forget_session()
    flash(_("You are no longer signed in here. Why: %(reason)s.", reason=label(reason)), "info")
    return _to_sign_in()


def _end_session(limit: EndOfSignIn) -> Any:
    end_session_over(limit)
    flash(_("You were signed out because this session was open too long."), "info")
    return _to_sign_in()


def recently_confirmed(view: View) -> View:
    """Ask for the password again before a view that moves money, people or much data at once.

    Stands below `@role_required` or `@signed_in`; the view goes on where it was meant to.
    """

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        age_s = clock.now().timestamp() - session.get("confirmed_s", 0)
        if age_s > CONFIRMATION_LASTS.total_seconds():
            wanted = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("accounts.confirm", next=wanted), code=303)
        return view(*args, **kwargs)

    return guarded


def local_path(text: str | None) -> str | None:
    """Return an address only when it is a page of this portal, never one that leads elsewhere."""
    if not text or not text.startswith("/") or any(ord(c) < 32 or c == "\\" for c in text):
        return None
    parts = urlsplit(text)
    return None if text.startswith("//") or parts.scheme or parts.netloc else text


def require_member() -> Member:
    """Return the person signed in; a view behind a declaration always has one."""
    member = current_member()
    if member is None:
        abort(401)
    return member


def acting_memberships() -> tuple[Membership, ...]:
    """Return the memberships by which this view was opened."""
    return tuple(g.get("acting", ()))


def acting_role() -> Role:
    """Return the role by which this view was opened (narrowed by `require_…`)."""
    return acting_memberships()[0].role


def require_merchant(merchant_id: int) -> Membership:
    """Return the membership that opens a merchant's object, or answer 404."""
    return _require_subject(SubjectKind.MERCHANT, merchant_id)


def require_market(market_id: int) -> Membership:
    """Return the membership that opens a market's object, or answer 404."""
    return _require_subject(SubjectKind.MARKET, market_id)


def _require_subject(kind: SubjectKind, subject_id: int) -> Membership:
    return _narrow(m for m in acting_memberships() if (m.subject_kind, m.subject_id) == (kind, subject_id))


def require_office(region_code: str) -> Membership:
    """Return the membership of the office that answers for a region, or of one above it; else answer 404."""
    codes = _office_codes()
    return _narrow(
        m
        for m in acting_memberships()
        if m.subject_kind is SubjectKind.OFFICE and is_within(region_code, codes[m.subject_id])
    )


def may_see_office(region_code: str) -> bool:
    """Say whether this view's memberships reach a region."""
    return any(is_within(region_code, code) for code in _office_codes().values())


def regions_seen() -> tuple[str, ...]:
    """Return the prefixes of the region codes this view's memberships reach, for a query's filter."""
    return tuple(sorted({prefix_of(code) for code in _office_codes().values()}))


def merchant_ids() -> tuple[int, ...]:
    """Return the merchants this view's memberships act for."""
    return _subject_ids(SubjectKind.MERCHANT)


def _subject_ids(kind: SubjectKind) -> tuple[int, ...]:
    return tuple(dict.fromkeys(m.subject_id for m in acting_memberships() if m.subject_kind is kind))


def _office_codes() -> dict[int, str]:
    ids = {m.subject_id for m in acting_memberships() if m.subject_kind is SubjectKind.OFFICE}
    return {number: office.region_code for number, office in queries.offices_by_id(ids).items()}


def _narrow(memberships: Iterator[Membership]) -> Membership:
    g.acting = tuple(memberships)
    if not g.acting:
        abort(404)
    return g.acting[0]  # type: ignore[no-any-return]


def remember_receipt(filing_key: str) -> None:
    """Keep in this session that the visitor gave the receipt code of a filing.

    `filing_key` must not be the code itself: a session cookie is signed, not
    sealed. The stored hash of the code will do.
    """
    now_s = int(clock.now().timestamp())
    kept = [[key, at_s] for key, at_s in _fresh_receipts() if key != filing_key]
    session["receipts"] = [*kept, [filing_key, now_s]][-MOST_RECEIPTS:]


def held_receipts() -> tuple[str, ...]:
    """Return the keys of the filings whose receipt code was given in this session, newest first."""
    return tuple(key for key, _at_s in reversed(_fresh_receipts()))


def require_receipt(filing_key: str) -> None:
    """Answer 404 unless the visitor gave the receipt code of this filing."""
    if filing_key not in held_receipts():
        abort(404)


def forget_receipts() -> None:
    """Drop every receipt from this session, as on a shared phone."""
    session.pop("receipts", None)


def _fresh_receipts() -> list[tuple[str, int]]:
    oldest_s = clock.now().timestamp() - RECEIPT_KEPT.total_seconds()
    return [(key, at_s) for key, at_s in session.get("receipts", ()) if at_s >= oldest_s]


def require_declared(app: Flask) -> None:
    """Raise UndeclaredAccess when a route says nothing of who may use it."""
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if access_of(app, rule.endpoint) is None and rule.endpoint not in UNDECLARED
    ]
    if silent:
        names = ", ".join(sorted(set(silent)))
        raise UndeclaredAccess(f"{names}: give the view @public, @receipt_required or @role_required(...)")


def access_of(app: Flask, endpoint: str) -> Access | None:
    """Return what an endpoint asks of its visitor, or None when it says nothing."""
    said = getattr(app.view_functions[endpoint], "access", None)
    return Access("public") if said == "public" else said
