"""Views: the case whose receipt this session holds."""

from __future__ import annotations

from flask import abort

from portal.accounts.access import require_receipt
from portal.base import clock
from portal.complaints import queries
from portal.complaints.following.reading import CaseReading, reading_of


def own_case(number: str) -> CaseReading:
    """Return a case as its filer reads it; 404 unless this session holds its receipt."""
    case = queries.case_by_number(number)
    if case is None:
        abort(404)
    require_receipt(case.filing.receipt_hash)
    return reading_of(case, today=clock.today())
