"""What may be typed, and what it means."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.base.db import unit_of_work
from portal.search import analyzer
from portal.search.actions import put_document
from portal.search.queries import SearchRequest, find

TODAY = date(2026, 6, 1)

MERCHANTS = {
    "fruit": ("老王水果", "杭州市西湖区文三路12号", "缺一赔十 当场兑现"),
    "city": ("杭州老王水果行", "杭州市上城区解放路3号", "明码标价"),
    "beef": ("單記牛肉麵 KFC", "宁波市海曙区中山路112号", "老王水果隔壁"),
    "tea": ("曾氏茶叶(西湖店)", "老王水果批发市场A12摊", "公平秤"),
    "bank": ("重庆银楼", "温州市鹿城区", "ＡＢＣ　黄金"),
}


@pytest.fixture
def merchants(index: object) -> None:
    with unit_of_work():
        for key, (name, place, text) in MERCHANTS.items():
            put_document("merchant", key, name=name, place=place, text=text, facets={"sector": "shop"})
        put_document("record", "fruit", name="老王水果", place="", text="", facets={})


def found(words: str) -> list[str]:
    return list(find(SearchRequest("merchant", words, today=TODAY)).keys)


@pytest.mark.usefixtures("merchants")
@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("laowang", {"fruit", "city"}),
        ("laow", {"fruit", "city"}),
        ("lw", {"fruit", "city"}),
        ("lwsg", {"fruit", "city"}),
        ("wangshuiguo", {"fruit", "city"}),
        ("LAO WANG", {"fruit", "city"}),
        ("aowang", set()),
        ("shanji", {"beef"}),
        ("danji", {"beef"}),
        ("zengshi", {"tea"}),
        ("chongqing", {"bank"}),
        ("单记牛肉面", {"beef"}),
        ("單記牛肉麵", {"beef"}),
        ("kfc", {"beef"}),
        ("ｋｆｃ", {"beef"}),
        ("kf", {"beef"}),
        ("abc", {"bank"}),
        ("12号", {"fruit"}),
        ("112号", {"beef"}),
        ("a12摊", {"tea"}),
        ("a12", {"tea"}),
        ("老王 杭州", {"fruit", "city"}),
        ("老王，杭州", {"fruit", "city"}),
        ("曾氏茶叶（西湖店）", {"tea"}),
        ("茶叶 西湖", {"tea"}),
        ('"茶叶 西湖"', {"tea"}),
        ("“西湖 茶叶”", set()),
        ('"老王水果', {"fruit", "city", "beef", "tea"}),
        ("王", {"fruit", "city", "beef", "tea"}),
        ("果", {"fruit", "city", "beef", "tea"}),
        ("摊", {"tea"}),
        ("王老", set()),
        ("老果水王", set()),
        ("老王*", {"fruit", "city", "beef", "tea"}),
        ("老王 NOT 水果", set()),
    ],
)
def test_words_find(words: str, keys: set[str]) -> None:
    assert set(found(words)) == keys


@pytest.mark.usefixtures("merchants")
def test_the_very_name_comes_before_names_before_places_before_texts() -> None:
    assert found("老王水果") == ["fruit", "city", "tea", "beef"]


@pytest.mark.usefixtures("merchants")
@pytest.mark.parametrize("words", ["*", "?", "\x00", "\ud800", " ", "。，！", "()", '""', "🍎", "--"])
def test_signs_alone_ask_for_nothing_and_show_everything(words: str) -> None:
    assert set(found(words)) == set(MERCHANTS)


@pytest.mark.usefixtures("merchants")
def test_only_the_first_hundred_characters_count() -> None:
    assert found("老王水果" + " " * 96 + "没有这个") == ["fruit", "city", "tea", "beef"]
    assert found("老王水果" + " " * 90 + "没有这个") == []


@pytest.mark.usefixtures("merchants")
def test_nothing_typed_ever_raises() -> None:
    odd = st.text(
        alphabet=st.sampled_from("老王水果lwa12*?:\"“”'()[]{}^~+-&|!\\/\x00\x1f\ud800İßﷺ㍿①🍎 \n%_"),
        max_size=130,
    )

    @settings(max_examples=150, deadline=None, database=None)
    @given(odd | st.text(max_size=130))
    def ask(words: str) -> None:
        answer = find(SearchRequest("merchant", words, today=TODAY))
        assert answer.total >= len(answer.keys)

    ask()


@pytest.mark.usefixtures("merchants")
@pytest.mark.parametrize(("page", "per_page"), [(0, 20), (-5, 20), (10**9, 20), (1, 0), (1, -1), (1, 10**9)])
def test_odd_pages_are_answered(page: int, per_page: int) -> None:
    answer = find(SearchRequest("merchant", "", page=page, per_page=per_page, today=TODAY))
    assert answer.total == len(MERCHANTS)


@pytest.mark.usefixtures("merchants")
@pytest.mark.parametrize(
    "filters", [{"nothing": ("x",)}, {"sector": ("",)}, {"sector": ("\ud800",)}, {"": ("\x1f",)}]
)
def test_unknown_filters_find_nothing(filters: dict[str, tuple[str, ...]]) -> None:
    assert find(SearchRequest("merchant", "", filters=filters, today=TODAY)).total == 0


@pytest.mark.usefixtures("merchants")
@pytest.mark.parametrize(
    ("mistyped", "meant"), [("老网水果", "老王水果"), ("laowong", "老王水果"), ("重庆金楼", "重庆银楼")]
)
def test_a_mistyped_name_is_suggested(mistyped: str, meant: str) -> None:
    answer = find(SearchRequest("merchant", mistyped, today=TODAY))
    assert answer.keys == ()
    assert meant in answer.suggestions


@given(st.text(max_size=40), st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=300, deadline=None, database=None)
def test_a_part_of_a_text_folds_into_a_part_of_the_folded_text(text: str, start: int, end: int) -> None:
    simple = "".join(c for c in analyzer.fold(text))
    part = simple[min(start, end) : max(start, end)]
    assert analyzer.fold(part) in simple


def test_a_date_must_be_a_number(index: object) -> None:
    with pytest.raises(TypeError), unit_of_work():
        put_document("merchant", "M1", name="", place="", text="", facets={"date": "2026-06-01"})
