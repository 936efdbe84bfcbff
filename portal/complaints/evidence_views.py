"""Views: the filer's photos and papers, on a draft and on a case, and the copies of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from portal.accounts.access import held_receipts, receipt_required, require_receipt
from portal.accounts.security import address_key, limiter
from portal.base import cleaning, clock, crypto
from portal.base.db import unit_of_work
from portal.base.labels import byte_size, label, render
from portal.base.web import seen_elsewhere
from portal.complaints import actions, draft_views, drafting, evidence, queries, uploading
from portal.complaints.drafting import Draft
from portal.complaints.evidence import Attached, EvidenceFile, Prepared, TooManyFiles
from portal.complaints.queries import Case, Filing
from portal.complaints.step_forms import FORMS, DraftForm
from portal.complaints.uploading import MOST_REQUEST_BYTES, Taken
from portal.rules.complaint_flow import Actor, MoveName
from portal.rules.errors import RuleError
from portal.rules.intake import completeness, evidence_guide
from portal.rules.intake_terms import EvidenceSlot, Step

bp = Blueprint("evidence", __name__, url_prefix="/complaints")

# These alone take a body as large as photos are.
UPLOADS = {"evidence.add", "evidence.add_to_case"}


def _holder_key() -> str:
    """Return the draft or case in the address, to count under: one market may share one address."""
    return crypto.keyed_hash("limit-evidence", str((request.view_args or {}).get("number", "")))


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let holders of a receipt send photos, before anything reads the form; others stay at the usual size."""
    if endpoint in UPLOADS and held_receipts():
        request.max_content_length = MOST_REQUEST_BYTES


@bp.app_context_processor
def _limits() -> dict[str, Any]:
    return {"upload_limits": upload_limits}


def upload_limits() -> dict[str, Any]:
    """Return what a page with an upload says of its limits."""
    return {
        "accept": uploading.ACCEPT,
        "most_files": evidence.MOST_FILES,
        "most_bytes": cleaning.MOST_BYTES,
        "most_size": byte_size(cleaning.MOST_BYTES),
    }


@bp.post("/drafts/<number>/evidence/files")
@limiter.limit("90 per hour", key_func=_holder_key)
@limiter.limit("900 per hour", key_func=address_key)
@receipt_required
def add(number: str) -> Any:
    """Take the files of one slot of a draft, one or several at once."""
    draft, slot = _own_draft(number), _slot()

    def attach(prepared: Sequence[Prepared]) -> tuple[list[Attached], list[TooManyFiles]]:
        return evidence.attach_each(
            _own_draft(number),
            prepared,
            slot,
            added_by=Actor.INTAKE_CLERK if draft.typed_by_id else Actor.COMPLAINANT,
            user_id=draft.typed_by_id,
            now=clock.now(),
        )

    taken, code = _take(attach, draft.evidence)
    draft = _own_draft(number)
    if _wants_json():
        return _told(taken, code, draft, remove_from=number)
    if draft.sent_to:
        return _case_page(_own_case(draft.sent_to), taken.refused, code)
    if not taken.is_whole:
        return _step_again(draft, taken.refused, code)
    _flash_of(taken)
    return seen_elsewhere(_step_address(draft) + f"#{slot.value}")


@bp.post("/drafts/<number>/evidence/files/<file_number>/remove")
@receipt_required
def remove(number: str, file_number: str) -> Any:
    """Take a file off a draft that was not sent."""
    _own_draft(number)
    try:
        with unit_of_work():
            keys = evidence.remove_file(_own_draft(number), file_number, now=clock.now())
    except RuleError as error:
        if _wants_json():
            return jsonify(errors=[render(error.message)]), 409
        raise
    evidence.remove_stored(keys)
    draft = _own_draft(number)
    if _wants_json():
        return jsonify(said=_("Removed."), meter=_meter(draft))
    flash(_("Removed."), "good")
    return seen_elsewhere(_step_address(draft))


@bp.route("/cases/<number>/evidence", methods=["GET", "POST"])
@limiter.limit("60 per hour", key_func=_holder_key, methods=["POST"])
@limiter.limit("900 per hour", key_func=address_key, methods=["POST"])
@receipt_required
def add_to_case(number: str) -> Any:
    """Show what the filer gave to a case, and take more while it is open."""
    case = _own_case(number)
    if request.method == "GET":
        return _case_page(case, (), 200)
    slot = _slot()

    def attach(prepared: Sequence[Prepared]) -> tuple[list[Attached], list[TooManyFiles]]:
        case = _own_case(number)
        added, no_room = evidence.attach_each(case.filing, prepared, slot, now=clock.now())
        evidence.note_added(case, added, now=clock.now())
        return added, no_room

    taken, code = _take(attach, case.filing.evidence)
    case = _own_case(number)
    if _wants_json():
        return _told(taken, code, case.filing)
    if not taken.is_whole:
        return _case_page(case, taken.refused, code)
    _flash_of(taken)
    return seen_elsewhere(url_for("evidence.add_to_case", number=case.number))


@bp.get("/evidence/<number>")
@receipt_required
def show(number: str) -> Any:
    """Give the filer the clean copy of a file."""
    return uploading.copy_answer(_own_file(number))


