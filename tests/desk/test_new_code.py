"""A new code for a filer who lost it: by what only the filer knows, logged, shown once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.accounts.models import Role
from portal.base import crypto
from portal.complaints import queries
from portal.complaints.following.recovering import facts_known
from portal.complaints.models import Case
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Track
from tests.builders import make_case, make_member, make_merchant, make_office, sign_in
from tests.complaints.forms import code_on, errors_in

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
KEY = "filing-1"
THREE = ["fact_goods", "fact_settled_weight", "fact_contact"]


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def officer(app: Flask, client: FlaskClient) -> int:
    user_id = make_member(Role.OFFICER, make_office(now=NOW), name="王敏", now=NOW)
    sign_in(client, user_id)
    return user_id


@pytest.fixture
def number(app: Flask) -> str:
    return make_case(make_merchant(now=NOW), key=KEY, now=NOW).number


def case_of(number: str) -> Case:
    case = queries.case_by_number(number)
    assert case is not None
    return case


def give(client: FlaskClient, number: str, facts: list[str], key: str = "new", **told: str) -> TestResponse:
    body = {"submission_id": key, "facts": facts, "reason": "本人带身份证到窗口。", **told}
    return client.post(f"/desk/cases/{number}/new-code", data=body)


def test_three_facts_bring_a_new_code_and_the_old_one_opens_nothing(
    officer: int, client: FlaskClient, number: str
) -> None:
    first, second = give(client, number, THREE), give(client, number, THREE)
    assert (first.status_code, first.location) == (303, second.location)
    page = client.get(first.location)
    code = code_on(page)
    assert code == crypto.receipt_code("new")
    filing = queries.filing_by_code(code)
    assert filing is not None
    assert filing.cases[0].number == number
    assert queries.filing_by_code(crypto.receipt_code(KEY)) is None
    [entry] = filing.recoveries
    assert (entry.is_granted, entry.user_id, set(entry.facts)) == (True, officer, set(THREE))
    log = client.get(first.location + "?lang=en").text
    assert "王敏" in log
    assert "本人带身份证到窗口。" in log


def test_the_code_is_gone_from_this_computer_once_it_was_handed_over(
    officer: int, client: FlaskClient, app: Flask, number: str
) -> None:
    page = f"/desk/cases/{number}/new-code"
    give(client, number, THREE)
    assert code_on(client.get(page))
    colleague = app.test_client()
    sign_in(colleague, make_member(Role.LEADER, 1, login="li@example.cn", now=NOW))
    assert not code_on(colleague.get(page))
    assert client.post(page + "/handed-over").location == f"/desk/cases/{number}"
    assert not code_on(client.get(page))


@pytest.mark.parametrize("facts", [[], THREE[:1], THREE[:2]])
def test_fewer_facts_are_refused_and_logged(
    officer: int, client: FlaskClient, number: str, facts: list[str]
) -> None:
    answer = give(client, number, facts)
    assert answer.status_code == 422
    assert "facts" in errors_in(answer)
    filing = case_of(number).filing
    assert [entry.is_granted for entry in filing.recoveries] == [False]
    assert queries.filing_by_code(crypto.receipt_code(KEY)) is not None


def test_what_the_merchant_has_read_brings_no_code_of_a_complaint(
    officer: int, client: FlaskClient, number: str
) -> None:
    known = {fact.value for fact in facts_known(case_of(number).filing)} - {"fact_contact"}
    assert len(known) > 3
    assert give(client, number, sorted(known)).status_code == 422
    assert "fact_contact" in THREE
    assert give(client, number, THREE, "second").status_code == 303


def test_a_nameless_reporter_needs_no_contact(officer: int, client: FlaskClient) -> None:
    shop = make_merchant(now=NOW)
    report = make_case(shop, tracks=(Track.REPORT,), name=None, key="report", now=NOW)
    told = ["fact_goods", "fact_settled_weight", "fact_narrative"]
    assert give(client, report.number, told).status_code == 303


def test_what_the_stall_knows_of_a_sale_brings_no_code_of_a_report(officer: int, client: FlaskClient) -> None:
    shop = make_merchant(now=NOW)
    report = make_case(shop, tracks=(Track.REPORT,), name=None, key="report", now=NOW)
    page = client.get(f"/desk/cases/{report.number}/new-code?lang=en").text
    assert "something it cannot know" in page
    known = {fact.value for fact in facts_known(case_of(report.number).filing)} - {"fact_narrative"}
    assert {"fact_goods", "fact_unit_price", "fact_day_and_time", "fact_filed_at"} <= known
    assert give(client, report.number, sorted(known)).status_code == 422
    assert give(client, report.number, [*sorted(known), "fact_narrative"], "second").status_code == 303


def test_a_refusal_may_be_followed_by_a_better_try_and_the_fourth_of_a_day_not(
    officer: int, client: FlaskClient, number: str
) -> None:
    assert [give(client, number, [], str(one)).status_code for one in range(3)] == [422] * 3
    assert give(client, number, THREE, "fourth").status_code == 409
    assert len(case_of(number).filing.recoveries) == 3
    with time_machine.travel(NOW + timedelta(days=1, seconds=1), tick=False):
        sign_in(client, officer)
        assert give(client, number, THREE, "next day").status_code == 303


def test_without_a_reason_nothing_happens(officer: int, client: FlaskClient, number: str) -> None:
    answer = give(client, number, THREE, reason="")
    assert answer.status_code == 422
    assert "reason" in errors_in(answer)
    assert case_of(number).filing.recoveries == []


def test_only_facts_that_were_given_can_be_asked_for(officer: int, client: FlaskClient, number: str) -> None:
    page = client.get(f"/desk/cases/{number}/new-code").text
    known = {fact.value for fact in facts_known(case_of(number).filing)}
    assert "fact_evidence" not in known
    for fact in known:
        assert f'value="{fact}"' in page
    assert 'value="fact_evidence"' not in page
    assert give(client, number, ["fact_evidence", "fact_goods", "fact_narrative"]).status_code == 422


def test_the_password_is_asked_for_again(officer: int, client: FlaskClient, number: str) -> None:
    page = f"/desk/cases/{number}/new-code"
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert client.get(page).location.startswith("/account/confirm")
        assert give(client, number, THREE).location.startswith("/account/confirm")
    assert case_of(number).filing.recoveries == []


@pytest.mark.parametrize("role", [Role.INTAKE_CLERK, Role.AUDITOR, Role.MERCHANT_OWNER])
def test_clerks_auditors_and_merchants_give_no_code(client: FlaskClient, number: str, role: Role) -> None:
    merchant: Merchant | None = case_of(number).merchant
    assert merchant is not None
    subject = merchant.id if role is Role.MERCHANT_OWNER else make_office(now=NOW)
    sign_in(client, make_member(role, subject, now=NOW))
    page = f"/desk/cases/{number}/new-code"
    assert client.get(page).status_code == 403
    assert give(client, number, THREE).status_code == 403
    assert client.post(page + "/handed-over").status_code == 403
    if role is not Role.MERCHANT_OWNER:
        assert "new-code" not in client.get(f"/desk/cases/{number}").text


def test_another_county_finds_no_such_case(client: FlaskClient, number: str) -> None:
    there = make_office("330108", "滨江区局", now=NOW)
    sign_in(client, make_member(Role.LEADER, there, now=NOW))
    assert client.get(f"/desk/cases/{number}/new-code").status_code == 404
    assert give(client, number, THREE).status_code == 404
