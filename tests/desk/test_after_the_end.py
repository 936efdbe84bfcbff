"""What the filer and others say of a case: surveys, wishes to look again, voices, answered questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Role
from portal.base.db import unit_of_work
from portal.complaints import queries
from portal.complaints.following import surveying, voices
from portal.complaints.models import Case
from portal.complaints.words import SurveyReason
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import EndingGround, MoveName, State
from tests.builders import make_case, make_member, make_merchant, make_office, move_case, sign_in
from tests.complaints.forms import errors_in
from tests.complaints.photos import hold

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
WORDS = "还有新的照片没有看。"


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(app: Flask) -> int:
    return make_office(now=NOW)


@pytest.fixture
def leader(office: int, client: FlaskClient) -> int:
    user_id = make_member(Role.LEADER, office, login="li@example.cn", name="李队", now=NOW)
    sign_in(client, user_id)
    return user_id


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    return make_merchant(now=NOW)


def case_of(number: str) -> Case:
    case = queries.case_by_number(number)
    assert case is not None
    return case


def ended(merchant: Merchant, key: str = "ended", *, reason: SurveyReason = SurveyReason.NEW_EVIDENCE) -> str:
    """Return the number of a case whose mediation ended, with what its filer said of that."""
    number = make_case(merchant, key=key, now=NOW).number
    move_case(number, MoveName.ACCEPT, now=NOW)
    move_case(number, MoveName.END_MEDIATION, ground=EndingGround.NO_AGREEMENT, now=NOW)
    move_case(number, MoveName.TELL_PARTIES, now=NOW)
    with unit_of_work():
        surveying.answer_survey(case_of(number), is_satisfied=False, reasons=[reason], words=WORDS, now=NOW)
    return number


def test_a_leader_finds_the_cases_that_ask_to_be_looked_at_again(
    leader: int, client: FlaskClient, merchant: Merchant
) -> None:
    asking = ended(merchant)
    slow = ended(merchant, "slow", reason=SurveyReason.TOO_SLOW)
    still_open = make_case(merchant, key="open", now=NOW).number
    queue = client.get("/desk/?lang=en").text
    assert "Closed cases that ask to be looked at again: 1" in queue
    page = client.get("/desk/?again=yes").text
    assert asking in page
    assert slow not in page
    assert still_open not in page


def test_an_officer_is_not_asked(office: int, client: FlaskClient, merchant: Merchant) -> None:
    ended(merchant)
    sign_in(client, make_member(Role.OFFICER, office, now=NOW))
    queue = client.get("/desk/?lang=en").text
    assert "looked at again" not in queue
    assert "again=yes" not in queue


def test_the_case_shows_what_its_filer_said(leader: int, client: FlaskClient, merchant: Merchant) -> None:
    page = client.get(f"/desk/cases/{ended(merchant)}?lang=en").text
    for expected in (WORDS, "not satisfied", "I have new evidence", "asked to be looked at again"):
        assert expected in page, expected


def test_taking_it_up_again_ends_the_wish(leader: int, client: FlaskClient, merchant: Merchant) -> None:
    number = ended(merchant)
    body = {"submission_id": "r", "reason": "有新证据", "both_consent": "y"}
    assert client.post(f"/desk/cases/{number}/moves/reopen", data=body).status_code == 303
    assert case_of(number).state is State.MEDIATING
    assert number not in client.get("/desk/?again=yes").text


def test_leaving_it_closed_is_answered_to_the_filer_alone(
    leader: int, client: FlaskClient, app: Flask, merchant: Merchant
) -> None:
    number, answer = ended(merchant), "照片已经看过，结论不变。"
    address = f"/desk/cases/{number}/leave-closed"
    empty = client.post(address, data={"submission_id": "e", "answer": ""})
    assert empty.status_code == 422
    assert "answer" in errors_in(empty)
    for _click in range(2):
        assert client.post(address, data={"submission_id": "l", "answer": answer}).status_code == 303
    assert client.post(address, data={"submission_id": "m", "answer": answer}).status_code == 409
    case = case_of(number)
    assert (case.wants_reopening, case.surveys[-1].answered_by_id) == (False, leader)
    assert answer in client.get(f"/desk/cases/{number}").text
    assert number not in client.get("/desk/?again=yes").text
    filer = app.test_client()
    hold(filer, case.filing.receipt_hash)
    assert answer in filer.get(f"/complaints/cases/{number}").text
    shop = app.test_client()
    sign_in(shop, make_member(Role.MERCHANT_OWNER, merchant.id, login="shop@example.cn", now=NOW))
    seen = shop.get(f"/merchant/cases/{number}").text
    assert answer not in seen
    assert WORDS not in seen


@pytest.mark.parametrize("role", [Role.OFFICER, Role.INTAKE_CLERK, Role.AUDITOR])
def test_only_a_leader_leaves_it_closed(
    office: int, client: FlaskClient, merchant: Merchant, role: Role
) -> None:
    number = ended(merchant)
    sign_in(client, make_member(role, office, now=NOW))
    assert client.post(f"/desk/cases/{number}/leave-closed", data={"answer": "不"}).status_code == 403
    assert "leave-closed" not in client.get(f"/desk/cases/{number}").text
    assert case_of(number).wants_reopening


def test_voices_stand_beside_the_case_with_their_words(
    leader: int, client: FlaskClient, merchant: Merchant
) -> None:
    number = make_case(merchant, now=NOW).number
    move_case(number, MoveName.ACCEPT, now=NOW)
    with unit_of_work():
        for key in "ab":
            voices.join_case(
                case_of(number),
                submission_id=f"voice-{key}",
                bought_on=NOW.date() - timedelta(days=1),
                words=f"我也少了{key}两。",
                now=NOW,
            )
    page = client.get(f"/desk/cases/{number}?lang=en").text
    for expected in ("Others to whom the same happened: 2", "我也少了a两。", "我也少了b两。"):
        assert expected in page, expected


def test_a_question_shows_its_day_and_whether_it_was_answered(
    leader: int, client: FlaskClient, merchant: Merchant
) -> None:
    number = make_case(merchant, now=NOW).number
    move_case(number, MoveName.ASK_PARTY, reason="请补交小票的照片。", now=NOW)
    page = client.get(f"/desk/cases/{number}?lang=en").text
    assert "Questions to the filer" in page
    assert "请补交小票的照片。" in page
    assert "Waiting for the filer" in page
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        sign_in(client, leader)
        assert "Not answered in time" in client.get(f"/desk/cases/{number}?lang=en").text
