"""Registering scales and recording their verification: what the public reads of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.base.db import unit_of_work
from portal.instruments import actions, queries
from portal.instruments.actions import InstrumentData
from portal.instruments.models import Instrument, InstrumentState
from portal.merchants.actions import Outcome
from portal.merchants.models import Merchant
from portal.records.queries import record_facts
from portal.rules.credit_file import counting, instruments_in
from portal.rules.errors import InputRefused
from portal.rules.publication import RecordKind
from portal.rules.verification import InstrumentKind, InstrumentStatus, VerificationResult
from tests.builders import make_instrument, make_merchant

NOW = datetime(2026, 5, 20, 2, tzinfo=UTC)
TODAY = date(2026, 5, 20)


def certify(instrument: Instrument, certificate: str = "JL-1", **given: object) -> actions.Recorded:
    told = {"body": "杭州市计量院", "result": VerificationResult.PASSED, "verified_on": date(2026, 5, 6)}
    with unit_of_work():
        return actions.record_verification(
            instrument, certificate_number=certificate, now=NOW, **{**told, **given}
        )


def scale_of(merchant: Merchant, number: str) -> Instrument:
    (scale,) = queries.instruments_of(merchant.id)
    assert scale.number == number
    return scale


def status_of(merchant: Merchant, on: date = TODAY) -> InstrumentStatus:
    (fact,) = instruments_in(counting(record_facts(merchant.number, today=on), on))
    return fact.status


def test_a_scale_awaits_its_first_verification(app: Flask) -> None:
    merchant = make_merchant(now=NOW)
    make_instrument(merchant, verified_on=None, now=NOW)
    assert status_of(merchant) is InstrumentStatus.AWAITING


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2027, 4, 5), InstrumentStatus.VALID),
        (date(2027, 4, 6), InstrumentStatus.DUE_SOON),
        (date(2027, 5, 6), InstrumentStatus.DUE_SOON),
        (date(2027, 5, 7), InstrumentStatus.OVERDUE),
    ],
)
def test_a_certificate_without_an_end_lasts_as_long_as_the_catalogue_says(
    app: Flask, on: date, status: InstrumentStatus
) -> None:
    merchant = make_merchant(now=NOW)
    make_instrument(merchant, now=NOW)
    assert status_of(merchant, on) is status


def test_the_same_certificate_is_recorded_once(app: Flask) -> None:
    merchant = make_merchant(now=NOW)
    scale = scale_of(merchant, make_instrument(merchant, verified_on=None, now=NOW))
    outcomes = [certify(scale).outcome, certify(scale).outcome, certify(scale, body="宁波").outcome]
    assert outcomes == [Outcome.ADDED, Outcome.UNCHANGED, Outcome.CHANGED]
    kinds = [fact.kind for fact in record_facts(merchant.number, today=TODAY)]
    assert kinds.count(RecordKind.VERIFICATION) == 1


def test_a_failed_verification_shows_as_failed_without_an_end(app: Flask) -> None:
    merchant = make_merchant(now=NOW)
    scale = scale_of(merchant, make_instrument(merchant, verified_on=None, now=NOW))
    assert certify(scale, result=VerificationResult.FAILED).verification.valid_until is None
    assert status_of(merchant) is InstrumentStatus.FAILED


def test_registering_again_changes_the_record_and_keeps_the_number(app: Flask) -> None:
    merchant = make_merchant(now=NOW)
    number = make_instrument(merchant, serial="fm 1", now=NOW)
    assert make_instrument(merchant, serial="ＦＭ1", state=InstrumentState.OUT_OF_USE, now=NOW) == number
    assert status_of(merchant) is InstrumentStatus.OUT_OF_USE
    kinds = [fact.kind for fact in record_facts(merchant.number, today=TODAY)]
    assert kinds.count(RecordKind.INSTRUMENT) == 1


def test_two_merchants_may_hold_scales_of_one_serial_number(app: Flask) -> None:
    one, other = make_merchant(now=NOW), make_merchant("另一家", now=NOW)
    assert make_instrument(one, now=NOW) != make_instrument(other, now=NOW)


def test_a_serial_number_that_looks_like_a_phone_is_kept_but_not_published(app: Flask) -> None:
    merchant = make_merchant(now=NOW)
    scale = scale_of(merchant, make_instrument(merchant, serial="13812345678", now=NOW))
    facts = [fact.facts for fact in record_facts(merchant.number, today=TODAY)]
    assert scale.serial == "13812345678"
    assert "13812345678" not in str(facts)


@pytest.mark.parametrize(
    "wrong",
    [
        {"verified_on": date(2026, 5, 21)},
        {"valid_until": date(2026, 5, 5)},
        {"certificate": "  "},
        {"certificate": "x" * 61},
    ],
)
def test_a_certificate_that_cannot_be_right_is_refused(app: Flask, wrong: dict[str, object]) -> None:
    merchant = make_merchant(now=NOW)
    scale = scale_of(merchant, make_instrument(merchant, verified_on=None, now=NOW))
    with pytest.raises(InputRefused):
        certify(scale, **wrong)


@pytest.mark.parametrize(
    "plate", [{"e_mg": 0}, {"max_mg": 0}, {"max_mg": 1_000, "e_mg": 5_000}, {"serial": " "}]
)
def test_a_plate_that_cannot_be_right_is_refused(app: Flask, plate: dict[str, int]) -> None:
    merchant = make_merchant(now=NOW)
    data = InstrumentData(**{"kind": InstrumentKind.PRICE_SCALE, "serial": "1", **plate})
    with pytest.raises(InputRefused), unit_of_work():
        actions.register_instrument(merchant, data, now=NOW)


def test_the_page_of_a_scale_says_its_status_and_what_it_is_fine_enough_for(client: FlaskClient) -> None:
    merchant = make_merchant("老王水产", category="水产", now=NOW)
    number = make_instrument(merchant, now=NOW)
    page = client.get(f"/instruments/{number.lower()}?lang=en").get_data(as_text=True)
    assert "JL-2026-0001" in page
    assert f"/merchants/{merchant.number}" in page
    assert "seasonings (sold here)" in page
    assert page.count("Too coarse</span>") == 2


def test_an_unknown_scale_is_not_found(client: FlaskClient) -> None:
    assert client.get("/instruments/S0000000000").status_code == 404
