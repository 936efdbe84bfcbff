"""Retail weighing under Order 66: rows, bands, three methods, and what lies outside the table."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.errors import InputRefused
from portal.rules.messages import say
from portal.rules.metrology import (
    FAIR_SCALE,
    AccuracyClass,
    Basis,
    CheckMethod,
    CheckScale,
    Confidence,
    DecidedBy,
    Goods,
    GoodsGroup,
    RetailJudgement,
    ScaleSpec,
    Verdict,
    goods_named,
    judge_retail,
    judgement_from_snapshot,
    method_for,
    suits,
)
from portal.rules.quantities import MassUnit, parse_mass_mg

TODAY = date(2026, 11, 23)
SAME, BETTER, EQUAL = CheckMethod.SAME_INSTRUMENT, CheckMethod.BETTER, CheckMethod.EQUAL
WITHIN, NOT_PROVABLE, OVER = Verdict.WITHIN, Verdict.NOT_PROVABLE, Verdict.OVER
MARKET_SCALE = ScaleSpec(e_mg=5_000, max_mg=15_000_000)
SEVERITY = [WITHIN, NOT_PROVABLE, OVER]


def judged(
    goods: str | Goods,
    price: int | None,
    settled_g: int,
    short_g: int,
    check: CheckScale | CheckMethod = EQUAL,
    *,
    instrument: ScaleSpec | None = None,
    on: date = TODAY,
) -> RetailJudgement:
    return judge_retail(
        goods=goods_named(goods) if isinstance(goods, str) else goods,
        unit_price_fen_per_kg=price,
        settled_mg=settled_g * 1000,
        reweighed_mg=(settled_g - short_g) * 1000,
        check=CheckScale(check) if isinstance(check, CheckMethod) else check,
        on=on,
        instrument=instrument,
    )


def said(judgement: RetailJudgement) -> str:
    return " ".join(reason.text for reason in judgement.reasons)


@pytest.mark.parametrize(
    ("goods", "price", "settled_g", "short_g", "limit_mg", "better", "equal"),
    [
        ("苹果", 800, 1000, 21, 20_000, OVER, NOT_PROVABLE),
        ("猪肉", 3000, 2500, 11, 5_000, OVER, OVER),
        ("猪肉", 3000, 2501, 10, 10_000, WITHIN, WITHIN),
        ("海参干货", 12000, 800, 3, 2_000, OVER, NOT_PROVABLE),
        ("茶叶", 40000, 500, 1, 1_000, WITHIN, WITHIN),
        ("海鲜", 9600, 480, 30, 5_000, OVER, OVER),
        ("橙子", 800, 5650, 70, 100_000, WITHIN, WITHIN),
    ],
)
def test_the_vectors_of_the_facts_sheet(
    goods: str,
    price: int,
    settled_g: int,
    short_g: int,
    limit_mg: int,
    better: Verdict,
    equal: Verdict,
) -> None:
    by_better = judged(goods, price, settled_g, short_g, BETTER)
    by_equal = judged(goods, price, settled_g, short_g, EQUAL)
    assert (by_better.limit, by_better.shortage, by_better.verdict) == (limit_mg, short_g * 1000, better)
    assert (by_equal.limit, by_equal.verdict) == (limit_mg, equal)
    assert by_equal.basis is Basis.RETAIL_TABLE


@pytest.mark.parametrize(
    ("group", "up_to_mg", "limit_mg"),
    [
        (GoodsGroup.GRAIN, 1_000_000, 20_000),
        (GoodsGroup.VEGETABLE, 2_000_000, 40_000),
        (GoodsGroup.FRUIT, 4_000_000, 80_000),
        (GoodsGroup.FRUIT, 25_000_000, 100_000),
        (GoodsGroup.MEAT, 2_500_000, 5_000),
        (GoodsGroup.EGG, 10_000_000, 10_000),
        (GoodsGroup.POULTRY, 15_000_000, 15_000),
        (GoodsGroup.AQUATIC, 2_500_000, 5_000),
        (GoodsGroup.PASTRY, 2_500_000, 5_000),
        (GoodsGroup.CANDY, 2_500_000, 5_000),
        (GoodsGroup.SEASONING, 2_500_000, 5_000),
        (GoodsGroup.DRIED_VEGETABLE, 1_000_000, 2_000),
        (GoodsGroup.DELICACY, 4_000_000, 4_000),
        (GoodsGroup.DELICACY, 6_000_000, 6_000),
        (GoodsGroup.GOLD_JEWELLERY, 100_000, 10),
        (GoodsGroup.SILVER_JEWELLERY, 100_000, 100),
    ],
)
def test_a_band_holds_its_upper_end_and_not_one_milligram_more(
    group: GoodsGroup, up_to_mg: int, limit_mg: int
) -> None:
    limits = [
        judge_retail(
            goods=Goods("x", group),
            unit_price_fen_per_kg=None,
            settled_mg=settled_mg,
            reweighed_mg=settled_mg,
            check=FAIR_SCALE,
            on=TODAY,
        ).limit
        for settled_mg in (up_to_mg - 1, up_to_mg, up_to_mg + 1)
    ]
    assert limits[:2] == [limit_mg, limit_mg]
    assert limits[2] != limit_mg


@pytest.mark.parametrize(
    ("price", "row_no"),
    [(1, 1), (599, 1), (600, 1), (601, 2), (3000, 2), (3001, 3), (10000, 3), (10001, 4), (10**9, 4)],
)
def test_the_price_picks_the_row_of_goods_without_a_name_in_the_table(price: int, row_no: int) -> None:
    judgement = judged("神秘食品", price, 400, 0)
    assert judgement.deciding is DecidedBy.PRICE
    assert judgement.deciding_row is judgement.row_by_price
    assert judgement.row_by_price is not None
    assert judgement.row_by_price.row_no == row_no
    assert judgement.row_by_name is None
    assert not judgement.rows_disagree


@pytest.mark.parametrize(
    ("settled_g", "limit_mg"), [(500, 1_000), (501, 2_000), (2000, 2_000), (2001, 3_000), (5000, 3_000)]
)
def test_the_dearest_row_has_three_bands(settled_g: int, limit_mg: int) -> None:
    assert judged("茶叶", 40_000, settled_g, 0).limit == limit_mg


def test_prawns_stay_in_the_row_of_their_name_at_any_price() -> None:
    judgement = judged("基围虾", 9600, 500, 6)
    assert judgement.deciding is DecidedBy.NAME
    assert judgement.row_by_name is not None
    assert judgement.row_by_price is not None
    assert (judgement.row_by_name.row_no, judgement.row_by_price.row_no) == (2, 3)
    assert (judgement.row_by_name.limit_mg, judgement.row_by_price.limit_mg) == (5_000, 2_000)
    assert judgement.deciding_row is judgement.row_by_name
    assert judgement.rows_disagree
    assert judgement.limit == 5_000
    assert "the name comes first" in said(judgement)


def test_rows_that_agree_are_not_said_to_disagree() -> None:
    judgement = judged("猪肉", 2500, 500, 0)
    assert not judgement.rows_disagree
    assert "the name comes first" not in said(judgement)


def test_neither_goods_nor_price_picks_no_row() -> None:
    judgement = judged("神秘食品", None, 500, 20, instrument=MARKET_SCALE)
    assert judgement.deciding is DecidedBy.NOTHING
    assert (judgement.verdict, judgement.limit, judgement.deciding_row) == (NOT_PROVABLE, None, None)
    assert "Tell us the kind of goods" in said(judgement)


@pytest.mark.parametrize(
    ("short_g", "method", "verdict"),
    [
        (4, BETTER, WITHIN),
        (5, BETTER, WITHIN),
        (6, BETTER, OVER),
        (5, EQUAL, WITHIN),
        (6, EQUAL, NOT_PROVABLE),
        (10, EQUAL, NOT_PROVABLE),
        (11, EQUAL, OVER),
    ],
)
def test_each_method_turns_at_its_own_boundary(short_g: int, method: CheckMethod, verdict: Verdict) -> None:
    assert judged("猪肉", 3000, 2000, short_g, method).verdict is verdict


@pytest.mark.parametrize(
    ("named", "mpe_mg", "method"),
    [
        (EQUAL, None, EQUAL),
        (BETTER, None, BETTER),
        (SAME, None, SAME),
        (EQUAL, 1_666, BETTER),
        (EQUAL, 1_667, EQUAL),
        (EQUAL, 5_000, EQUAL),
        (EQUAL, 5_001, None),
        (BETTER, 1_666, BETTER),
        (BETTER, 1_667, EQUAL),
        (BETTER, 5_001, None),
        (SAME, 1_666, SAME),
        (SAME, 1_667, None),
    ],
)
def test_the_known_error_of_the_check_decides_which_method_it_is_good_for(
    named: CheckMethod, mpe_mg: int | None, method: CheckMethod | None
) -> None:
    check = CheckScale(named, mpe_mg)
    assert method_for(check, 5_000, TODAY) is method
    assert judged("猪肉", 3000, 2000, 6, check).inputs["method_used"] == (method.value if method else None)


def test_a_check_without_a_limit_keeps_its_named_method() -> None:
    assert method_for(CheckScale(EQUAL, 1), None, TODAY) is EQUAL


def test_a_check_that_is_not_accurate_enough_proves_nothing() -> None:
    judgement = judged("猪肉", 3000, 2000, 500, CheckScale(EQUAL, 5_001))
    assert judgement.verdict is NOT_PROVABLE
    assert "not accurate enough to decide" in said(judgement)


def test_an_unknown_error_of_the_check_is_said() -> None:
    assert "This holds if" in said(judged("猪肉", 3000, 2000, 6, BETTER))
    assert "This holds if" in said(judged("猪肉", 3000, 2000, 11, EQUAL))
    assert "This holds if" not in said(judged("猪肉", 3000, 2000, 6, CheckScale(BETTER, 1_000)))


@pytest.mark.parametrize(
    ("weights_mpe_mg", "weights_error_mg", "short_g", "verdict", "sentence"),
    [
        (1_000, 0, 5, WITHIN, "not more than is permitted"),
        (1_000, 5_000, 5, WITHIN, "not more than is permitted"),
        (1_000, 5_000, 6, OVER, "more than is permitted"),
        (1_000, 5_001, 5, NOT_PROVABLE, "Tested with weights"),
        (1_000, 5_001, 0, NOT_PROVABLE, "Tested with weights"),
        (1_667, 0, 50, NOT_PROVABLE, "weights are not accurate enough"),
        (None, None, 0, NOT_PROVABLE, "repeats its own error"),
        (None, None, 50, NOT_PROVABLE, "repeats its own error"),
        (None, 0, 6, OVER, "This holds if"),
    ],
)
def test_the_same_scale_proves_something_only_with_weights(
    weights_mpe_mg: int | None,
    weights_error_mg: int | None,
    short_g: int,
    verdict: Verdict,
    sentence: str,
) -> None:
    judgement = judged("猪肉", 3000, 2000, short_g, CheckScale(SAME, weights_mpe_mg, weights_error_mg))
    assert judgement.verdict is verdict
    assert sentence in said(judgement)


@pytest.mark.parametrize("short_g", [0, -1, -500])
def test_no_less_than_was_paid_for_is_no_shortage_and_said_kindly(short_g: int) -> None:
    judgement = judged("苹果", 800, 1000, short_g)
    assert (judgement.verdict, judgement.shortage) == (WITHIN, 0)
    assert judgement.reasons[0].text == "You got no less than you paid for: there is no shortage."


@pytest.mark.parametrize(
    ("goods", "price", "settled_g"),
    [
        ("活鱼", 3000, 2000),
        ("活鸡", 3000, 2000),
        ("水发海参", 9000, 500),
        ("大米", 500, 30_000),
        ("金项链", None, 101),
        ("化肥", 300, 20_000),
    ],
)
def test_outside_the_table_nothing_is_provable_without_the_traders_scale(
    goods: str, price: int | None, settled_g: int
) -> None:
    judgement = judged(goods, price, settled_g, 50, BETTER)
    assert (judgement.limit, judgement.verdict) == (None, NOT_PROVABLE)
    assert judgement.basis is Basis.INSTRUMENT_MPE
    assert judgement.rule_id == "no_prescribed_deviation"
    assert "Copy e and Max" in said(judgement)
    assert judged(goods, price, settled_g, 0, BETTER).verdict is WITHIN


@pytest.mark.parametrize(
    ("short_g", "method", "verdict"),
    [(5, BETTER, WITHIN), (6, BETTER, OVER), (10, EQUAL, NOT_PROVABLE), (11, EQUAL, OVER)],
)
def test_live_fish_is_compared_with_the_traders_scale(
    short_g: int, method: CheckMethod, verdict: Verdict
) -> None:
    judgement = judged("活鱼", 3000, 2000, short_g, method, instrument=MARKET_SCALE)
    assert (judgement.limit, judgement.verdict) == (5_000, verdict)
    assert judgement.deciding is DecidedBy.LEFT_OUT
    assert judgement.deciding_row is None
    assert judgement.row_by_price is not None
    assert judgement.confidence is Confidence.D
    assert "JJG 539" in judgement.source
    assert "takes out" in said(judgement)


def test_a_weight_above_the_last_band_says_where_the_row_ends() -> None:
    judgement = judged("大米", 500, 30_000, 21, BETTER, instrument=ScaleSpec(10_000, max_mg=30_000_000))
    assert (judgement.limit, judgement.verdict) == (30_000, WITHIN)
    ends = [reason for reason in judgement.reasons if "row_end_mg" in reason.values]
    assert [reason.values["row_end_mg"] for reason in ends] == [25_000_000]
    assert judgement.deciding_row is not None
    assert judgement.deciding_row.limit_mg is None


def test_a_load_above_the_traders_scale_is_not_provable() -> None:
    judgement = judged("活鱼", 3000, 16_000, 500, BETTER, instrument=MARKET_SCALE)
    assert (judgement.limit, judgement.verdict) == (None, NOT_PROVABLE)
    assert "outside what this scale may weigh" in said(judgement)


def test_goods_outside_the_order_have_no_row_at_all() -> None:
    judgement = judged("化肥", 300, 20_000, 0)
    assert (judgement.row_by_name, judgement.row_by_price) == (None, None)
    assert "does not reach these goods" in said(judgement)


def test_jewellery_is_judged_by_its_own_annex_without_a_price_row() -> None:
    judgement = judge_retail(
        goods=goods_named("金戒指"),
        unit_price_fen_per_kg=100_000_000,
        settled_mg=5_000,
        reweighed_mg=4_989,
        check=CheckScale(BETTER, mpe_mg=1),
        on=TODAY,
    )
    assert (judgement.limit, judgement.shortage, judgement.verdict) == (10, 11, OVER)
    assert judgement.rule_id == "retail_jewellery"
    assert judgement.row_by_name is not None
    assert (judgement.row_by_name.annex_no, judgement.row_by_price) == (2, None)


def test_the_one_unverified_bound_is_marked_as_a_reference_value() -> None:
    verified = judged("海参", 12000, 4000, 0)
    unverified = judged("海参", 12000, 4001, 0)
    above = judged("海参", 12000, 6001, 0, instrument=MARKET_SCALE)
    assert not verified.is_reference_only
    assert unverified.is_reference_only
    assert "reference value" in said(unverified)
    assert above.confidence is Confidence.R


def test_a_scale_judged_under_a_table_that_was_not_read_is_marked() -> None:
    judgement = judged("活鱼", 3000, 2000, 6, instrument=MARKET_SCALE, on=date(2027, 1, 8))
    assert judgement.is_reference_only
    assert judgement.edition == "2020; JJG 1204-2025"


def test_a_day_before_the_edition_is_refused() -> None:
    assert judged("苹果", 800, 1000, 0, on=date(2020, 10, 23)).edition == "2020"
    with pytest.raises(InputRefused, match="no edition"):
        judged("苹果", 800, 1000, 0, on=date(2020, 10, 22))


@pytest.mark.parametrize(
    ("price", "settled_mg", "reweighed_mg", "check"),
    [
        (0, 1, 1, FAIR_SCALE),
        (-1, 1, 1, FAIR_SCALE),
        (1, 0, 1, FAIR_SCALE),
        (1, 1, -1, FAIR_SCALE),
        (1, 1, 1, CheckScale(EQUAL, -1)),
        (1, 1, 1, CheckScale(SAME, 1, -1)),
    ],
)
def test_impossible_numbers_are_refused(
    price: int, settled_mg: int, reweighed_mg: int, check: CheckScale
) -> None:
    with pytest.raises(InputRefused):
        judge_retail(
            goods=Goods("x"),
            unit_price_fen_per_kg=price,
            settled_mg=settled_mg,
            reweighed_mg=reweighed_mg,
            check=check,
            on=TODAY,
        )


@pytest.mark.parametrize(
    "judgement",
    [
        judged("基围虾", 9600, 480, 30),
        judged("活鱼", 3000, 2000, 6, instrument=MARKET_SCALE),
        judged("神秘食品", None, 500, 20),
        judged("金戒指", None, 5, 0),
    ],
    ids=["prawns", "live fish", "unknown", "ring"],
)
def test_a_snapshot_survives_json_and_can_be_judged_again(judgement: RetailJudgement) -> None:
    record = json.loads(json.dumps(judgement.snapshot()))
    restored = judgement_from_snapshot(record)
    assert restored == judgement
    inputs = restored.inputs
    group, scale, check = inputs["goods_group"], inputs["instrument"], inputs["check"]
    again = judge_retail(
        goods=Goods(inputs["goods_name"], GoodsGroup(group) if group else None),
        unit_price_fen_per_kg=inputs["unit_price_fen_per_kg"],
        settled_mg=inputs["settled_mg"],
        reweighed_mg=inputs["reweighed_mg"],
        check=CheckScale(CheckMethod(check["method"]), check["mpe_mg"], check["weights_error_mg"]),
        on=date.fromisoformat(inputs["on"]),
        instrument=scale
        and ScaleSpec(scale["e_mg"], AccuracyClass(scale["accuracy"]), max_mg=scale["max_mg"]),
    )
    assert again == judgement


def test_a_reason_with_a_date_or_another_message_survives_a_snapshot() -> None:
    reasons = (say("On %(checked_on)s: %(found)s", checked_on=TODAY, found=say("all well")),)
    judgement = replace(judged("苹果", 800, 1000, 0), reasons=reasons)
    record = json.loads(json.dumps(judgement.snapshot()))
    assert judgement_from_snapshot(record).reasons == reasons


GROUPS = st.sampled_from([None, *GoodsGroup])
PRICES = st.none() | st.integers(min_value=1, max_value=100_000)
WEIGHTS = st.integers(min_value=1, max_value=40_000_000)
CHECKS = st.builds(
    CheckScale,
    st.sampled_from(list(CheckMethod)),
    st.none() | st.integers(min_value=0, max_value=50_000),
    st.none() | st.integers(min_value=0, max_value=50_000),
)


@settings(max_examples=150, deadline=None)
@given(
    group=GROUPS,
    price=PRICES,
    settled_mg=WEIGHTS,
    shorts=st.tuples(WEIGHTS, WEIGHTS),
    check=CHECKS,
    instrument=st.sampled_from([None, MARKET_SCALE]),
)
def test_a_greater_shortage_is_never_judged_more_kindly(
    group: GoodsGroup | None,
    price: int | None,
    settled_mg: int,
    shorts: tuple[int, int],
    check: CheckScale,
    instrument: ScaleSpec | None,
) -> None:
    smaller, greater = (
        judge_retail(
            goods=Goods("x", group),
            unit_price_fen_per_kg=price,
            settled_mg=settled_mg,
            reweighed_mg=max(0, settled_mg - short_mg),
            check=check,
            on=TODAY,
            instrument=instrument,
        )
        for short_mg in sorted(shorts)
    )
    assert SEVERITY.index(smaller.verdict) <= SEVERITY.index(greater.verdict)
    assert smaller.limit == greater.limit
    for judgement in (smaller, greater):
        assert type(judgement.shortage) is int
        assert judgement.shortage >= 0
        assert judgement.limit is None or type(judgement.limit) is int
        assert judgement.reasons
        assert judgement_from_snapshot(json.loads(json.dumps(judgement.snapshot()))) == judgement


@settings(max_examples=80, deadline=None)
@given(group=GROUPS, weights=st.tuples(WEIGHTS, WEIGHTS))
def test_a_heavier_purchase_never_has_a_smaller_limit(
    group: GoodsGroup | None, weights: tuple[int, int]
) -> None:
    lighter, heavier = (
        judge_retail(
            goods=Goods("x", group),
            unit_price_fen_per_kg=500,
            settled_mg=settled_mg,
            reweighed_mg=settled_mg,
            check=FAIR_SCALE,
            on=TODAY,
        ).limit
        for settled_mg in sorted(weights)
    )
    assert lighter is None or heavier is None or lighter <= heavier


@settings(max_examples=60, deadline=None)
@given(settled_g=st.integers(min_value=1, max_value=15_000), short_g=st.integers(min_value=0, max_value=200))
def test_the_unit_a_weight_was_typed_in_never_changes_the_verdict(settled_g: int, short_g: int) -> None:
    by_unit = [
        judge_retail(
            goods=goods_named("猪肉"),
            unit_price_fen_per_kg=3000,
            settled_mg=parse_mass_mg(settled, unit),
            reweighed_mg=max(0, parse_mass_mg(settled, unit) - short_g * 1000),
            check=FAIR_SCALE,
            on=TODAY,
        )
        for settled, unit in (
            (str(settled_g), MassUnit.G),
            (f"{settled_g / 1000:.3f}", MassUnit.KG),
            (f"{settled_g / 500:.3f}", MassUnit.JIN),
            (f"{settled_g / 50:.2f}", MassUnit.LIANG),
        )
    ]
    assert len({(judgement.verdict, judgement.limit, judgement.shortage) for judgement in by_unit}) == 1


def test_a_15_kg_scale_with_5_g_steps_is_exactly_right_for_meat() -> None:
    fit = suits(MARKET_SCALE, goods=goods_named("猪肉"), unit_price_fen_per_kg=None, on=TODAY)
    assert (fit.fits, fit.misfits) == (True, ())
    assert fit.rule.article_en == "Art. 3"


def test_the_same_scale_is_too_coarse_for_dried_delicacies() -> None:
    fit = suits(MARKET_SCALE, goods=goods_named("海参"), unit_price_fen_per_kg=None, on=TODAY)
    assert fit.fits is False
    first = fit.misfits[0]
    assert (first.over_mg, first.to_mg, first.mpe_mg, first.limit_mg) == (0, 1_000_000, 5_000, 2_000)
    assert fit.misfits[-1].to_mg == 6_000_000


def test_a_scale_is_asked_only_about_loads_it_can_weigh() -> None:
    fine = ScaleSpec(e_mg=1_000, max_mg=600_000)
    coarse = ScaleSpec(e_mg=2_000, max_mg=1_000_000)
    tea = goods_named("茶叶")
    assert [m.over_mg for m in suits(fine, goods=tea, unit_price_fen_per_kg=40_000, on=TODAY).misfits] == []
    assert [
        (m.over_mg, m.to_mg) for m in suits(coarse, goods=tea, unit_price_fen_per_kg=40_000, on=TODAY).misfits
    ] == [(0, 500_000)]


def test_where_no_deviation_is_prescribed_no_scale_is_called_unfit() -> None:
    fit = suits(MARKET_SCALE, goods=goods_named("活鱼"), unit_price_fen_per_kg=3000, on=TODAY)
    assert (fit.fits, fit.misfits) == (None, ())
    assert fit.reasons


def test_a_scale_without_a_known_max_is_asked_about_every_load_of_the_goods() -> None:
    fit = suits(ScaleSpec(5_000), goods=goods_named("大米"), unit_price_fen_per_kg=None, on=TODAY)
    assert fit.fits is True
    coarse = suits(ScaleSpec(50_000), goods=goods_named("大米"), unit_price_fen_per_kg=None, on=TODAY)
    assert [misfit.to_mg for misfit in coarse.misfits] == [1_000_000, 2_000_000]
