"""One-time links, one's own account, and the commands that make links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts import actions, links, passwords, queries, second_factor
from portal.accounts.access import Role
from portal.accounts.actions import LoginTaken, RoleUnfit
from portal.accounts.links import LinkNotUsable
from portal.accounts.models import OneTimeLink, SubjectKind
from portal.accounts.passwords import PasswordTooWeak
from portal.base.crypto import use_keys
from portal.base.db import db, unit_of_work
from tests.builders import make_member, make_office, sign_in

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PASSWORD = "otter-lunch-petal-crisp"
OTHER = "velvet-siren-mango-drift"


@pytest.fixture(autouse=True)
def _at_a_known_time() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def invite(role: Role = Role.MERCHANT_OWNER, email: str = "new@example.cn", subject_id: int = 7) -> str:
    with unit_of_work():
        return links.invite(role, email, subject_id, NOW)


def accept(client: FlaskClient, token: str, key: str = "one", **changes: str) -> object:
    data = {"name": "陈新", "password": PASSWORD, "again": PASSWORD, "submission_id": key, **changes}
    return client.post(f"/account/invitation/{token}?lang=en", data=data)


def test_an_invitation_makes_a_sign_in_with_its_role(client: FlaskClient) -> None:
    token = invite()
    assert "new@example.cn" in client.get(f"/account/invitation/{token}").text
    assert accept(client, token).location == "/account/login"
    user = queries.user_by_login("new@example.cn")
    assert user is not None
    assert [(m.role, m.subject_kind, m.subject_id) for m in queries.memberships_of(user.id)] == [
        (Role.MERCHANT_OWNER, SubjectKind.MERCHANT, 7)
    ]


def test_an_invitation_works_once(client: FlaskClient) -> None:
    token = invite()
    accept(client, token)
    assert client.get(f"/account/invitation/{token}").status_code == 410
    assert accept(client, token, key="two", password=OTHER, again=OTHER).status_code == 410
    assert actions.is_password_of(queries.user_by_login("new@example.cn"), PASSWORD)


def test_an_invitation_sent_twice_by_a_double_click_is_taken_once(client: FlaskClient) -> None:
    token = invite()
    assert [accept(client, token).location for _ in range(2)] == ["/account/login"] * 2


@pytest.mark.parametrize(("late", "status"), [(timedelta(seconds=-1), 200), (timedelta(0), 410)])
def test_an_invitation_expires_after_seven_days(client: FlaskClient, late: timedelta, status: int) -> None:
    token = invite()
    with time_machine.travel(NOW + timedelta(days=7) + late, tick=False):
        assert client.get(f"/account/invitation/{token}").status_code == status
        assert (accept(client, token).status_code == 410) is (status == 410)


def test_a_token_is_kept_as_a_hash_alone(app: Flask) -> None:
    token = invite()
    link = db.session.scalar(select(OneTimeLink))
    assert token not in " ".join(str(value) for value in vars(link).values())


def test_an_unknown_token_opens_nothing(client: FlaskClient) -> None:
    for token in ("x", "x" * 4000, "%00", "'--"):
        assert client.get(f"/account/invitation/{token}").status_code in {400, 404, 410}
        assert client.get(f"/account/reset/{token}").status_code in {400, 404, 410}


def test_a_reset_link_is_no_invitation_and_the_other_way_round(client: FlaskClient) -> None:
    user_id = make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    with unit_of_work():
        reset = links.reset_link(queries.user_by_id(user_id), NOW)
    assert client.get(f"/account/invitation/{reset}").status_code == 410
    assert client.get(f"/account/reset/{invite()}").status_code == 410


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 10 characters"),
        ("1234567890", "easy to guess"),
        ("password123", "easy to guess"),
        ("new@example.cn", "easy to guess"),
        ("x" * 129, "no more than 128 characters"),
        ("", "fill this in"),
    ],
)
def test_a_weak_password_is_refused_on_its_field_and_nothing_else_is_lost(
    client: FlaskClient, password: str, words: str
) -> None:
    token = invite()
    answer = accept(client, token, password=password, again=password)
    assert answer.status_code == 422
    assert words in answer.text
    assert "陈新" in answer.text
    assert queries.user_by_login("new@example.cn") is None


def test_two_passwords_that_differ_are_refused(client: FlaskClient) -> None:
    assert "The two passwords differ" in accept(client, invite(), again=OTHER).text


def test_who_signs_in_here_already_adds_a_role_with_the_password_they_have(client: FlaskClient) -> None:
    user_id = make_member(Role.MERCHANT_OWNER, 7, login="new@example.cn", now=NOW)
    with unit_of_work():
        actions.change_password(queries.user_by_id(user_id), PASSWORD, NOW)
    token = invite(subject_id=8)
    refused = client.post(f"/account/invitation/{token}", data={"password": OTHER, "submission_id": "a"})
    assert refused.status_code == 422
    assert len(queries.memberships_of(user_id)) == 1
    client.post(f"/account/invitation/{token}", data={"password": PASSWORD, "submission_id": "b"})
    assert [m.subject_id for m in queries.memberships_of(user_id)] == [7, 8]


def test_a_reset_sets_the_password_once_and_ends_every_session(app: Flask, client: FlaskClient) -> None:
    user_id = make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    with unit_of_work():
        token = links.reset_link(queries.user_by_id(user_id), NOW)
    sign_in(client, user_id)
    stranger = app.test_client()
    data = {"password": PASSWORD, "again": PASSWORD, "submission_id": "k"}
    assert stranger.get(f"/account/reset/{token}").status_code == 200
    assert stranger.post(f"/account/reset/{token}", data=data).status_code == 303
    assert client.get("/account/").status_code == 303
    assert actions.is_password_of(queries.user_by_id(user_id), PASSWORD)
    assert stranger.post(f"/account/reset/{token}", data={**data, "submission_id": "l"}).status_code == 410


def test_a_reset_keeps_the_second_factor(app: Flask) -> None:
    user_id = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    with unit_of_work():
        token = links.reset_link(queries.user_by_id(user_id), NOW)
    with unit_of_work():
        links.use_reset(token, PASSWORD, NOW)
    assert queries.user_by_id(user_id).second_factor_at is not None
    with unit_of_work(), pytest.raises(LinkNotUsable):
        links.use_reset(token, PASSWORD, NOW)


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(app: Flask) -> None:
    user_id = make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    with unit_of_work():
        actions.change_password(queries.user_by_id(user_id), PASSWORD, NOW)
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        sign_in(client, user_id)
    wrong = {"current": OTHER, "password": OTHER, "again": OTHER}
    assert here.post("/account/password", data=wrong).status_code == 422
    right = {**wrong, "current": PASSWORD}
    assert here.post("/account/password", data=right).status_code == 303
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 303


def test_a_member_of_staff_sets_up_the_second_factor_by_its_picture(client: FlaskClient) -> None:
    user_id = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    with unit_of_work():
        actions.drop_second_factor(queries.user_by_id(user_id))
    sign_in(client, user_id)
    page = client.get("/account/second-factor/set-up").text
    assert "<svg" in page
    assert " style=" not in page
    with client.session_transaction() as session:
        sealed = session["enrolling"]
    assert second_factor.secret_to_type(sealed) in page
    assert client.post("/account/second-factor/set-up", data={"code": "000000"}).status_code == 422
    code = second_factor.current_code(sealed, NOW, last=None)
    answer = client.post("/account/second-factor/set-up", data={"code": code})
    assert answer.location == "/account/recovery-codes"
    codes = re.findall(r"\b[2-9A-Z]{5}-[2-9A-Z]{5}\b", client.get(answer.location).text)
    assert len(codes) == 8
    assert client.get(answer.location).location == "/account/"
    user = queries.user_by_id(user_id)
    assert user.second_factor_at == NOW
    assert not set(codes) & set(user.recovery_hashes)
    with unit_of_work():
        assert actions.use_code(queries.user_by_id(user_id), codes[3], NOW)


def test_setting_up_asks_for_the_password_when_it_was_given_long_ago(client: FlaskClient) -> None:
    user_id = make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    with unit_of_work():
        actions.change_password(queries.user_by_id(user_id), PASSWORD, NOW)
    sign_in(client, user_id)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        answer = client.get("/account/second-factor/set-up")
        assert answer.location == "/account/confirm?next=/account/second-factor/set-up"
        assert client.post(answer.location, data={"password": OTHER}).status_code == 422
        assert client.post(answer.location, data={"password": PASSWORD}).location == (
            "/account/second-factor/set-up"
        )
        assert client.get("/account/second-factor/set-up").status_code == 200


def test_a_merchant_may_do_without_the_second_factor_and_staff_may_not(client: FlaskClient) -> None:
    merchant_id = make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    officer_id = make_member(Role.OFFICER, make_office(now=NOW), login="li@example.cn", now=NOW)
    with unit_of_work():
        actions.enrol_second_factor(queries.user_by_id(merchant_id), second_factor.new_secret(), NOW)
    for user_id, is_left in ((merchant_id, False), (officer_id, True)):
        sign_in(client, user_id)
        assert client.post("/account/second-factor/remove").status_code == 303
        assert (queries.user_by_id(user_id).second_factor_at is not None) is is_left


def test_new_recovery_codes_put_the_old_ones_out_of_use(client: FlaskClient) -> None:
    user_id = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    with unit_of_work():
        old = actions.renew_recovery_codes(queries.user_by_id(user_id))
    sign_in(client, user_id)
    client.post("/account/recovery-codes")
    with unit_of_work():
        assert not actions.use_code(queries.user_by_id(user_id), old[0], NOW)


def test_a_secret_is_sealed_and_opens_after_the_keys_were_rotated(app: Flask) -> None:
    old, new = app.config["SECRET_KEYS"][0], "a-newer-key-" + "1" * 32
    sealed = second_factor.new_secret()
    plain = second_factor.secret_to_type(sealed)
    assert plain.replace("-", "") not in sealed
    try:
        second_factor.use_keys((new, old))
        assert second_factor.secret_to_type(sealed) == plain
    finally:
        second_factor.use_keys((old,))
        use_keys((old,))


def test_a_demo_sign_in_is_strong_printed_once_and_works(client: FlaskClient) -> None:
    user_id = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    with unit_of_work():
        first = actions.renew_sign_in(queries.user_by_id(user_id), NOW)
        password = actions.renew_sign_in(queries.user_by_id(user_id), NOW)
    assert first != password
    assert passwords.fault_of(password) is None
    client.post("/account/login", data={"login": "wang@example.cn", "password": password})
    code = actions.current_totp_code(queries.user_by_id(user_id), NOW)
    assert client.post("/account/second-factor", data={"code": code}).location == "/desk/"


def test_a_sign_in_name_is_taken_in_any_case(app: Flask) -> None:
    make_member(Role.MERCHANT_OWNER, 7, login="wang@example.cn", now=NOW)
    for login in ("WANG@example.cn", " "):
        with unit_of_work(), pytest.raises(LoginTaken):
            actions.add_user(login, None, NOW)


def test_a_role_fits_one_kind_of_subject(app: Flask) -> None:
    with unit_of_work():
        user = actions.add_user("a@example.cn", None, NOW)
        with pytest.raises(RoleUnfit):
            actions.add_member(user, Role.OFFICER, SubjectKind.MERCHANT, 7, NOW)
        with pytest.raises(PasswordTooWeak):
            actions.add_user("b@example.cn", "12345", NOW)


def test_the_office_for_a_county_is_its_own_else_its_citys_else_its_provinces(app: Flask) -> None:
    for code in ("330000", "330100", "330106"):
        make_office(code, code, now=NOW)
    found = [queries.office_for(code).region_code for code in ("330106", "330108", "330206")]
    assert found == ["330106", "330100", "330000"]
    assert queries.office_for("110101") is None
    assert queries.office_above("330100").region_code == "330000"
    assert queries.office_above("330000") is None


def run(app: Flask, *words: str) -> object:
    return app.test_cli_runner().invoke(args=["accounts", *words])


def test_the_commands_make_an_office_invite_and_reset(app: Flask, client: FlaskClient) -> None:
    assert run(app, "office", "330106", "西湖局").exit_code == 0
    invited = run(app, "invite", "officer", "li@example.cn", "--office", "330106")
    address = invited.stdout.strip()
    assert address.startswith("http://127.0.0.1:8000/account/invitation/")
    accept(client, address.rsplit("/", 1)[1])
    assert "li@example.cn\t陈新\tofficer" in run(app, "list").stdout
    reset = run(app, "reset", "li@example.cn", "--second-factor").stdout.strip()
    assert client.get(reset.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert run(app, "end", "li@example.cn").stdout == "ended 1\n"
    assert run(app, "list").stdout == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["invite", "officer", "li@example.cn"], "--office"),
        (["invite", "officer", "li@example.cn", "--office", "330199"], "flask accounts office"),
        (["invite", "merchant_owner", "li@example.cn", "--merchant", "M404"], "--merchant"),
        (["invite", "market_organiser", "li@example.cn"], "--market"),
        (["invite", "fund_manager", "li@example.cn"], "fund"),
        (["invite", "king", "li@example.cn"], "king"),
        (["invite", "administrator", "li"], "e-mail"),
        (["office", "33", "x"], "six digits"),
        (["reset", "nobody"], "nobody signs in"),
        (["end", "nobody"], "nobody signs in"),
    ],
)
def test_a_command_says_what_it_lacks(app: Flask, words: list[str], says: str) -> None:
    answer = run(app, *words)
    assert answer.exit_code != 0
    assert says in answer.output
