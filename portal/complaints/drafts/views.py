"""Views: the complaint form, step by step; a draft is opened by its receipt, and sent once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from flask_babel import get_locale

from portal.accounts.access import public, receipt_required, remember_receipt, require_receipt
from portal.accounts.security import address_key, limiter
from portal.base import clock, crypto
from portal.base.db import first_wins, unit_of_work
from portal.base.labels import render
from portal.base.once import do_once, new_submission_id
from portal.base.web import mark_private, seen_elsewhere
from portal.complaints import actions
from portal.complaints.drafts import drafting
from portal.complaints.drafts.answers import DraftReading, read_draft
from portal.complaints.drafts.drafting import Draft
from portal.complaints.drafts.making import filing_data
from portal.complaints.drafts.pages import (
    form_of,
    form_with,
    live_part,
    new_notices,
    prefilled,
    step_page,
    where_page,
)
from portal.complaints.drafts.step_forms import DraftForm, WhereForm
from portal.complaints.drafts.steps import keep_typed
from portal.complaints.evidence.actions import remove_stored
from portal.complaints.filing import RECEIPT
from portal.rules.errors import FieldsRefused, MoveNotAllowed, RuleError
from portal.rules.intake import first_incomplete_step, next_step, previous_step, steps
from portal.rules.intake_terms import Step

bp = Blueprint("drafts", __name__, url_prefix="/complaints")

# The edition of the privacy notice on the "who" page; it changes when the notice does.
NOTICE_EDITION = "2026-11"
PART = "X-Part"
# How many drafts looked at before sending a session can still be shown the codes of: one a tab.
MOST_SENDING = 4


def is_part() -> bool:
    """Say whether the script asks for a part of the page while somebody types."""
    return PART in request.headers


def draft_key() -> str:
    """Return a keyed hash of the draft in the address, to count under."""
    return crypto.keyed_hash("limit-draft", str((request.view_args or {}).get("number", "")))


@bp.route("/new", methods=["GET", "POST"])
@limiter.limit("300 per hour", key_func=address_key, methods=["POST"])
@public
def new() -> Any:
    """Show the first step, prefilled from a check or a merchant's page; "next" begins a draft."""
    mark_private()
    form = WhereForm(request.form if request.method == "POST" else request.args)
    if request.method != "POST":
        # An address made by somebody else may fill the form in, but not choose its receipt.
        form.submission_id.data = new_submission_id()
        return where_page(None, form, 200)
    typed = {Step.WHERE.value: form.typed, Step.WHAT.value: prefilled(request.form)}
    reading = read_draft(typed, today=clock.today())
    if not form.validate() or form.refuse(Step.WHERE, reading, today=clock.today()):
        return where_page(None, form, 422)
    submission_id = form.submission_id.data or new_submission_id()

    def begin() -> Draft:
        draft = drafting.begin_draft(submission_id, now=clock.now())
        if draft.sent_to is not None:
            # Somebody went back in the browser after sending, to file something else.
            draft = drafting.begin_draft(new_submission_id(), now=clock.now())
        drafting.keep_step(draft, Step.WHERE, typed[Step.WHERE.value], now=clock.now())
        if typed[Step.WHAT.value] and not drafting.typed_in(draft, Step.WHAT):
            drafting.keep_step(draft, Step.WHAT, typed[Step.WHAT.value], now=clock.now())
        return draft

    draft = first_wins(begin)
    remember_receipt(draft.receipt_hash)
    return seen_elsewhere(url_for("drafts.step", number=draft.number, step=Step.WHAT.value))


@bp.get("/drafts/<number>")
@receipt_required
def go_on(number: str) -> Any:
    """Lead to where a draft was left: the first step that lacks something, or the look before sending."""
    draft = _own(number)
    if draft.sent_to is not None:
        return _to_case(draft)
    reading = read_draft(drafting.answers_of(draft), today=clock.today())
    here = first_incomplete_step(reading.answers, today=clock.today()) or Step.PREVIEW
    return seen_elsewhere(url_for("drafts.step", number=number, step=here.value))


