"""The feed of a filing: valid Atom, plain states, and nothing of anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.base import crypto
from portal.base.db import db, unit_of_work
from portal.complaints import queries
from portal.complaints.following import feeds
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import MoveName, Need, RefusalGround, Track
from tests.builders import make_case
from tests.complaints.following import fresh, holder, move, send
from tests.complaints.forms import page_of

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
BOTH = (Track.MEDIATION, Track.REPORT)
PRIVATE = ("张三", "13800000000", "文二路", "苹果", "六十克", "老王水果店", "退还货款")


@pytest.fixture
def number(shop: Merchant) -> str:
    return make_case(shop, now=NOW).number


@pytest.fixture
def filer(app: Flask, number: str) -> FlaskClient:
    return holder(app)


def begin(client: FlaskClient, number: str, key: str = "feed-1") -> str:
    """Begin a feed and return its address as the page shows it."""
    assert send(client, f"/complaints/cases/{number}/feed", key).status_code == 303
    shown = page_of(client.get(f"/complaints/cases/{number}")).select_one("#feed-address")
    assert shown is not None
    return shown.get_text().removeprefix("http://127.0.0.1:8000")


def read(client: FlaskClient, address: str) -> ElementTree.Element:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    assert answer.headers["Cache-Control"] == "no-store"
    return ElementTree.fromstring(answer.data)  # written by the portal itself


def test_there_is_no_feed_until_one_is_begun(filer: FlaskClient, number: str) -> None:
    assert fresh(number).filing.feed_hash is None
    assert page_of(filer.get(f"/complaints/cases/{number}")).select_one("#feed-address") is None


def test_a_feed_is_whole_and_valid(filer: FlaskClient, client: FlaskClient, number: str) -> None:
    feed = read(client, begin(filer, number))
    assert feed.tag == f"{ATOM}feed"
    for needed in ("id", "title", "updated", "author"):
        assert len(feed.findall(f"{ATOM}{needed}")) == 1, needed
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 2
    for entry in entries:
        for needed in ("id", "title", "updated"):
            assert len(entry.findall(f"{ATOM}{needed}")) == 1, needed
        moment = datetime.fromisoformat(entry.findtext(f"{ATOM}updated", ""))
        assert moment.tzinfo is not None
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len({*ids, feed.findtext(f"{ATOM}id")}) == 3
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["self", "alternate"]


def test_the_newest_state_leads_and_names_stay(filer: FlaskClient, client: FlaskClient, number: str) -> None:
    address = begin(filer, number)
    before = read(client, address)
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        move(number, MoveName.ACCEPT)
        after = read(client, address)
    titles = [entry.findtext(f"{ATOM}title") for entry in after.findall(f"{ATOM}entry")]
    assert titles[0] == "投诉：已受理"
    old = {entry.findtext(f"{ATOM}id") for entry in before.findall(f"{ATOM}entry")}
    new = [entry.findtext(f"{ATOM}id") for entry in after.findall(f"{ATOM}entry")]
    assert old == set(new[1:])
    assert after.findtext(f"{ATOM}id") == before.findtext(f"{ATOM}id")
    assert after.findtext(f"{ATOM}updated") != before.findtext(f"{ATOM}updated")


def test_nothing_private_is_in_a_feed(filer: FlaskClient, client: FlaskClient, number: str) -> None:
    move(number, MoveName.REFUSE, ground=RefusalGround.NOT_CONSUMER_DISPUTE, reason="张三没有提供凭证")
    text = client.get(begin(filer, number)).text
    for private in (*PRIVATE, number, crypto.receipt_code("filing-1")):
        assert private not in text, private


def test_a_report_tells_no_more_than_its_page(app: Flask, client: FlaskClient, shop: Merchant) -> None:
    number = make_case(shop, key="report", tracks=(Track.REPORT,), name=None, now=NOW).number
    address = begin(holder(app, "report"), number)
    move(number, MoveName.BEGIN_CHECK)
    for name in (MoveName.OPEN_CASE, MoveName.DECIDE_CASE):
        move(number, name, reason="依法决定", also_given=[Need.APPROVAL])
    titles = [e.findtext(f"{ATOM}title", "") for e in read(client, address).findall(f"{ATOM}entry")]
    assert len(titles) == 5
    for word in ("立案", "处罚", "决定"):
        assert not any(word in title for title in titles), word


def test_both_cases_of_a_filing_are_in_its_feed(app: Flask, client: FlaskClient, shop: Merchant) -> None:
    case = make_case(shop, key="both", tracks=BOTH, is_registered=False, now=NOW)
    feed = read(client, begin(holder(app, "both"), case.number))
    titles = {entry.findtext(f"{ATOM}title", "").split("：")[0] for entry in feed.findall(f"{ATOM}entry")}
    assert titles == {"投诉", "举报"}


def test_of_the_address_only_a_hash_is_kept_and_it_is_shown_in_one_session(
    app: Flask, filer: FlaskClient, number: str
) -> None:
    token = begin(filer, number).rsplit("/", 1)[1]
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert token not in dump
    assert token not in holder(app).get(f"/complaints/cases/{number}").text


def test_a_new_feed_ends_the_old_one(filer: FlaskClient, client: FlaskClient, number: str) -> None:
    old = begin(filer, number, "feed-1")
    new = begin(filer, number, "feed-2")
    assert old != new
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_a_feed_can_be_ended(filer: FlaskClient, client: FlaskClient, number: str) -> None:
    address = begin(filer, number)
    assert send(filer, f"/complaints/cases/{number}/feed/end", "end-1").status_code == 303
    assert client.get(address).status_code == 404
    assert fresh(number).filing.feed_hash is None


def test_beginning_twice_with_one_sending_is_one_feed(
    filer: FlaskClient, client: FlaskClient, number: str
) -> None:
    assert begin(filer, number) == begin(filer, number)
    assert client.get(begin(filer, number)).status_code == 200


@pytest.mark.parametrize("wrong", ["x", "A" * 24, "a" * 24, "0" * 24, "A" * 500, "%00"])
def test_a_wrong_address_is_not_found(
    filer: FlaskClient, client: FlaskClient, number: str, wrong: str
) -> None:
    begin(filer, number)
    assert client.get(f"/complaints/feeds/{wrong}").status_code in {400, 404}


def test_a_stranger_begins_no_feed(app: Flask, shop: Merchant, number: str) -> None:
    make_case(shop, key="filing-2", now=NOW)
    stranger = holder(app, "filing-2")
    for path in ("feed", "feed/end"):
        assert send(stranger, f"/complaints/cases/{number}/{path}").status_code == 404
    assert fresh(number).filing.feed_hash is None


def test_a_feed_speaks_the_language_of_its_filer(
    filer: FlaskClient, client: FlaskClient, number: str
) -> None:
    address = begin(filer, number)
    with unit_of_work():
        case = queries.case_by_number(number)
        assert case is not None
        case.filing.language = "en"
    feed = read(client, address)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert feed.findtext(f"{ATOM}title") == "Full Measure"


def test_the_token_is_found_again_after_a_change_of_keys(
    app: Flask, filer: FlaskClient, client: FlaskClient, number: str
) -> None:
    token = begin(filer, number).rsplit("/", 1)[1]
    keys = app.config["SECRET_KEYS"]
    crypto.use_keys(["a-newer-key-for-tests-" + "1" * 32, *keys])
    try:
        assert feeds.token_from(fresh(number).filing, "feed-1") == token
        assert client.get(f"/complaints/feeds/{token}").status_code == 200
    finally:
        crypto.use_keys(keys)
