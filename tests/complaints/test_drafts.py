"""A draft: opened again by its code, kept for a time, thrown away, and its owner's alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.base import crypto
from portal.base.db import db, unit_of_work
from portal.complaints.evidence.jobs import expire_drafts
from portal.complaints.models import Draft, Filing
from portal.merchants.models import Merchant
from tests.complaints.conftest import NOW
from tests.complaints.forms import (
    STORY,
    begin,
    code_on,
    draft_of,
    fill_in,
    kept_in,
    of_step,
    page_of,
    post,
    typed,
)

STEPS = ("where", "what", "evidence", "ask", "who", "preview")


@pytest.fixture
def draft(client: FlaskClient, shop: Merchant) -> str:
    """Begin a draft and return its address."""
    return draft_of(begin(client, typed(shop)))


def name_of(address: str) -> str:
    return address.rsplit("/", 1)[1].split("?")[0].split("#")[0]


# Later, and on another device ---------------------------------------------------------


def test_a_draft_saved_for_later_is_opened_by_its_code_where_it_was_left(
    app: Flask, client: FlaskClient, shop: Merchant
) -> None:
    draft = draft_of(begin(client, typed(shop)))
    later = post(client, draft, "what", **of_step("what", typed(shop, narrative="")) | {"do": "later"})
    assert later.location == f"{draft}/kept"
    code = code_on(client.get(later.location))
    assert code == crypto.receipt_code("filing-1")
    other = app.test_client()
    opened = other.post("/complaints/follow", data={"code": code.lower().replace("-", " ")})
    assert opened.location == draft
    assert other.get(draft).location == f"{draft}/what"
    assert kept_in(other.get(f"{draft}/what"), ["goods"]) == {"goods": "苹果"}
    post(other, draft, "what", **of_step("what", typed(shop)))
    assert other.get(draft).location == f"{draft}/evidence"


def test_the_first_page_lists_the_drafts_of_this_session_alone(
    app: Flask, client: FlaskClient, shop: Merchant
) -> None:
    draft = draft_of(begin(client, typed(shop)))
    unlisted = typed(None, "second", name_of_merchant="路边摊", place="文三路口", county="杭州市西湖区")
    begin(client, unlisted)
    listed = page_of(client.get("/complaints/new")).select("[data-held]")
    assert {str(link["href"]) for link in listed} >= {draft}
    assert {shop.name, "路边摊"} == {link.get_text(" ", strip=True).split(" ")[0] for link in listed}
    assert page_of(app.test_client().get("/complaints/new")).select("[data-held]") == []


def test_a_draft_thrown_away_is_gone(client: FlaskClient, draft: str) -> None:
    assert client.post(f"{draft}/drop").location == "/complaints/new"
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0
    assert client.get(f"{draft}/what").status_code == 404


def test_a_draft_is_kept_for_fourteen_days_after_the_last_change(client: FlaskClient, draft: str) -> None:
    for days, left in ((13, 1), (15, 0)):
        with unit_of_work():
            expire_drafts(NOW + timedelta(days=days))
        assert db.session.scalar(select(func.count()).select_from(Draft)) == left


# Whose it is ----------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", *(f"/{step}" for step in STEPS), "/kept"])
def test_a_draft_is_its_owners_alone(app: Flask, client: FlaskClient, shop: Merchant, page: str) -> None:
    draft, _answer = fill_in(client, typed(shop))
    stranger = app.test_client()
    assert stranger.get(draft + page).location == "/complaints/follow"
    begin(stranger, typed(shop, "strangers-own"))
    assert stranger.get(draft + page).status_code == 404
    assert client.get(draft + page).status_code in (200, 303)


@pytest.mark.parametrize("page", [*(f"/{step}" for step in STEPS), "/drop", "/send"])
def test_a_stranger_can_neither_change_nor_send_a_draft(
    app: Flask, client: FlaskClient, shop: Merchant, page: str
) -> None:
    draft, _answer = fill_in(client, typed(shop))
    stranger = app.test_client()
    sent = {"submission_id": "filing-1", "narrative": "改了", "do": "next"}
    assert stranger.post(draft + page, data=sent).location == "/complaints/follow"
    begin(stranger, typed(shop, "strangers-own"))
    assert stranger.post(draft + page, data=sent).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(Filing)) == 0
    assert kept_in(client.get(f"{draft}/what"), ["narrative"]) == {"narrative": STORY}


def test_what_a_draft_holds_is_sealed(app: Flask, client: FlaskClient, shop: Merchant) -> None:
    fill_in(client, typed(shop, recovery_phrase="青蛙 火车 月亮 铅笔", id_number="11010519491231002X"))
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert "filing_draft" in dump
    for secret in (STORY, "张三丰", "13912345678", "11010519491231002X", "青蛙", "filing-1"):
        assert secret not in dump, secret
    assert "11010519491231002X" not in db.session.scalars(select(Draft)).one().answers


def test_a_draft_deleted_twice_leads_to_a_new_one_both_times(client: FlaskClient, shop: Merchant) -> None:
    draft, _answer = fill_in(client, typed(shop))
    assert [client.post(f"{draft}/drop").location for _ in range(2)] == ["/complaints/new"] * 2
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_phrase_is_not_hashed_while_somebody_types(
    client: FlaskClient, shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = typed(shop, recovery_phrase="青蛙 火车 月亮 铅笔")
    draft, _answer = fill_in(client, sent)

    def hashed(text: str) -> str:
        raise AssertionError(text)

    monkeypatch.setattr("portal.complaints.drafts.steps.hash_phrase", hashed)
    part = client.post(f"{draft}/who", data=of_step("who", sent), headers={"X-Part": "live"})
    assert part.status_code == 200
    with pytest.raises(AssertionError, match="青蛙"):
        client.post(f"{draft}/who", data=of_step("who", sent))
