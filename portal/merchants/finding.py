"""Queries: the front page's search for merchants, with the counts beside each filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from portal.merchants import queries
from portal.merchants.models import Merchant
from portal.merchants.standing import KIND
from portal.rules.credit import CreditStatus, Reason
from portal.rules.messages import Message, say
from portal.rules.pledge import PledgeTerms, headline
from portal.search.queries import SearchAnswer, SearchRequest, find

PER_PAGE = 20
NO_BASIS = say("The records say too little for a status: that is neither good nor bad.")
FACETS = ("region", "sector", "status", "pledge")


@dataclass(frozen=True)
class Wanted:
    """What a visitor asks for; `filters` holds the chosen values by facet."""

    words: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1

    @property
    def is_everything(self) -> bool:
        """Say whether nothing narrows the list."""
        return not self.words and not any(self.filters.values())


@dataclass(frozen=True)
class Card:
    """A merchant in the list, with what a shopper wants to know first."""

    merchant: Merchant
    sentence: Message
    pledge: Message | None


@dataclass(frozen=True)
class Found:
    """A page of the list; `pages` is at least 1, `first` and `last` count from 1."""

    cards: tuple[Card, ...]
    total: int
    is_exact: bool
    page: int
    pages: int
    facets: Mapping[str, Mapping[str, int]]
    suggestions: tuple[str, ...]

    @property
    def first(self) -> int:
        """Return the place of the first card in the whole list."""
        return (self.page - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """Return the place of the last card in the whole list."""
        return self.first + len(self.cards) - 1


def find_merchants(wanted: Wanted, *, today: date) -> Found:
    """Return the page asked for; a page past the end gives the last one."""
    answer = find(_request(wanted, today))
    pages = max(1, -(-answer.total // PER_PAGE))
    if wanted.page > pages:
        return find_merchants(replace(wanted, page=pages), today=today)
    return Found(
        cards=_cards(answer, today),
        total=answer.total,
        is_exact=answer.is_exact,
        page=wanted.page,
        pages=pages,
        facets={name: _counts(answer, name) for name in FACETS},
        suggestions=tuple(answer.suggestions),
    )


def _request(wanted: Wanted, today: date) -> SearchRequest:
    return SearchRequest(
        kind=KIND,
        words=wanted.words,
        filters={name: values for name, values in wanted.filters.items() if values},
        sort=wanted.sort,
        page=wanted.page,
        per_page=PER_PAGE,
        today=today,
    )


def _counts(answer: SearchAnswer, name: str) -> dict[str, int]:
    return {row.value: row.count for row in answer.facets.get(name, ())}


def _cards(answer: SearchAnswer, today: date) -> tuple[Card, ...]:
    merchants = queries.merchants_by_numbers(answer.keys)
    pledges = queries.pledges_in_force((merchant.id for merchant in merchants), today)
    return tuple(
        Card(
            merchant,
            lead_sentence(merchant.credit_status, queries.stored_reasons(merchant)),
            headline(PledgeTerms.from_dict(pledges[merchant.id].terms)) if merchant.id in pledges else None,
        )
        for merchant in merchants
    )


def lead_sentence(status: CreditStatus, reasons: tuple[Reason, ...]) -> Message:
    """Return why a merchant has its status, in one sentence; no basis is said to be neither good nor bad."""
    if status is CreditStatus.NO_BASIS or not reasons:
        return NO_BASIS
    return reasons[0].message
