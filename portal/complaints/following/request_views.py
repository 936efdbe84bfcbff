"""Views: one question to the filer, opened by the address in a letter or on the page of the case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from portal.accounts.access import public, receipt_required
from portal.accounts.security import address_key, limiter
from portal.base import clock
from portal.base.labels import render
from portal.base.once import do_once, new_submission_id
from portal.base.web import mark_private, seen_elsewhere
from portal.complaints import queries
from portal.complaints.following import answering, asking
from portal.complaints.following.asking import PartyRequest
from portal.complaints.following.forms import AnswerForm, said
from portal.complaints.following.holding import own_case
from portal.complaints.queries import Case
from portal.complaints.words import RequestState
from portal.rules.errors import RuleError
from portal.rules.intake_answers import LONGEST_NARRATIVE

bp = Blueprint("requests", __name__, url_prefix="/complaints")


def _is_unknown(response: Any) -> bool:
    return bool(response.status_code in {404, 422})


@bp.route("/requests/<token>", methods=["GET", "POST"])
@limiter.limit("60 per 15 minutes", key_func=address_key, deduct_when=_is_unknown)
@public
def answer(token: str) -> Any:
    """Show one question, and take one answer to it while it waits."""
    mark_private()
    found = asking.request_by_token(token)
    if found is None:
        abort(404)
    case, asked = found
    form = AnswerForm()
    if request.method == "GET":
        form.submission_id.data = new_submission_id()
        return _question_page(case, asked, form)
    if not form.validate():
        return _question_page(case, asked, form, code=422)
    try:
        _answer_once(case.number, asked.id, form)
        return seen_elsewhere(url_for("requests.answer", token=token))
    except RuleError as error:
        form.form_errors.append(render(error.message))
        again = asking.request_by_token(token)
        return _question_page(*again, form, code=409) if again else abort(404)


@bp.route("/cases/<number>/questions/<int:question>", methods=["GET", "POST"])
@receipt_required
def answer_in_case(number: str, question: int) -> Any:
    """Show one question to the holder of the receipt, and take the answer."""
    case = own_case(number).case
    asked = next((one for one in case.party_requests if one.id == question), None)
    if asked is None:
        abort(404)
    form = AnswerForm()
    if request.method == "GET":
        form.submission_id.data = new_submission_id()
        return _question_page(case, asked, form, is_own=True)
    if not form.validate():
        return _question_page(case, asked, form, code=422, is_own=True)
    try:
        _answer_once(case.number, asked.id, form)
        return seen_elsewhere(url_for("complaints.show", number=case.number))
    except RuleError as error:
        form.form_errors.append(render(error.message))
        again = own_case(number).case
        asked = next(one for one in again.party_requests if one.id == question)
        return _question_page(again, asked, form, code=409, is_own=True)


def _answer_once(number: str, question: int, form: AnswerForm) -> None:
    text = said(form.text.data)

    def act() -> str:
        case = queries.case_by_number(number)
        if case is None:
            abort(404)
        asked = next(one for one in case.party_requests if one.id == question)
        answering.answer_request(case, asked, text, now=clock.now())
        # Where to go next is not kept: the address holds the token, of which the database has a hash alone.
        return ""

    body = {"case": number, "question": question, "text": text}
    do_once(form.submission_id.data, body, act, now=clock.now())


def _question_page(
    case: Case, asked: PartyRequest, form: AnswerForm, *, code: int = 200, is_own: bool = False
) -> Any:
    """Show the question; 410 where it no longer waits, with what became of it and the way on."""
    state = asking.state_of(case, asked, today=clock.today())
    page = render_template(
        "complaints/request.html",
        case=case,
        asked=asked,
        state=state,
        is_open=state is RequestState.OPEN,
        silence=asking.silence_on(case, asked),
        form=form,
        longest=LONGEST_NARRATIVE,
        is_own=is_own,
    )
    return page, code if state is RequestState.OPEN else 410