@bp.route("/drafts/<number>/<step>", methods=["GET", "POST"])
@limiter.limit("1500 per hour", key_func=address_key, methods=["POST"], exempt_when=is_part)
@limiter.limit("90 per minute", key_func=draft_key, methods=["POST"])
@receipt_required
def step(number: str, step: str) -> Any:
    """Show a step, or keep what was typed in it and go on."""
    here = next((one for one in Step if one.value == step), None)
    draft = _own(number)
    if here is None:
        abort(404)
    if draft.sent_to is not None:
        return _to_case(draft)
    reading = read_draft(drafting.answers_of(draft), today=clock.today())
    if here not in steps(reading.answers, today=clock.today()):
        # Nothing can be filed here: the form ends where that is said.
        return seen_elsewhere(url_for("drafts.step", number=number, step=Step.WHAT.value))
    if request.method != "POST":
        if here is Step.PREVIEW:
            # The reply to "send" may never arrive: whoever comes back here is still shown the code.
            _remember_sending(draft.submission_id)
        return step_page(draft, here, form_with(draft, here), 200, reading=reading)
    return _leave_step(draft, here)


def _leave_step(draft: Draft, here: Step) -> Any:
    """Keep the step and go where the button says: on, back, to the check, to the code for later."""
    form = form_of(draft, here, request.form)
    pressed = request.form.get("do", "next")
    typed = _beside(form, draft, here)
    if not form.validate():
        return step_page(draft, here, form, 422, reading=_reading_with(draft, here, typed))
    if is_part():
        # Nothing is kept, so nothing is hashed: a recovery phrase takes long on purpose.
        return live_part(here, _reading_with(draft, here, typed))
    try:
        typed = keep_typed(typed, drafting.typed_in(draft, here), here, today=clock.today())
    except FieldsRefused as refused:
        form.take(refused.errors)
        return step_page(draft, here, form, 422)
    reading = _reading_with(draft, here, typed)
    # Where nothing can be filed here, that is said before anything else is asked.
    is_stopped = here is Step.WHAT and reading.screening.is_stopped
    if pressed == "next" and not is_stopped and form.refuse(here, reading, today=clock.today()):
        return step_page(draft, here, form, 422, reading=reading)
    is_first_part = form.asked is not None
    # Going back or away takes nothing of what was passed before.
    is_seen = pressed == "next" and not is_first_part
    typed["seen"] = is_seen or bool(drafting.typed_in(draft, here).get("seen"))
    with unit_of_work():
        drafting.keep_step(_own(draft.number), here, typed, now=clock.now())
    if pressed == "next" and new_notices(form, reading):
        part = "first" if is_first_part else None
        return seen_elsewhere(_address(draft.number, here, part=part, _anchor="stop"))
    return seen_elsewhere(_after(draft.number, here, pressed, is_first_part=is_first_part))


def _reading_with(draft: Draft, here: Step, typed: Mapping[str, Any]) -> DraftReading:
    return read_draft({**drafting.answers_of(draft), here.value: typed}, today=clock.today())


def _beside(form: DraftForm, draft: Draft, here: Step) -> dict[str, Any]:
    """Return what was typed, with what this page did not ask as it was before."""
    before = drafting.typed_in(draft, here)
    if form.asked is not None:
        return before | {name: value for name, value in form.typed.items() if name in form.asked}
    return {name: before[name] for name in form.left_out if name in before} | form.typed


def _after(number: str, here: Step, pressed: str, *, is_first_part: bool) -> str:
    """Return where a button leads from a step."""
    if pressed == "later":
        return url_for("drafts.kept", number=number)
    if pressed == "check":
        return _address(number, here, _anchor="checked")
    reading = read_draft(drafting.answers_of(_own(number)), today=clock.today())
    today = clock.today()
    if pressed == "back":
        return _address(number, previous_step(here, reading.answers, today=today) or here)
    if is_first_part:
        return _address(number, here)
    if request.args.get("then") == Step.PREVIEW.value:
        return url_for("drafts.step", number=number, step=Step.PREVIEW.value)
    return _address(number, next_step(here, reading.answers, today=today) or here)


