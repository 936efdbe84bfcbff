"""What a shortage owes: by law, by the merchant's pledge, and only if fraud is established.

| basis | amount | when | source |
|---|---|---|---|
| refund | unit price x shortage | over the deviation | 消费者权益保护法 第48条第1款第6项, 第52条 |
| pledge / make_up | what the pledge says | its own trigger | 消费者权益保护法实施条例 第12条 |
| fraud_if_established | 3 x price, at least 500 yuan | only shown | 消费者权益保护法 第55条第1款 |

Within the deviation the law gives nothing. A shortage that cannot be proved owes nothing yet; its lines are
shown as conditional. Money is integer fen, mass integer mg, and rounding happens once, in `price_fen`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from portal.rules.capitals import amount_in_capitals as amount_in_capitals
from portal.rules.errors import ClaimExceedsShortage, InputRefused
from portal.rules.messages import Message, say
from portal.rules.pledge import PledgeKind, PledgeTerms, headline, is_triggered, payout_fen

DATA = Path(__file__).parent / "data"
MG_PER_KG = 1_000_000


class Basis(str, Enum):
    """Why a line of money is owed."""

    MAKE_UP = "make_up"
    REFUND = "refund"
    PLEDGE = "pledge"
    FRAUD_IF_ESTABLISHED = "fraud_if_established"


@dataclass(frozen=True)
class LawRow:
    """A legal basis with its numbers and the days it is in force."""

    id: str
    source: str
    source_en: str
    article: str
    article_en: str
    effective_from: date
    confidence: str
    effective_to: date | None = None
    factor: int = 0
    minimum_fen: int = 0


@dataclass(frozen=True)
class Line:
    """One sum with its reason; a conditional one is shown, not owed."""

    basis: Basis
    amount_fen: int
    is_conditional: bool
    source: str
    article: str
    reason: Message
    source_en: str = ""
    article_en: str = ""
    confidence: str = ""

    @property
    def is_reference_only(self) -> bool:
        """Say whether the rule behind this was not verified and must be shown as such."""
        return self.confidence == "R"

    def as_dict(self) -> dict[str, Any]:
        """Return the line as plain values; the reason as its text and values."""
        reason = {"text": self.reason.text, "values": _plain(self.reason.values)}
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "reason"}
        return fields | {"basis": self.basis.value, "reason": reason}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Line:
        """Return the line stored by `as_dict`."""
        reason = Message(stored["reason"]["text"], _revived(stored["reason"]["values"]))
        return cls(**{**stored, "basis": Basis(stored["basis"]), "reason": reason})


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: {"text": value.text, "values": _plain(value.values)} if isinstance(value, Message) else value
        for name, value in values.items()
    }


def _revived(values: Mapping[str, Any]) -> dict[str, object]:
    return {
        name: Message(value["text"], _revived(value["values"])) if isinstance(value, dict) else value
        for name, value in values.items()
    }


@dataclass(frozen=True)
class Owed:
    """Everything one weighing owes or might owe, with the numbers it was reckoned from."""

    lines: tuple[Line, ...]
    price_fen: int
    shortage_mg: int
    shortage_value_fen: int
    on: date

    @property
    def total_fen(self) -> int:
        """The sum that is owed without any further condition, in fen."""
        return sum(line.amount_fen for line in self.lines if not line.is_conditional)

    def as_dict(self) -> dict[str, Any]:
        """Return a frozen copy of the calculation for a claim."""
        return {
            **{name: getattr(self, name) for name in ("price_fen", "shortage_mg", "shortage_value_fen")},
            "lines": [line.as_dict() for line in self.lines],
            "on": self.on.isoformat(),
            "total_fen": self.total_fen,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Owed:
        """Return the calculation stored by `as_dict`."""
        return cls(
            lines=tuple(Line.from_dict(line) for line in stored["lines"]),
            price_fen=stored["price_fen"],
            shortage_mg=stored["shortage_mg"],
            shortage_value_fen=stored["shortage_value_fen"],
            on=date.fromisoformat(stored["on"]),
        )


@cache
def law_rows() -> tuple[LawRow, ...]:
    """Return every legal basis in the data file."""
    with (DATA / "compensation.toml").open("rb") as file:
        return tuple(LawRow(**row) for row in tomllib.load(file)["basis"])


def law_on(id: str, on: date) -> LawRow | None:
    """Return the legal basis in force on a day, or None."""
    return next((row for row in law_rows() if row.id == id and is_in_force(row, on)), None)


def is_in_force(row: LawRow, on: date) -> bool:
    """Return whether a legal basis holds on a day; its last day counts."""
    return row.effective_from <= on and (row.effective_to is None or on <= row.effective_to)


def price_fen(unit_price_fen_per_kg: int, mass_mg: int) -> int:
    """Return the price of a mass in fen, rounded half up: the one place where money is rounded."""
    return (unit_price_fen_per_kg * mass_mg + MG_PER_KG // 2) // MG_PER_KG


def refund_fen(unit_price_fen_per_kg: int, *, settled_mg: int, reweighed_mg: int) -> int:
    """Return the value of what was missing in fen; nothing when nothing was missing."""
    return price_fen(unit_price_fen_per_kg, max(0, settled_mg - reweighed_mg))


def fraud_fen(price_paid_fen: int, law: LawRow) -> int:
    """Return what may be claimed if fraud is established: a multiple of the price with a minimum."""
    return max(law.minimum_fen, law.factor * price_paid_fen)


def owed_for(
    *,
    unit_price_fen_per_kg: int,
    settled_mg: int,
    reweighed_mg: int,
    is_over: bool,
    terms: PledgeTerms | None,
    on: date,
    is_provable: bool = True,
) -> Owed:
    """Return what one weighing owes on a day.

    `is_over` says the shortage is over the permitted deviation; `is_provable=False` says this check
    cannot decide, so that every line is only what would be owed if the shortage were shown.
    """
    if unit_price_fen_per_kg < 0 or settled_mg <= 0 or reweighed_mg < 0:
        raise InputRefused(say("Price and weights cannot be negative, and the settled weight not zero."))
    shortage_mg = max(0, settled_mg - reweighed_mg)
    facts = Owed(
        lines=(),
        price_fen=price_fen(unit_price_fen_per_kg, settled_mg),
        shortage_mg=shortage_mg,
        shortage_value_fen=refund_fen(
            unit_price_fen_per_kg, settled_mg=settled_mg, reweighed_mg=reweighed_mg
        ),
        on=on,
    )
    if shortage_mg == 0:
        return facts
    lines = _lines(facts, is_over=is_over, is_provable=is_provable, terms=terms)
    return Owed(lines, facts.price_fen, facts.shortage_mg, facts.shortage_value_fen, on)


def _lines(facts: Owed, *, is_over: bool, is_provable: bool, terms: PledgeTerms | None) -> tuple[Line, ...]:
    counts_as_over = is_over or not is_provable
    refund = _refund_line(facts, is_conditional=not is_provable) if counts_as_over else None
    pledge = None
    if terms and is_triggered(terms, shortage_mg=facts.shortage_mg, is_over=counts_as_over):
        refunded_fen = refund.amount_fen if refund else 0
        pledge = _pledge_line(facts, terms, refunded_fen=refunded_fen, is_conditional=not is_provable)
    fraud = _fraud_line(facts) if is_over and is_provable else None
    return tuple(line for line in (refund, pledge, fraud) if line)


def _line(basis: Basis, amount_fen: int, is_conditional: bool, law: LawRow, reason: Message) -> Line:
    return Line(
        basis=basis,
        amount_fen=amount_fen,
        is_conditional=is_conditional,
        source=law.source,
        article=law.article,
        reason=reason,
        source_en=law.source_en,
        article_en=law.article_en,
        confidence=law.confidence,
    )


def _law_or_refuse(id: str, on: date) -> LawRow:
    law = law_on(id, on)
    if law is None:
        raise InputRefused(say("No rule on compensation is kept for %(bought_on)s.", bought_on=on))
    return law


def _refund_line(facts: Owed, *, is_conditional: bool) -> Line:
    reason = (
        say(
            "If the shortage is shown, %(shortage_mg)s is made up or refunded.", shortage_mg=facts.shortage_mg
        )
        if is_conditional
        else say(
            "%(shortage_mg)s was missing: it is made up or refunded, as the buyer chooses.",
            shortage_mg=facts.shortage_mg,
        )
    )
    law = _law_or_refuse("refund", facts.on)
    return _line(Basis.REFUND, facts.shortage_value_fen, is_conditional, law, reason)


def _pledge_line(facts: Owed, terms: PledgeTerms, *, refunded_fen: int, is_conditional: bool) -> Line | None:
    amount_fen = payout_fen(terms, shortage_value_fen=facts.shortage_value_fen, price_fen=facts.price_fen)
    is_make_up = terms.kind is PledgeKind.MAKE_UP
    added_fen = max(0, amount_fen - refunded_fen) if is_make_up else amount_fen
    if added_fen == 0:
        return None
    reason = (
        say("If the shortage is shown, the merchant's pledge adds: %(name)s.", name=headline(terms))
        if is_conditional
        else say("The merchant's pledge adds: %(name)s.", name=headline(terms))
    )
    law = _law_or_refuse("pledge", facts.on)
    return _line(Basis.MAKE_UP if is_make_up else Basis.PLEDGE, added_fen, is_conditional, law, reason)


def _fraud_line(facts: Owed) -> Line:
    law = _law_or_refuse("fraud_if_established", facts.on)
    reason = say(
        "Only if the authority or a court finds fraud: %(factor_count)s times the price paid, at least "
        "%(minimum_fen)s.",
        factor_count=law.factor,
        minimum_fen=law.minimum_fen,
    )
    return _line(Basis.FRAUD_IF_ESTABLISHED, fraud_fen(facts.price_fen, law), True, law, reason)


def check_claim(amount_fen: int, owed: Owed, officer_reason: str = "") -> None:
    """Refuse a claim above what is owed, unless the officer gives a written reason."""
    if amount_fen <= 0:
        raise InputRefused(say("The amount must be above zero."))
    if amount_fen > owed.total_fen and not officer_reason.strip():
        raise ClaimExceedsShortage(
            say(
                "%(amount_fen)s is more than the %(owed_fen)s that is owed. Give a reason or lower it.",
                amount_fen=amount_fen,
                owed_fen=owed.total_fen,
            )
        )
