"""Pictures that tell too much, keep their colours oddly, move, or are wrongly built."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator

from PIL import Image, ImageCms, PngImagePlugin

from tests.hostile import documents
from tests.hostile.parts import (
    CANARY,
    HEIC,
    PICTURES,
    PNG_MAGIC,
    File,
    box,
    chunk,
    deflated,
    encoded,
    padded,
    photo,
    png,
    riff,
    saved,
    with_chunks,
    with_segments,
)

TEXT = CANARY.decode()


def metadata(rng: random.Random) -> Iterator[File]:
    """Sound photos that tell who took them where: they come out silent."""
    exif, xmp = told_exif(), b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile[:24] + b"\0" * 12 + profile[36:] + CANARY  # without the moment it was made
    for kind in PICTURES:
        yield f"exif.{kind}", encoded(photo(), kind, exif=exif)
        yield f"icc.{kind}", encoded(photo(), kind, icc_profile=profile)
    for kind in ("jpeg", "webp"):
        yield f"xmp.{kind}", encoded(photo(), kind, xmp=xmp)
        yield f"everything.{kind}", encoded(photo(), kind, exif=exif, xmp=xmp, icc_profile=profile)
    yield "gps.heic", HEIC
    for turn in range(1, 10):
        yield f"turned-{turn}.jpg", encoded(photo(), "jpeg", exif=told_exif(turn))
    for marker in (0xE1, 0xE3, 0xEB, 0xED, 0xEE, 0xEF, 0xFE):
        yield f"segment-{marker:x}.jpg", with_segments((marker, b"Photoshop 3.0\0" + CANARY))
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", TEXT)
    notes.add_text("Comment", TEXT, zip=True)
    notes.add_itxt("XML:com.adobe.xmp", TEXT)
    yield "texts.png", encoded(photo(), "png", pnginfo=notes)
    for kind_ in (b"eXIf", b"tIME", b"zzZz", b"prVt"):
        yield f"{kind_.decode()}.png", with_chunks(chunk(kind_, CANARY))
    yield "author.pdf", documents.sound(info=CANARY)


def told_exif(turn: int = 1) -> bytes:
    """Return EXIF with a maker's note, an owner, a position and a thumbnail of its own."""
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010F], exif[0x9C9D], exif[0xA430] = TEXT, TEXT.encode("utf-16-le"), TEXT
    exif.get_ifd(0x8769)[0x927C] = CANARY * 20
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 13.0, 50.0), 3: "E", 4: (121.0, 28.0, 1.0), 29: TEXT})
    return exif.tobytes() + b"\xff\xd8\xff" + CANARY


def colours(rng: random.Random) -> Iterator[File]:
    """Rare ways to keep colours: to come out as what they show."""
    for mode in ("L", "CMYK"):
        yield f"{mode}.jpg", encoded(photo().convert(mode), "jpeg")
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        picture = photo().convert("L" if mode in {"LA", "I;16"} else "RGB").convert(mode)
        yield f"{mode}.png", padded(encoded(picture, "png"))
    for mode in ("RGBA", "RGB"):
        yield f"{mode}-lossless.webp", encoded(photo().convert(mode), "webp", lossless=True)
    yield "progressive.jpg", encoded(photo(), "jpeg", progressive=True)
    yield "rgb.jpg", encoded(photo(), "jpeg", keep_rgb=True)
    yield (
        "short-palette.png",
        padded(png(300, 300, colour=3, rest=chunk(b"PLTE", b"abc") + deflated(b"\xff" * 301, 300))),
    )
    yield "no-palette.png", padded(png(300, 300, colour=3, rest=deflated(b"\0" * 301, 300)))
    yield "palette-alpha.png", padded(encoded(photo().convert("P"), "png", transparency=bytes(range(256))))
    for depth, colour in ((16, 2), (16, 6), (16, 4), (3, 2), (8, 5), (16, 3), (0, 0)):
        yield (
            f"depth-{depth}-{colour}.png",
            padded(png(300, 300, depth=depth, colour=colour, rest=deflated(b"\0" * 2_401, 300))),
        )
    for precision in (0, 12, 16):
        data = bytearray(saved("jpeg"))
        data[data.index(b"\xff\xc0") + 4] = precision
        yield f"precision-{precision}.jpg", bytes(data)


