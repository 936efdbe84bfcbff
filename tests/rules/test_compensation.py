"""What a shortage owes, to the fen."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules import capitals, compensation
from portal.rules.compensation import Basis, Owed
from portal.rules.errors import ClaimExceedsShortage, InputRefused
from portal.rules.pledge import PledgeKind, PledgeTerms, PledgeTrigger

ON = date(2026, 11, 23)
TEN_FOR_ONE = PledgeTerms(factor=10)


def owed(**changes):
    facts = {
        "unit_price_fen_per_kg": 30_00,
        "settled_mg": 2_500_000,
        "reweighed_mg": 2_300_000,
        "is_over": True,
        "terms": TEN_FOR_ONE,
        "on": ON,
    }
    return compensation.owed_for(**(facts | changes))


def amounts(result):
    return {line.basis: line.amount_fen for line in result.lines}


def test_the_example_of_the_facts_sheet():
    result = owed()
    assert result.price_fen == 75_00
    assert amounts(result) == {Basis.REFUND: 6_00, Basis.PLEDGE: 60_00, Basis.FRAUD_IF_ESTABLISHED: 500_00}
    assert result.total_fen == 66_00


@pytest.mark.parametrize(
    ("unit_price_fen_per_kg", "mass_mg", "expected_fen"),
    [
        (1, 500_000, 1),
        (1, 499_999, 0),
        (1, 500_001, 1),
        (1, 1_499_999, 1),
        (1, 1_500_000, 2),
        (30_00, 2_500_000, 75_00),
        (0, 1_000_000, 0),
    ],
)
def test_half_a_fen_is_rounded_up(unit_price_fen_per_kg, mass_mg, expected_fen):
    assert compensation.price_fen(unit_price_fen_per_kg, mass_mg) == expected_fen


@pytest.mark.parametrize(
    ("reweighed_mg", "expected_fen"), [(2_300_000, 6_00), (2_500_000, 0), (2_600_000, 0)]
)
def test_only_what_was_missing_is_refunded(reweighed_mg, expected_fen):
    assert compensation.refund_fen(30_00, settled_mg=2_500_000, reweighed_mg=reweighed_mg) == expected_fen


def test_within_the_deviation_nothing_is_owed_by_law_or_by_a_default_pledge():
    assert owed(is_over=False).lines == ()
    assert owed(is_over=False, terms=None).total_fen == 0


def test_within_the_deviation_a_pledge_on_any_shortage_pays():
    terms = PledgeTerms(factor=10, trigger=PledgeTrigger.ANY_SHORTAGE)
    result = owed(is_over=False, terms=terms)
    assert amounts(result) == {Basis.PLEDGE: 60_00}
    assert result.total_fen == 60_00


def test_a_reading_above_the_settled_weight_owes_nothing():
    result = owed(reweighed_mg=2_500_001)
    assert (result.lines, result.shortage_mg, result.total_fen) == ((), 0, 0)


def test_without_a_pledge_the_law_still_gives_the_refund():
    result = owed(terms=None)
    assert amounts(result) == {Basis.REFUND: 6_00, Basis.FRAUD_IF_ESTABLISHED: 500_00}
    assert result.total_fen == 6_00


def test_a_shortage_that_cannot_be_proved_owes_nothing_but_shows_what_it_would():
    result = owed(is_over=False, is_provable=False)
    assert amounts(result) == {Basis.REFUND: 6_00, Basis.PLEDGE: 60_00}
    assert all(line.is_conditional for line in result.lines)
    assert result.total_fen == 0


@pytest.mark.parametrize(
    ("settled_mg", "expected_fen"),
    [(5_555_499, 500_00), (5_555_500, 500_01), (10_000_000, 900_00)],
)
def test_fraud_is_three_times_the_price_and_at_least_500_yuan(settled_mg, expected_fen):
    result = owed(settled_mg=settled_mg, reweighed_mg=1_000_000)
    assert amounts(result)[Basis.FRAUD_IF_ESTABLISHED] == expected_fen


def test_fraud_is_only_ever_conditional():
    (fraud,) = [line for line in owed().lines if line.basis is Basis.FRAUD_IF_ESTABLISHED]
    assert fraud.is_conditional
    assert fraud.article == "第五十五条第一款"


def test_make_up_adds_nothing_to_the_legal_refund_but_counts_where_the_law_gives_none():
    make_up = PledgeTerms(kind=PledgeKind.MAKE_UP, trigger=PledgeTrigger.ANY_SHORTAGE)
    assert owed(terms=make_up).total_fen == 6_00
    within = owed(terms=make_up, is_over=False)
    assert amounts(within) == {Basis.MAKE_UP: 6_00}
    assert within.total_fen == 6_00


def test_make_up_with_a_floor_adds_the_difference():
    terms = PledgeTerms(kind=PledgeKind.MAKE_UP, floor_fen=10_00)
    assert amounts(owed(terms=terms))[Basis.MAKE_UP] == 4_00
    assert owed(terms=terms).total_fen == 10_00


@pytest.mark.parametrize("is_over", [True, False])
@pytest.mark.parametrize("is_provable", [True, False])
@pytest.mark.parametrize("kind", PledgeKind)
def test_no_line_cites_the_food_safety_law(is_over, is_provable, kind):
    terms = PledgeTerms(kind=kind, factor=10, fixed_fen=1_00, trigger=PledgeTrigger.ANY_SHORTAGE)
    result = owed(terms=terms, is_over=is_over, is_provable=is_provable)
    assert result.lines
    for line in result.lines:
        assert "食品安全" not in line.source
        assert "一百四十八" not in line.article
        assert "148" not in line.article + line.article_en


def test_every_line_names_its_law_in_both_languages():
    for line in owed().lines:
        assert line.source
        assert line.article
        assert line.source_en
        assert line.article_en
        assert line.confidence == "VP"


@pytest.mark.parametrize(
    "wrong",
    [{"unit_price_fen_per_kg": -1}, {"settled_mg": 0}, {"settled_mg": -1}, {"reweighed_mg": -1}],
)
def test_negative_or_empty_weighings_are_refused(wrong):
    with pytest.raises(InputRefused):
        owed(**wrong)


def test_a_day_before_the_law_is_refused_rather_than_guessed():
    with pytest.raises(InputRefused):
        owed(on=date(2014, 3, 14))
    assert owed(on=date(2014, 3, 15), terms=None).total_fen == 6_00


def test_a_repealed_row_no_longer_applies():
    ended = replace(compensation.law_on("refund", ON), effective_to=date(2026, 1, 1))
    assert compensation.is_in_force(ended, date(2026, 1, 1))
    assert not compensation.is_in_force(ended, date(2026, 1, 2))


def test_a_claim_up_to_what_is_owed_passes_and_one_fen_more_does_not():
    result = owed()
    compensation.check_claim(66_00, result)
    with pytest.raises(ClaimExceedsShortage):
        compensation.check_claim(66_01, result)
    with pytest.raises(ClaimExceedsShortage):
        compensation.check_claim(66_01, result, "  ")
    compensation.check_claim(66_01, result, "商户自愿多付")


@pytest.mark.parametrize("amount_fen", [0, -1])
def test_a_claim_of_nothing_is_refused_even_with_a_reason(amount_fen):
    with pytest.raises(InputRefused):
        compensation.check_claim(amount_fen, owed(), "理由")


def test_a_stored_calculation_comes_back_the_same():
    result = owed()
    assert Owed.from_dict(result.as_dict()) == result
    assert result.as_dict()["total_fen"] == 66_00


@given(
    price=st.integers(0, 1_000_00),
    settled=st.integers(1, 50_000_000),
    actual=st.integers(0, 50_000_000),
    less=st.integers(0, 1_000_000),
)
@settings(deadline=None, max_examples=60)
def test_a_larger_shortage_never_owes_less(price, settled, actual, less):
    first = owed(unit_price_fen_per_kg=price, settled_mg=settled, reweighed_mg=actual)
    second = owed(unit_price_fen_per_kg=price, settled_mg=settled, reweighed_mg=max(0, actual - less))
    assert isinstance(first.total_fen, int)
    assert 0 <= first.total_fen <= second.total_fen


@pytest.mark.parametrize(
    ("amount_fen", "expected"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (99, "玖角玖分"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (150, "壹元伍角整"),
        (10_00, "壹拾元整"),
        (66_00, "陆拾陆元整"),
        (101_01, "壹佰零壹元零壹分"),
        (1_000_00, "壹仟元整"),
        (1_001_00, "壹仟零壹元整"),
        (1_010_10, "壹仟零壹拾元壹角整"),
        (10_000_00, "壹万元整"),
        (10_001_00, "壹万零壹元整"),
        (10_500_00, "壹万零伍佰元整"),
        (16_409_02, "壹万陆仟肆佰零玖元零贰分"),
        (107_000_53, "壹拾万柒仟元伍角叁分"),
        (100_000_000_00, "壹亿元整"),
        (100_000_001_00, "壹亿零壹元整"),
        (100_001_000_00, "壹亿零壹仟元整"),
        (100_010_000_00, "壹亿零壹万元整"),
        (112_345_678_90, "壹亿壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角整"),
    ],
)
def test_amounts_in_capitals(amount_fen, expected):
    assert compensation.amount_in_capitals(amount_fen) == expected


@pytest.mark.parametrize("amount_fen", [-1, 10**14])
def test_amounts_that_no_paper_holds_are_refused(amount_fen):
    with pytest.raises(InputRefused):
        compensation.amount_in_capitals(amount_fen)


def read_capitals(words):
    """Read capital figures back by an independent way."""
    total, group, digit = 0, 0, 0
    fen = 0
    for sign in words.removesuffix("整"):
        if sign in capitals.CAPITAL_DIGITS:
            digit = capitals.CAPITAL_DIGITS.index(sign)
        elif sign in "拾佰仟":
            group, digit = group + digit * {"拾": 10, "佰": 100, "仟": 1000}[sign], 0
        elif sign in "万亿元":
            total, group, digit = total + (group + digit) * {"万": 10**4, "亿": 10**8, "元": 1}[sign], 0, 0
        else:
            fen, digit = fen + digit * {"角": 10, "分": 1}[sign], 0
    return total * 100 + fen


@given(st.integers(0, 10**14 - 1))
@settings(deadline=None, max_examples=200)
def test_capitals_read_back_as_the_same_amount(amount_fen):
    words = compensation.amount_in_capitals(amount_fen)
    assert read_capitals(words) == amount_fen
    assert "零零" not in words


@pytest.mark.parametrize(
    ("confidence", "expected"), [("VP", False), ("VS", False), ("A", False), ("R", True)]
)
def test_only_an_unverified_rule_makes_a_line_a_reference_value(confidence, expected):
    assert replace(owed().lines[0], confidence=confidence).is_reference_only is expected
