"""Filing a complaint or a report, and following it with the receipt code."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, session, url_for
from flask_babel import gettext as _

from portal.accounts.access import (
    forget_receipts,
    held_receipts,
    public,
    receipt_required,
    remember_receipt,
    require_receipt,
)
from portal.accounts.security import address_key, is_refused, limiter
from portal.base import clock, crypto
from portal.base.labels import render
from portal.base.once import do_once, new_submission_id
from portal.base.web import mark_private, seen_elsewhere
from portal.complaints import actions, queries
from portal.complaints.forms import CodeForm, StepForm
from portal.complaints.reading import CaseReading, reading_of
from portal.rules.complaint_flow import Actor, MoveName
from portal.rules.errors import RuleError
from portal.rules.messages import say

bp = Blueprint("complaints", __name__, url_prefix="/complaints")


@bp.get("/filed/<number>")
@receipt_required
def filed(number: str) -> Any:
    """Show the public numbers and the receipt code, once, to the person who just filed."""
    reading = _own(number)
    submission_id = session.get("filed", "")
    code = None
    if submission_id and actions.receipt_hash(submission_id) == reading.case.filing.receipt_hash:
        code = crypto.receipt_code(submission_id)
    readings = [reading_of(case, today=clock.today()) for case in reading.case.filing.cases]
    return render_template("complaints/filed.html", readings=readings, code=code, filing=reading.case.filing)


@bp.route("/follow", methods=["GET", "POST"])
@limiter.limit("60 per 15 minutes", key_func=address_key, methods=["POST"], deduct_when=is_refused)
@public
def follow() -> Any:
    """Ask for the receipt code, and open the filing it belongs to."""
    mark_private()
    form = CodeForm()
    if request.method == "POST" and form.validate():
        filing = queries.filing_by_code(form.code.data)
        if filing is not None:
            remember_receipt(filing.receipt_hash)
            return seen_elsewhere(url_for("complaints.show", number=filing.cases[0].number))
        form.code.errors = [
            *form.code.errors,
            _("No case has this code. Check each sign; 0, 1, I, L and O never occur."),
        ]
    held = queries.cases_by_receipts(held_receipts())
    return render_template("complaints/follow.html", form=form, held=held), 422 if form.errors else 200


@bp.post("/forget")
@public
def forget() -> Any:
    """Forget every receipt on this device, as on a shared phone."""
    mark_private()
    forget_receipts()
    session.pop("filed", None)
    return seen_elsewhere(url_for("complaints.follow"))


@bp.get("/cases/<number>")
@receipt_required
def show(number: str) -> Any:
    """Show a case to the person who filed it."""
    return _case_page(_own(number), StepForm())


@bp.post("/cases/<number>/<step>")
@receipt_required
def take_step(number: str, step: str) -> Any:
    """Carry out what the filer may do now: take an offer, confirm or deny payment, write, withdraw."""
    reading = _own(number)
    form = StepForm()
    wanted = next((name for name in reading.steps if name.value == step), None)
    if wanted is None and step not in {name.value for name in MoveName}:
        abort(404)
    if not form.validate():
        return _case_page(reading, form, code=422)
    if wanted is MoveName.ADD_MATERIAL and not (form.text.data or "").strip():
        form.text.errors = [_("Please fill this in.")]
        return _case_page(reading, form, code=422)
    case_number, text = reading.case.number, (form.text.data or "").strip()

    def act() -> str:
        _carry_out(case_number, step, text)
        return url_for("complaints.show", number=case_number)

    try:
        body = {"number": case_number, "step": step, "text": text}
        return seen_elsewhere(do_once(form.submission_id.data, body, act, now=clock.now()))
    except RuleError as error:
        return _case_page(_own(number), form, code=409, message=render(error.message))


def _carry_out(number: str, step: str, text: str) -> None:
    case, now = queries.case_by_number(number), clock.now()
    if case is None:
        abort(404)
    name = MoveName(step)
    if name is MoveName.ACCEPT_OFFER:
        actions.accept_offer(case, now=now)
    elif name is MoveName.CONFIRM_PERFORMED:
        actions.confirm_performed(case, now=now)
    elif name is MoveName.DENY_RECEIPT:
        actions.deny_receipt(case, now=now)
    else:
        if text:
            actions.write_message(case, text, actor=Actor.COMPLAINANT, user_id=None, now=now)
        actions.move(case, name, actor=Actor.COMPLAINANT, reason="", now=now)


def _own(number: str) -> CaseReading:
    case = queries.case_by_number(number)
    if case is None:
        abort(404)
    require_receipt(case.filing.receipt_hash)
    return reading_of(case, today=clock.today())


def _case_page(reading: CaseReading, form: StepForm, *, code: int = 200, message: str = "") -> Any:
    case = reading.case
    # A page shown again after an error keeps its id, so that sending it twice still has one effect.
    form.submission_id.data = form.submission_id.data if code == 422 else new_submission_id()
    page = render_template(
        "complaints/show.html",
        reading=reading,
        case=case,
        form=form,
        message=message,
        others=[other for other in case.filing.cases if other.id != case.id],
        messages=queries.messages_of(case.id),
        judgement=queries.judgement_told(case.filing),
        claim=actions.claim_of(case),
        owed=actions.owed_in(case) if case.filing.reweighed_mg is not None else None,
        today=clock.today(),
        unregistered=say("Not registered with the authority"),
    )
    return page, code
