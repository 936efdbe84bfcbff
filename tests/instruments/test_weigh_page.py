"""The re-weigh helper as a shopper meets it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.rules.pledge import PledgeKind, PledgeTerms
from tests.builders import make_merchant, make_pledge

NOW = datetime(2026, 5, 20, 2, tzinfo=UTC)
PRAWNS = {"goods": "大虾", "price": "96", "settled": "0.48", "reweighed": "0.45", "bought_on": "2026-05-20"}


def check(client: FlaskClient, status: int = 200, **changes: str) -> str:
    answer = client.get("/weigh", query_string={"lang": "en", **PRAWNS, **changes})
    assert answer.status_code == status
    return unescape(answer.get_data(as_text=True))


def test_the_empty_helper_offers_worked_examples_that_open(client: FlaskClient) -> None:
    page = client.get("/weigh?lang=en").get_data(as_text=True)
    examples = [unescape(href) for href in re.findall(r'href="(/weigh\?[^"]*settled[^"]*)"', page)]
    assert len(examples) == 3
    assert all(client.get(href).status_code == 200 for href in examples)


def test_prawns_thirty_grams_short_are_over_the_permitted_deviation(client: FlaskClient) -> None:
    page = check(client)
    assert "Over the permitted deviation" in page
    assert "Missing: 30 g. Permitted for these goods: 5 g." in page
    assert "¥2.88" in page
    assert "Only if fraud is established: ¥500.00" in page
    assert "illegal" not in page.casefold()


def test_both_rows_are_shown_where_name_and_price_disagree(client: FlaskClient) -> None:
    page = check(client)
    assert "Name and price lead to different rows" in page
    assert "Row 2 of Annex 1" in page
    assert "Row 3 of Annex 1" in page


@pytest.mark.parametrize(
    ("reweighed", "words"),
    [
        ("0.475", "Within the permitted deviation"),
        ("0.4749", "Cannot be decided this way"),
        ("0.470", "Cannot be decided this way"),
        ("0.4699", "Over the permitted deviation"),
        ("0.48", "Full measure: nothing is missing"),
        ("0.5", "You got more than you paid for"),
    ],
)
def test_the_verdict_follows_the_second_weight(client: FlaskClient, reweighed: str, words: str) -> None:
    assert words in check(client, reweighed=reweighed)


def test_an_untested_scale_of_the_stall_proves_nothing(client: FlaskClient) -> None:
    assert "Cannot be decided this way" in check(client, check_method="same_untested")


def test_jin_and_liang_are_understood_and_never_printed_back(client: FlaskClient) -> None:
    page = check(client, settled="9.6", settled_unit="unit_liang", reweighed="0.9斤")
    result = page[page.index('id="verdict"') : page.index('id="weighing"')]
    assert "480 g" in result
    assert "450 g" in result
    assert "斤" not in result
    assert "jin" not in result


@pytest.mark.parametrize(
    "weight", ["NaN", "1,5", "0", "-1", "1e9", "999999999999", "", "abc", "１,５", "Infinity", "9" * 60]
)
def test_a_weight_that_cannot_be_used_is_said_on_its_field_and_nothing_is_lost(
    client: FlaskClient, weight: str
) -> None:
    page = check(client, 422, reweighed=weight)
    assert 'id="reweighed-error"' in page
    assert 'value="0.48"' in page
    assert f'value="{weight}"' in page
    assert 'id="verdict"' not in page


def test_every_wrong_field_is_named_at_once(client: FlaskClient) -> None:
    page = check(
        client, 422, price="x", settled="y", bought_on="2999-01-01", scale_e="-5", settled_unit="ton"
    )
    for name in ("price", "settled", "bought_on", "scale_e", "settled_unit"):
        assert f'id="{name}-error"' in page


def test_a_purchase_before_the_rule_was_in_force_is_said_on_the_day(client: FlaskClient) -> None:
    assert 'id="bought_on-error"' in check(client, 422, bought_on="2020-10-22")
    check(client, 200, bought_on="2020-10-23")


def test_full_width_digits_are_read(client: FlaskClient) -> None:
    assert "Missing: 30 g" in check(client, settled="０．４８", price="９６")


def test_live_fish_needs_e_of_the_stalls_scale(client: FlaskClient) -> None:
    without = check(client, goods="活鱼", goods_group="live_fish")
    assert "Add e from the plate" in without
    assert "Over the permitted deviation" in check(client, goods="活鱼", goods_group="live_fish", scale_e="5")


def test_the_link_to_the_complaint_carries_every_value(client: FlaskClient, app: Flask) -> None:
    merchant = make_merchant("老王水产", now=NOW)
    page = check(client, merchant=merchant.number, check_method="better_scale", goods_group="aquatic")
    href = re.search(r'href="(/complaints/new\?[^"]+settled=[^"]+)"', page)
    assert href
    carried = {key: values[0] for key, values in parse_qs(urlsplit(href[1]).query).items()}
    wanted = {**PRAWNS, "merchant": merchant.number, "check_method": "better_scale", "goods_group": "aquatic"}
    assert wanted.items() <= carried.items()


def test_the_pledge_in_force_that_day_is_added(client: FlaskClient, app: Flask) -> None:
    merchant = make_merchant("老王水产", now=NOW)
    terms = PledgeTerms(kind=PledgeKind.MULTIPLE_OF_SHORTAGE_VALUE, factor=10)
    make_pledge(merchant, terms, now=NOW)
    page = check(client, merchant=merchant.number)
    assert "Ten for one" in page
    assert "¥28.80" in page
    assert "¥31.68" in page
    assert "¥28.80" not in check(client, merchant=merchant.number, bought_on="2026-05-19")


def test_an_unknown_merchant_does_not_stop_the_check(client: FlaskClient) -> None:
    page = check(client, merchant="M<b>")
    assert "No merchant here has the number" in page
    assert "Missing: 30 g" in page


def test_the_sheet_to_print_has_three_lines_to_sign(client: FlaskClient) -> None:
    assert check(client).count("fm-signature-line") == 3


def test_no_cookie_is_set_and_nothing_needs_a_session(client: FlaskClient) -> None:
    answer = client.get("/weigh", query_string=PRAWNS)
    assert "session" not in (answer.headers.get("Set-Cookie") or "")
