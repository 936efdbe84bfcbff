"""Defaults we chose where no law speaks: dated, marked as assumptions, shown as ours."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Setting:
    """One default with the day it starts to apply; the unit is the ending of its name."""

    name: str
    value: int
    effective_from: date
    confidence: str
    note: str


@cache
def settings() -> tuple[Setting, ...]:
    """Return every edition of every default, oldest first."""
    with (DATA / "settings.toml").open("rb") as file:
        rows = tomllib.load(file)["setting"]
    return tuple(sorted((Setting(**row) for row in rows), key=lambda row: (row.name, row.effective_from)))


def setting(name: str, on: date) -> Setting:
    """Return the default in force on a day; before its first edition, the first edition."""
    editions = [row for row in settings() if row.name == name]
    if not editions:
        raise KeyError(name)
    return next((row for row in reversed(editions) if row.effective_from <= on), editions[0])


def value_of(name: str, on: date) -> int:
    """Return the number of a default on a day, in the unit its name ends with."""
    return setting(name, on).value
