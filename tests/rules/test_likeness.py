"""Whether two filings may speak of one matter."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.likeness import (
    ALIKE_PERCENT,
    NEAR_DAYS,
    SHORTEST_TEXT,
    Matter,
    is_near_identical,
    is_same_matter,
    likeness_percent,
    plain_text,
)
from portal.rules.metrology_terms import GoodsGroup

ON = date(2026, 11, 20)
TEXT = (
    "昨天上午在城南菜市场三号摊位买了两斤基围虾，回家复称只有八百八十克，"
    "少了一百二十克，找摊主理论，他不承认。"
)
OTHER = (
    "上周五晚上在加油站加了两百元的九十二号汽油，油表几乎没有动，怀疑加油机计量不准，请派人检查这台加油机。"
)
PRAWNS = Matter(merchant="M1", goods="基围虾", goods_group=GoodsGroup.AQUATIC, bought_on=ON, text=TEXT)


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({}, True),
        ({"text": ""}, True),
        ({"text": OTHER}, True),
        # The same merchant, goods of one group or one name, on near days.
        ({"text": OTHER, "goods": "鲈鱼"}, True),
        ({"text": OTHER, "goods_group": None}, True),
        ({"text": OTHER, "goods": " 基围虾！", "goods_group": GoodsGroup.MEAT}, True),
        ({"text": OTHER, "goods": "猪肉", "goods_group": GoodsGroup.MEAT}, False),
        ({"text": OTHER, "goods": "", "goods_group": None}, False),
        ({"text": OTHER, "bought_on": ON + timedelta(days=NEAR_DAYS)}, True),
        ({"text": OTHER, "bought_on": ON + timedelta(days=NEAR_DAYS + 1)}, False),
        ({"text": OTHER, "bought_on": ON - timedelta(days=NEAR_DAYS)}, True),
        ({"text": OTHER, "bought_on": ON - timedelta(days=NEAR_DAYS + 1)}, False),
        # Nearly the same text, whatever the day and the goods.
        ({"bought_on": ON + timedelta(days=90), "goods": "虾", "goods_group": None}, True),
        # A dispute is with one merchant: another one is another matter, though the text be copied.
        ({"merchant": "M2"}, False),
        ({"merchant": "M2", "text": OTHER}, False),
        # Where the merchant is not known, only the text can tell.
        ({"merchant": None}, True),
        ({"merchant": None, "text": OTHER}, False),
        ({"merchant": None, "text": ""}, False),
    ],
)
def test_what_makes_two_filings_one_matter(change: dict[str, object], is_same: bool) -> None:
    assert is_same_matter(PRAWNS, replace(PRAWNS, **change)) is is_same  # type: ignore[arg-type]


@pytest.mark.parametrize("group", [GoodsGroup.OTHER_FOOD, GoodsGroup.NOT_FOOD, None])
def test_a_vague_group_makes_nothing_alike(group: GoodsGroup | None) -> None:
    tea = replace(PRAWNS, goods="茶叶", goods_group=group, text="")
    coffee = replace(PRAWNS, goods="咖啡", goods_group=group, text="")
    assert not is_same_matter(tea, coffee)
    assert is_same_matter(tea, replace(tea, goods="茶叶 "))


@pytest.mark.parametrize(
    ("other", "is_near"),
    [
        (TEXT, True),
        (TEXT.replace("，", " , ").replace("。", "."), True),
        (TEXT.replace("三号", "３号"), True),
        (TEXT.replace("昨天上午", "前天下午"), True),
        (TEXT + "请帮忙处理。", True),
        (TEXT[: len(TEXT) // 2], False),
        (OTHER, False),
        ("在城南菜市场三号摊位买的虾少了一百多克，摊主态度很差，希望监管部门去检查一下他的秤准不准。", False),
        ("", False),
    ],
)
def test_small_changes_keep_a_text_nearly_identical(other: str, is_near: bool) -> None:
    assert is_near_identical(TEXT, other) is is_near


def test_short_texts_are_not_compared() -> None:
    long_enough, too_short = plain_text(TEXT)[:SHORTEST_TEXT], plain_text(TEXT)[: SHORTEST_TEXT - 1]
    assert is_near_identical(long_enough, long_enough)
    assert not is_near_identical(too_short, too_short)
    assert not is_near_identical(too_short + "！" * 20, too_short + "！" * 20)


def test_the_threshold_is_the_stated_share() -> None:
    # 32 signs give 30 runs; changing the last k of them leaves 30 - k common of 30 + k.
    base = "".join(chr(0x4E00 + n) for n in range(32))
    for changed in range(1, 16):
        other = base[: 32 - changed] + "".join(chr(0x5E00 + n) for n in range(changed))
        percent = 100 * (30 - changed) // (30 + changed)
        assert likeness_percent(base, other) == percent
        assert is_near_identical(base, other) is (percent >= ALIKE_PERCENT)


GROUPS = st.none() | st.sampled_from(list(GoodsGroup))
TEXTS = st.text(max_size=60) | st.sampled_from([TEXT, OTHER, TEXT[:30], ""])
MATTERS = st.builds(
    Matter,
    merchant=st.sampled_from([None, "", "M1", "M2"]),
    goods=st.sampled_from(["", "虾", "鱼"]) | st.text(max_size=10),
    goods_group=GROUPS,
    bought_on=st.dates(date(2026, 11, 1), date(2026, 11, 23)),
    text=TEXTS,
)


@given(MATTERS, MATTERS)
def test_likeness_does_not_depend_on_the_order(a: Matter, b: Matter) -> None:
    assert is_same_matter(a, b) is is_same_matter(b, a)
    assert likeness_percent(a.text, b.text) == likeness_percent(b.text, a.text)


@given(MATTERS)
def test_a_matter_is_like_itself(a: Matter) -> None:
    assert is_same_matter(a, a)
    assert likeness_percent(a.text, a.text) == 100


@given(TEXTS, TEXTS)
def test_likeness_is_a_share(a: str, b: str) -> None:
    assert 0 <= likeness_percent(a, b) <= 100


@given(MATTERS, MATTERS)
def test_two_known_merchants_are_never_one_matter(a: Matter, b: Matter) -> None:
    if a.merchant and b.merchant and a.merchant != b.merchant:
        assert not is_same_matter(a, b)


@given(st.text("昨天上午复称少了克abXYｔｅ０１２3，。 !", max_size=60), st.integers(0, 10_000))
def test_punctuation_space_case_and_width_change_nothing(text: str, seed: int) -> None:
    plain = plain_text(text)
    chance = random.Random(seed)
    dressed = "".join(sign + chance.choice(["", " ", "，", "!", "\u3000"]) for sign in plain)
    assert plain_text(dressed) == plain
    assert likeness_percent(text, dressed) == 100
