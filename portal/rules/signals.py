"""What speaks for a closer look at why somebody complains (Order 121 Art. 17); a person weighs it.

Nothing follows from a signal by itself: no case is refused, sorted or held back for it (PIPL Art. 24).
Families share a phone, and somebody helps a whole street with their papers.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.rules.settings import value_of

# A number belongs to one person: a second name is enough to look.
ID_NUMBER_NAMES = 2
CHINA = "86"
MOBILE_DIGITS = 11


class SignalKind(str, enum.Enum):
    """What stands out among the filings of an office."""

    SAME_PHONE = "same_phone"
    SAME_ADDRESS = "same_address"
    SAME_ID_NUMBER = "same_id_number"
    MANY_FILINGS = "many_filings"
    MANY_ABOUT_MERCHANT = "many_about_merchant"
    MANY_ABOUT_GOODS = "many_about_goods"


@dataclass(frozen=True)
class OtherFiling:
    """Another filing under a name, by what it has in common with the one looked at."""

    case_number: str
    name: str
    filed_on: date
    has_same_phone: bool = False
    has_same_address: bool = False
    has_same_id_number: bool = False
    is_about_same_merchant: bool = False
    is_about_same_goods: bool = False


@dataclass(frozen=True)
class SignalFacts:
    """A filing's name (none where it was filed without one), its day, and the others like it."""

    name: str | None
    filed_on: date
    others: tuple[OtherFiling, ...]


@dataclass(frozen=True)
class Signal:
    """One signal with the numbers of the other cases it was seen in, newest first."""

    kind: SignalKind
    case_numbers: tuple[str, ...]


def signals_in(facts: SignalFacts) -> tuple[Signal, ...]:
    """Return the signals for an officer to weigh; none of a filing without a name."""
    if not normal_name(facts.name):
        return ()
    others = sorted(facts.others, key=lambda other: (other.filed_on, other.case_number), reverse=True)
    found = [*_shared(facts, others), *_repeated(facts, others)]
    return tuple(
        Signal(kind, tuple(one.case_number for one in seen))
        for kind, seen, count, least in found
        if count >= least
    )


def _shared(
    facts: SignalFacts, others: list[OtherFiling]
) -> list[tuple[SignalKind, list[OtherFiling], int, int]]:
    """Return what people of other names gave too, with the number of names and the least that counts."""
    least = {
        SignalKind.SAME_PHONE: value_of("signal_phone_names", facts.filed_on),
        SignalKind.SAME_ADDRESS: value_of("signal_address_names", facts.filed_on),
        SignalKind.SAME_ID_NUMBER: ID_NUMBER_NAMES,
    }
    shares: dict[SignalKind, Callable[[OtherFiling], bool]] = {
        SignalKind.SAME_PHONE: lambda other: other.has_same_phone,
        SignalKind.SAME_ADDRESS: lambda other: other.has_same_address,
        SignalKind.SAME_ID_NUMBER: lambda other: other.has_same_id_number,
    }
    name, rows = normal_name(facts.name), []
    for kind, is_shared in shares.items():
        seen = [one for one in others if is_shared(one) and normal_name(one.name) not in {"", name}]
        rows.append((kind, seen, 1 + len({normal_name(one.name) for one in seen}), least[kind]))
    return rows


def _repeated(
    facts: SignalFacts, others: list[OtherFiling]
) -> list[tuple[SignalKind, list[OtherFiling], int, int]]:
    """Return what the same filer sent within the window, with its number and the least that counts."""
    window_days = value_of("signal_window_days", facts.filed_on)
    own = [
        one
        for one in others
        if _is_same_filer(facts, one) and abs((facts.filed_on - one.filed_on).days) <= window_days
    ]
    merchant = [one for one in own if one.is_about_same_merchant]
    goods = [one for one in own if one.is_about_same_goods]
    least, least_alike = (
        value_of(name, facts.filed_on) for name in ("signal_filings_count", "signal_alike_filings_count")
    )
    return [
        (SignalKind.MANY_FILINGS, own, 1 + len(own), least),
        (SignalKind.MANY_ABOUT_MERCHANT, merchant, 1 + len(merchant), least_alike),
        (SignalKind.MANY_ABOUT_GOODS, goods, 1 + len(goods), least_alike),
    ]


def _is_same_filer(facts: SignalFacts, other: OtherFiling) -> bool:
    """Say whether the filer is the same: by the name and something beside it, for names repeat."""
    is_same_name = normal_name(other.name) == normal_name(facts.name)
    return is_same_name and (other.has_same_phone or other.has_same_address or other.has_same_id_number)


def normal_phone(text: str | None) -> str:
    """Return the digits of a phone however it was typed, a Chinese mobile without the country."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", text or "") if sign.isdecimal())
    bare = digits.removeprefix("00").removeprefix(CHINA)
    return bare if len(bare) == MOBILE_DIGITS and bare.startswith("1") else digits


def normal_address(text: str | None) -> str:
    """Return an address however it was typed: width, case, spaces and punctuation do not matter."""
    return "".join(s for s in unicodedata.normalize("NFKC", text or "").casefold() if s.isalnum())


def normal_name(text: str | None) -> str:
    """Return a name however it was typed."""
    return normal_address(text)
