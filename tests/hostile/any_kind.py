"""Harm that any kind of file can do: by what it is, what it lacks, its size or its name."""

from __future__ import annotations

import random
from collections.abc import Iterator

from PIL import Image

from tests.hostile import documents
from tests.hostile.parts import (
    CANARY,
    KINDS,
    MEGABYTE,
    PICTURES,
    PNG_MAGIC,
    SCRIPTS,
    File,
    box,
    encoded,
    padded,
    photo,
    png,
    resized_jpeg,
    saved,
    with_segments,
)


def truncated(rng: random.Random) -> Iterator[File]:
    for kind in KINDS:
        data = saved(kind)
        for share in (0.1, 0.5, 0.9, 0.99):
            yield f"cut-{share}.{kind}", padded(data[: int(len(data) * share)])


def flipped_headers(rng: random.Random) -> Iterator[File]:
    for kind in KINDS:
        for number in range(4):
            data = bytearray(saved(kind))
            for _ in range(3):
                data[rng.randrange(4, 400)] ^= 1 << rng.randrange(8)
            yield f"flipped-{number}.{kind}", bytes(data)


def flipped_bodies(rng: random.Random) -> Iterator[File]:
    for kind in KINDS:
        for number in range(3):
            data = bytearray(saved(kind))
            for _ in range(40):
                data[rng.randrange(400, len(data))] = rng.randrange(256)
            yield f"noisy-{number}.{kind}", bytes(data)


def wrong_types(rng: random.Random) -> Iterator[File]:
    """Whole files of kinds that are not taken, under names of those that are."""
    for kind in ("gif", "tiff", "bmp", "ico", "ppm", "jpeg2000", "avif", "tga", "pcx", "dds", "sgi"):
        yield f"{kind}.jpg", encoded(photo(), kind)
    for ending, make in SCRIPTS.items():
        yield f"{ending}.png", padded(make())
    heads = {
        "mp4": box(b"ftyp", b"isom\0\0\2\0isomiso2"),
        "mov": box(b"ftyp", b"qt  \0\0\0\0qt  "),
        "avif-as-mif1": box(b"ftyp", b"mif1\0\0\0\0avifmif1miaf"),
        "ps": b"%!PS-Adobe-3.0\n",
        "pdf-late": b"\n" * 40 + documents.sound(),
        "rar": b"Rar!\x1a\7\0",
        "gzip": b"\x1f\x8b\x08",
        "elf": b"\x7fELF\2\1\1",
        "wav": b"RIFF\0\0\0\0WAVEfmt ",
        "jpeg-late": b"\0" + saved("jpeg"),
        "utf16": "﻿<svg/>".encode("utf-16"),
        "swf": b"CWS\x0a",
        "xml-bomb": b"<!DOCTYPE x [<!ENTITY a '" + b"lol" * 999 + b"'>]>",
    }
    for ending, head in heads.items():
        yield f"{ending}.jpeg", padded(head)


def disguised(rng: random.Random) -> Iterator[File]:
    """The first bytes of a kind we take, and something else behind them."""
    magics = {
        "jpg": b"\xff\xd8\xff\xe0",
        "png": PNG_MAGIC,
        "webp": b"RIFF\xff\xff\0\0WEBP",
        "heic": box(b"ftyp", b"heic\0\0\0\0mif1heic"),
        "pdf": b"%PDF-1.7\n",
    }
    for ending, magic in magics.items():
        for inside in ("html", "zip"):
            yield f"{inside}.{ending}", padded(magic + SCRIPTS[inside]())
        yield f"zeros.{ending}", padded(magic)
        yield f"random.{ending}", magic + rng.randbytes(9_000)
        yield f"repeated.{ending}", magic * 700


def polyglots(rng: random.Random) -> Iterator[File]:
    """Sound pictures with something else behind their end: they come out without it."""
    for kind in KINDS:
        for ending in ("zip", "html", "php"):
            yield f"photo.{kind}.{ending}", saved(kind) + SCRIPTS[ending]()
    for ending in ("php", "js", "html", "svg"):
        yield f"comment-{ending}.jpg", with_segments((0xFE, SCRIPTS[ending]()))
    yield "two-photos.jpg", saved("jpeg") + with_segments((0xFE, CANARY))
    yield "pdf-inside.jpg", with_segments((0xFE, b"%PDF-1.4\n" + CANARY))


def tiny(rng: random.Random) -> Iterator[File]:
    yield "empty.jpg", b""
    yield "one.jpg", b"\xff"
    for kind in KINDS:
        for length in (3, 12, 40):
            yield f"first-{length}.{kind}", saved(kind)[:length]
    yield "preview.jpg", encoded(photo(60, 40), "jpeg")
    yield "spaces.txt", b" " * 9_000


def wrong_sizes(rng: random.Random) -> Iterator[File]:
    for kind in KINDS:
        yield f"heavy.{kind}", saved(kind) + b"\0" * (10 * MEGABYTE)
    for width, height in ((1, 1), (199, 400), (400, 199), (1, 12_000)):
        grain = Image.frombytes("RGB", (width, height), rng.randbytes(width * height * 3))
        for kind in PICTURES:
            yield f"{width}x{height}.{kind}", padded(encoded(grain, kind))
    yield "0x0.png", padded(png(0, 0))
    yield "0x300.jpg", resized_jpeg(0, 300)
    yield "300x0.jpg", resized_jpeg(300, 0)


def names(rng: random.Random) -> Iterator[File]:
    """Names that want to be a path, a command or somebody else's; the file is sound or not by turns."""
    given = [
        "../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/shadow", "C:\\con.jpg", "a\0b.jpg",
        "photo\u202egpj.exe", "\u2066x\u2069.jpg", "\u200b\u200b.png", "x" * 5_000 + ".jpg", "", ".", "..",
        "<script>alert(1)</script>.jpg", "'; DROP TABLE evidence_file; --.png", "{{7*7}}.jpg", "%(name)s.jpg",
        "%s%s%n.jpg", "=cmd|' /C calc'!A0.jpg", "line\r\nSet-Cookie: a=b.jpg", "\ud800.jpg", "照片😀.jpg",
        "a\u0300" * 200 + ".jpg", "\x1b[2J.jpg", "-rf.jpg", "$(reboot).jpg", "`id`.jpg", "NUL", "a/b/c/",
        "٣.jpg", " \t\u3000.jpg",
    ]  # fmt: skip
    for number, name in enumerate(given):
        yield name, saved("jpeg") if number % 2 else padded(b"GIF89a")
