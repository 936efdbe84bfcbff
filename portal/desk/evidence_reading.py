"""Queries: who looked at a file of a case, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.base.db import db
from portal.complaints.evidence.models import EvidenceFile, EvidenceView
from portal.complaints.models import Case
from portal.desk.queries import names_of

MOST_VIEWS = 200


@dataclass(frozen=True)
class Look:
    """One opening of a file by a person of the office."""

    at: datetime
    name: str
    is_original: bool


def file_of(case: Case, number: str) -> EvidenceFile | None:
    """Return a file of a case's filing by the number in its address, or None."""
    return next((file for file in case.filing.evidence if file.number == number.upper()), None)


def looks_at(file: EvidenceFile) -> list[Look]:
    """Return who opened a file, newest first."""
    query = select(EvidenceView).where(EvidenceView.evidence_id == file.id)
    views = list(db.session.scalars(query.order_by(EvidenceView.id.desc()).limit(MOST_VIEWS)))
    names = names_of(view.user_id for view in views)
    return [Look(view.at, names.get(view.user_id, ""), view.is_original) for view in views]
