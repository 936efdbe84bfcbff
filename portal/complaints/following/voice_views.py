"""Views: joining a complaint as a voice, and what a voice may see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request, session, url_for
from flask_babel import gettext as _

from portal.accounts.access import (
    held_receipts,
    public,
    receipt_required,
    remember_receipt,
    require_receipt,
)
from portal.accounts.security import address_key, limiter
from portal.base import clock, crypto
from portal.base.labels import render
from portal.base.once import do_once, new_submission_id
from portal.base.web import mark_private, seen_elsewhere
from portal.complaints.filing import RECEIPT, receipt_hash
from portal.complaints.following import voices
from portal.complaints.following.forms import JoinForm, said
from portal.complaints.following.reading import legal_clocks, state_words
from portal.complaints.following.similar import SimilarCase
from portal.rules.errors import RuleError

bp = Blueprint("voices", __name__, url_prefix="/complaints")


@dataclass(frozen=True)
class SimilarOffer:
    """A case that may be about the same, and where it is opened (an own one) or joined."""

    similar: SimilarCase
    href: str


def offers_of(found: Sequence[SimilarCase]) -> list[SimilarOffer]:
    """Return where each similar case is opened or joined; the address of a stranger's says nothing."""
    return [SimilarOffer(one, _address_of(one)) for one in found]


def _address_of(similar: SimilarCase) -> str:
    if similar.is_own:
        return url_for("complaints.show", number=similar.case.number)
    return url_for("voices.join", token=voices.offer_token(similar.case, now=clock.now()))


@bp.route("/join/<token>", methods=["GET", "POST"])
@limiter.limit("30 per hour", key_func=address_key, methods=["POST"])
@public
def join(token: str) -> Any:
    """Show what joining means, and add a voice."""
    mark_private()
    form = JoinForm()
    form.today = clock.today()
    case = voices.case_of_offer(token, now=clock.now())
    if case is None:
        return _gone()
    if request.method == "GET":
        form.submission_id.data = new_submission_id()
        return _join_page(token, case, form, 200)
    if not form.validate():
        return _join_page(token, case, form, 422)
    submission_id, words = form.submission_id.data, said(form.words.data)

    def act() -> str:
        found = voices.case_of_offer(token, now=clock.now())
        if found is None:
            abort(410)
        voice = voices.join_case(
            found, submission_id=submission_id, bought_on=form.bought_on.data, words=words, now=clock.now()
        )
        return url_for("voices.show", key=voices.voice_key(voice))

    # An offer is sealed anew each time; the case it names is what binds the answer.
    body = {"case": case.number, "words": words, "bought_on": form.bought_on.data}
    try:
        location = do_once(submission_id, body, act, now=clock.now())
    except RuleError as error:
        form.form_errors.append(render(error.message))
        return _join_page(token, case, form, 409)
    remember_receipt(receipt_hash(submission_id))
    session["filed"] = submission_id
    return seen_elsewhere(location)


@bp.get("/voices/<key>")
@receipt_required
def show(key: str) -> Any:
    """Show a voice the plain state and clock of the case it stands beside, and nothing else of it."""
    voice = voices.voice_held(key, held_receipts())
    if voice is None:
        abort(404)
    require_receipt(voice.receipt_hash)
    case = voices.case_of(voice)
    submission_id = session.get("filed", "")
    codes = crypto.receipt_codes(submission_id) if submission_id else ()
    return render_template(
        "complaints/voice.html",
        voice=voice,
        respondent=case.respondent,
        is_case_open=case.is_open,
        state=state_words(case),
        clocks=legal_clocks(case, today=clock.today()),
        code=crypto.kept_code(codes, RECEIPT, voice.receipt_hash),
    )


def _join_page(token: str, case: Any, form: JoinForm, code: int) -> Any:
    page = render_template("complaints/join.html", token=token, respondent=case.respondent, form=form)
    return page, code


def _gone() -> Any:
    sentence = _(
        "This offer has ended: it lasts a day, and only while the case goes on. You can file your own "
        "complaint."
    )
    return render_template("errors/page.html", code=410, sentence=sentence), 410
