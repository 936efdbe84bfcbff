"""Actions: what follows for a merchant from its public records: status, reasons, its place in the search."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.base.clock import day_of
from portal.base.labels import label_in
from portal.merchants import queries
from portal.merchants.models import Merchant
from portal.records import actions as record_actions
from portal.records import queries as record_queries
from portal.records.actions import RecordDraft
from portal.records.models import PublicRecord
from portal.rules import regions
from portal.rules.credit import Reason, RecordFact, status_of
from portal.rules.messages import Message
from portal.rules.pledge import PledgeTerms
from portal.rules.publication import RecordKind
from portal.rules.sectors import Sector
from portal.rules.verification import InstrumentStatus
from portal.search import actions as search_actions

KIND = "merchant"
SEARCHED_SCOPE = 600
LANGUAGES = ("zh_Hans_CN", "en")


def publish_about(
    merchant: Merchant,
    kind: RecordKind,
    facts: Mapping[str, Any],
    *,
    occurred_on: date,
    now: datetime,
    visible_until: date | None = None,
    replaces: str | None = None,
) -> PublicRecord:
    """Publish a record about a merchant and bring its standing up to date, in one transaction."""
    draft = RecordDraft(
        kind=kind,
        merchant_number=merchant.number,
        merchant_name=merchant.name,
        region_code=merchant.region_code,
        sector=merchant.sector,
        occurred_on=occurred_on,
        facts=dict(facts),
        visible_until=visible_until,
        replaces=replaces,
    )
    record = record_actions.publish(draft, now=now)
    refresh_standing(merchant, today=day_of(now))
    return record


def refresh_standing(merchant: Merchant, *, today: date) -> None:
    """Work out a merchant's status again and keep it for lists and filters."""
    records = record_queries.record_facts(merchant.number, today=today)
    answer = status_of(records, today)
    merchant.credit_status = answer.status
    merchant.credit_reasons = [_packed_reason(reason) for reason in answer.reasons]
    merchant.standing_on = today if records else None
    merchant.last_verified_on = _last_verified_on(records)
    _put_document(merchant, today)


def _last_verified_on(records: list[RecordFact]) -> date | None:
    return max((r.occurred_on for r in records if r.kind is RecordKind.VERIFICATION), default=None)


def _put_document(merchant: Merchant, today: date) -> None:
    path = regions.path(merchant.region_code)
    market = queries.market_by_id(merchant.market_id)
    place = [region.name for region in path] + [merchant.address]
    place += [market.name, market.address] if market else []
    sector_words = [label_in(language, Sector(merchant.sector)) for language in LANGUAGES]
    text = [
        merchant.category,
        *sector_words,
        merchant.scope[:SEARCHED_SCOPE],
        merchant.number,
        merchant.uscc or "",
    ]
    search_actions.put_document(
        KIND,
        merchant.number,
        name=" ".join(filter(None, (merchant.name, merchant.trade_name))),
        place=" ".join(filter(None, [*place, merchant.stall_no])),
        text=" ".join(filter(None, text)),
        facets={
            "region": [region.code for region in path],
            "sector": [merchant.sector],
            "status": [merchant.credit_status.value],
            "pledge": _pledge_values(merchant, today),
            "date": merchant.last_verified_on.toordinal() if merchant.last_verified_on else 0,
        },
    )


def _pledge_values(merchant: Merchant, today: date) -> list[str]:
    """Return what a filter may ask of the pledge in force: that there is one, its kind, advance payment."""
    version = queries.pledge_on(merchant.id, today)
    if version is None:
        return []
    terms = PledgeTerms.from_dict(version.terms)
    return ["in_force", terms.kind.value, *(["joins_advance"] if terms.joins_advance else [])]


def _packed_reason(reason: Reason) -> dict[str, Any]:
    return {
        "message": _packed(reason.message),
        "record": reason.record_number,
        "ends_on": reason.ends_on.isoformat() if reason.ends_on else None,
        "repair": _packed(reason.repair) if reason.repair else None,
        "level": reason.level.value,
    }


def _packed(message: Message) -> dict[str, Any]:
    return {
        "text": message.text,
        "values": {key: _packed_value(value) for key, value in message.values.items()},
    }


def _packed_value(value: object) -> object:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, InstrumentStatus):
        return {"instrument_status": value.value}
    return value
