"""Administrative divisions (GB/T 2260): province, city and county, by code and from what people write.

`find_region` takes the first of these that names one region:

| source | how |
|---|---|
| region_code | six digits; a former code counts as its successor |
| county column | within the city and province that are named |
| address | province, city and county at its start; else one full county name further on |
| city column, then the address's city | "嘉兴" or "嘉兴市" |
| province column, then the address's province | |

A name that several regions bear (鼓楼区, 市中区, 城区) counts only where the province or city, or digits
3 to 8 of the credit code, leave one; those digits decide nothing else, since a firm may move.
The table is `data/regions.csv` (see `data/regions.LICENSE.txt`).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
PROVINCE, CITY, COUNTY = 1, 2, 3

_PEOPLES = (
    "维吾尔族|柯尔克孜族|达斡尔族|哈萨克族|蒙古族|朝鲜族|土家族|景颇族|傈僳族|拉祜族|"
    "纳西族|仡佬族|布依族|布朗族|毛南族|仫佬族|撒拉族|东乡族|保安族|裕固族|鄂温克族|"
    "鄂伦春族|塔吉克族|锡伯族|普米族|独龙族|哈尼族|满族|回族|藏族|彝族|苗族|侗族|瑶族|"
    "白族|傣族|壮族|黎族|佤族|畲族|羌族|土族|怒族|水族|各族|维吾尔|柯尔克孜|哈萨克|蒙古"
)
_KIND = re.compile(
    rf"(?<=..)(?:{_PEOPLES})*"
    r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|省|市|盟|州|县|区|旗)$"
)
# A short name before these names a road or a village, not the region.
_NOT_A_REGION = re.compile(r"[东南西北中]?[路街巷弄道桥村镇乡]|大道|大街|公路|国道|支路|新村|社区")


@dataclass(frozen=True)
class Region:
    """A province (level 1), city (2) or county (3)."""

    code: str
    name: str
    level: int
    parent_code: str | None


@cache
def _regions() -> Mapping[str, Region]:
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file)}
    return {code: Region(code, name, _level(code), _parent(code, names)) for code, name in names.items()}


def _level(code: str) -> int:
    if code.endswith("0000"):
        return PROVINCE
    return CITY if code.endswith("00") else COUNTY


def _parent(code: str, names: Mapping[str, str]) -> str | None:
    """Return the code above; a county of a municipality or directly under a province has no city."""
    above = (code[:4] + "00", code[:2] + "0000")
    return next((one for one in above if one != code and one in names), None)


@cache
def _former() -> tuple[dict[str, str], ...]:
    with (DATA / "regions_former.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def _former_names() -> frozenset[str]:
    return frozenset(row["name"] for row in _former())


def region(code: str | None) -> Region | None:
    """Return the region of a six-digit code, or None."""
    return _regions().get(code or "")


def children(code: str | None = None) -> tuple[Region, ...]:
    """Return the regions directly below one; without a code, the provinces."""
    return _children().get(code or None, ())


@cache
def _children() -> Mapping[str | None, tuple[Region, ...]]:
    below: dict[str | None, list[Region]] = defaultdict(list)
    for one in _regions().values():
        below[one.parent_code].append(one)
    return {code: tuple(regions) for code, regions in below.items()}


def path(code: str | None) -> tuple[Region, ...]:
    """Return the way from the province down to a region; empty for an unknown code."""
    one = region(code)
    return (*path(one.parent_code), one) if one else ()


def short_name(name: str) -> str:
    """Return a name without the word for its kind (嘉兴市 → 嘉兴); one of two characters stays whole."""
    return _KIND.sub("", name)


@cache
def _by_name() -> Mapping[str, tuple[Region, ...]]:
    """Return every region under its full and its short name, and successors under former names."""
    named: dict[str, list[Region]] = defaultdict(list)
    for one in _regions().values():
        for name in {one.name, short_name(one.name)}:
            named[name].append(one)
    for row in _former():
        named[row["name"]].append(_regions()[row["code"]])
    return {name: tuple(regions) for name, regions in named.items()}


@cache
def _longest_name() -> int:
    return max(len(name) for name in _by_name())


def find_region(
    *,
    region_code: str | None = "",
    province: str | None = "",
    city: str | None = "",
    county: str | None = "",
    address: str | None = "",
    uscc: str | None = "",
) -> Region | None:
    """Return the region a row of a register speaks of, as deep as it can be told, or None."""
    told = _told_code(region_code or "")
    if told is not None:
        return told
    hint = (uscc or "")[2:8]
    named_province = _only(_named(province, PROVINCE), hint) or _only(_named(city, PROVINCE), hint)
    above = [named_province] if named_province else []
    named_city = _only(_within(_named(city, CITY, COUNTY), above), hint)
    above += [named_city] if named_city else []
    # What is written at the start of an address is nearer to the place than a column of the register.
    found = _at_start(_plain(address), above, hint)
    named_county = _only(_within(_named(county, COUNTY, CITY), above + found[:1]), hint)
    if found and found[-1].level == COUNTY:
        return named_county or found[-1]
    further = _further_on(_plain(address), found or above, hint)
    return next((one for one in (named_county, further, named_city, *reversed(found)) if one), named_province)


def _told_code(text: str) -> Region | None:
    """Return the region of a code column: six digits, or longer codes of towns and streets."""
    code = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))[:6]
    if code in _regions() or len(code) < 6:
        return region(code if len(code) % 2 else code.ljust(6, "0"))
    successor = next((row["code"] for row in _former() if row["former_code"] == code), None)
    return region(successor) or region(code[:4] + "00") or region(code[:2] + "0000")


def _plain(text: str | None) -> str:
    return re.sub(r"[\s,,、;:|/\\·-]+", "", unicodedata.normalize("NFKC", text or ""))


def _named(name: str | None, *levels: int) -> list[Region]:
    """Return the regions of the first of some levels that bear a name, whatever word for its kind is used."""
    plain = _plain(name)
    known = (*_by_name().get(plain, ()), *_by_name().get(short_name(plain), ()))
    same_level = ([one for one in dict.fromkeys(known) if one.level == level] for level in levels)
    return next((regions for regions in same_level if regions), [])


def _within(regions: Iterable[Region], above: Iterable[Region]) -> list[Region]:
    """Keep the regions that lie within the deepest of those above, or are it."""
    kept = list(regions)
    for one in above:
        narrowed = [inner for inner in kept if one in path(inner.code)]
        kept = narrowed or kept
    return kept


def _only(regions: Iterable[Region], hint: str) -> Region | None:
    """Return the one region, or the one of several that the credit code's place of registration picks."""
    left = list(regions)
    for digits in (6, 4, 2):
        if len(left) > 1:
            agreeing = [one for one in left if hint and one.code[:digits] == hint[:digits]]
            left = agreeing if len(agreeing) == 1 else left
    return left[0] if len(left) == 1 else None


