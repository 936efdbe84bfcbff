"""On PostgreSQL many transactions write at once; the sequence still grows in the order they commit."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from portal.base.db import db, unit_of_work
from portal.search import queries
from portal.search.actions import put_document, remove_document
from portal.search.queries import SearchRequest, find

pytestmark = pytest.mark.postgres

TODAY = date(2026, 6, 1)


def put(key: str, name: str) -> None:
    with unit_of_work():
        put_document("merchant", key, name=name, place="", text="", facets={"date": 1, "sector": "shop"})


def found(words: str) -> set[str]:
    db.session.rollback()
    return set(find(SearchRequest("merchant", words, today=TODAY, per_page=200)).keys)


def test_an_index_following_many_writers_misses_nothing(postgres_app: Flask, tmp_path: Path) -> None:
    put("M1", "老王水果")
    assert found("老王") == {"M1"}
    (before,) = (tmp_path / "search" / "whoosh").glob("index-*")
    failures: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            with postgres_app.app_context():
                for number in range(10):
                    put(f"W{worker}-{number}", f"老王{worker}号{number}")
                    found("老王")
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        queries.catch_up()
    assert failures == []
    assert len(found("老王")) == 41
    # A version that slipped past the cursor would have shown as a difference, and a new index.
    assert list((tmp_path / "search" / "whoosh").glob("index-*")) == [before]


@pytest.mark.usefixtures("postgres_app")
def test_changing_and_removing_is_followed() -> None:
    put("M1", "老王水果")
    put("M2", "老王蔬菜")
    put("M1", "小李水果")
    with unit_of_work():
        remove_document("merchant", "M2")
    assert found("老王") == set()
    assert found("xiaoli") == {"M1"}
