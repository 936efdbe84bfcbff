"""Sign-ins: a copied cookie dies with its own, the list of one's own, and how little is kept of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.exceptions import HTTPException

from portal.accounts import actions, jobs, links, queries, second_factor, security, sign_ins
from portal.accounts.access import Role
from portal.accounts.models import EndOfSignIn, SignIn
from portal.base.crypto import use_keys
from portal.base.db import db, unit_of_work
from portal.base.jobs import run_sweeps
from tests.accounts.conftest import copy_of
from tests.builders import make_member, make_office, sign_in

NOW = datetime(2026, 6, 1, 2, 20, 30, tzinfo=UTC)
PASSWORD = "otter-lunch-petal-crisp"
OTHER = "velvet-siren-mango-drift"
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _at_a_known_time() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def owner() -> int:
    return with_password(make_member(Role.MERCHANT_OWNER, 7, now=NOW))


def officer() -> int:
    office = make_office(now=NOW)
    return with_password(make_member(Role.OFFICER, office, login="li@example.cn", name="李强", now=NOW))


def with_password(user_id: int) -> int:
    with unit_of_work():
        actions.change_password(queries.user_by_id(user_id), PASSWORD, NOW)
    return user_id


def rows(user_id: int) -> list[SignIn]:
    db.session.rollback()
    query = select(SignIn).where(SignIn.user_id == user_id).order_by(SignIn.id)
    return list(db.session.scalars(query))


def is_in(client: FlaskClient) -> bool:
    return client.get("/account/").status_code == 200


def device(app: Flask, user_id: int) -> FlaskClient:
    client = app.test_client()
    sign_in(client, user_id)
    return client


def sign_out(client: FlaskClient, _user_id: int) -> None:
    assert client.post("/account/logout").status_code == 303


def sign_out_everywhere(client: FlaskClient, user_id: int) -> None:
    assert device(client.application, user_id).post("/account/sign-out-everywhere").status_code == 303


def change_password(client: FlaskClient, _user_id: int) -> None:
    typed = {"current": PASSWORD, "password": OTHER, "again": OTHER}
    assert client.post("/account/password", data=typed).location == "/account/"


def use_a_reset_link(client: FlaskClient, user_id: int) -> None:
    with unit_of_work():
        token = links.reset_link(queries.user_by_id(user_id), NOW)
    typed = {"password": OTHER, "again": OTHER, "submission_id": "one"}
    stranger = client.application.test_client()
    assert stranger.post(f"/account/reset/{token}", data=typed).location == "/account/login"


def set_up_a_second_factor(client: FlaskClient, _user_id: int) -> None:
    client.get("/account/second-factor/set-up")
    with client.session_transaction() as kept:
        code = second_factor.current_code(kept["enrolling"], NOW, last=None)
    answer = client.post("/account/second-factor/set-up", data={"code": code})
    assert answer.location == "/account/recovery-codes"


def end_from_another_device(client: FlaskClient, user_id: int) -> None:
    number = rows(user_id)[0].id
    answer = device(client.application, user_id).post(f"/account/sign-ins/{number}/end")
    assert answer.location == "/account/sign-ins/"


def end_everywhere_else(client: FlaskClient, user_id: int) -> None:
    answer = device(client.application, user_id).post("/account/sign-ins/end-others")
    assert answer.location == "/account/sign-ins/"


def end_this_one_in_the_list(client: FlaskClient, user_id: int) -> None:
    assert client.post(f"/account/sign-ins/{rows(user_id)[0].id}/end").location == "/account/login"


def sign_in_anew(client: FlaskClient, _user_id: int) -> None:
    typed = {"login": "wang@example.cn", "password": PASSWORD}
    assert client.post("/account/login", data=typed).location == "/merchant/"


def end_the_last_role(_client: FlaskClient, user_id: int) -> None:
    with unit_of_work():
        actions.end_membership(queries.memberships_of(user_id)[0], NOW, because="left")


def suspend(_client: FlaskClient, user_id: int) -> None:
    with unit_of_work():
        actions.suspend(queries.user_by_id(user_id), NOW)


def forget_the_second_factor(_client: FlaskClient, user_id: int) -> None:
    with unit_of_work():
        actions.reset_second_factor(queries.user_by_id(user_id), NOW)


ENDS: tuple[tuple[Callable[[FlaskClient, int], None], EndOfSignIn, bool], ...] = (
    (sign_out, EndOfSignIn.SIGNED_OUT, False),
    (end_this_one_in_the_list, EndOfSignIn.SIGNED_OUT, False),
    (sign_out_everywhere, EndOfSignIn.ENDED_BY_OWNER, False),
    (end_from_another_device, EndOfSignIn.ENDED_BY_OWNER, False),
    (end_everywhere_else, EndOfSignIn.ENDED_BY_OWNER, False),
    (use_a_reset_link, EndOfSignIn.PASSWORD_CHANGED, False),
    (end_the_last_role, EndOfSignIn.RIGHTS_ENDED, False),
    (suspend, EndOfSignIn.RIGHTS_ENDED, False),
    (forget_the_second_factor, EndOfSignIn.SECOND_FACTOR_CHANGED, False),
    # Here the person goes on, and only the copy is out.
    (change_password, EndOfSignIn.PASSWORD_CHANGED, True),
    (set_up_a_second_factor, EndOfSignIn.SECOND_FACTOR_CHANGED, True),
    (sign_in_anew, EndOfSignIn.SIGNED_IN_ANEW, True),
)


@pytest.mark.parametrize(("end", "reason", "goes_on"), ENDS, ids=[end.__name__ for end, _, _ in ENDS])
def test_a_copied_cookie_dies_at_once_with_its_sign_in(
    either: Flask, end: Callable[[FlaskClient, int], None], reason: EndOfSignIn, goes_on: bool
) -> None:
    user_id = owner()
    client = device(either, user_id)
    copy = copy_of(client)
    assert is_in(copy)
    end(client, user_id)
    assert (rows(user_id)[0].ended_because, rows(user_id)[0].ended_at) == (reason, NOW)
    assert copy.post("/account/sign-ins/end-others").location == "/account/login"
    assert not is_in(copy)
    assert is_in(client) is goes_on


def test_a_cookie_that_comes_back_after_signing_out_is_dead(app: Flask) -> None:
    """An answer that was on its way when the person signed out may set the old cookie again."""
    client = device(app, owner())
    late = copy_of(client).get_cookie("session")
    sign_out(client, 0)
    assert late is not None
    client.set_cookie("session", late.value)
    assert not is_in(client)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MERCHANT_OWNER])
def test_who_lost_the_last_role_is_told_so_and_may_sign_in_to_see_it(app: Flask, role: Role) -> None:
    user_id = officer() if role is Role.OFFICER else owner()
    client = device(app, user_id)
    end_the_last_role(client, user_id)
    answer = client.get("/account/?lang=en")
    assert answer.location.startswith("/account/login?next=")
    assert "Why: Your rights here were ended." in client.get("/account/login?lang=en").text
    assert "Why:" not in client.get("/account/login?lang=en").text


def test_one_role_of_two_may_end_without_ending_the_sign_in(app: Flask) -> None:
    user_id = owner()
    make_member(Role.MARKET_ORGANISER, 3, now=NOW)
    client = device(app, user_id)
    end_the_last_role(client, user_id)
    assert is_in(client)
    assert client.get("/merchant/").status_code == 403
    end_the_last_role(client, user_id)
    assert not is_in(client)


def test_a_role_ended_twice_keeps_its_first_reason(app: Flask) -> None:
    membership = queries.memberships_of(owner())[0]
    for reason in ("left", "again"):
        with unit_of_work():
            actions.end_membership(membership, NOW, because=reason)
    assert membership.ended_because == "left"


def test_who_was_suspended_is_out_until_reinstated(app: Flask) -> None:
    user_id = owner()
    client = device(app, user_id)
    suspend(client, user_id)
    typed = {"login": "wang@example.cn", "password": PASSWORD}
    assert client.post("/account/login", data=typed).status_code == 422
    with unit_of_work():
        actions.reinstate(queries.user_by_id(user_id))
    assert not is_in(client)
    assert client.post("/account/login", data=typed).status_code == 303


def test_a_cookie_without_a_sign_in_opens_nothing(app: Flask) -> None:
    client = device(app, owner())
    with client.session_transaction() as kept:
        del kept["sign_in"]
    assert not is_in(client)


def test_the_number_of_another_persons_sign_in_opens_nothing(app: Flask) -> None:
    mine, theirs = device(app, owner()), device(app, officer())
    with theirs.session_transaction() as kept:
        number = kept["sign_in"]
    with mine.session_transaction() as kept:
        kept["sign_in"] = number
    assert not is_in(mine)


def test_the_number_is_kept_as_a_hash_alone(app: Flask) -> None:
    user_id = owner()
    client = device(app, user_id)
    with client.session_transaction() as kept:
        number = kept["sign_in"]
    (row,) = rows(user_id)
    assert len(number) >= 40
    assert number not in " ".join(str(value) for value in vars(row).values())


def test_a_sign_in_is_found_after_the_keys_were_rotated(app: Flask) -> None:
    user = queries.user_by_id(owner())
    old, new = app.config["SECRET_KEYS"][0], "a-newer-key-" + "1" * 32
    with unit_of_work():
        number = sign_ins.begin_sign_in(user, NOW)
    try:
        use_keys((new, old))
        assert queries.open_sign_in(number, user.fs_uniquifier) is not None
        use_keys((new,))
        assert queries.open_sign_in(number, user.fs_uniquifier) is None
    finally:
        use_keys((old,))


def test_nothing_is_kept_of_address_and_browser(app: Flask) -> None:
    user_id = owner()
    client = app.test_client()
    client.post(
        "/account/login",
        data={"login": "wang@example.cn", "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "203.0.113.77"},
        headers={"User-Agent": "CanaryBrowser/7", "Accept-Language": "x-canary"},
    )
    assert is_in(client)
    held = set(SignIn.__table__.columns.keys())
    assert held == {"id", "number_hash", "user_id", "began_at", "last_seen_at", "ended_at", "ended_because"}
    (row,) = rows(user_id)
    assert row.last_seen_at == row.began_at == NOW
    everything = [db.session.execute(sa.select(table)).all() for table in db.metadata.sorted_tables]
    assert "wang@example.cn" in str(everything)
    assert not re.search(r"203\.0\.113\.77|canary", str(everything), re.IGNORECASE)


# Recovery by a one-time link.


def test_recovery_leaves_the_second_factor_and_ends_what_was_half_way_in(app: Flask) -> None:
    user_id = officer()
    half_way = app.test_client()
    typed = {"login": "li@example.cn", "password": PASSWORD}
    assert half_way.post("/account/login", data=typed).location == "/account/second-factor"
    use_a_reset_link(half_way, user_id)
    code = actions.current_totp_code(queries.user_by_id(user_id), NOW)
    assert half_way.post("/account/second-factor", data={"code": code}).location == "/account/login"
    assert not is_in(half_way)
    typed["password"] = OTHER
    assert half_way.post("/account/login", data=typed).location == "/account/second-factor"
    assert not is_in(half_way)
    assert half_way.post("/account/second-factor", data={"code": code}).location == "/desk/"


def test_a_new_password_puts_every_other_reset_link_out_of_use(client: FlaskClient) -> None:
    user_id, other_id = owner(), officer()
    with unit_of_work():
        mine = links.reset_link(queries.user_by_id(user_id), NOW)
        theirs = links.reset_link(queries.user_by_id(other_id), NOW)
    sign_in(client, user_id)
    change_password(client, user_id)
    assert client.get(f"/account/reset/{mine}").status_code == 410
    assert client.get(f"/account/reset/{theirs}").status_code == 200


def test_the_commands_end_sign_ins_at_once(app: Flask) -> None:
    user_id = officer()

    def run(*words: str) -> FlaskClient:
        client = device(app, user_id)
        answer = app.test_cli_runner().invoke(args=["accounts", *words])
        assert answer.exit_code == 0, answer.output
        return client

    assert not is_in(run("reset", "li@example.cn", "--second-factor"))
    assert not is_in(run("suspend", "li@example.cn"))
    assert app.test_cli_runner().invoke(args=["accounts", "reinstate", "li@example.cn"]).exit_code == 0
    assert not is_in(run("end", "li@example.cn"))
    reasons = [row.ended_because for row in rows(user_id)]
    assert reasons == [EndOfSignIn.SECOND_FACTOR_CHANGED, *[EndOfSignIn.RIGHTS_ENDED] * 2]


# Proven before, begun after.


def test_nobody_begins_with_what_was_proven_before_the_password_changed(app: Flask) -> None:
    user_id = owner()
    proven = queries.user_by_id(user_id).fs_uniquifier
    with_password(user_id)
    with app.test_request_context():
        assert security.begin_session(proven) is False
        assert "sign_in" not in session
        assert security.begin_session(queries.user_by_id(user_id).fs_uniquifier) is True
    assert len(rows(user_id)) == 1


def test_a_form_read_while_the_sign_in_ended_changes_nothing(app: Flask) -> None:
    user_id = owner()
    with app.test_request_context():
        assert security.begin_session(queries.user_by_id(user_id).fs_uniquifier)
        with unit_of_work():
            assert security.user_again().id == user_id
        with unit_of_work():
            sign_ins.end_one(user_id, rows_inside(user_id), NOW)
        with pytest.raises(HTTPException) as stop, unit_of_work():
            security.user_again()
    assert stop.value.get_response().location == "/account/login"


def rows_inside(user_id: int) -> int:
    """Return the number of a person's only sign-in, from within a unit of work."""
    return db.session.scalars(select(SignIn.id).where(SignIn.user_id == user_id)).one()


