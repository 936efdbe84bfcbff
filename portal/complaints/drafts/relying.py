"""Queries: which promise of a merchant a complaint relies on, in the words of that version of its pledge."""

from __future__ import annotations

from dataclasses import dataclass

from portal.merchants.models import PledgeVersion
from portal.rules.messages import Message
from portal.rules.pledge import PledgeTerms, describe, headline
from portal.rules.pledge_clauses import CLAUSES

# The promise of an amount, beside the six clauses of the commitment.
PROMISED_AMOUNT = "promised_amount"


@dataclass(frozen=True)
class Promise:
    """One thing a complaint may rely on, and its details where it has any."""

    id: str
    words: Message
    details: tuple[Message, ...] = ()


def promises_of(pledge: PledgeVersion | None) -> tuple[Promise, ...]:
    """Return what may be relied on in a version of a pledge: its amount, then the clauses it holds."""
    if pledge is None:
        return ()
    terms = PledgeTerms.from_dict(pledge.terms)
    held = set(pledge.clauses or ())
    amount = Promise(PROMISED_AMOUNT, headline(terms), describe(terms)[:1])
    return (
        amount,
        *(Promise(one.id, one.message) for one in CLAUSES if not held or one.id in held),
    )


def promise_relied_on(pledge: PledgeVersion | None, chosen: str) -> Promise | None:
    """Return the promise chosen, None where none was, or this version does not hold it."""
    return next((one for one in promises_of(pledge) if one.id == chosen), None)
