"""Views: the case whose receipt this session holds."""

from __future__ import annotations

from flask import abort, make_response, render_template
from flask_babel import gettext as _

from portal.accounts.access import require_receipt
from portal.base import clock
from portal.base.labels import day
from portal.complaints import queries
from portal.complaints.following.reading import CaseReading, reading_of


def own_case(number: str) -> CaseReading:
    """Return a case as its filer reads it; 404 unless this session holds its receipt."""
    case = queries.case_by_number(number)
    if case is None:
        abort(404)
    require_receipt(case.filing.receipt_hash)
    if case.filing.forgotten_on is not None:
        sentence = _(
            "Case %(number)s is closed. What you wrote and all about you was deleted on %(day)s, "
            "as was said when you filed.",
            number=case.number,
            day=day(case.filing.forgotten_on),
        )
        abort(make_response(render_template("errors/page.html", code=410, sentence=sentence), 410))
    return reading_of(case, today=clock.today())
