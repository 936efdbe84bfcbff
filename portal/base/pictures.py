"""The child process that opens strangers' pictures: limits, Pillow, and nothing of the portal.

`portal.base.cleaning` runs this file as a script, once a file. The arguments
name the job, the kind of file and the regions; standard input brings the
file. READY goes out as soon as the limits stand and the libraries are loaded,
so that what fails afterwards is the file's doing. Then comes one line of JSON
and the finished JPEGs, one behind the other.
"""

from __future__ import annotations

import io
import json
import math
import resource
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageFile

READY = b"READY\n"

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 6  # the largest photos of phones take one or two
# What a honest file of the kinds we take needs; the fonts of a PDF are among the open files.
LIMITS = {
    "RLIMIT_AS": MEMORY_BYTES,
    "RLIMIT_CPU": CPU_SECONDS,
    "RLIMIT_NOFILE": 64,
    "RLIMIT_NPROC": 0,
    "RLIMIT_FSIZE": 0,
    "RLIMIT_CORE": 0,
}

MOST_PIXELS = 50_000_000  # what the largest cameras of phones make
LONGEST_SIDE_PX = 12_000
SHORTEST_SIDE_PX = 200  # below it no display of a scale can be read
MOST_PAGES = 4
CLEAN_SIDE_PX = 2_000  # digits stay readable
PAGE_WIDTH_PX = 1_400  # A4 at 170 dots an inch
PAGE_HEIGHT_PX = 3_000
PAGE_SCALE = 4.0  # 288 dots an inch: a till slip need not be blown up further
THUMBNAIL_SIDE_PX = 320
MOST_OUTPUT_BYTES = 10 * 1024 * 1024
QUALITIES = (85, 70, 50)
WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD

FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF"}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Region = Sequence[float]  # left, top, right, bottom as shares of the sides


