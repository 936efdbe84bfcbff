"""Actions: the files that prove a filing, from the photo that was picked to the copy a party sees.

`prepare` and `prepare_cover` check, clean and store outside every transaction: no picture is decoded
under the database's write lock, and no row speaks of a file that is not there. `attach` and `cover`
then speak of it inside one. What others may see of a file is in `covering`, read from here too.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from portal.base import cleaning
from portal.base.crypto import CODE_ALPHABET
from portal.base.db import db
from portal.complaints.drafts.drafting import lock_draft, require_unsent, typed_in
from portal.complaints.evidence.covering import (
    Cover,
    cover,
    may_release,
    note_view,
    prepare_cover,
    release,
    release_in,
    released_files,
    shown_key,
    uncover,
)
from portal.complaints.evidence.models import EvidenceFile
from portal.complaints.evidence.storing import remove_stored, store
from portal.complaints.models import Case, Draft, Filing
from portal.complaints.moving import move
from portal.rules.complaint_flow import Actor, MoveName
from portal.rules.errors import InputRefused
from portal.rules.intake_terms import EvidenceSlot, PurchaseKind, Step
from portal.rules.messages import say

__all__ = [
    "MOST_FILES",
    "Attached",
    "Cover",
    "EvidenceFile",
    "Prepared",
    "TooManyFiles",
    "attach",
    "attach_each",
    "cover",
    "file_by_number",
    "files_of_filer",
    "kind_of",
    "may_release",
    "note_added",
    "note_view",
    "prepare",
    "prepare_cover",
    "receipt_hash_of",
    "referenced_keys",
    "release",
    "release_in",
    "released_files",
    "remove_file",
    "remove_stored",
    "same_file",
    "shown_key",
    "uncover",
]

MOST_FILES = 9
NUMBER_SYMBOLS = 14
MEDIA_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "pdf": "application/pdf",
}
# What the filer brought, in person or through somebody who typed it in.
FILERS = (Actor.COMPLAINANT, Actor.INTAKE_CLERK)


@dataclass(frozen=True)
class Prepared:
    """A file that was checked, cleaned and stored, and of which no row speaks yet."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str
    sealed_key: str
    clean_key: str
    thumbnail_key: str
    width_px: int
    height_px: int

    @property
    def stored_keys(self) -> list[str]:
        """The keys of everything stored for this file."""
        return [self.sealed_key, self.clean_key, self.thumbnail_key]


@dataclass(frozen=True)
class Attached:
    """The row of a file; not new where the same file was there already."""

    file: EvidenceFile
    is_new: bool


class TooManyFiles(InputRefused):
    """A filing has as many files as it may have."""


def prepare(data: bytes, *, name: str) -> Prepared:
    """Check, clean and store a file: the original sealed as it came, a clean copy and its thumbnail.

    Raises FileRefused in words that name the file and the limit; then nothing is stored.
    """
    copy = cleaning.clean(data, name=name)
    sealed_key, clean_key, thumbnail_key = store(data, copy.jpeg, copy.thumbnail)
    return Prepared(
        name=cleaning.display_name(name),
        media_type=MEDIA_TYPES[copy.kind],
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        sealed_key=sealed_key,
        clean_key=clean_key,
        thumbnail_key=thumbnail_key,
        width_px=copy.width,
        height_px=copy.height,
    )


def attach(
    holder: Draft | Filing,
    prepared: Prepared,
    slot: EvidenceSlot,
    *,
    added_by: Actor = Actor.COMPLAINANT,
    user_id: int | None = None,
    now: datetime,
) -> Attached:
    """Add a prepared file to a draft or a filing; the same file twice is kept once.

    Raises TooManyFiles above MOST_FILES, MoveNotAllowed where the draft was sent.
    """
    held = _files_of_locked(holder)
    same = next((file for file in held if file.sha256 == prepared.sha256), None)
    if same is not None:
        return Attached(same, is_new=False)
    if len(held) >= MOST_FILES:
        raise TooManyFiles(
            say(
                "%(name)s was not added: there can be at most %(limit_count)s files. Remove one first.",
                name=prepared.name or say("The file"),
                limit_count=MOST_FILES,
            )
        )
    file = EvidenceFile(
        number=_new_number(),
        draft_id=holder.id if isinstance(holder, Draft) else None,
        filing_id=holder.id if isinstance(holder, Filing) else None,
        slot=slot,
        added_by=added_by,
        user_id=user_id,
        added_at=now,
        **asdict(prepared),
    )
    db.session.add(file)
    if isinstance(holder, Draft):
        holder.changed_at = now
    db.session.flush()
    db.session.expire(holder, ["evidence"])
    return Attached(file, is_new=True)


