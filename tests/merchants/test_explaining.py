"""`flask credit explain MERCHANT` says what the page says, word for word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from portal.base import clock
from portal.base.db import unit_of_work
from portal.cli.credit import credit
from portal.merchants.actions import publish_about
from portal.merchants.models import Merchant
from portal.rules.publication import RecordKind
from tests.builders import make_merchant, make_pledge

CODE = "91350100M000100Y43"


def explained(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(credit, ["explain", *words])


def verify(merchant: Merchant, result: str) -> None:
    facts = {"instrument": "I2345", "result": result, "valid_until": "2099-01-01", "compulsory": True}
    with unit_of_work():
        publish_about(merchant, RecordKind.VERIFICATION, facts, occurred_on=clock.today(), now=clock.now())


def find_short(merchant: Merchant) -> None:
    facts = {"verdict": "over", "month": "2026-05"}
    with unit_of_work():
        publish_about(merchant, RecordKind.FINDING, facts, occurred_on=clock.today(), now=clock.now())


@pytest.mark.parametrize("lang", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize("story", ["nothing known", "trust", "watch"])
def test_the_command_and_the_page_give_the_same_answer(
    app: Flask, client: FlaskClient, story: str, lang: str
) -> None:
    merchant = make_merchant(now=clock.now())
    if story != "nothing known":
        make_pledge(merchant, now=clock.now())
        verify(merchant, "passed" if story == "trust" else "failed")
    if story == "watch":
        find_short(merchant)
    head, *lines = explained(app, merchant.number, "--lang", lang).stdout.splitlines()
    page = client.get(f"/merchants/{merchant.number}?lang={lang}").get_data(as_text=True)
    soup = BeautifulSoup(page, "html.parser")
    badge = soup.select_one("main .fm-badge")
    assert badge is not None
    assert head.endswith(badge.get_text(strip=True))
    shown = [" ".join(row.get_text(" ", strip=True).split()) for row in soup.select("#status .fm-reasons li")]
    assert len(shown) == len(lines) > 0
    for row, line in zip(shown, lines, strict=True):
        sentence = line.removeprefix("- ").split(" [")[0].split(" (")[0]
        assert sentence in row
    linked = [str(link["href"]).rsplit("/", 1)[1] for link in soup.select("#status .fm-reasons a")]
    assert linked == [line.split("[")[1].split("]")[0] for line in lines if "[" in line]


def test_a_credit_code_names_a_merchant_too(app: Flask) -> None:
    merchant = make_merchant(uscc=CODE, now=clock.now())
    assert merchant.number in explained(app, CODE.lower()).stdout


def test_the_answer_of_another_day_can_be_asked_for(app: Flask) -> None:
    merchant = make_merchant(now=clock.now())
    make_pledge(merchant, now=clock.now())
    verify(merchant, "passed")
    after = clock.today() + timedelta(days=366 * 2)
    words = [
        explained(app, merchant.number, "--lang", "en", "--on", day.isoformat()).stdout
        for day in (clock.today(), after)
    ]
    assert "A pledge is in force." in words[0]
    assert "No pledge is in force." in words[1]


@pytest.mark.parametrize("words", ["M0", "", "91350100M000100Y44"])
def test_an_unknown_merchant_is_refused_in_one_sentence(app: Flask, words: str) -> None:
    result = explained(app, words)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: no merchant has the number")
