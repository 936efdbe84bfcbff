"""Scales tested with weights; fuel, taxi rides, charging and household meters."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.errors import InputRefused
from portal.rules.metrology import (
    AccuracyClass,
    Basis,
    ChargerClass,
    Confidence,
    FlowZone,
    Judgement,
    MeterKind,
    Quantity,
    Reference,
    ScaleSpec,
    Stage,
    Verdict,
    judge_charger,
    judge_fuel,
    judge_meter,
    judge_scale,
    judge_taximeter,
    judgement_from_snapshot,
    mpe_mg,
)

TODAY = date(2026, 11, 23)
LITRE = 1_000_000
M3 = 1_000 * LITRE
WITHIN, NOT_PROVABLE, OVER = Verdict.WITHIN, Verdict.NOT_PROVABLE, Verdict.OVER


def said(judgement: Judgement) -> str:
    return " ".join(reason.text for reason in judgement.reasons)


@pytest.mark.parametrize(
    ("accuracy", "load_e", "on_verification_half_e", "in_service_half_e"),
    [
        (AccuracyClass.III, 1, 1, 2),
        (AccuracyClass.III, 500, 1, 2),
        (AccuracyClass.III, 501, 2, 4),
        (AccuracyClass.III, 2000, 2, 4),
        (AccuracyClass.III, 2001, 3, 6),
        (AccuracyClass.III, 10000, 3, 6),
        (AccuracyClass.IIII, 50, 1, 2),
        (AccuracyClass.IIII, 51, 2, 4),
        (AccuracyClass.IIII, 200, 2, 4),
        (AccuracyClass.IIII, 201, 3, 6),
        (AccuracyClass.IIII, 1000, 3, 6),
    ],
)
@pytest.mark.parametrize("on", [TODAY, date(2027, 1, 8)])
def test_a_scale_may_err_in_three_steps(
    accuracy: AccuracyClass,
    load_e: int,
    on_verification_half_e: int,
    in_service_half_e: int,
    on: date,
) -> None:
    scale = ScaleSpec(e_mg=2_000, accuracy=accuracy)
    load_mg = load_e * 2_000
    assert mpe_mg(scale, load_mg, on, stage=Stage.VERIFICATION) == on_verification_half_e * 1_000
    assert mpe_mg(scale, load_mg, on) == in_service_half_e * 1_000


def test_a_scale_has_no_permitted_error_above_its_range() -> None:
    assert mpe_mg(ScaleSpec(5_000), 10_000 * 5_000 + 1, TODAY) is None
    assert mpe_mg(ScaleSpec(5_000, max_mg=15_000_000), 15_000_001, TODAY) is None
    assert mpe_mg(ScaleSpec(5_000, max_mg=15_000_000), 15_000_000, TODAY) == 15_000


@pytest.mark.parametrize(("e_mg", "max_mg"), [(0, None), (-1, None), (5_000, 4_999), (5_000, 0)])
def test_a_plate_that_cannot_be_is_refused(e_mg: int, max_mg: int | None) -> None:
    with pytest.raises(InputRefused, match="plate"):
        ScaleSpec(e_mg, max_mg=max_mg)


def test_the_smallest_plate_is_accepted() -> None:
    assert ScaleSpec(1, max_mg=1).as_inputs() == {"e_mg": 1, "accuracy": "class_iii", "max_mg": 1}


@pytest.mark.parametrize(
    ("shown_mg", "verdict", "shortage_mg", "needs_adjusting"),
    [
        (1_005_000, WITHIN, 5_000, False),
        (1_005_001, OVER, 5_001, False),
        (1_000_000, WITHIN, 0, False),
        (995_000, WITHIN, 0, False),
        (994_999, WITHIN, 0, True),
    ],
)
def test_a_scale_is_judged_on_the_side_that_costs_the_buyer(
    shown_mg: int, verdict: Verdict, shortage_mg: int, needs_adjusting: bool
) -> None:
    judgement = judge_scale(scale=ScaleSpec(5_000), load_mg=1_000_000, shown_mg=shown_mg, on=TODAY)
    assert (judgement.verdict, judgement.shortage, judgement.limit) == (verdict, shortage_mg, 5_000)
    assert judgement.basis is Basis.SCALE_TEST
    assert ("needs adjusting" in said(judgement)) is needs_adjusting
    assert judgement_from_snapshot(json.loads(json.dumps(judgement.snapshot()))) == judgement


def test_on_verification_a_scale_may_err_half_as_much() -> None:
    judgement = judge_scale(
        scale=ScaleSpec(5_000),
        load_mg=1_000_000,
        shown_mg=1_003_000,
        on=TODAY,
        stage=Stage.VERIFICATION,
    )
    assert (judgement.limit, judgement.verdict) == (2_500, OVER)


def test_a_load_the_scale_may_not_weigh_is_not_provable() -> None:
    judgement = judge_scale(
        scale=ScaleSpec(5_000, max_mg=15_000_000), load_mg=16_000_000, shown_mg=17_000_000, on=TODAY
    )
    assert (judgement.verdict, judgement.limit) == (NOT_PROVABLE, None)


@pytest.mark.parametrize(("load_mg", "shown_mg"), [(0, 1), (-1, 1), (1, -1)])
def test_an_impossible_reading_is_refused(load_mg: int, shown_mg: int) -> None:
    with pytest.raises(InputRefused):
        judge_scale(scale=ScaleSpec(5_000), load_mg=load_mg, shown_mg=shown_mg, on=TODAY)


@pytest.mark.parametrize(("missing_ul", "verdict"), [(59_999, WITHIN), (60_000, WITHIN), (60_001, OVER)])
def test_twenty_litres_of_fuel_may_miss_sixty_millilitres(missing_ul: int, verdict: Verdict) -> None:
    judgement = judge_fuel(shown_ul=20 * LITRE, received_ul=20 * LITRE - missing_ul, on=TODAY)
    assert (judgement.limit, judgement.shortage, judgement.verdict) == (60_000, missing_ul, verdict)
    assert (judgement.basis, judgement.quantity) == (Basis.DELIVERY, Quantity.VOLUME)
    assert judgement.confidence is Confidence.VS


def test_the_smallest_delivery_of_fuel_may_err_more() -> None:
    judgement = judge_fuel(
        shown_ul=5 * LITRE, received_ul=5 * LITRE - 25_000, on=TODAY, is_smallest_delivery=True
    )
    assert (judgement.limit, judgement.verdict) == (25_000, WITHIN)


def test_a_cars_tank_proves_nothing() -> None:
    judgement = judge_fuel(
        shown_ul=20 * LITRE, received_ul=19 * LITRE, on=TODAY, reference=Reference.OWN_ESTIMATE
    )
    assert judgement.verdict is NOT_PROVABLE
    assert "car's tank" in said(judgement)
    enough = judge_fuel(
        shown_ul=20 * LITRE, received_ul=20 * LITRE, on=TODAY, reference=Reference.OWN_ESTIMATE
    )
    assert enough.verdict is WITHIN
    assert "car's tank" not in said(enough)
    assert "no shortage" in said(enough)


@pytest.mark.parametrize(
    ("driven_m", "verdict", "needs_adjusting"),
    [
        (9_900, WITHIN, False),
        (9_899, OVER, False),
        (10_000, WITHIN, False),
        (10_400, WITHIN, False),
        (10_401, WITHIN, True),
    ],
)
def test_a_taximeter_may_show_one_percent_too_much_and_four_too_little(
    driven_m: int, verdict: Verdict, needs_adjusting: bool
) -> None:
    judgement = judge_taximeter(shown_m=10_000, driven_m=driven_m, on=TODAY)
    assert (judgement.limit, judgement.verdict) == (100, verdict)
    assert judgement.is_reference_only
    assert ("needs adjusting" in said(judgement)) is needs_adjusting


@pytest.mark.parametrize(
    ("charger", "missing_wh", "verdict"),
    [
        (ChargerClass.CLASS_1, 300, WITHIN),
        (ChargerClass.CLASS_1, 301, OVER),
        (ChargerClass.CLASS_2, 600, WITHIN),
        (ChargerClass.CLASS_2, 601, OVER),
    ],
)
def test_a_charger_is_judged_by_its_class(charger: ChargerClass, missing_wh: int, verdict: Verdict) -> None:
    judgement = judge_charger(shown_wh=30_000, received_wh=30_000 - missing_wh, charger=charger, on=TODAY)
    assert (judgement.verdict, judgement.quantity) == (verdict, Quantity.ENERGY)
    assert not judgement.is_reference_only


def test_chargers_have_no_rule_before_2023() -> None:
    with pytest.raises(InputRefused, match="no edition"):
        judge_charger(shown_wh=1, received_wh=1, charger=ChargerClass.CLASS_1, on=date(2022, 12, 31))


@pytest.mark.parametrize(
    ("kind", "stage", "zone", "limit_ppm", "is_reference"),
    [
        (MeterKind.WATER_CLASS_2, Stage.VERIFICATION, FlowZone.UPPER, 20_000, False),
        (MeterKind.WATER_CLASS_2, Stage.VERIFICATION, FlowZone.LOWER, 50_000, False),
        (MeterKind.WATER_CLASS_2, Stage.VERIFICATION, None, 50_000, False),
        (MeterKind.WATER_CLASS_2, Stage.IN_SERVICE, FlowZone.UPPER, 40_000, True),
        (MeterKind.WATER_CLASS_2, Stage.IN_SERVICE, FlowZone.LOWER, 100_000, True),
        (MeterKind.GAS_CLASS_1_5, Stage.VERIFICATION, FlowZone.UPPER, 15_000, True),
        (MeterKind.GAS_CLASS_1_5, Stage.VERIFICATION, FlowZone.LOWER, 30_000, True),
        (MeterKind.GAS_CLASS_1_5, Stage.IN_SERVICE, FlowZone.UPPER, 30_000, True),
        (MeterKind.GAS_CLASS_1_5, Stage.IN_SERVICE, FlowZone.LOWER, 30_000, True),
        (MeterKind.ELECTRICITY_CLASS_1, Stage.IN_SERVICE, None, 10_000, False),
        (MeterKind.ELECTRICITY_CLASS_2, Stage.VERIFICATION, None, 20_000, False),
    ],
)
def test_a_household_meter_is_judged_by_kind_stage_and_flow_zone(
    kind: MeterKind, stage: Stage, zone: FlowZone | None, limit_ppm: int, is_reference: bool
) -> None:
    at_limit, beyond = (
        judge_meter(
            kind=kind, shown=M3, received=M3 - limit_ppm * 1_000 - more, on=TODAY, stage=stage, zone=zone
        )
        for more in (0, 1)
    )
    assert (at_limit.limit, at_limit.verdict, beyond.verdict) == (limit_ppm * 1_000, WITHIN, OVER)
    assert at_limit.is_reference_only is is_reference


def test_a_gas_meter_in_use_may_show_six_percent_too_little_at_low_flow() -> None:
    needs_adjusting = [
        "needs adjusting"
        in said(
            judge_meter(
                kind=MeterKind.GAS_CLASS_1_5,
                shown=M3,
                received=M3 + more_ul,
                on=TODAY,
                zone=FlowZone.LOWER,
            )
        )
        for more_ul in (60 * LITRE, 60 * LITRE + 1)
    ]
    assert needs_adjusting == [False, True]


@pytest.mark.parametrize(("shown", "received"), [(0, 1), (-1, 1), (1, -1)])
def test_impossible_deliveries_are_refused(shown: int, received: int) -> None:
    with pytest.raises(InputRefused):
        judge_taximeter(shown_m=shown, driven_m=received, on=TODAY)


AMOUNTS = st.integers(min_value=1, max_value=10**9)


@settings(max_examples=120, deadline=None)
@given(
    shown=AMOUNTS,
    received=st.tuples(AMOUNTS, AMOUNTS),
    kind=st.sampled_from(list(MeterKind)),
    stage=st.sampled_from(list(Stage)),
    zone=st.sampled_from([None, *FlowZone]),
    reference=st.sampled_from(list(Reference)),
)
def test_a_greater_shortage_is_never_judged_more_kindly(
    shown: int,
    received: tuple[int, int],
    kind: MeterKind,
    stage: Stage,
    zone: FlowZone | None,
    reference: Reference,
) -> None:
    worse, better = (
        judge_meter(
            kind=kind,
            shown=shown,
            received=amount,
            on=TODAY,
            stage=stage,
            zone=zone,
            reference=reference,
        )
        for amount in sorted(received)
    )
    severity = [WITHIN, NOT_PROVABLE, OVER]
    assert severity.index(better.verdict) <= severity.index(worse.verdict)
    assert type(worse.limit) is int
    assert type(worse.shortage) is int
    assert judgement_from_snapshot(json.loads(json.dumps(worse.snapshot()))) == worse


@settings(max_examples=80, deadline=None)
@given(
    e_mg=st.integers(min_value=1, max_value=50_000),
    loads=st.tuples(AMOUNTS, AMOUNTS),
    accuracy=st.sampled_from(list(AccuracyClass)),
)
def test_a_heavier_load_never_has_a_smaller_permitted_error(
    e_mg: int, loads: tuple[int, int], accuracy: AccuracyClass
) -> None:
    lighter, heavier = (mpe_mg(ScaleSpec(e_mg, accuracy), load, TODAY) for load in sorted(loads))
    if lighter is None:
        assert heavier is None
    else:
        assert heavier is None or lighter <= heavier
