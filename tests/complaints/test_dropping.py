"""A draft that is deleted while another tab still writes to it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask

from portal.base.db import db, unit_of_work
from portal.complaints.drafts import drafting
from portal.complaints.models import Draft
from portal.rules.errors import MoveNotAllowed
from portal.rules.intake_terms import Step

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


def draft_of(number: str) -> Draft:
    found = drafting.draft_by_number(number)
    assert found is not None
    return found


def test_who_waits_for_a_draft_that_is_deleted_is_told_so_on_postgres(postgres_app: Flask) -> None:
    with unit_of_work():
        number = drafting.begin_draft("s1", now=NOW).number
    db.session.remove()
    is_read, told = threading.Event(), []

    def keep() -> None:
        with postgres_app.app_context():
            with pytest.raises(MoveNotAllowed) as refused, unit_of_work():
                draft = draft_of(number)
                is_read.set()
                drafting.keep_step(draft, Step.WHERE, {"name": "老王水果"}, now=NOW)
            told.append(refused.value)
            db.session.remove()

    writer = threading.Thread(target=keep)
    with unit_of_work():
        drafting.drop_draft(draft_of(number))
        db.session.flush()
        writer.start()
        assert is_read.wait(10)
    writer.join(10)
    assert len(told) == 1
