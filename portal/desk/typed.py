"""What an officer types, as whole numbers, and what the filer told, as an officer would type it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.base.cleaning import MOST_REGIONS, Region
from portal.complaints.models import Case
from portal.rules.errors import InputRefused
from portal.rules.messages import say
from portal.rules.metrology import AccuracyClass
from portal.rules.quantities import MassUnit, parse_amount_fen, parse_mass_mg, parse_price_fen_per_kg

REGION_FIELDS = ("left", "top", "right", "bottom")
NOTHING = ("0", "0.0", "0.00")


def amount_of(text: str) -> int:
    """Return a typed amount in fen; nothing is an amount too, where both sides agree on none."""
    return 0 if text.strip() in NOTHING else parse_amount_fen(text)


def price_of(text: str) -> int:
    """Return a typed price in fen per kilogram."""
    return parse_price_fen_per_kg(text, MassUnit.KG)


def kilograms_of(text: str) -> int:
    """Return a typed weight in mg; a bare number counts kilograms."""
    return parse_mass_mg(text, MassUnit.KG)


def grams_of(text: str) -> int:
    """Return a typed weight in mg; a bare number counts grams."""
    return parse_mass_mg(text, MassUnit.G)


def regions_of(typed: MultiDict[str, str]) -> list[Region]:
    """Return the typed rectangles, in percent of the picture; rows left empty count as none.

    Raises InputRefused for a row that is not whole.
    """
    columns = [typed.getlist(name) for name in REGION_FIELDS]
    rows = [row for row in zip_longest(*columns, fillvalue="") if any(cell.strip() for cell in row)]
    return [_region(row) for row in rows[: MOST_REGIONS + 1]]


def _region(cells: Sequence[str]) -> Region:
    try:
        left, top, right, bottom = (
            float(unicodedata.normalize("NFKC", cell).strip().removesuffix("%")) / 100 for cell in cells
        )
    except ValueError as fault:
        raise InputRefused(
            say("Each row needs four numbers from 0 to 100: left, top, right and bottom edge in percent.")
        ) from fault
    return Region(left, top, right, bottom)


def told_by(case: Case) -> dict[str, Any]:
    """Return what the filer told, as the fields of a finding begin."""
    filing = case.filing
    return {
        "goods": filing.goods,
        "goods_group": filing.goods_group or "",
        "unit_price": _decimal(filing.unit_price_fen_per_kg, 100),
        "settled": _decimal(filing.settled_mg, 1_000_000),
        "accuracy": AccuracyClass.III.value,
    }


def _decimal(value: int | None, per: int) -> str:
    if value is None:
        return ""
    digits = len(str(per)) - 1
    whole, rest = divmod(value, per)
    return f"{whole}.{rest:0{digits}d}".rstrip("0").rstrip(".")
