"""Actions: stored files, put before the transaction that speaks of them and removed after it.

A file is sealed, synced and renamed before `store` returns. One that fell between store and
commit is unreferenced, and swept away an hour later (`evidence_jobs`).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from portal.base import files


def store(*contents: bytes) -> list[str]:
    """Seal each and return the keys, or none: what was stored before one failed is taken away again."""
    keys: list[str] = []
    try:
        for data in contents:
            keys.append(files.seal(data))
    except BaseException:
        remove_stored(keys)
        raise
    return keys


def remove_stored(keys: Iterable[str]) -> None:
    """Remove stored files after the commit; what the store cannot do now is left to the sweep."""
    for key in keys:
        with suppress(files.StoreFault):
            files.remove(key)
