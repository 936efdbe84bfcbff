"""Honest pictures come out upright, readable and silent; everything else is refused in words."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from PIL import Image

from portal.base import cleaning
from portal.base.cleaning import FileRefused, Region, clean, display_name, mask, thumbnail
from portal.base.labels import byte_size, pixels, render
from portal.rules.errors import InputRefused
from tests.hostile import documents, parts
from tests.hostile.parts import encoded, padded, photo, saved

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 60), (20, 40, 180), (250, 250, 250)


def opened(jpeg: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(jpeg))
    assert picture.format == "JPEG"
    return picture.convert("RGB")


def is_near(seen: object, meant: tuple[int, int, int], by: int = 24) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= by for a, b in zip(seen, meant, strict=True))


def quarters(width: int = 400, height: int = 300) -> Image.Image:
    """Return a picture red at the top left, green top right, blue bottom left, grainy bottom right."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    picture.paste(photo(width // 2, height // 2), (width // 2, height // 2))
    return picture


def corners(picture: Image.Image) -> list[object]:
    """Return the colours near the top left, top right and bottom left."""
    width, height = picture.size
    return [picture.getpixel(at) for at in ((20, 20), (width - 20, 20), (20, height - 20))]


def is_upright(picture: Image.Image) -> bool:
    return all(is_near(seen, meant) for seen, meant in zip(corners(picture), (RED, GREEN, BLUE), strict=True))


def refused(data: bytes, name: str = "scale.jpg") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        clean(data, name=name)
    return caught.value


@pytest.mark.parametrize("kind", parts.KINDS)
def test_every_kind_comes_out_as_one_jpeg_with_its_thumbnail(kind: str) -> None:
    copy = clean(saved(kind), name="a")
    assert copy.kind == kind
    assert opened(copy.jpeg).size == (copy.width, copy.height)
    assert max(opened(copy.thumbnail).size) == 320


@pytest.mark.parametrize("kind", parts.PICTURES)
def test_colours_and_sides_stay_where_they_were(kind: str) -> None:
    picture = opened(clean(encoded(quarters(), kind), name="a").jpeg)
    assert picture.size == (400, 300)
    assert is_upright(picture)


# What a camera held that way wrote: the inverse of what brings the picture upright.
TURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("turn", TURNED)
def test_a_photo_is_turned_upright_as_its_camera_was_held(turn: int) -> None:
    way = TURNED[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    stored = quarters() if way is None else quarters().transpose(way)
    copy = clean(encoded(stored, "jpeg", exif=exif), name="a")
    assert (copy.width, copy.height) == (400, 300)
    assert is_upright(opened(copy.jpeg))


def test_a_phone_s_heic_is_turned_upright_once() -> None:
    # The sample was taken lying: red at the top left and green below, before it was turned by 90 degrees.
    picture = opened(clean(parts.HEIC, name="a").jpeg)
    assert picture.size == (480, 640)
    assert is_near(picture.getpixel((400, 60)), RED)
    assert is_near(picture.getpixel((60, 60)), GREEN)


@pytest.mark.parametrize(
    ("size", "comes_out"),
    [((200, 200), (200, 200)), ((2_000, 1_500), (2_000, 1_500)), ((2_001, 1_000), (2_000, 1_000)),
     ((4_000, 3_000), (2_000, 1_500)), ((600, 3_000), (400, 2_000))],
)  # fmt: skip
def test_a_photo_is_made_smaller_but_never_larger(size: tuple[int, int], comes_out: tuple[int, int]) -> None:
    copy = clean(encoded(photo(*size), "jpeg"), name="a")
    assert math.isclose(copy.width, comes_out[0], abs_tol=1)
    assert math.isclose(copy.height, comes_out[1], abs_tol=1)


def test_transparent_places_come_out_white() -> None:
    picture = quarters().convert("RGBA")
    picture.paste((255, 0, 255, 0), (0, 0, 200, 150))
    for kind in ("png", "webp"):
        assert is_near(opened(clean(encoded(picture, kind), name="a").jpeg).getpixel((20, 20)), WHITE)


def test_a_grey_of_sixteen_bits_keeps_its_brightness() -> None:
    row = b"\x00\x40" * 150 + b"\x00\xc0" * 150
    picture = Image.frombytes("I;16", (300, 300), row * 300)
    out = opened(clean(padded(encoded(picture, "png")), name="a").jpeg)
    assert is_near(out.getpixel((20, 20)), (64, 64, 64))
    assert is_near(out.getpixel((280, 20)), (192, 192, 192))


def pages(count: int) -> bytes:
    colours = (b"1 0 0", b"0 1 0", b"0 0 1", b"1 1 0", b"0 1 1")
    inside = documents.objects()
    numbers = [(10 + 2 * n, 11 + 2 * n) for n in range(count)]
    for n, (leaf, contents) in enumerate(numbers):
        inside[leaf] = documents.page(contents=contents)
        inside[contents] = documents.stream(colours[n] + b" rg 0 0 300 420 re f")
    kids = b" ".join(b"%d 0 R" % leaf for leaf, _ in numbers)
    inside[2] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)
    return documents.written(inside)


