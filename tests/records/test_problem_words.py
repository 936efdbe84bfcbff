"""What a closed complaint was about, in a word of its own for each kind of purchase."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.base.labels import render
from portal.records.presenting import facts_of
from portal.records.wording import WORDS
from portal.rules.intake_terms import PurchaseKind


def shown(app: Flask, value: str) -> str:
    with app.test_request_context("/"):
        (fact,) = facts_of({"problem": value})
        return fact.value if isinstance(fact.value, str) else render(fact.value)


@pytest.mark.parametrize("kind", list(PurchaseKind))
def test_every_kind_has_words_of_its_own(app: Flask, kind: PurchaseKind) -> None:
    words = shown(app, kind.value)
    assert words != kind.value
    assert [other for other in PurchaseKind if shown(app, other.value) == words] == [kind]


def test_a_record_of_before_is_still_read(app: Flask) -> None:
    assert shown(app, "weighing") == render(WORDS["problem", "weighing"])
    assert shown(app, "weighing") != "weighing"
