"""Views: the complaint form, step by step; a draft is opened by its receipt, and sent once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.accounts.access import held_receipts, public, receipt_required, remember_receipt, require_receipt
from portal.accounts.security import address_key, limiter
from portal.base import clock, crypto
from portal.base.db import first_wins, unit_of_work
from portal.base.labels import render
from portal.base.once import do_once, new_submission_id
from portal.base.web import mark_private, seen_elsewhere
from portal.complaints import actions, drafting
from portal.complaints.answers import DraftReading, filing_data, read_draft
from portal.complaints.drafting import Draft
from portal.complaints.evidence import remove_stored
from portal.complaints.finding import merchants_found
from portal.complaints.previewing import preview_of
from portal.complaints.step_forms import FORMS, AskForm, DraftForm, WhatForm, WhereForm
from portal.complaints.steps import keep_typed
from portal.instruments.forms import WEIGHING_FIELDS
from portal.instruments.reading import bar_of, title_of
from portal.rules.errors import FieldsRefused, RuleError
from portal.rules.intake import (
    completeness,
    evidence_guide,
    first_incomplete_step,
    next_step,
    previous_step,
    progress,
    said_of,
)
from portal.rules.intake_terms import PurchaseKind, Step
from portal.rules.messages import Message

bp = Blueprint("drafts", __name__, url_prefix="/complaints")

# The edition of the privacy notice on the "who" page; it changes when the notice does.
NOTICE_EDITION = "2026-11"


@bp.route("/new", methods=["GET", "POST"])
@limiter.limit("300 per hour", key_func=address_key, methods=["POST"])
@public
def new() -> Any:
    """Show the first step, prefilled from a check or a merchant's page; "next" begins a draft."""
    mark_private()
    form = WhereForm(request.form if request.method == "POST" else request.args)
    if request.method == "GET":
        # An address made by somebody else may fill the form in, but not choose its receipt.
        form.submission_id.data = new_submission_id()
        return _where_page(None, form, 200)
    typed = {Step.WHERE.value: form.typed, Step.WHAT.value: _prefilled(request.form)}
    reading = read_draft(typed, today=clock.today())
    if not form.validate() or form.refuse(Step.WHERE, reading, today=clock.today()):
        return _where_page(None, form, 422)
    submission_id = form.submission_id.data or new_submission_id()

    def begin() -> Draft:
        draft = drafting.begin_draft(submission_id, now=clock.now())
        if draft.sent_to is not None:
            # Somebody went back in the browser after sending, to file something else.
            draft = drafting.begin_draft(new_submission_id(), now=clock.now())
        for step in (Step.WHERE, Step.WHAT):
            if typed[step.value]:
                drafting.keep_step(draft, step, typed[step.value], now=clock.now())
        return draft

    draft = first_wins(begin)
    remember_receipt(draft.receipt_hash)
    return seen_elsewhere(url_for("drafts.step", number=draft.number, step=Step.WHAT.value))


def _prefilled(sent: Mapping[str, str]) -> dict[str, Any]:
    """Return what a check of a weighing hands over to the second step."""
    told = {name: sent[name] for name in WEIGHING_FIELDS if sent.get(name)}
    if told:
        told["kind"] = PurchaseKind.RETAIL.value
    return told


@bp.route("/drafts/<number>/<step>", methods=["GET", "POST"])
@limiter.limit("3000 per hour", key_func=address_key, methods=["POST"])
@receipt_required
def step(number: str, step: str) -> Any:
    """Show a step, or keep what was typed in it and go on."""
    here = next((one for one in Step if one.value == step), None)
    draft = _own(number)
    if here is None:
        abort(404)
    if draft.sent_to is not None:
        submission_id = session.get("sending", "")
        if submission_id and drafting.draft_number(submission_id) == draft.number:
            session["filed"] = submission_id
        return redirect(url_for("complaints.filed", number=draft.sent_to), code=303)
    if request.method == "GET":
        if here is Step.PREVIEW:
            # The reply to "send" may never arrive: whoever comes back here is still shown the code.
            session["sending"] = draft.submission_id
        return step_page(draft, here, FORMS[here](data=drafting.typed_in(draft, here)), 200)
    return _leave_step(draft, here)


def _leave_step(draft: Draft, here: Step) -> Any:
    """Keep the step and go where the button says: on, to the check, to the link for later."""
    form = FORMS[here](request.form)
    pressed = request.form.get("do", "next")
    if isinstance(form, AskForm):
        form.offer(read_draft(drafting.answers_of(draft), today=clock.today()))
    if not form.validate():
        return step_page(draft, here, form, 422)
    try:
        typed = keep_typed(
            _beside(form, draft, here), drafting.typed_in(draft, here), here, today=clock.today()
        )
    except FieldsRefused as refused:
        form.take(refused.errors)
        return step_page(draft, here, form, 422)
    reading = read_draft({**drafting.answers_of(draft), here.value: typed}, today=clock.today())
    is_first_part = form.asked is not None
    if pressed == "check" and request.headers.get("X-Part") == "verdict":
        return render_template("complaints/steps/_verdict.html", **_verdict(reading))
    if pressed == "show":
        return step_page(draft, here, form, 200, reading=reading)
    if pressed == "next" and form.refuse(here, reading, today=clock.today()):
        return step_page(draft, here, form, 422, reading=reading)
    with unit_of_work():
        drafting.keep_step(
            _own(draft.number),
            here,
            typed | {"seen": pressed == "next" and not is_first_part},
            now=clock.now(),
        )
    return seen_elsewhere(_after(draft.number, here, pressed))


