"""A merchant's credit status on a day, from its public records alone, with the reasons.

| first that applies | because of | until | repaired by |
|---|---|---|---|
| warning 失信警示 | a human decision; a listing on the serious list | its end | lifted; removed |
| watch 关注 | a proven shortage; a metrology penalty | 12 months; end of publicity | a repair record |
| | compensation overdue, or an advance not paid back | paid | paying |
| | an instrument failed, or a compulsory one overdue | verified again | verifying |
| | the pledge ended after a proven shortage | the shortage's end | a new pledge |
| demonstration 示范 | an award | its end | |
| trust 守信 | a pledge in force, an instrument in date, nothing proven in the window, nothing unpaid | | |
| no basis 未评 | none of these; neither good nor bad | | |

A complaint alone never counts; neither does a market's card (it has no record kind). The same function serves
the page, the command and everybody who recomputes a status from the open data.

Which keys of each record are read is written in `portal/rules/credit_file.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from portal.rules.credit_file import (
    CreditFile,
    InstrumentFact,
    breaches_in,
    counting,
    instruments_in,
    pledge_in_force_in,
    pledges_in,
    unpaid_in,
)
from portal.rules.credit_file import RecordFact as RecordFact
from portal.rules.messages import Message, say
from portal.rules.publication import RecordKind, day_of
from portal.rules.settings import value_of
from portal.rules.verification import IN_DATE, InstrumentStatus, add_months


class CreditStatus(str, Enum):
    """A merchant's standing; no basis is neither good nor bad."""

    DEMONSTRATION = "demonstration"
    TRUST = "trust"
    NO_BASIS = "no_basis"
    WATCH = "watch"
    WARNING = "warning"


ORDER = (CreditStatus.WARNING, CreditStatus.WATCH, CreditStatus.DEMONSTRATION, CreditStatus.TRUST)


@dataclass(frozen=True)
class Reason:
    """Why a level applies: the record behind it, its last day, and what would repair it."""

    message: Message
    record_number: str | None
    ends_on: date | None
    repair: Message | None
    level: CreditStatus


@dataclass(frozen=True)
class CreditAnswer:
    """A status with its reasons, the gravest first."""

    status: CreditStatus
    reasons: tuple[Reason, ...]


def status_of(records: Iterable[RecordFact], today: date) -> CreditAnswer:
    """Return one merchant's status on a day and every reason for it."""
    file = counting(records, today)
    grave = (*_warning_reasons(file), *_watch_reasons(file))
    missing = _missing_for_trust(file)
    good = (*_award_reasons(file), *(() if grave or missing else _trust_reasons(file)))
    reasons = tuple(sorted((*grave, *good), key=lambda reason: ORDER.index(reason.level)))
    if not reasons:
        return CreditAnswer(CreditStatus.NO_BASIS, missing)
    return CreditAnswer(reasons[0].level, reasons)


def _warning_reasons(file: CreditFile) -> tuple[Reason, ...]:
    lifted = file.named_by(RecordKind.WARNING_LIFTED, "warning")
    repaired = file.named_by(RecordKind.REPAIR, "repairs")
    warnings = [
        _reason(
            CreditStatus.WARNING,
            say("A warning was given on %(given_on)s.", given_on=record.occurred_on),
            record,
            _end_or_months(record, "valid_until", "warning_months"),
            say("Correct the matter and ask the office that gave the warning to lift it."),
        )
        for record in file.of(RecordKind.WARNING)
        if record.number not in lifted
    ]
    listings = [
        _reason(
            CreditStatus.WARNING,
            say("Listed as seriously dishonest since %(listed_on)s.", listed_on=record.occurred_on),
            record,
            day_of(record.facts.get("until")) or record.visible_until,
            say("Apply to the listing authority for credit repair when its conditions are met."),
        )
        for record in file.of(RecordKind.STATUTORY_LISTING)
        if record.facts.get("list") == "serious" and record.number not in repaired
    ]
    return _not_ended((*warnings, *listings), file.today)


def _watch_reasons(file: CreditFile) -> tuple[Reason, ...]:
    return (
        *_breach_reasons(file),
        *_unpaid_reasons(file),
        *_instrument_reasons(file),
        *_lapse_reasons(file),
    )


def _breach_reasons(file: CreditFile) -> list[Reason]:
    repaired = file.named_by(RecordKind.REPAIR, "repairs")
    return [
        _reason(
            CreditStatus.WATCH,
            _breach_sentence(record),
            record,
            ends_on,
            say("Pay what is owed, remove the cause and ask the office for a repair check."),
        )
        for record, ends_on in breaches_in(file)
        if record.number not in repaired
    ]


def _breach_sentence(record: RecordFact) -> Message:
    """Say what was found and when; a record that tells only its month is not given a day."""
    if record.kind is not RecordKind.FINDING:
        return say("A penalty on measuring was published on %(found_on)s.", found_on=record.occurred_on)
    if record.facts.get("month") and "found_on" not in record.facts:
        return say("A shortage was proven in %(found_month)s.", found_month=record.occurred_on)
    return say("A shortage was proven on %(found_on)s.", found_on=record.occurred_on)


def _unpaid_reasons(file: CreditFile) -> list[Reason]:
    return [
        _reason(
            CreditStatus.WATCH,
            say("Compensation is overdue since %(overdue_on)s.", overdue_on=record.occurred_on)
            if record.kind is RecordKind.OVERDUE_PAYMENT
            else say(
                "A fund paid in advance on %(paid_on)s and was not paid back.", paid_on=record.occurred_on
            ),
            record,
            None,
            say("Pay it; the status changes when the payment is recorded."),
        )
        for record in unpaid_in(file)
    ]