@bp.get("/evidence/<number>/small")
@receipt_required
def small(number: str) -> Any:
    """Give the filer the thumbnail of a file."""
    return uploading.copy_answer(_own_file(number), is_small=True)


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Any:
    """Say how much may be sent at once, on the page it was sent from."""
    uploading.drain()
    if (request.content_length or 0) <= MOST_REQUEST_BYTES:
        sentence = _("Open your draft or your case first; then files can be sent.")
    else:
        sentence = _(
            "This is too much for one sending: %(size)s. A file may have at most %(limit)s, and there may be "
            "%(count)s of them. Send fewer at once.",
            size=byte_size(request.content_length or 0),
            limit=byte_size(cleaning.MOST_BYTES),
            count=evidence.MOST_FILES,
        )
    if _wants_json():
        return jsonify(errors=[sentence]), 413
    return _page_behind(sentence) or (
        render_template("errors/page.html", code=413, sentence=sentence),
        413,
    )


def _page_behind(sentence: str) -> Any:
    """Return the page a refused form stands on, where it is the visitor's own."""
    number = (request.view_args or {}).get("number", "")
    if request.endpoint == "evidence.add":
        draft = drafting.draft_by_number(number)
        if draft is not None and draft.receipt_hash in held_receipts():
            return _step_again(draft, [sentence], 413)
    case = queries.case_by_number(number)
    if case is not None and case.filing.receipt_hash in held_receipts():
        return _case_page(case, [sentence], 413)
    return None


def _take(attach: uploading.Attach, known: Sequence[EvidenceFile]) -> tuple[Taken, int]:
    """Take the files of this request, with the status of the answer."""
    uploads = uploading.sent_files()
    if not uploads:
        return Taken(refused=[_("Choose a photo or a file first.")]), 422
    try:
        taken = uploading.take(uploads, attach, known=known)
    except RuleError as error:
        return Taken(refused=[render(error.message)]), 409
    return taken, 200 if taken.is_whole else 422


def _told(taken: Taken, code: int, holder: Draft | Filing, *, remove_from: str = "") -> Any:
    """Return for the script what became of the files, with the pieces of page that change."""
    rows = [
        {
            "number": one.file.number,
            "is_new": one.is_new,
            "row": render_template("complaints/evidence/_row.html", file=one.file, remove_from=remove_from),
        }
        for one in taken.added
    ]
    said = [*(_said_of(one) for one in taken.added), *taken.refused]
    return jsonify(added=rows, errors=taken.refused, said=" ".join(said), meter=_meter(holder)), code


def _said_of(one: Attached) -> str:
    name = one.file.name or _("The file")
    if one.is_new:
        return _("%(name)s was added.", name=name)
    return _(
        "%(name)s is here already, under “%(slot)s”; it is kept once.", name=name, slot=label(one.file.slot)
    )


def _flash_of(taken: Taken) -> None:
    for one in taken.added:
        flash(_said_of(one), "good" if one.is_new else "info")


def _meter(holder: Draft | Filing) -> str:
    return render_template("complaints/evidence/_meter.html", **guided(holder))


def guided(holder: Draft | Filing) -> dict[str, Any]:
    """Return what the guided set of a draft or filing shows."""
    kind, files = evidence.kind_of(holder), evidence.files_of_filer(holder)
    return {
        "files": files,
        "guide": evidence_guide(kind),
        "completeness": completeness(kind, {file.slot for file in files}),
    }


def _step_address(draft: Draft) -> str:
    return url_for("drafts.step", number=draft.number, step=Step.EVIDENCE.value)


def _step_again(draft: Draft, sentences: Sequence[str], code: int) -> Any:
    form: DraftForm = FORMS[Step.EVIDENCE](formdata=None)
    form.form_errors.extend(sentences)
    return draft_views.step_page(draft, Step.EVIDENCE, form, code)


def _case_page(case: Case, sentences: Sequence[str], code: int) -> Any:
    form = DraftForm(formdata=None)
    form.form_errors.extend(sentences)
    page = render_template(
        "complaints/evidence/add_to_case.html",
        case=case,
        form=form,
        may_add=MoveName.ADD_MATERIAL in actions.open_moves(case, Actor.COMPLAINANT),
        **guided(case.filing),
    )
    return page, code


def _own_draft(number: str) -> Draft:
    draft = drafting.draft_by_number(number)
    if draft is None:
        abort(404)
    require_receipt(draft.receipt_hash)
    return draft


def _own_case(number: str) -> Case:
    case = queries.case_by_number(number)
    if case is None:
        abort(404)
    require_receipt(case.filing.receipt_hash)
    return case


def _own_file(number: str) -> EvidenceFile:
    file = evidence.file_by_number(number)
    if file is None:
        abort(404)
    require_receipt(evidence.receipt_hash_of(file))
    return file


def _slot() -> EvidenceSlot:
    wanted = request.form.get("slot", "")
    found = next((slot for slot in EvidenceSlot if slot.value == wanted), None)
    if found is None:
        abort(400)
    return found


def _wants_json() -> bool:
    """Say whether the script asks; a page's own form takes HTML."""
    return request.accept_mimetypes.best == "application/json"
