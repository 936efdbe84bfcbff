"""The steps of the complaint form: what each lacks, and the way through them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.complaint_terms import Track
from portal.rules.intake import (
    Answers,
    first_incomplete_step,
    is_anonymous_allowed,
    missing_in,
    most_representatives,
    needs_of,
    next_step,
    previous_step,
    progress,
    steps,
)
from portal.rules.intake_terms import (
    BoughtFor,
    Concern,
    Detail,
    FiledAs,
    Handled,
    PurchaseKind,
    Step,
    StepState,
)

TODAY = date(2026, 11, 23)
COMPLAINT, REPORT = frozenset({Track.MEDIATION}), frozenset({Track.REPORT})
WHOLE = Answers(
    merchant_number="M0123456789",
    concern=Concern.QUANTITY,
    kind=PurchaseKind.RETAIL,
    goods="prawns",
    is_measured=True,
    bought_on=date(2026, 11, 20),
    bought_for=BoughtFor.HOUSEHOLD,
    handled=Handled.NOT_HANDLED,
    narrative="Half a kilogram was missing.",
    requests=("refund_price",),
    name="王小明",
    phone="13800000000",
    address="杭州市西湖区文一路 1 号",
    agrees_to_publication=False,
    agrees_to_delegation=True,
    seen=frozenset({Step.EVIDENCE, Step.WHO}),
)

OF_A_PROXY = ["has_proxy_matter", "has_proxy_power", "has_proxy_term", "has_proxy_name", "has_proxy_phone"]


def fields_missing(step: Step, answers: Answers) -> list[str]:
    return [missing.field for missing in missing_in(step, answers, today=TODAY)]


def test_each_thing_a_proxy_lacks_has_a_sentence_of_its_own() -> None:
    missing = missing_in(Step.WHO, replace(WHOLE, filed_as=FiledAs.PROXY), today=TODAY)
    assert len({one.sentence.text for one in missing}) == len(OF_A_PROXY) + 1


@pytest.mark.parametrize("step", list(Step))
def test_a_whole_draft_lacks_nothing(step: Step) -> None:
    assert missing_in(step, WHOLE, today=TODAY) == ()
    assert first_incomplete_step(WHOLE, today=TODAY) is None


@pytest.mark.parametrize(
    ("step", "change", "fields"),
    [
        (Step.WHERE, {"merchant_number": None}, ["place_name", "place"]),
        (Step.WHERE, {"merchant_number": " "}, ["place_name", "place"]),
        (Step.WHERE, {"merchant_number": None, "place_name": "老王水产"}, ["place"]),
        (Step.WHERE, {"merchant_number": None, "place": "城南市场 3 号"}, ["place_name"]),
        (Step.WHERE, {"merchant_number": None, "place_name": "老王", "place": "城南"}, []),
        (Step.WHAT, {"concern": None}, ["concern"]),
        (Step.WHAT, {"kind": None}, ["kind"]),
        (Step.WHAT, {"bought_on": None}, ["bought_on"]),
        (Step.WHAT, {"bought_for": None}, ["bought_for"]),
        (Step.WHAT, {"handled": None}, ["handled"]),
        (Step.WHAT, {"handled": None, "bought_for": BoughtFor.NOTHING_BOUGHT}, []),
        (Step.WHAT, {"narrative": "  "}, ["narrative"]),
        (Step.WHAT, {"is_measured": False}, ["is_measured"]),
        (Step.WHAT, {"is_measured": False, "kind": PurchaseKind.JEWELLERY}, ["is_measured"]),
        (Step.WHAT, {"is_measured": False, "kind": PurchaseKind.FUEL}, []),
        (Step.WHAT, {"is_measured": False, "kind": PurchaseKind.INSTRUMENT}, []),
        (Step.EVIDENCE, {"seen": frozenset({Step.WHO})}, ["seen"]),
        (Step.ASK, {"requests": ()}, ["requests"]),
        (Step.ASK, {"requests": (), "wants_checking": True}, []),
        (Step.ASK, {"requests": (), "handled": Handled.BY_COURT}, ["wants_checking"]),
        (Step.WHO, {"name": None}, ["name"]),
        (Step.WHO, {"name": " ", "phone": "", "address": None}, ["name", "phone", "address"]),
        (Step.WHO, {"seen": frozenset({Step.EVIDENCE})}, ["seen"]),
        (Step.WHO, {"name": None, "requests": (), "wants_checking": True}, []),
        (Step.WHO, {"name": None, "requests": ("refund_price",), "wants_checking": True}, ["name"]),
        (
            Step.WHO,
            {"filed_as": FiledAs.PROXY},
            ["has_power_of_attorney", *OF_A_PROXY],
        ),
        (
            Step.WHO,
            {"filed_as": FiledAs.PROXY, "has_power_of_attorney": True, "has_proxy_name": True},
            [name for name in OF_A_PROXY if name != "has_proxy_name"],
        ),
        (Step.WHO, {"filed_as": FiledAs.JOINT}, ["joint_count"]),
        (Step.WHO, {"filed_as": FiledAs.JOINT, "joint_count": 2, "representative_count": 0}, []),
        (Step.WHO, {"filed_as": FiledAs.JOINT, "joint_count": 2, "representative_count": 2}, []),
        (
            Step.WHO,
            {"filed_as": FiledAs.JOINT, "joint_count": 3, "representative_count": 3},
            ["representative_count"],
        ),
        (Step.WHO, {"agrees_to_publication": None}, ["agrees_to_publication"]),
        (
            Step.WHO,
            {"agrees_to_publication": None, "agrees_to_delegation": None},
            ["agrees_to_publication", "agrees_to_delegation"],
        ),
        (Step.WHO, {"agrees_to_delegation": None, "requests": (), "wants_checking": True}, []),
        (Step.WHO, {"filed_as": FiledAs.SELF, "representative_count": 3}, []),
    ],
)
def test_a_step_says_what_it_lacks(step: Step, change: dict[str, object], fields: list[str]) -> None:
    answers = replace(WHOLE, **change)  # type: ignore[arg-type]
    assert fields_missing(step, answers) == fields
    if fields:
        assert first_incomplete_step(answers, today=TODAY) is step


def test_a_complaint_that_the_law_closes_needs_no_name_since_it_becomes_a_report() -> None:
    answers = replace(WHOLE, bought_for=BoughtFor.BUSINESS, name=None, phone=None, address=None)
    assert first_incomplete_step(answers, today=TODAY) is None


def test_an_empty_draft_begins_at_the_first_step() -> None:
    assert first_incomplete_step(Answers(), today=TODAY) is Step.WHERE


def test_a_draft_that_cannot_be_filed_here_ends_after_what_happened() -> None:
    answers = replace(WHOLE, concern=Concern.FOOD_SAFETY)
    assert steps(answers, today=TODAY) == (Step.WHERE, Step.WHAT)
    assert next_step(Step.WHAT, answers, today=TODAY) is None
    assert next_step(Step.WHO, answers, today=TODAY) is Step.WHAT
    assert first_incomplete_step(answers, today=TODAY) is Step.WHAT


def test_the_steps_lead_there_and_back() -> None:
    way = steps(WHOLE, today=TODAY)
    assert way == tuple(Step)
    assert [next_step(step, WHOLE, today=TODAY) for step in way] == [*way[1:], None]
    assert [previous_step(step, WHOLE, today=TODAY) for step in way] == [None, *way[:-1]]


def test_progress_names_each_step_as_done_current_or_to_do() -> None:
    answers = replace(WHOLE, requests=(), seen=frozenset({Step.EVIDENCE}))
    shown = progress(answers, Step.EVIDENCE, today=TODAY)
    assert [(line.step, line.state) for line in shown] == [
        (Step.WHERE, StepState.DONE),
        (Step.WHAT, StepState.DONE),
        (Step.EVIDENCE, StepState.CURRENT),
        (Step.ASK, StepState.TO_DO),
        (Step.WHO, StepState.TO_DO),
        (Step.PREVIEW, StepState.TO_DO),
    ]
    assert [(line.step_no, line.of_count) for line in shown] == [(n, 6) for n in range(1, 7)]


ANSWERS = st.builds(
    Answers,
    merchant_number=st.sampled_from([None, "", "M0123456789"]),
    place_name=st.sampled_from([None, "老王水产"]),
    place=st.sampled_from([None, "城南"]),
    concern=st.sampled_from([None, *Concern]),
    kind=st.sampled_from([None, *PurchaseKind]),
    is_measured=st.booleans(),
    bought_on=st.none() | st.dates(date(1990, 1, 1), TODAY),
    known_on=st.none() | st.dates(date(1990, 1, 1), TODAY),
    bought_for=st.sampled_from([None, *BoughtFor]),
    handled=st.sampled_from([None, *Handled]),
    narrative=st.sampled_from([None, "少了半斤"]),
    requests=st.sampled_from([(), ("refund_price",)]),
    wants_checking=st.booleans(),
    filed_as=st.sampled_from(list(FiledAs)),
    name=st.sampled_from([None, "王小明"]),
    phone=st.sampled_from([None, "13800000000"]),
    address=st.sampled_from([None, "文一路"]),
    seen=st.frozensets(st.sampled_from(list(Step))),
)


@given(ANSWERS)
def test_going_on_from_the_first_step_always_reaches_the_end_of_the_way(answers: Answers) -> None:
    walked = [Step.WHERE]
    while step := next_step(walked[-1], answers, today=TODAY):
        walked.append(step)
    assert tuple(walked) == steps(answers, today=TODAY)


@given(ANSWERS)
def test_a_draft_can_be_sent_only_when_no_step_lacks_anything(answers: Answers) -> None:
    lacking = [step for step in Step if missing_in(step, answers, today=TODAY)]
    if first_incomplete_step(answers, today=TODAY) is None:
        assert lacking == []
        assert steps(answers, today=TODAY) == tuple(Step)


@pytest.mark.parametrize(
    ("tracks", "filed_as", "required", "optional"),
    [
        (
            COMPLAINT,
            FiledAs.SELF,
            [Detail.RESPONDENT, Detail.FACTS, Detail.REQUEST, Detail.NAME, Detail.PHONE, Detail.ADDRESS],
            [],
        ),
        (REPORT, FiledAs.SELF, [Detail.CLUE, Detail.FACTS], [Detail.NAME, Detail.PHONE, Detail.ADDRESS]),
        (
            COMPLAINT | REPORT,
            FiledAs.SELF,
            [
                Detail.RESPONDENT,
                Detail.FACTS,
                Detail.REQUEST,
                Detail.NAME,
                Detail.PHONE,
                Detail.ADDRESS,
                Detail.CLUE,
            ],
            [],
        ),
        (
            COMPLAINT,
            FiledAs.PROXY,
            [
                Detail.RESPONDENT,
                Detail.FACTS,
                Detail.REQUEST,
                Detail.NAME,
                Detail.PHONE,
                Detail.ADDRESS,
                Detail.POWER_OF_ATTORNEY,
                Detail.PROXY_MATTER,
                Detail.PROXY_POWER,
                Detail.PROXY_TERM,
                Detail.PROXY_IDENTITY,
            ],
            [],
        ),
        (
            COMPLAINT,
            FiledAs.JOINT,
            [Detail.RESPONDENT, Detail.FACTS, Detail.REQUEST, Detail.NAME, Detail.PHONE, Detail.ADDRESS],
            [Detail.REPRESENTATIVES],
        ),
        (REPORT, FiledAs.PROXY, [Detail.CLUE, Detail.FACTS], [Detail.NAME, Detail.PHONE, Detail.ADDRESS]),
        (frozenset(), FiledAs.SELF, [], []),
    ],
)
def test_each_track_needs_what_its_article_says(
    tracks: frozenset[Track], filed_as: FiledAs, required: list[Detail], optional: list[Detail]
) -> None:
    needs = needs_of(tracks, on=TODAY, filed_as=filed_as)
    assert [need.detail for need in needs if need.is_required] == required
    assert [need.detail for need in needs if not need.is_required] == optional


def test_needs_name_their_article() -> None:
    needs = needs_of(COMPLAINT | REPORT, on=TODAY, filed_as=FiledAs.PROXY)
    articles = {need.detail: need.article_en for need in needs}
    assert articles[Detail.NAME] == "Art. 10"
    assert articles[Detail.POWER_OF_ATTORNEY] == "Art. 11"
    assert articles[Detail.CLUE] == "Art. 28"
    joint = needs_of(COMPLAINT, on=TODAY, filed_as=FiledAs.JOINT)[-1]
    assert (joint.article_en, most_representatives(TODAY)) == ("Art. 12", 2)


def test_only_a_report_alone_may_be_anonymous() -> None:
    assert is_anonymous_allowed(REPORT)
    assert not is_anonymous_allowed(COMPLAINT)
    assert not is_anonymous_allowed(COMPLAINT | REPORT)
