"""The pages of merchants: finding, reading, and what stands there when there is nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.base import clock
from portal.base.db import unit_of_work
from portal.merchants.actions import note_closing, note_response, publish_about, withdraw_pledge
from portal.merchants.models import Merchant
from portal.rules.pledge import PledgeTerms
from portal.rules.publication import RecordKind
from tests.builders import make_market, make_merchant, make_pledge

EARLIER = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def page(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == status
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def names(soup: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in soup.select(".fm-result-title a")]


@pytest.fixture
def shops(app: Flask) -> list[Merchant]:
    now = clock.now()
    market = make_market(now=now)
    fruit = make_merchant("老王水果", market_id=market.id, stall_no="12", category="水果", now=now)
    fish = make_merchant("东海水产", address="宁波市海曙区江边路2号", region_code="330203", now=now)
    fuel = make_merchant("城西加油站", address="文二路3号", sector="fuel", now=now)
    make_pledge(fruit, PledgeTerms(factor=10, joins_advance=True), now=now)
    facts = {"instrument": "I2345", "result": "passed", "valid_until": "2099-01-01", "compulsory": True}
    with unit_of_work():
        publish_about(fruit, RecordKind.VERIFICATION, facts, occurred_on=clock.today(), now=now)
        finding = {"verdict": "over", "month": "2026-05"}
        publish_about(fish, RecordKind.FINDING, finding, occurred_on=clock.today(), now=now)
    return [fruit, fish, fuel]


def test_an_empty_portal_says_so_and_offers_what_works(client: FlaskClient) -> None:
    soup = page(client, "/?lang=en")
    assert "No merchant is listed yet" in soup.get_text()
    assert soup.select_one('main a[href="/weigh"]')


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("老王水果", ["老王水果"]),
        ("水果", ["老王水果"]),
        ("laowang", ["老王水果"]),
        ("lwsg", ["老王水果"]),
        ("城东农贸", ["老王水果"]),
        ("文二路", ["城西加油站"]),
        ("海曙", ["东海水产"]),
        ("没有这家", []),
    ],
)
def test_a_merchant_is_found_in_many_ways(
    client: FlaskClient, shops: list[Merchant], words: str, found: list[str]
) -> None:
    assert names(page(client, f"/?q={words}")) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("region=330203", {"东海水产"}),
        ("region=330100", {"老王水果", "城西加油站"}),
        ("region=330000", {"老王水果", "东海水产", "城西加油站"}),
        ("sector=fuel", {"城西加油站"}),
        ("status=watch", {"东海水产"}),
        ("status=watch&status=trust", {"东海水产", "老王水果"}),
        ("pledge=in_force", {"老王水果"}),
        ("pledge=joins_advance", {"老王水果"}),
        ("pledge=fixed", set()),
        ("region=330100&pledge=in_force&q=水果", {"老王水果"}),
        (
            "region=nowhere&sector=nothing&status=good&pledge=x&sort=y&page=z",
            {"老王水果", "东海水产", "城西加油站"},
        ),
    ],
)
def test_filters_stand_in_the_address(
    client: FlaskClient, shops: list[Merchant], query: str, found: set[str]
) -> None:
    assert set(names(page(client, f"/?{query}"))) == found


def facet(soup: BeautifulSoup, title: str) -> dict[str, int]:
    section = next(s for s in soup.select(".fm-facet") if s.h2 and s.h2.get_text() == title)
    labels = [node.get_text(strip=True) for node in section.select(".fm-facet-label")]
    counts = [int(node.get_text()) for node in section.select(".fm-facet-count")]
    return dict(zip(labels, counts, strict=True))


def test_counts_beside_a_filter_leave_that_filter_out(client: FlaskClient, shops: list[Merchant]) -> None:
    soup = page(client, "/?region=330203&lang=en")
    assert facet(soup, "Region")["浙江省"] == 3
    soup = page(client, "/?region=330100&lang=en")
    assert sum(facet(soup, "Credit status").values()) == 2


def test_every_filter_in_use_has_a_chip_that_takes_it_out(client: FlaskClient, shops: list[Merchant]) -> None:
    soup = page(client, "/?q=水果&pledge=in_force&region=330100&page=1")
    chips = [chip["href"] for chip in soup.select("a.fm-chip")]
    assert len(chips) == 3
    assert all("page=" not in str(chip) for chip in chips)
    assert sum("pledge=in_force" in str(chip) for chip in chips) == 2


def test_nothing_found_is_not_drawn_as_a_good_result(client: FlaskClient, shops: list[Merchant]) -> None:
    soup = page(client, "/?q=老王水裹&lang=en")
    assert "says nothing about the merchant" in soup.get_text()
    assert "老王水果" in soup.select_one("#main").get_text()  # type: ignore[union-attr]


def test_a_page_past_the_end_shows_the_last_one(client: FlaskClient, app: Flask) -> None:
    for number in range(21):
        make_merchant(f"水果店{number}", address=f"{number}号", now=clock.now())
    assert len(names(page(client, "/?q=水果店&page=2"))) == 1
    assert len(names(page(client, "/?q=水果店&page=99"))) == 1
    assert len(names(page(client, "/?q=水果店"))) == 20


def test_the_page_gives_status_pledge_instruments_and_ways_on(
    client: FlaskClient, shops: list[Merchant]
) -> None:
    fruit = shops[0]
    soup = page(client, f"/merchants/{fruit.number}?lang=en")
    text = soup.get_text(" ", strip=True)
    assert soup.h1 is not None
    assert soup.h1.get_text(strip=True) == "老王水果"
    for words in ("A pledge is in force.", "Ten for one", "I2345", "城东农贸市场", "12"):
        assert words in text
    links = {str(a["href"]) for a in soup.select("main a")}
    assert f"/complaints/new?merchant={fruit.number}" in links
    assert f"/weigh?merchant={fruit.number}" in links
    assert f"/records/?merchant={fruit.number}" in links
    assert any(link.startswith("/records/R") for link in links)


def test_response_figures_show_their_denominators(client: FlaskClient, shops: list[Merchant]) -> None:
    with unit_of_work():
        note_response(shops[1], was_in_time=True, on=clock.today())
        note_response(shops[1], was_in_time=False, on=clock.today())
        note_closing(shops[1], was_settled=True, on=clock.today())
    text = page(client, f"/merchants/{shops[1].number}?lang=en").get_text(" ", strip=True)
    assert "of 2 answers due" in text
    assert "of 1 complaints closed" in text


def test_a_phone_number_is_not_shown(client: FlaskClient, app: Flask) -> None:
    merchant = make_merchant(contact_phone="13812345678", now=clock.now())
    assert "13812345678" not in client.get(f"/merchants/{merchant.number}").get_data(as_text=True)


def test_a_number_is_found_in_small_letters(client: FlaskClient, shops: list[Merchant]) -> None:
    page(client, f"/merchants/{shops[0].number.lower()}")


@pytest.mark.parametrize("path", ["/merchants/M0", "/merchants/' OR 1=1", "/merchants/M0/pledges/1"])
def test_an_unknown_merchant_is_said_kindly(client: FlaskClient, app: Flask, path: str) -> None:
    assert page(client, path, 404).select_one("main a[href='/']")


def test_each_version_of_a_pledge_has_its_page(client: FlaskClient, app: Flask) -> None:
    merchant = make_merchant(now=EARLIER)
    make_pledge(merchant, now=EARLIER)
    make_pledge(merchant, PledgeTerms(factor=3), now=EARLIER + timedelta(days=30))
    old = page(client, f"/merchants/{merchant.number}/pledges/1?lang=en").get_text(" ", strip=True)
    assert "No longer in force" in old
    assert "Ten for one" in old
    page(client, f"/merchants/{merchant.number}/pledges/3", 404)
    with unit_of_work():
        withdraw_pledge(merchant, now=EARLIER + timedelta(days=40))
    text = page(client, f"/merchants/{merchant.number}?lang=en").get_text(" ", strip=True)
    assert "No pledge is in force." in text
    assert "Version 2" in text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "'; DROP TABLE merchant; --"])
def test_a_hostile_name_is_only_a_name(client: FlaskClient, app: Flask, name: str) -> None:
    merchant = make_merchant(name, now=clock.now())
    for address in ("/", f"/merchants/{merchant.number}"):
        soup = page(client, address)
        assert name in soup.get_text()
        assert not soup.select("main script")


@pytest.mark.parametrize("words", ["%", "_", '"', "'", "\\", "\u202e", "😀", "a" * 5000, "  ", "( AND *"])
def test_any_words_may_be_looked_for(client: FlaskClient, shops: list[Merchant], words: str) -> None:
    assert client.get("/", query_string={"q": words}).status_code == 200


def test_the_pages_set_no_session_cookie(client: FlaskClient, shops: list[Merchant]) -> None:
    for address in ("/", f"/merchants/{shops[0].number}", f"/merchants/{shops[0].number}/pledges/1"):
        response = client.get(address)
        assert "session" not in str(response.headers.getlist("Set-Cookie"))
