"""“Has somebody reported this already?” stands in the form only where it may, and never tells of a 举报."""

from __future__ import annotations

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient

from portal.merchants.models import Merchant
from portal.rules.complaint_flow import MoveName, Track
from tests.builders import make_case
from tests.complaints.conftest import NOW
from tests.complaints.following import move
from tests.complaints.forms import begin, draft_of, filed_cases, fill_in, of_step, page_of, post, typed


def asked_about(client: FlaskClient, shop: Merchant, key: str = "mine", **more: str) -> Tag | None:
    """Type the purchase into a new draft; return what "ask" says of others."""
    sent = typed(shop, key, **more)
    draft = draft_of(begin(client, sent))
    post(client, draft, "what", **of_step("what", sent))
    return page_of(client.get(f"{draft}/ask?lang=en")).select_one("#similar")


def accepted(shop: Merchant, *tracks: Track, key: str = "theirs") -> str:
    """Make a registered case that the office has taken up; return its number."""
    case = make_case(shop, tracks=tracks, key=key, now=NOW)
    for one in case.filing.cases:
        if one.track is Track.MEDIATION:
            move(one.number, MoveName.ACCEPT)
    return case.number


def test_nothing_stands_there_where_nothing_is_near(client: FlaskClient, shop: Merchant) -> None:
    assert asked_about(client, shop) is None
    accepted(shop, Track.MEDIATION)
    assert asked_about(client, shop, "fish", goods="带鱼") is None
    assert asked_about(client, shop, "long-ago", bought_on="2026-01-05") is None


def test_an_accepted_complaint_is_offered_without_its_number_or_words(
    client: FlaskClient, shop: Merchant
) -> None:
    number = accepted(shop, Track.MEDIATION)
    offer = asked_about(client, shop)
    assert isinstance(offer, Tag)
    link = offer.select_one("a")
    assert isinstance(link, Tag)
    assert str(link["href"]).startswith("/complaints/join/")
    for told in (number, "张三", "13"):
        assert told not in offer.get_text()
    assert client.get(str(link["href"])).status_code == 200
    # It hinders nobody: the step goes on as before.
    draft, answer = fill_in(client, typed(shop, "go-on"))
    assert answer.location == f"{draft}/preview"


def test_a_report_is_never_told_of(app: Flask, client: FlaskClient, shop: Merchant) -> None:
    before = asked_about(client, shop, "before")
    accepted(shop, Track.REPORT)
    filed_cases(app.test_client(), typed(shop, "report", wanted="want_report"))
    assert asked_about(client, shop, "after") == before is None


def test_a_report_beside_a_complaint_adds_nothing_to_what_is_told(
    app: Flask, client: FlaskClient, shop: Merchant
) -> None:
    accepted(shop, Track.MEDIATION, key="complaint")
    alone = asked_about(client, shop, "a")
    accepted(shop, Track.REPORT, key="report")
    both = asked_about(client, shop, "b")
    assert isinstance(alone, Tag)
    assert isinstance(both, Tag)
    assert alone.get_text() == both.get_text()


@pytest.mark.parametrize("is_registered", [True, False])
def test_a_complaint_not_yet_accepted_is_not_told_of(
    client: FlaskClient, shop: Merchant, is_registered: bool
) -> None:
    make_case(shop, key="new", is_registered=is_registered, now=NOW)
    assert asked_about(client, shop) is None


@pytest.mark.parametrize("wanted", ["want_mediation", "want_report"])
def test_ones_own_filing_is_said_to_its_filer_alone(
    app: Flask, client: FlaskClient, shop: Merchant, wanted: str
) -> None:
    number = filed_cases(client, typed(shop, "first", wanted=wanted))[0].number
    own = asked_about(client, shop, "again")
    assert isinstance(own, Tag)
    assert number in own.get_text()
    assert asked_about(app.test_client(), shop, "stranger") is None