# Limits, visits and the sweep.


@pytest.mark.parametrize(
    ("staff", "gone_by", "reason"),
    [
        (True, timedelta(minutes=30), None),
        (True, timedelta(minutes=30) + SECOND, EndOfSignIn.IDLE),
        (True, timedelta(hours=10) + SECOND, EndOfSignIn.TOO_OLD),
        (False, timedelta(days=7), None),
        (False, timedelta(days=7) + SECOND, EndOfSignIn.IDLE),
        (False, timedelta(days=30) + SECOND, EndOfSignIn.TOO_OLD),
    ],
)
def test_a_session_over_its_limit_ends_for_its_copies_too(
    app: Flask, staff: bool, gone_by: timedelta, reason: EndOfSignIn | None
) -> None:
    user_id = officer() if staff else owner()
    client = device(app, user_id)
    with time_machine.travel(NOW + gone_by, tick=False):
        copy = copy_of(client)
        assert is_in(client) is (reason is None)
        assert rows(user_id)[0].ended_because is reason
        # A copy that looks fresh lives and dies with the same sign-in.
        with copy.session_transaction() as kept:
            kept["seen_s"] = int((NOW + gone_by).timestamp())
        assert is_in(copy) is (reason is None)


def test_the_longest_life_counts_from_the_sign_in_however_busy(app: Flask) -> None:
    user_id = owner()
    client = device(app, user_id)
    for days in (6, 12, 18, 24, 30):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            assert is_in(client)
    with time_machine.travel(NOW + timedelta(days=30, seconds=1), tick=False):
        assert not is_in(client)
    assert rows(user_id)[0].ended_because is EndOfSignIn.TOO_OLD


