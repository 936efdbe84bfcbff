"""Regions by code, and found in what registers and people write."""

import csv
from collections import Counter

import pytest

from portal.rules import regions
from portal.rules.regions import CITY, COUNTY, PROVINCE, find_region


def found(**told):
    region = find_region(**told)
    return region and region.code


def test_a_region_knows_its_level_and_what_is_above():
    hangzhou = regions.region("330100")
    assert (hangzhou.name, hangzhou.level, hangzhou.parent_code) == ("杭州市", CITY, "330000")
    assert regions.region("330000").level == PROVINCE
    assert regions.region("330106").level == COUNTY


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("330106", ["浙江省", "杭州市", "西湖区"]),
        ("110101", ["北京市", "东城区"]),
        ("419001", ["河南省", "济源市"]),
        ("441900", ["广东省", "东莞市"]),
        ("620200", ["甘肃省", "嘉峪关市"]),
        ("810000", ["香港特别行政区"]),
        ("110100", []),
        ("999999", []),
        ("", []),
        (None, []),
    ],
)
def test_the_path_leads_from_the_province_down(code, names):
    assert [region.name for region in regions.path(code)] == names


def test_every_region_but_a_province_lies_in_one_that_is_known():
    everything = [region for top in regions.children() for region in _all_below(top)]
    assert Counter(region.level for region in everything) == {PROVINCE: 34, CITY: 333, COUNTY: 2974}
    assert all(regions.region(region.code) is region for region in everything)


def _all_below(region):
    yield region
    for inner in regions.children(region.code):
        yield from _all_below(inner)


def test_a_county_has_nothing_below():
    assert regions.children("330106") == ()
    assert [region.name for region in regions.children("330400")][:2] == ["南湖区", "秀洲区"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("330106", "330106"),
        (" 330106 ", "330106"),
        ("３３０１０６", "330106"),
        ("330106003", "330106"),
        ("330106003001", "330106"),
        ("3301", "330100"),
        ("33", "330000"),
        ("330103", "330105"),
        ("330621", "330603"),
        ("330199", "330100"),
        ("339999", "330000"),
        ("999999", None),
        ("33010", None),
        ("", None),
        ("西湖", None),
    ],
)
def test_a_code_is_read_at_any_level_and_a_former_one_by_its_successor(told, code):
    assert found(region_code=told) == code


def test_an_explicit_code_wins_over_everything_written():
    assert found(region_code="330106", city="嘉兴", address="嘉兴市秀洲区") == "330106"


@pytest.mark.parametrize(
    ("county", "above", "code"),
    [
        ("秀洲区", {}, "330411"),
        ("秀洲", {}, "330411"),
        ("富阳市", {}, "330111"),
        ("景宁", {}, "331127"),
        ("下城区", {}, "330105"),
        ("鼓楼区", {"city": "南京市"}, "320106"),
        ("鼓楼区", {"province": "福建"}, "350102"),
        ("鼓楼区", {"address": "徐州市中山路1号"}, "320302"),
        ("鼓楼区", {"uscc": "91320302MA1ABCD12K"}, "320302"),
        ("鼓楼区", {}, None),
        ("鼓楼区", {"city": "嘉兴"}, "330400"),
        ("黄浦区", {"province": "上海市", "city": "市辖区"}, "310101"),
        ("济源市", {}, "419001"),
        ("东莞市", {}, "441900"),
    ],
)
def test_a_county_column_is_read_with_what_is_above_it(county, above, code):
    assert found(county=county, **above) == code


@pytest.mark.parametrize(
    ("address", "above", "code"),
    [
        ("浙江省嘉兴市秀洲区王江泾镇田乐村", {}, "330411"),
        ("嘉兴 秀洲 王江泾", {}, "330411"),
        ("浙江 省 杭州 市", {}, "330100"),
        ("杭州余杭区良渚街道杜甫村", {}, "330110"),
        ("浙江省台州市临海市沿江镇", {}, "331082"),
        ("德清县武康镇", {"city": "湖州"}, "330521"),
        ("三门县横渡镇", {"province": "浙江", "city": "台州"}, "331022"),
        ("景宁畲族自治县鹤溪镇", {}, "331127"),
        ("吉林省吉林市昌邑区", {}, "220202"),
        ("湘潭市湘潭县易俗河镇", {}, "430321"),
        ("北京市朝阳区建国路", {}, "110105"),
        ("朝阳区建国路", {"province": "北京"}, "110105"),
        ("朝阳区建国路", {"city": "上海"}, "310000"),
        ("西湖区文三路", {}, None),
        ("西湖区文三路", {"city": "南昌"}, "360103"),
        ("西湖区文三路", {"uscc": "91330106MA1ABCD12K"}, "330106"),
        ("上海市浦东新区世纪大道", {}, "310115"),
        ("丹阳市开发区中山路", {"city": "嘉兴"}, "321181"),
        ("杭州市江干区凯旋路", {}, "330102"),
        ("杭州市江干区下沙街道", {}, "330114"),
        ("杭州市萧山区义蓬街道", {}, "330114"),
        ("宁波市鄞州区集士港镇", {}, "330203"),
        ("杭州市经济开发区内西湖区三墩镇", {}, "330106"),
        ("省府路5号西湖区", {"city": "杭州"}, "330106"),
        ("省府路5号西湖区", {}, None),
        ("余姚路5号", {"city": "宁波"}, "330200"),
        ("余姚大道5号", {"city": "宁波"}, "330200"),
        ("余姚工业园", {"city": "宁波"}, "330281"),
        ("东方明珠花园", {"city": "嘉兴"}, "330400"),
        ("安阳镇沿江新村", {"city": "温州"}, "330300"),
    ],
)
def test_an_address_names_its_county(address, above, code):
    assert found(address=address, **above) == code


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"city": "嘉兴"}, "330400"),
        ({"city": "嘉兴市"}, "330400"),
        ({"city": "义乌市"}, "330782"),
        ({"city": "恩施"}, "422800"),
        ({"city": "上海市"}, "310000"),
        ({"province": "浙江", "city": "没有市"}, "330000"),
        ({"province": "内蒙古"}, "150000"),
        ({"province": "广西壮族自治区"}, "450000"),
        ({"address": "嘉兴市洪波路"}, "330400"),
        ({"address": "浙江省洪波路"}, "330000"),
        ({"city": "宁波", "address": "浙江省人民路"}, "330200"),
        ({"address": "无名路1号", "uscc": "91330106MA1ABCD12K"}, None),
        ({"province": None, "city": None, "county": None, "address": None, "region_code": None}, None),
        ({}, None),
    ],
)
def test_without_a_county_the_city_and_then_the_province_is_told(told, code):
    assert found(**told) == code


def test_a_former_name_leads_to_a_region_that_stands():
    assert all(regions.region(row["code"]) and regions.region(row["city_code"]) for row in regions._former())
    assert not any(regions.region(row["former_code"]) for row in regions._former() if row["former_code"])


def test_nine_of_ten_real_addresses_lead_to_their_county(data_path):
    with (data_path / "merchants_zhejiang.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    told = [
        find_region(province=row["province"], city=row["city"], address=row["address"], uscc=row["uscc"])
        for row in rows
    ]
    assert all(told)
    at_county = [(row, region) for row, region in zip(rows, told, strict=True) if region.level == COUNTY]
    assert len(at_county) / len(rows) > 0.9
    # The register's city, which the county was not taken from, agrees.
    elsewhere = [region for row, region in at_county if row["city"] not in regions.path(region.code)[1].name]
    assert len(elsewhere) <= 5
