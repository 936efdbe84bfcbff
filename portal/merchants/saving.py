"""Actions: keep merchants and markets, once each however often they come in."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from portal.base.clock import day_of
from portal.base.crypto import CODE_ALPHABET
from portal.base.db import db
from portal.merchants import queries
from portal.merchants.models import Market, Merchant
from portal.merchants.standing import refresh_standing
from portal.rules.credit import CreditStatus
from portal.rules.credit_codes import credit_code
from portal.rules.errors import InputRefused
from portal.rules.messages import say
from portal.rules.sectors import Sector

NUMBER_SYMBOLS = 10


class Outcome(str, Enum):
    """What saving did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class MerchantData:
    """What is known of a merchant; None means "not told" and leaves what is there."""

    name: str
    address: str = ""
    region_code: str
    uscc: str | None = None
    sector: str | None = None
    local_id: str | None = None
    trade_name: str | None = None
    category: str | None = None
    scope: str | None = None
    legal_form: str | None = None
    registered_on: date | None = None
    market_id: int | None = None
    stall_no: str | None = None
    contact_phone: str | None = None


@dataclass(frozen=True, kw_only=True)
class MarketData:
    """What is known of a market; None means "not told"."""

    name: str
    region_code: str
    address: str | None = None
    organiser: str | None = None


@dataclass(frozen=True)
class Saved:
    """A merchant and what saving it did."""

    merchant: Merchant
    outcome: Outcome


TOLD = (
    "name",
    "address",
    "region_code",
    "uscc",
    "sector",
    "local_id",
    "trade_name",
    "category",
    "scope",
    "legal_form",
    "registered_on",
    "market_id",
    "stall_no",
    "contact_phone",
)
MOST = {
    "name": 200,
    "address": 300,
    "local_id": 60,
    "trade_name": 200,
    "category": 60,
    "stall_no": 40,
    "contact_phone": 40,
    "organiser": 200,
    "scope": 10_000,
    "legal_form": 60,
}


def save_merchant(data: MerchantData, *, now: datetime) -> Saved:
    """Add a merchant, or bring the one we have up to date; InputRefused when it cannot be used.

    The key is the credit code; without one, the name and address.
    """
    told = _told(data)
    key = place_key(told["name"], told["address"])
    merchant = _known(told.get("uscc"), key)
    if merchant is None:
        merchant = _added(told, key, now)
        refresh_standing(merchant, today=day_of(now))
        return Saved(merchant, Outcome.ADDED)
    if all(getattr(merchant, field) == value for field, value in told.items()):
        return Saved(merchant, Outcome.UNCHANGED)
    for field, value in told.items():
        setattr(merchant, field, value)
    merchant.place_key = key
    merchant.changed_at = now
    db.session.flush()
    refresh_standing(merchant, today=day_of(now))
    return Saved(merchant, Outcome.CHANGED)


def save_market(data: MarketData, *, now: datetime) -> Market:
    """Add a market, or bring the one of this name in this region up to date."""
    name = cleaned("name", data.name)
    if not name:
        raise InputRefused(say("A market needs a name."))
    key = f"{folded(name)}|{data.region_code}"
    market = queries.market_by_number(number_of("K", key))
    if market is None:
        market = Market(
            number=number_of("K", key),
            name=name,
            region_code=data.region_code,
            created_at=now,
            changed_at=now,
        )
        db.session.add(market)
    told = {"address": data.address, "organiser": data.organiser}
    for field, value in told.items():
        if value is not None and getattr(market, field) != (text := cleaned(field, value)):
            setattr(market, field, text)
            market.changed_at = now
    db.session.flush()
    return market


def number_of(letter: str, key: str) -> str:
    """Return a public number: a letter and ten symbols from the SHA-256 of the natural key."""
    rest = int(hashlib.sha256(key.encode()).hexdigest(), 16)
    symbols = []
    for _ in range(NUMBER_SYMBOLS):
        rest, index = divmod(rest, len(CODE_ALPHABET))
        symbols.append(CODE_ALPHABET[index])
    return letter + "".join(symbols)


def place_key(name: str, address: str) -> str:
    """Return the SHA-256 of a name and an address as one compares them."""
    return hashlib.sha256(f"{folded(name)}|{folded(address)}".encode()).hexdigest()


def folded(text: str) -> str:
    """Return a text as one compares it: NFKC, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def cleaned(field: str, text: str) -> str:
    """Return a text without invisible characters and doubled spaces; InputRefused when it is too long."""
    visible = "".join(" " if c in "\t\r\n" else c for c in text)
    visible = "".join(c for c in visible if not unicodedata.category(c).startswith("C"))
    result = " ".join(visible.split())
    if len(result) > MOST.get(field, 300):
        raise InputRefused(
            say("This text is longer than %(most_count)s characters.", most_count=MOST.get(field, 300))
        )
    return result


def _told(data: MerchantData) -> dict[str, Any]:
    told = {field: getattr(data, field) for field in TOLD if getattr(data, field) is not None}
    told |= {field: cleaned(field, told[field]) for field in MOST if field in told}
    if not told["name"]:
        raise InputRefused(say("A merchant needs a name."))
    if "uscc" in told:
        told["uscc"] = credit_code(told["uscc"])
    return told


def _known(uscc: str | None, key: str) -> Merchant | None:
    """Return the merchant we hold under this code, else one at this name and address that it may be."""
    if uscc is not None and (merchant := queries.merchant_by_uscc(uscc)):
        return merchant
    return queries.merchant_at(key, without_code=uscc is not None)


def _added(told: dict[str, Any], key: str, now: datetime) -> Merchant:
    merchant = Merchant(
        **{"sector": Sector.OTHER.value, **told},
        credit_status=CreditStatus.NO_BASIS,
        credit_reasons=[],
        number=_free_number(told.get("uscc") or key),
        place_key=key,
        created_at=now,
        changed_at=now,
    )
    db.session.add(merchant)
    db.session.flush()
    return merchant


def _free_number(key: str) -> str:
    """Return the number of a natural key; two keys with the same symbols are told apart by a suffix."""
    number, attempt = number_of("M", key), 0
    while queries.merchant_by_number(number) is not None:
        attempt += 1
        number = number_of("M", f"{key}#{attempt}")
    return number