class Refused(Exception):
    """The file is not taken; `reason` is a key of cleaning.REASONS, the values its numbers."""

    def __init__(self, reason: str, **values: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


def clean_picture(data: bytes, kind: str) -> Image.Image:
    """Return a new picture, upright, without metadata, at most CLEAN_SIDE_PX long."""
    with Image.open(io.BytesIO(data), formats=[FORMATS[kind]]) as picture:
        _check_size(*picture.size)
        # HEIC and JPEG may carry more than one picture (depth, gain map); the first is the photo.
        if kind in {"png", "webp"} and getattr(picture, "is_animated", False):
            raise Refused("moving")
        turn = _turn(picture)
        # A JPEG is decoded at a fraction of its size where that is enough.
        picture.draft("RGB", (CLEAN_SIDE_PX, CLEAN_SIDE_PX))
        picture.load()
        flat = _flat(_in_common_mode(picture))
    return flat.transpose(turn) if turn is not None else flat


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE_PX:
        raise Refused(
            "too_many_pixels",
            width=width,
            height=height,
            limit_pixels=MOST_PIXELS,
            limit_side=LONGEST_SIDE_PX,
        )
    if min(width, height) < SHORTEST_SIDE_PX:
        raise Refused("too_few_pixels", width=width, height=height, limit_side=SHORTEST_SIDE_PX)


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """Return what brings a photo upright; unreadable EXIF says nothing."""
    try:
        return TURNS.get(picture.getexif().get(0x0112, 1))
    except Exception:
        return None


def _in_common_mode(picture: Image.Image) -> Image.Image:
    """Return the picture as L, RGB or RGBA, so that scaling it means averaging its colours."""
    if picture.mode.startswith("I"):
        # 16-bit grey: Pillow cuts off what is above 255 instead of scaling it.
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        return picture if picture.mode == "RGBA" else picture.convert("RGBA")
    return picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")


def _flat(picture: Image.Image) -> Image.Image:
    """Return a new RGB picture of at most CLEAN_SIDE_PX, transparent places white."""
    picture.thumbnail((CLEAN_SIDE_PX, CLEAN_SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    return flat


def clean_document(data: bytes) -> Image.Image:
    """Return a PDF's pages below one another as one picture."""
    import pypdfium2  # loaded before READY; a picture has no need of it

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Refused("locked" if error.err_code == WRONG_PASSWORD else "broken") from error
    count = len(document)
    if not 1 <= count <= MOST_PAGES:
        raise Refused("too_many_pages" if count else "broken", pages_count=count, limit_count=MOST_PAGES)
    # The stamp of an e-invoice is a form field. This build of PDFium holds no script engine and no XFA.
    document.init_forms()
    return _stacked([_sheet(document[number]) for number in range(count)])


def _sheet(page: Any) -> Image.Image:
    width, height = page.get_size()
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise Refused("broken")
    scale = min(PAGE_WIDTH_PX / width, PAGE_HEIGHT_PX / height, PAGE_SCALE)
    sheet: Image.Image = page.render(scale=scale).to_pil()
    return sheet.convert("RGB")


def _stacked(sheets: Sequence[Image.Image]) -> Image.Image:
    whole = Image.new("RGB", (max(s.width for s in sheets), sum(s.height for s in sheets)), "white")
    if min(whole.size) < SHORTEST_SIDE_PX:
        raise Refused("too_few_pixels", width=whole.width, height=whole.height, limit_side=SHORTEST_SIDE_PX)
    top = 0
    for sheet in sheets:
        whole.paste(sheet, (0, top))
        top += sheet.height
    return whole


def opened_clean(data: bytes) -> Image.Image:
    """Return a picture that this file made before."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
        return picture.convert("RGB")


def masked(picture: Image.Image, regions: Sequence[Region]) -> Image.Image:
    """Return the picture with each region filled with its own mean colour.

    Nothing of the region is left to be worked back, as there would be behind a
    blur or a mosaic of digits; the edges are rounded outwards.
    """
    width, height = picture.size
    covered = picture.copy()
    for left, top, right, bottom in regions:
        box = (
            min(math.floor(left * width), width - 1),
            min(math.floor(top * height), height - 1),
            min(math.ceil(right * width), width),
            min(math.ceil(bottom * height), height),
        )
        mean = picture.crop(box).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        covered.paste(mean, box)  # type: ignore[arg-type]
    return covered


def small(picture: Image.Image) -> Image.Image:
    """Return a thumbnail; of a long receipt it shows the top."""
    width, height = picture.size
    reduced = picture.crop((0, 0, width, min(height, 2 * width)))
    reduced.thumbnail((THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return reduced


def jpeg(picture: Image.Image) -> bytes:
    """Return a picture as a JPEG without metadata, at most MOST_OUTPUT_BYTES."""
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if out.tell() <= MOST_OUTPUT_BYTES:
            return out.getvalue()
    raise Refused("too_heavy")


def done(job: str, kind: str, regions: Sequence[Region], data: bytes) -> tuple[Image.Image, list[bytes]]:
    """Return the picture a job ends with, and the JPEGs to hand back."""
    if job == "thumbnail":
        picture = small(opened_clean(data))
        return picture, [jpeg(picture)]
    if job == "mask":
        picture = masked(opened_clean(data), regions)
        return picture, [jpeg(picture)]
    picture = clean_document(data) if kind == "pdf" else clean_picture(data, kind)
    if picture.getcolors(maxcolors=1) is not None:
        raise Refused("blank")  # as a PDF comes out whose contents are lost, or drawn by a script
    return picture, [jpeg(picture), jpeg(small(picture))]


def _limit_this_process(kind: str) -> None:
    """Bound what a hostile file can take; elsewhere than on Linux some limits are not known."""
    for name, value in LIMITS.items():
        if name == "RLIMIT_NPROC" and kind == "heic":
            continue  # its decoder starts a thread of its own, and this limit counts threads
        try:
            resource.setrlimit(getattr(resource, name), (value, value))
        except (AttributeError, OSError, ValueError):
            if sys.platform == "linux":
                raise


def _load_libraries(kind: str) -> None:
    # Pictures are opened one format at a time; a plugin never asked for is never loaded.
    # Our own check comes as early as Pillow's, and knows the numbers to tell the sender.
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("ignore")
    if kind == "heic":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=0)
    elif kind == "pdf":
        import pypdfium2  # noqa: F401
    elif kind == "webp":
        import PIL.WebPImagePlugin
    elif kind == "png":
        import PIL.PngImagePlugin
    import PIL.JpegImagePlugin  # noqa: F401


def _answer(head: dict[str, Any], parts: Sequence[bytes] = ()) -> None:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(parts))
    sys.stdout.buffer.flush()


def main(job: str, kind: str, regions: str) -> None:
    """Do one job on the file on standard input."""
    _limit_this_process(kind)
    _load_libraries(kind)
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    data = sys.stdin.buffer.read()
    try:
        picture, parts = done(job, kind, json.loads(regions), data)
    except Refused as refusal:
        return _answer({"refused": refusal.reason, "values": refusal.values})
    except MemoryError:
        return _answer({"refused": "too_heavy", "values": {}})
    except Exception:
        # A stranger's file can bring out any error of any library: to the sender all mean one thing.
        return _answer({"refused": "broken", "values": {}})
    _answer({"width": picture.width, "height": picture.height, "sizes": [len(part) for part in parts]}, parts)


if __name__ == "__main__":
    main(*sys.argv[1:])
