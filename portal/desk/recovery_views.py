"""Views: a new receipt code for a filer who lost the old one, and told what only the filer knows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, session, url_for
from flask_babel import gettext as _

from portal.accounts.access import recently_confirmed, require_member, role_required
from portal.base import clock
from portal.base.labels import add_labels, render
from portal.base.once import new_submission_id
from portal.base.web import public_url, seen_elsewhere
from portal.complaints.bought import bought_lines
from portal.complaints.following import recovering
from portal.complaints.words import KnownFact
from portal.desk.door import DECIDERS, case_again, once, wanted_case
from portal.desk.forms import NewCodeForm
from portal.desk.queries import names_of
from portal.desk.reading import Case, requests_of
from portal.desk.words import WORDS
from portal.rules.errors import RuleError

add_labels(WORDS)

bp = Blueprint("desk_recovery", __name__, url_prefix="/desk/cases/<number>/new-code")

# The submission a code was made from, kept until the code was handed over.
GIVEN = "code_given"
REFUSED = ""


@bp.get("")
@role_required(*DECIDERS)
@recently_confirmed
def new_code(number: str) -> Any:
    """Ask what the person told rightly; right after it was given, show the new code."""
    return _page(wanted_case(number), NewCodeForm(formdata=None), 200)


@bp.post("")
@role_required(*DECIDERS)
@recently_confirmed
def give(number: str) -> Any:
    """Give a new code where enough was told rightly; every attempt is logged."""
    found = wanted_case(number)
    form = NewCodeForm()
    form.offer(recovering.facts_known(found.filing))
    if not form.validate():
        return _page(found, form, 422)
    submission_id = form.submission_id.data or new_submission_id()

    def act() -> str:
        code = recovering.recover_by_officer(
            case_again(number).filing,
            facts_matched=form.chosen,
            reason=form.reason.data.strip(),
            user_id=require_member().user_id,
            submission_id=submission_id,
            now=clock.now(),
        )
        return url_for("desk_recovery.new_code", number=found.number) if code else REFUSED

    try:
        location = once(number, act)
    except RuleError as fault:
        form.form_errors.append(render(fault.message))
        return _page(case_again(number), form, 409)
    if location == REFUSED:
        form.facts.errors = [
            _(
                "Too little was told rightly: no new code was given. This attempt is logged. "
                "At least %(count)s facts are needed, and one of them must be something "
                "the merchant cannot know, as it stands above.",
                count=recovering.LEAST_FACTS,
            )
        ]
        form.submission_id.data = new_submission_id()
        return _page(case_again(number), form, 422)
    session[GIVEN] = submission_id
    return seen_elsewhere(location)


@bp.post("/handed-over")
@role_required(*DECIDERS)
def hand_over(number: str) -> Any:
    """Forget the new code in this session."""
    found = wanted_case(number)
    session.pop(GIVEN, None)
    flash(_("Forgotten here. Only the filer has the code now."), "good")
    return seen_elsewhere(url_for("desk.case", number=found.number))


def _page(found: Case, form: NewCodeForm, status: int) -> Any:
    filing = found.filing
    known = recovering.facts_known(filing)
    form.offer(known)
    submission_id = session.get(GIVEN, "")
    page = render_template(
        "desk/new_code.html",
        case=found,
        form=form,
        known=known,
        least=recovering.LEAST_FACTS,
        needs_contact=recovering.needs_contact(filing),
        code=recovering.new_code_of(filing, submission_id) if submission_id else None,
        follow_url=public_url("complaints.follow"),
        bought=bought_lines(filing),
        requests=requests_of(found),
        log=[
            (one, [fact for fact in KnownFact if fact.value in one.facts])
            for one in reversed(filing.recoveries)
        ],
        names=names_of(one.user_id for one in filing.recoveries),
    )
    return page, status
