"""One sending has one effect and one answer, however often and however fast it comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.base import crypto
from portal.base.db import db
from portal.complaints.models import Case, Filing
from portal.merchants.models import Merchant
from tests.complaints.forms import code_on, errors_in, filed_cases, kept_in, send, typed


def filings() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Filing)) or 0


def test_the_same_sending_gives_the_same_number_and_code_on_retry(app: Flask, shop: Merchant) -> None:
    pages = []
    for _ in range(2):
        client = app.test_client()
        answer = send(client, typed(shop))
        pages.append((answer.status_code, answer.location, code_on(client.get(answer.location))))
    assert pages[0] == pages[1]
    assert pages[0][0] == 303
    assert pages[0][2] == crypto.receipt_code("filing-1")
    assert filings() == 1


def test_64_identical_posts_at_once_open_one_case(app: Flask, shop: Merchant) -> None:
    sent = typed(shop)

    def post(_: int) -> tuple[int, str]:
        with app.app_context():
            answer = app.test_client().post("/complaints/new", data=sent)
        return answer.status_code, answer.location

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


def test_the_same_id_with_other_contents_is_a_conflict_and_keeps_what_was_typed(
    client: FlaskClient, shop: Merchant
) -> None:
    filed_cases(client, typed(shop))
    answer = send(client, typed(shop, narrative="别的内容"))
    assert answer.status_code == 409
    kept = kept_in(answer, ["narrative", "submission_id"])
    assert kept["narrative"] == "别的内容"
    # Sent once more, knowingly, it is a new filing.
    assert kept["submission_id"] not in {"", "filing-1"}
    assert filings() == 1


def test_a_form_without_an_id_is_not_filed(client: FlaskClient, shop: Merchant) -> None:
    answer = send(client, typed(shop, key=""))
    assert answer.status_code == 422
    assert filings() == 0


def test_a_form_with_an_id_too_long_is_not_filed(client: FlaskClient, shop: Merchant) -> None:
    answer = send(client, typed(shop, key="x" * 81))
    assert answer.status_code == 422
    assert errors_in(answer) is not None
    assert filings() == 0
