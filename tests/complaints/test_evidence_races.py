"""Two tabs at once: never more than nine files, never one of them twice, never one lost by sending."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.base.db import db, unit_of_work
from portal.complaints.drafts import drafting
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence.models import EvidenceFile
from portal.complaints.models import Filing
from portal.merchants.models import Merchant
from portal.rules.errors import RuleError
from tests.builders import make_case, make_merchant
from tests.complaints.conftest import NOW
from tests.complaints.photos import GOODS, attached, make_draft, photo

TABS = 6


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_app(request: pytest.FixtureRequest) -> Flask:
    return request.getfixturevalue("app" if request.param == "sqlite" else "postgres_app")


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Run each in a thread with a session of its own, begun together; return what came of them."""
    barrier, came = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                came[place] = acts[place]()
            except RuleError as error:
                came[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    return came


def adding(number: str, prepared: evidence.Prepared) -> Callable[[], bool]:
    def act() -> bool:
        with unit_of_work():
            draft = drafting.draft_by_number(number)
            assert draft is not None
            return evidence.attach(draft, prepared, GOODS, now=NOW).is_new

    return act


def count() -> int:
    return db.session.scalar(select(func.count(EvidenceFile.id))) or 0


def test_two_tabs_cannot_pass_nine(either_app: Flask) -> None:
    draft = make_draft()
    for seed in range(7):
        attached(draft, photo(seed))
    prepared = [evidence.prepare(photo(seed), name="a.jpg") for seed in range(10, 10 + TABS)]
    came = at_once(either_app, *(adding(draft.number, one) for one in prepared))
    assert sorted(type(one).__name__ for one in came) == ["TooManyFiles"] * (TABS - 2) + ["bool"] * 2
    assert count() == evidence.MOST_FILES


def test_the_same_photo_from_many_tabs_is_kept_once(either_app: Flask) -> None:
    draft = make_draft()
    prepared = [evidence.prepare(photo(), name="a.jpg") for _ in range(TABS)]
    came = at_once(either_app, *(adding(draft.number, one) for one in prepared))
    assert sorted(came) == [False] * (TABS - 1) + [True]
    assert count() == 1


def test_a_photo_added_while_the_draft_is_sent_is_filed_or_refused(either_app: Flask) -> None:
    shop: Merchant = make_merchant(now=NOW)
    case = make_case(shop, now=NOW)
    filing_id, case_number = case.filing_id, case.number
    for turn in range(5):
        draft = make_draft(f"draft-{turn}")
        number = draft.number
        prepared = evidence.prepare(photo(turn), name="a.jpg")

        def sending(number: str = number) -> None:
            with unit_of_work():
                draft = drafting.draft_by_number(number)
                assert draft is not None
                drafting.lock_draft(draft)
                for file in draft.evidence:
                    file.draft_id, file.filing_id = None, filing_id
                drafting.close_draft(draft, case_number, now=NOW)

        at_once(either_app, adding(number, prepared), sending)
        left = select(func.count(EvidenceFile.id)).where(EvidenceFile.draft_id.is_not(None))
        assert db.session.scalar(left) == 0
    assert db.session.get(Filing, filing_id) is not None