def moving(rng: random.Random) -> Iterator[File]:
    frames = [photo(), photo().rotate(90), photo().rotate(180)]
    for kind in ("png", "webp", "gif"):
        yield f"moving.{kind}", encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        yield (
            f"moving-fast.{kind}",
            encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=1),
        )
    many = [Image.new("RGB", (300, 300), (n % 256, n // 256, n * 7 % 256)) for n in range(120)]
    for kind in ("webp", "png"):
        yield f"moving-120.{kind}", padded(encoded(many[0], kind, save_all=True, append_images=many[1:]))
    for count in (0, 2, 2**31 - 1):
        yield f"said-{count}.png", with_chunks(chunk(b"acTL", struct.pack(">II", count, 0)))
    canvas = struct.pack("<I", 319)[:3] + struct.pack("<I", 239)[:3]
    yield "no-frame.webp", padded(riff((b"VP8X", b"\x02\0\0\0" + canvas), (b"ANIM", b"\0" * 6)))


def png_chunks(rng: random.Random) -> Iterator[File]:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 320, 240, 8, 2, 0, 0, 0))
    sound = saved("png")
    yield "two-headers.png", with_chunks(header, chunk(b"IHDR", header[8:13] + b"\xff" * 8))
    yield "no-header.png", PNG_MAGIC + sound[33:]
    yield "no-data.png", padded(png(320, 240, rest=chunk(b"IEND", b"")))
    yield "no-end.png", sound[:-12]
    yield "text-behind-data.png", sound[:-12] + chunk(b"tEXt", b"k\0" + CANARY) + sound[-12:]
    yield "bad-checksum.png", sound[:29] + b"\0\0\0\0" + sound[33:]
    yield "bad-data-checksum.png", sound[:-16] + b"\0\0\0\0" + sound[-12:]
    for length in (0x7FFFFFFF, 0xFFFFFFFF, len(sound)):
        yield f"length-{length}.png", with_chunks(struct.pack(">I", length) + b"tEXt" + CANARY)
    yield "empty-chunks.png", with_chunks(*[chunk(b"IDAT", b"")] * 50_000)
    yield "unknown-critical.png", with_chunks(chunk(b"ABCD", CANARY))
    yield "bad-name.png", with_chunks(chunk(b"\0\1\2\3", CANARY))
    yield "nested.png", with_chunks(chunk(b"tEXt", b"k\0" + sound))
    yield "deflate-random.png", png(320, 240, rest=chunk(b"IDAT", rng.randbytes(9_000)) + chunk(b"IEND", b""))
    yield (
        "bad-interlace.png",
        sound[:28] + b"\7" + struct.pack(">I", zlib.crc32(sound[12:28] + b"\7")) + sound[33:],
    )
    yield "bad-filter.png", padded(png(320, 240, rest=deflated(b"\x09" + b"\0" * 960, 240)))


def jpeg_structure(rng: random.Random) -> Iterator[File]:
    sound = saved("jpeg")
    table, scan = sound.index(b"\xff\xc4"), sound.index(b"\xff\xda")
    yield "no-end.jpg", sound[:-2]
    yield "no-tables.jpg", sound[:table] + sound[scan:]
    yield "bad-table.jpg", sound[: table + 5] + b"\xff" * 16 + sound[table + 21 :]
    yield "no-frame.jpg", padded(sound[:2] + sound[scan:])
    yield "two-frames.jpg", sound[:scan] + sound[sound.index(b"\xff\xc0") :]
    yield "no-scan.jpg", padded(sound[:scan] + b"\xff\xd9")
    yield "restart-0.jpg", with_segments((0xDD, b"\0\0"))
    yield "restart-1.jpg", with_segments((0xDD, b"\0\1"))
    for marker in (0xC1, 0xC3, 0xC5, 0xC9, 0xCB, 0xCF, 0xF7):
        yield f"coding-{marker:x}.jpg", sound.replace(b"\xff\xc0", bytes((0xFF, marker)), 1)
    yield "length-0.jpg", sound[:2] + b"\xff\xe1\0\0" + sound[2:]
    yield "length-65535.jpg", sound[:2] + b"\xff\xe1\xff\xff" + sound[2:]
    yield "fill.jpg", sound[:2] + b"\xff" * 2_000_000 + sound[2:]
    yield "many-components.jpg", sound.replace(b"\xff\xc0\0\x11", b"\xff\xc0\0\xff", 1)
    yield "nested.jpg", with_segments((0xE1, b"Exif\0\0" + sound[:60_000]))
    yield "starts.jpg", b"\xff\xd8" * 3_000 + sound


def heic_boxes(rng: random.Random) -> Iterator[File]:
    """HEIC whose boxes lie, loop or nest."""
    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    nested = b""
    for _ in range(1_200):
        nested = box(b"meta", b"\0\0\0\0" + nested)
    yield "nested.heic", padded(head + nested)
    for size in (0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF):
        yield f"size-{size}.heic", padded(head + box(b"meta", b"\0" * 40, size=size))
    yield "many-boxes.heic", head + box(b"free") * 200_000
    yield "no-meta.heic", padded(head + box(b"mdat", rng.randbytes(4_000)))
    for part in (b"iloc", b"ipco", b"ipma", b"iinf", b"pitm", b"hvcC", b"mdat"):
        at = HEIC.index(part)
        yield f"no-{part.decode()}.heic", HEIC.replace(part, b"free", 1)
        yield f"random-{part.decode()}.heic", HEIC[: at + 4] + rng.randbytes(24) + HEIC[at + 28 :]
    yield "text-behind.heic", HEIC + box(b"free", CANARY)
    yield "huge-grid.heic", HEIC.replace(b"hvc1", b"grid")
    yield "as-av1.heic", HEIC.replace(b"hvc1", b"av01")
