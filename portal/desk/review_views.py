"""Views: merchants who ask that a person look again at their status, and what they are answered."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, render_template, url_for
from flask_babel import gettext as _

from portal.accounts.access import regions_seen, require_member, require_office, role_required
from portal.base import clock
from portal.base.labels import render
from portal.base.web import seen_elsewhere
from portal.desk import queries
from portal.desk.door import DECIDERS, READERS, office_names, once, roles
from portal.desk.forms import ReviewForm
from portal.merchants import queries as merchant_queries
from portal.rules.errors import InputRefused, RuleError
from portal.workspace import actions as workspace_actions
from portal.workspace import queries as workspace_queries
from portal.workspace.queries import ReviewRequest

bp = Blueprint("desk_reviews", __name__, url_prefix="/desk/reviews")


@bp.get("")
@role_required(*READERS)
def index() -> str:
    """Show the merchants of the office and those below it that ask for a person to look again."""
    waiting = workspace_queries.open_review_requests(regions_seen())
    today = clock.today()
    return render_template(
        "desk/reviews.html",
        rows=[(one, merchant_queries.credit_answer(one.merchant, today)) for one in waiting],
        offices=office_names(),
    )


@bp.get("/<int:request_id>")
@role_required(*READERS)
def show(request_id: int) -> Any:
    """Show one merchant's request with its status and the reasons for it."""
    return _page(_wanted(request_id), ReviewForm(formdata=None))


@bp.post("/<int:request_id>")
@role_required(*DECIDERS)
def answer(request_id: int) -> Any:
    """Answer a merchant's request; its status itself changes by records alone."""
    found, form = _wanted(request_id), ReviewForm()
    if not form.validate():
        return _page(found, form), 422

    def act() -> str:
        user_id = require_member().user_id
        workspace_actions.answer_review(
            _wanted(request_id), form.answer.data, user_id=user_id, now=clock.now()
        )
        return url_for("desk_reviews.show", request_id=request_id)

    try:
        location = once(str(request_id), act)
    except RuleError as fault:
        form.form_errors.append(render(fault.message))
        return _page(_wanted(request_id), form), 422 if isinstance(fault, InputRefused) else 409
    flash(_("Your answer stands on the merchant's page."), "good")
    return seen_elsewhere(location)


def _wanted(request_id: int) -> ReviewRequest:
    """Return a request of the offices seen, or answer 404."""
    found = workspace_queries.review_request(request_id)
    if found is None:
        abort(404)
    require_office(found.region_code)
    return found


def _page(found: ReviewRequest, form: ReviewForm) -> str:
    return render_template(
        "desk/review.html",
        wanted=found,
        answer=merchant_queries.credit_answer(found.merchant, clock.today()),
        answered_by=queries.names_of([found.answered_by_id]),
        may_answer=bool(roles() & set(DECIDERS)),
        form=form,
    )
