"""The demo's photos: drawn, so that nobody's goods, face or receipt is in them."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter

from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence.actions import Prepared
from portal.rules.intake_terms import EvidenceSlot

SIZE = (960, 720)
INK, PAPER = (28, 34, 31), (238, 236, 228)


def picture_of(slot: EvidenceSlot, serial: int) -> Prepared:
    """Return a stored picture for a slot, a little different for each filing."""
    return evidence.prepare(_drawn(slot, serial), name=f"{slot.value}.jpg")


def _drawn(slot: EvidenceSlot, serial: int) -> bytes:
    chance = random.Random(f"{slot.value} {serial}")
    image = Image.effect_noise(SIZE, 22).convert("RGB").filter(ImageFilter.GaussianBlur(1))
    image = Image.blend(image, Image.new("RGB", SIZE, (150, 148, 138)), 0.75)
    draw = ImageDraw.Draw(image)
    {
        EvidenceSlot.SCALE_DISPLAY: _scale,
        EvidenceSlot.REWEIGH: _scale,
        EvidenceSlot.RECEIPT: _receipt,
        EvidenceSlot.STALL_SIGN: _sign,
    }.get(slot, _goods)(draw, chance)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _scale(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    """Draw a scale's display: a seven-segment weight on a dark window."""
    draw.rounded_rectangle((120, 180, 840, 620), 30, fill=(96, 104, 100))
    draw.rounded_rectangle((170, 230, 790, 400), 12, fill=(18, 30, 20))
    for place, digit in enumerate(f"0{chance.randrange(430, 520)}"):
        _segments(draw, 210 + 140 * place, 250, int(digit))
    draw.ellipse((318, 376, 332, 390), fill=(120, 255, 150))
    draw.rectangle((200, 470, 760, 580), fill=(190, 194, 188))


SEGMENTS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")
LINES = {
    "a": (10, 0, 80, 12),
    "b": (80, 10, 92, 62),
    "c": (80, 70, 92, 122),
    "d": (10, 120, 80, 132),
    "e": (0, 70, 12, 122),
    "f": (0, 10, 12, 62),
    "g": (10, 60, 80, 72),
}


def _segments(draw: ImageDraw.ImageDraw, left: int, top: int, digit: int) -> None:
    for name in SEGMENTS[digit]:
        x0, y0, x1, y1 = LINES[name]
        draw.rectangle((left + x0, top + y0, left + x1, top + y1), fill=(120, 255, 150))


def _receipt(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    """Draw a slip of paper with lines where the print would be."""
    draw.polygon([(300, 60), (670, 70), (655, 690), (285, 680)], fill=PAPER)
    for row in range(11):
        top = 110 + row * 50
        draw.rectangle((330, top, 330 + chance.randrange(90, 190), top + 14), fill=INK)
        draw.rectangle((560, top, 560 + chance.randrange(30, 70), top + 14), fill=INK)


def _sign(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    """Draw a board with the stall's number on it."""
    draw.rectangle((100, 160, 860, 480), fill=(150, 32, 32))
    draw.rectangle((130, 190, 830, 450), outline=(240, 214, 150), width=8)
    for place, digit in enumerate(f"{chance.randrange(1, 40):02d}"):
        _segments(draw, 380 + 140 * place, 250, int(digit))


def _goods(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    """Draw a tray with a heap of something."""
    draw.rounded_rectangle((120, 160, 840, 640), 60, fill=(214, 216, 210))
    for _ in range(90):
        x, y, size = chance.randrange(200, 740), chance.randrange(230, 560), chance.randrange(24, 60)
        shade = chance.randrange(150, 235)
        draw.ellipse((x, y, x + size * 2, y + size), fill=(shade, shade // 2 + 30, 70), outline=INK)
