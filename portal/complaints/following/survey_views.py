"""Views: what the filer says after the end of a case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from portal.accounts.access import receipt_required
from portal.base import clock
from portal.base.labels import render
from portal.base.once import do_once, new_submission_id
from portal.base.web import seen_elsewhere
from portal.complaints import queries
from portal.complaints.following import surveying
from portal.complaints.following.forms import SurveyForm, said
from portal.complaints.following.holding import own_case
from portal.complaints.queries import Case
from portal.complaints.words import SurveyReason
from portal.rules.errors import RuleError

bp = Blueprint("surveys", __name__, url_prefix="/complaints")

SAID = {"yes": True, "no": False}


@bp.route("/cases/<number>/survey", methods=["GET", "POST"])
@receipt_required
def survey(number: str) -> Any:
    """Ask whether the filer is satisfied, then why, and keep it once for each end."""
    case = own_case(number).case
    form = SurveyForm(request.form if request.method == "POST" else request.args)
    is_satisfied = SAID.get(form.satisfied.data)
    form.offer(_offered(is_satisfied))
    if request.method != "POST":
        if not surveying.survey_due(case):
            return redirect(url_for("complaints.show", number=case.number), code=303)
        form.submission_id.data = new_submission_id()
        return _survey_page(case, form, is_satisfied, 200)
    if is_satisfied is None or not form.validate():
        form.validate()
        return _survey_page(case, form, is_satisfied, 422)
    try:
        return seen_elsewhere(_kept(case, form, is_satisfied))
    except RuleError as error:
        form.form_errors.append(render(error.message))
        return _survey_page(case, form, is_satisfied, 409)


def _offered(is_satisfied: bool | None) -> list[SurveyReason]:
    if is_satisfied is None:
        return []
    return [one for row in surveying.reasons_for(is_satisfied=is_satisfied).values() for one in row]


def _kept(case: Case, form: SurveyForm, is_satisfied: bool) -> str:
    number, words = case.number, said(form.words.data)
    reasons = sorted(form.reasons.data or ())

    def act() -> str:
        found = queries.case_by_number(number)
        assert found is not None  # noqa: S101  # held a moment ago, and cases are never deleted
        surveying.answer_survey(
            found,
            is_satisfied=is_satisfied,
            reasons=[SurveyReason(reason) for reason in reasons],
            words=words,
            now=clock.now(),
        )
        return url_for("complaints.show", number=number, _anchor="survey")

    body = {"case": number, "satisfied": is_satisfied, "reasons": reasons, "words": words}
    return do_once(form.submission_id.data, body, act, now=clock.now())


def _survey_page(case: Case, form: SurveyForm, is_satisfied: bool | None, code: int) -> Any:
    may_ask_again = surveying.may_ask_again(case)
    page = render_template(
        "complaints/survey.html",
        case=case,
        form=form,
        is_satisfied=is_satisfied,
        topics=surveying.reasons_for(is_satisfied=is_satisfied) if is_satisfied is not None else {},
        asks_again=surveying.ASK_AGAIN if may_ask_again else frozenset(),
    )
    return page, code
