"""Sound files of each kind, and the pieces that harmful ones are put together from."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import Image

from tests.hostile import documents

CANARY = documents.CANARY
HEIC = (Path(__file__).parents[1] / "samples" / "scale.heic").read_bytes()
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
MEGABYTE = 1024 * 1024
KINDS = ("jpeg", "png", "webp", "heic", "pdf")
PICTURES = ("jpeg", "png", "webp")

File = tuple[str, bytes]


@cache
def photo(width: int = 320, height: int = 240) -> Image.Image:
    """Return a picture with enough in it to make a file of some size."""
    rng = random.Random(width * 10_000 + height)
    grain = Image.frombytes("RGB", (80, 60), rng.randbytes(80 * 60 * 3))
    return grain.resize((width, height), Image.Resampling.BICUBIC)


@cache
def saved(kind: str) -> bytes:
    """Return the photo as a sound file of one kind."""
    return HEIC if kind == "heic" else documents.sound() if kind == "pdf" else encoded(photo(), kind)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def padded(data: bytes, size: int = 6 * 1024) -> bytes:
    """Return data long enough that its length alone refuses it no more."""
    return data + b"\0" * (size - len(data))


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *, depth: int = 8, colour: int = 2, rest: bytes = b"") -> bytes:
    """Return a PNG that declares a size, with the chunks given after its header."""
    return PNG_MAGIC + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)) + rest


def deflated(block: bytes, times: int) -> bytes:
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(block) for _ in range(times)) + packer.flush()
    return chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_chunks(*chunks: bytes) -> bytes:
    """Return the photo as PNG with chunks put in behind its header."""
    sound = saved("png")
    return sound[:33] + b"".join(chunks) + sound[33:]


def with_segments(*segments: tuple[int, bytes]) -> bytes:
    """Return the photo as JPEG with segments put in behind its start."""
    put_in = b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in segments)
    return saved("jpeg")[:2] + put_in + saved("jpeg")[2:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a WebP of chunks."""
    body = b"".join(k + struct.pack("<I", len(b)) + b + b"\0" * (len(b) % 2) for k, b in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def box(kind: bytes, body: bytes = b"", size: int | None = None) -> bytes:
    """Return a box of a HEIC, with a false size where one is given."""
    return struct.pack(">I", len(body) + 8 if size is None else size) + kind + body


def resized_jpeg(width: int, height: int) -> bytes:
    data = bytearray(saved("jpeg"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def zipped(name: str = "a.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), CANARY)
    return out.getvalue()


SCRIPTS: dict[str, Callable[[], bytes]] = {
    "zip": zipped,
    "jar": lambda: zipped("META-INF/MANIFEST.MF"),
    "html": lambda: b"<html><script>alert('" + CANARY + b"')</script></html>",
    "php": lambda: b"<?php system($_GET['c']); /*" + CANARY + b"*/ ?>",
    "js": lambda: b"*/=1;alert('" + CANARY + b"');/*",
    "exe": lambda: b"MZ\x90\0" + b"\0" * 60 + CANARY,
    "sh": lambda: b"\n#!/bin/sh\ncurl example.invalid # " + CANARY,
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='" + CANARY + b"'/>",
}
