"""Views: saying which merchant on the register a case is about."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for

from portal.accounts.access import regions_seen, require_member, role_required
from portal.base import clock
from portal.base.labels import label, render
from portal.base.web import seen_elsewhere
from portal.complaints import actions as complaint_actions
from portal.desk import moves
from portal.desk.door import WORKERS, actors, case_again, done_words, once, open_moves, wanted_case
from portal.desk.forms import NamingForm
from portal.desk.naming import merchant_within, merchants_that_may_be
from portal.desk.reading import Case
from portal.rules.complaint_flow import MoveName
from portal.rules.errors import InputRefused, RuleError

bp = Blueprint("desk_naming", __name__, url_prefix="/desk/cases/<number>/moves/name_merchant")


@bp.get("")
@role_required(*WORKERS)
def search(number: str) -> Any:
    """Look for the merchant by name, place or number, and show those it may be."""
    found = wanted_case(number)
    return _page(
        found, NamingForm(formdata=None), 200 if MoveName.NAME_MERCHANT in open_moves(found) else 409
    )


@bp.post("")
@role_required(*WORKERS)
def choose(number: str) -> Any:
    """Put the chosen merchant into the filing and all its cases."""
    found = wanted_case(number)
    form = NamingForm()
    merchant = merchant_within((form.merchant.data or "").upper(), regions_seen())
    if merchant is None or not form.validate():
        form.refuse_choice()
        return _page(found, form, 422)
    actor = open_moves(found).get(MoveName.NAME_MERCHANT, actors()[0])

    def act() -> str:
        complaint_actions.name_merchant(
            case_again(number), merchant, actor=actor, user_id=require_member().user_id, now=clock.now()
        )
        return url_for("desk.case", number=found.number, _anchor="merchant")

    try:
        location = once(number, act)
    except RuleError as fault:
        form.form_errors.append(render(fault.message))
        return _page(case_again(number), form, 422 if isinstance(fault, InputRefused) else 409)
    flash(done_words(label(MoveName.NAME_MERCHANT)), "good")
    return seen_elsewhere(location)


def _page(found: Case, form: NamingForm, status: int) -> Any:
    words = request.values.get("q", found.respondent)
    offered = merchants_that_may_be(words, region_prefixes=regions_seen(), today=clock.today())
    form.offer(offered)
    page = render_template(
        "desk/name_merchant.html",
        case=found,
        form=form,
        words=words,
        offered=offered,
        effect=moves.effect_of(found, MoveName.NAME_MERCHANT, actors()[0], today=clock.today()),
    )
    return page, status
