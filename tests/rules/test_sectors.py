"""Which trade a merchant is in, by code and by words."""

import csv
from collections import Counter

import pytest

from portal.rules.sectors import Sector, sector_of


@pytest.mark.parametrize(
    ("code", "sector"),
    [
        ("7223", Sector.MARKET),
        ("5212", Sector.SHOP),
        ("5224", Sector.SHOP),
        ("F5221", Sector.GRAIN),
        ("6210", Sector.RESTAURANT),
        ("62", Sector.RESTAURANT),
        ("5265", Sector.FUEL),
        ("5267", Sector.FUEL),
        ("5236", Sector.OPTICIAN),
        ("5245", Sector.JEWELLERY),
        ("8411", Sector.MEDICAL),
        ("2621", Sector.FARM_INPUTS),
        ("1320", Sector.FARM_INPUTS),
        ("1310", Sector.GRAIN),
        ("1411", Sector.PREPACKAGED),
        ("5413", Sector.TAXI),
        ("4511", Sector.UTILITIES),
        ("４６１０", Sector.UTILITIES),
        ("5411", Sector.OTHER),
        ("4054", Sector.OTHER),
        ("6", Sector.OTHER),
        ("", Sector.OTHER),
        (None, Sector.OTHER),
    ],
)
def test_the_longest_listed_beginning_of_a_code_decides(code, sector):
    assert sector_of(gbt_code=code) is sector


@pytest.mark.parametrize(
    ("name", "sector"),
    [
        ("文成城关加油站", Sector.FUEL),
        ("中化道达尔油品有限公司慈溪逍北加油站", Sector.FUEL),
        ("宁波水产批发市场", Sector.MARKET),
        ("老王水产店", Sector.SHOP),
        ("舟山海鲜酒楼", Sector.RESTAURANT),
        ("舟山市普陀山粮油公司宝陀饭店", Sector.RESTAURANT),
        ("永康市古山镇衡器市场", Sector.OTHER),
        ("某某科技有限公司", Sector.OTHER),
        ("", Sector.OTHER),
        (None, Sector.OTHER),
    ],
)
def test_the_trade_a_name_ends_with_decides(name, sector):
    assert sector_of(name=name) is sector


def test_a_scope_begins_with_the_main_business():
    assert sector_of(scope="粮油批发；兼营水产、餐饮服务") is Sector.GRAIN
    assert sector_of(scope="餐饮服务；兼营粮油") is Sector.RESTAURANT


def test_the_code_is_asked_before_the_keyword_the_name_and_the_scope():
    told = {"gbt_code": "5265", "keyword": "餐饮", "name": "老王粮油", "scope": "水产"}
    answers = []
    for field in ("gbt_code", "keyword", "name", "scope"):
        answers.append(sector_of(**told))
        told.pop(field)
    assert answers == [Sector.FUEL, Sector.RESTAURANT, Sector.GRAIN, Sector.SHOP]


def test_an_unlisted_code_leaves_the_words_to_tell():
    assert sector_of(gbt_code="9999", name="老王粮油") is Sector.GRAIN


REAL = {
    "加油站": Sector.FUEL,
    "燃气": Sector.UTILITIES,
    "眼镜": Sector.OPTICIAN,
    "药店": Sector.MEDICAL,
    "餐饮": Sector.RESTAURANT,
    "粮油": Sector.GRAIN,
    "珠宝金店": Sector.JEWELLERY,
    "集贸市场": Sector.MARKET,
    "衡器计量": Sector.OTHER,
    **dict.fromkeys(("水产", "蔬果", "肉禽", "茶叶干货", "超市便利"), Sector.SHOP),
}


def test_real_merchants_fall_into_their_trade_by_keyword_and_nearly_all_by_name(data_path):
    with (data_path / "merchants_zhejiang.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["sector_kw"]: sector_of(keyword=row["sector_kw"]) for row in rows} == REAL
    agreeing = Counter(
        sector_of(name=row["name"], scope=row["scope"]) is REAL[row["sector_kw"]] for row in rows
    )
    assert agreeing[True] / len(rows) > 0.97
