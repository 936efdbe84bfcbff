"""Sign-ins begun, seen and ended at the same moment, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.accounts import actions, queries, sign_ins
from portal.accounts.access import Role
from portal.accounts.models import EndOfSignIn, SignIn
from portal.base.db import db, unit_of_work
from tests.accounts.conftest import at_once
from tests.builders import make_member, sign_in

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PASSWORDS = ("otter-lunch-petal-crisp", "velvet-siren-mango-drift")


@pytest.fixture(autouse=True)
def _at_a_known_time() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def set_password(user_id: int, password: str) -> None:
    with unit_of_work():
        actions.change_password(queries.user_by_id(user_id), password, NOW)


def open_ones(user_id: int) -> list[SignIn]:
    query = select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    return list(db.session.scalars(query))


def test_an_old_password_leaves_no_sign_in_behind_however_late_it_was_typed(either: Flask) -> None:
    user_id = make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    set_password(user_id, PASSWORDS[0])
    for turn in range(6):
        old, new = PASSWORDS[turn % 2], PASSWORDS[(turn + 1) % 2]
        clients = [either.test_client() for _ in range(3)]

        def typing(client: Any, password: str = old) -> int:
            typed = {"login": "wang@example.cn", "password": password}
            return client.post("/account/login", data=typed).status_code

        came = at_once(
            either,
            lambda new=new: set_password(user_id, new),
            *(lambda client=client: typing(client) for client in clients),
        )
        assert set(came[1:]) <= {303, 422}
        assert open_ones(user_id) == []
        assert [client.get("/account/").status_code for client in clients] == [303] * 3


def test_two_last_roles_that_end_at_once_end_every_sign_in(either: Flask) -> None:
    for turn in range(6):
        login = f"p{turn}@example.cn"
        for role in (Role.MERCHANT_OWNER, Role.MARKET_ORGANISER):
            user_id = make_member(role, 7, login=login, now=NOW)
        sign_in(either.test_client(), user_id)

        def end(place: int, person: int = user_id) -> None:
            with unit_of_work():
                held = queries.memberships_of(person)
                ended = next(m for m in held if m.role is (Role.MERCHANT_OWNER, Role.MARKET_ORGANISER)[place])
                actions.end_membership(ended, NOW)

        at_once(either, lambda: end(0), lambda: end(1))
        assert queries.memberships_of(user_id) == ()
        assert open_ones(user_id) == []


def test_of_two_ends_at_once_one_is_kept(either: Flask) -> None:
    user_id = make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    sign_in(either.test_client(), user_id)
    (row,) = open_ones(user_id)
    sign_in_id = row.id

    def by_owner() -> None:
        with unit_of_work():
            sign_ins.end_one(user_id, sign_in_id, NOW)

    def by_office() -> None:
        with unit_of_work():
            actions.suspend(queries.user_by_id(user_id), NOW + timedelta(seconds=1))

    at_once(either, by_owner, by_office)
    kept = db.session.get_one(SignIn, sign_in_id)
    assert (kept.ended_because, kept.ended_at) in [
        (EndOfSignIn.ENDED_BY_OWNER, NOW),
        (EndOfSignIn.RIGHTS_ENDED, NOW + timedelta(seconds=1)),
    ]


def test_many_tabs_at_the_full_hour_note_one_visit_and_fail_nobody(either: Flask) -> None:
    user_id = make_member(Role.MERCHANT_OWNER, 7, now=NOW)
    sign_in(either.test_client(), user_id)
    (row,) = open_ones(user_id)
    sign_in_id = row.id

    def see() -> None:
        with unit_of_work():
            sign_ins.note_seen(sign_in_id, NOW + timedelta(hours=1, minutes=5))

    at_once(either, *[see] * 6)
    assert db.session.get_one(SignIn, sign_in_id).last_seen_at == NOW + timedelta(hours=1)
