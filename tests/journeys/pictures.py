"""A photo as a phone takes it, with the place in it; and what can still be read from a copy."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.complaints.photos import photo
from tests.journeys.people import looked_at

GPS, MAKER, COMMENT = 0x8825, 0x010F, 0x9286
MAKER_CANARY = b"CanaryPhone 7788"


def photo_with_place(path: Path, seed: int = 7) -> str:
    """Write a JPEG whose EXIF says where it was taken and with what, and return its path."""
    exif = Image.Exif()
    exif[MAKER] = MAKER_CANARY.decode()
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 16.0, 23.41), 3: "E", 4: (120.0, 7.0, 48.92)})
    out = io.BytesIO()
    Image.open(io.BytesIO(photo(seed, side=1200))).save(out, "JPEG", quality=92, exif=exif)
    assert Image.open(io.BytesIO(out.getvalue())).getexif().get_ifd(GPS)
    assert MAKER_CANARY in out.getvalue()
    path.write_bytes(out.getvalue())
    return str(path)


def says_nothing_of_place(page: Page, address: str) -> None:
    """Fetch a picture as the page would, and find nothing in it but the picture."""
    answer = page.request.get(address)
    assert answer.ok, address
    copy = answer.body()
    picture = Image.open(io.BytesIO(copy))
    assert picture.format == "JPEG"
    assert dict(picture.getexif()) == {}
    assert not picture.getexif().get_ifd(GPS)
    assert MAKER_CANARY not in copy
    assert b"Exif" not in copy


def adds_with_progress(page: Page, slot: str, path: str) -> str:
    """Choose a photo for a place of the guide, see it go up and stand there; return its address."""
    seen: list[str] = []
    page.expose_function("noteProgress", lambda line: seen.append(line))
    page.evaluate(
        """() => new MutationObserver(() => {
            const bar = document.querySelector("progress");
            if (bar) noteProgress(bar.getAttribute("aria-label") + " " + bar.closest("li").innerText);
        }).observe(document.querySelector("main"), {subtree: true, childList: true, attributes: true})"""
    )
    page.locator(f"#{slot}-file").set_input_files(path)
    row = page.locator(f"#{slot} [data-file]")
    expect(row).to_have_count(1)
    name = Path(path).name
    expect(page.locator("[data-part=said]")).to_contain_text(name)
    assert any(name in line and "%" in line for line in seen), seen
    assert shows(row.locator("img"))
    looked_at(page)
    return str(row.locator("a").get_attribute("href"))


def shows(picture: Locator) -> bool:
    """Say whether a picture of the page was really drawn."""
    picture.scroll_into_view_if_needed()
    return bool(picture.evaluate("image => image.decode().then(() => image.naturalWidth > 20)"))
