"""A small database of generated merchants, filled once for each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.search import Sample, fill, samples, small_app
from portal.base.db import db
from portal.search import queries

ENGINES = sorted(queries.ENGINES)


@pytest.fixture(scope="module")
def merchants() -> list[Sample]:
    return list(samples(1200, seed=7))


@pytest.fixture(scope="module", params=ENGINES)
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, merchants: list[Sample]
) -> Iterator[None]:
    """Fill table and index with the merchants; half by one build, half by catching up."""
    folder = tmp_path_factory.mktemp("filled")
    with small_app(str(folder), request.param).app_context():
        db.create_all()
        fill(merchants[:600])
        queries.rebuild(lambda _count: None)
        for at in range(600, 1200, 200):
            fill(merchants[at : at + 200])
            queries.catch_up()
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Give the folder of an empty index; its database is in the application context."""
    with small_app(str(tmp_path), request.param).app_context():
        db.create_all()
        yield tmp_path / "search" / request.param
        db.session.remove()
        db.engine.dispose()
