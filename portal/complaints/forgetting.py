"""Actions: what is deleted when its time is over: photos first, then everything about the filer.

What stays is what the office did: the case with its number, its moves with their grounds, its
findings and the public records, which never held anything of the filer. An officer's own reasons
stay sealed with them; what the filer wrote goes.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import exists, func, select

from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints.evidence.models import EvidenceFile
from portal.complaints.models import Case, CaseMessage, Filing
from portal.rules.complaint_flow import Actor
from portal.rules.retention import evidence_kept_since, identity_kept_since

AT_A_TIME = 200
WHO = (
    *("name", "phone", "address", "email", "id_number_hash", "id_number_last_four"),
    *("phone_hash", "address_hash"),
    *("proxy", "representatives", "joint_count", "recovery_hash", "feed_hash"),
)


def forget_filers(*, now: datetime) -> None:
    """Delete photos and filers whose time is over; what was forgotten before is left alone.

    The stored files are unreferenced then, and the next sweep takes them.
    """
    today = day_of(now)
    for filing in _closed_before(evidence_kept_since(today), has_files=True):
        _forget_files(filing)
    for filing in _closed_before(identity_kept_since(today)):
        _forget_files(filing)
        _forget_filer(filing, today)


def _closed_before(day: date, *, has_files: bool = False) -> list[Filing]:
    """Return the filings all of whose cases were closed before a day."""
    last_closed = (
        select(func.max(Case.closed_on))
        .where(Case.filing_id == Filing.id)
        .correlate(Filing)
        .scalar_subquery()
    )
    is_open = exists().where(Case.filing_id == Filing.id, Case.is_open.is_(True))
    query = select(Filing).where(~is_open, last_closed < day, Filing.forgotten_on.is_(None))
    if has_files:
        query = query.where(Filing.evidence.any())
    return list(db.session.scalars(query.order_by(Filing.id).limit(AT_A_TIME)))


def _forget_files(filing: Filing) -> None:
    """Take what was stored out of the rows; that there was a file, and who looked at it, stays."""
    for file in db.session.scalars(select(EvidenceFile).where(EvidenceFile.filing_id == filing.id)):
        file.name, file.sealed_key, file.clean_key, file.thumbnail_key = "", "", "", ""
        file.masked_key = file.masked_thumbnail_key = file.masks = None


def _forget_filer(filing: Filing, today: date) -> None:
    for name in WHO:
        setattr(filing, name, None)
    filing.narrative, filing.device, filing.forgotten_on = "", "", today
    for case in filing.cases:
        _forget_words(case)


def _forget_words(case: Case) -> None:
    """Delete what people wrote in a case, and what the office asked them."""
    for message in db.session.scalars(select(CaseMessage).where(CaseMessage.case_id == case.id)):
        message.text = ""
    for event in case.events:
        if event.actor in {Actor.COMPLAINANT, Actor.MERCHANT}:
            event.reason = None
    for request in case.party_requests:
        request.question = ""
    for voice in case.voices:
        voice.words = None
    for survey in case.surveys:
        survey.words = None
