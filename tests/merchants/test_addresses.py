"""Every state of the search stands in its address, and every link on the page keeps the rest of it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.base import clock
from portal.base.db import unit_of_work
from portal.merchants.actions import publish_about
from portal.rules.pledge import PledgeTerms
from portal.rules.publication import RecordKind
from tests.builders import make_merchant, make_pledge

STATE = "q=水果店&region=330100&sector=market&status=no_basis&sort=name"


@pytest.fixture
def stalls(app: Flask) -> None:
    for number in range(41):
        make_merchant(f"水果店{number}", address=f"文一路{number}号", sector="market", now=clock.now())


def soup_of(client: FlaskClient, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def query(href: object) -> dict[str, list[str]]:
    return parse_qs(urlsplit(str(href)).query)


def names(soup: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in soup.select(".fm-result-title a")]


def test_the_language_switch_keeps_everything(client: FlaskClient, stalls: None) -> None:
    soup = soup_of(client, f"/?{STATE}&page=2")
    switch = soup.select_one("a.fm-language")
    assert switch is not None
    kept = query(switch["href"])
    assert kept.pop("lang") == ["en"]
    assert kept == query(f"/?{STATE}&page=2")
    there = soup_of(client, str(switch["href"]))
    assert there.html is not None
    assert there.html["lang"] == "en"
    assert names(there) == names(soup)


def test_a_filter_or_an_order_keeps_the_rest_and_begins_at_page_one(
    client: FlaskClient, stalls: None
) -> None:
    soup = soup_of(client, f"/?{STATE}&page=2")
    before = query(f"/?{STATE}")
    links = soup.select(".fm-facet a") + soup.select(".fm-sort a")
    assert len(links) > 5
    for link in links:
        after = query(link["href"])
        assert "page" not in after
        assert len([key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]) <= 1


def test_the_search_box_keeps_filters_and_order(client: FlaskClient, stalls: None) -> None:
    form = soup_of(client, f"/?{STATE}").select_one('form[role="search"]')
    assert form is not None
    sent = {str(field["name"]): [str(field["value"])] for field in form.select("input")}
    assert sent == query(f"/?{STATE}")


def test_pages_follow_one_another_without_gap_or_repeat(client: FlaskClient, stalls: None) -> None:
    seen: list[str] = []
    address = "/?q=水果店&sort=name"
    while True:
        soup = soup_of(client, address)
        seen += names(soup)
        following = soup.select_one('a[rel="next"]')
        if following is None:
            break
        address = str(following["href"])
    assert len(seen) == len(set(seen)) == 41


def test_a_count_beside_a_filter_is_what_a_click_finds(client: FlaskClient, stalls: None) -> None:
    make_merchant("水果加油站", address="文二路1号", sector="fuel", region_code="330203", now=clock.now())
    links = soup_of(client, "/?q=水果&lang=en").select(".fm-facet a")
    counts = [int(link.select(".fm-facet-count")[0].get_text()) for link in links]
    assert {1, 41, 42} <= set(counts)
    for link, count in zip(links, counts, strict=True):
        found = soup_of(client, str(link["href"])).select(".fm-count")[0].get_text()
        assert found.endswith(f"of {count}")


def test_a_suggestion_leads_to_the_merchant_whatever_filter_was_on(client: FlaskClient, app: Flask) -> None:
    make_merchant("老王水果", sector="market", now=clock.now())
    soup = soup_of(client, "/?q=老王水裹&sector=fuel&region=330203")
    suggestion = soup.select_one(".fm-empty .fm-ways a")
    assert suggestion is not None
    assert names(soup_of(client, str(suggestion["href"]))) == ["老王水果"]


def test_the_last_verified_come_first_when_asked(client: FlaskClient, app: Flask) -> None:
    today = clock.today()
    for name, month in (("甲店", 1), ("乙店", 3), ("丙店", 2)):
        merchant = make_merchant(name, now=clock.now())
        facts = {"instrument": name, "result": "passed", "valid_until": "2099-01-01"}
        with unit_of_work():
            publish_about(
                merchant,
                RecordKind.VERIFICATION,
                facts,
                occurred_on=today.replace(year=today.year - 1, month=month, day=1),
                now=clock.now(),
            )
    make_merchant("丁店", now=clock.now())
    assert names(soup_of(client, "/?sort=date"))[:3] == ["乙店", "丙店", "甲店"]


def test_the_page_lists_the_clauses_of_the_pledge_in_force(client: FlaskClient, app: Flask) -> None:
    merchant = make_merchant(now=clock.now())
    make_pledge(merchant, PledgeTerms(factor=10), now=clock.now())
    soup = soup_of(client, f"/merchants/{merchant.number}?lang=en")
    assert len(soup.select("#pledge ol li")) == 6
