"""Views: the official forms a filer may print: of the filer's own words, and what the office told."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from portal.accounts.access import receipt_required
from portal.complaints.following.holding import own_case
from portal.complaints.official.due import due_for_filer
from portal.complaints.official.sheets import sheets
from portal.complaints.official.words import Holder, OfficialForm

bp = Blueprint("official_forms", __name__, url_prefix="/complaints/cases/<number>/forms")


@bp.get("/<form>")
@receipt_required
def show(number: str, form: str) -> str:
    """Show the filer's copy of a form; one that is not the filer's, or not due, is not found."""
    case = own_case(number).case
    wanted = next((known for known in OfficialForm if known.value == form), None)
    due = due_for_filer(case, wanted) if wanted else None
    if due is None:
        abort(404)
    return render_template(
        "complaints/forms/show.html", case=case, form=wanted, sheets=sheets(due, (Holder.FILER,))
    )
