"""Strangers' files become plain JPEGs, or are refused in words that name the file and the limit.

Nothing here decodes: a file goes to a process of its own (`portal.base.pictures`),
which has no environment, little memory and little time, and whose answer is
bounded too. Every clean copy is one JPEG without metadata,
whatever came in, so that serving, masking and thumbnails are the same for all.
What stood behind a picture's end, or ran inside a PDF, is not in its pixels.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO, Any, cast

from portal.rules.errors import InputRefused
from portal.rules.messages import Message, say

MOST_BYTES = 10 * 1024 * 1024
# A picture that small is blank, or the preview of one: it proves nothing. A PDF of text may be small.
LEAST_PICTURE_BYTES = 5 * 1024
MOST_REGIONS = 50
NAME_LENGTH = 80

WALL_SECONDS = 15.0
WAIT_SECONDS = 30.0
MOST_ANSWER_BYTES = 24 * 1024 * 1024  # two pictures of at most 10 MB and a line that says so

CHILD = Path(__file__).with_name("pictures.py")
READY = b"READY\n"
# glibc would reserve 64 MB of addresses for each thread; the child has a limit on them.
CHILD_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}

HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
AVIF_BRANDS = {b"avif", b"avis"}

REASONS: Mapping[str, Message] = {
    "empty": say("%(name)s is empty. Choose the file again."),
    "too_big": say(
        "%(name)s has %(size_bytes)s; a file may have at most %(limit_bytes)s. "
        "Save it smaller, or take a photo of it."
    ),
    "too_little": say(
        "%(name)s has only %(size_bytes)s; a picture needs at least %(limit_bytes)s to show anything. "
        "Send the photo itself, not its preview."
    ),
    "wrong_type": say(
        "%(name)s is no picture that we can open. JPEG, PNG, WebP, HEIC and PDF can be sent: "
        "save it as JPEG, or take a photo of it."
    ),
    "moving": say("%(name)s is a moving picture. Send a still photo."),
    "broken": say(
        "%(name)s (%(size_bytes)s) is damaged, or did not arrive whole. "
        "Choose it again, or take a photo of it."
    ),
    "blank": say("%(name)s shows nothing but one colour. Take a photo of what it should show."),
    "locked": say("%(name)s is a PDF with a password. Take a photo of it and send that."),
    "too_many_pages": say(
        "%(name)s has %(pages_count)s pages; a PDF may have at most %(limit_count)s. "
        "Take photos of the pages that matter."
    ),
    "too_many_pixels": say(
        "%(name)s measures %(width)s × %(height)s; a side may have at most %(limit_side)s, "
        "and the whole picture %(limit_pixels)s. Save it smaller."
    ),
    "too_few_pixels": say(
        "%(name)s measures only %(width)s × %(height)s; each side needs at least %(limit_side)s pixels "
        "to show anything. Send the photo itself, not its preview."
    ),
    "too_heavy": say(
        "%(name)s (%(size_bytes)s) takes too much to open. Save it as JPEG, or take a photo of it."
    ),
    "busy": say(
        "Other files are being checked just now, so %(name)s was not. Wait a minute and send it again."
    ),
}

_one_at_a_time = threading.Lock()


class FileRefused(InputRefused):
    """The file is not taken; `reason` is one of REASONS."""

    def __init__(self, reason: str, name: str, size_bytes: int, values: Mapping[str, int]) -> None:
        shown = display_name(name) or say("The file")
        sentence = Message(REASONS[reason].text, {"name": shown, "size_bytes": size_bytes, **values})
        super().__init__(sentence)
        self.reason = reason


class CleaningDown(RuntimeError):
    """The child process does not start here; no file is to blame."""


class _Refusal(Exception):
    def __init__(self, reason: str, values: Mapping[str, int] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values or {}


@dataclass(frozen=True)
class CleanCopy:
    """A file as it may be shown: an upright JPEG without metadata, and its thumbnail."""

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int
    kind: str  # what came in: jpeg, png, webp, heic or pdf


@dataclass(frozen=True)
class Region:
    """A rectangle of a picture, in shares of its width and height (0 to 1)."""

    left: float
    top: float
    right: float
    bottom: float


def clean(data: bytes, *, name: str) -> CleanCopy:
    """Return a file's clean copy, or raise FileRefused; its name is only used to speak of it."""
    try:
        kind = _kind(data)
        head, (jpeg, thumbnail) = _ask_child("clean", kind, data)
        return CleanCopy(jpeg, thumbnail, int(head["width"]), int(head["height"]), kind)
    except _Refusal as refusal:
        raise FileRefused(refusal.reason, name, len(data), refusal.values) from None


def mask(clean_jpeg: bytes, regions: Sequence[Region]) -> bytes:
    """Return a clean copy with the regions filled beyond recovery, or raise InputRefused."""
    _refuse_bad_regions(regions)
    return _own_picture("mask", clean_jpeg, [astuple(region) for region in regions])


