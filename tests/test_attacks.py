"""What a hostile visitor tried once, and what the portal answers since."""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.base.db import db
from portal.base.once import Submission, do_once
from portal.cli.serve import _web_command
from portal.complaints.models import Draft, Filing
from tests.builders import make_merchant
from tests.complaints.forms import WHO, filed_cases, fill_in, send, typed
from tests.conftest import make_app

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


def submission_id_on(client: FlaskClient, address: str) -> str:
    field = BeautifulSoup(client.get(address).text, "html.parser").select_one("main [name=submission_id]")
    assert field is not None
    return str(field["value"])


def test_an_address_fills_the_form_in_but_cannot_choose_its_receipt(client: FlaskClient) -> None:
    address = "/complaints/new?name=seen&submission_id=planted"
    assert submission_id_on(client, address) not in {"", "planted"}
    assert submission_id_on(client, address) != submission_id_on(client, address)
    told = BeautifulSoup(client.get(address).text, "html.parser").select_one("main form [name=name]")
    assert told is not None
    assert told["value"] == "seen"


def test_a_draft_and_a_filing_are_made_by_post_alone(client: FlaskClient) -> None:
    sent = typed(make_merchant(now=NOW))
    for method in ("HEAD", "GET"):
        answer = client.open("/complaints/new", method=method, query_string=sent)
        assert (answer.status_code, db.session.scalar(sa.select(Draft.id))) == (200, None)
    draft, _answer = fill_in(client, sent)
    kept = db.session.scalars(sa.select(Draft)).one().answers
    for method in ("HEAD", "GET"):
        for step in ("where", "what", "evidence", "ask", "who", "preview"):
            answer = client.open(f"{draft}/{step}", method=method, query_string=typed(None, name="别人"))
            assert answer.status_code == 200
        assert client.open(f"{draft}/send", method=method, query_string=sent).status_code in (404, 405)
    db.session.expire_all()
    assert db.session.scalars(sa.select(Draft)).one().answers == kept
    assert db.session.scalar(sa.select(Filing.id)) is None
    assert send(client, sent).status_code == 303


def test_the_database_does_not_hold_what_a_receipt_code_is_computed_from(client: FlaskClient) -> None:
    filed_cases(client, typed(make_merchant(now=NOW), "a-submission-id-to-look-for"))
    whole = "\n".join(db.session.connection().connection.iterdump())  # type: ignore[attr-defined]
    assert "complaint_case" in whole
    assert "a-submission-id-to-look-for" not in whole
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Submission)) == 1


def test_a_submission_is_known_again_after_the_keys_were_rotated(tmp_path: Path) -> None:
    old, new = "old-key-" + "1" * 32, "new-key-" + "2" * 32
    for keys in (old, f"{new},{old}"):
        app = make_app(tmp_path, SECRET_KEYS=tuple(keys.split(",")))
        with app.app_context():
            db.create_all()
            assert do_once("k1", {"a": 1}, lambda keys=keys: f"/{keys[:3]}", now=NOW) == "/old"
            db.session.remove()
            db.engine.dispose()


@pytest.mark.parametrize("path", ["/desk", "/account", "/merchant", "/records", "//evil.test//desk"])
def test_a_redirect_never_leads_where_the_host_header_says(client: FlaskClient, path: str) -> None:
    answer = client.open(base_url="http://evil.test", path=path, query_string="a=1")
    assert answer.status_code == 308
    assert answer.location == "/" + path.rsplit("/", 1)[1] + "/?a=1"
    assert "evil.test" not in answer.text


@pytest.mark.parametrize("number", ["2147483648", "9" * 20, "9" * 5000])
def test_a_number_too_long_for_the_database_is_not_found(client: FlaskClient, number: str) -> None:
    merchant = make_merchant(now=NOW)
    assert client.get(f"/merchants/{merchant.number}/pledges/{number}").status_code == 404


def test_a_failed_statement_leaves_what_it_carried_out_of_the_log(tmp_path: Path) -> None:
    app = make_app(tmp_path, TESTING=False)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    app.logger.addHandler(handler)
    with app.app_context():
        db.create_all()
        merchant = make_merchant(now=NOW)
        client = app.test_client()
        draft, _answer = fill_in(client, typed(merchant, goods="苹果"))
        db.session.execute(sa.text("DROP TABLE complaint_case"))
        db.session.execute(sa.text("ALTER TABLE filing RENAME COLUMN narrative TO no_more"))
        db.session.commit()
        answer = client.post(f"{draft}/send", data={"submission_id": "filing-1"})
        db.session.remove()
        db.engine.dispose()
    app.logger.removeHandler(handler)
    assert answer.status_code == 500
    assert "INSERT INTO filing" in written.getvalue()
    assert not [word for word in ("苹果", *WHO.values()) if word in written.getvalue()]


def test_a_page_is_kept_apart_for_each_language(client: FlaskClient) -> None:
    assert "Cookie" in client.get("/").headers["Vary"]


def test_the_web_server_writes_no_address_of_a_visitor(app: Flask) -> None:
    command = _web_command(8000)
    assert "--access-logfile" not in command
    # gunicorn tells the address of each broken request at "warning".
    assert command[command.index("--log-level") + 1] == "error"
