"""A merchant is kept once, however often and however spelled it comes in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from portal.base.db import db, unit_of_work
from portal.merchants import queries
from portal.merchants.actions import MarketData, MerchantData, Outcome, Saved, save_market, save_merchant
from portal.merchants.models import Merchant
from portal.rules.errors import InputRefused

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
CODE = "91350100M000100Y43"


def saved(**fields: object) -> Saved:
    values = {"name": "老王水果店", "address": "城东街1号", "region_code": "330102"} | fields
    with unit_of_work():
        return save_merchant(MerchantData(**values), now=LATER)  # type: ignore[arg-type]


def count() -> int:
    return db.session.query(Merchant).count()


def test_the_same_merchant_twice_is_added_once(app: Flask) -> None:
    first, second = saved(uscc=CODE), saved(uscc=CODE)
    assert (first.outcome, second.outcome, count()) == (Outcome.ADDED, Outcome.UNCHANGED, 1)


def test_the_credit_code_finds_a_merchant_that_moved(app: Flask) -> None:
    number = saved(uscc=CODE).merchant.number
    moved = saved(uscc=CODE.lower(), address="城西街9号")
    assert (moved.outcome, moved.merchant.number, count()) == (Outcome.CHANGED, number, 1)


def test_without_a_code_name_and_address_are_the_key(app: Flask) -> None:
    saved(name="老王（水果）店")
    assert saved(name="老王（水果）店").outcome is Outcome.UNCHANGED
    assert saved(name="老王(水果) 店").outcome is Outcome.CHANGED
    assert saved(address="城东街2号").outcome is Outcome.ADDED
    assert count() == 2


def test_a_code_that_becomes_known_joins_the_merchant_we_hold(app: Flask) -> None:
    number = saved().merchant.number
    assert saved(uscc=CODE).merchant.number == number
    assert saved().outcome is Outcome.UNCHANGED
    assert count() == 1


def test_two_codes_at_one_address_are_two_merchants(app: Flask) -> None:
    saved(uscc=CODE)
    assert saved(uscc="91000000000000000K").outcome is Outcome.ADDED


def test_what_is_not_told_stays(app: Flask) -> None:
    saved(uscc=CODE, category="水果")
    assert saved(uscc=CODE).outcome is Outcome.UNCHANGED
    assert saved(uscc=CODE).merchant.category == "水果"


def test_the_number_is_stable_and_speakable(app: Flask) -> None:
    number = saved(uscc=CODE).merchant.number
    assert (len(number), number[0]) == (11, "M")
    assert not set(number[1:]) & set("01OIL")
    assert queries.merchant_by_number(number) is not None


@pytest.mark.parametrize("fields", [{"name": " \u200b "}, {"uscc": CODE[:-1] + "4"}, {"name": "店" * 201}])
def test_an_unusable_merchant_is_refused(app: Flask, fields: dict[str, str]) -> None:
    with pytest.raises(InputRefused):
        saved(**fields)
    assert count() == 0


def test_invisible_characters_do_not_make_another_merchant(app: Flask) -> None:
    saved()
    saved(name="老王\u202e水果\u200b店\x00")
    assert count() == 1


def test_a_market_is_kept_once_a_region(app: Flask) -> None:
    with unit_of_work():
        first = save_market(MarketData(name="城东农贸市场", region_code="330102"), now=NOW)
        again = save_market(
            MarketData(name="城东 农贸市场", region_code="330102", organiser="甲公司"), now=LATER
        )
        other = save_market(MarketData(name="城东农贸市场", region_code="330106"), now=NOW)
    assert first.id == again.id != other.id
    assert again.organiser == "甲公司"
