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
from portal.base.labels import byte_size, render
from portal.base.web import seen_elsewhere
from portal.complaints import queries
from portal.complaints.drafts import drafting
from portal.complaints.drafts.drafting import Draft
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence import uploading
from portal.complaints.evidence.actions import Attached, EvidenceFile, Prepared, TooManyFiles
from portal.complaints.evidence.pages import case_page, flash_of, meter, step_again, told, upload_limits
from portal.complaints.evidence.uploading import MOST_REQUEST_BYTES, Taken
from portal.complaints.queries import Case
from portal.rules.complaint_flow import Actor
from portal.rules.errors import RuleError
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
        return told(taken, code, draft, remove_from=number)
    if draft.sent_to:
        return case_page(_own_case(draft.sent_to), taken.refused, code, slot=slot)
    if not taken.is_whole:
        return step_again(draft, taken.refused, code, slot=slot)
    flash_of(taken)
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
        return jsonify(said=_("Removed."), meter=meter(draft))
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
        return case_page(case, (), 200)
    slot = _slot()

    def attach(prepared: Sequence[Prepared]) -> tuple[list[Attached], list[TooManyFiles]]:
        case = _own_case(number)
        added, no_room = evidence.attach_each(case.filing, prepared, slot, now=clock.now())
        evidence.note_added(case, added, now=clock.now())
        return added, no_room

    taken, code = _take(attach, case.filing.evidence)
    case = _own_case(number)
    if _wants_json():
        return told(taken, code, case.filing)
    if not taken.is_whole:
        return case_page(case, taken.refused, code, slot=slot)
    flash_of(taken)
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
            return step_again(draft, [sentence], 413)
    case = queries.case_by_number(number)
    if case is not None and case.filing.receipt_hash in held_receipts():
        return case_page(case, [sentence], 413)
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


def _step_address(draft: Draft) -> str:
    return url_for("drafts.step", number=draft.number, step=Step.EVIDENCE.value)


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
