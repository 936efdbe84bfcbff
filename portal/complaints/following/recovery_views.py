"""Views: a new receipt code for the recovery phrase that was chosen when filing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, session, url_for
from flask_babel import gettext as _

from portal.accounts.access import public, remember_receipt
from portal.accounts.security import address_key, limiter
from portal.base import clock, crypto
from portal.base.once import do_once, new_submission_id
from portal.base.web import mark_private, seen_elsewhere
from portal.complaints import queries
from portal.complaints.following import recovering
from portal.complaints.following.forms import RecoverForm

bp = Blueprint("recovery", __name__, url_prefix="/complaints")

REFUSED = ""


def _case_key() -> str:
    """Return a keyed hash of the case number typed, to count under."""
    return crypto.keyed_hash("limit-case", crypto.normalise_code(request.form.get("number", "")[:80]))


@bp.route("/recover", methods=["GET", "POST"])
@limiter.limit("10 per hour; 30 per day", key_func=address_key, methods=["POST"])
@limiter.limit("5 per hour; 10 per day", key_func=_case_key, methods=["POST"])
@public
def recover() -> Any:
    """Ask for a case number and the phrase, and give a new code; every wrong pair is told the same."""
    mark_private()
    form = RecoverForm()
    if request.method == "GET":
        return _recover_page(form, 200)
    if not form.validate():
        return _recover_page(form, 422)
    number, submission_id = form.number.data, form.submission_id.data
    filing = queries.filing_by_case_number(number)
    # Outside the transaction, and as long where there is nothing to compare with.
    is_right = recovering.check_phrase(filing.recovery_hash if filing else None, form.phrase.data)

    def act() -> str:
        found = queries.filing_by_case_number(number)
        if found is None:
            return REFUSED
        is_granted = recovering.recover_by_phrase(
            found, is_right=is_right, submission_id=submission_id, now=clock.now()
        )
        return url_for("complaints.filed", number=found.cases[0].number) if is_granted else REFUSED

    location = do_once(submission_id, {"number": number, "is_right": is_right}, act, now=clock.now())
    if location == REFUSED:
        form.form_errors.append(
            _("No case has this number and this phrase. Please check both; you can try a few times an hour.")
        )
        return _recover_page(form, 422)
    return _shown_once(number, submission_id, location)


def _shown_once(number: str, submission_id: str, location: str) -> Any:
    """Open the filing in this session and go where its new code is shown."""
    filing = queries.filing_by_case_number(number)
    if filing is None or recovering.new_code_of(filing, submission_id) is None:
        abort(404)
    remember_receipt(filing.receipt_hash)
    session["filed"] = submission_id
    return seen_elsewhere(location)


def _recover_page(form: RecoverForm, code: int) -> Any:
    # Each try is a submission of its own: the answer to a wrong phrase must not stand for the right one.
    form.submission_id.data = new_submission_id()
    return render_template("complaints/recover.html", form=form), code
