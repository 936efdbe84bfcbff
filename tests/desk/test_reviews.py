"""A merchant asks that a person look again: its office reads that and answers, nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Role
from portal.base.db import unit_of_work
from portal.merchants.models import Merchant
from portal.rules.publication import RecordKind
from portal.workspace import actions, queries
from tests.builders import make_member, make_merchant, make_office, publish_record, sign_in

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    merchant = make_merchant(now=NOW)
    publish_record(
        RecordKind.FINDING,
        {"verdict": "over", "month": "2026-06"},
        now=NOW,
        merchant_number=merchant.number,
        merchant_name=merchant.name,
        occurred_on=NOW.date(),
    )
    return merchant


@pytest.fixture
def owner(app: Flask, merchant: Merchant) -> FlaskClient:
    owner_id = make_member(Role.MERCHANT_OWNER, merchant.id, now=NOW)
    with unit_of_work():
        actions.ask_for_review(merchant, "秤当天已送检合格", user_id=owner_id, now=NOW)
    return signed_in(app, owner_id)


def signed_in(app: Flask, user_id: int) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("lang", "en")
    sign_in(client, user_id)
    return client


def staff(app: Flask, role: Role = Role.OFFICER, region: str = "330106") -> FlaskClient:
    office_id = make_office(region, f"市场监督管理局{region}", now=NOW)
    return signed_in(
        app, make_member(role, office_id, login=f"{role.value}{region}@x.cn", name="李强", now=NOW)
    )


def address(merchant: Merchant) -> str:
    return f"/desk/reviews/{queries.review_requests_of(merchant.id)[0].id}"


def answer(client: FlaskClient, merchant: Merchant, text: str, key: str = "once") -> int:
    return client.post(address(merchant), data={"submission_id": key, "answer": text}).status_code


def test_the_desk_shows_who_asks_with_status_reasons_and_words(
    app: Flask, merchant: Merchant, owner: FlaskClient
) -> None:
    client = staff(app)
    queue = client.get("/desk/").text
    assert "/desk/reviews" in queue
    for path in ("/desk/reviews", address(merchant)):
        text = client.get(path).text
        for words in (merchant.name, "秤当天已送检合格", "A shortage was proven in", "Under watch"):
            assert words in text, (path, words)


def test_an_answer_reaches_the_merchant_once(app: Flask, merchant: Merchant, owner: FlaskClient) -> None:
    client = staff(app)
    assert answer(client, merchant, "记录无误。") == 303
    assert answer(client, merchant, "记录无误。") == 303
    assert answer(client, merchant, "另一句话。", key="again") == 409
    assert "记录无误。" in owner.get("/merchant/credit").text
    assert "另一句话。" not in owner.get("/merchant/credit").text
    assert merchant.name not in client.get("/desk/reviews").text
    assert "记录无误。" in client.get(address(merchant)).text


@pytest.mark.parametrize("text", ["", "  ", "话" * 1001])
def test_an_answer_without_words_or_with_too_many_is_refused_and_kept(
    app: Flask, merchant: Merchant, owner: FlaskClient, text: str
) -> None:
    assert answer(staff(app), merchant, text) == 422
    assert queries.review_requests_of(merchant.id)[0].answered_at is None


@pytest.mark.parametrize("role", [Role.INTAKE_CLERK, Role.AUDITOR])
def test_others_read_and_do_not_answer(
    app: Flask, merchant: Merchant, owner: FlaskClient, role: Role
) -> None:
    client = staff(app, role)
    page = client.get(address(merchant))
    assert page.status_code == 200
    assert "<textarea" not in page.text
    assert answer(client, merchant, "我来答") == 403


def test_another_county_finds_nothing_and_the_city_above_reads(
    app: Flask, merchant: Merchant, owner: FlaskClient
) -> None:
    other = staff(app, region="330108")
    assert merchant.name not in other.get("/desk/reviews").text
    assert other.get(address(merchant)).status_code == 404
    assert answer(other, merchant, "不归我管") == 404
    assert other.get("/desk/reviews/999").status_code == 404
    assert merchant.name in staff(app, region="330100").get("/desk/reviews").text
    assert owner.get("/desk/reviews").status_code == 403
