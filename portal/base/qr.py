"""QR codes as inline SVG: drawn here, without a style attribute or a stranger's service."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """Return a text as a QR code to put into a page; dark on light whatever the theme."""
    drawn = segno.make(text, error="m", micro=False)
    return Markup(  # noqa: S704  # segno draws shapes from the text and copies none of it
        drawn.svg_inline(dark="#000", light="#fff", border=4, omitsize=True, svgclass="fm-qr", lineclass=None)
    )
