"""Views: the Atom feed of a filing, begun and ended on its page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, session, url_for

from portal.accounts.access import public, receipt_required
from portal.accounts.security import address_key, limiter
from portal.base import clock
from portal.base.labels import in_language
from portal.base.once import do_once
from portal.base.web import LANGUAGE_TAGS, mark_private, public_url, seen_elsewhere
from portal.complaints import queries
from portal.complaints.following import feeds
from portal.complaints.following.code_forms import StepForm
from portal.complaints.following.holding import own_case

bp = Blueprint("feeds", __name__, url_prefix="/complaints")


def _is_unknown(response: Any) -> bool:
    return bool(response.status_code == 404)


@bp.post("/cases/<number>/feed")
@receipt_required
def begin(number: str) -> Any:
    """Give the filing a feed with an address of its own, shown in this session alone."""
    submission_id = _changed(number, begins=True)
    session["feed"] = submission_id
    return seen_elsewhere(url_for("complaints.show", number=number, _anchor="feed"))


@bp.post("/cases/<number>/feed/end")
@receipt_required
def end(number: str) -> Any:
    """End the feed; its address is gone for good."""
    _changed(number, begins=False)
    session.pop("feed", None)
    return seen_elsewhere(url_for("complaints.show", number=number, _anchor="feed"))


def _changed(number: str, *, begins: bool) -> str:
    own_case(number)
    form = StepForm()
    if not form.validate():
        abort(400)
    submission_id: str = form.submission_id.data

    def act() -> str:
        case = queries.case_by_number(number)
        if case is None:
            abort(404)
        if begins:
            feeds.begin_feed(case.filing, submission_id=submission_id)
        else:
            feeds.end_feed(case.filing)
        return number

    do_once(submission_id, {"case": number, "begins": begins}, act, now=clock.now())
    return submission_id


@bp.get("/feeds/<token>")
@limiter.limit("120 per 15 minutes", key_func=address_key, deduct_when=_is_unknown)
@public
def feed(token: str) -> Any:
    """Give the plain states of a filing as Atom, to whoever has its address."""
    mark_private()
    filing = feeds.filing_by_feed(token)
    if filing is None:
        abort(404)
    entries = feeds.entries_of(filing)
    with in_language(filing.language):
        text = render_template(
            "complaints/feed.xml",
            entries=entries,
            updated_at=entries[0].at,
            self_url=public_url("feeds.feed", token=token),
            follow_url=public_url("complaints.follow"),
            feed_key=feeds.key_of(filing),
            language=LANGUAGE_TAGS.get(filing.language, "zh-Hans-CN"),
        )
    return Response(text, mimetype="application/atom+xml")
