"""Which group a shopper's word means."""

from __future__ import annotations

import pytest

from portal.rules.book import Confidence, rules_of
from portal.rules.goods import LONGEST_NAME, goods_group_of, goods_named
from portal.rules.metrology_terms import GoodsGroup


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("苹果", GoodsGroup.FRUIT),
        ("生活超市的苹果", GoodsGroup.FRUIT),
        ("基围虾", GoodsGroup.AQUATIC),
        ("活虾", GoodsGroup.AQUATIC),
        ("猪肉", GoodsGroup.MEAT),
        ("土豆", GoodsGroup.VEGETABLE),
        ("鸡蛋", GoodsGroup.EGG),
        ("大米", GoodsGroup.GRAIN),
        ("玉米", GoodsGroup.VEGETABLE),
        ("海参干货", GoodsGroup.DELICACY),
        ("水发海参", GoodsGroup.SOAKED),
        ("活鱼", GoodsGroup.LIVE_FISH),
        ("活鲫鱼", GoodsGroup.LIVE_FISH),
        ("鲫鱼", GoodsGroup.AQUATIC),
        ("活鸡", GoodsGroup.LIVE_POULTRY),
        ("老母鸡", GoodsGroup.POULTRY),
        ("鸡蛋糕", GoodsGroup.PASTRY),
        ("水果糖", GoodsGroup.CANDY),
        ("番茄酱", GoodsGroup.SEASONING),
        ("梅干菜", GoodsGroup.DRIED_VEGETABLE),
        ("黄金梨", GoodsGroup.FRUIT),
        ("黄金项链", GoodsGroup.GOLD_JEWELLERY),
        ("足银手镯", GoodsGroup.SILVER_JEWELLERY),
        ("茶叶", GoodsGroup.OTHER_FOOD),
        ("化肥", GoodsGroup.NOT_FOOD),
        ("Apples", GoodsGroup.FRUIT),
        ("ＡＰＰＬＥ", GoodsGroup.FRUIT),
        ("eggplant", GoodsGroup.VEGETABLE),
        ("live carp", GoodsGroup.LIVE_FISH),
        ("live prawns", GoodsGroup.AQUATIC),
        ("soaked sea cucumber", GoodsGroup.SOAKED),
        ("price", None),
        ("olive", None),
        ("老王", None),
        ("", None),
    ],
)
def test_a_word_leads_to_its_group(text: str, group: GoodsGroup | None) -> None:
    assert goods_group_of(text) is group


def test_goods_keep_the_words_they_were_typed_in() -> None:
    goods = goods_named("  红富士苹果 ")
    assert (goods.name, goods.group) == ("红富士苹果", GoodsGroup.FRUIT)
    assert len(goods_named("苹" * 1000).name) == LONGEST_NAME


def test_the_word_list_is_ours_and_says_so() -> None:
    assert rules_of("goods")[0].confidence is Confidence.A


def test_no_word_belongs_to_two_groups() -> None:
    words = [word for group in rules_of("goods")[0].values["words"].values() for word in group]
    assert sorted(words) == sorted(set(words))


def test_every_group_with_words_finds_its_own_words() -> None:
    for group, words in rules_of("goods")[0].values["words"].items():
        for word in words:
            assert goods_group_of(word) is GoodsGroup(group), word
