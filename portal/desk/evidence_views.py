"""Views: a file of a case at the desk: what is covered, who opened it, whether the merchant sees it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from portal.accounts.access import require_member, role_required
from portal.base import clock
from portal.base.db import unit_of_work
from portal.base.labels import render
from portal.base.web import seen_elsewhere
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence import uploading
from portal.complaints.evidence.actions import Cover, EvidenceFile
from portal.desk.door import DECIDERS, READERS, case_again, once, roles, wanted_case
from portal.desk.evidence_reading import file_of, looks_at
from portal.desk.forms import DeskForm, OriginalForm, ReleaseForm
from portal.desk.queries import names_of
from portal.desk.reading import Case
from portal.desk.typed import REGION_FIELDS, regions_of
from portal.rules.complaint_flow import Track
from portal.rules.errors import InputRefused, RuleError

bp = Blueprint("desk_evidence", __name__, url_prefix="/desk/cases/<number>/evidence/<file_number>")

BLANK_ROWS = 3


@bp.get("")
@role_required(*READERS)
def show(number: str, file_number: str) -> Any:
    """Show a file of a case with its log."""
    return _page(*_wanted(number, file_number))


@bp.get("/copy")
@role_required(*READERS)
def copy(number: str, file_number: str) -> Any:
    """Give the copy that may be shown, and log that it was opened."""
    case, file = _wanted(number, file_number)
    _note(case.number, file.number, is_original=False)
    return uploading.copy_answer(file)


@bp.get("/small")
@role_required(*READERS)
def small(number: str, file_number: str) -> Any:
    """Give the thumbnail, as it stands on the page of the case."""
    return uploading.copy_answer(_wanted(number, file_number)[1], is_small=True)


@bp.post("/original")
@role_required(*DECIDERS)
def original(number: str, file_number: str) -> Any:
    """Give the sealed original to whoever says that it is needed, and log it first."""
    case, file = _wanted(number, file_number)
    form = OriginalForm()
    if not form.validate():
        return _page(case, file, original_form=form), 422
    _note(case.number, file.number, is_original=True)
    return uploading.original_answer(file)


@bp.post("/cover")
@role_required(*DECIDERS)
def cover(number: str, file_number: str) -> Any:
    """Cover regions of the copy, or nothing any more; the original stays as it is."""
    case, file = _wanted(number, file_number)
    form = DeskForm()
    prepared: Cover | None = None
    try:
        regions = regions_of(request.form)
        prepared = evidence.prepare_cover(file.clean_key, regions) if regions else None
        location, to_remove = _cover_once(case.number, file.number, prepared)
    except RuleError as fault:
        if prepared:
            evidence.remove_stored(prepared.stored_keys)
        form.form_errors.append(render(fault.message))
        case, file = _wanted(number, file_number)
        return _page(case, file, cover_form=form), 422 if isinstance(fault, InputRefused) else 409
    evidence.remove_stored(to_remove)
    flash(_("Covered.") if prepared else _("Nothing is covered any more."), "good")
    return seen_elsewhere(location)


def _cover_once(number: str, file_number: str, prepared: Cover | None) -> tuple[str, list[str]]:
    """Cover a file; return where to go, and what is stored for nothing then."""
    # Sent a second time, what was prepared is not needed: the first one stands.
    to_remove = prepared.stored_keys if prepared else []

    def act() -> str:
        user_id, now = require_member().user_id, clock.now()
        _case, file = _again(number, file_number)
        if prepared:
            to_remove[:] = evidence.cover(file, prepared, user_id=user_id, now=now)
        else:
            to_remove[:] = evidence.uncover(file, user_id=user_id, now=now)
        return _address(number, file_number)

    return once(number, act), to_remove


@bp.post("/release")
@role_required(*DECIDERS)
def release(number: str, file_number: str) -> Any:
    """Show the copy to the merchant of a 投诉."""
    form = ReleaseForm()
    found = _wanted(number, file_number)
    if not form.validate():
        return _page(*found, release_form=form), 422

    def act() -> str:
        now_case, now_file = _again(number, file_number)
        evidence.release_in(now_case, now_file, user_id=require_member().user_id, now=clock.now())
        return _address(number, file_number)

    try:
        location = once(number, act)
    except RuleError as fault:
        form.form_errors.append(render(fault.message))
        return _page(*_wanted(number, file_number), release_form=form), 409
    flash(_("The merchant sees it now."), "good")
    return seen_elsewhere(location)


def _wanted(number: str, file_number: str) -> tuple[Case, EvidenceFile]:
    """Return a case of the offices seen and a file of its filing, or answer 404."""
    return _with_file(wanted_case(number), file_number)


def _again(number: str, file_number: str) -> tuple[Case, EvidenceFile]:
    return _with_file(case_again(number), file_number)


def _with_file(case: Case, file_number: str) -> tuple[Case, EvidenceFile]:
    file = file_of(case, file_number)
    if file is None:
        abort(404)
    return case, file


def _note(number: str, file_number: str, *, is_original: bool) -> None:
    with unit_of_work():
        _case, file = _again(number, file_number)
        user_id = require_member().user_id
        evidence.note_view(file, user_id=user_id, is_original=is_original, now=clock.now())


def _address(number: str, file_number: str) -> str:
    return url_for("desk_evidence.show", number=number, file_number=file_number)


def _page(
    case: Case,
    file: EvidenceFile,
    *,
    original_form: OriginalForm | None = None,
    release_form: ReleaseForm | None = None,
    cover_form: DeskForm | None = None,
) -> str:
    may_decide = bool(roles() & set(DECIDERS))
    return render_template(
        "desk/evidence.html",
        case=case,
        file=file,
        looks=looks_at(file),
        names=names_of([file.user_id, file.masked_by_id, file.released_by_id]),
        rows=_rows(file, is_sent=cover_form is not None),
        may_decide=may_decide,
        may_release=may_decide and evidence.may_release(file, case) and case.is_open,
        has_report=any(one.track is Track.REPORT for one in case.filing.cases),
        original_form=original_form or OriginalForm(formdata=None),
        release_form=release_form or ReleaseForm(formdata=None),
        cover_form=cover_form or DeskForm(formdata=None),
    )


def _rows(file: EvidenceFile, *, is_sent: bool) -> list[dict[str, str]]:
    """Return the rows of edges in percent: as they were sent, or as they stand, and some empty ones."""
    if is_sent:
        columns = {name: request.form.getlist(name) for name in REGION_FIELDS}
        count = max((len(column) for column in columns.values()), default=0)
        rows = [
            {name: column[place] if place < len(column) else "" for name, column in columns.items()}
            for place in range(count)
        ]
        return [row for row in rows if any(row.values())] + [_blank() for _place in range(BLANK_ROWS)]
    kept = [{name: f"{region[name] * 100:.1f}" for name in REGION_FIELDS} for region in file.masks or ()]
    return kept + [_blank() for _place in range(BLANK_ROWS)]


def _blank() -> dict[str, str]:
    return dict.fromkeys(REGION_FIELDS, "")
