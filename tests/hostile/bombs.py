"""Small files that say they are huge, or unpack to far more than they weigh."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from tests.hostile.parts import (
    CANARY,
    HEIC,
    MEGABYTE,
    File,
    chunk,
    deflated,
    encoded,
    padded,
    png,
    resized_jpeg,
    riff,
    saved,
    with_chunks,
    with_segments,
)


def declared_bombs(rng: random.Random) -> Iterator[File]:
    """Small files that say they are huge."""
    sides = ((65_500, 65_500), (12_001, 300), (300, 60_000), (8_000, 6_251))
    for width, height in (*sides, (2**31 - 1, 2**31 - 1)):
        yield (
            f"{width}x{height}.png",
            padded(png(width, height, rest=chunk(b"IDAT", zlib.compress(b"\0" * 999)))),
        )
    for width, height in sides:
        yield f"{width}x{height}.jpg", resized_jpeg(width, height)
        yield f"{width}x{height}.heic", HEIC.replace(ispe(640, 480), ispe(width, height))
    for width, height in ((16_383, 16_383), (16_384, 300), (10_000, 10_000)):
        yield f"{width}x{height}.webp", resized_webp(width, height)
    for width, height in ((2**24, 2**24), (100_000, 40_000)):
        size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
        yield f"canvas-{width}.webp", padded(riff((b"VP8X", b"\x02\0\0\0" + size), (b"ANIM", b"\0" * 6)))


def resized_webp(width: int, height: int) -> bytes:
    data = bytearray(saved("webp"))
    at = data.index(b"\x9d\x01\x2a")
    data[at + 3 : at + 7] = struct.pack("<HH", width & 0x3FFF, height & 0x3FFF)
    return bytes(data)


def ispe(width: int, height: int) -> bytes:
    return b"ispe\0\0\0\0" + struct.pack(">II", width, height)


def real_bombs(rng: random.Random) -> Iterator[File]:
    """Files that do unpack to far more than they weigh."""
    for width, height, depth, colour in (
        (30_000, 30_000, 1, 0),
        (12_000, 12_000, 8, 0),
        (9_000, 9_000, 8, 2),
    ):
        bits = depth * (3 if colour == 2 else 1)
        row = b"\0" * (1 + (width * bits + 7) // 8)
        body = deflated(row * 16, height // 16)
        yield f"real-{width}.png", padded(png(width, height, depth=depth, colour=colour, rest=body))
    # As large as is allowed: to be opened, within the limits, or refused by them.
    body = deflated((b"\0" + b"\x80" * 14_000 + b"\xf0" * 14_000) * 16, 7_000 // 16 + 1)
    yield "largest.png", padded(png(7_000, 7_000, colour=6, rest=body))
    halves = Image.new("RGBA", (8_000, 6_000))
    halves.paste("red", (0, 0, 4_000, 6_000))
    yield "largest.webp", padded(encoded(halves, "webp", lossless=True, method=0))
    yield "flat.jpg", encoded(Image.new("RGB", (12_000, 4_000)), "jpeg")
    yield "scans.jpg", many_scans(3_000)
    yield "more-data-than-declared.png", png(300, 300, rest=deflated(b"\0" * MEGABYTE, 100))


def many_scans(count: int) -> bytes:
    """Return a progressive JPEG that tells its last scan again and again."""
    data = encoded(Image.new("RGB", (4_000, 4_000), "red"), "jpeg", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + data[-2:]


def text_bombs(rng: random.Random) -> Iterator[File]:
    packed = zlib.compress(b"\0" * (64 * MEGABYTE), 9)
    yield "ztxt.png", with_chunks(chunk(b"zTXt", b"k\0\0" + packed))
    yield "ztxt-many.png", with_chunks(*[chunk(b"zTXt", b"k%d\0\0" % n + packed) for n in range(20)])
    yield "itxt.png", with_chunks(chunk(b"iTXt", b"k\0\1\0\0\0" + packed))
    yield "iccp.png", with_chunks(chunk(b"iCCP", b"p\0\0" + packed))
    yield "iccp-cut.png", with_chunks(chunk(b"iCCP", b"p\0\0" + packed[:-9]))
    yield "text-8mb.png", with_chunks(chunk(b"tEXt", b"k\0" + b"A" * (8 * MEGABYTE)))
    yield "texts-100000.png", with_chunks(*[chunk(b"tEXt", b"k\0v")] * 100_000)
    yield "icc-huge.jpg", with_segments(*[(0xE2, b"ICC_PROFILE\0\x01\xff" + b"A" * 65_000)] * 100)
    yield "icc-false-count.jpg", with_segments((0xE2, b"ICC_PROFILE\0\xff\x01" + CANARY))
    yield "app-segments.jpg", with_segments(*[(0xEC, b"A" * 60_000)] * 150)
    yield "comments.jpg", with_segments(*[(0xFE, CANARY)] * 20_000)
    yield (
        "icc-huge.webp",
        riff((b"VP8X", b"\x20\0\0\0\x3f\x01\0\xef\0\0"), (b"ICCP", b"A" * 9_000_000), frame()),
    )
    yield "exif-loop.jpg", with_segments((0xE1, exif_loop()))
    yield (
        "exif-million.jpg",
        with_segments((0xE1, b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x0e\x01\x02\0" * 9_000)),
    )
    yield "exif-huge-count.jpg", with_segments((0xE1, exif_huge()))
    yield (
        "mpo-loop.jpg",
        with_segments((0xE2, b"MPF\0II*\0\x08\0\0\0\x01\0\x01\xb0\x04\0\xff\xff\xff\x7f\0\0\0\0")),
    )


def frame() -> tuple[bytes, bytes]:
    sound = saved("webp")
    return sound[12:16], sound[20 : 20 + struct.unpack("<I", sound[16:20])[0]]


def exif_loop() -> bytes:
    """Return EXIF whose GPS folder is itself."""
    entry = struct.pack("<HHII", 0x8825, 4, 1, 8)
    return b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + struct.pack("<I", 8)


def exif_huge() -> bytes:
    entry = struct.pack("<HHII", 0x010E, 2, 0xFFFFFFF0, 0x10)
    return b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + b"\0\0\0\0"
