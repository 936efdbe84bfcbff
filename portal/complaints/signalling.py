"""Queries: other filings with the same phone, address or ID number, for an officer to weigh.

They are found by keyed hashes, within the regions the officer reaches; filings without a name are
never looked up nor found, and the other case of the same filing is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import joinedload

from portal.base import crypto
from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints.filing import ADDRESS, PHONE
from portal.complaints.models import Case, Filing
from portal.rules.signals import (
    OtherFiling,
    Signal,
    SignalFacts,
    normal_address,
    normal_phone,
    signals_in,
)

# The newest so many are compared; more would not tell an officer more.
MOST_COMPARED = 500


def signals_of(case: Case, *, region_prefixes: Sequence[str]) -> tuple[Signal, ...]:
    """Return what stands out about a case's filer among the cases of some regions."""
    filing = case.filing
    if not filing.name:
        return ()
    seen: dict[int, OtherFiling] = {}
    for other in _alike(filing, region_prefixes):
        seen.setdefault(other.filing_id, _compared(filing, other))
    return signals_in(SignalFacts(filing.name, day_of(filing.filed_at), tuple(seen.values())))


def _alike(filing: Filing, region_prefixes: Sequence[str]) -> Sequence[Case]:
    """Return the cases of other filings that share something of who filed, the newest, 投诉 first."""
    reach = [Case.region_code.startswith(prefix) for prefix in region_prefixes]
    query = (
        select(Case)
        .join(Case.filing)
        .where(Filing.id != filing.id, Filing.name.is_not(None))
        .where(or_(false(), *_shares(filing)), or_(false(), *reach))
        .options(joinedload(Case.filing))
    )
    newest = query.order_by(Filing.id.desc(), Case.track).limit(MOST_COMPARED)
    return db.session.scalars(newest).all()


def _shares(filing: Filing) -> list[ColumnElement[bool]]:
    shares: list[ColumnElement[bool]] = []
    if phone := normal_phone(filing.phone):
        shares.append(Filing.phone_hash.in_(crypto.keyed_hashes(PHONE, phone)))
    if address := normal_address(filing.address):
        shares.append(Filing.address_hash.in_(crypto.keyed_hashes(ADDRESS, address)))
    if filing.id_number_hash:
        shares.append(Filing.id_number_hash == filing.id_number_hash)
    return shares


def _compared(filing: Filing, case: Case) -> OtherFiling:
    other = case.filing
    phone, address = normal_phone(filing.phone), normal_address(filing.address)
    return OtherFiling(
        case_number=case.number,
        name=other.name or "",
        filed_on=day_of(other.filed_at),
        has_same_phone=bool(phone) and normal_phone(other.phone) == phone,
        has_same_address=bool(address) and normal_address(other.address) == address,
        has_same_id_number=bool(filing.id_number_hash) and other.id_number_hash == filing.id_number_hash,
        is_about_same_merchant=filing.merchant_id is not None and other.merchant_id == filing.merchant_id,
        is_about_same_goods=other.goods == filing.goods,
    )
