"""Who files, for whom and with whom, what they agree to, and which promise they rely on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from bs4 import Tag
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.base import mail
from portal.base.db import db, unit_of_work
from portal.complaints.following.recovering import check_phrase
from portal.complaints.models import Filing
from portal.merchants.actions import publish_pledge
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Track
from portal.rules.pledge import PledgeTerms
from tests.builders import make_pledge
from tests.complaints.forms import (
    CONSENTS,
    begin,
    draft_of,
    errors_in,
    filing_of,
    fill_in,
    of_step,
    page_of,
    post,
    send,
    typed,
)

PROXY = {
    "filed_as": "as_proxy",
    "proxy_name": "赵律师",
    "proxy_phone": "0571-88001234",
    "proxy_matter": "短斤少两争议",
    "proxy_power": "代为协商、和解",
    "proxy_term": "至2026年底",
    "has_power_of_attorney": "y",
}
JOINT = {
    "filed_as": "jointly",
    "joint_count": "１２",
    "representative_1_name": "甲",
    "representative_1_phone": "13900000001",
    "representative_2_name": "乙",
}
REPORT = {"wanted": "want_report", "name": "", "phone": "", "address": "", **dict.fromkeys(CONSENTS, "")}
GOOD_ID = "11010519491231002X"


def refused(client: FlaskClient, shop: Merchant, **more: str) -> list[str]:
    answer = send(client, typed(shop, **more))
    assert answer.status_code == 422
    return list(errors_in(answer))


def test_a_proxy_is_filed_with_the_power_of_attorney(client: FlaskClient, shop: Merchant) -> None:
    filing = filing_of(client, typed(shop, **PROXY))
    assert filing.name == "张三丰"
    assert json.loads(filing.proxy or "") == {
        "name": "赵律师",
        "phone": "0571-88001234",
        "matter": "短斤少两争议",
        "power": "代为协商、和解",
        "term": "至2026年底",
    }
    assert (filing.representatives, filing.joint_count) == (None, None)


@pytest.mark.parametrize("field", [name for name in PROXY if name != "filed_as"])
def test_what_a_proxy_lacks_is_named(client: FlaskClient, shop: Merchant, field: str) -> None:
    assert refused(client, shop, **PROXY | {field: ""}) == [field]


def test_a_proxys_missing_phone_is_not_called_an_identity(client: FlaskClient, shop: Merchant) -> None:
    answer = send(client, typed(shop, **PROXY | {"proxy_phone": ""}))
    assert "电话" in errors_in(answer)["proxy_phone"]
    assert "身份证明" not in errors_in(answer)["proxy_phone"]


def test_the_page_says_what_the_law_asks_of_a_joint_complaint(client: FlaskClient, shop: Merchant) -> None:
    draft, _answer = fill_in(client, typed(shop))
    text = page_of(client.get(f"{draft}/who")).get_text()
    for asked in ("书面推选2名代表人", "同一消费者权益争议", "须经所代表的人同意", "2到500人"):
        assert asked in text, asked


def test_a_joint_complaint_names_how_many_and_at_most_two(client: FlaskClient, shop: Merchant) -> None:
    filing = filing_of(client, typed(shop, **JOINT))
    assert filing.joint_count == 12
    assert json.loads(filing.representatives or "") == [
        {"name": "甲", "phone": "13900000001"},
        {"name": "乙", "phone": ""},
    ]
    assert filing.proxy is None
    page = page_of(client.get(f"/complaints/cases/{filing.cases[0].number}"))
    assert "representative_3_name" not in str(page)


@pytest.mark.parametrize("count", ["", "1", "0", "-3", "501", "2.5", "twelve", "99999", "二十"])
def test_a_joint_count_that_cannot_be_is_refused(client: FlaskClient, shop: Merchant, count: str) -> None:
    named = refused(client, shop, **JOINT | {"joint_count": count})
    assert named == ["joint_count"]


@pytest.mark.parametrize(("count", "number"), [("2", 2), ("500", 500), (" 3 ", 3)])
def test_two_to_five_hundred_can_complain_together(
    client: FlaskClient, shop: Merchant, count: str, number: int
) -> None:
    assert filing_of(client, typed(shop, **JOINT | {"joint_count": count})).joint_count == number


def test_a_representatives_phone_needs_a_name(client: FlaskClient, shop: Merchant) -> None:
    assert refused(client, shop, **JOINT | {"representative_1_name": ""}) == ["representative_1_name"]


def test_what_belongs_to_another_way_of_filing_is_neither_asked_nor_kept(
    client: FlaskClient, shop: Merchant
) -> None:
    stray = PROXY | JOINT | {"filed_as": "for_myself", "joint_count": "none", "proxy_phone": "x"}
    filing = filing_of(client, typed(shop, **stray))
    assert (filing.proxy, filing.representatives, filing.joint_count) == (None, None, None)


@pytest.mark.parametrize("field", list(CONSENTS))
def test_each_consent_is_answered_yes_or_no_in_a_complaint(
    client: FlaskClient, shop: Merchant, field: str
) -> None:
    assert refused(client, shop, **{field: ""}) == [field]
    assert refused(client, shop, **{field: "maybe"}) == [field]
    for key, answer, kept in (("a", "yes", True), ("b", "no", False)):
        filing = filing_of(client, typed(shop, key, **{field: answer}))
        assert getattr(filing, field) is kept


def test_a_report_asks_for_no_consent_no_id_and_no_standing(client: FlaskClient, shop: Merchant) -> None:
    draft, _answer = fill_in(client, typed(shop, **REPORT))
    page = page_of(client.get(f"{draft}/who"))
    names = {str(field["name"]) for field in page.select("main form [name]:not([type=hidden])")}
    assert names == {"name", "phone", "address", "recovery_phrase", "do"}
    filing = filing_of(client, typed(shop, "other", **REPORT | {"agrees_to_publication": "yes"}))
    assert [case.track for case in filing.cases] == [Track.REPORT]
    assert (filing.agrees_to_publication, filing.agrees_to_delegation) == (False, False)


def test_an_id_number_given_for_a_complaint_does_not_go_with_a_report(
    client: FlaskClient, shop: Merchant
) -> None:
    sent = typed(shop, id_number=GOOD_ID)
    draft, _answer = fill_in(client, sent)
    post(client, draft, "ask", wants_checking="y")
    filed = client.post(f"{draft}/send", data={"submission_id": "filing-1"})
    assert filed.status_code == 303
    filing = all_filings()[0]
    assert (filing.id_number_hash, filing.id_number_last_four) == (None, None)


@pytest.mark.parametrize(
    "number", ["110105194912310021", "11010519491331002X", "1101051949", "abc", "12" * 14]
)
def test_an_id_number_that_cannot_be_is_refused_without_repeating_it(
    client: FlaskClient, shop: Merchant, number: str
) -> None:
    answer = send(client, typed(shop, id_number=number))
    assert list(errors_in(answer)) == ["id_number"]
    assert number not in errors_in(answer)["id_number"]


def test_of_an_id_number_only_the_last_four_are_kept_until_it_is_taken_out(
    client: FlaskClient, shop: Merchant
) -> None:
    sent = typed(shop, id_number="110105 19491231 002x")
    draft, _answer = fill_in(client, sent)
    shown = client.get(f"{draft}/who").text
    assert "002X" in shown
    assert "19491231" not in shown
    # Left empty it stays; "-" takes it out.
    post(client, draft, "who", **of_step("who", sent) | {"id_number": ""})
    assert "002X" in client.get(f"{draft}/who").text
    post(client, draft, "who", **of_step("who", sent) | {"id_number": "-"})
    assert "002X" not in client.get(f"{draft}/who").text


@pytest.mark.parametrize("phrase", ["a", "1234567", "password", "12345678", "x" * 101])
def test_a_weak_phrase_is_refused_kindly(client: FlaskClient, shop: Merchant, phrase: str) -> None:
    answer = send(client, typed(shop, recovery_phrase=phrase))
    assert list(errors_in(answer)) == ["recovery_phrase"]


def test_a_good_phrase_is_kept_as_a_hash(client: FlaskClient, shop: Merchant) -> None:
    filing = filing_of(client, typed(shop, recovery_phrase="青蛙 火车 月亮 铅笔"))
    assert filing.recovery_hash is not None
    assert "青蛙" not in filing.recovery_hash
    assert check_phrase(filing.recovery_hash, "青蛙火车，月亮铅笔")


@pytest.mark.parametrize("phone", ["电话", "123", "1" * 21, "no phone"])
def test_a_phone_that_nobody_can_call_is_asked_again(client: FlaskClient, shop: Merchant, phone: str) -> None:
    assert refused(client, shop, phone=phone) == ["phone"]


@pytest.mark.parametrize("phone", ["13912345678", "１３９ 1234 5678", "+86 571-8888 1234", "8800123 转 12"])
def test_a_phone_is_kept_as_it_was_typed(client: FlaskClient, shop: Merchant, phone: str) -> None:
    assert filing_of(client, typed(shop, phone=phone)).phone == phone


# E-mail: only where letters can be sent ------------------------------------------------


@pytest.fixture
def mail_on() -> Iterator[None]:
    mail.use_mail(
        {"SMTP_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "a@b.example", "PUBLIC_URL": "http://127.0.0.1"}
    )
    yield
    mail.use_mail({})


def test_without_mail_no_address_is_asked_or_kept(client: FlaskClient, shop: Merchant) -> None:
    draft, _answer = fill_in(client, typed(shop, email="not an address"))
    assert page_of(client.get(f"{draft}/who")).select_one("[name=email]") is None
    assert filing_of(client, typed(shop, "other", email="me@example.cn")).email is None


def test_with_mail_an_address_is_checked_and_kept(client: FlaskClient, shop: Merchant, mail_on: None) -> None:
    draft, _answer = fill_in(client, typed(shop))
    assert page_of(client.get(f"{draft}/who")).select_one("[name=email]") is not None
    assert refused(client, shop, email="me@", submission_id="x") == ["email"]
    assert filing_of(client, typed(shop, "other", email="me@example.com")).email == "me@example.com"


# The promise relied on ------------------------------------------------------------------


def clauses_on(client: FlaskClient, draft: str) -> dict[str, str]:
    choices = page_of(client.get(f"{draft}/ask?lang=en")).select(".fm-choice:has([name=pledge_clause])")
    found = {}
    for choice in choices:
        field = choice.select_one("input")
        assert isinstance(field, Tag)
        found[str(field["value"])] = choice.get_text(" ", strip=True)
    return found


def test_the_promise_is_offered_in_the_words_of_the_version_of_that_day(
    client: FlaskClient, shop: Merchant
) -> None:
    make_pledge(shop, PledgeTerms(factor=3), now=datetime(2026, 4, 1, 2, 0, tzinfo=UTC))
    publish_from(shop, PledgeTerms(factor=10), date(2026, 5, 15))
    for key, day, words in (("a", "2026-05-01", "Three for one"), ("b", "2026-05-20", "Ten for one")):
        draft, _answer = fill_in(client, typed(shop, key, bought_on=day))
        offered = clauses_on(client, draft)
        assert offered["promised_amount"].startswith(words)
        assert "open_weighing" in offered
    draft, _answer = fill_in(client, typed(shop, "c", bought_on="2026-03-01"))
    assert clauses_on(client, draft) == {}


def publish_from(shop: Merchant, terms: PledgeTerms, day: date) -> None:
    with unit_of_work():
        publish_pledge(
            shop, terms, signer="王某", valid_from_on=day, now=datetime(2026, 5, 15, 2, 0, tzinfo=UTC)
        )


def test_the_promise_chosen_is_filed_and_one_never_made_is_not(client: FlaskClient, shop: Merchant) -> None:
    make_pledge(shop, PledgeTerms(factor=10), now=datetime(2026, 5, 1, 2, 0, tzinfo=UTC))
    filing = filing_of(client, typed(shop, pledge_clause="promised_amount"))
    assert filing.pledge_clause == "promised_amount"
    assert "pledge_clause" in errors_in(send(client, typed(shop, "b", pledge_clause="free_lunch")))
    # Chosen for a day with a pledge, and the day then moved before it.
    sent = typed(shop, "c", pledge_clause="promised_amount")
    draft, _answer = fill_in(client, sent)
    post(client, draft, "what", **of_step("what", sent | {"bought_on": "2026-04-01"}))
    client.post(f"{draft}/send", data={"submission_id": "c"})
    last = max(all_filings(), key=lambda one: one.id)
    assert (last.bought_on, last.pledge_clause) == (date(2026, 4, 1), None)


def all_filings() -> list[Filing]:
    return list(db.session.scalars(select(Filing)))


def test_nothing_is_asked_of_a_merchant_without_a_pledge(client: FlaskClient, shop: Merchant) -> None:
    assert clauses_on(client, draft_of(begin(client, typed(shop)))) == {}
    assert filing_of(client, typed(shop, "b", pledge_clause="promised_amount")).pledge_clause is None