def _address(number: str, here: Step, **more: Any) -> str:
    """Return a step's address; whoever came from the last step is led back there."""
    then = request.args.get("then") if request.args.get("then") == Step.PREVIEW.value else None
    return url_for("drafts.step", number=number, step=here.value, then=then, **more)


@bp.get("/drafts/<number>/kept")
@receipt_required
def kept(number: str) -> Any:
    """Show the link and the code that bring this draft back, on any device."""
    draft = _own(number)
    if draft.sent_to is not None:
        return _to_case(draft)
    return render_template(
        "complaints/steps/kept.html",
        draft=draft,
        code=crypto.kept_code(crypto.receipt_codes(draft.submission_id), RECEIPT, draft.receipt_hash),
        until=draft.changed_at + drafting.DRAFT_KEPT,
    )


@bp.post("/drafts/<number>/drop")
@receipt_required
def drop(number: str) -> Any:
    """Delete a draft and everything in it; one that is gone already leads to the same page."""
    if drafting.draft_by_number(number) is None:
        return seen_elsewhere(url_for("drafts.new"))
    try:
        with unit_of_work():
            draft = _own(number)
            keys = [] if draft.sent_to else drafting.drop_draft(draft)
    except MoveNotAllowed:
        keys = []
    remove_stored(keys)
    return seen_elsewhere(url_for("drafts.new"))


@bp.post("/drafts/<number>/send")
@limiter.limit("300 per hour", key_func=address_key)
@receipt_required
def send(number: str) -> Any:
    """File the draft; sent twice, it has one effect and one answer."""
    draft = _own(number)
    # The page carries it: once the draft is sent, the database holds it no more than the code.
    submission_id = request.form.get("submission_id", "")
    if number not in drafting.draft_numbers(submission_id):
        abort(400)
    if draft.sent_to is None:
        reading = read_draft(drafting.answers_of(draft), today=clock.today())
        if first_incomplete_step(reading.answers, today=clock.today()) or reading.errors:
            return step_page(draft, Step.PREVIEW, DraftForm(), 422, reading=reading)
    try:
        location = do_once(submission_id, {"draft": number}, lambda: _file(number), now=clock.now())
    except RuleError as error:
        form = DraftForm()
        form.form_errors.append(render(error.message))
        return step_page(_own(number), Step.PREVIEW, form, 422)
    session["filed"] = submission_id
    return seen_elsewhere(location)


def _file(number: str) -> str:
    draft = _own(number)
    # So that no photo is added between reading the files and closing the draft.
    drafting.lock_draft(draft)
    reading = read_draft(drafting.answers_of(draft), today=clock.today())
    data = filing_data(
        reading,
        channel=draft.channel,
        typed_by_id=draft.typed_by_id,
        language=str(get_locale()),
        notice_edition=NOTICE_EDITION,
    )
    filing = actions.file_complaint(
        data,
        submission_id=draft.submission_id,
        receipt=draft.receipt_hash,
        is_statutory_channel=current_app.config["AUTHORITY_CHANNEL"],
        evidence=draft.evidence,
        now=clock.now(),
    )
    drafting.close_draft(draft, filing.cases[0].number, now=clock.now())
    return url_for("complaints.filed", number=filing.cases[0].number)


def _own(number: str) -> Draft:
    draft = drafting.draft_by_number(number)
    if draft is None:
        abort(404)
    require_receipt(draft.receipt_hash)
    return draft


def _to_case(draft: Draft) -> Any:
    """Lead to the case a draft became; this session is shown its code if it was about to send it."""
    for submission_id in session.get("sending", ()):
        if draft.number in drafting.draft_numbers(submission_id):
            session["filed"] = submission_id
    return redirect(url_for("complaints.filed", number=draft.sent_to), code=303)


def _remember_sending(submission_id: str) -> None:
    """Keep the ids of the drafts about to be sent, the newest last."""
    held = [one for one in session.get("sending", ()) if one != submission_id]
    session["sending"] = [*held, submission_id][-MOST_SENDING:]
