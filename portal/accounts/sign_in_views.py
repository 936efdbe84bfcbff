"""Views: where a person is signed in, and signing out there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _

from portal.accounts import queries, security, sign_ins
from portal.accounts.access import require_member, signed_in
from portal.base import clock
from portal.base.db import unit_of_work
from portal.base.web import seen_elsewhere

bp = Blueprint("sign_ins", __name__, url_prefix="/account/sign-ins")

ENDED_SHOWN = 10


@bp.get("/")
@signed_in
def index() -> Any:
    """Show people every place they are signed in, and what has ended of late."""
    member = require_member()
    return render_template(
        "accounts/sign_ins.html",
        open_ones=queries.open_sign_ins(member.user_id, member.limits, clock.now()),
        ended_ones=queries.ended_sign_ins(member.user_id, limit=ENDED_SHOWN),
        this_id=member.sign_in_id,
        shown=ENDED_SHOWN,
        kept_days=sign_ins.ENDED_KEPT.days,
    )


@bp.post("/<int:sign_in_id>/end")
@signed_in
def end(sign_in_id: int) -> Any:
    """Sign this person out in one place; pressed twice it has one effect."""
    member = require_member()
    if not queries.is_sign_in_of(member.user_id, sign_in_id):
        abort(404)
    if sign_in_id == member.sign_in_id:
        security.end_session()
        flash(_("You are signed out."), "good")
        return seen_elsewhere(url_for("accounts.sign_in"))
    with unit_of_work():
        sign_ins.end_one(member.user_id, sign_in_id, clock.now())
    flash(_("You are signed out there."), "good")
    return seen_elsewhere(url_for("sign_ins.index"))


@bp.post("/end-others")
@signed_in
def end_others() -> Any:
    """Sign this person out everywhere but here."""
    member = require_member()
    with unit_of_work():
        sign_ins.end_others(member.user_id, member.sign_in_id, clock.now())
    flash(_("You are signed out everywhere else."), "good")
    return seen_elsewhere(url_for("sign_ins.index"))