def thumbnail(clean_jpeg: bytes) -> bytes:
    """Return a clean or masked copy at most 320 pixels long."""
    return _own_picture("thumbnail", clean_jpeg, [])


def display_name(name: str) -> str:
    """Return a file's name as it may be kept and shown: one line, no folder, nothing invisible."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(" " if c.isspace() else c for c in base if not unicodedata.category(c).startswith("C"))
    plain = " ".join(seen.split())
    if len(plain) <= NAME_LENGTH:
        return plain
    return plain[: NAME_LENGTH - 12] + "…" + plain[-11:]


def _kind(data: bytes) -> str:
    """Return what a file is by its first bytes; its name and declared type say nothing."""
    if not data:
        raise _Refusal("empty")
    if len(data) > MOST_BYTES:
        raise _Refusal("too_big", {"limit_bytes": MOST_BYTES})
    kind = _by_magic(data)
    if kind is None:
        raise _Refusal("wrong_type")
    if kind != "pdf" and len(data) < LEAST_PICTURE_BYTES:
        raise _Refusal("too_little", {"limit_bytes": LEAST_PICTURE_BYTES})
    return kind


def _by_magic(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        # "mif1" may hold AVIF too, which no decoder here opens.
        length = min(int.from_bytes(data[:4], "big"), 256)
        brands = {data[at : at + 4] for at in range(8, length, 4)}
        return None if brands & AVIF_BRANDS else "heic"
    return None


def _refuse_bad_regions(regions: Sequence[Region]) -> None:
    if not 1 <= len(regions) <= MOST_REGIONS:
        raise InputRefused(
            say("Mark at least one region, and at most %(limit_count)s.", limit_count=MOST_REGIONS)
        )
    for region in regions:
        is_inside = all(math.isfinite(edge) and 0 <= edge <= 1 for edge in astuple(region))
        if not is_inside or region.left >= region.right or region.top >= region.bottom:
            raise InputRefused(say("A marked region lies outside the picture. Draw it again."))


def _own_picture(job: str, clean_jpeg: bytes, regions: Sequence[Sequence[float]]) -> bytes:
    """Return what the child makes of a picture of its own making."""
    try:
        _, parts = _ask_child(job, "jpeg", clean_jpeg, regions)
    except _Refusal as refusal:
        raise FileRefused(refusal.reason, "", len(clean_jpeg), refusal.values) from None
    return parts[0]


def _ask_child(
    job: str, kind: str, data: bytes, regions: Sequence[Sequence[float]] = ()
) -> tuple[dict[str, Any], list[bytes]]:
    """Return the child's line and its JPEGs; one file at a time in this process."""
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise _Refusal("busy")
    try:
        answer = _run_child([job, kind, json.dumps(regions)], data)
    finally:
        _one_at_a_time.release()
    if not answer.startswith(READY):
        raise CleaningDown(f"{CHILD.name} does not start; run it by hand to see why")
    return _read_answer(answer[len(READY) :], count=2 if job == "clean" else 1)


def _run_child(arguments: Sequence[str], data: bytes) -> bytes:
    """Return what the child wrote before it ended, was killed, or said too much."""
    command = [sys.executable, "-I", "-B", str(CHILD), *arguments]
    with subprocess.Popen(  # noqa: S603 - our own file; a region is a number by now
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=CHILD_ENVIRONMENT,
        cwd="/",
        start_new_session=True,
    ) as child:
        stdin, stdout = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
        watchdog = threading.Timer(WALL_SECONDS, _end, [child.pid])
        watchdog.start()
        try:
            with suppress(BrokenPipeError):
                stdin.write(data)
                stdin.close()
            return stdout.read(MOST_ANSWER_BYTES)
        finally:
            watchdog.cancel()
            _end(child.pid)


def _end(pid: int) -> None:
    """Kill the child and whatever it may have started; it is not waited for yet, so the number is its own."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _read_answer(answer: bytes, count: int) -> tuple[dict[str, Any], list[bytes]]:
    """Return the line and so many JPEGs, or raise _Refusal.

    A child that a limit ended left no whole answer, and one that a file took over may say anything.
    """
    line, _, rest = answer.partition(b"\n")
    try:
        head = json.loads(line)
        if "refused" in head:
            refusal = _Refusal(str(head["refused"]), {name: int(n) for name, n in head["values"].items()})
        else:
            sizes = [int(size) for size in head["sizes"]]
            head = {"width": int(head["width"]), "height": int(head["height"])}
            refusal = None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _Refusal("too_heavy") from None
    if refusal is not None:
        raise refusal if refusal.reason in REASONS else _Refusal("too_heavy")
    parts = [rest[sum(sizes[:at]) : sum(sizes[: at + 1])] for at in range(len(sizes))]
    is_whole = len(parts) == count and b"".join(parts) == rest
    if not is_whole or not all(part.startswith(b"\xff\xd8\xff") for part in parts):
        raise _Refusal("too_heavy")
    return head, parts
