"""The rule data and how an edition is picked."""

from __future__ import annotations

from datetime import date

import pytest

from portal.rules.book import Confidence, rule_in_force, rule_of_edition, rules_of, weakest
from portal.rules.errors import InputRefused
from portal.rules.judgement import judgement_from_snapshot

TOPICS = ["retail_weighing", "prepackaged", "scales", "delivery", "goods"]
RULES = [rule for topic in TOPICS for rule in rules_of(topic)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id} {rule.edition}")
def test_every_rule_names_its_source_in_both_languages(rule) -> None:
    assert all((rule.id, rule.edition, rule.source, rule.source_en, rule.article, rule.article_en))
    assert rule.source_en.isascii()
    assert rule.article_en.isascii()
    assert isinstance(rule.confidence, Confidence)


@pytest.mark.parametrize("topic", TOPICS)
def test_two_editions_of_a_rule_never_overlap(topic: str) -> None:
    for rule in rules_of(topic):
        others = [other for other in rules_of(topic) if other.id == rule.id and other is not rule]
        for other in others:
            assert rule.edition != other.edition
            for day in (rule.effective_from, rule.effective_to):
                assert day is None or not other.is_in_force(day)


@pytest.mark.parametrize(
    ("on", "edition"),
    [
        (date(2006, 1, 1), "2005"),
        (date(2023, 5, 31), "2005"),
        (date(2023, 6, 1), "2023"),
        (date(2026, 11, 23), "2023"),
    ],
)
def test_the_edition_in_force_is_picked_by_the_day(on: date, edition: str) -> None:
    assert rule_in_force("prepackaged", "prepackaged_mass", on).edition == edition


def test_an_edition_without_a_known_first_day_reaches_back() -> None:
    assert rule_in_force("scales", "class_iii", date(2000, 1, 1)).edition == "JJG 539"
    assert rule_in_force("scales", "class_iii", date(2027, 1, 7)).edition == "JJG 539"
    assert rule_in_force("scales", "class_iii", date(2027, 1, 8)).edition == "JJG 1204-2025"


def test_a_day_without_an_edition_is_refused() -> None:
    with pytest.raises(InputRefused) as refused:
        rule_in_force("prepackaged", "prepackaged_mass", date(2005, 12, 31))
    assert refused.value.message.values["on"] == date(2005, 12, 31)


def test_an_edition_can_be_asked_for_by_name() -> None:
    assert rule_of_edition("prepackaged", "lot_sampling", "2023").values["plans"] == ()
    with pytest.raises(LookupError, match="no edition 1999"):
        rule_of_edition("prepackaged", "lot_sampling", "1999")
    with pytest.raises(LookupError, match="no rule nonsense"):
        rule_in_force("prepackaged", "nonsense", date(2026, 1, 1))


def test_nothing_in_the_book_can_be_changed() -> None:
    rule = rule_in_force("retail_weighing", "retail_food", date(2026, 1, 1))
    with pytest.raises(TypeError):
        rule.values["rows"] = ()
    with pytest.raises(TypeError):
        rule.values["rows"][0]["row_no"] = 9
    with pytest.raises(TypeError):
        rule.values["rows"][0]["bands"][0]["limit_mg"] = 0


def test_a_result_is_no_better_known_than_its_worst_number() -> None:
    assert weakest(Confidence.VP, Confidence.D, Confidence.VS) is Confidence.D
    assert weakest(Confidence.R, Confidence.A) is Confidence.R
    assert weakest(Confidence.VP) is Confidence.VP


def test_a_snapshot_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 2"):
        judgement_from_snapshot({"format": 2})
