"""A merchant's public records as the credit rule reads them.

What is read of each record; days are ISO dates, `?` marks a key that may be missing. Kinds not named are
not read.

| kind | keys of `facts` |
|---|---|
| PLEDGE | valid_from, valid_to? |
| PLEDGE_WITHDRAWAL | pledge (the pledge's record number) |
| FINDING | verdict ("over" counts) |
| PENALTY | matter ("metrology" counts), until? |
| OVERDUE_PAYMENT | claim, settled_on? |
| ADVANCE_PAYMENT | claim, recover_by?, recovered_on? |
| COMPENSATION | claim, paid_on, settles? (record number of the overdue or advance payment) |
| WARNING | valid_until? |
| WARNING_LIFTED | warning (record number) |
| STATUTORY_LISTING | list ("serious" counts), until? |
| REPAIR | repairs (record number of a finding, penalty or listing) |
| AWARD | valid_until? |
| AWARD_WITHDRAWAL | award (record number) |
| INSTRUMENT | instrument, state? ("in_use", "out_of_use", "replaced"), filed?, compulsory? |
| VERIFICATION | instrument, result ("passed", "failed"), valid_until?, compulsory?, has_term?, basis? |
| CORRECTION | voids (record number that no longer counts) |

`basis` "self_calibration" is not read for a compulsory instrument (计量法 第九条). Give each record once, in
its newest version. A record counts from `occurred_on` through `visible_until`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.rules.pledge import is_in_force
from portal.rules.publication import RecordKind, day_of
from portal.rules.settings import value_of
from portal.rules.verification import InstrumentStatus, VerificationResult, add_months, status_on


@dataclass(frozen=True)
class RecordFact:
    """One public record as the rule reads it; `facts` holds plain JSON values."""

    kind: RecordKind
    number: str
    merchant_number: str
    occurred_on: date
    visible_until: date | None
    facts: Mapping[str, Any] = field(hash=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        return {
            "kind": self.kind.value,
            "number": self.number,
            "merchant_number": self.merchant_number,
            "occurred_on": self.occurred_on.isoformat(),
            "visible_until": self.visible_until and self.visible_until.isoformat(),
            "facts": dict(self.facts),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> RecordFact:
        """Return the record written by `as_dict`, for instance from an export."""
        occurred_on = day_of(stored["occurred_on"])
        if occurred_on is None:
            raise ValueError("occurred_on")
        return cls(
            kind=RecordKind(stored["kind"]),
            number=stored["number"],
            merchant_number=stored["merchant_number"],
            occurred_on=occurred_on,
            visible_until=day_of(stored.get("visible_until")),
            facts=stored["facts"],
        )


@dataclass(frozen=True)
class CreditFile:
    """The records that count today."""

    records: tuple[RecordFact, ...]
    today: date

    def of(self, *kinds: RecordKind) -> list[RecordFact]:
        """Return the records of some kinds, oldest first."""
        return [record for record in self.records if record.kind in kinds]

    def named_by(self, kind: RecordKind, key: str) -> set[str]:
        """Return what the records of a kind name under a key."""
        return {str(record.facts[key]) for record in self.of(kind) if record.facts.get(key)}


@dataclass(frozen=True)
class InstrumentFact:
    """One instrument with its status today and the record that decides it."""

    number: str
    status: InstrumentStatus
    is_compulsory: bool
    record_number: str
    valid_until: date | None


def counting(records: Iterable[RecordFact], today: date) -> CreditFile:
    """Return the records that count on a day, oldest first: published, still visible, not voided."""
    visible = [
        record
        for record in records
        if record.occurred_on <= today and (record.visible_until is None or today <= record.visible_until)
    ]
    voided = CreditFile(tuple(visible), today).named_by(RecordKind.CORRECTION, "voids")
    ordered = sorted(visible, key=lambda record: (record.occurred_on, record.number))
    return CreditFile(tuple(record for record in ordered if record.number not in voided), today)


def breaches_in(file: CreditFile) -> list[tuple[RecordFact, date]]:
    """Return each proven breach that still counts with its last day, repaired or not."""
    found = [
        (record, _breach_end(record))
        for record in file.of(RecordKind.FINDING, RecordKind.PENALTY)
        if record.facts.get("verdict") == "over" or record.facts.get("matter") == "metrology"
    ]
    return [(record, ends_on) for record, ends_on in found if file.today <= ends_on]


def _breach_end(record: RecordFact) -> date:
    window_end = add_months(record.occurred_on, value_of("credit_window_months", record.occurred_on))
    if record.kind is RecordKind.FINDING:
        return window_end
    return day_of(record.facts.get("until")) or record.visible_until or window_end


def unpaid_in(file: CreditFile) -> list[RecordFact]:
    """Return what the merchant still owes past its day, to a buyer or a fund."""
    payments = file.of(RecordKind.COMPENSATION)
    paid_claims = {
        str(payment.facts.get("claim", "")) for payment in payments if payment.facts.get("paid_on")
    }
    settled = file.named_by(RecordKind.COMPENSATION, "settles")
    return [
        record
        for record in file.of(RecordKind.OVERDUE_PAYMENT, RecordKind.ADVANCE_PAYMENT)
        if record.number not in settled
        and str(record.facts.get("claim") or record.number) not in paid_claims
        and _is_due(record, file.today)
    ]


def _is_due(record: RecordFact, today: date) -> bool:
    if record.kind is RecordKind.OVERDUE_PAYMENT:
        return not record.facts.get("settled_on")
    recover_by = day_of(record.facts.get("recover_by"))
    return recover_by is not None and recover_by < today and not record.facts.get("recovered_on")


def instruments_in(file: CreditFile) -> list[InstrumentFact]:
    """Return each instrument with its status today."""
    numbers = {
        str(record.facts["instrument"])
        for record in file.of(RecordKind.INSTRUMENT, RecordKind.VERIFICATION)
        if record.facts.get("instrument")
    }
    return [_instrument(file, number) for number in sorted(numbers)]


def _instrument(file: CreditFile, number: str) -> InstrumentFact:
    entries = [
        record for record in file.of(RecordKind.INSTRUMENT) if record.facts.get("instrument") == number
    ]
    checks = [
        record for record in file.of(RecordKind.VERIFICATION) if record.facts.get("instrument") == number
    ]
    described: dict[str, Any] = dict(entries[-1].facts) if entries else {}
    stated = [
        facts["compulsory"]
        for facts in (described, *(check.facts for check in checks))
        if "compulsory" in facts
    ]
    is_compulsory = bool(stated[0]) if stated else True
    if is_compulsory:
        checks = [record for record in checks if record.facts.get("basis") != "self_calibration"]
    checked = checks[-1] if checks else None
    checked_facts: Mapping[str, Any] = checked.facts if checked else {}
    valid_until = day_of(checked_facts.get("valid_until"))
    status = status_on(
        file.today,
        result=VerificationResult(checked_facts["result"]) if checked else None,
        valid_until=valid_until,
        is_filed=bool(described.get("filed", True)),
        is_in_use=described.get("state", "in_use") != "out_of_use",
        is_replaced=described.get("state") == "replaced",
        has_term=bool(checked_facts.get("has_term", True)),
    )
    record_number = checked.number if checked else next((entry.number for entry in reversed(entries)), "")
    return InstrumentFact(number, status, is_compulsory, record_number, valid_until)


def pledges_in(file: CreditFile) -> list[tuple[RecordFact, date | None, date | None]]:
    """Return each pledge with its last day and the day it was withdrawn."""
    withdrawn = {
        str(record.facts.get("pledge")): record.occurred_on
        for record in file.of(RecordKind.PLEDGE_WITHDRAWAL)
    }
    return [
        (record, day_of(record.facts.get("valid_to")), withdrawn.get(record.number))
        for record in file.of(RecordKind.PLEDGE)
    ]


def pledge_in_force_in(file: CreditFile) -> RecordFact | None:
    """Return the newest pledge in force today, or None."""
    in_force = [
        record
        for record, valid_to, withdrawn_on in pledges_in(file)
        if is_in_force(
            day_of(record.facts.get("valid_from")) or record.occurred_on, valid_to, withdrawn_on, file.today
        )
    ]
    return in_force[-1] if in_force else None
