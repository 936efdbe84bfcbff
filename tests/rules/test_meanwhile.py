"""What to do while waiting: by what was bought, and with an article only where one holds."""

from __future__ import annotations

from datetime import date

import pytest

from portal.rules.book import rules_of
from portal.rules.intake_terms import PurchaseKind
from portal.rules.meanwhile import TOPIC, Advice, meanwhile

TODAY = date(2026, 11, 24)
K = PurchaseKind


def articles(kind: PurchaseKind, *, is_in_market: bool = False, on: date = TODAY) -> list[tuple[str, str]]:
    return [
        (one.source[:4], one.article)
        for one in meanwhile(kind, is_in_market=is_in_market, on=on)
        if one.article
    ]


def sentences(kind: PurchaseKind) -> str:
    return " ".join(one.sentence.text for one in meanwhile(kind, is_in_market=False, on=TODAY))


MARKET, STATION, RULES = ("集贸市场", "第十二条"), ("加油站计", "第八条"), ("中华人民", "第三十五条")


@pytest.mark.parametrize(
    ("kind", "is_in_market", "expected"),
    [
        (K.RETAIL, True, [MARKET, RULES]),
        (K.RETAIL, False, [RULES]),
        (K.JEWELLERY, True, [MARKET, RULES]),
        (K.JEWELLERY, False, [RULES]),
        (K.PREPACKAGED, True, [MARKET]),
        (K.PREPACKAGED, False, []),
        (K.OTHER, True, [MARKET, RULES]),
        (K.OTHER, False, [RULES]),
        (K.FUEL, True, [STATION, RULES]),
        (K.FUEL, False, [STATION, RULES]),
        (K.TAXI, True, [RULES]),
        (K.CHARGING, False, [RULES]),
        (K.METER, False, [RULES]),
        (K.INSTRUMENT, True, [RULES]),
    ],
)
def test_an_article_is_named_only_where_it_holds(
    kind: PurchaseKind, is_in_market: bool, expected: list[tuple[str, str]]
) -> None:
    assert articles(kind, is_in_market=is_in_market) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 2, 28), [RULES]),
        (date(2025, 3, 1), [MARKET, RULES]),
        (date(2022, 4, 30), []),
        (date(2022, 5, 1), [RULES]),
    ],
)
def test_an_article_is_named_from_the_day_its_edition_holds(
    on: date, expected: list[tuple[str, str]]
) -> None:
    assert articles(K.RETAIL, is_in_market=True, on=on) == expected


def test_only_food_is_not_to_be_eaten() -> None:
    assert [kind for kind in PurchaseKind if " eat " in sentences(kind)] == [K.RETAIL]


@pytest.mark.parametrize("kind", list(PurchaseKind))
def test_proof_is_kept_whatever_was_bought(kind: PurchaseKind) -> None:
    assert "Keep the receipt" in sentences(kind)


def test_a_fuel_buyer_is_told_to_keep_the_scene_and_of_arbitration() -> None:
    first = meanwhile(K.FUEL, is_in_market=False, on=TODAY)[0]
    assert "leave everything as it is" in first.sentence.text
    assert "arbitration verification" in first.sentence.text
    assert "arbitration verification" not in sentences(K.TAXI)


def test_every_source_is_named_in_both_languages_with_its_first_day() -> None:
    for rule in rules_of(TOPIC):
        assert all((rule.source, rule.source_en, rule.article, rule.article_en, rule.effective_from))
        assert rule.source_en.isascii()
    assert Advice(meanwhile(K.TAXI, is_in_market=False, on=TODAY)[0].sentence).article == ""