def test_the_pages_of_a_document_stand_below_one_another() -> None:
    copy = clean(pages(4), name="receipt.pdf")
    picture = opened(copy.jpeg)
    assert copy.height / copy.width == pytest.approx(4 * 420 / 300, rel=0.01)
    seen = [picture.getpixel((copy.width // 2, copy.height * (2 * n + 1) // 8)) for n in range(4)]
    assert all(
        is_near(s, c, 60)
        for s, c in zip(seen, [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)], strict=True)
    )
    assert opened(copy.thumbnail).size == (160, 320)


def test_the_stamp_of_an_e_invoice_is_part_of_its_picture() -> None:
    stamp = documents.stream(b"0 0.6 0 rg 0 0 100 100 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 100 100]")
    field = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(seal)/F 4/Rect[20 20 120 120]/P 3 0 R/AP<</N 6 0 R>>>>"
    parts = documents.objects(
        catalogue=b"/AcroForm<</Fields[5 0 R]/SigFlags 3>>", page_more=b"/Annots[5 0 R]"
    )
    copy = cleaning.clean(documents.written(parts | {5: field, 6: stamp}), name="发票.pdf")
    with Image.open(io.BytesIO(copy.jpeg)) as picture:
        scale = picture.width / 300
        red, green, blue = picture.convert("RGB").getpixel((int(30 * scale), int((420 - 30) * scale)))
    assert green > 100 > max(red, blue)


def test_a_document_of_five_pages_is_too_long() -> None:
    error = refused(pages(5), "receipt.pdf")
    assert error.reason == "too_many_pages"
    assert error.message.values == {
        "name": "receipt.pdf",
        "size_bytes": len(pages(5)),
        "pages_count": 5,
        "limit_count": 4,
    }


MB, KB = 1024 * 1024, 1024


@pytest.mark.parametrize(
    ("size", "reason"),
    [(0, "empty"), (1, "wrong_type"), (5 * KB - 1, "too_little"), (10 * MB + 1, "too_big")],
)
def test_a_file_beyond_a_limit_is_refused(size: int, reason: str) -> None:
    assert refused(saved("jpeg")[:size] + b"\0" * max(0, size - len(saved("jpeg")))).reason == reason


def test_a_file_of_just_the_limit_is_taken() -> None:
    assert clean(saved("jpeg") + b"\0" * (10 * MB - len(saved("jpeg"))), name="a").width == 320


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [(199, 200, "too_few_pixels"), (200, 199, "too_few_pixels"), (200, 200, None),
     (12_000, 200, None), (12_001, 200, "too_many_pixels"), (12_000, 4_167, "too_many_pixels")],
)  # fmt: skip
def test_the_sides_have_a_least_and_a_greatest_length(width: int, height: int, reason: str | None) -> None:
    picture = photo(width, height) if height < 1_000 else Image.new("L", (width, height))
    data = padded(encoded(picture, "png"))
    if reason is None:
        assert clean(data, name="a").width
    else:
        assert refused(data).reason == reason


def test_fifty_million_pixels_are_opened() -> None:
    picture = Image.new("RGB", (8_000, 6_250), "red")
    picture.paste("blue", (0, 0, 4_000, 6_250))
    for kind in ("jpeg", "png"):
        assert clean(encoded(picture, kind), name="a").width == 2_000


def test_a_picture_of_one_colour_shows_nothing() -> None:
    assert refused(padded(encoded(Image.new("RGB", (900, 900), "white"), "png"))).reason == "blank"
    almost = Image.new("RGB", (900, 900), "white")
    almost.paste("black", (0, 0, 300, 300))
    assert clean(padded(encoded(almost, "png")), name="a").width == 900


@pytest.fixture(scope="module")
def real(data_path: Path) -> dict[str, bytes]:
    folder = data_path / "images"
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".csv"}


