"""Queries: which merchant a shopper means, by name, by market and stall, or by the code on its sign."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.base.db import db
from portal.instruments.queries import instrument_by_number
from portal.merchants.models import Market, Merchant
from portal.merchants.queries import merchant_by_number, merchants_by_numbers
from portal.merchants.standing import KIND
from portal.search.queries import SearchRequest, find

MOST_SHOWN = 10
_NUMBER = re.compile(r"\b([A-Z0-9]{6,20})\b")


@dataclass(frozen=True)
class MerchantFound:
    """The merchants that may be meant, and how many more there are."""

    merchants: tuple[Merchant, ...]
    more_count: int = 0


def merchants_found(asked: Mapping[str, str], *, today: date) -> MerchantFound:
    """Return the merchants a code, a market with a stall, or words lead to; keys code, market, stall, q."""
    if asked.get("code"):
        return _by_code(asked["code"])
    if asked.get("market") or asked.get("stall"):
        return _by_stall(asked.get("market", ""), asked.get("stall", ""))
    answer = find(SearchRequest(kind=KIND, words=asked.get("q", ""), per_page=MOST_SHOWN, today=today))
    return MerchantFound(tuple(merchants_by_numbers(answer.keys)), max(0, answer.total - len(answer.keys)))


def _by_code(text: str) -> MerchantFound:
    """Read a merchant's or a scale's number out of what a sign's code says, a whole address included."""
    plain = unicodedata.normalize("NFKC", text).upper()
    for number in reversed(_NUMBER.findall(plain)):
        instrument = instrument_by_number(number)
        merchant = (
            db.session.get(Merchant, instrument.merchant_id) if instrument else merchant_by_number(number)
        )
        if merchant is not None:
            return MerchantFound((merchant,))
    return MerchantFound(())


def _by_stall(market: str, stall: str) -> MerchantFound:
    query = (
        select(Merchant)
        .join(Market, Merchant.market_id == Market.id)
        .order_by(Merchant.stall_no, Merchant.id)
    )
    if market:
        query = query.where(Market.name.icontains(market, autoescape=True))
    rows = db.session.scalars(query.limit(2000)).all() if market else []
    found = [one for one in rows if not stall or _plain(one.stall_no or "") == _plain(stall)]
    found = found or [one for one in rows if _plain(stall) in _plain(one.stall_no or "")]
    return MerchantFound(tuple(found[:MOST_SHOWN]), max(0, len(found) - MOST_SHOWN))


def _plain(stall: str) -> str:
    """Return a stall's number without spaces, dashes and the words around it (“A-12号摊位” is A12)."""
    text = unicodedata.normalize("NFKC", stall).upper()
    return re.sub(r"[\s\-—_.#]|号|摊位|摊|铺|档", "", text)
