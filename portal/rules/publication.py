"""What the public may read of a case, and for how long.

个人信息保护法 第25条 (no publication of personal data without consent), 第19条 (shortest time);
市场监督管理投诉举报处理办法 (Order 121) 第37至39条; 市场监督管理行政处罚信息公示规定
(Order 45 am. 101, 108); 信用修复管理办法 (Order 107).

Without the filer's consent there is no COMPLAINT_OUTCOME record, only counts. A finding and a payment are the
authority's and the merchant's own facts: they are published with the month instead of the day and without any
fact about the filer or the purchase. A filer's own words are never public.

| step | function |
|---|---|
| take the whitelisted facts of a case | `finding_facts`, `outcome_facts`, `compensation_facts` … |
| tell beforehand which these will be | `shown_of` |
| check them and set how long they show | `draft` (asks `assert_public`, `visible_until`) |
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from portal.rules.errors import RuleError
from portal.rules.messages import say
from portal.rules.redaction import Span as Span
from portal.rules.redaction import find_personal as find_personal
from portal.rules.redaction import has_personal_number
from portal.rules.redaction import mask_name as mask_name
from portal.rules.redaction import mask_phone as mask_phone
from portal.rules.redaction import redact as redact
from portal.rules.verification import add_months

DATA = Path(__file__).parent / "data"


class RecordKind(str, Enum):
    """Everything that becomes a public record."""

    PLEDGE = "pledge"
    PLEDGE_WITHDRAWAL = "pledge_withdrawal"
    COMPLAINT_OUTCOME = "complaint_outcome"
    FINDING = "finding"
    COMPENSATION = "compensation"
    OVERDUE_PAYMENT = "overdue_payment"
    ADVANCE_PAYMENT = "advance_payment"
    PENALTY = "penalty"
    STATUTORY_LISTING = "statutory_listing"
    AWARD = "award"
    AWARD_WITHDRAWAL = "award_withdrawal"
    WARNING = "warning"
    WARNING_LIFTED = "warning_lifted"
    REPAIR = "repair"
    INSTRUMENT = "instrument"
    VERIFICATION = "verification"
    INSPECTION = "inspection"
    DRAW = "draw"
    RISK_TIP = "risk_tip"
    CORRECTION = "correction"


class NotPublic(RuleError):
    """A fact that may not be published was about to be."""


@dataclass(frozen=True)
class Retention:
    """How long records of a kind show; zero months and zero cap mean without end."""

    kind: RecordKind
    keep_months: int
    longest_months: int
    confidence: str
    end_key: str = ""
    unknown_months: int = 0
    by_class: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Draft:
    """A checked record, ready for `records` to store and publish."""

    kind: RecordKind
    facts: dict[str, Any]
    occurred_on: date
    visible_until: date | None


@cache
def _file() -> Mapping[str, Any]:
    with (DATA / "publication.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def retentions() -> Mapping[RecordKind, Retention]:
    """Return how long each kind shows."""
    return {
        RecordKind(row["kind"]): Retention(**{**row, "kind": RecordKind(row["kind"])})
        for row in _file()["kind"]
    }


def day_of(value: object) -> date | None:
    """Return the day in a fact: a date, an ISO text, or None when there is none."""
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value)) if value else None


def visible_until(kind: RecordKind, facts: Mapping[str, Any], occurred_on: date) -> date | None:
    """Return the last day a record shows; None means without end.

    A record may name its `class` ("light", "general", "serious" for a penalty, "negative" for a spot check).
    """
    retention = retentions()[kind]
    if retention.longest_months == 0:
        return None
    end = day_of(facts.get(retention.end_key)) if retention.end_key else None
    if end is not None:
        return min(add_months(occurred_on, retention.longest_months), add_months(end, retention.keep_months))
    months = retention.unknown_months or retention.keep_months
    return add_months(occurred_on, (retention.by_class or {}).get(str(facts.get("class", "")), months))


def may_show_outcome(has_consent: bool) -> bool:
    """Return whether a complaint may become a record of its own; without consent it is only counted."""
    return has_consent


def public_on(day: date, *, has_consent: bool) -> date:
    """Return the day a record of a case bears: without consent only the month is told, as its first day."""
    return day if has_consent else day.replace(day=1)


def shown_of(kind: RecordKind, *, has_consent: bool) -> tuple[str, ...]:
    """Return the keys that a record made from a case may carry; one that is not known is left out of it."""
    if kind is RecordKind.COMPLAINT_OUTCOME and not may_show_outcome(has_consent):
        return ()
    keys = _file()["case_keys"][kind.value]
    return (*keys["always"], *(keys["consent"] if has_consent else ()))


def _whitelisted(kind: RecordKind, facts: Mapping[str, Any], *, has_consent: bool) -> dict[str, Any]:
    keys = _file()["case_keys"][kind.value]
    unknown = set(facts) - {*keys["always"], *keys["consent"]}
    if unknown:
        raise NotPublic(say("This fact may not be published: %(key)s.", key=min(unknown)))
    allowed = shown_of(kind, has_consent=has_consent)
    return {key: _json(value) for key, value in facts.items() if key in allowed and value is not None}


def _json(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def finding_facts(*, verdict: str, found_on: date, has_consent: bool, **facts: Any) -> dict[str, Any]:
    """Return the public facts of a finding.

    Keys: rule, edition, article, goods_class; with consent also found_on, case, goods,
    settled_mg, reweighed_mg, shortage_mg, limit_mg. Any other key raises `NotPublic`.
    """
    own = {"verdict": verdict, "found_on": found_on, "month": _month(found_on)}
    return _whitelisted(RecordKind.FINDING, own | facts, has_consent=has_consent)


def outcome_facts(*, outcome: str, closed_on: date, has_consent: bool, **facts: Any) -> dict[str, Any] | None:
    """Return the public facts of a closed complaint, or None without the filer's consent.

    Keys: case, sector, problem. Any other key raises.
    """
    if not may_show_outcome(has_consent):
        return None
    own = {"outcome": outcome, "closed_on": closed_on, "month": _month(closed_on)}
    return _whitelisted(RecordKind.COMPLAINT_OUTCOME, own | facts, has_consent=True)


def compensation_facts(
    *, claim: str, amount_fen: int, paid_on: date, has_consent: bool, **facts: Any
) -> dict[str, Any]:
    """Return the public facts of a payment by a merchant (fen); without consent its month, not its day.

    Keys: basis, settles (record number of the overdue payment), payer, on_time; with consent also case.
    """
    own = {"claim": claim, "amount_fen": amount_fen, "month": _month(paid_on)}
    dated = {"paid_on": public_on(paid_on, has_consent=has_consent)}
    return _whitelisted(RecordKind.COMPENSATION, own | dated | facts, has_consent=has_consent)


def overdue_facts(
    *,
    claim: str,
    amount_fen: int,
    due_on: date,
    has_consent: bool,
    **facts: Any,
) -> dict[str, Any]:
    """Return the public facts of a payment a merchant has not made in time (fen). With consent also: case."""
    own = {"claim": claim, "amount_fen": amount_fen, "month": _month(due_on)}
    dated = {"due_on": public_on(due_on, has_consent=has_consent)}
    return _whitelisted(RecordKind.OVERDUE_PAYMENT, own | dated | facts, has_consent=has_consent)


def advance_facts(
    *, claim: str, amount_fen: int, fund: str, paid_on: date, has_consent: bool, **facts: Any
) -> dict[str, Any]:
    """Return the public facts of an advance by a fund (fen). Keys: recover_by, recovered_on, case."""
    own = {"claim": claim, "amount_fen": amount_fen, "fund": fund, "month": _month(paid_on)}
    dated = {"paid_on": public_on(paid_on, has_consent=has_consent)}
    return _whitelisted(RecordKind.ADVANCE_PAYMENT, own | dated | facts, has_consent=has_consent)


def draft(kind: RecordKind, facts: Mapping[str, Any], occurred_on: date) -> Draft:
    """Return a checked record with its last day; raises `NotPublic` when a fact may not be shown."""
    assert_public(facts, kind)
    return Draft(kind, dict(facts), occurred_on, visible_until(kind, facts, occurred_on))


def assert_public(facts: Mapping[str, Any], kind: RecordKind | None = None) -> None:
    """Raise `NotPublic` when the facts hold a forbidden key or a personal pattern at any depth.

    For the kinds made from a case, only the whitelisted keys may stand.
    """
    if kind is not None and kind.value in _file()["case_keys"]:
        _whitelisted(kind, facts, has_consent=True)
    for key, value in _leaves(facts, ""):
        if isinstance(value, str) and not _is_clean(key, value):
            raise NotPublic(say("This text holds personal data and may not be published: %(key)s.", key=key))
        if isinstance(value, int) and not key.endswith(_units()) and has_personal_number(str(value)):
            raise NotPublic(say("This number may belong to a person: %(key)s.", key=key))


def _leaves(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _check_key(str(name))
            yield from _leaves(inner, str(name))
    elif isinstance(value, (list, tuple, set, frozenset)):
        for inner in value:
            yield from _leaves(inner, key)
    else:
        yield key, value


def _check_key(key: str) -> None:
    padded = f"_{key.lower()}_"
    if any(f"_{part}_" in padded for part in _file()["gate"]["forbidden_keys"]):
        raise NotPublic(say("This fact may not be published: %(key)s.", key=key))


def _units() -> tuple[str, ...]:
    return tuple(_file()["gate"]["unit_endings"])


CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:-]*")
DIGEST = re.compile(r"[0-9a-f]{32,128}")


def _is_clean(key: str, text: str) -> bool:
    if DIGEST.fullmatch(text):
        return True
    if CODE.fullmatch(text) and "@" not in text:
        return not has_personal_number(text)
    open_to = {kind for kind, keys in _file()["gate"]["open_keys"].items() if key in keys}
    return all(span.kind.value in open_to for span in find_personal(text))
