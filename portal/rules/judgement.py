"""What a check found, with the rule it used, so that it can be shown and re-checked years later."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum
from typing import Any

from portal.rules import metrology_terms
from portal.rules.book import Confidence, Rule, weakest
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import Basis, DecidedBy, GoodsGroup, Quantity, Verdict

SNAPSHOT_FORMAT = 1

_TERMS: dict[str, type[Enum]] = {
    name: term
    for name, term in inspect.getmembers(metrology_terms, inspect.isclass)
    if issubclass(term, Enum) and term is not Enum
}


@dataclass(frozen=True)
class RetailRow:
    """A row of Order 66's annexes, with the deviation it gives for the weight at hand (mg)."""

    annex_no: int
    row_no: int
    groups: tuple[GoodsGroup, ...]
    price_over_fen_per_kg: int | None
    price_to_fen_per_kg: int | None
    limit_mg: int | None


@dataclass(frozen=True)
class Judgement:
    """A verdict with its grounds; `limit` and `shortage` are in the smallest unit of `quantity`.

    `limit` is None where no deviation is prescribed and none could be worked out.
    The two rows and `deciding` are set for retail weighings only.
    """

    verdict: Verdict
    quantity: Quantity
    limit: int | None
    shortage: int
    rule_id: str
    edition: str
    basis: Basis
    source: str
    source_en: str
    article: str
    article_en: str
    confidence: Confidence
    inputs: Mapping[str, Any]
    reasons: tuple[Message, ...]
    row_by_name: RetailRow | None = None
    row_by_price: RetailRow | None = None
    deciding: DecidedBy | None = None

    @property
    def is_reference_only(self) -> bool:
        """Say whether a number behind this was not verified and must be shown as such."""
        return self.confidence is Confidence.R

    @property
    def deciding_row(self) -> RetailRow | None:
        """Return the row that decided, or None where the retail table does not."""
        rows = {DecidedBy.NAME: self.row_by_name, DecidedBy.PRICE: self.row_by_price}
        return rows.get(self.deciding) if self.deciding else None

    @property
    def rows_disagree(self) -> bool:
        """Say whether the goods' name and the price lead to different rows."""
        if self.row_by_name is None or self.row_by_price is None:
            return False
        return self.row_by_name != self.row_by_price

    @property
    def shortage_amount(self) -> Message:
        """Return the shortage as a message that a page prints with its unit."""
        return amount(self.quantity, self.shortage)

    @property
    def limit_amount(self) -> Message | None:
        """Return the permitted deviation as a message with its unit, or None."""
        return None if self.limit is None else amount(self.quantity, self.limit)

    def snapshot(self) -> dict[str, Any]:
        """Return everything needed to show and re-check this verdict, ready for JSON."""
        record: dict[str, Any] = {"format": SNAPSHOT_FORMAT}
        record |= {field: _plain(getattr(self, field)) for field in _PLAIN_FIELDS}
        record["inputs"] = dict(self.inputs)
        record["reasons"] = [_packed(reason) for reason in self.reasons]
        record["row_by_name"] = _packed_row(self.row_by_name)
        record["row_by_price"] = _packed_row(self.row_by_price)
        return record


RetailJudgement = Judgement

_PLAIN_FIELDS = (
    "verdict",
    "quantity",
    "limit",
    "shortage",
    "rule_id",
    "edition",
    "basis",
    "source",
    "source_en",
    "article",
    "article_en",
    "confidence",
    "deciding",
)


def judgement_from_snapshot(record: Mapping[str, Any]) -> Judgement:
    """Rebuild the judgement a snapshot was taken of; ValueError for an unknown format."""
    if record.get("format") != SNAPSHOT_FORMAT:
        raise ValueError(f"snapshot format {record.get('format')!r} is not {SNAPSHOT_FORMAT}")
    plain = {field: record[field] for field in _PLAIN_FIELDS}
    return Judgement(
        **plain
        | {
            "verdict": Verdict(record["verdict"]),
            "quantity": Quantity(record["quantity"]),
            "basis": Basis(record["basis"]),
            "confidence": Confidence(record["confidence"]),
            "deciding": DecidedBy(record["deciding"]) if record["deciding"] else None,
            "inputs": dict(record["inputs"]),
            "reasons": tuple(_unpacked(reason) for reason in record["reasons"]),
            "row_by_name": _unpacked_row(record["row_by_name"]),
            "row_by_price": _unpacked_row(record["row_by_price"]),
        }
    )


def judged(
    verdict: Verdict,
    *,
    quantity: Quantity,
    limit: int | None,
    shortage: int,
    rule: Rule,
    basis: Basis,
    inputs: Mapping[str, Any],
    reasons: list[Message],
    confidence: Confidence | None = None,
    row_by_name: RetailRow | None = None,
    row_by_price: RetailRow | None = None,
    deciding: DecidedBy | None = None,
) -> Judgement:
    """Make a judgement under one rule; a number that was not verified is said last."""
    mark = rule.confidence if confidence is None else weakest(confidence, rule.confidence)
    if mark is Confidence.R:
        reasons = [*reasons, say("This is a reference value, not verified against the official text.")]
    return Judgement(
        verdict=verdict,
        quantity=quantity,
        limit=limit,
        shortage=shortage,
        rule_id=rule.id,
        edition=rule.edition,
        basis=basis,
        source=rule.source,
        source_en=rule.source_en,
        article=rule.article,
        article_en=rule.article_en,
        confidence=mark,
        inputs=inputs,
        reasons=tuple(reasons),
        row_by_name=row_by_name,
        row_by_price=row_by_price,
        deciding=deciding,
    )


def amount(quantity: Quantity, value: int) -> Message:
    """Return a quantity in its smallest unit as a message that prints itself with a legal unit."""
    amounts = {
        Quantity.MASS: say("%(amount_mg)s", amount_mg=value),
        Quantity.VOLUME: say("%(amount_ul)s", amount_ul=value),
        Quantity.LENGTH: say("%(amount_um)s", amount_um=value),
        Quantity.AREA: say("%(amount_mm2)s", amount_mm2=value),
        Quantity.COUNT: say("%(amount_count)s pcs", amount_count=value),
        Quantity.DISTANCE: say("%(amount_m)s", amount_m=value),
        Quantity.ENERGY: say("%(amount_wh)s", amount_wh=value),
    }
    return amounts[quantity]


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _packed(value: object) -> object:
    """Turn a message and what it holds into JSON; enums and dates keep their kind."""
    if isinstance(value, Message):
        return {"text": value.text, "values": {key: _packed(inner) for key, inner in value.values.items()}}
    if isinstance(value, Enum):
        return {"term": type(value).__name__, "value": value.value}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "term" in value:
        return _TERMS[value["term"]](value["value"])
    if "date" in value:
        return date.fromisoformat(value["date"])
    return Message(value["text"], {key: _unpacked(inner) for key, inner in value["values"].items()})


def _packed_row(row: RetailRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return asdict(row) | {"groups": [group.value for group in row.groups]}


def _unpacked_row(record: Mapping[str, Any] | None) -> RetailRow | None:
    if record is None:
        return None
    groups = tuple(GoodsGroup(group) for group in record["groups"])
    return RetailRow(**{**record, "groups": groups})
