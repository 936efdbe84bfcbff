"""Somebody else joins a complaint, and neither learns who the other is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.base import crypto
from portal.base.db import db, unit_of_work
from portal.complaints import queries
from portal.complaints.filing import receipt_hash
from portal.complaints.following import voices
from portal.complaints.following.similar import SimilarCase, similar_cases
from portal.complaints.following.voice_views import offers_of
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import EndingGround, MoveName, Need, Track
from portal.rules.errors import MoveNotAllowed
from tests.builders import make_case, make_merchant
from tests.complaints.following import fresh, holder, move, send
from tests.complaints.forms import code_on, errors_in

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
BOTH = (Track.MEDIATION, Track.REPORT)


@pytest.fixture
def number(shop: Merchant) -> str:
    """An accepted complaint about apples."""
    number = make_case(shop, now=NOW).number
    move(number, MoveName.ACCEPT)
    return number


@pytest.fixture
def token(number: str) -> str:
    return voices.offer_token(fresh(number), now=NOW)


def look(
    shop: Merchant | None, *, goods: str = "苹果", held: tuple[str, ...] = (), on: date = TODAY
) -> list[SimilarCase]:
    return similar_cases(shop.id if shop else None, goods, None, on, "少了几十克。", TODAY, held)


def join(client: FlaskClient, token: str, key: str = "voice-1", **typed: str):  # type: ignore[no-untyped-def]
    return send(client, f"/complaints/join/{token}", key, **typed)


# What is found --------------------------------------------------------------------------


def test_a_near_complaint_is_found_with_group_month_and_count_alone(shop: Merchant, number: str) -> None:
    found = look(shop)
    assert [(one.is_own, one.people_count) for one in found] == [(False, 1)]
    assert found[0].month.values == {"bought_month": TODAY}
    assert found[0].goods_group is not None


@pytest.mark.parametrize(("days", "is_found"), [(-7, True), (-8, False), (7, True), (8, False), (0, True)])
def test_only_days_near_by_are_near(shop: Merchant, number: str, days: int, is_found: bool) -> None:
    assert bool(look(shop, on=TODAY + timedelta(days=days))) is is_found


def test_other_goods_are_not_near(shop: Merchant, number: str) -> None:
    assert look(shop, goods="带鱼") == []


def test_another_merchants_complaint_is_not_near(number: str) -> None:
    other = make_merchant("李记鱼行", address="文三路5号", now=NOW)
    assert look(other) == []
    assert look(None) == []


def test_a_case_that_is_not_accepted_is_never_offered(shop: Merchant) -> None:
    make_case(shop, key="unregistered", is_registered=False, now=NOW)
    make_case(shop, key="registered", now=NOW)
    assert look(shop) == []


def test_a_report_is_never_offered_to_a_stranger(shop: Merchant) -> None:
    number = make_case(shop, key="report", tracks=(Track.REPORT,), name=None, now=NOW).number
    move(number, MoveName.BEGIN_CHECK)
    assert look(shop) == []
    # Nor does the report filed together with a complaint come along with it.
    both = make_case(shop, key="both", tracks=BOTH, now=NOW)
    for case in fresh(both.number).filing.cases:
        move(case.number, MoveName.ACCEPT if case.track is Track.MEDIATION else MoveName.BEGIN_CHECK)
    assert [one.case.track for one in look(shop)] == [Track.MEDIATION]


def test_a_closed_case_is_not_offered(shop: Merchant, number: str) -> None:
    move(number, MoveName.BEGIN_MEDIATION, also_given=[Need.BOTH_CONSENT])
    move(number, MoveName.END_MEDIATION, ground=EndingGround.NO_AGREEMENT, reason="谈不拢")
    assert look(shop) == []


def test_an_own_filing_is_found_on_every_track_and_in_every_state(shop: Merchant) -> None:
    make_case(shop, key="mine", tracks=BOTH, is_registered=False, now=NOW)
    found = look(shop, held=(receipt_hash("mine"),))
    assert {one.case.track for one in found} == set(BOTH)
    assert all(one.is_own for one in found)


def test_the_address_of_an_offer_says_nothing_of_the_case(app: Flask, shop: Merchant, number: str) -> None:
    with app.test_request_context():
        offers = offers_of(look(shop))
    assert len(offers) == 1
    assert number not in offers[0].href
    assert crypto.normalise_code(number) not in crypto.normalise_code(offers[0].href)
    assert offers[0].href.startswith("/complaints/join/")


def test_three_offers_at_most(shop: Merchant) -> None:
    for n in range(5):
        move(make_case(shop, key=f"many-{n}", now=NOW).number, MoveName.ACCEPT)
    assert len(look(shop)) == 3


# Joining --------------------------------------------------------------------------------


def test_the_page_to_join_tells_nothing_of_the_person_who_filed(
    client: FlaskClient, number: str, token: str
) -> None:
    answer = client.get(f"/complaints/join/{token}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for private in (number, "张三", "13800000000", "六十克", "文二路"):
        assert private not in answer.text, private


def test_joining_gives_a_code_of_its_own(app: Flask, client: FlaskClient, number: str, token: str) -> None:
    answer = join(client, token, words="我也少了半两。", bought_on="2026-05-30")
    assert answer.status_code == 303
    page = client.get(answer.location)
    code = code_on(page)
    assert code == crypto.receipt_code("voice-1")
    voice = fresh(number).voices[0]
    assert (voice.bought_on, voice.words, voice.joined_at) == (date(2026, 5, 30), "我也少了半两。", NOW)
    # The code opens the voice's page on another device, without showing itself again.
    other = app.test_client()
    opened = other.post("/complaints/follow", data={"code": code})
    assert (opened.status_code, opened.location) == (303, answer.location)
    again = other.get(answer.location)
    assert "我也少了半两。" in again.text
    assert code_on(again) == ""
    assert answer.location in other.get("/complaints/follow").text


def test_a_voice_sees_state_and_clock_and_nothing_else(client: FlaskClient, number: str, token: str) -> None:
    page = client.get(join(client, token).location).text
    assert "已受理" in page
    assert "fm-count" in page
    for private in (number, "张三", "13800000000", "六十克", "文二路", "苹果", "退还货款"):
        assert private not in page, private


def test_a_voice_opens_no_case_and_the_filer_no_voice(
    app: Flask, client: FlaskClient, number: str, token: str
) -> None:
    location = join(client, token).location
    assert client.get(f"/complaints/cases/{number}").status_code == 404
    assert client.get(f"/complaints/filed/{number}").status_code == 404
    assert holder(app).get(location).status_code == 404
    assert app.test_client().get(location).status_code == 303


def test_joining_twice_with_one_sending_is_one_voice(client: FlaskClient, number: str, token: str) -> None:
    locations = {join(client, token, words="也是").location for _ in range(2)}
    assert len(locations) == 1
    assert len(fresh(number).voices) == 1


def test_the_words_of_a_voice_are_sealed_and_its_code_is_not_kept(
    client: FlaskClient, number: str, token: str
) -> None:
    join(client, token, words="我也少了半两。")
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert "半两" not in dump
    assert crypto.normalise_code(crypto.receipt_code("voice-1")) not in dump


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"words": "字" * 501}, "words"),
        ({"bought_on": "2026-06-02"}, "bought_on"),
        ({"bought_on": "x"}, "bought_on"),
    ],
)
def test_what_cannot_be_used_is_said_on_the_field(
    client: FlaskClient, number: str, token: str, typed: dict[str, str], field: str
) -> None:
    answer = join(client, token, **typed)
    assert answer.status_code == 422
    assert list(errors_in(answer)) == [field]
    assert fresh(number).voices == []


def test_an_offer_lasts_a_day(client: FlaskClient, number: str, token: str) -> None:
    with time_machine.travel(NOW + timedelta(hours=23, minutes=59), tick=False):
        assert client.get(f"/complaints/join/{token}").status_code == 200
    with time_machine.travel(NOW + timedelta(days=1, minutes=1), tick=False):
        assert client.get(f"/complaints/join/{token}").status_code == 410
        assert join(client, token).status_code == 410
    assert fresh(number).voices == []


@pytest.mark.parametrize("wrong", ["x", "A" * 200, "%00", "é"])
def test_a_forged_offer_is_gone(client: FlaskClient, number: str, wrong: str) -> None:
    assert client.get(f"/complaints/join/{wrong}").status_code in {400, 410}


def test_sealed_words_of_another_kind_are_no_offer(client: FlaskClient, number: str) -> None:
    for content in (number, f'["other", "{number}", 9999999999]', f'["join", "{number}"]', "[]"):
        token = crypto.encrypt(content.encode()).decode()
        assert client.get(f"/complaints/join/{token}").status_code == 410, content


@pytest.mark.parametrize("key", ["report", "closed"])
def test_only_an_accepted_complaint_can_be_joined(client: FlaskClient, shop: Merchant, key: str) -> None:
    track = Track.REPORT if key == "report" else Track.MEDIATION
    number = make_case(shop, key=key, tracks=(track,), now=NOW).number
    token = voices.offer_token(fresh(number), now=NOW)
    assert client.get(f"/complaints/join/{token}").status_code == 410
    with pytest.raises(MoveNotAllowed), unit_of_work():
        case = queries.case_by_number(number)
        assert case is not None
        voices.join_case(case, submission_id="v", bought_on=None, words="", now=NOW)


def test_each_voice_counts(client: FlaskClient, shop: Merchant, number: str, token: str) -> None:
    for n in range(3):
        assert join(client, token, f"voice-{n}").status_code == 303
    assert [one.people_count for one in look(shop)] == [4]
