"""Measure search end to end, through the portal's own find(): rows, facets and visibility included.

    python -m benchmarks.search [--documents 10000] [--seed 1] [--rounds 3] [--json FILE]

Prints, for each class of query, the median and the 95th percentile of warm and of
first-time queries, and how exact the answers are against a brute-force search.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from portal.base.db import configure_engine, db, unit_of_work
from portal.search import actions, queries
from portal.search.queries import SearchRequest, find

TODAY = date(2026, 6, 1)
KIND = "merchant"

CITIES = {
    "杭州": ("330100", ["西湖区", "上城区", "拱墅区", "余杭区", "临平区"]),
    "宁波": ("330200", ["海曙区", "江北区", "鄞州区", "镇海区"]),
    "温州": ("330300", ["鹿城区", "龙湾区", "瓯海区"]),
    "嘉兴": ("330400", ["南湖区", "秀洲区"]),
    "绍兴": ("330600", ["越城区", "柯桥区", "上虞区"]),
    "金华": ("330700", ["婺城区", "金东区", "义乌市"]),
}
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶单解仇"
)
GIVEN = "明华强军平建国志伟芳娜秀英敏静丽艳玲桂兰红梅春燕霞飞鹏宇浩然子涵欣怡梓轩雨泽博文"
TRADES = {
    "market": ["水果", "蔬菜", "水产", "肉铺", "豆制品", "海鲜", "干货", "粮油"],
    "shop": ["超市", "便利店", "烟酒", "茶叶", "零食", "炒货", "副食品"],
    "restaurant": ["面馆", "饭店", "火锅", "小吃", "烧烤", "餐饮"],
    "fuel": ["加油站", "充电站", "石油"],
    "jewellery": ["珠宝", "黄金", "银楼"],
}
FORMS = ["店", "行", "商行", "经营部", "有限公司", "摊位", "批发部", ""]
RARE = "璟曦翀骁昱晟祎堃喆犇垚淼焱嫕赟彧珺琮瑾瑜沅汐"
ROADS = ["文三路", "中山路", "解放路", "人民路", "建设路", "延安路", "新华路", "东街", "南门大街", "学院路"]
PROMISES = [
    "缺一赔十，当场兑现", "电子秤每半年检定一次", "足斤足两，明码标价", "七日内无理由退货",
    "短斤少两举报有奖", "公平秤就在摊位旁", "净含量不足按差额三倍赔偿", "加油机铅封完好",
    "支持复秤，欢迎监督", "先行赔付基金成员",
]  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A generated merchant."""

    key: str
    name: str
    place: str
    text: str
    facets: dict[str, Any]
    visible_until: date | None


def samples(count: int, seed: int) -> Iterator[Sample]:
    """Yield the same merchants for the same count and seed; some have expired."""
    dice = random.Random(seed)
    for number in range(count):
        city = dice.choice(list(CITIES))
        code, counties = CITIES[city]
        at = dice.randrange(len(counties))
        sector = dice.choice(list(TRADES))
        place = f"浙江省{city}市{counties[at]}{dice.choice(ROADS)}{dice.randrange(1, 999)}号"
        yield Sample(
            key=f"M{number:07d}",
            name=_name(dice, city, sector),
            place=place + (f"{dice.choice('ABC')}区{dice.randrange(1, 300)}摊" if sector == "market" else ""),
            text="；".join(dice.sample(PROMISES, 5)) + f"。经营{'、'.join(dice.sample(TRADES[sector], 2))}。",
            facets={
                "region": ["330000", code, f"{code[:4]}{at + 2:02d}"],
                "sector": sector,
                "status": dice.choice(["trust", "none", "none", "watch", "demonstration"]),
                "pledge": dice.choice(["yes", "no"]),
                "date": dice.randrange(20_200_000, 20_260_000),
            },
            visible_until=TODAY - timedelta(days=1) if dice.random() < 0.02 else None,
        )


def _name(dice: random.Random, city: str, sector: str) -> str:
    style = dice.random()
    person = dice.choice(SURNAMES)
    if style < 0.35:
        owner = dice.choice("老小阿") + person
    elif style < 0.75:
        owner = person + "".join(dice.sample(GIVEN, 2))
    else:
        owner = "".join(dice.sample(RARE, 2)) + dice.choice(GIVEN)
    prefix = dice.choice(["", "", city, city + "市", "浙江"])
    suffix = dice.choice(["", "", "", f"({dice.choice(['城西', '东门', '滨江'])}店)", " No.1"])
    return f"{prefix}{owner}{dice.choice(TRADES[sector])}{dice.choice(FORMS)}{suffix}"