def _instrument_reasons(file: CreditFile) -> list[Reason]:
    reasons = []
    for instrument in instruments_in(file):
        message = _instrument_message(instrument)
        if message is None:
            continue
        repair = say("Take it out of use and have it verified.")
        reasons.append(Reason(message, instrument.record_number, None, repair, CreditStatus.WATCH))
    return reasons


def _instrument_message(instrument: InstrumentFact) -> Message | None:
    if instrument.status is InstrumentStatus.FAILED:
        return say("Instrument %(instrument_no)s failed its verification.", instrument_no=instrument.number)
    if instrument.status is InstrumentStatus.OVERDUE and instrument.is_compulsory:
        return say(
            "The verification of instrument %(instrument_no)s ended on %(ended_on)s.",
            instrument_no=instrument.number,
            ended_on=instrument.valid_until,
        )
    return None


def _lapse_reasons(file: CreditFile) -> list[Reason]:
    breaches = breaches_in(file)
    if not breaches or pledge_in_force_in(file):
        return []
    reasons = []
    for record, valid_to, withdrawn_on in pledges_in(file):
        ended_on = min((day for day in (valid_to, withdrawn_on) if day), default=None)
        ends = [ends_on for breach, ends_on in breaches if ended_on and breach.occurred_on <= ended_on]
        if not ends or ended_on is None or ended_on > file.today:
            continue
        message = say("The pledge ended on %(ended_on)s, after a proven shortage.", ended_on=ended_on)
        repair = say("Publish a new pledge.")
        reasons.append(_reason(CreditStatus.WATCH, message, record, max(ends), repair))
    return reasons


def _award_reasons(file: CreditFile) -> tuple[Reason, ...]:
    withdrawn = file.named_by(RecordKind.AWARD_WITHDRAWAL, "award")
    reasons = tuple(
        _reason(
            CreditStatus.DEMONSTRATION,
            say("Awarded as a demonstration unit on %(awarded_on)s.", awarded_on=record.occurred_on),
            record,
            _end_or_months(record, "valid_until", "award_months"),
            None,
        )
        for record in file.of(RecordKind.AWARD)
        if record.number not in withdrawn
    )
    return _not_ended(reasons, file.today)


def _missing_for_trust(file: CreditFile) -> tuple[Reason, ...]:
    """Return what keeps the merchant from 守信; empty when nothing does."""
    missing: list[tuple[Message, str | None, date | None, Message | None]] = []
    if pledge_in_force_in(file) is None:
        missing.append((say("No pledge is in force."), None, None, say("Publish a pledge.")))
    instruments = instruments_in(file)
    if not any(instrument.status in IN_DATE for instrument in instruments):
        missing.append(
            (
                say("No instrument with a verification in date is on record."),
                None,
                None,
                say("Register an instrument with its certificate."),
            )
        )
    missing += [
        (
            say("Instrument %(instrument_no)s: %(status)s.", instrument_no=item.number, status=item.status),
            item.record_number,
            None,
            say("Take it out of use and have it verified."),
        )
        for item in instruments
        if item.is_compulsory and item.status in (InstrumentStatus.AWAITING, InstrumentStatus.NOT_FILED)
    ]
    missing += [
        (
            say("A shortage proven on %(found_on)s is still within the window.", found_on=record.occurred_on)
            if record.kind is RecordKind.FINDING
            else say("A penalty published on %(found_on)s is still shown.", found_on=record.occurred_on),
            record.number,
            ends_on,
            None,
        )
        for record, ends_on in breaches_in(file)
    ]
    return tuple(
        Reason(message, number, ends_on, repair, CreditStatus.NO_BASIS)
        for message, number, ends_on, repair in missing
    )


def _trust_reasons(file: CreditFile) -> tuple[Reason, ...]:
    pledge = pledge_in_force_in(file)
    in_date = [instrument for instrument in instruments_in(file) if instrument.status in IN_DATE]
    first_end = min((item.valid_until for item in in_date if item.valid_until), default=None)
    return (
        Reason(
            say("A pledge is in force."),
            pledge.number if pledge else None,
            day_of(pledge.facts.get("valid_to")) if pledge else None,
            None,
            CreditStatus.TRUST,
        ),
        Reason(
            say("Instruments verified and in date: %(instruments_count)s.", instruments_count=len(in_date)),
            in_date[0].record_number,
            first_end,
            None,
            CreditStatus.TRUST,
        ),
        Reason(
            say("Nothing was proven against the merchant in the window, and nothing is unpaid."),
            None,
            None,
            None,
            CreditStatus.TRUST,
        ),
    )


def _end_or_months(record: RecordFact, key: str, setting_name: str) -> date:
    stated = day_of(record.facts.get(key))
    return stated or add_months(record.occurred_on, value_of(setting_name, record.occurred_on))


def _not_ended(reasons: tuple[Reason, ...], today: date) -> tuple[Reason, ...]:
    return tuple(reason for reason in reasons if reason.ends_on is None or today <= reason.ends_on)


def _reason(
    level: CreditStatus, message: Message, record: RecordFact, ends_on: date | None, repair: Message | None
) -> Reason:
    return Reason(message, record.number, ends_on, repair, level)
