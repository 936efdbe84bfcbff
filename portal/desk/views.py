"""The regulator's desk: the queue, a case, and each move with what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from portal.accounts import queries as account_queries
from portal.accounts.access import (
    Role,
    acting_memberships,
    may_see_office,
    regions_seen,
    require_member,
    require_office,
    role_required,
)
from portal.base import clock
from portal.base.labels import label, render
from portal.base.once import do_once
from portal.base.web import seen_elsewhere
from portal.complaints import actions as complaint_actions
from portal.complaints import queries as complaint_queries
from portal.desk import moves, queries
from portal.desk.actions import Given, carry_out
from portal.desk.filters import chips, facet_rows, wanted_by
from portal.desk.forms import AssignForm, FindingForm, MessageForm, MoveForm, ReviewForm, move_form
from portal.desk.reading import Case, case_file
from portal.desk.typed import told_by
from portal.merchants import queries as merchant_queries
from portal.rules.complaint_flow import Actor, MoveName
from portal.rules.errors import InputRefused, RuleError
from portal.rules.metrology import Judgement
from portal.workspace import actions as workspace_actions
from portal.workspace import queries as workspace_queries
from portal.workspace.queries import ReviewRequest

desk = Blueprint("desk", __name__, url_prefix="/desk")

ACTOR_OF_ROLE = {
    Role.LEADER: Actor.LEADER,
    Role.OFFICER: Actor.OFFICER,
    Role.INTAKE_CLERK: Actor.INTAKE_CLERK,
}
READERS = (*ACTOR_OF_ROLE, Role.AUDITOR)
MOST_PAGES = 10_000


@desk.get("/")
@role_required(*READERS)
def queue() -> str:
    """Show the cases of the office and those below it, soonest due first."""
    today = clock.today()
    user_id = require_member().user_id
    wanted = wanted_by(request.args, regions=regions_seen(), user_id=user_id, today=today)
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    found = queries.queue_page(wanted, user_id=user_id, page=page, today=today)
    return render_template(
        "desk/queue.html",
        found=found,
        wanted=wanted,
        facet_rows=facet_rows(found.counts, request.args, wanted),
        chips_rows=chips(request.args, wanted),
        offices=_office_names(),
        reviews_count=workspace_queries.count_open_review_requests(regions_seen()),
    )


@desk.get("/reviews")
@role_required(*READERS)
def reviews() -> str:
    """Show the merchants of the office and those below it that ask for a person to look again."""
    waiting = workspace_queries.open_review_requests(regions_seen())
    today = clock.today()
    return render_template(
        "desk/reviews.html",
        rows=[(one, merchant_queries.credit_answer(one.merchant, today)) for one in waiting],
        offices=_office_names(),
    )


@desk.get("/reviews/<int:request_id>")
@role_required(*READERS)
def review(request_id: int) -> Any:
    """Show one merchant's request with its status and the reasons for it."""
    return _review_page(_review(request_id), ReviewForm(formdata=None))


@desk.post("/reviews/<int:request_id>")
@role_required(Role.OFFICER, Role.LEADER)
def answer_review(request_id: int) -> Any:
    """Answer a merchant's request; its status itself changes by records alone."""
    found, form = _review(request_id), ReviewForm()
    if not form.validate():
        return _review_page(found, form), 422

    def act() -> str:
        user_id = require_member().user_id
        workspace_actions.answer_review(
            _review(request_id), form.answer.data, user_id=user_id, now=clock.now()
        )
        return url_for("desk.review", request_id=request_id)

    try:
        location = _once(str(request_id), act)
    except RuleError as fault:
        form.form_errors.append(render(fault.message))
        return _review_page(_review(request_id), form), 422 if isinstance(fault, InputRefused) else 409
    flash(_("Your answer stands on the merchant's page."), "good")
    return seen_elsewhere(location)


@desk.get("/cases/<number>")
@role_required(*READERS)
def case(number: str) -> Any:
    """Show everything of one case, and what may be done with it now."""
    return _case_page(_case(number))


@desk.post("/cases/<number>/take")
@role_required(Role.OFFICER, Role.LEADER)
def take(number: str) -> Any:
    """Take a case that nobody has."""
    found = _case(number)

    def act() -> str:
        complaint_actions.take(_again(number), require_member().user_id, now=clock.now())
        return url_for("desk.case", number=found.number)

    try:
        return seen_elsewhere(_once(number, act))
    except RuleError as fault:
        return _case_page(_again(number), fault=fault), 409