@pytest.fixture
def statements(app: Flask) -> list[str]:
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    return said


def written(statements: list[str]) -> list[str]:
    words = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE")
    return [line.split()[0] + " " + line.split()[1] for line in statements if line.startswith(words)]


def test_a_visit_is_written_once_an_hour_and_to_the_hour_alone(app: Flask, statements: list[str]) -> None:
    user_id = owner()
    client = device(app, user_id)
    statements.clear()
    seen = []
    for minutes in (0, 10, 39, 40, 41, 99, 100):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            statements.clear()
            assert is_in(client)
            seen.append((minutes, written(statements)))
    writes = ["BEGIN IMMEDIATE", "UPDATE sign_in"]
    # It is 20 minutes and a half past the hour, so the next hours begin after 39.5 and 99.5 minutes.
    assert seen == [(0, []), (10, []), (39, []), (40, writes), (41, []), (99, []), (100, writes)]
    assert rows(user_id)[0].last_seen_at == datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


def test_a_page_waits_for_nobody_to_note_a_visit(app: Flask) -> None:
    user_id = owner()
    client = device(app, user_id)
    later = NOW + 2 * HOUR
    writer = db.engine.raw_connection()
    try:
        writer.execute("BEGIN IMMEDIATE")
        with time_machine.travel(later, tick=False):
            assert is_in(client)
        assert rows(user_id)[0].last_seen_at < sign_ins.full_hour(later)
    finally:
        writer.rollback()
        writer.close()
    with time_machine.travel(later, tick=False):
        assert is_in(client)
    assert rows(user_id)[0].last_seen_at == sign_ins.full_hour(later)


