"""Queries: everything the public may know of one merchant, gathered for its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.accounts import queries as account_queries
from portal.accounts.models import Office
from portal.merchants import queries
from portal.merchants.finding import NO_BASIS
from portal.merchants.models import Market, Merchant, PledgeVersion
from portal.merchants.queries import ResponseFigures
from portal.records import queries as record_queries
from portal.records.models import PublicRecord
from portal.records.presenting import sentence_of
from portal.rules import regions
from portal.rules.credit import CreditAnswer, CreditStatus, status_of
from portal.rules.credit_file import InstrumentFact, RecordFact, counting, instruments_in
from portal.rules.messages import Message
from portal.rules.pledge import CLAUSES, LEGAL_BASIS, Clause, LegalBasis, PledgeTerms, describe, headline
from portal.rules.publication import RecordKind
from portal.rules.sectors import Sector
from portal.rules.verification import InstrumentKind

SHOWN_RECORDS = 10
# What was decided and paid; instruments and pledges have their own place on the page.
DECIDED = (
    RecordKind.FINDING,
    RecordKind.COMPLAINT_OUTCOME,
    RecordKind.COMPENSATION,
    RecordKind.OVERDUE_PAYMENT,
    RecordKind.ADVANCE_PAYMENT,
    RecordKind.PENALTY,
    RecordKind.STATUTORY_LISTING,
    RecordKind.WARNING,
    RecordKind.WARNING_LIFTED,
    RecordKind.REPAIR,
    RecordKind.AWARD,
    RecordKind.AWARD_WITHDRAWAL,
    RecordKind.INSPECTION,
    RecordKind.CORRECTION,
)


@dataclass(frozen=True)
class InstrumentRow:
    """One instrument as its records tell it."""

    fact: InstrumentFact
    kind: InstrumentKind | None
    model: str
    place: str
    verified_on: date | None


@dataclass(frozen=True)
class RecordRow:
    """A decision or a payment with its sentence."""

    record: PublicRecord
    sentence: Message


@dataclass(frozen=True)
class PledgeText:
    """One version of a pledge with its terms read."""

    version: PledgeVersion
    headline: Message
    sentences: tuple[Message, ...]
    clauses: tuple[Clause, ...]
    last_on: date
    is_in_force: bool
    is_to_come: bool


@dataclass(frozen=True)
class MerchantFile:
    """A merchant's page; `answer` is worked out from the records on this very day."""

    merchant: Merchant
    market: Market | None
    region_names: tuple[str, ...]
    sector: Sector
    answer: CreditAnswer
    is_warned: bool
    lead: Message | None
    pledge: PledgeText | None
    earlier_pledges: tuple[PledgeVersion, ...]
    instruments: tuple[InstrumentRow, ...]
    records: tuple[RecordRow, ...]
    paid_count: int
    figures: ResponseFigures
    has_figures: bool
    office: Office | None
    asked_on: date


@dataclass(frozen=True)
class PledgeFile:
    """One version of a pledge, its clauses and its neighbours."""

    merchant: Merchant
    text: PledgeText
    legal_basis: LegalBasis
    versions: tuple[PledgeVersion, ...]


def merchant_file(merchant: Merchant, *, today: date) -> MerchantFile:
    """Return what the public may know of a merchant on a day."""
    facts = record_queries.record_facts(merchant.number, today=today)
    decided = record_queries.records_of(merchant.number, kinds=DECIDED, today=today, limit=SHOWN_RECORDS)
    answer = status_of(facts, today)
    version = queries.pledge_on(merchant.id, today)
    figures = queries.response_figures(merchant.id, today)
    paid_count = sum(fact.kind is RecordKind.COMPENSATION for fact in facts)
    return MerchantFile(
        merchant=merchant,
        market=queries.market_by_id(merchant.market_id),
        region_names=tuple(region.name for region in regions.path(merchant.region_code)),
        sector=Sector(merchant.sector),
        answer=answer,
        is_warned=answer.status is CreditStatus.WARNING,
        lead=NO_BASIS if answer.status is CreditStatus.NO_BASIS else None,
        pledge=_text(version, today) if version else None,
        earlier_pledges=tuple(row for row in queries.pledge_versions(merchant.id) if row is not version),
        instruments=_instruments(facts, today),
        records=tuple(RecordRow(record, sentence_of(record)) for record in decided),
        paid_count=paid_count,
        figures=figures,
        has_figures=bool(paid_count or figures.answers_due_count or figures.complaints_closed_count),
        office=account_queries.office_for(merchant.region_code),
        asked_on=today,
    )


def pledge_file(merchant: Merchant, version_no: int, *, today: date) -> PledgeFile | None:
    """Return one version of a merchant's pledge, or None when there is no such version."""
    version = queries.pledge_version(merchant.id, version_no)
    if version is None:
        return None
    return PledgeFile(
        merchant=merchant,
        text=_text(version, today),
        legal_basis=LEGAL_BASIS,
        versions=tuple(queries.pledge_versions(merchant.id)),
    )


def _text(version: PledgeVersion, today: date) -> PledgeText:
    terms = PledgeTerms.from_dict(version.terms)
    return PledgeText(
        version=version,
        headline=headline(terms),
        sentences=describe(terms),
        clauses=tuple(clause for clause in CLAUSES if clause.id in set(version.clauses)),
        last_on=queries.last_day_of(version),
        is_in_force=queries.is_in_force(version, today),
        is_to_come=version.withdrawn_at is None
        and today < version.valid_from_on <= queries.last_day_of(version),
    )


def _instruments(facts: list[RecordFact], today: date) -> tuple[InstrumentRow, ...]:
    file = counting(facts, today)
    described = {str(r.facts.get("instrument")): r.facts for r in file.of(RecordKind.INSTRUMENT)}
    verified = {str(r.facts.get("instrument")): r.occurred_on for r in file.of(RecordKind.VERIFICATION)}
    return tuple(
        InstrumentRow(
            fact=fact,
            kind=_kind(described.get(fact.number, {}).get("kind")),
            model=str(described.get(fact.number, {}).get("model") or ""),
            place=str(described.get(fact.number, {}).get("location") or ""),
            verified_on=verified.get(fact.number),
        )
        for fact in instruments_in(file)
    )


def _kind(value: object) -> InstrumentKind | None:
    try:
        return InstrumentKind(str(value))
    except ValueError:
        return None