@desk.post("/cases/<number>/assign")
@role_required(Role.OFFICER, Role.LEADER)
def assign(number: str) -> Any:
    """Give a case to an officer of the office, or of one above it."""
    found = _case(number)
    form = AssignForm()
    form.offer(queries.officers_for(found.region_code))
    if not form.validate_on_submit():
        return _case_page(found, assign_form=form), 422

    def act() -> str:
        complaint_actions.assign(_again(number), form.officer.data, now=clock.now())
        return url_for("desk.case", number=found.number)

    return seen_elsewhere(_once(number, act))


@desk.post("/cases/<number>/messages")
@role_required(*ACTOR_OF_ROLE)
def write(number: str) -> Any:
    """Write in a case: to both sides of a 投诉, to the filer of a 举报."""
    found = _case(number)
    form = MessageForm()
    if not form.validate_on_submit():
        return _case_page(found, message_form=form), 422
    actor = _actors()[0]

    def act() -> str:
        complaint_actions.write_message(
            _again(number),
            form.text.data.strip(),
            actor=actor,
            user_id=require_member().user_id,
            now=clock.now(),
        )
        return url_for("desk.case", number=found.number, _anchor="messages")

    return seen_elsewhere(_once(number, act))


@desk.route("/cases/<number>/moves/record_finding", methods=["GET", "POST"])
@role_required(Role.OFFICER, Role.LEADER)
def record_finding(number: str) -> Any:
    """Judge what was measured, show the verdict, and record it once it was seen."""
    found = _case(number)
    actor = _open_moves(found).get(MoveName.RECORD_FINDING, _actors()[0])
    form = FindingForm(data=told_by(found))
    if request.method == "GET":
        return _finding_page(found, form, status=_status_of(found, MoveName.RECORD_FINDING))
    if not form.validate():
        return _finding_page(found, form, status=422)
    try:
        judgement = form.judgement(found.filing.bought_on)
        if form.seen.data != form.mark_of(judgement):
            form.seen.data = form.mark_of(judgement)
            return _finding_page(found, form, judgement=judgement)

        def act() -> str:
            complaint_actions.record_finding(
                _again(number),
                judgement,
                settled_mg=form.settled_mg,
                reweighed_mg=form.reweighed_mg,
                actor=actor,
                user_id=require_member().user_id,
                now=clock.now(),
            )
            return url_for("desk.case", number=number.upper(), _anchor="findings")

        location = _once(number, act)
    except RuleError as fault:
        form.form_errors.append(render(fault.message))
        return _finding_page(_again(number), form, status=422 if isinstance(fault, InputRefused) else 409)
    _say_done(MoveName.RECORD_FINDING)
    return seen_elsewhere(location)


@desk.route("/cases/<number>/moves/<name>", methods=["GET", "POST"])
@role_required(*ACTOR_OF_ROLE)
def make_move(number: str, name: str) -> Any:
    """Show what a move does and needs; carry it out when it was sent."""
    found = _case(number)
    wanted = _move_named(name)
    actor = _open_moves(found).get(wanted, _actors()[0])
    form = _form_of(found, wanted, actor)
    if request.method == "GET":
        return _move_page(found, wanted, actor, form, status=_status_of(found, wanted))
    if not form.validate():
        return _move_page(found, wanted, actor, form, status=422)

    def act() -> str:
        carry_out(
            _again(number),
            wanted,
            _given(form),
            actor=actor,
            user_id=require_member().user_id,
            region_prefixes=regions_seen(),
            now=clock.now(),
        )
        if wanted is MoveName.TRANSFER:
            return url_for("desk.queue")
        return url_for("desk.case", number=number.upper())

    try:
        location = _once(number, act)
    except RuleError as fault:
        status = form.refuse(fault)
        return _move_page(_again(number), wanted, actor, form, status=status)
    _say_done(wanted)
    return seen_elsewhere(location)


def _review(request_id: int) -> ReviewRequest:
    """Return a request of the offices seen, or answer 404."""
    found = workspace_queries.review_request(request_id)
    if found is None:
        abort(404)
    require_office(found.region_code)
    return found


