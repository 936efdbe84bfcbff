"""What tests of following share: a held receipt, a case as it stands now, a form sent."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.base import clock, crypto
from portal.base.db import db, unit_of_work
from portal.complaints import actions, queries
from portal.complaints.models import Case
from portal.rules.complaint_flow import Actor, MoveName


def holder(app: Flask, key: str = "filing-1", *, just_filed: bool = False) -> FlaskClient:
    """Return a client that holds a receipt; `just_filed` as the one that filed it a moment ago."""
    client = app.test_client()
    answer = client.post("/complaints/follow", data={"code": crypto.receipt_code(key)})
    assert answer.status_code == 303
    if just_filed:
        with client.session_transaction() as session:
            session["filed"] = key
    return client


def fresh(number: str) -> Case:
    """Return a case as it stands in the database now."""
    db.session.rollback()
    found = queries.case_by_number(number)
    assert found is not None
    return found


def move(number: str, name: MoveName, actor: Actor = Actor.OFFICER, **given: Any) -> int:
    """Make one move and return the event's number."""
    with unit_of_work():
        case = queries.case_by_number(number)
        assert case is not None
        return actions.move(case, name, actor=actor, now=clock.now(), **given).id


def send(client: FlaskClient, path: str, key: str = "sent-1", **typed: Any) -> TestResponse:
    """Send a form with a submission id."""
    return client.post(path, data={"submission_id": key, **typed})