def attach_each(
    holder: Draft | Filing,
    prepared: Iterable[Prepared],
    slot: EvidenceSlot,
    *,
    added_by: Actor = Actor.COMPLAINANT,
    user_id: int | None = None,
    now: datetime,
) -> tuple[list[Attached], list[TooManyFiles]]:
    """Add prepared files as far as there is room; return what is there now, and who found no room."""
    added, refused = [], []
    for one in prepared:
        try:
            added.append(attach(holder, one, slot, added_by=added_by, user_id=user_id, now=now))
        except TooManyFiles as error:
            refused.append(error)
    return added, refused


def note_added(case: Case, added: Sequence[Attached], *, user_id: int | None = None, now: datetime) -> None:
    """Tell an open case of the new ones among some files, in one move that carries their SHA-256.

    Raises MoveNotAllowed where nothing can be added to the case any more.
    """
    hashes = [one.file.sha256 for one in added if one.is_new]
    if hashes:
        event = move(case, MoveName.ADD_MATERIAL, actor=Actor.COMPLAINANT, user_id=user_id, now=now)
        event.evidence_sha256 = hashes


def remove_file(draft: Draft, number: str, *, now: datetime) -> list[str]:
    """Take a file off a draft that was not sent; return what is to be removed after the commit.

    A number that is not in the draft leaves nothing to do: a second click finds it done.
    """
    found = [file for file in _files_of_locked(draft) if file.number == number]
    keys = [key for file in found for key in file.stored_keys]
    for file in found:
        db.session.delete(file)
        draft.changed_at = now
    db.session.flush()
    db.session.expire(draft, ["evidence"])
    return keys


def file_by_number(number: str) -> EvidenceFile | None:
    """Return a file by the number in its address."""
    return db.session.scalar(select(EvidenceFile).where(EvidenceFile.number == number))


def receipt_hash_of(file: EvidenceFile) -> str:
    """Return the hash of the receipt code that opens a file to its filer; empty for what others added."""
    if file.added_by not in FILERS:
        return ""
    column = Draft.receipt_hash if file.draft_id else Filing.receipt_hash
    holder_id = Draft.id == file.draft_id if file.draft_id else Filing.id == file.filing_id
    return db.session.scalars(select(column).where(holder_id)).one()


def same_file(held: Sequence[EvidenceFile], data: bytes) -> EvidenceFile | None:
    """Return the file that holds the same bytes, so that a retry costs nothing."""
    sha256 = hashlib.sha256(data).hexdigest()
    return next((file for file in held if file.sha256 == sha256), None)


def kind_of(holder: Draft | Filing) -> PurchaseKind:
    """Return what was bought, as far as it was said yet."""
    if isinstance(holder, Filing):
        return holder.kind
    typed = typed_in(holder, Step.WHAT).get("kind")
    return next((kind for kind in PurchaseKind if kind.value == typed), PurchaseKind.OTHER)


def files_of_filer(holder: Draft | Filing) -> list[EvidenceFile]:
    """Return the files the filer brought, oldest first."""
    return [file for file in holder.evidence if file.added_by in FILERS]


def referenced_keys() -> set[str]:
    """Return the key of every stored file that a row speaks of."""
    columns = (
        EvidenceFile.sealed_key,
        EvidenceFile.clean_key,
        EvidenceFile.thumbnail_key,
        EvidenceFile.masked_key,
        EvidenceFile.masked_thumbnail_key,
    )
    return {key for row in db.session.execute(select(*columns)) for key in row if key}


def _files_of_locked(holder: Draft | Filing) -> list[EvidenceFile]:
    """Lock a draft or filing against every other change of its files, and return those it has now."""
    if isinstance(holder, Draft):
        lock_draft(holder)
        require_unsent(holder)
        held = EvidenceFile.draft_id == holder.id
    else:
        db.session.refresh(holder, with_for_update=True)
        held = EvidenceFile.filing_id == holder.id
    return list(db.session.scalars(select(EvidenceFile).where(held).order_by(EvidenceFile.id)))


def _new_number() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(NUMBER_SYMBOLS))