def _review_page(found: ReviewRequest, form: ReviewForm) -> str:
    roles = {membership.role for membership in acting_memberships()}
    return render_template(
        "desk/review.html",
        wanted=found,
        answer=merchant_queries.credit_answer(found.merchant, clock.today()),
        answered_by=queries.names_of([found.answered_by_id]),
        may_answer=bool(roles & {Role.OFFICER, Role.LEADER}),
        form=form,
    )


def _case(number: str) -> Case:
    """Return a case of the offices seen, or answer 404."""
    found = complaint_queries.case_by_number(number)
    if found is None:
        abort(404)
    if request.method == "POST" and not may_see_office(found.region_code):
        # A second click on a transfer that went through is answered as the first one was.
        abort(seen_elsewhere(_once(number, _not_found)))
    require_office(found.region_code)
    return found


def _again(number: str) -> Case:
    """Return the case as it stands now, under the lock of the transaction."""
    found = complaint_queries.case_by_number(number)
    if found is None or not may_see_office(found.region_code):
        abort(404)
    return found


def _not_found() -> str:
    abort(404)


def _once(number: str, act: Callable[[], str]) -> str:
    sent = request.form.to_dict(flat=False)
    body = {key: value for key, value in sent.items() if key not in {"csrf_token", "submission_id"}}
    about = {"path": request.path, "case": number.upper(), "user": require_member().user_id}
    key = f"desk:{request.form.get('submission_id', '')[:70]}"
    return do_once(key, {**about, "sent": body}, act, now=clock.now())


def _actors() -> list[Actor]:
    roles = {membership.role for membership in acting_memberships()}
    return [actor for role, actor in ACTOR_OF_ROLE.items() if role in roles]


def _open_moves(found: Case) -> dict[MoveName, Actor]:
    """Return the moves open now, each with the actor who may make it."""
    opened = {
        name: actor for actor in reversed(_actors()) for name in complaint_actions.open_moves(found, actor)
    }
    return {name: opened[name] for name in MoveName if name in opened}


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


def _given(form: MoveForm) -> Given:
    return Given(
        official_number=form.text("official_number"),
        received_on=form.received_on.data if "received_on" in form else None,
        ground=form.chosen_ground,
        amount_fen=form.amount_fen,
        reason=form.text("reason"),
        office_id=form.office.data if "office" in form else None,
        other_case=form.text("other_case"),
        method=form.text("method"),
        reference=form.text("reference"),
        has_consent="both_consent" in form and form.both_consent.data,
        has_approval="approval" in form and form.approval.data,
    )


def _status_of(found: Case, name: MoveName) -> int:
    return 200 if name in _open_moves(found) else 409


def _say_done(name: MoveName) -> None:
    flash(_("Done: %(move)s.", move=label(name)), "good")


def _move_page(found: Case, name: MoveName, actor: Actor, form: MoveForm, *, status: int) -> Any:
    effect = moves.effect_of(found, name, actor, today=clock.today())
    owed = complaint_actions.owed_in(found) if name is MoveName.SETTLE else None
    grounds = moves.ground_words(found, name, clock.today())
    page = render_template(
        "desk/make_move.html", case=found, move=name, effect=effect, form=form, owed=owed, grounds=grounds
    )
    return page, status


def _finding_page(
    found: Case, form: FindingForm, *, judgement: Judgement | None = None, status: int = 200
) -> Any:
    effect = moves.effect_of(found, MoveName.RECORD_FINDING, _actors()[0], today=clock.today())
    page = render_template(
        "desk/record_finding.html", case=found, form=form, judgement=judgement, effect=effect
    )
    return page, status


def _case_page(
    found: Case,
    *,
    assign_form: AssignForm | None = None,
    message_form: MessageForm | None = None,
    fault: RuleError | None = None,
) -> str:
    assign_form = assign_form or AssignForm(formdata=None, officer=found.officer_id)
    assign_form.offer(queries.officers_for(found.region_code))
    roles = {membership.role for membership in acting_memberships()}
    return render_template(
        "desk/case.html",
        file=case_file(found, today=clock.today()),
        case=found,
        moves=moves.articles_of(found, _open_moves(found)),
        may_assign=bool(roles & {Role.OFFICER, Role.LEADER}) and found.is_open,
        may_write=bool(_actors()) and found.is_open,
        assign_form=assign_form,
        message_form=message_form or MessageForm(formdata=None),
        faults=[render(fault.message)] if fault else [],
    )


def _office_names() -> list[str]:
    offices = account_queries.offices_of(acting_memberships())
    return [office.name for office in offices.values()]
