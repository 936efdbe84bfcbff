"""The regulator's desk: the queue, and the page of a case with who works on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from portal.accounts.access import Role, regions_seen, require_member, role_required
from portal.base import clock
from portal.base.labels import render
from portal.base.web import seen_elsewhere
from portal.complaints import actions as complaint_actions
from portal.complaints.bought import bought_lines
from portal.complaints.following import surveying
from portal.complaints.official.due import forms_at_desk
from portal.complaints.signalling import signals_of
from portal.complaints.told import circumstance_lines, promise_lines, standing_lines
from portal.desk import moves, queries
from portal.desk.door import (
    DECIDERS,
    READERS,
    WORKERS,
    actors,
    case_again,
    office_names,
    once,
    open_moves,
    roles,
    wanted_case,
)
from portal.desk.filters import chips, facet_rows, wanted_by
from portal.desk.forms import AssignForm, LeaveClosedForm, MessageForm
from portal.desk.reading import Case, case_file
from portal.rules.complaint_flow import MoveName
from portal.rules.errors import RuleError
from portal.workspace import queries as workspace_queries

desk = Blueprint("desk", __name__, url_prefix="/desk")

MOST_PAGES = 10_000


@desk.get("/")
@role_required(*READERS)
def queue() -> str:
    """Show the cases of the office and those below it, soonest due first."""
    today = clock.today()
    user_id = require_member().user_id
    wanted = wanted_by(request.args, regions=regions_seen(), user_id=user_id, today=today)
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    is_leader = Role.LEADER in roles()
    found = queries.queue_page(wanted, user_id=user_id, page=page, today=today)
    return render_template(
        "desk/queue.html",
        found=found,
        wanted=wanted,
        facet_rows=facet_rows(found.counts, request.args, wanted, is_leader=is_leader),
        again_count=found.counts["again", "yes"] if is_leader else 0,
        chips_rows=chips(request.args, wanted),
        offices=office_names(),
        reviews_count=workspace_queries.count_open_review_requests(regions_seen()),
    )


@desk.get("/cases/<number>")
@role_required(*READERS)
def case(number: str) -> Any:
    """Show everything of one case, and what may be done with it now."""
    return _case_page(wanted_case(number))


@desk.post("/cases/<number>/take")
@role_required(*DECIDERS)
def take(number: str) -> Any:
    """Take a case that nobody has."""
    found = wanted_case(number)

    def act() -> str:
        complaint_actions.take(case_again(number), require_member().user_id, now=clock.now())
        return url_for("desk.case", number=found.number)

    try:
        return seen_elsewhere(once(number, act))
    except RuleError as fault:
        return _case_page(case_again(number), fault=fault), 409


@desk.post("/cases/<number>/assign")
@role_required(*DECIDERS)
def assign(number: str) -> Any:
    """Give a case to an officer of the office, or of one above it."""
    found = wanted_case(number)
    form = AssignForm()
    form.offer(queries.officers_for(found.region_code))
    if not form.validate_on_submit():
        return _case_page(found, assign_form=form), 422

    def act() -> str:
        complaint_actions.assign(case_again(number), form.officer.data, now=clock.now())
        return url_for("desk.case", number=found.number)

    return seen_elsewhere(once(number, act))


@desk.post("/cases/<number>/messages")
@role_required(*WORKERS)
def write(number: str) -> Any:
    """Write in a case: to both sides of a 投诉, to the filer of a 举报."""
    found = wanted_case(number)
    form = MessageForm()
    if not form.validate_on_submit():
        return _case_page(found, message_form=form), 422
    actor = actors()[0]

    def act() -> str:
        complaint_actions.write_message(
            case_again(number),
            form.text.data.strip(),
            actor=actor,
            user_id=require_member().user_id,
            now=clock.now(),
        )
        return url_for("desk.case", number=found.number, _anchor="messages")

    return seen_elsewhere(once(number, act))


@desk.post("/cases/<number>/leave-closed")
@role_required(Role.LEADER)
def leave_closed(number: str) -> Any:
    """Answer a filer who asked for a closed case to be taken up again: it stays closed."""
    found = wanted_case(number)
    form = LeaveClosedForm()
    if not form.validate_on_submit():
        return _case_page(found, leave_form=form), 422

    def act() -> str:
        surveying.leave_closed(
            case_again(number), form.answer.data.strip(), user_id=require_member().user_id, now=clock.now()
        )
        return url_for("desk.case", number=found.number, _anchor="survey")

    try:
        return seen_elsewhere(once(number, act))
    except RuleError as fault:
        return _case_page(case_again(number), fault=fault), 409


def _case_page(
    found: Case,
    *,
    assign_form: AssignForm | None = None,
    message_form: MessageForm | None = None,
    leave_form: LeaveClosedForm | None = None,
    fault: RuleError | None = None,
) -> str:
    assign_form = assign_form or AssignForm(formdata=None, officer=found.officer_id)
    assign_form.offer(queries.officers_for(found.region_code))
    opened, is_decider = open_moves(found), bool(roles() & set(DECIDERS))
    return render_template(
        "desk/case.html",
        file=case_file(found, today=clock.today()),
        case=found,
        moves=moves.articles_of(found, moves.listed(opened, found)),
        may_name=MoveName.NAME_MERCHANT in opened,
        bought=bought_lines(found.filing),
        circumstances=circumstance_lines(found.filing),
        promise=promise_lines(found.filing),
        standing=standing_lines(found.filing),
        is_weighed=moves.may_measure(found),
        papers=forms_at_desk(found),
        may_assign=is_decider and found.is_open,
        may_write=bool(actors()) and found.is_open,
        assign_form=assign_form,
        message_form=message_form or MessageForm(formdata=None),
        leave_form=leave_form or LeaveClosedForm(formdata=None),
        may_leave_closed=found.wants_reopening and Role.LEADER in roles(),
        may_give_code=is_decider,
        signals=signals_of(found, region_prefixes=regions_seen()) if is_decider else (),
        faults=[render(fault.message)] if fault else [],
    )