@pytest.mark.postgres
def test_a_page_waits_for_nobody_on_postgresql_either(postgres_app: Flask) -> None:
    user_id = owner()
    client = device(postgres_app, user_id)
    with db.engine.connect() as writer:
        # A page that did wait would get through after this time, and its visit would be noted.
        writer.execute(sa.text("SET idle_in_transaction_session_timeout = '5s'"))
        writer.execute(sa.text("SELECT id FROM sign_in FOR UPDATE"))
        with time_machine.travel(NOW + 2 * HOUR, tick=False):
            assert is_in(client)
    assert rows(user_id)[0].last_seen_at == NOW


def test_a_sign_in_that_ended_is_not_seen_again(app: Flask) -> None:
    user_id = owner()
    sign_out(device(app, user_id), user_id)
    with unit_of_work():
        sign_ins.note_seen(rows_inside(user_id), NOW + HOUR)
    assert rows(user_id)[0].last_seen_at == NOW


def test_a_guarded_request_asks_for_person_and_sign_in_at_once(app: Flask, statements: list[str]) -> None:
    client = device(app, owner())
    statements.clear()
    assert client.get("/account/recovery-codes").status_code == 303
    asked = [line for line in statements if line.startswith("SELECT")]
    assert len(asked) == 2
    assert "FROM sign_in JOIN" in asked[0].replace("\n", "")
    assert "FROM membership" in asked[1]


