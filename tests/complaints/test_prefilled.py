"""The complaint form as the re-weigh helper hands it over: filled in, with the verdict beside it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.merchants.models import Merchant
from tests.complaints.forms import FIRST_PART, SHORT, draft_of, kept_in, page_of, send, typed


def handed_over(client: FlaskClient, shop: Merchant, **more: str) -> TestResponse:
    """Take a check into the form, say what it is about, and return the page of the weighing."""
    check = SHORT | {"merchant": shop.number} | more
    first = client.get("/complaints/new", query_string=check)
    form = next(form for form in page_of(first).select("main form") if form.select_one("[name=merchant]"))
    draft = draft_of(
        client.post("/complaints/new", data={i["name"]: i["value"] for i in form.select("input")})
    )
    client.post(f"{draft}/what", data=FIRST_PART | {"part": "first", "do": "next"})
    return client.get(f"{draft}/what?lang=en")


@pytest.mark.parametrize(
    ("reweighed", "words"),
    [
        ("0.94", "Over the permitted deviation"),
        ("0.995", "Within the permitted deviation"),
        ("1.02", "You got more than you paid for"),
    ],
)
def test_the_verdict_of_the_check_stands_beside_the_fields(
    client: FlaskClient, shop: Merchant, reweighed: str, words: str
) -> None:
    verdict = page_of(handed_over(client, shop, reweighed=reweighed)).select_one("#verdict")
    assert verdict is not None
    assert words in verdict.get_text()


@pytest.mark.parametrize("more", [{"reweighed": ""}, {"reweighed": "lots"}, {"price": ""}])
def test_without_two_readable_weights_there_is_no_verdict(
    client: FlaskClient, shop: Merchant, more: dict[str, str]
) -> None:
    page = handed_over(client, shop, **more)
    assert page.status_code == 200
    assert page_of(page).select_one("#verdict .fm-verdict") is None


def test_the_verdict_stays_when_something_is_still_missing(client: FlaskClient, shop: Merchant) -> None:
    answer = send(client, typed(shop, narrative=""))
    assert answer.status_code == 422
    assert page_of(answer).select_one("#verdict .fm-verdict") is not None


def test_e_of_the_scale_comes_along(client: FlaskClient, shop: Merchant) -> None:
    assert kept_in(handed_over(client, shop, scale_e="5"), ["scale_e"]) == {"scale_e": "5"}


def test_the_day_of_purchase_is_today_unless_it_was_said(client: FlaskClient, shop: Merchant) -> None:
    assert kept_in(handed_over(client, shop), ["bought_on"]) == {"bought_on": "2026-06-01"}
    said = handed_over(client, shop, bought_on="2026-05-30")
    assert kept_in(said, ["bought_on"]) == {"bought_on": "2026-05-30"}


def test_what_no_field_takes_is_not_carried_along(client: FlaskClient, shop: Merchant) -> None:
    page = handed_over(client, shop, price="1" * 61, goods="苹" * 5000, reweighed="0.94")
    assert kept_in(page, ["price", "goods", "reweighed"]) == {"price": "", "goods": "", "reweighed": "0.94"}
