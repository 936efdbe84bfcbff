"""flask search rebuild, and the worker's job."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask

from portal.base.db import db, unit_of_work
from portal.search import jobs
from portal.search.actions import put_document
from portal.search.queries import SearchRequest, find


def put_one() -> None:
    with unit_of_work():
        put_document("merchant", "M1", name="老王水果", place="", text="", facets={})


def test_rebuild_fills_the_index_and_says_how_much(app: Flask, tmp_path: Path) -> None:
    put_one()
    outcome = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert (outcome.exit_code, outcome.output.splitlines()[-1]) == (0, "indexed 1")
    assert list((tmp_path / "search" / "whoosh").glob("index-*"))
    assert find(SearchRequest("merchant", "lwsg", today=date(2026, 6, 1))).keys == ("M1",)


@pytest.mark.usefixtures("app")
def test_the_worker_fills_the_index_before_anybody_searches(tmp_path: Path) -> None:
    put_one()
    jobs.catch_up(now=datetime(2026, 6, 1, tzinfo=UTC))
    assert len(list((tmp_path / "search" / "whoosh").glob("index-*/*.trm"))) == 1
    db.session.rollback()
    assert find(SearchRequest("merchant", "老王", today=date(2026, 6, 1))).total == 1
