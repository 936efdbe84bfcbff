"""The facts ready to be copied to 12315."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from portal.rules.complaint_terms import Track
from portal.rules.intake import CopyFacts, copy_text, statutory_channels
from portal.rules.intake_terms import EvidenceSlot
from portal.rules.judgement import amount
from portal.rules.messages import Message
from portal.rules.metrology_terms import Quantity, Reference, Verdict
from portal.rules.prepackaged import judge_package

ON = date(2026, 11, 20)
CHECK = judge_package(
    quantity=Quantity.MASS, labelled=500_000, actual=480_000, on=ON, reference=Reference.STANDARD
)
FACTS = CopyFacts(
    track=Track.MEDIATION,
    respondent_name="老王粮油",
    respondent_address="城南市场 3 号",
    respondent_phone="0571-88880000",
    happened_on=ON,
    time_of_day=time(9, 5),
    place="城南市场",
    goods="大米",
    shown=amount(Quantity.MASS, 500_000),
    received=amount(Quantity.MASS, 480_000),
    judgement=CHECK,
    paid_fen=1250,
    narrative="  少了 20 克。 ",
    evidence=(EvidenceSlot.GOODS, EvidenceSlot.RECEIPT),
    requests=(Verdict.OVER,),
    name="王小明",
    phone="13800000000",
    address="文一路 1 号",
    agrees_to_publication=False,
    agrees_to_delegation=True,
)


def labels_of(facts: CopyFacts) -> list[str]:
    return [line.label.text for line in copy_text(facts)]


def value_of(facts: CopyFacts, label: str) -> Message | str:
    return next(line.value for line in copy_text(facts) if line.label.text == label)


def test_a_complaint_is_copied_in_the_order_of_form_1() -> None:
    assert labels_of(FACTS) == [
        "Complainant's name",
        "Complainant's phone",
        "Complainant's address",
        "May complaint information be published",
        "May mediation be delegated",
        "Merchant's name",
        "Merchant's address",
        "Merchant's phone",
        "When it happened",
        "Place",
        "Goods or service",
        "Amount paid",
        "Quantity charged",
        "Quantity found",
        "Shortage",
        "Permitted deviation",
        "Result of the check",
        "What happened",
        "Evidence",
        "Request",
    ]


@pytest.mark.parametrize(
    ("label", "text", "values"),
    [
        ("May complaint information be published", "No", {}),
        ("May mediation be delegated", "Yes", {}),
        ("When it happened", "%(happened_on)s, %(clock)s", {"happened_on": ON, "clock": "09:05"}),
        ("Amount paid", "%(paid_fen)s", {"paid_fen": 1250}),
        ("Shortage", "%(amount_mg)s", {"amount_mg": 20_000}),
        ("Permitted deviation", "%(amount_mg)s", {"amount_mg": 15_000}),
        ("Result of the check", "%(verdict)s", {"verdict": Verdict.OVER}),
    ],
)
def test_values_are_messages_where_a_page_must_put_them_in_words(
    label: str, text: str, values: dict[str, object]
) -> None:
    value = value_of(FACTS, label)
    assert isinstance(value, Message)
    assert (value.text, dict(value.values)) == (text, values)


def test_typed_text_is_copied_as_it_is_but_for_its_edges() -> None:
    assert value_of(FACTS, "What happened") == "少了 20 克。"


def test_a_report_carries_no_request_and_no_consent() -> None:
    labels = labels_of(replace(FACTS, track=Track.REPORT, name="", phone="", address=""))
    assert labels[0] == "Merchant's name"
    assert not {"Request", "May mediation be delegated", "May complaint information be published"} & {*labels}


def test_what_is_not_known_makes_no_line() -> None:
    assert labels_of(CopyFacts(track=Track.REPORT, respondent_name="老王粮油")) == ["Merchant's name"]


def test_several_things_are_listed_in_one_line() -> None:
    value = value_of(FACTS, "Evidence")
    assert isinstance(value, Message)
    assert value.values["first"] is EvidenceSlot.GOODS
    rest = value.values["rest"]
    assert isinstance(rest, Message)
    assert rest.values == {"first": EvidenceSlot.RECEIPT}


def test_the_statutory_channels_are_four_and_rest_on_order_121() -> None:
    channels, rule = statutory_channels(date(2026, 11, 23))
    assert len(channels) == 4
    assert (rule.article_en, rule.confidence.value) == ("Art. 8 and 40", "vp")
