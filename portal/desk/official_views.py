"""Views: the ten official forms at the desk, one copy for each who is given one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request

from portal.accounts.access import role_required
from portal.complaints.official import due as official_forms
from portal.complaints.official.sheets import sheets
from portal.complaints.official.words import OfficialForm
from portal.desk.door import READERS, wanted_case

bp = Blueprint("desk_forms", __name__, url_prefix="/desk/cases/<number>/forms")


@bp.get("/<form>")
@role_required(*READERS)
def show(number: str, form: str) -> Any:
    """Show a form's copies, or what is still missing; `copy` in the address shows one of them."""
    found = wanted_case(number)
    wanted = next((known for known in OfficialForm if known.value == form), None)
    if wanted is None or found.track not in official_forms.RULES[wanted].tracks:
        abort(404)
    due = official_forms.due_at_desk(found, wanted)
    if due is None:
        missing = official_forms.missing_for(found, wanted)
        page = render_template("complaints/forms/not_due.html", case=found, form=wanted, missing=missing)
        return page, 409
    chosen = tuple(one for one in due.rule.holders if one.value == request.args.get("copy"))
    return render_template(
        "complaints/forms/at_desk.html",
        case=found,
        form=wanted,
        holders=due.rule.holders,
        chosen=chosen[0] if chosen else None,
        sheets=sheets(due, chosen or due.rule.holders),
    )
