"""Queries: which merchant on the register an unlisted name may be, in the regions an office answers for."""

from __future__ import annotations

from datetime import date

from portal.complaints.drafts.finding import merchants_found
from portal.merchants.models import Merchant
from portal.merchants.queries import merchant_by_number, merchants_by_numbers
from portal.merchants.standing import KIND
from portal.search.queries import SearchRequest, find

MOST_OFFERED = 20
LONGEST_WORDS = 100


def merchants_that_may_be(words: str, *, region_prefixes: tuple[str, ...], today: date) -> list[Merchant]:
    """Return the merchants of some regions by number, else by name and place, the likeliest first."""
    wanted = words.strip()[:LONGEST_WORDS]
    if not wanted:
        return []
    by_number = [
        m for m in merchants_found({"code": wanted}, today=today).merchants if _is_in(m, region_prefixes)
    ]
    if by_number:
        return by_number
    regions = tuple(prefix.ljust(6, "0") for prefix in region_prefixes if prefix)
    answer = find(
        SearchRequest(
            kind=KIND,
            words=wanted,
            filters={"region": regions} if len(regions) == len(region_prefixes) else {},
            per_page=MOST_OFFERED,
            today=today,
        )
    )
    # Asked once more of the database, since the index may lag behind it.
    return [m for m in merchants_by_numbers(answer.keys) if _is_in(m, region_prefixes)]


def merchant_within(number: str, region_prefixes: tuple[str, ...]) -> Merchant | None:
    """Return a merchant by its number, or None where it lies elsewhere."""
    found = merchant_by_number(number)
    return found if found is not None and _is_in(found, region_prefixes) else None


def _is_in(merchant: Merchant, region_prefixes: tuple[str, ...]) -> bool:
    return merchant.region_code.startswith(region_prefixes)