def _at_start(address: str, above: list[Region], hint: str) -> list[Region]:
    """Return the regions an address begins with, from the highest down."""
    found: list[Region] = []
    place = 0
    while (step := _longest_at(address, place, found or above, found, hint)) is not None:
        one, place = step
        found.append(one)
    return found


def _longest_at(
    address: str, place: int, above: list[Region], found: list[Region], hint: str
) -> tuple[Region, int] | None:
    """Return the region whose name begins here, the longest, and where it ends; a short name must fit."""
    least = found[-1].level if found else 0
    for length in range(min(_longest_name(), len(address) - place), 1, -1):
        name, end = address[place : place + length], place + length
        regions = [one for one in _by_name().get(name, ()) if one.level > least]
        is_short = name not in _former_names() and all(name != one.name for one in regions)
        if found or is_short:
            regions = [one for one in regions if all(one_above in path(one.code) for one_above in above)]
        highest = [one for one in regions if one.level == min(other.level for other in regions)]
        one = _only(_within(highest, above), hint)
        if one is not None and not (is_short and _NOT_A_REGION.match(address, end)):
            return one, end
    return None


def _further_on(address: str, above: list[Region], hint: str) -> Region | None:
    """Return the county whose full name stands somewhere in an address, the longest, within what is known."""
    if not above:
        return None
    names = {one.name for one in _below(above[-1].code)} | _former_names()
    found = sorted((name for name in names if name in address), key=len, reverse=True)
    for name in found:
        regions = [one for one in _by_name()[name] if one.level == COUNTY and above[-1] in path(one.code)]
        if one := _only(regions, hint):
            return one
    return None


@cache
def _below(code: str) -> tuple[Region, ...]:
    """Return every county below a region."""
    counties = (one for one in _regions().values() if one.level == COUNTY)
    return tuple(one for one in counties if any(step.code == code for step in path(one.code)))