def query_mix(found: list[Sample], seed: int, each: int) -> dict[str, list[SearchRequest]]:
    """Return the queries of each class, drawn from the samples themselves."""
    dice = random.Random(seed + 1)
    pick = lambda: dice.choice(found)  # noqa: E731
    all_trades = [trade for trades in TRADES.values() for trade in trades]

    def ask(words: str, **options: Any) -> SearchRequest:
        return SearchRequest(KIND, words, today=TODAY, **options)

    makers: dict[str, Callable[[], SearchRequest]] = {
        "common two characters": lambda: ask(dice.choice(all_trades)[:2]),
        "name": lambda: ask(pick().name),
        "rare part of a name": lambda: ask(_part(dice, pick().name, 4)),
        "part of an address": lambda: ask(_part(dice, pick().place, 5)),
        "common phrase": lambda: ask(_part(dice, dice.choice(PROMISES).split("，")[0], 4)),
        "several terms": lambda: ask(
            f"{dice.choice(list(CITIES))} {pick().name[:2]} {dice.choice(all_trades)}"
        ),
        "one character": lambda: ask(dice.choice(SURNAMES + "水肉茶油店")),
        "pinyin": lambda: ask(
            dice.choice(["laowang", "wangm", "shuiguo", "zhejiang", "hangzhou", "lichao", "chen"])
        ),
        "initials": lambda: ask(dice.choice(["lwsg", "lw", "zjl", "hz", "lzsg", "xlsc", "alsp"])),
        "filters and facets": lambda: ask(
            dice.choice(all_trades)[:2],
            filters={"region": (pick().facets["region"][dice.randrange(1, 3)],), "status": ("none", "trust")},
        ),
        "no words, by name": lambda: ask("", sort="name", filters={"sector": (dice.choice(list(TRADES)),)}),
        "by date": lambda: ask(dice.choice(all_trades)[:2], sort="date"),
        "page 50": lambda: ask("浙江", page=50),
        "nothing found": lambda: ask(_mistyped(dice, pick().name)),
    }
    return {label: [make() for _ in range(each)] for label, make in makers.items()}


def _part(dice: random.Random, text: str, length: int) -> str:
    at = dice.randrange(max(len(text) - length, 0) + 1)
    return text[at : at + length]


def _mistyped(dice: random.Random, name: str) -> str:
    at = dice.randrange(len(name))
    return name[:at] + "囧" + name[at + 1 :]


def fill(found: list[Sample]) -> None:
    """Put the samples into the table, a thousand a transaction."""
    for at in range(0, len(found), 1000):
        with unit_of_work():
            for one in found[at : at + 1000]:
                actions.put_document(
                    KIND,
                    one.key,
                    name=one.name,
                    place=one.place,
                    text=one.text,
                    facets=one.facets,
                    visible_until=one.visible_until,
                )


def small_app(folder: str, engine: str = "whoosh") -> Flask:
    """Return an application with a database and an index in the folder, and nothing else."""
    app = Flask("measure")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder}/portal.db"
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)
        queries.use_index(engine, folder)
    return app


def measure(documents: int, seed: int, rounds: int, each: int) -> dict[str, Any]:
    """Return every figure of a run, milliseconds unless the name says otherwise."""
    found = list(samples(documents, seed))
    with tempfile.TemporaryDirectory() as folder, small_app(folder).app_context():
        db.create_all()
        fill(found)
        started = time.process_time()
        queries.rebuild(lambda _count: None)
        figures: dict[str, Any] = {"documents": documents, "build_cpu_s": time.process_time() - started}
        index = Path(folder) / "search"
        figures["index_mb"] = sum(f.stat().st_size for f in index.rglob("*") if f.is_file()) / 2**20
        figures["first_query_after_start"] = _milliseconds(SearchRequest(KIND, "", today=TODAY))
        figures["classes"] = _measure_classes(query_mix(found, seed, each), rounds)
        figures["all"] = _overall(figures["classes"])
        figures["new_record_found"] = statistics.median(_freshness(n) for n in range(11))
        db.session.remove()
        db.engine.dispose()
    return figures


def _measure_classes(mix: dict[str, list[SearchRequest]], rounds: int) -> dict[str, Any]:
    classes = {}
    for label, requests in mix.items():
        first = [_milliseconds(request) for request in requests]
        # Of several rounds the median: other work on the machine is not what is measured.
        warm = [statistics.median(_milliseconds(r) for _ in range(rounds)) for r in requests]
        classes[label] = {"warm": warm, "first": first}
    return classes


def _overall(classes: dict[str, Any]) -> dict[str, list[float]]:
    return {
        phase: [ms for figures in classes.values() for ms in figures[phase]] for phase in ("warm", "first")
    }


def _milliseconds(request: SearchRequest) -> float:
    db.session.rollback()
    started = time.perf_counter()
    find(request)
    return (time.perf_counter() - started) * 1000


def _freshness(number: int) -> float:
    """Return the time from before the commit of a new document until it was found."""
    started = time.perf_counter()
    with unit_of_work():
        actions.put_document(
            KIND, f"new-{number}", name=f"鲜活{number}号", place="", text="", facets={"sector": "shop"}
        )
    answer = find(SearchRequest(KIND, f"鲜活{number}号", today=TODAY))
    if answer.keys != (f"new-{number}",):
        raise LookupError("a new document was not found")
    return (time.perf_counter() - started) * 1000


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _report(figures: dict[str, Any]) -> str:
    lines = [f"{figures['documents']} documents, find() end to end, milliseconds"]
    lines.append(f"{'':24}{'median':>8}{'p95':>8}{'first p95':>11}")
    for label, run in [*figures["classes"].items(), ("all", figures["all"])]:
        warm, first = run["warm"], run["first"]
        middle = statistics.median(warm)
        lines.append(f"{label:24}{middle:8.2f}{_percentile(warm, 0.95):8.2f}{_percentile(first, 0.95):11.2f}")
    lines.append(f"first query after start {figures['first_query_after_start']:.0f}")
    lines.append(f"a new record is found after {figures['new_record_found']:.0f}")
    lines.append(f"build {figures['build_cpu_s']:.1f} CPU s, index {figures['index_mb']:.1f} MB")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = measure(options.documents, options.seed, options.rounds, options.each)
    print(_report(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
