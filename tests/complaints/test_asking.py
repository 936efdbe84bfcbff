"""A question to the filer: its day, its address, its one answer, and what silence means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.base import crypto
from portal.base.db import db, unit_of_work
from portal.complaints import jobs, queries
from portal.complaints.actions import clocks_of
from portal.complaints.following import asking
from portal.complaints.following.asking import PartyRequest
from portal.complaints.models import Case, CaseEvent
from portal.complaints.words import RequestState
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, State, Track
from portal.rules.deadlines import Clock
from tests.builders import make_case
from tests.complaints.following import fresh, holder, move, send
from tests.complaints.forms import errors_in, kept_in, page_of

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
QUESTION = "请补充购物小票。"


def ask(number: str, question: str = QUESTION) -> str:
    """Ask as an officer does, and return the token of the question's address."""
    event = db.session.get_one(CaseEvent, move(number, MoveName.ASK_PARTY, reason=question))
    token = asking.token_of(event)
    assert token is not None
    return token


def only_request(number: str) -> tuple[Case, PartyRequest]:
    case = fresh(number)
    assert len(case.party_requests) == 1
    return case, case.party_requests[0]


@pytest.fixture
def number(shop: Merchant) -> str:
    return make_case(shop, now=NOW).number


@pytest.fixture
def token(number: str) -> str:
    return ask(number)


def address(token: str) -> str:
    return f"/complaints/requests/{token}"


def later(days: int) -> time_machine.travel:
    return time_machine.travel(NOW + timedelta(days=days), tick=False)


# Asking ---------------------------------------------------------------------------------


def test_asking_opens_a_request_due_with_its_clock(number: str, token: str) -> None:
    case, request = only_request(number)
    assert request.question == QUESTION
    clock = next(c for c in clocks_of(case, today=date(2026, 6, 1)) if c.clock is Clock.ANSWER_REQUEST)
    assert request.due_on == clock.deadline.due_on


def test_of_the_token_only_a_hash_is_kept_and_the_question_is_sealed(number: str, token: str) -> None:
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert token not in dump
    assert QUESTION not in dump
    assert len(token) == asking.TOKEN_SYMBOLS
    assert len(crypto.CODE_ALPHABET) ** asking.TOKEN_SYMBOLS > 2**100


def test_an_answer_leaves_no_token_behind(client: FlaskClient, token: str) -> None:
    answer = send(client, address(token), text="小票在这里。")
    assert (answer.status_code, answer.location) == (303, address(token))
    assert send(client, address(token), text="小票在这里。").location == address(token)
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert token not in dump


def test_the_token_is_found_again_after_a_change_of_keys(app: Flask, number: str, token: str) -> None:
    keys = app.config["SECRET_KEYS"]
    crypto.use_keys(["a-newer-key-for-tests-" + "1" * 32, *keys])
    try:
        event = next(e for e in fresh(number).events if e.move is MoveName.ASK_PARTY)
        assert asking.token_of(event) == token
        assert asking.request_by_token(token) is not None
    finally:
        crypto.use_keys(keys)


def test_an_event_that_asked_nothing_has_no_token(number: str, token: str) -> None:
    other = next(e for e in fresh(number).events if e.move is MoveName.REGISTER)
    assert asking.token_of(other) is None


# The page -------------------------------------------------------------------------------


def test_the_address_shows_question_day_and_effect_and_asks_no_code(
    client: FlaskClient, number: str, token: str
) -> None:
    answer = client.get(address(token))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for said in (QUESTION, "2026年6月8日", "第十六条第五项"):
        assert said in answer.text, said
    for private in ("张三", "13800000000", "老王水果店", "六十克"):
        assert private not in answer.text, private


@pytest.mark.parametrize("wrong", ["", "x", "A" * 24, "0" * 24, "A" * 500, "..", "%00", "<script>"])
def test_a_wrong_address_is_not_found(client: FlaskClient, token: str, wrong: str) -> None:
    assert client.get(address(wrong)).status_code in {400, 404}


def test_the_address_opens_this_question_and_nothing_else(
    client: FlaskClient, number: str, token: str
) -> None:
    assert send(client, address(token), text="有小票。").status_code == 303
    assert client.get(f"/complaints/cases/{number}").location == "/complaints/follow"


def test_one_answer_is_taken_and_stops_the_clock(client: FlaskClient, number: str, token: str) -> None:
    answer = send(client, address(token), text="小票已找到。")
    assert (answer.status_code, answer.location) == (303, address(token))
    case, request = only_request(number)
    assert request.answered_at == NOW
    assert [m.text for m in queries.messages_of(case.id)] == ["小票已找到。"]
    assert [e.move for e in case.events][-1] is MoveName.ADD_MATERIAL
    assert all(
        c.stopped_on for c in clocks_of(case, today=date(2026, 6, 1)) if c.clock is Clock.ANSWER_REQUEST
    )


def test_after_the_answer_the_address_is_gone_and_says_so(
    client: FlaskClient, number: str, token: str
) -> None:
    send(client, address(token), text="小票已找到。")
    again = client.get(address(token))
    assert again.status_code == 410
    assert page_of(again).select_one("form.fm-form") is None
    assert "12315" in again.text
    assert send(client, address(token), "sent-2", text="再说一句。").status_code == 410
    assert len(queries.messages_of(fresh(number).id)) == 1


