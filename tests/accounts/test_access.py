"""Who may see what: declarations, roles, offices, ended memberships, receipts, pages without a session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Blueprint, Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.accounts import access, actions, queries
from portal.accounts.access import Role, UndeclaredAccess
from portal.accounts.regions import is_within, prefix_of
from portal.base.db import db, unit_of_work
from tests.builders import make_member, make_office, sign_in
from tests.conftest import WatchedSessions, make_app

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)

rooms = Blueprint("rooms", __name__, url_prefix="/rooms")


@rooms.get("/open")
@access.public
def open_room() -> str:
    return render_template_string('{% extends "base.html" %}')


@rooms.get("/merchants/<int:merchant_id>")
@access.role_required(Role.MERCHANT_OWNER, Role.MERCHANT_STAFF)
def shop(merchant_id: int) -> str:
    access.require_merchant(merchant_id)
    return access.acting_role().value


@rooms.get("/offices/<region_code>")
@access.role_required(Role.OFFICER, Role.LEADER)
def case_room(region_code: str) -> str:
    return access.require_office(region_code).role.value


@rooms.get("/offices")
@access.role_required(Role.OFFICER, Role.LEADER)
def reach() -> str:
    return " ".join(access.regions_seen())


@rooms.post("/payout")
@access.role_required(Role.OFFICER)
@access.recently_confirmed
def payout() -> str:
    return "paid"


@rooms.get("/cases/<key>")
@access.receipt_required
def case(key: str) -> str:
    access.require_receipt(key)
    return "yours"


@rooms.post("/cases/<key>")
@access.public
def give_receipt(key: str) -> str:
    access.remember_receipt(key)
    return "kept"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr("portal.factory.BLUEPRINTS", (*_blueprints(), rooms))
    application = make_app(tmp_path)
    with application.app_context(), time_machine.travel(NOW, tick=False):
        db.create_all()
        yield application
        db.session.remove()
        db.engine.dispose()


def _blueprints() -> tuple:
    from portal.factory import BLUEPRINTS

    return BLUEPRINTS


def test_a_route_that_declares_nothing_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Blueprint("silent", __name__)
    silent.add_url_rule("/silent", "page", lambda: "anybody?")
    monkeypatch.setattr("portal.factory.BLUEPRINTS", (*_blueprints(), silent))
    with pytest.raises(UndeclaredAccess, match=r"silent\.page"):
        make_app(tmp_path)


def test_a_role_declaration_must_name_a_role() -> None:
    with pytest.raises(UndeclaredAccess):
        access.role_required()


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/rooms/merchants/7?tab=2")
    assert answer.status_code == 303
    assert answer.location == "/account/login?next=/rooms/merchants/7?tab%3D2"
    assert client.post("/rooms/payout").location == "/account/login"


def test_a_signed_in_person_without_the_role_is_told_so(client: FlaskClient) -> None:
    sign_in(client, make_member(Role.MERCHANT_OWNER, 7, now=NOW))
    assert client.get("/rooms/offices/330106").status_code == 403


def test_anothers_object_is_not_found(client: FlaskClient) -> None:
    sign_in(client, make_member(Role.MERCHANT_STAFF, 7, now=NOW))
    assert client.get("/rooms/merchants/7").text == "merchant_staff"
    assert client.get("/rooms/merchants/8").status_code == 404


def test_a_role_for_one_subject_opens_no_other_kind_with_the_same_number(client: FlaskClient) -> None:
    sign_in(client, make_member(Role.MARKET_ORGANISER, 7, now=NOW))
    assert client.get("/rooms/merchants/7").status_code == 403


@pytest.mark.parametrize(
    ("office", "region", "status"),
    [
        ("330106", "330106", 200),
        ("330106", "330108", 404),
        ("330106", "330100", 404),
        ("330100", "330106", 200),
        ("330100", "330206", 404),
        ("330000", "330106", 200),
        ("330000", "320106", 404),
    ],
)
def test_an_officer_sees_the_own_office_and_below(
    client: FlaskClient, office: str, region: str, status: int
) -> None:
    sign_in(client, make_member(Role.OFFICER, make_office(office, now=NOW), now=NOW))
    assert client.get(f"/rooms/offices/{region}").status_code == status


def test_the_reach_of_one_role_does_not_lend_itself_to_another(client: FlaskClient) -> None:
    here, there = make_office("330106", now=NOW), make_office("330108", "滨江局", now=NOW)
    user_id = make_member(Role.OFFICER, here, now=NOW)
    make_member(Role.INSPECTOR, there, now=NOW)
    sign_in(client, user_id)
    assert client.get("/rooms/offices/330106").status_code == 200
    assert client.get("/rooms/offices/330108").status_code == 404
    assert client.get("/rooms/offices").text == "330106"


@pytest.mark.parametrize(
    ("code", "prefix"), [("330000", "33"), ("330100", "3301"), ("330106", "330106"), ("000000", "")]
)
def test_a_region_begins_with_the_pairs_that_are_not_zero(code: str, prefix: str) -> None:
    assert prefix_of(code) == prefix


@pytest.mark.parametrize(
    ("region", "office", "is_so"),
    [
        ("330106", "330100", True),
        ("330110", "330100", True),
        ("330200", "330100", False),
        ("110101", "000000", True),
        (None, "330100", False),
        ("", "000000", False),
    ],
)
def test_a_region_is_within_its_own_line_only(region: str | None, office: str, is_so: bool) -> None:
    assert is_within(region, office) is is_so


def test_the_end_of_a_membership_takes_effect_at_once(client: FlaskClient) -> None:
    user_id = make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    make_member(Role.MARKET_ORGANISER, 7, now=NOW)
    sign_in(client, user_id)
    assert client.get("/rooms/merchants/7").status_code == 200
    with unit_of_work():
        membership, _other = queries.memberships_of(user_id)
        actions.end_membership(membership, NOW, because="left")
    assert client.get("/rooms/merchants/7").status_code == 403


def test_an_ended_membership_may_begin_again(app: Flask) -> None:
    user_id = make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    with unit_of_work():
        actions.end_membership(queries.memberships_of(user_id)[0], NOW)
    make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    assert len(queries.memberships_of(user_id)) == 1


def test_staff_without_a_second_factor_are_sent_to_set_it_up(client: FlaskClient) -> None:
    user_id = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    with unit_of_work():
        actions.drop_second_factor(queries.user_by_id(user_id))
    sign_in(client, user_id)
    answer = client.get("/rooms/offices/330106")
    assert answer.location == "/account/second-factor/set-up?next=/rooms/offices/330106"


@pytest.mark.parametrize("role", sorted(access.STAFF_ROLES))
def test_no_staff_role_does_without_the_second_factor(client: FlaskClient, role: Role) -> None:
    subject = 0 if role is Role.ADMINISTRATOR else make_office(now=NOW)
    user_id = make_member(role, subject, now=NOW)
    make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    with unit_of_work():
        actions.drop_second_factor(queries.user_by_id(user_id))
    sign_in(client, user_id)
    # Not even by way of another role.
    assert "/second-factor/set-up" in client.get("/rooms/merchants/7").location


def test_something_weighty_asks_for_the_password_again(client: FlaskClient) -> None:
    sign_in(client, make_member(Role.OFFICER, make_office(now=NOW), now=NOW))
    assert client.post("/rooms/payout").text == "paid"
    with time_machine.travel(NOW + timedelta(minutes=15, seconds=1), tick=False):
        assert client.post("/rooms/payout").location == "/account/confirm"


def test_a_receipt_opens_its_own_case_alone(client: FlaskClient) -> None:
    assert client.get("/rooms/cases/a").location == "/complaints/follow"
    client.post("/rooms/cases/a")
    assert client.get("/rooms/cases/a").text == "yours"
    assert client.get("/rooms/cases/b").status_code == 404


def test_a_receipt_is_held_for_twelve_hours(client: FlaskClient) -> None:
    client.post("/rooms/cases/a")
    with time_machine.travel(NOW + timedelta(hours=12, seconds=1), tick=False):
        assert client.get("/rooms/cases/a").status_code == 303


def test_a_session_holds_the_newest_eight_receipts(client: FlaskClient) -> None:
    for key in "abcdefghi":
        client.post(f"/rooms/cases/{key}")
    assert client.get("/rooms/cases/a").status_code == 404
    assert client.get("/rooms/cases/b").status_code == 200


def test_a_public_page_reads_no_session_and_asks_no_query(client: FlaskClient, app: Flask) -> None:
    sign_in(client, make_member(Role.MERCHANT_OWNER, 7, now=NOW))
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    sessions = app.session_interface = WatchedSessions()
    answer = client.get("/rooms/open")
    assert answer.status_code == 200
    assert sessions.reads == 0
    assert "Set-Cookie" not in answer.headers
    assert "no-store" not in answer.headers.get("Cache-Control", "")
    assert asked == []
    # The same look at a private page finds all three.
    private = client.get("/rooms/merchants/7")
    assert sessions.reads == 1
    assert private.headers["Cache-Control"] == "no-store"
    assert asked != []


def test_files_read_no_session(client: FlaskClient) -> None:
    with client.get("/static/css/full-measure.css") as answer:
        assert answer.status_code == 200
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_no_token_in_an_address_or_a_header_signs_anybody_in(client: FlaskClient) -> None:
    user = queries.user_by_id(make_member(Role.MERCHANT_OWNER, 7, now=NOW))
    token = user.get_auth_token()
    answer = client.get(f"/rooms/merchants/7?auth_token={token}", headers={"Authentication-Token": token})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    ["", None, "x", "//a", "https://a/", "/\\a", "/\na", "http:/a", "\\a", "/\x00"],
)
def test_an_address_that_leads_elsewhere_is_none_of_ours(elsewhere: str | None) -> None:
    assert access.local_path(elsewhere) is None


@pytest.mark.parametrize("ours", ["/", "/desk/?a=b", "/merchants/M1#top", "/search?q=https://a"])
def test_an_address_of_this_portal_is_kept(ours: str) -> None:
    assert access.local_path(ours) == ours