@pytest.mark.parametrize("name", ["exif_DSCN0010.jpg", "exif_DSCN0012.jpg", "pillow_flower.jpg"])
def test_honest_photos_of_real_cameras_come_out(real: dict[str, bytes], name: str) -> None:
    before = Image.open(io.BytesIO(real[name])).convert("RGB")
    after = opened(clean(real[name], name=name).jpeg)
    assert after.size == before.size
    small_before, small_after = (p.resize((8, 8), Image.Resampling.BOX) for p in (before, after))
    for at in range(64):
        place = (at % 8, at // 8)
        pixel = small_before.getpixel(place)
        assert isinstance(pixel, tuple)
        assert is_near(small_after.getpixel(place), (int(pixel[0]), int(pixel[1]), int(pixel[2])), 6)
    assert not Image.open(io.BytesIO(clean(real[name], name=name).jpeg)).getexif()


@pytest.mark.parametrize(
    ("name", "reason"),
    [("pillow_broken.png", "too_little"), ("pillow_decompression_bomb.gif", "wrong_type"),
     ("pillow_truncated_jpeg.jpg", "too_few_pixels"), ("pillow_exif_gps.jpg", "too_little"),
     ("pillow_hopper.jpg", "too_few_pixels"), ("pillow_hopper.webp", "too_little")],
)  # fmt: skip
def test_bad_and_tiny_pictures_of_the_test_suites_are_refused(
    real: dict[str, bytes], name: str, reason: str
) -> None:
    error = refused(real[name], name)
    assert (error.reason, error.message.values["name"]) == (reason, name)


# Masks and thumbnails


def test_a_masked_region_has_one_colour_and_the_rest_stays() -> None:
    before = clean(encoded(quarters(), "jpeg"), name="a").jpeg
    after = opened(mask(before, [Region(0.5, 0.5, 1.0, 1.0)]))
    spread = after.crop((224, 176, 392, 292)).getextrema()
    assert all(high - low <= 4 for low, high in spread)  # type: ignore[misc]
    assert is_upright(after)
    assert any(high - low > 100 for low, high in opened(before).crop((208, 158, 392, 292)).getextrema())  # type: ignore[misc]


def test_two_plates_of_one_mean_colour_cannot_be_told_apart_when_masked() -> None:
    made = []
    for number in (3, 5):
        picture = quarters()
        plate = Image.new("L", (64, 32), 0)
        for at in range(32):
            plate.paste(255, (at * 2 % 64, (at * number) % 32, at * 2 % 64 + 1, (at * number) % 32 + 1))
        picture.paste(plate.convert("RGB"), (64, 64))
        data = encoded(picture, "png")
        made.append((data, mask(encoded(picture, "jpeg", quality=100), [Region(0.15, 0.2, 0.33, 0.35)])))
    (first, first_masked), (second, second_masked) = made
    assert first != second
    difference = [
        abs(a - b)
        for a, b in zip(opened(first_masked).tobytes(), opened(second_masked).tobytes(), strict=True)
    ]
    assert max(difference) <= 3


def test_the_edges_of_a_region_are_rounded_outwards() -> None:
    # A region of a fifth of a pixel covers that pixel: black joins the white pixel beside it in one grey.
    picture = Image.new("RGB", (256, 256), "white")
    picture.paste("black", (100, 0, 101, 256))
    touching = Region(100.9 / 256, 0, 101.1 / 256, 1)
    covered = opened(mask(encoded(picture, "jpeg", quality=100), [touching]))
    for at in (100, 101):
        assert is_near(covered.getpixel((at, 128)), (128, 128, 128), 30)


@pytest.mark.parametrize(
    "region",
    [
        Region(-0.01, 0, 1, 1), Region(0, 0, 1.01, 1), Region(0.5, 0, 0.5, 1), Region(0, 0.6, 1, 0.5),
        Region(math.nan, 0, 1, 1), Region(0, 0, math.inf, 1),
    ],
)  # fmt: skip
def test_a_region_outside_the_picture_is_refused(region: Region) -> None:
    with pytest.raises(InputRefused, match="outside"):
        mask(saved("jpeg"), [region])


@pytest.mark.parametrize(("count", "is_taken"), [(0, False), (1, True), (50, True), (51, False)])
def test_between_one_and_fifty_regions_are_masked(count: int, is_taken: bool) -> None:
    regions = [Region(n / 100, n / 100, n / 100 + 0.01, n / 100 + 0.01) for n in range(count)]
    if is_taken:
        assert opened(mask(saved("jpeg"), regions)).size == (320, 240)
    else:
        with pytest.raises(InputRefused, match="region"):
            mask(saved("jpeg"), regions)


@pytest.mark.parametrize(
    ("size", "comes_out"),
    [
        ((400, 300), (320, 240)),
        ((300, 400), (240, 320)),
        ((300, 3_000), (160, 320)),
        ((200, 200), (200, 200)),
    ],
)
def test_a_thumbnail_is_small_and_shows_the_top_of_a_long_receipt(
    size: tuple[int, int], comes_out: tuple[int, int]
) -> None:
    picture = photo(*size).copy()
    picture.paste(RED, (0, 0, size[0], 60))
    small = opened(thumbnail(encoded(picture, "jpeg")))
    assert small.size == comes_out
    assert is_near(small.getpixel((small.width // 2, 4)), RED)


# The child


def test_the_child_knows_nothing_of_the_portal_and_little_of_the_machine() -> None:
    script = (
        "import runpy, sys; m = runpy.run_path(sys.argv[1]); m['_limit_this_process']('jpeg');"
        "import os, resource, json;"
        "print(json.dumps([sorted(x for x in sys.modules if x.split('.')[0] in "
        "('flask', 'sqlalchemy', 'portal', 'cryptography')),"
        "[resource.getrlimit(getattr(resource, n))[1] for n in m['LIMITS']], dict(os.environ)]))"
    )
    command = [sys.executable, "-I", "-B", "-c", script, str(cleaning.CHILD)]
    out = subprocess.run(command, capture_output=True, env=cleaning.CHILD_ENVIRONMENT, check=True).stdout
    modules, limits, environment = json.loads(out)
    assert modules == []
    assert limits == [1024 * MB, 6, 64, 0, 0, 0]
    assert set(environment) <= {"MALLOC_ARENA_MAX", "LC_CTYPE"}


CHILDREN = {
    "killed": "import os; ready(); os.kill(os.getpid(), 9)",
    "crashed": "ready(); raise SystemExit(1)",
    "silent": "ready()",
    "asleep": "import time; ready(); time.sleep(60)",
    "endless": "ready()\nwhile True: sys.stdout.buffer.write(b'x' * 65536)",
    "half": 'ready(); say({"width": 1, "height": 1, "sizes": [9, 9]}); sys.stdout.buffer.write(JPEG)',
    "more": 'ready(); say({"width": 1, "height": 1, "sizes": [4, 4]}); sys.stdout.buffer.write(JPEG * 3)',
    "one": 'ready(); say({"width": 1, "height": 1, "sizes": [4]}); sys.stdout.buffer.write(JPEG)',
    "html": 'ready(); say({"width": 1, "height": 1, "sizes": [4, 4]}); sys.stdout.buffer.write(b"<b>x<b>x")',
    "negative": 'ready(); say({"width": 1, "height": 1, "sizes": [-4, 8]}); sys.stdout.buffer.write(JPEG)',
    "text": 'ready(); say("hello")',
    "list": "ready(); say([1, 2])",
    "unknown": 'ready(); say({"refused": "because", "values": {}})',
    "words": 'ready(); say({"refused": "broken", "values": {"name": "you"}})',
}
BEGINNING = """
import sys, json
JPEG = b"\\xff\\xd8\\xff\\xe0"
def ready(): sys.stdout.buffer.write(b"READY\\n"); sys.stdout.buffer.flush()
def say(x): sys.stdout.buffer.write(json.dumps(x).encode() + b"\\n"); sys.stdout.buffer.flush()
"""


def take_over(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    (folder / "child.py").write_text(BEGINNING + script)
    monkeypatch.setattr(cleaning, "CHILD", folder / "child.py")
    monkeypatch.setattr(cleaning, "WALL_SECONDS", 3.0)


@pytest.mark.parametrize("kind", CHILDREN)
def test_a_child_that_a_file_took_over_ends_in_a_refusal(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_over(monkeypatch, tmp_path, CHILDREN[kind])
    started = time.monotonic()
    assert refused(saved("jpeg")).reason == "too_heavy"
    assert time.monotonic() - started < 10


def test_a_child_that_does_not_start_is_nobody_s_file_s_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_over(monkeypatch, tmp_path, "import no_such_library")
    with pytest.raises(cleaning.CleaningDown, match="by hand"):
        clean(saved("jpeg"), name="a")


def test_files_are_opened_one_at_a_time_and_a_long_wait_ends_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_over(monkeypatch, tmp_path, CHILDREN["asleep"])
    monkeypatch.setattr(cleaning, "WAIT_SECONDS", 0.2)
    first = threading.Thread(target=refused, args=(saved("jpeg"),))
    first.start()
    time.sleep(0.3)
    assert refused(saved("jpeg")).reason == "busy"
    first.join()


def test_nothing_that_a_child_started_outlives_its_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "numbers"
    script = f"""
import os, time
ready(); os.fork()
with open({str(kept)!r}, "a") as file: file.write(f"{{os.getpid()}} ")
time.sleep(60)
"""
    take_over(monkeypatch, tmp_path, script)
    refused(saved("jpeg"))
    numbers = kept.read_text().split()
    assert len(numbers) == 2
    deadline = time.monotonic() + 5
    while any(is_running(number) for number in numbers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(number: str) -> bool:
    try:
        return ") Z" not in Path("/proc", number, "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


# Words


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("秤.jpg", "秤.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\scale.jpg", "scale.jpg"),
        ("a\0b\r\nc.jpg", "abc.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u200b\ufeff", ""),
        ("two   words\u3000three.jpg", "two words three.jpg"),
        ("\ud800x.jpg", "x.jpg"),
        ("", ""),
        ("x" * 80, "x" * 80),
        ("x" * 78 + ".jpg", "x" * 68 + "…" + "xxxxxxx.jpg"),
    ],
)
def test_a_name_is_shown_as_one_plain_line(name: str, shown: str) -> None:
    assert display_name(name) == shown
    assert len(shown) <= 80


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
@pytest.mark.parametrize("reason", cleaning.REASONS)
def test_every_refusal_names_the_file(app: Flask, reason: str, language: str) -> None:
    numbers = {
        "limit_bytes": 10 * MB, "limit_side": 12_000, "limit_pixels": 50_000_000, "limit_count": 4,
        "pages_count": 9, "width": 1, "height": 1,
    }  # fmt: skip
    with force_locale(language):
        sentence = render(FileRefused(reason, "100%(name)s.jpg", 12_345_678, numbers).message)
        unnamed = render(FileRefused(reason, "\u202e", 12_345_678, numbers).message)
    assert "100%(name)s.jpg" in sentence
    assert "%(" not in sentence.replace("100%(name)s.jpg", "")
    assert ("The file" if language == "en" else "这个文件") in unnamed


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 KB"), (1025, "1.1 KB"), (10 * MB, "10 MB"),
     (10 * MB + 1, "10.1 MB"), (12_900_000, "12.4 MB")],
)  # fmt: skip
def test_a_size_is_told_in_the_unit_that_fits(size_bytes: int, shown: str) -> None:
    assert byte_size(size_bytes) == shown


def test_pixels_are_told_as_cameras_are_sold(app: Flask) -> None:
    with force_locale("en"):
        assert pixels(50_000_000) == "50 million pixels"
    with force_locale("zh_Hans_CN"):
        assert pixels(50_000_000) == "5,000 万像素"
