"""Views: every move an officer may make, with what it needs and what it does."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for

from portal.accounts import queries as account_queries
from portal.accounts.access import regions_seen, require_member, role_required
from portal.base import clock
from portal.base.labels import label, render
from portal.base.web import seen_elsewhere
from portal.complaints import actions as complaint_actions
from portal.complaints.bought import bought_lines
from portal.desk import moves
from portal.desk.actions import Given, carry_out
from portal.desk.door import (
    DECIDERS,
    WORKERS,
    actors,
    case_again,
    done_words,
    once,
    open_moves,
    wanted_case,
)
from portal.desk.finding_forms import FindingForm
from portal.desk.forms import MoveForm, move_form
from portal.desk.letters import letter_ahead
from portal.desk.reading import Case
from portal.desk.typed import told_by
from portal.rules.complaint_flow import Actor, MoveName
from portal.rules.errors import InputRefused, RuleError
from portal.rules.metrology import Judgement

bp = Blueprint("desk_moves", __name__, url_prefix="/desk/cases/<number>/moves")


@bp.route("/record_finding", methods=["GET", "POST"])
@role_required(*DECIDERS)
def record_finding(number: str) -> Any:
    """Judge what was measured, show the verdict, and record it once it was seen."""
    found = wanted_case(number)
    actor = open_moves(found).get(MoveName.RECORD_FINDING, actors()[0])
    form = FindingForm(data=told_by(found))
    if request.method == "GET" or not moves.may_measure(found):
        return _finding_page(found, form, status=_status_of_finding(found))
    if not form.validate():
        return _finding_page(found, form, status=422)
    try:
        judgement = form.judgement(found.filing.bought_on)
        if form.seen.data != form.mark_of(judgement):
            form.seen.data = form.mark_of(judgement)
            return _finding_page(found, form, judgement=judgement)

        def act() -> str:
            complaint_actions.record_finding(
                case_again(number),
                judgement,
                settled_mg=form.settled_mg,
                reweighed_mg=form.reweighed_mg,
                actor=actor,
                user_id=require_member().user_id,
                now=clock.now(),
            )
            return url_for("desk.case", number=number.upper(), _anchor="findings")

        location = once(number, act)
    except RuleError as fault:
        form.form_errors.append(render(fault.message))
        status = 422 if isinstance(fault, InputRefused) else 409
        return _finding_page(case_again(number), form, status=status)
    flash(done_words(label(MoveName.RECORD_FINDING)), "good")
    return seen_elsewhere(location)


@bp.route("/<name>", methods=["GET", "POST"])
@role_required(*WORKERS)
def make_move(number: str, name: str) -> Any:
    """Show what a move does and needs; carry it out when it was sent."""
    found = wanted_case(number)
    wanted = _move_named(name)
    actor = open_moves(found).get(wanted, actors()[0])
    form = _form_of(found, wanted, actor)
    if request.method == "GET" or "preview" in request.form:
        return _move_page(found, wanted, actor, form, status=_status_of(found, wanted))
    if not form.validate():
        return _move_page(found, wanted, actor, form, status=422)

    def act() -> str:
        carry_out(
            case_again(number),
            wanted,
            _given(form, amount_fen=form.amount_fen),
            actor=actor,
            user_id=require_member().user_id,
            region_prefixes=regions_seen(),
            now=clock.now(),
        )
        if wanted is MoveName.TRANSFER:
            return url_for("desk.queue")
        return url_for("desk.case", number=number.upper())

    try:
        location = once(number, act)
    except RuleError as fault:
        status = form.refuse(fault)
        return _move_page(case_again(number), wanted, actor, form, status=status)
    flash(done_words(label(wanted)), "good")
    return seen_elsewhere(location)


def _move_named(name: str) -> MoveName:
    known = {move.value: move for move in MoveName}
    if name not in known:
        abort(404)
    return known[name]


def _form_of(found: Case, name: MoveName, actor: Actor) -> MoveForm:
    needs = moves.needs_of(found, name, actor)
    if needs is None:
        abort(404)
    return move_form(
        name,
        needs,
        grounds=moves.grounds_for(found, name, clock.today()),
        offices=[o for o in account_queries.all_offices() if o.region_code[:6] != found.region_code],
        defaults={"received_on": clock.today(), "amount": moves.amount_proposed(found, name)},
    )


def _given(form: MoveForm, *, amount_fen: int | None = None) -> Given:
    return Given(
        official_number=form.text("official_number"),
        received_on=form.received_on.data if "received_on" in form else None,
        ground=form.chosen_ground,
        amount_fen=amount_fen,
        reason=form.text("reason"),
        office_id=form.office.data if "office" in form else None,
        other_case=form.text("other_case"),
        method=form.text("method"),
        reference=form.text("reference"),
        has_consent="both_consent" in form and form.both_consent.data,
        has_approval="approval" in form and form.approval.data,
    )


def _status_of(found: Case, name: MoveName) -> int:
    return 200 if name in open_moves(found) else 409


def _status_of_finding(found: Case) -> int:
    return _status_of(found, MoveName.RECORD_FINDING) if moves.may_measure(found) else 409


def _move_page(found: Case, name: MoveName, actor: Actor, form: MoveForm, *, status: int) -> Any:
    effect = moves.effect_of(found, name, actor, today=clock.today())
    owed = complaint_actions.owed_in(found) if name is MoveName.SETTLE else None
    grounds = moves.ground_words(found, name, clock.today())
    page = render_template(
        "desk/make_move.html",
        case=found,
        move=name,
        effect=effect,
        form=form,
        owed=owed,
        grounds=grounds,
        lacks_merchant=moves.lacks_merchant(found, name),
        letter=letter_ahead(found, name, _given(form), actor=actor, today=clock.today()),
    )
    return page, status


def _finding_page(
    found: Case, form: FindingForm, *, judgement: Judgement | None = None, status: int = 200
) -> Any:
    effect = moves.finding_effect(found, actors()[0], today=clock.today())
    page = render_template(
        "desk/record_finding.html",
        case=found,
        form=form,
        judgement=judgement,
        effect=effect,
        bought=bought_lines(found.filing),
        lacks_merchant=moves.lacks_merchant(found, MoveName.RECORD_FINDING),
        letter=letter_ahead(found, MoveName.RECORD_FINDING, Given(), actor=actors()[0], today=clock.today()),
    )
    return page, status
