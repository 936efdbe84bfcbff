"""Actions: what of a file others may see: regions covered, release to the merchant, the log of views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from portal.base import cleaning, files
from portal.base.cleaning import Region
from portal.base.db import db
from portal.complaints.deciding import require_merchant
from portal.complaints.evidence.models import EvidenceFile, EvidenceView
from portal.complaints.evidence.storing import store
from portal.complaints.models import Case, Filing
from portal.rules.complaint_flow import Track
from portal.rules.errors import MoveNotAllowed
from portal.rules.messages import say


@dataclass(frozen=True)
class Cover:
    """A clean copy with regions covered, stored, and of which no row speaks yet."""

    regions: tuple[Region, ...]
    masked_key: str
    thumbnail_key: str

    @property
    def stored_keys(self) -> list[str]:
        """The keys of both pictures."""
        return [self.masked_key, self.thumbnail_key]


def prepare_cover(clean_key: str, regions: Sequence[Region]) -> Cover:
    """Cover regions of a clean copy and store the result; raises InputRefused for a bad region."""
    masked = cleaning.mask(files.open_sealed(clean_key), regions)
    masked_key, thumbnail_key = store(masked, cleaning.thumbnail(masked))
    return Cover(tuple(regions), masked_key, thumbnail_key)


def cover(file: EvidenceFile, prepared: Cover, *, user_id: int, now: datetime) -> list[str]:
    """Show a file with regions covered from now on; return what is to be removed after the commit."""
    db.session.refresh(file, with_for_update=True)
    replaced = [key for key in (file.masked_key, file.masked_thumbnail_key) if key]
    file.masks = [asdict(region) for region in prepared.regions]
    file.masked_key, file.masked_thumbnail_key = prepared.masked_key, prepared.thumbnail_key
    file.masked_at, file.masked_by_id = now, user_id
    return replaced


def uncover(file: EvidenceFile, *, user_id: int, now: datetime) -> list[str]:
    """Show a file as it is from now on; return what is to be removed after the commit."""
    db.session.refresh(file, with_for_update=True)
    replaced = [key for key in (file.masked_key, file.masked_thumbnail_key) if key]
    file.masks = file.masked_key = file.masked_thumbnail_key = None
    file.masked_at, file.masked_by_id = now, user_id
    return replaced


def release(file: EvidenceFile, *, user_id: int, now: datetime) -> None:
    """Show a file to the merchant of a 投诉, once and for all.

    Raises MoveNotAllowed for a file of a 举报, or one that came to it (Order 121 Art. 37).
    """
    if not _is_of_a_complaint(file):
        raise MoveNotAllowed(say("This file belongs to a report; the merchant must not see it."))
    if file.released_at is None:
        file.released_at, file.released_by_id = now, user_id


def release_in(case: Case, file: EvidenceFile, *, user_id: int, now: datetime) -> None:
    """Show a file to the merchant of one case; MoveNotAllowed where that case may not show it."""
    if not case.is_open:
        raise MoveNotAllowed(say("This case is closed."))
    if not may_release(file, case):
        raise MoveNotAllowed(say("This file belongs to a report; the merchant must not see it."))
    require_merchant(case)
    release(file, user_id=user_id, now=now)


def may_release(file: EvidenceFile, case: Case) -> bool:
    """Say whether a file may be shown to a merchant on a case: never on a 举报, or what came to one."""
    is_of_case = file.filing_id is not None and file.filing_id == case.filing_id
    return is_of_case and case.track is Track.MEDIATION and _is_of_a_complaint(file)


def note_view(file: EvidenceFile, *, user_id: int, is_original: bool, now: datetime) -> None:
    """Log that a person of the office opened a file of a case; a draft is seen by who types it alone."""
    if file.filing_id is None:
        raise MoveNotAllowed(say("This file belongs to a draft that was not sent."))
    db.session.add(EvidenceView(evidence_id=file.id, user_id=user_id, at=now, is_original=is_original))


def shown_key(file: EvidenceFile, *, is_small: bool = False) -> str:
    """Return the key of the copy that may be shown: the masked one where there is one, else the clean one."""
    if is_small:
        return file.masked_thumbnail_key or file.thumbnail_key
    return file.masked_key or file.clean_key


def released_files(case: Case) -> list[EvidenceFile]:
    """Return the files the merchant of a case was shown; of a 举报, none."""
    if case.track is not Track.MEDIATION:
        return []
    return [file for file in case.filing.evidence if file.released_at is not None]


def _is_of_a_complaint(file: EvidenceFile) -> bool:
    filing = db.session.get(Filing, file.filing_id) if file.filing_id else None
    if filing is None:
        return False
    came_to = {
        case.track
        for case in filing.cases
        for event in case.events
        if file.sha256 in (event.evidence_sha256 or ())
    }
    tracks = came_to or {case.track for case in filing.cases}
    return Track.MEDIATION in tracks