def _beside(form: Any, draft: Draft, here: Step) -> dict[str, Any]:
    """Return what was typed, with what an earlier part of the same page was told."""
    typed: dict[str, Any] = form.typed
    if form.asked is None:
        return typed
    before = drafting.typed_in(draft, here)
    return before | {name: value for name, value in typed.items() if name in form.asked}


def _after(number: str, here: Step, pressed: str) -> str:
    """Return where a button leads from a step."""
    if pressed == "later":
        return url_for("drafts.kept", number=number)
    reading = read_draft(drafting.answers_of(_own(number)), today=clock.today())
    if pressed == "check" or (here is Step.WHAT and reading.screening.is_stopped):
        return url_for("drafts.step", number=number, step=here.value)
    wanted = Step.PREVIEW if request.args.get("then") == Step.PREVIEW.value else None
    if here is Step.WHAT and request.form.get("part") == "first":
        return url_for("drafts.step", number=number, step=here.value, then=request.args.get("then"))
    after = wanted or next_step(here, reading.answers, today=clock.today()) or here
    return url_for("drafts.step", number=number, step=after.value)


@bp.get("/drafts/<number>/kept")
@receipt_required
def kept(number: str) -> Any:
    """Show the link and the code that bring this draft back, on any device."""
    draft = _own(number)
    if draft.sent_to is not None:
        return redirect(url_for("complaints.filed", number=draft.sent_to), code=303)
    return render_template(
        "complaints/steps/kept.html",
        draft=draft,
        code=crypto.receipt_code(draft.submission_id),
        until=draft.changed_at + drafting.DRAFT_KEPT,
    )


@bp.post("/drafts/<number>/drop")
@receipt_required
def drop(number: str) -> Any:
    """Delete a draft and everything in it."""
    with unit_of_work():
        draft = _own(number)
        keys = [] if draft.sent_to else drafting.drop_draft(draft)
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
    if drafting.draft_number(submission_id) != number:
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


def _where_page(draft: Draft | None, form: WhereForm, code: int, reading: DraftReading | None = None) -> Any:
    """Show the first step: of a draft, or of one that is not begun yet."""
    reading = reading or read_draft({Step.WHERE.value: form.typed}, today=clock.today())
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("q", "market", "stall", "code")}
    found = merchants_found(asked, today=clock.today()) if any(asked.values()) else None
    page = render_template(
        "complaints/steps/where.html",
        form=form,
        draft=draft,
        reading=reading,
        merchant=None if "change" in request.args else reading.merchant,
        unknown=form.merchant.data if form.merchant.data and not reading.merchant else "",
        asked=asked,
        found=found,
        carried=_prefilled(request.values),
        drafts=drafting.drafts_by_receipts(held_receipts()) if draft is None else [],
        **_progress(reading, Step.WHERE),
    )
    return page, code


def _progress(reading: DraftReading, here: Step) -> dict[str, Any]:
    today = clock.today()
    return {
        "this_step": here,
        "progress": progress(reading.answers, here, today=today),
        "before": previous_step(here, reading.answers, today=today),
        "following": next_step(here, reading.answers, today=today),
    }


def step_page(draft: Draft, here: Step, form: Any, code: int, *, reading: DraftReading | None = None) -> Any:
    reading = reading or read_draft(drafting.answers_of(draft), today=clock.today())
    if here is Step.WHERE:
        return _where_page(draft, form, code, reading)
    page = render_template(
        f"complaints/steps/{here.value}.html",
        form=form,
        draft=draft,
        reading=reading,
        **_more(draft, here, form, reading),
        **_progress(reading, here),
    )
    return page, code


def _more(draft: Draft, here: Step, form: Any, reading: DraftReading) -> dict[str, Any]:
    """Return what a step's page shows beside its fields."""
    today = clock.today()
    if isinstance(form, WhatForm):
        chosen = next((one for one in PurchaseKind if one.value == form.kind.data), None)
        form.fit_to(chosen)
        form.bought_on.data = form.bought_on.data or today.isoformat()
        is_first = form.asked is not None or chosen is None
        return {"kind": chosen, "is_first_part": is_first, **_verdict(reading)}
    if isinstance(form, AskForm):
        form.offer(reading)
        return {"said": _said(reading)}
    if here is Step.EVIDENCE:
        chosen = reading.answers.kind or PurchaseKind.OTHER
        return {
            "files": draft.evidence,
            "guide": evidence_guide(chosen),
            "completeness": completeness(chosen, [file.slot for file in draft.evidence]),
        }
    if here is Step.PREVIEW:
        return {
            "preview": preview_of(reading),
            "said": _said(reading),
            "incomplete": first_incomplete_step(reading.answers, today=today),
            "files": draft.evidence,
        }
    return {"said": _said(reading)}


def _said(reading: DraftReading) -> tuple[Message, ...]:
    """Say which tracks are filed, with their clocks; nothing before something was asked for."""
    if not reading.tracks:
        return ()
    return said_of(reading.answers, reading.screening, today=clock.today(), region_code=reading.region_code)


def _verdict(reading: DraftReading) -> dict[str, Any]:
    """Return the verdict on what stands in the step, for the page to show."""
    judgement = reading.judgement
    title = title_of(reading.weighing) if reading.weighing else ""
    return {
        "judgement": judgement,
        "checked": reading.weighing or reading.purchase,
        "title": title or (_("What the rule book says") if judgement else ""),
        "bar": bar_of(judgement) if judgement else None,
    }
