"""flask credit explain MERCHANT: the page's answer, on a terminal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.base import clock
from portal.base.db import unit_of_work
from portal.base.labels import render
from portal.cli.credit import credit
from portal.merchants import queries
from portal.merchants.actions import publish_about
from portal.merchants.models import Merchant
from portal.rules.publication import RecordKind
from tests.builders import make_merchant, make_pledge

CODE = "91350100M000100Y43"


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    now = clock.now()
    made = make_merchant(uscc=CODE, now=now)
    make_pledge(made, now=now)
    with unit_of_work():
        facts = {"verdict": "over", "month": "2026-10"}
        publish_about(made, RecordKind.FINDING, facts, occurred_on=clock.today(), now=now)
    return made


def explained(app: Flask, *words: str) -> str:
    result = app.test_cli_runner().invoke(credit, ["explain", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_and_the_page_give_the_same_reasons(
    app: Flask, client: FlaskClient, merchant: Merchant
) -> None:
    text = explained(app, merchant.number, "--lang", "en")
    page = client.get(f"/merchants/{merchant.number}?lang=en").get_data(as_text=True)
    with app.test_request_context("/?lang=en"):
        reasons = [(render(r.message), r) for r in queries.credit_answer(merchant, clock.today()).reasons]
    assert reasons
    for sentence, reason in reasons:
        assert sentence in text
        assert sentence in page
        assert f"/records/{reason.record_number}" in page
        assert f"[{reason.record_number}]" in text


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_a_credit_code_names_the_merchant_too(app: Flask, merchant: Merchant, language: str) -> None:
    typed = " ".join((CODE[:8], CODE[8:])).lower()
    assert explained(app, typed, "--lang", language) == explained(app, merchant.number, "--lang", language)


def test_another_day_may_have_another_answer(app: Flask, merchant: Merchant) -> None:
    later = (clock.today() + timedelta(days=1000)).isoformat()
    assert explained(app, merchant.number).splitlines()[0] != explained(app, merchant.number, "--on", later)


@pytest.mark.parametrize("typed", ["M0", "91350100M000100Y44", ""])
def test_an_unknown_merchant_is_said_in_one_line(app: Flask, typed: str) -> None:
    result = app.test_cli_runner().invoke(credit, ["explain", typed])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: no merchant")
