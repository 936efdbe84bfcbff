"""Signing in: name and password, second factor, limits, and the end of a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts import actions, queries
from portal.accounts.access import Role
from portal.accounts.models import User
from portal.base.db import db, unit_of_work
from tests.builders import make_member, make_office, sign_in
from tests.conftest import make_app

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PASSWORD = "otter-lunch-petal-crisp"
WRONG = "The sign-in name or the password is not right."


@pytest.fixture(autouse=True)
def _at_a_known_time() -> None:
    with time_machine.travel(NOW, tick=False):
        yield


def merchant(password: str = PASSWORD, login: str = "wang@example.cn") -> User:
    user_id = make_member(Role.MERCHANT_OWNER, 7, login=login, now=NOW)
    return with_password(user_id, password)


def officer(password: str = PASSWORD) -> User:
    user_id = make_member(Role.OFFICER, make_office(now=NOW), login="li@example.cn", name="李强", now=NOW)
    return with_password(user_id, password)


def with_password(user_id: int, password: str) -> User:
    with unit_of_work():
        actions.change_password(queries.user_by_id(user_id), password, NOW)
    return queries.user_by_id(user_id)


def give(client: FlaskClient, login: str, password: str, path: str = "/account/login") -> object:
    return client.post(path, query_string={"lang": "en"}, data={"login": login, "password": password})


def test_a_merchant_signs_in_and_lands_at_the_shop(client: FlaskClient) -> None:
    merchant()
    answer = give(client, "wang@example.cn", PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/merchant/")
    assert "王敏" in client.get("/account/").text


def test_the_sign_in_name_is_read_in_any_case_and_width(client: FlaskClient) -> None:
    merchant()
    assert give(client, " Ｗang@Example.CN ", PASSWORD).status_code == 303


@pytest.mark.parametrize(
    "login", ["wang@example.cn", "nobody@example.cn", "nobody\x00@example.cn", "' OR 1=1"]
)
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: FlaskClient, login: str) -> None:
    merchant()
    answer = give(client, login, "not-the-password")
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert "not-the-password" not in answer.text


def test_the_answers_for_known_and_unknown_names_differ_in_nothing_but_the_name(client: FlaskClient) -> None:
    merchant()
    pages = [give(client, login, "x" * 12).text for login in ("wang@example.cn", "none@example.cn")]
    normal = [_without_random_parts(page).replace("none@", "wang@") for page in pages]
    assert normal[0] == normal[1]


def _without_random_parts(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if 'type="hidden"' not in line)


def test_an_unknown_name_costs_a_hash_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []
    monkeypatch.setattr(
        "portal.accounts.passwords.verify_password", lambda p, h: checked.append(h) or p == PASSWORD
    )
    assert actions.is_password_of(None, PASSWORD) is False
    assert len(checked) == 1
    assert checked[0].startswith("$argon2")


def test_a_person_made_inactive_is_out_at_once(client: FlaskClient) -> None:
    user = merchant()
    sign_in(client, user.id)
    assert client.get("/account/").status_code == 200
    with unit_of_work():
        queries.user_by_id(user.id).active = False
    assert client.get("/account/").status_code == 303
    assert give(client, "wang@example.cn", PASSWORD).status_code == 422


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/account/?x=1", "/account/?x=1"),
        ("https://evil.example/", "/merchant/"),
        ("//evil.example/", "/merchant/"),
        ("/\\evil.example/", "/merchant/"),
        ("\\\\evil.example", "/merchant/"),
        ("/\t/evil.example", "/merchant/"),
        ("javascript:alert(1)", "/merchant/"),
        ("evil.example", "/merchant/"),
    ],
)
def test_signing_in_never_leads_to_another_site(client: FlaskClient, wanted: str, goes_to: str) -> None:
    merchant()
    answer = client.post(
        "/account/login",
        query_string={"next": wanted},
        data={"login": "wang@example.cn", "password": PASSWORD},
    )
    assert answer.location == goes_to


def test_staff_owe_the_second_factor_before_they_are_in(client: FlaskClient) -> None:
    user = officer()
    assert give(client, "li@example.cn", PASSWORD).location == "/account/second-factor"
    assert client.get("/account/").status_code == 303
    code = actions.current_totp_code(user, NOW)
    assert client.post("/account/second-factor", data={"code": code}).location == "/desk/"
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("roles", "place"),
    [
        ([Role.LEADER], "/desk/"),
        ([Role.INTAKE_CLERK], "/desk/"),
        ([Role.AUDITOR], "/desk/"),
        ([Role.PUBLISHER], "/account/"),
        ([Role.INSPECTOR], "/account/"),
        ([Role.PUBLISHER, Role.OFFICER], "/desk/"),
    ],
)
def test_staff_land_where_their_role_may_work(client: FlaskClient, roles: list[Role], place: str) -> None:
    office_id = make_office(now=NOW)
    for role in roles:
        user_id = make_member(role, office_id, login="li@example.cn", now=NOW)
    user = with_password(user_id, PASSWORD)
    give(client, "li@example.cn", PASSWORD)
    code = actions.current_totp_code(user, NOW)
    assert client.post("/account/second-factor", data={"code": code}).location == place
    page = client.get(place)
    assert page.status_code == 200
    assert ('href="/desk/"' in page.text) is (place == "/desk/")


def test_a_wrong_code_is_refused(client: FlaskClient) -> None:
    user = officer()
    give(client, "li@example.cn", PASSWORD)
    right = actions.current_totp_code(user, NOW)
    for code in (f"{(int(right) + 1) % 1_000_000:06d}", "", "12345", "abcdef", "９９９９９９９", "\x00" * 6):
        assert client.post("/account/second-factor", data={"code": code}).status_code == 422
    assert client.get("/account/").status_code == 303


def test_a_code_opens_the_door_once(app: Flask) -> None:
    user = officer()
    code = actions.current_totp_code(user, NOW)
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        give(client, "li@example.cn", PASSWORD)
    assert first.post("/account/second-factor", data={"code": code}).status_code == 303
    assert second.post("/account/second-factor", data={"code": code}).status_code == 422
    fresh = actions.current_totp_code(queries.user_by_id(user.id), NOW)
    assert fresh != code
    assert second.post("/account/second-factor", data={"code": fresh}).status_code == 303


def test_a_recovery_code_opens_the_door_once(client: FlaskClient) -> None:
    user = officer()
    with unit_of_work():
        codes = actions.renew_recovery_codes(queries.user_by_id(user.id))
    for typed, status in ((f" {codes[0].lower()} ", 303), (codes[0], 422)):
        give(client, "li@example.cn", PASSWORD)
        assert client.post("/account/second-factor", data={"code": typed}).status_code == status
        client.post("/account/logout")


def test_the_second_factor_is_owed_within_five_minutes(client: FlaskClient) -> None:
    user = officer()
    give(client, "li@example.cn", PASSWORD)
    later = NOW + timedelta(minutes=5, seconds=1)
    with time_machine.travel(later, tick=False):
        code = actions.current_totp_code(user, later)
        answer = client.post("/account/second-factor", data={"code": code})
        assert answer.location == "/account/login"
        assert client.get("/account/").status_code == 303


@pytest.mark.parametrize(
    ("rested", "status"), [(timedelta(minutes=30), 200), (timedelta(minutes=30, seconds=1), 303)]
)
def test_a_staff_session_ends_after_half_an_hour_of_rest(
    client: FlaskClient, rested: timedelta, status: int
) -> None:
    sign_in(client, officer().id)
    with time_machine.travel(NOW + rested, tick=False):
        assert client.get("/account/").status_code == status


def test_a_staff_session_ends_after_ten_hours_however_busy(client: FlaskClient) -> None:
    sign_in(client, officer().id)
    for minutes in range(20, 601, 20):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            assert client.get("/account/").status_code == 200
    with time_machine.travel(NOW + timedelta(hours=10, seconds=1), tick=False):
        assert client.get("/account/").status_code == 303


def test_a_merchants_session_lasts_over_the_night(client: FlaskClient) -> None:
    sign_in(client, merchant().id)
    with time_machine.travel(NOW + timedelta(hours=14), tick=False):
        assert client.get("/account/").status_code == 200


def test_signing_out_takes_a_post_and_forgets_everything(client: FlaskClient) -> None:
    sign_in(client, merchant().id)
    assert client.get("/account/logout").status_code == 405
    assert client.post("/account/logout").status_code == 303
    assert client.get("/account/").status_code == 303


def test_signing_out_everywhere_ends_the_other_session_too(app: Flask) -> None:
    user_id = merchant().id
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        sign_in(client, user_id)
    assert here.post("/account/sign-out-everywhere").status_code == 303
    assert there.get("/account/").status_code == 303


def test_signing_in_keeps_the_receipts_and_nothing_else_of_the_session_before(client: FlaskClient) -> None:
    merchant()
    with client.session_transaction() as session:
        session["receipts"] = [["abc", int(NOW.timestamp())]]
        session["enrolling"] = "somebody else's"
    give(client, "wang@example.cn", PASSWORD)
    with client.session_transaction() as session:
        assert session["receipts"] == [["abc", int(NOW.timestamp())]]
        assert "enrolling" not in session


@pytest.fixture
def limited(tmp_path: Path) -> Flask:
    app = make_app(tmp_path, RATELIMIT_ENABLED=True)
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_ten_wrong_passwords_close_an_account_for_a_while(limited: Flask) -> None:
    merchant()
    merchant(login="zhao@example.cn")
    client = limited.test_client()
    answers = [give(client, "WANG@example.cn", "wrong-password").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert give(client, "wang@example.cn", PASSWORD).status_code == 429
    assert give(client, "zhao@example.cn", PASSWORD).status_code == 303


def test_sixty_wrong_passwords_close_an_address_for_a_while(limited: Flask) -> None:
    client = limited.test_client()
    answers = [give(client, f"n{i}@example.cn", "").status_code for i in range(61)]
    assert answers == [422] * 60 + [429]


def test_looking_at_the_page_and_signing_in_cost_nothing(limited: Flask) -> None:
    merchant()
    client = limited.test_client()
    for _ in range(12):
        assert client.get("/account/login").status_code == 200
        assert give(client, "wang@example.cn", PASSWORD).status_code == 303
        client.post("/account/logout")


def test_the_limiter_keeps_no_address(limited: Flask) -> None:
    client = limited.test_client()
    client.post("/account/login", environ_base={"REMOTE_ADDR": "203.0.113.77"}, data={"login": "a@b.cn"})
    storage = next(iter(limited.extensions["limiter"])).storage
    kept = " ".join(storage.storage)
    assert kept
    assert "203.0.113.77" not in kept
    assert "a@b.cn" not in kept
