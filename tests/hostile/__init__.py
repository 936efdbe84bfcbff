"""Files that mean harm, or are broken, in families; made from a seed, never kept.

What must not survive the cleaning carries CANARY: metadata, hidden words,
scripts, and everything behind a picture's end.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.hostile import any_kind, bombs, documents, pictures
from tests.hostile.parts import CANARY, File

__all__ = ["CANARY", "FAMILIES", "hostile_files"]

FAMILIES: dict[str, Callable[[random.Random], Iterator[File]]] = {
    "truncated": any_kind.truncated,
    "flipped headers": any_kind.flipped_headers,
    "flipped bodies": any_kind.flipped_bodies,
    "declared bombs": bombs.declared_bombs,
    "real bombs": bombs.real_bombs,
    "text bombs": bombs.text_bombs,
    "wrong types": any_kind.wrong_types,
    "disguised": any_kind.disguised,
    "polyglots": any_kind.polyglots,
    "metadata": pictures.metadata,
    "colours": pictures.colours,
    "moving": pictures.moving,
    "tiny": any_kind.tiny,
    "wrong sizes": any_kind.wrong_sizes,
    "png chunks": pictures.png_chunks,
    "jpeg structure": pictures.jpeg_structure,
    "heic boxes": pictures.heic_boxes,
    "names": any_kind.names,
    "active documents": documents.active,
    "broken documents": documents.broken,
    "document bombs": documents.bombs,
}


def hostile_files(seed: int) -> Iterator[tuple[str, str, bytes]]:
    """Yield (family, name, bytes), the same for the same seed."""
    for family, make in FAMILIES.items():
        for name, data in make(random.Random(f"{seed} {family}")):
            yield family, name, data
