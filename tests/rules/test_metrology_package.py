"""Prepackaged goods: the permitted shortage of one pack, and lots."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.book import rule_in_force
from portal.rules.errors import InputRefused
from portal.rules.metrology import (
    Basis,
    Quantity,
    Reference,
    Rounding,
    Verdict,
    figure_height_um,
    judge_lot,
    judge_package,
    judgement_from_snapshot,
    permitted_shortage,
    permitted_shortage_exact,
)

TODAY = date(2026, 11, 23)
UNDER_2005 = date(2024, 10, 11)
G = 1_000
KG = 1_000_000
MASS = Quantity.MASS


@pytest.mark.parametrize(
    ("labelled_g", "t_mg"),
    [
        (5, 400),
        (50, 4_500),
        (75, 4_500),
        (155, 7_000),
        (250, 9_000),
        (350, 10_500),
        (450, 13_500),
        (750, 15_000),
        (1005, 15_000),
        (2500, 38_000),
        (12000, 150_000),
        (25000, 250_000),
    ],
)
@pytest.mark.parametrize("quantity", [Quantity.MASS, Quantity.VOLUME])
def test_the_vectors_of_the_facts_sheet(quantity: Quantity, labelled_g: int, t_mg: int) -> None:
    assert permitted_shortage(quantity, labelled_g * G, TODAY) == t_mg
    assert permitted_shortage(quantity, labelled_g * G, date(2020, 1, 1)) == t_mg


@pytest.mark.parametrize(
    ("labelled_mg", "rounding", "t_mg"),
    [
        (5_000, Rounding.HALF_EVEN, 400),
        (5_000, Rounding.HALF_UP, 500),
        (5_000, Rounding.UP, 500),
        (4_500, Rounding.HALF_EVEN, 400),
        (4_500, Rounding.HALF_UP, 400),
        (4_500, Rounding.UP, 500),
        (1_100 * G, Rounding.HALF_EVEN, 16_000),
        (1_100 * G, Rounding.HALF_UP, 17_000),
        (1_100 * G, Rounding.UP, 17_000),
        (1_005 * G, Rounding.UP, 16_000),
        (50_000, Rounding.UP, 4_500),
    ],
)
def test_a_shortage_between_two_steps_is_rounded_as_asked(
    labelled_mg: int, rounding: Rounding, t_mg: int
) -> None:
    assert permitted_shortage(MASS, labelled_mg, TODAY, rounding=rounding) == t_mg


@pytest.mark.parametrize(
    ("quantity", "labelled", "t"),
    [
        (Quantity.LENGTH, 5_000_000, 0),
        (Quantity.LENGTH, 5_000_001, 100_000),
        (Quantity.LENGTH, 10_000_000, 200_000),
        (Quantity.AREA, 1_000_000, 30_000),
        (Quantity.COUNT, 50, 0),
        (Quantity.COUNT, 51, 1),
        (Quantity.COUNT, 100, 1),
        (Quantity.COUNT, 101, 2),
    ],
)
def test_length_area_and_count_have_their_own_rule(quantity: Quantity, labelled: int, t: int) -> None:
    assert permitted_shortage(quantity, labelled, TODAY) == t


def test_the_table_ends_at_50_kg() -> None:
    assert permitted_shortage(MASS, 50 * KG, TODAY) == 500 * G
    assert permitted_shortage(MASS, 50 * KG + 1, TODAY) is None


@pytest.mark.parametrize("labelled_g", [50, 100, 200, 300, 500, 1000, 10_000, 15_000])
def test_the_permitted_shortage_is_continuous_at_every_boundary(labelled_g: int) -> None:
    ends = [permitted_shortage_exact(MASS, labelled_g * G + step, TODAY) for step in (-1, 0, 1)]
    assert all(end is not None for end in ends)
    assert max(abs(Fraction(end or 0) - Fraction(ends[1] or 0)) for end in ends) < 1


@pytest.mark.parametrize(
    ("missing_mg", "verdict"), [(0, Verdict.WITHIN), (10_500, Verdict.WITHIN), (10_501, Verdict.OVER)]
)
def test_one_pack_turns_at_its_permitted_shortage(missing_mg: int, verdict: Verdict) -> None:
    judgement = judge_package(quantity=MASS, labelled=350 * G, actual=350 * G - missing_mg, on=TODAY)
    assert (judgement.verdict, judgement.limit, judgement.shortage) == (verdict, 10_500, missing_mg)
    assert judgement.basis is Basis.PREPACKAGED
    assert judgement.edition == "2023"


def test_one_pack_never_says_anything_about_the_lot() -> None:
    judgement = judge_package(quantity=MASS, labelled=350 * G, actual=300 * G, on=TODAY)
    assert any("nothing about the whole lot" in reason.text for reason in judgement.reasons)


@pytest.mark.parametrize(
    ("missing_mg", "verdict"),
    [(0, Verdict.WITHIN), (10_500, Verdict.WITHIN), (10_501, Verdict.NOT_PROVABLE)],
)
def test_a_kitchen_scale_cannot_prove_a_shortage(missing_mg: int, verdict: Verdict) -> None:
    judgement = judge_package(
        quantity=MASS,
        labelled=350 * G,
        actual=350 * G - missing_mg,
        on=TODAY,
        reference=Reference.OWN_ESTIMATE,
    )
    assert judgement.verdict is verdict
    says_so = any("kitchen scale" in reason.text for reason in judgement.reasons)
    assert says_so is (verdict is Verdict.NOT_PROVABLE)


def test_a_fuller_pack_is_within_and_said_kindly() -> None:
    judgement = judge_package(quantity=MASS, labelled=350 * G, actual=360 * G, on=TODAY)
    assert (judgement.verdict, judgement.shortage) == (Verdict.WITHIN, 0)
    assert "no shortage" in judgement.reasons[-1].text


def test_above_the_table_a_pack_is_not_provable_unless_it_is_full() -> None:
    short = judge_package(quantity=MASS, labelled=60 * KG, actual=59 * KG, on=TODAY)
    full = judge_package(quantity=MASS, labelled=60 * KG, actual=60 * KG, on=TODAY)
    assert (short.verdict, short.limit, short.limit_amount) == (Verdict.NOT_PROVABLE, None, None)
    assert full.verdict is Verdict.WITHIN


@pytest.mark.parametrize(("labelled", "actual"), [(0, 1), (-1, 1), (1, -1)])
def test_impossible_contents_are_refused(labelled: int, actual: int) -> None:
    with pytest.raises(InputRefused):
        judge_package(quantity=MASS, labelled=labelled, actual=actual, on=TODAY)


def test_a_quantity_that_is_never_packed_is_refused() -> None:
    with pytest.raises(InputRefused, match="marked by mass"):
        judge_package(quantity=Quantity.ENERGY, labelled=1, actual=1, on=TODAY)


@pytest.mark.parametrize("quantity", list(Quantity))
def test_an_amount_prints_itself_with_the_unit_of_its_quantity(quantity: Quantity) -> None:
    endings = {
        "mass": "_mg",
        "volume": "_ul",
        "length": "_um",
        "area": "_mm2",
        "count": "_count",
        "distance": "_m",
        "energy": "_wh",
    }
    judgement = judge_package(quantity=MASS, labelled=350 * G, actual=340 * G, on=TODAY)
    record = judgement.snapshot() | {"quantity": quantity.value}
    restored = judgement_from_snapshot(record)
    assert dict(restored.shortage_amount.values) == {f"amount{endings[quantity.value]}": 10_000}
    assert restored.limit_amount is not None
    assert list(restored.limit_amount.values) == [f"amount{endings[quantity.value]}"]


CONTENTS = st.integers(min_value=1, max_value=60 * KG)
PACKED = st.sampled_from([Quantity.MASS, Quantity.VOLUME, Quantity.LENGTH, Quantity.AREA, Quantity.COUNT])


@settings(max_examples=150, deadline=None)
@given(
    quantity=PACKED,
    labelled=CONTENTS,
    actuals=st.tuples(CONTENTS, CONTENTS),
    rounding=st.sampled_from(list(Rounding)),
    reference=st.sampled_from(list(Reference)),
)
def test_a_greater_shortage_is_never_judged_more_kindly(
    quantity: Quantity,
    labelled: int,
    actuals: tuple[int, int],
    rounding: Rounding,
    reference: Reference,
) -> None:
    worse, better = (
        judge_package(
            quantity=quantity,
            labelled=labelled,
            actual=actual,
            on=TODAY,
            rounding=rounding,
            reference=reference,
        )
        for actual in sorted(actuals)
    )
    severity = [Verdict.WITHIN, Verdict.NOT_PROVABLE, Verdict.OVER]
    assert severity.index(better.verdict) <= severity.index(worse.verdict)
    assert type(worse.shortage) is int
    assert worse.limit is None or type(worse.limit) is int
    assert judgement_from_snapshot(json.loads(json.dumps(worse.snapshot()))) == worse


@settings(max_examples=100, deadline=None)
@given(contents=st.tuples(CONTENTS, CONTENTS), rounding=st.sampled_from(list(Rounding)))
def test_a_bigger_pack_never_has_a_smaller_permitted_shortage(
    contents: tuple[int, int], rounding: Rounding
) -> None:
    smaller, bigger = (
        permitted_shortage(MASS, labelled, TODAY, rounding=rounding) for labelled in sorted(contents)
    )
    assert smaller is None or bigger is None or smaller <= bigger


@settings(max_examples=100, deadline=None)
@given(labelled=st.integers(min_value=1, max_value=50 * KG))
def test_rounding_moves_the_permitted_shortage_by_less_than_a_step(labelled: int) -> None:
    exact = permitted_shortage_exact(MASS, labelled, TODAY)
    assert exact is not None
    step = 100 if labelled <= KG else 1_000
    for rounding in Rounding:
        rounded = permitted_shortage(MASS, labelled, TODAY, rounding=rounding)
        assert rounded is not None
        assert rounded % step == 0
        assert abs(rounded - exact) < step
        assert rounding is Rounding.UP or abs(rounded - exact) * 2 <= step


@pytest.mark.parametrize(
    ("quantity", "labelled", "height_um"),
    [
        (MASS, 50_000, 2_000),
        (MASS, 50_001, 3_000),
        (MASS, 200_000, 3_000),
        (MASS, 200_001, 4_000),
        (Quantity.VOLUME, 1_000_000, 4_000),
        (Quantity.VOLUME, 1_000_001, 6_000),
        (Quantity.COUNT, 500, 2_000),
    ],
)
def test_the_figures_of_a_label_have_a_smallest_height(
    quantity: Quantity, labelled: int, height_um: int
) -> None:
    assert figure_height_um(quantity, labelled, TODAY) == height_um


def lot(contents: list[int], lot_count: int, *, on: date = UNDER_2005, edition: str | None = None):
    return judge_lot(
        quantity=MASS, labelled=500 * G, contents=contents, lot_count=lot_count, on=on, edition=edition
    )


def test_the_edition_in_force_has_no_table_and_judges_no_lot() -> None:
    judgement = lot([500 * G] * 50, 200, on=date(2024, 10, 12))
    assert (judgement.verdict, judgement.edition) == (Verdict.NOT_PROVABLE, "2023")
    assert judgement.is_reference_only
    assert "has not been entered" in judgement.reasons[0].text


def test_the_repealed_edition_still_judges_when_named() -> None:
    judgement = lot([500 * G] * 50, 200, on=TODAY, edition="2005")
    assert (judgement.verdict, judgement.edition, judgement.limit) == (Verdict.WITHIN, "2005", 0)


@pytest.mark.parametrize(
    ("lot_count", "sample", "allowed"),
    [
        (1, 1, 0),
        (10, 10, 0),
        (11, 10, 0),
        (50, 10, 0),
        (51, 13, 1),
        (99, 13, 1),
        (100, 50, 3),
        (500, 50, 3),
        (501, 80, 5),
        (3200, 80, 5),
        (3201, 125, 7),
    ],
)
def test_a_lot_asks_for_its_sample_and_allows_its_number_of_short_packs(
    lot_count: int, sample: int, allowed: int
) -> None:
    with pytest.raises(InputRefused, match="asks for a sample"):
        lot([500 * G] * (sample + 1), lot_count)
    # The full packs are over-filled, so that only the count of short packs can fail.
    for short, verdict in ((allowed, Verdict.WITHIN), (allowed + 1, Verdict.OVER)):
        contents = [484 * G] * short + [520 * G] * (sample - short)
        assert lot(contents, lot_count).verdict is verdict


def test_a_pack_at_exactly_its_permitted_shortage_is_not_counted() -> None:
    assert lot([485 * G] + [520 * G] * 9, 50).verdict is Verdict.WITHIN
    assert lot([485 * G - 1] + [520 * G] * 9, 50).verdict is Verdict.OVER


def test_one_pack_missing_more_than_twice_its_permitted_shortage_fails_a_lot() -> None:
    assert lot([470 * G] + [520 * G] * 49, 200).verdict is Verdict.WITHIN
    failed = lot([470 * G - 1] + [520 * G] * 49, 200)
    assert failed.verdict is Verdict.OVER
    assert [reason.values["found_count"] for reason in failed.reasons] == [1]


@pytest.mark.parametrize(("centre_mg", "verdict"), [(495_886, Verdict.OVER), (495_887, Verdict.WITHIN)])
def test_the_mean_may_be_below_the_label_by_what_sampling_explains(centre_mg: int, verdict: Verdict) -> None:
    # Half the packs above and half below the centre: s = spread·√(10/9), and λ·s = 1.028·s = 4113 mg.
    spread_mg = 3_796
    contents = [centre_mg + spread_mg] * 5 + [centre_mg - spread_mg] * 5
    judgement = lot(contents, 50)
    assert judgement.limit == 4_113
    assert judgement.shortage == 500 * G - centre_mg
    assert judgement.verdict is verdict


def test_a_lot_of_ten_or_fewer_is_not_judged_by_its_mean() -> None:
    assert lot([490 * G] * 10, 10).verdict is Verdict.WITHIN
    assert lot([490 * G] * 10, 11).verdict is Verdict.OVER


@pytest.mark.parametrize(("contents", "lot_count"), [([], 10), ([-1], 1), ([1], 0)])
def test_an_impossible_lot_is_refused(contents: list[int], lot_count: int) -> None:
    with pytest.raises(InputRefused):
        lot(contents, lot_count)


def test_the_printed_lambdas_are_the_ones_in_the_book() -> None:
    plans = rule_in_force("prepackaged", "lot_sampling", UNDER_2005).values["plans"]
    assert [plan.get("lambda_milli") for plan in plans] == [None, 1028, 848, 379, 295, 234]