@pytest.mark.parametrize(
    ("staff", "gone_by", "reason"),
    [
        # Two hours of leeway come on top of what a sign-in may rest.
        (True, timedelta(hours=2, minutes=30), None),
        (True, timedelta(hours=2, minutes=30, seconds=1), EndOfSignIn.IDLE),
        (True, timedelta(hours=10, seconds=1), EndOfSignIn.TOO_OLD),
        (False, timedelta(hours=10, seconds=1), None),
        (False, timedelta(days=7, hours=2), None),
        (False, timedelta(days=7, hours=2, seconds=1), EndOfSignIn.IDLE),
        (False, timedelta(days=30, seconds=1), EndOfSignIn.TOO_OLD),
    ],
)
def test_the_sweep_ends_what_nobody_came_back_to(
    either: Flask, staff: bool, gone_by: timedelta, reason: EndOfSignIn | None
) -> None:
    user_id = officer() if staff else owner()
    device(either, user_id)
    with unit_of_work():
        jobs.sweep_sign_ins(NOW + gone_by)
    (row,) = rows(user_id)
    assert row.ended_because is reason
    assert row.ended_at == (NOW + gone_by if reason else None)


def test_the_sweep_deletes_what_ended_more_than_ninety_days_ago(either: Flask) -> None:
    user_id = owner()
    sign_out(device(either, user_id), user_id)
    device(either, user_id)
    with unit_of_work():
        jobs.sweep_sign_ins(NOW + timedelta(days=90))
    assert len(rows(user_id)) == 2
    with unit_of_work():
        jobs.sweep_sign_ins(NOW + timedelta(days=90, seconds=1))
    assert [row.ended_because for row in rows(user_id)] == [EndOfSignIn.TOO_OLD]


def test_the_worker_sweeps_sign_ins(app: Flask) -> None:
    user_id = owner()
    device(app, user_id)
    sweeps = {name: rule for name, rule in app.extensions["sweeps"].items() if name == "sweep_sign_ins"}
    assert run_sweeps(sweeps, now=NOW + timedelta(days=31)) == 1
    assert rows(user_id)[0].ended_because is EndOfSignIn.TOO_OLD


# The list.


def buttons(page: str) -> list[str]:
    return re.findall(r'action="(/account/sign-ins/[^"]+)"', page)


