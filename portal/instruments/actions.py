"""Actions: register instruments and record their verification, each as a public record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from portal.base.clock import day_of
from portal.base.db import db
from portal.instruments import queries
from portal.instruments.models import Instrument, InstrumentState, Regime, Verification
from portal.merchants.actions import Outcome, number_of, publish_about
from portal.merchants.models import Merchant
from portal.merchants.saving import cleaned, folded
from portal.rules.errors import InputRefused
from portal.rules.messages import say
from portal.rules.metrology_terms import AccuracyClass
from portal.rules.publication import NotPublic, RecordKind, assert_public
from portal.rules.scales import ScaleSpec
from portal.rules.verification import InstrumentKind, VerificationResult, due_on, has_no_term

MOST = {"maker": 100, "model": 60, "serial": 60, "location": 100, "certificate_number": 60, "body": 100}


@dataclass(frozen=True, kw_only=True)
class InstrumentData:
    """What the plate and the owner say of an instrument; masses in mg."""

    kind: InstrumentKind
    serial: str
    maker: str = ""
    model: str = ""
    accuracy_class: AccuracyClass | None = None
    max_mg: int | None = None
    e_mg: int | None = None
    location: str = ""
    regime: Regime = Regime.LEGACY
    is_compulsory: bool = True
    is_filed: bool = True
    state: InstrumentState = InstrumentState.IN_USE


@dataclass(frozen=True)
class Registered:
    """An instrument and what registering it did."""

    instrument: Instrument
    outcome: Outcome


@dataclass(frozen=True)
class Recorded:
    """A verification and what recording it did."""

    verification: Verification
    outcome: Outcome


def register_instrument(merchant: Merchant, data: InstrumentData, *, now: datetime) -> Registered:
    """Register an instrument and publish it; the same serial number again brings it up to date.

    InputRefused when the plate cannot be right.
    """
    told = _told(data)
    key = folded(told["serial"])
    instrument = queries.instrument_of(merchant.id, key)
    if instrument is not None and all(getattr(instrument, name) == value for name, value in told.items()):
        return Registered(instrument, Outcome.UNCHANGED)
    outcome = Outcome.ADDED if instrument is None else Outcome.CHANGED
    if instrument is None:
        number = _free_number(merchant, key)
        instrument = Instrument(number=number, merchant_id=merchant.id, serial_key=key, registered_at=now)
        db.session.add(instrument)
    for name, value in told.items():
        setattr(instrument, name, value)
    instrument.changed_at = now
    db.session.flush()
    record = publish_about(
        merchant,
        RecordKind.INSTRUMENT,
        _instrument_facts(instrument),
        occurred_on=day_of(instrument.registered_at),
        now=now,
        replaces=instrument.record_number,
    )
    instrument.record_number = record.number
    return Registered(instrument, outcome)


def record_verification(
    instrument: Instrument,
    *,
    certificate_number: str,
    body: str,
    result: VerificationResult,
    verified_on: date,
    valid_until: date | None = None,
    now: datetime,
) -> Recorded:
    """Record what a verification found and publish it; the same certificate again brings it up to date.

    Without `valid_until` the catalogue's period is used. InputRefused when the dates cannot be right.
    """
    certificate_number = _text("certificate_number", certificate_number)
    if not certificate_number:
        raise InputRefused(say("Please type the number of the certificate or notice."))
    _check_dates(verified_on, valid_until, day_of(now))
    is_passed = result is VerificationResult.PASSED
    told = {
        "body": _text("body", body),
        "result": result,
        "verified_on": verified_on,
        "valid_until": due_on(instrument.kind, verified_on, valid_until) if is_passed else None,
    }
    known = queries.verification_of(instrument.id, certificate_number)
    if known is not None and all(getattr(known, name) == value for name, value in told.items()):
        return Recorded(known, Outcome.UNCHANGED)
    verification = known or Verification(
        instrument_id=instrument.id, certificate_number=certificate_number, recorded_at=now
    )
    for name, value in told.items():
        setattr(verification, name, value)
    db.session.add(verification)
    db.session.flush()
    record = publish_about(
        instrument.merchant,
        RecordKind.VERIFICATION,
        _verification_facts(instrument, verification),
        occurred_on=verified_on,
        now=now,
        replaces=verification.record_number,
    )
    verification.record_number = record.number
    return Recorded(verification, Outcome.CHANGED if known else Outcome.ADDED)


def _told(data: InstrumentData) -> dict[str, Any]:
    told = asdict(data)
    told |= {name: _text(name, told[name]) for name in ("maker", "model", "serial", "location")}
    if not told["serial"]:
        raise InputRefused(say("Please copy the serial number from the plate."))
    if data.max_mg is not None and data.max_mg <= 0:
        raise InputRefused(say("The weights and the price must be greater than zero."))
    if data.e_mg is not None:
        ScaleSpec(data.e_mg, data.accuracy_class or AccuracyClass.III, data.max_mg)
    return told


def _text(name: str, text: str) -> str:
    result = cleaned(name, text)
    if len(result) > MOST[name]:
        raise InputRefused(say("This text is longer than %(most_count)s characters.", most_count=MOST[name]))
    return result


def _free_number(merchant: Merchant, serial_key: str) -> str:
    """Return the number of a serial at a merchant; a collision of the symbols is told apart by a suffix."""
    key = f"{merchant.number}|{serial_key}"
    number, attempt = number_of("S", key), 0
    while queries.instrument_by_number(number) is not None:
        attempt += 1
        number = number_of("S", f"{key}#{attempt}")
    return number


def _check_dates(verified_on: date, valid_until: date | None, today: date) -> None:
    if verified_on > today:
        raise InputRefused(say("A verification cannot lie in the future."))
    if valid_until is not None and valid_until < verified_on:
        raise InputRefused(say("The certificate cannot end before the day of verification."))


def _instrument_facts(instrument: Instrument) -> dict[str, Any]:
    accuracy = instrument.accuracy_class
    return {
        "instrument": instrument.number,
        "kind": instrument.kind.value,
        "state": instrument.state.value,
        "filed": instrument.is_filed,
        "compulsory": instrument.is_compulsory,
        **_shown(
            maker=instrument.maker,
            model=instrument.model,
            serial=instrument.serial,
            accuracy_class=accuracy.value if accuracy else None,
            max_mg=instrument.max_mg,
            e_mg=instrument.e_mg,
            location=instrument.location,
        ),
    }


def _verification_facts(instrument: Instrument, verification: Verification) -> dict[str, Any]:
    until = verification.valid_until
    has_term = verification.result is VerificationResult.FAILED or not has_no_term(instrument.kind)
    return {
        "instrument": instrument.number,
        "kind": instrument.kind.value,
        "result": verification.result.value,
        "verified_on": verification.verified_on.isoformat(),
        "compulsory": instrument.is_compulsory,
        "has_term": has_term,
        **({"valid_until": until.isoformat()} if until else {}),
        **_shown(certificate=verification.certificate_number, body=verification.body),
    }


def _shown(**facts: Any) -> Mapping[str, Any]:
    """Return the facts that only describe, without any that looks like a person's name or number."""
    return {
        name: value for name, value in facts.items() if value not in (None, "") and _may_show(name, value)
    }


def _may_show(name: str, value: object) -> bool:
    try:
        assert_public({name: value})
    except NotPublic:
        return False
    return True
