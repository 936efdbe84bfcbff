"""Views: taking down what somebody tells by phone, on paper or in person, and what a 12315 ticket says.

The clerk types into the same steps as everybody else; the session holds the receipt of what is
being typed until it was handed over.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, render_template, session, url_for
from flask_babel import gettext as _

from portal.accounts.access import (
    forget_receipts,
    held_receipts,
    may_see_office,
    remember_receipt,
    require_member,
    role_required,
)
from portal.base import clock
from portal.base.db import first_wins
from portal.base.labels import render
from portal.base.once import new_submission_id
from portal.base.web import seen_elsewhere
from portal.complaints import queries
from portal.complaints.drafts import office_intake
from portal.complaints.drafts.office_intake import Ticket
from portal.complaints.following.views import SHOWN_ONCE
from portal.complaints.registering import OfficialNumberTaken
from portal.desk.door import WORKERS, office_names
from portal.desk.intake_forms import IntakeForm, TicketForm
from portal.rules.errors import InputRefused, RuleError
from portal.rules.intake_terms import Step

bp = Blueprint("desk_intake", __name__, url_prefix="/desk")


@bp.get("/intake")
@role_required(*WORKERS)
def start() -> Any:
    """Ask how the person came, and list what this person has begun to type."""
    return _start_page(IntakeForm(formdata=None), 200)


@bp.post("/intake")
@role_required(*WORKERS)
def begin() -> Any:
    """Begin a draft for somebody and go to its first step."""
    form, user_id = IntakeForm(), require_member().user_id
    if not form.validate():
        return _start_page(form, 422)
    submission_id = form.submission_id.data or new_submission_id()
    draft = first_wins(
        lambda: office_intake.begin_for(
            submission_id, form.chosen_channel, typed_by_id=user_id, now=clock.now()
        )
    )
    return _first_step(draft)


@bp.post("/intake/<number>/open")
@role_required(*WORKERS)
def go_on(number: str) -> Any:
    """Open a draft again that this person began to type."""
    draft = office_intake.draft_typed_by(require_member().user_id, number)
    if draft is None:
        abort(404)
    return _first_step(draft)


@bp.post("/intake/handed-over")
@role_required(*WORKERS)
def hand_over() -> Any:
    """Forget the receipts in this session: the paper is in the filer's hands."""
    forget_receipts()
    for name in SHOWN_ONCE:
        session.pop(name, None)
    flash(_("Forgotten here. Only the filer has the code now."), "good")
    return seen_elsewhere(url_for("desk_intake.start"))


@bp.get("/tickets/new")
@role_required(*WORKERS)
def new_ticket() -> Any:
    """Ask for a 12315 ticket: its number, its day, its text."""
    form = TicketForm(formdata=None, received_on=clock.today())
    return render_template("desk/new_ticket.html", form=form, held=None)


@bp.post("/tickets/new")
@role_required(*WORKERS)
def begin_ticket() -> Any:
    """Begin the draft of a ticket; one that is here already is shown instead."""
    form, user_id = TicketForm(), require_member().user_id
    if not form.validate():
        return render_template("desk/new_ticket.html", form=form, held=None), 422
    ticket = Ticket(form.official_number.data.strip(), form.received_on.data, form.text.data.strip())
    submission_id = form.submission_id.data or new_submission_id()
    try:
        draft = first_wins(
            lambda: office_intake.begin_ticket(submission_id, ticket, typed_by_id=user_id, now=clock.now())
        )
    except RuleError as fault:
        return _refused_ticket(form, fault)
    return _first_step(draft)


def _refused_ticket(form: TicketForm, fault: RuleError) -> Any:
    held = None
    if isinstance(fault, OfficialNumberTaken):
        cases = queries.cases_with_official_number(form.official_number.data)
        held = [case for case in cases if may_see_office(case.region_code)]
        form.official_number.errors = [render(fault.message)]
    else:
        form.received_on.errors = [render(fault.message)]
    status = 422 if isinstance(fault, InputRefused) else 409
    return render_template("desk/new_ticket.html", form=form, held=held), status


def _first_step(draft: office_intake.Draft) -> Any:
    remember_receipt(draft.receipt_hash)
    return seen_elsewhere(url_for("drafts.step", number=draft.number, step=Step.WHERE.value))


def _start_page(form: IntakeForm, status: int) -> Any:
    drafts = office_intake.drafts_typed_by(require_member().user_id)
    page = render_template(
        "desk/intake.html",
        form=form,
        rows=[(draft, office_intake.ticket_of(draft)) for draft in drafts],
        offices=office_names(),
        unhanded_count=len({case.filing_id for case in queries.cases_by_receipts(held_receipts())}),
    )
    return page, status