def test_the_list_shows_ones_own_and_marks_this_one(app: Flask) -> None:
    user_id = owner()
    there = device(app, user_id)
    device(app, officer())
    with time_machine.travel(NOW + HOUR, tick=False):
        assert is_in(there)
    with time_machine.travel(NOW + 3 * HOUR, tick=False):
        here = device(app, user_id)
        page = here.get("/account/sign-ins/?lang=en").text
    first, _third = (row.id for row in rows(user_id))
    assert buttons(page) == [f"/account/sign-ins/{first}/end", "/account/sign-ins/end-others"]
    assert page.count("You are here now") == 1
    assert "1 Jun 2026, 13:20" in page
    assert "about 1 Jun 2026, 11:00" in page
    assert "1 Jun 2026, 10:20" in page
    assert all(row.number_hash not in page for row in rows(user_id))


def test_a_single_sign_in_has_nothing_to_end_elsewhere(app: Flask) -> None:
    page = device(app, owner()).get("/account/sign-ins/?lang=en").text
    assert buttons(page) == []
    assert "You are here now" in page
    assert "deleted after 90 days" in page


def test_the_account_page_leads_to_the_list(app: Flask) -> None:
    assert 'href="/account/sign-ins/"' in device(app, owner()).get("/account/").text


def test_what_is_over_its_limits_is_listed_no_more_though_no_sweep_ran(app: Flask) -> None:
    user_id = owner()
    device(app, user_id)
    with time_machine.travel(NOW + timedelta(days=7, hours=3), tick=False):
        assert buttons(device(app, user_id).get("/account/sign-ins/").text) == []


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_what_has_ended_is_listed_with_its_reason(app: Flask, language: str) -> None:
    user_id = owner()
    for end in (sign_out, end_everywhere_else, use_a_reset_link):
        end(device(app, user_id), user_id)
    page = device(app, user_id).get(f"/account/sign-ins/?lang={language}").text
    words = {
        "zh_Hans_CN": ["您自己退出", "您在别的设备上让它退出", "密码已修改"],
        "en": ["You signed out", "You signed it out from another device", "The password was changed"],
    }
    assert [word for word in words[language] if word not in page] == []


def test_the_list_shows_the_last_ten_that_ended(app: Flask) -> None:
    user_id = owner()
    for minute in range(11):
        with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
            sign_out(device(app, user_id), user_id)
    page = device(app, user_id).get("/account/sign-ins/?lang=en").text
    assert page.count("You signed out") == 10
    assert "The last 10 that ended are shown." in page


def test_another_persons_sign_in_is_not_found_and_goes_on(app: Flask) -> None:
    mine = device(app, owner())
    officer_id = officer()
    theirs = device(app, officer_id)
    (row,) = rows(officer_id)
    assert mine.post(f"/account/sign-ins/{row.id}/end").status_code == 404
    assert mine.post("/account/sign-ins/999/end").status_code == 404
    mine.post("/account/sign-ins/end-others")
    assert is_in(theirs)


def test_signing_out_there_twice_has_one_effect(app: Flask) -> None:
    user_id = owner()
    there, here = device(app, user_id), device(app, user_id)
    path = f"/account/sign-ins/{rows(user_id)[0].id}/end"
    first = here.post(path)
    with time_machine.travel(NOW + HOUR, tick=False):
        second = here.post(path)
        assert is_in(here)
    assert [first.location, second.location] == ["/account/sign-ins/"] * 2
    assert rows(user_id)[0].ended_at == NOW
    assert not is_in(there)


def test_everywhere_else_leaves_this_one(app: Flask) -> None:
    user_id = owner()
    here, *others = (device(app, user_id) for _ in range(4))
    here.post("/account/sign-ins/end-others")
    assert is_in(here)
    assert not any(is_in(other) for other in others)


def test_signing_out_without_a_sign_in_is_no_crash(client: FlaskClient) -> None:
    assert client.post("/account/logout").status_code == 303
    with client.session_transaction() as kept:
        kept["sign_in"] = "made up"
        kept["_user_id"] = "made up"
    assert not is_in(client)
    assert client.post("/account/logout").status_code == 303