def test_an_answer_sent_twice_is_kept_once(client: FlaskClient, number: str, token: str) -> None:
    for _ in range(2):
        assert send(client, address(token), text="小票已找到。").status_code == 303
    assert len(queries.messages_of(fresh(number).id)) == 1


@pytest.mark.parametrize("text", ["", "   ", "话" * 1001])
def test_an_empty_or_endless_answer_is_refused_and_kept(
    client: FlaskClient, number: str, token: str, text: str
) -> None:
    answer = send(client, address(token), text=text)
    assert answer.status_code == 422
    assert list(errors_in(answer)) == ["text"]
    assert kept_in(answer, ["text"]) == {"text": text}
    assert only_request(number)[1].answered_at is None


def test_the_holder_of_the_receipt_finds_the_question_and_answers_it(
    app: Flask, number: str, token: str
) -> None:
    filer = holder(app)
    page = filer.get(f"/complaints/cases/{number}")
    assert QUESTION in page.text
    link = page_of(page).select_one("a[href*='/questions/']")
    assert link is not None
    here = str(link["href"])
    assert filer.get(here).status_code == 200
    assert send(filer, here, text="有小票。").status_code == 303
    assert only_request(number)[1].answered_at is not None
    assert page_of(filer.get(f"/complaints/cases/{number}")).select_one("a[href*='/questions/']") is None


def test_a_strangers_question_is_not_found(app: Flask, shop: Merchant, number: str, token: str) -> None:
    make_case(shop, key="filing-2", now=NOW)
    stranger = holder(app, "filing-2")
    question = only_request(number)[1].id
    for path in (f"/complaints/cases/{number}/questions/{question}",):
        assert stranger.get(path).status_code == 404
        assert send(stranger, path, text="不是我的。").status_code == 404
    mine = stranger.get("/complaints/follow")
    own = next(str(a["href"]) for a in page_of(mine).select("main a[href*='/cases/']"))
    assert stranger.get(f"{own}/questions/{question}").status_code == 404


# Silence --------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "status", "is_open"), [(6, 200, True), (7, 200, True), (8, 410, False)])
def test_the_question_waits_through_its_last_day(
    client: FlaskClient, number: str, token: str, days: int, status: int, is_open: bool
) -> None:
    # Asked on Monday 2026-06-01, due five working days later: Monday 2026-06-08.
    with later(days):
        assert client.get(address(token)).status_code == status
        case, request = only_request(number)
        state = asking.state_of(case, request, today=date(2026, 6, 1) + timedelta(days=days))
        assert (state is RequestState.OPEN) is is_open
        assert (send(client, address(token), text="来得及吗？").status_code == 303) is is_open


def sweep(at: datetime) -> None:
    with unit_of_work():
        jobs.lapse_requests(now=at)


def test_silence_is_noted_once_with_its_effect(app: Flask, number: str, token: str) -> None:
    sweep(NOW + timedelta(days=7))
    assert only_request(number)[1].lapsed_at is None
    noted_at = NOW + timedelta(days=8)
    sweep(noted_at)
    sweep(noted_at + timedelta(days=3))
    assert only_request(number)[1].lapsed_at == noted_at
    with later(12):
        page = holder(app).get(f"/complaints/cases/{number}").text
    assert page.count("没有收到回答") >= 1
    assert "不予受理" in page


def test_an_answered_question_does_not_lapse(client: FlaskClient, number: str, token: str) -> None:
    send(client, address(token), text="有小票。")
    sweep(NOW + timedelta(days=30))
    assert only_request(number)[1].lapsed_at is None


def test_material_of_any_kind_answers_what_is_open(app: Flask, number: str, token: str) -> None:
    assert send(holder(app), f"/complaints/cases/{number}/add_material", text="补充一句。").status_code == 303
    case, request = only_request(number)
    assert asking.state_of(case, request, today=date(2026, 6, 1)) is RequestState.ANSWERED


def test_a_question_that_the_office_overtook_is_no_longer_needed(
    client: FlaskClient, number: str, token: str
) -> None:
    move(number, MoveName.ACCEPT)
    case, request = only_request(number)
    assert asking.state_of(case, request, today=date(2026, 6, 1)) is RequestState.NOT_NEEDED
    assert client.get(address(token)).status_code == 410
    sweep(NOW + timedelta(days=30))
    case, request = only_request(number)
    assert asking.state_of(case, request, today=date(2026, 7, 1)) is RequestState.NOT_NEEDED


def test_two_questions_each_have_an_address(client: FlaskClient, number: str, token: str) -> None:
    second = ask(number, "请说明复称地点。")
    assert second != token
    assert QUESTION in client.get(address(token)).text
    assert "请说明复称地点。" in client.get(address(second)).text


def test_a_reporter_is_asked_without_a_name_and_told_another_effect(
    client: FlaskClient, shop: Merchant
) -> None:
    number = make_case(shop, key="filing-5", tracks=(Track.REPORT,), name=None, now=NOW).number
    token = ask(number)
    page = client.get(address(token)).text
    assert "继续核查" in page
    assert "不予受理" not in page
    assert send(client, address(token), text="补充线索。").status_code == 303
    assert fresh(number).state is State.RECEIVED
    assert fresh(number).events[-1].actor is Actor.COMPLAINANT
