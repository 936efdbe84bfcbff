"""Views: files on their way in and out, the same for the filer, the office's desk and a merchant.

In: `take` cleans and stores what was sent, then speaks of it in one transaction. Out: `copy_answer`
gives a re-encoded JPEG under a name of our own, `original_answer` bytes to save and nothing to show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, current_app, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.base import cleaning, files
from portal.base.cleaning import CleaningDown, FileRefused
from portal.base.db import unit_of_work
from portal.base.labels import render
from portal.base.web import mark_private
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence.actions import Attached, EvidenceFile, Prepared, TooManyFiles
from portal.rules.errors import RuleError

# What the file inputs offer; the server goes by the first bytes alone.
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf"
# As many files as a filing may have, each as large as it may be, and the form around them.
MOST_REQUEST_BYTES = evidence.MOST_FILES * cleaning.MOST_BYTES + 1024 * 1024
# A body that is refused is read to its end up to here: a browser still sending would not read why.
MOST_DRAINED_BYTES = 512 * 1024 * 1024

# A picture is shown and does nothing else, even when somebody opens its address by itself.
PICTURE_POLICY = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

Attach = Callable[[Sequence[Prepared]], tuple[list[Attached], list[TooManyFiles]]]


@dataclass
class Taken:
    """What became of the files of one sending."""

    added: list[Attached] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Say whether every file is there now."""
        return not self.refused


def sent_files() -> list[FileStorage]:
    """Return the files of this request; an input left empty sends a nameless one."""
    return [upload for upload in request.files.getlist("file") if upload.filename]


def take(uploads: Sequence[FileStorage], attach: Attach, *, known: Sequence[EvidenceFile] = ()) -> Taken:
    """Take files in: cleaned and stored first, then spoken of by `attach` in one transaction.

    `known` are the files that are there already: the same bytes again cost nothing. Whatever was
    stored and is not spoken of in the end is removed at once.
    """
    taken = Taken()
    prepared = _prepare_each(uploads, known, taken)
    if not prepared:
        return taken
    try:
        with unit_of_work():
            added, no_room = attach(prepared)
            spoken_of = {one.file.sealed_key for one in added if one.is_new}
    except RuleError:
        _forget(prepared)
        raise
    _forget([one for one in prepared if one.sealed_key not in spoken_of])
    taken.added += added
    taken.refused += [render(error.message) for error in no_room]
    return taken


def _prepare_each(
    uploads: Sequence[FileStorage], known: Sequence[EvidenceFile], taken: Taken
) -> list[Prepared]:
    prepared = []
    for upload in uploads:
        name = upload.filename or ""
        try:
            data = _data_of(upload, name)
            same = evidence.same_file(known, data)
            if same is not None:
                taken.added.append(Attached(same, is_new=False))
            else:
                prepared.append(evidence.prepare(data, name=name))
        except FileRefused as refused:
            taken.refused.append(render(refused.message))
        except (files.StoreFault, CleaningDown) as fault:
            current_app.logger.error("a file could not be taken in: %s", fault)
            taken.refused.append(
                _(
                    "%(name)s could not be kept just now. Please send it again in a minute.",
                    name=cleaning.display_name(name),
                )
            )
    return prepared


def _data_of(upload: FileStorage, name: str) -> bytes:
    """Return a file's bytes; one that is too big is refused with its size, unread."""
    size_bytes = upload.stream.seek(0, 2)
    if size_bytes > cleaning.MOST_BYTES:
        raise FileRefused("too_big", name, size_bytes, {"limit_bytes": cleaning.MOST_BYTES})
    upload.stream.seek(0)
    return upload.stream.read()


def _forget(prepared: Sequence[Prepared]) -> None:
    evidence.remove_stored(key for one in prepared for key in one.stored_keys)


def drain() -> None:
    """Read a refused request to its end, so that the browser comes to read the answer."""
    stream, left = request.environ["wsgi.input"], request.content_length or 0
    if left > MOST_DRAINED_BYTES:
        return
    while left > 0:
        chunk = stream.read(min(left, 64 * 1024))
        if not chunk:
            return
        left -= len(chunk)


def copy_answer(file: EvidenceFile, *, is_small: bool = False) -> Response:
    """Return the copy of a file that may be shown, masked where something was covered."""
    data = _stored(evidence.shown_key(file, is_small=is_small))
    return _answer(data, "image/jpeg", "inline", f"evidence-{file.number}.jpg")


def original_answer(file: EvidenceFile) -> Response:
    """Return the original, for the officers of its case alone, to save: no browser opens it by itself.

    Whoever calls it notes the view first (`evidence.note_view`).
    """
    ending = next(end for end, kind in evidence.MEDIA_TYPES.items() if kind == file.media_type)
    name = f"evidence-{file.number}-original.{ending}"
    return _answer(_stored(file.sealed_key), "application/octet-stream", "attachment", name)


def _stored(key: str) -> bytes:
    try:
        return files.open_sealed(key)
    except files.StoreFault as fault:
        current_app.logger.error("a stored file cannot be read: %s", fault)
        abort(503)


def _answer(data: bytes, media_type: str, disposition: str, name: str) -> Any:
    mark_private()
    response = Response(data, content_type=media_type)
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
