"""Views: the photos of a complaint that an officer shows to the merchant; of a report, none."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort

from portal.accounts.access import merchant_ids, require_merchant, role_required
from portal.complaints import queries as complaint_queries
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence import uploading
from portal.workspace.views import OWN

bp = Blueprint("workspace_evidence", __name__, url_prefix="/merchant/cases/<number>/evidence/<file_number>")


@bp.get("")
@role_required(*OWN)
def show(number: str, file_number: str) -> Any:
    """Give the copy of a file that was shown to this merchant."""
    return uploading.copy_answer(_shown(number, file_number))


@bp.get("/small")
@role_required(*OWN)
def small(number: str, file_number: str) -> Any:
    """Give its thumbnail."""
    return uploading.copy_answer(_shown(number, file_number), is_small=True)


def _shown(number: str, file_number: str) -> evidence.EvidenceFile:
    """Return a file of one's own complaint that was released, or answer 404."""
    case = complaint_queries.mediation_case_of(merchant_ids(), number)
    if case is None or case.merchant_id is None:
        abort(404)
    require_merchant(case.merchant_id)
    found = next((one for one in evidence.released_files(case) if one.number == file_number), None)
    if found is None:
        abort(404)
    return found
