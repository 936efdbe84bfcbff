"""One sending has one effect and one answer, however often and however fast it comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.base import crypto
from portal.base.db import db
from portal.complaints.drafts import drafting
from portal.complaints.models import Case, Filing
from portal.merchants.models import Merchant
from tests.builders import make_merchant
from tests.complaints.conftest import NOW
from tests.complaints.forms import (
    begin,
    code_on,
    draft_of,
    errors_in,
    filed_cases,
    fill_in,
    kept_in,
    of_step,
    send,
    typed,
)


@pytest.fixture(params=["app", pytest.param("postgres_app", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Flask:
    return request.getfixturevalue(request.param)


def filings() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Filing)) or 0


def test_the_same_sending_gives_the_same_number_and_code_on_retry(
    client: FlaskClient, shop: Merchant
) -> None:
    draft, _answer = fill_in(client, typed(shop))
    pages = []
    for _ in range(2):
        answer = client.post(f"{draft}/send", data={"submission_id": "filing-1"})
        pages.append((answer.status_code, answer.location, code_on(client.get(answer.location))))
    assert pages[0] == pages[1]
    assert pages[0][0] == 303
    assert pages[0][2] == crypto.receipt_code("filing-1")
    assert filings() == 1


def test_64_identical_posts_at_once_open_one_case(either: Flask) -> None:
    sent = typed(make_merchant(now=NOW))
    client = either.test_client()
    draft, _last = fill_in(client, sent)
    cookie = client.get_cookie("session")
    assert cookie is not None

    def begin_again(_: int) -> tuple[int, str]:
        with either.app_context():
            answer = begin(either.test_client(), sent)
        return answer.status_code, answer.location

    def post(_: int) -> tuple[int, str]:
        with either.app_context():
            tab = either.test_client()
            tab.set_cookie("session", cookie.value)
            answer = tab.post(f"{draft}/send", data={"submission_id": sent["submission_id"]})
        return answer.status_code, answer.location

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(begin_again, range(64))) == {(303, f"{draft}/what")}

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(post, range(64)))
    assert len(answers) == 1
    assert answers.pop()[0] == 303
    assert filings() == 1
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_second_tab_files_a_second_case(client: FlaskClient, shop: Merchant) -> None:
    first = filed_cases(client, typed(shop, "tab-1"))[0].number
    second = filed_cases(client, typed(shop, "tab-2"))[0].number
    assert first != second
    assert code_on(client.get(f"/complaints/filed/{second}")) == crypto.receipt_code("tab-2")
    # The tab opened first is still the same person's, but its code is shown once only.
    page = client.get(f"/complaints/filed/{first}")
    assert page.status_code == 200
    assert code_on(page) == ""


def test_every_opened_form_has_an_id_of_its_own(client: FlaskClient, shop: Merchant) -> None:
    address = f"/complaints/new?merchant={shop.number}"
    ids = {kept_in(client.get(address), ["submission_id"])["submission_id"] for _ in range(2)}
    assert len(ids) == 2
    assert "" not in ids


def test_going_back_after_sending_begins_a_new_draft(client: FlaskClient, shop: Merchant) -> None:
    filed_cases(client, typed(shop))
    first = drafting.draft_number("filing-1")
    assert first not in draft_of(begin(client, typed(shop)))
    assert filings() == 1


def test_a_draft_that_was_sent_leads_to_its_case(client: FlaskClient, shop: Merchant) -> None:
    draft, _answer = fill_in(client, typed(shop))
    sent = client.post(f"{draft}/send", data={"submission_id": "filing-1"})
    for step in ("where", "what", "evidence", "ask", "who", "preview"):
        assert client.get(f"{draft}/{step}").location == sent.location
    changed = client.post(f"{draft}/what", data=of_step("what", typed(shop, narrative="别的内容")))
    assert changed.location == sent.location
    assert "别的内容" not in client.get(f"/complaints/cases/{sent.location.rsplit('/', 1)[1]}").text


def test_a_draft_is_sent_with_its_own_id_alone(client: FlaskClient, shop: Merchant) -> None:
    draft, _answer = fill_in(client, typed(shop))
    for key in ("", "filing-2"):
        assert client.post(f"{draft}/send", data={"submission_id": key}).status_code == 400
    assert filings() == 0


def test_a_form_with_an_id_too_long_is_not_filed(client: FlaskClient, shop: Merchant) -> None:
    answer = send(client, typed(shop, key="x" * 81))
    assert answer.status_code == 422
    assert errors_in(answer) is not None
    assert filings() == 0


def test_whoever_goes_back_after_a_lost_reply_is_still_shown_the_code(app: Flask, shop: Merchant) -> None:
    client = app.test_client()
    draft, _last = fill_in(client, typed(shop))
    client.get(f"{draft}/preview")
    cookie = client.get_cookie("session")
    assert cookie is not None
    lost = app.test_client()
    lost.set_cookie("session", cookie.value)
    lost.post(f"{draft}/send", data={"submission_id": "filing-1"})
    # No cookie of that reply ever reached the first browser; it reads the last step again.
    answer = client.get(f"{draft}/preview")
    assert answer.status_code == 303
    assert code_on(client.get(answer.location)) == crypto.receipt_code("filing-1")
    client.post("/complaints/forget")
    assert client.get(f"{draft}/preview").location == "/complaints/follow"
    assert "sending" not in session_of(client)


def test_two_drafts_in_two_tabs_are_both_shown_their_code(app: Flask, shop: Merchant) -> None:
    client = app.test_client()
    keys = [f"filing-{count}" for count in range(1, 6)]
    drafts = [fill_in(client, typed(shop, key=key))[0] for key in keys[:2]]
    for draft in drafts:
        client.get(f"{draft}/preview")
    cookie = client.get_cookie("session")
    assert cookie is not None
    lost = app.test_client()
    lost.set_cookie("session", cookie.value)
    for draft, key in zip(drafts, keys, strict=False):
        lost.post(f"{draft}/send", data={"submission_id": key})
    for draft, key in zip(drafts, keys, strict=False):
        assert code_on(client.get(client.get(f"{draft}/preview").location)) == crypto.receipt_code(key)
    for key in keys[2:]:
        client.get(f"{fill_in(client, typed(shop, key=key))[0]}/preview")
    assert session_of(client)["sending"] == keys[1:]


def session_of(client: FlaskClient) -> dict[str, object]:
    with client.session_transaction() as session:
        return dict(session)
