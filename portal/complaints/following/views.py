"""Following a filing with the receipt code, from the confirmation to the end of the case."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, session, url_for
from flask_babel import gettext as _

from portal.accounts.access import (
    forget_receipts,
    held_receipts,
    public,
    receipt_required,
    remember_receipt,
)
from portal.accounts.security import address_key, is_refused, limiter
from portal.base import clock, crypto
from portal.base.labels import render
from portal.base.once import do_once, new_submission_id
from portal.base.qr import qr_svg
from portal.base.web import mark_private, public_url, seen_elsewhere
from portal.complaints import actions, queries
from portal.complaints.drafts import drafting
from portal.complaints.following import feeds, surveying, voices
from portal.complaints.following.code_forms import CodeForm, StepForm
from portal.complaints.following.forms import BlockForm
from portal.complaints.following.holding import own_case
from portal.complaints.following.read_back import read_back, text_to_copy, tracks_of
from portal.complaints.following.reading import CaseReading, reading_of
from portal.complaints.following.recovering import new_code_of
from portal.complaints.official.due import forms_for_filer
from portal.rules.complaint_flow import Actor, MoveName, Track
from portal.rules.errors import MoveNotAllowed, RuleError
from portal.rules.intake_copy import statutory_channels
from portal.rules.meanwhile import meanwhile
from portal.rules.messages import say
from portal.rules.outlook import outlook

bp = Blueprint("complaints", __name__, url_prefix="/complaints")

BLOCK_SIGNS = 5
# What this session keeps of a code that was just given out: the id it was computed from.
SHOWN_ONCE = ("filed", "sending", "code_kept", "feed")


@bp.get("/filed/<number>")
@receipt_required
def filed(number: str) -> Any:
    """Show the public numbers and the receipt code to the person who just filed, and what comes next."""
    return _filed_page(own_case(number), BlockForm())


@bp.post("/filed/<number>/code")
@receipt_required
def check_code(number: str) -> Any:
    """Say whether the last block of the code was typed rightly; nothing hangs on it."""
    reading, form = own_case(number), BlockForm()
    code = _code_of(reading)
    if code is None:
        return seen_elsewhere(url_for("complaints.filed", number=reading.case.number))
    if not form.validate():
        return _filed_page(reading, form, code=422)
    typed, whole = crypto.normalise_code(form.block.data), crypto.normalise_code(code)
    is_kept = len(typed) >= BLOCK_SIGNS and hmac.compare_digest(whole[-len(typed) :], typed)
    if not is_kept:
        form.block.errors = [
            _("This is not the last block. Please look again at what you kept; the code stands above.")
        ]
        return _filed_page(reading, form, code=422)
    session["code_kept"] = session["filed"]
    return seen_elsewhere(url_for("complaints.filed", number=reading.case.number, _anchor="kept"))


@bp.get("/filed/<number>/receipt.txt")
@receipt_required
def receipt_file(number: str) -> Any:
    """Give the receipt as a small text file to keep."""
    reading = own_case(number)
    code = _code_of(reading)
    if code is None:
        abort(404)
    text = render_template(
        "complaints/receipt.txt",
        readings=_readings(reading),
        code=code,
        follow_url=public_url("complaints.follow"),
    )
    # The mark tells old Windows programs that this is UTF-8.
    answer = Response("\ufeff" + text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="{reading.case.number}.txt"'
    return answer


def _code_of(reading: CaseReading) -> str | None:
    """Return the receipt code, in the session that filed or that was given a new code."""
    submission_id = session.get("filed", "")
    return new_code_of(reading.case.filing, submission_id) if submission_id else None


def _readings(reading: CaseReading) -> list[CaseReading]:
    return [reading_of(case, today=clock.today()) for case in reading.case.filing.cases]


def _filed_page(reading: CaseReading, form: BlockForm, *, code: int = 200) -> Any:
    filing, today = reading.case.filing, clock.today()
    channels, channel_rule = statutory_channels(today)
    page = render_template(
        "complaints/filed.html",
        readings=_readings(reading),
        filing=filing,
        code=_code_of(reading),
        is_new_code=any(recovery.is_granted for recovery in filing.recoveries),
        is_kept=bool(session.get("filed")) and session.get("code_kept") == session.get("filed"),
        form=form,
        follow_url=public_url("complaints.follow"),
        qr=qr_svg(public_url("complaints.follow")),
        ahead={case.number: _ahead(case) for case in filing.cases},
        advice=meanwhile(
            filing.kind,
            is_in_market=filing.merchant is not None and filing.merchant.market_id is not None,
            on=today,
        ),
        sent=read_back(filing, tracks_of(filing)),
        to_copy={case.number: text_to_copy(case) for case in filing.cases},
        channels=channels,
        channel_rule=channel_rule,
    )
    return page, code


def _ahead(case: queries.Case) -> Any:
    """Return the periods ahead of a case; of one not registered, as if that happened today."""
    today = clock.today()
    return outlook(case.track, case.received_on or today, region_code=case.region_code, today=today)


@bp.route("/follow", methods=["GET", "POST"])
@limiter.limit("60 per 15 minutes", key_func=address_key, methods=["POST"], deduct_when=is_refused)
@public
def follow() -> Any:
    """Ask for the receipt code, and open the filing, the voice or the draft it belongs to."""
    mark_private()
    form = CodeForm()
    if request.method == "POST" and form.validate():
        opened = _opened_by(form.code.data)
        if opened is not None:
            return seen_elsewhere(opened)
        form.code.errors = [
            *form.code.errors,
            _("No case has this code. Check each sign; 0, 1, I, L and O never occur."),
        ]
    receipts = held_receipts()
    page = render_template(
        "complaints/follow.html",
        form=form,
        held=queries.cases_by_receipts(receipts),
        held_voices=[(voice, voices.voice_key(voice)) for voice in voices.voices_by_receipts(receipts)],
        held_drafts=drafting.drafts_by_receipts(receipts),
    )
    return page, 422 if form.errors else 200


def _opened_by(typed: str) -> str | None:
    """Return the address a code opens, and keep its receipt; every kind is looked for each time."""
    filing, voice = queries.filing_by_code(typed), voices.voice_by_code(typed)
    draft = drafting.draft_by_code(typed)
    if filing is not None:
        remember_receipt(filing.receipt_hash)
        return url_for("complaints.show", number=filing.cases[0].number)
    if voice is not None:
        remember_receipt(voice.receipt_hash)
        return url_for("voices.show", key=voices.voice_key(voice))
    # The code of a draft that was sent opens nothing by itself: the filing may have a new one.
    if draft is not None and draft.sent_to is None:
        remember_receipt(draft.receipt_hash)
        return url_for("drafts.go_on", number=draft.number)
    return None


@bp.post("/forget")
@public
def forget() -> Any:
    """Forget every receipt on this device, as on a shared phone."""
    mark_private()
    forget_receipts()
    for name in SHOWN_ONCE:
        session.pop(name, None)
    return seen_elsewhere(url_for("complaints.follow"))


@bp.get("/cases/<number>")
@receipt_required
def show(number: str) -> Any:
    """Show a case to the person who filed it."""
    return _case_page(own_case(number), StepForm())


@bp.post("/cases/<number>/<step>")
@receipt_required
def take_step(number: str, step: str) -> Any:
    """Carry out what the filer may do now: answer an offer, confirm or deny payment, write, withdraw."""
    reading = own_case(number)
    form = StepForm()
    wanted = next((name for name in reading.steps if name.value == step), None)
    if wanted is None and step not in {name.value for name in MoveName}:
        abort(404)
    if not form.validate():
        return _case_page(reading, form, code=422)
    if wanted is MoveName.ADD_MATERIAL and not (form.text.data or "").strip():
        form.text.errors = [_("Please fill this in.")]
        return _case_page(reading, form, code=422)
    case_number, text, offer = reading.case.number, (form.text.data or "").strip(), form.offer.data or ""

    def act() -> str:
        _carry_out(case_number, step, text, offer)
        return url_for("complaints.show", number=case_number)

    try:
        body = {"number": case_number, "step": step, "text": text, "offer": offer}
        return seen_elsewhere(do_once(form.submission_id.data, body, act, now=clock.now()))
    except RuleError as error:
        return _case_page(own_case(number), form, code=409, message=render(error.message))


def _carry_out(number: str, step: str, text: str, offer: str) -> None:
    case, now = queries.case_by_number(number), clock.now()
    if case is None:
        abort(404)
    name = MoveName(step)
    if name in {MoveName.ACCEPT_OFFER, MoveName.DECLINE_OFFER}:
        _require_offer_seen(case, offer)
    if text:
        actions.write_message(case, text, actor=Actor.COMPLAINANT, user_id=None, now=now)
    if name is MoveName.ACCEPT_OFFER:
        actions.accept_offer(case, now=now)
    elif name is MoveName.DECLINE_OFFER:
        actions.decline_offer(case, now=now)
    elif name is MoveName.CONFIRM_PERFORMED:
        actions.confirm_performed(case, now=now)
    elif name is MoveName.DENY_RECEIPT:
        actions.deny_receipt(case, now=now)
    else:
        actions.move(case, name, actor=Actor.COMPLAINANT, reason="", now=now)


def _require_offer_seen(case: queries.Case, offer: str) -> None:
    """Nobody answers to an amount other than the one that stood on the page, nor without saying which."""
    if offer != str(actions.offered_fen(case)):
        raise MoveNotAllowed(say("The offer has changed meanwhile. Please look at it again."))


def _case_page(reading: CaseReading, form: StepForm, *, code: int = 200, message: str = "") -> Any:
    case, today = reading.case, clock.today()
    # A page shown again after an error keeps its id, so that sending it twice still has one effect.
    form.submission_id.data = form.submission_id.data if code == 422 else new_submission_id()
    channels, channel_rule = statutory_channels(today)
    page = render_template(
        "complaints/show.html",
        reading=reading,
        case=case,
        form=form,
        message=message,
        others=[other for other in case.filing.cases if other.id != case.id],
        messages=queries.messages_of(case.id),
        papers=forms_for_filer(case),
        sent=read_back(case.filing, tracks_of(case.filing)),
        to_copy=text_to_copy(case),
        channels=channels,
        channel_rule=channel_rule,
        claim=actions.claim_of(case),
        owed=actions.owed_in(case) if _may_be_owed(case) else None,
        may_survey=surveying.survey_due(case),
        feed_url=_feed_url(case),
        today=today,
    )
    return page, code


def _may_be_owed(case: queries.Case) -> bool:
    """Say whether something may be owed to the filer: a report asks for nothing."""
    return case.track is Track.MEDIATION and case.filing.reweighed_mg is not None


def _feed_url(case: queries.Case) -> str | None:
    """Return the feed's address in the session that began it; it cannot be shown again."""
    token = feeds.token_from(case.filing, session.get("feed", ""))
    return public_url("feeds.feed", token=token) if token else None
