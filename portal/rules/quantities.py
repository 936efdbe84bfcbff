"""What people type for a weight, a unit price or an amount, turned into exact whole numbers.

Legal units are 克 and 千克; 斤 (500 g) and 两 (50 g) are understood as input help and never
printed (非法定计量单位限制使用管理办法, SAMR Order 90). Nothing is rounded: what cannot be kept
exactly is refused, with a sentence that says what to type instead.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from typing import NoReturn

from portal.rules.errors import InputRefused
from portal.rules.messages import say

LEAST_MASS_MG = 1
MOST_MASS_MG = 100_000 * 1_000_000
LEAST_PRICE_FEN_PER_KG = 1
MOST_PRICE_FEN_PER_KG = 1_000_000_000
LEAST_AMOUNT_FEN = 1
MOST_AMOUNT_FEN = 1_000_000_000
LONGEST_TEXT = 40


class MassUnit(str, Enum):
    """A unit a weight or a unit price may be typed in."""

    G = "unit_g"
    KG = "unit_kg"
    JIN = "unit_jin"
    LIANG = "unit_liang"


MASS_UNIT_MG = {
    MassUnit.G: 1_000,
    MassUnit.KG: 1_000_000,
    MassUnit.JIN: 500_000,
    MassUnit.LIANG: 50_000,
}

MASS_WORDS_MG = {
    "毫克": 1,
    "mg": 1,
    "克": 1_000,
    "g": 1_000,
    "千克": 1_000_000,
    "公斤": 1_000_000,
    "kg": 1_000_000,
    "斤": 500_000,
    "市斤": 500_000,
    "两": 50_000,
    "市两": 50_000,
}

NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
_PART = re.compile(rf"({NUMBER.pattern})\s*([^\W\d_]+)")
_PRICE = re.compile(
    rf"¥?\s*(?P<number>{NUMBER.pattern})\s*(?:元|块钱|块|yuan|rmb|cny)?"
    rf"(?:\s*(?:/|每|一|per)?\s*(?P<count>[0-9]{{1,4}})?\s*(?P<unit>[^\W\d_]+))?"
)
_AMOUNT = re.compile(rf"¥?\s*(?P<number>{NUMBER.pattern})\s*(?:元|块钱|块|yuan|rmb|cny)?")


def parse_mass_mg(text: str, unit: MassUnit) -> int:
    """Return a typed weight in mg; a unit inside the text ("2斤") wins over the selected one."""
    typed = cleaned_number(text)
    mass_mg = _in_parts(typed) if _PART.match(typed) else _number(typed) * MASS_UNIT_MG[unit]
    if mass_mg.denominator != 1:
        raise InputRefused(say("Please round the weight to %(step_mg)s.", step_mg=1))
    if not LEAST_MASS_MG <= mass_mg <= MOST_MASS_MG:
        raise InputRefused(
            say(
                "Please type a weight from %(least_mg)s to %(most_mg)s.",
                least_mg=LEAST_MASS_MG,
                most_mg=MOST_MASS_MG,
            )
        )
    return int(mass_mg)


def parse_price_fen_per_kg(text: str, unit: MassUnit) -> int:
    """Return a typed unit price in fen per kilogram; "4.5元/斤" wins over the selected unit."""
    typed = cleaned_number(text)
    found = _PRICE.fullmatch(typed)
    if not found:
        refuse_number(typed)
    fen = _whole_fen(Fraction(found["number"]))
    per_mg = MASS_UNIT_MG[unit]
    if found["unit"]:
        per_mg = int(found["count"] or 1) * _unit_mg(found["unit"])
    price = Fraction(fen * MASS_UNIT_MG[MassUnit.KG], per_mg or 1)
    if per_mg == 0 or price.denominator != 1:
        raise InputRefused(say("Please type the price per kilogram, per 500 g or per 100 g."))
    if not LEAST_PRICE_FEN_PER_KG <= price <= MOST_PRICE_FEN_PER_KG:
        raise InputRefused(
            say(
                "Please type a unit price from %(least_fen_per_kg)s to %(most_fen_per_kg)s.",
                least_fen_per_kg=LEAST_PRICE_FEN_PER_KG,
                most_fen_per_kg=MOST_PRICE_FEN_PER_KG,
            )
        )
    return int(price)


def parse_amount_fen(text: str) -> int:
    """Return a typed amount of money in fen."""
    typed = cleaned_number(text)
    found = _AMOUNT.fullmatch(typed)
    if not found:
        refuse_number(typed)
    amount_fen = _whole_fen(Fraction(found["number"]))
    if not LEAST_AMOUNT_FEN <= amount_fen <= MOST_AMOUNT_FEN:
        raise InputRefused(
            say(
                "Please type an amount from %(least_fen)s to %(most_fen)s.",
                least_fen=LEAST_AMOUNT_FEN,
                most_fen=MOST_AMOUNT_FEN,
            )
        )
    return amount_fen


def cleaned_number(text: str) -> str:
    """Make full-width characters plain and refuse what could be read in two ways."""
    typed = unicodedata.normalize("NFKC", text).strip().casefold().replace("。", ".")
    if not typed:
        raise InputRefused(say("Please type a number, for example 1.5."))
    if len(typed) > LONGEST_TEXT:
        raise InputRefused(say("Please type a short number, for example 1.5."))
    if "," in typed or "、" in typed:
        raise InputRefused(say("A comma can be read in two ways. Please type 1.5 or 1500, without a comma."))
    if typed[0] in "-−–—":
        raise InputRefused(say("Please type a number greater than zero."))
    return typed


def _number(typed: str) -> Fraction:
    if not NUMBER.fullmatch(typed):
        refuse_number(typed)
    return Fraction(typed)


def refuse_number(typed: str) -> NoReturn:
    """Raise InputRefused for a text that is no number."""
    raise InputRefused(
        say("%(typed)s cannot be read as a number. Please type digits, for example 1.5.", typed=typed)
    )


def _in_parts(typed: str) -> Fraction:
    """Add up parts such as "1斤2两": units grow smaller, only the last part has decimals."""
    if _PART.sub("", typed).strip():
        refuse_number(typed)
    parts = [(Fraction(number), _unit_mg(word)) for number, word in _PART.findall(typed)]
    sizes = [size for _, size in parts]
    is_falling = all(larger > smaller for larger, smaller in pairwise(sizes))
    if not is_falling or any(number.denominator != 1 for number, _ in parts[:-1]):
        refuse_number(typed)
    return sum((number * size for number, size in parts), Fraction(0))


def _unit_mg(word: str) -> int:
    if word not in MASS_WORDS_MG:
        raise InputRefused(
            say("We do not know the unit %(typed)s. Please use 克, 千克, 公斤, 斤, 两, g or kg.", typed=word)
        )
    return MASS_WORDS_MG[word]


def _whole_fen(yuan: Fraction) -> int:
    fen = yuan * 100
    if fen.denominator != 1:
        raise InputRefused(say("Please type at most two decimals of a yuan, for example 3.58."))
    return int(fen)
