"""A merchant's pledge: six clauses, the payment it promises, and when it is due.

"缺一罚十" is a trader's own promise, not a statute. A promise on quantity, price or liability made in
notices or publicity must be kept toward buyers (消费者权益保护法实施条例, 国务院令第778号, 第十二条).

| kind | pays, on top of the refund |
|---|---|
| multiple_of_shortage_value | factor x the value of what was missing |
| multiple_of_price | factor x the price paid |
| fixed | a fixed sum |
| make_up | what was missing, in goods or money; nothing more where the law already gives the refund |

A floor lifts and a cap limits the payment. Default trigger: over the statutory deviation (facts 12).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum
from typing import Any

from portal.rules.errors import InputRefused
from portal.rules.messages import Message, say
from portal.rules.pledge_clauses import CLAUSES as CLAUSES
from portal.rules.pledge_clauses import CLAUSES_VERSION as CLAUSES_VERSION
from portal.rules.pledge_clauses import LEGAL_BASIS as LEGAL_BASIS
from portal.rules.pledge_clauses import Clause as Clause
from portal.rules.pledge_clauses import LegalBasis as LegalBasis
from portal.rules.settings import value_of
from portal.rules.verification import add_months

LARGEST_FACTOR = 1_000
LARGEST_FEN = 10_000_000_00


class PledgeKind(str, Enum):
    """How the promised payment is reckoned."""

    MULTIPLE_OF_SHORTAGE_VALUE = "multiple_of_shortage_value"
    MULTIPLE_OF_PRICE = "multiple_of_price"
    FIXED = "fixed"
    MAKE_UP = "make_up"


class PledgeTrigger(str, Enum):
    """What makes the promised payment due."""

    OVER_DEVIATION = "over_deviation"
    ANY_SHORTAGE = "any_shortage"


class ClauseOutcome(str, Enum):
    """What became of a clause in one case."""

    KEPT = "kept"
    BROKEN = "broken"
    IN_DISPUTE = "in_dispute"


MULTIPLES = (PledgeKind.MULTIPLE_OF_SHORTAGE_VALUE, PledgeKind.MULTIPLE_OF_PRICE)


@dataclass(frozen=True, kw_only=True)
class PledgeTerms:
    """What a merchant promises to pay; money in fen, answers in working days, payments in days."""

    kind: PledgeKind = PledgeKind.MULTIPLE_OF_SHORTAGE_VALUE
    factor: int = 0
    floor_fen: int = 0
    cap_fen: int | None = None
    fixed_fen: int = 0
    trigger: PledgeTrigger = PledgeTrigger.OVER_DEVIATION
    free_reweigh: bool = True
    response_days: int = 5
    payment_days: int = 7
    joins_advance: bool = False

    def __post_init__(self) -> None:
        """Refuse terms that promise nothing or contradict themselves."""
        _check_terms(self)

    def as_dict(self) -> dict[str, Any]:
        """Return the terms as plain values for a database or an export."""
        return asdict(self) | {"kind": self.kind.value, "trigger": self.trigger.value}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> PledgeTerms:
        """Return the terms stored by `as_dict`."""
        return cls(
            **{**stored, "kind": PledgeKind(stored["kind"]), "trigger": PledgeTrigger(stored["trigger"])}
        )


def _check_terms(terms: PledgeTerms) -> None:
    if terms.kind in MULTIPLES and not 1 <= terms.factor <= LARGEST_FACTOR:
        raise InputRefused(
            say("The factor must be between 1 and %(largest_count)s.", largest_count=LARGEST_FACTOR)
        )
    if terms.kind is PledgeKind.FIXED and terms.fixed_fen <= 0:
        raise InputRefused(say("A fixed payment needs an amount above zero."))
    amounts = (terms.floor_fen, terms.fixed_fen, terms.cap_fen or 0)
    if min(amounts) < 0 or max(amounts) > LARGEST_FEN:
        raise InputRefused(
            say("The amount must be between zero and %(largest_fen)s.", largest_fen=LARGEST_FEN)
        )
    if terms.cap_fen is not None and terms.cap_fen < max(terms.floor_fen, 1):
        raise InputRefused(say("The most a pledge pays cannot be less than the least it pays."))
    if min(terms.response_days, terms.payment_days) < 1:
        raise InputRefused(say("Give at least one day."))


def is_triggered(terms: PledgeTerms, *, shortage_mg: int, is_over: bool) -> bool:
    """Return whether the pledge pays for this shortage (mg); no shortage never triggers one."""
    if shortage_mg <= 0:
        return False
    return is_over or terms.trigger is PledgeTrigger.ANY_SHORTAGE


def payout_fen(terms: PledgeTerms, *, shortage_value_fen: int, price_fen: int) -> int:
    """Return what a triggered pledge pays in fen, floor and cap applied.

    For `make_up` this is the value to make good, not something on top of it.
    """
    amount_fen = {
        PledgeKind.MULTIPLE_OF_SHORTAGE_VALUE: terms.factor * shortage_value_fen,
        PledgeKind.MULTIPLE_OF_PRICE: terms.factor * price_fen,
        PledgeKind.FIXED: terms.fixed_fen,
        PledgeKind.MAKE_UP: shortage_value_fen,
    }[terms.kind]
    lifted_fen = max(terms.floor_fen, amount_fen)
    return lifted_fen if terms.cap_fen is None else min(lifted_fen, terms.cap_fen)


# The usual promises, as people say them.
SPOKEN_FACTORS = {
    2: say("Two for one"),
    3: say("Three for one"),
    5: say("Five for one"),
    10: say("Ten for one"),
}


def headline(terms: PledgeTerms) -> Message:
    """Return the pledge in a few words, such as 缺一罚十."""
    if terms.kind is PledgeKind.MULTIPLE_OF_SHORTAGE_VALUE:
        return SPOKEN_FACTORS.get(terms.factor) or say("%(factor_count)s for one", factor_count=terms.factor)
    if terms.kind is PledgeKind.MULTIPLE_OF_PRICE:
        return say("%(factor_count)s times the price", factor_count=terms.factor)
    if terms.kind is PledgeKind.FIXED:
        return say("%(fixed_fen)s for a shortage", fixed_fen=terms.fixed_fen)
    return say("What is missing is made up")


def describe(terms: PledgeTerms) -> tuple[Message, ...]:
    """Return the pledge as plain sentences, in reading order."""
    return (
        _payment_sentence(terms),
        *_bounds_sentences(terms),
        _trigger_sentence(terms),
        *_service_sentences(terms),
    )


def _payment_sentence(terms: PledgeTerms) -> Message:
    name = headline(terms)
    if terms.kind is PledgeKind.MULTIPLE_OF_SHORTAGE_VALUE:
        return say(
            "%(name)s: we pay %(factor_count)s times the value of what was missing, on top of the refund.",
            name=name,
            factor_count=terms.factor,
        )
    if terms.kind is PledgeKind.MULTIPLE_OF_PRICE:
        return say(
            "%(name)s: we pay %(factor_count)s times the price of the goods, on top of the refund.",
            name=name,
            factor_count=terms.factor,
        )
    if terms.kind is PledgeKind.FIXED:
        return say("%(name)s: we pay this sum on top of the refund.", name=name)
    return say("%(name)s: we hand over what was missing, or its value.", name=name)


def _bounds_sentences(terms: PledgeTerms) -> tuple[Message, ...]:
    floor = (say("We pay at least %(floor_fen)s.", floor_fen=terms.floor_fen),) if terms.floor_fen else ()
    cap = () if terms.cap_fen is None else (say("We pay at most %(cap_fen)s.", cap_fen=terms.cap_fen),)
    return floor + cap


def _trigger_sentence(terms: PledgeTerms) -> Message:
    if terms.trigger is PledgeTrigger.ANY_SHORTAGE:
        return say("We pay for any shortage, even within the permitted deviation.")
    return say("We pay when the shortage is over the permitted deviation.")


def _service_sentences(terms: PledgeTerms) -> tuple[Message, ...]:
    reweigh = (say("We re-weigh for free when asked."),) if terms.free_reweigh else ()
    advance = (
        (say("We take part in advance payment: the fund may pay you first and recover it from us."),)
        if terms.joins_advance
        else ()
    )
    return (
        *reweigh,
        say(
            "We answer within %(response_days)s working days and pay within %(payment_days)s days.",
            response_days=terms.response_days,
            payment_days=terms.payment_days,
        ),
        *advance,
    )


def is_in_force(valid_from_on: date, valid_to_on: date | None, withdrawn_on: date | None, on: date) -> bool:
    """Return whether a pledge binds on a day; its last day counts, the day of withdrawal does not."""
    if on < valid_from_on or (valid_to_on is not None and on > valid_to_on):
        return False
    return withdrawn_on is None or on < withdrawn_on


def default_end_on(valid_from_on: date) -> date:
    """Return the last day of a pledge that names none."""
    return add_months(valid_from_on, value_of("pledge_months", valid_from_on))


def check_term(valid_from_on: date, valid_to_on: date) -> None:
    """Refuse a pledge that ends before it starts or runs longer than our default allows."""
    if valid_to_on < valid_from_on:
        raise InputRefused(say("The pledge cannot end before it starts."))
    longest_months = value_of("pledge_longest_months", valid_from_on)
    if valid_to_on > add_months(valid_from_on, longest_months):
        raise InputRefused(
            say("A pledge may run for at most %(longest_count)s months.", longest_count=longest_months)
        )


def content_hash(
    merchant_number: str,
    terms: PledgeTerms,
    *,
    valid_from_on: date,
    valid_to_on: date,
    clauses_version: str = CLAUSES_VERSION,
) -> str:
    """Return the SHA-256 (hex) of a pledge's canonical JSON, so that a changed word is seen."""
    content = {
        "clauses": clauses_version,
        "merchant": merchant_number,
        "terms": terms.as_dict(),
        "valid_from": valid_from_on.isoformat(),
        "valid_to": valid_to_on.isoformat(),
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
