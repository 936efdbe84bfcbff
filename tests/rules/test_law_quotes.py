"""What the forms quote of the law stands in the law, word for word, in the edition of the day."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from portal.rules.book import Confidence, Rule, rules_of
from portal.rules.complaint_terms import ORDER_121_FROM
from portal.rules.law_quotes import TOPIC, quotes

BEFORE, FROM = date(2026, 4, 14), ORDER_121_FROM
RULES = rules_of(TOPIC)
NEW = "市场监督管理投诉举报处理办法"
OLD = "市场监督管理投诉举报处理暂行办法"
FILES = {OLD: f"{OLD}_2022_已废止.md", "中华人民共和国消费者权益保护法": "消费者权益保护法_2013.md"}


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def article_of(data_path: Path, rule: Rule) -> str:
    """Return the text of the article a quote names, from the file of its law."""
    number = re.match("第.+?条", rule.article)
    assert number is not None
    law = rule.source.split("（")[0]
    if law == NEW:
        lines = (data_path / "laws" / f"{NEW}_2026_条文.jsonl").read_text("utf-8").splitlines()
        articles = {row["title"]: row["content"] for row in map(json.loads, lines)}
        return plain(articles[f"{NEW} {number[0]}"])
    text = (data_path / "laws" / FILES[law]).read_text("utf-8")
    found = re.search(rf"^{number[0]} .*?(?=^第[一二三四五六七八九十]+条 |\Z)", text, re.M | re.S)
    assert found is not None
    return plain(found[0])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id}-{rule.edition}")
def test_a_quote_stands_in_the_article_it_names(data_path: Path, rule: Rule) -> None:
    article = article_of(data_path, rule)
    for part in rule.values["text"].split("……"):
        assert plain(part) in article


def test_a_changed_word_is_found(data_path: Path) -> None:
    rule = RULES[0]
    changed = rule.values["text"].replace("可以", "应当")
    assert changed != rule.values["text"]
    assert plain(changed) not in article_of(data_path, rule)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id}-{rule.edition}")
def test_every_quote_was_read_in_the_official_text_and_stands_in_english(rule: Rule) -> None:
    assert rule.confidence is Confidence.VP
    assert rule.values["text_en"].strip()
    assert rule.article_en
    assert rule.source_en


@pytest.mark.parametrize(
    ("rule_id", "on", "articles"),
    [
        ("agreement_copies", BEFORE, ["第二十二条"]),
        ("agreement_copies", FROM, ["第二十四条"]),
        ("tell_time_and_place", BEFORE, ["第十八条第二款"]),
        ("tell_time_and_place", FROM, ["第二十条"]),
        ("pass_on", BEFORE, ["第三十七条"]),
        ("pass_on", FROM, ["第四十一条"]),
        ("tell_result", BEFORE, ["第三十二条"]),
        ("tell_result", FROM, ["第三十六条"]),
        ("other_routes", BEFORE, ["第三十九条"]),
        ("other_routes", FROM, ["第三十九条"]),
        # What one edition alone knows.
        ("tell_real_name_reporter", BEFORE, ["第三十一条第二款"]),
        ("tell_real_name_reporter", FROM, []),
        ("ask_identity", BEFORE, []),
        ("ask_identity", FROM, ["第十条第三款"]),
        ("unhappy_with_mediation", BEFORE, []),
        ("unhappy_with_mediation", FROM, ["第二十五条"]),
    ],
)
def test_the_day_of_receipt_picks_the_edition(rule_id: str, on: date, articles: list[str]) -> None:
    assert [quote.article for quote in quotes(rule_id, on=on)] == articles


def test_quotes_come_in_the_order_asked() -> None:
    found = quotes("other_routes", "pass_on", on=FROM)
    assert [quote.article for quote in found] == ["第三十九条", "第四十一条"]
