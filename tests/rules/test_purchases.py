"""Purchases other than a weighing: read as typed, judged where a rule judges them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.errors import FieldsRefused
from portal.rules.intake_terms import MeasureUnit, PurchaseKind
from portal.rules.metrology_terms import ChargerClass, FlowZone, MeterKind, Quantity, Reference, Verdict
from portal.rules.purchases import (
    Purchase,
    judge_purchase,
    purchase_from_snapshot,
    quantities_of,
    read_purchase,
    usual_unit,
)

TODAY = date(2026, 11, 23)
ON = date(2026, 11, 20)
STANDARD = Reference.STANDARD.value
WITHIN, NOT_PROVABLE, OVER = Verdict.WITHIN, Verdict.NOT_PROVABLE, Verdict.OVER
JUDGED = [
    PurchaseKind.PREPACKAGED,
    PurchaseKind.FUEL,
    PurchaseKind.TAXI,
    PurchaseKind.CHARGING,
    PurchaseKind.METER,
]


def read(kind: PurchaseKind, **typed: str | None) -> Purchase:
    return read_purchase({"kind": kind.value, **typed}, today=TODAY)


def errors_of(**typed: str | None) -> set[str]:
    with pytest.raises(FieldsRefused) as refused:
        read_purchase(typed, today=TODAY)
    return set(refused.value.errors)


@pytest.mark.parametrize(
    ("kind", "typed", "limit", "shortage", "verdict"),
    [
        # Order 70: 500 g may miss 15 g.
        (PurchaseKind.PREPACKAGED, {"shown": "500", "received": "485"}, 15_000, 15_000, WITHIN),
        (PurchaseKind.PREPACKAGED, {"shown": "500", "received": "484.999"}, 15_000, 15_001, OVER),
        (PurchaseKind.PREPACKAGED, {"shown": "500", "received": "485.001"}, 15_000, 14_999, WITHIN),
        (PurchaseKind.PREPACKAGED, {"shown": "100抽", "received": "99"}, 1, 1, WITHIN),
        (PurchaseKind.PREPACKAGED, {"shown": "100抽", "received": "98"}, 1, 2, OVER),
        # JJG 443: 20 L may miss 0.06 L, the smallest delivery 0.1 L.
        (PurchaseKind.FUEL, {"shown": "20", "received": "19.94"}, 60_000, 60_000, WITHIN),
        (PurchaseKind.FUEL, {"shown": "20", "received": "19.939999"}, 60_000, 60_001, OVER),
        (PurchaseKind.FUEL, {"shown": "20", "received": "19.940001"}, 60_000, 59_999, WITHIN),
        (
            PurchaseKind.FUEL,
            {"shown": "20", "received": "19.9", "smallest_delivery": "y"},
            100_000,
            100_000,
            WITHIN,
        ),
        # JJG 517: 1 % of what is shown.
        (PurchaseKind.TAXI, {"shown": "10", "received": "9.9"}, 100, 100, WITHIN),
        (PurchaseKind.TAXI, {"shown": "10", "received": "9.899"}, 100, 101, OVER),
        # JJG 1148: class 1 one per cent, class 2 two.
        (
            PurchaseKind.CHARGING,
            {"shown": "50", "received": "49.4", "charger": "charger_class_1"},
            500,
            600,
            OVER,
        ),
        (
            PurchaseKind.CHARGING,
            {"shown": "50", "received": "49.4", "charger": "charger_class_2"},
            1000,
            600,
            WITHIN,
        ),
        (PurchaseKind.CHARGING, {"shown": "50", "received": "49"}, 1000, 1000, WITHIN),
        (PurchaseKind.CHARGING, {"shown": "50", "received": "48.999"}, 1000, 1001, OVER),
        # JJG 596.
        (
            PurchaseKind.METER,
            {"shown": "100", "received": "99", "meter": "electricity_class_1"},
            1000,
            1000,
            WITHIN,
        ),
        (
            PurchaseKind.METER,
            {"shown": "100", "received": "98.999", "meter": "electricity_class_1"},
            1000,
            1001,
            OVER,
        ),
        # JJG 577 in use: 3 % in the upper zone.
        (
            PurchaseKind.METER,
            {"shown": "1", "received": "0.969", "meter": "gas_class_1_5", "zone": "upper_zone"},
            30_000_000,
            31_000_000,
            OVER,
        ),
    ],
)
def test_a_purchase_measured_with_a_standard_is_judged_by_its_rule(
    kind: PurchaseKind, typed: dict[str, str], limit: int, shortage: int, verdict: Verdict
) -> None:
    purchase = read(kind, goods="x", reference=STANDARD, bought_on="2026-11-20", **typed)
    found = judge_purchase(purchase)
    assert found is not None
    assert (found.limit, found.shortage, found.verdict) == (limit, shortage, verdict)
    assert found.quantity is purchase.quantity


@pytest.mark.parametrize("kind", JUDGED)
def test_an_own_estimate_proves_nothing(kind: PurchaseKind) -> None:
    purchase = read(kind, goods="x", shown="100", received="50", meter="water_class_2")
    assert purchase.reference is Reference.OWN_ESTIMATE
    found = judge_purchase(purchase)
    assert found is not None
    assert found.verdict is NOT_PROVABLE
    assert any("proves nothing" in reason.text for reason in found.reasons)
    proven = judge_purchase(replace(purchase, reference=Reference.STANDARD))
    assert proven is not None
    assert proven.verdict is OVER
    assert not any("proves nothing" in reason.text for reason in proven.reasons)


def test_a_limit_that_was_assumed_is_said() -> None:
    charging = Purchase(
        kind=PurchaseKind.CHARGING, on=ON, quantity=Quantity.ENERGY, shown=50_000, received=49_000
    )
    unknown, known = judge_purchase(charging), judge_purchase(replace(charging, charger=ChargerClass.CLASS_2))
    assert unknown is not None
    assert known is not None
    assert len(unknown.reasons) == len(known.reasons) + 1
    water = Purchase(
        kind=PurchaseKind.METER,
        meter=MeterKind.WATER_CLASS_2,
        on=ON,
        quantity=Quantity.VOLUME,
        shown=10**9,
        received=9 * 10**8,
    )
    wider, upper = judge_purchase(water), judge_purchase(replace(water, zone=FlowZone.UPPER))
    assert wider is not None
    assert upper is not None
    assert (wider.limit, upper.limit) == (100_000_000, 40_000_000)
    assert any("flow" in reason.text for reason in wider.reasons)


@pytest.mark.parametrize(
    "purchase",
    [
        Purchase(kind=PurchaseKind.FUEL, on=ON),
        Purchase(kind=PurchaseKind.FUEL, on=ON, quantity=Quantity.VOLUME, shown=1),
        Purchase(kind=PurchaseKind.OTHER, on=ON, quantity=Quantity.MASS, shown=9, received=1),
        Purchase(kind=PurchaseKind.INSTRUMENT, on=ON, quantity=Quantity.MASS, shown=9, received=1),
        Purchase(kind=PurchaseKind.METER, on=ON, quantity=Quantity.VOLUME, shown=9, received=1),
        # No edition of the chargers' rule was in force yet.
        Purchase(
            kind=PurchaseKind.CHARGING, on=date(2022, 12, 31), quantity=Quantity.ENERGY, shown=9, received=1
        ),
    ],
)
def test_where_nothing_can_be_compared_there_is_no_verdict(purchase: Purchase) -> None:
    assert judge_purchase(purchase) is None


def test_everything_typed_is_read() -> None:
    assert read_purchase(
        {
            "kind": "fuel",
            "goods": " 92号汽油 ",
            "shown": "20.00",
            "shown_unit": "measured_l",
            "received": "19900",
            "received_unit": "measured_ml",
            "reference": "verified_standard",
            "paid": "158.40",
            "bought_on": "2026年11月20日",
            "time_of_day": "9：05",
            "device": "3号枪",
            "smallest_delivery": "",
        },
        today=TODAY,
    ) == Purchase(
        kind=PurchaseKind.FUEL,
        on=ON,
        goods="92号汽油",
        quantity=Quantity.VOLUME,
        shown=20_000_000,
        received=19_900_000,
        reference=Reference.STANDARD,
        paid_fen=15_840,
        time_of_day=time(9, 5),
        device="3号枪",
    )


def test_little_need_be_known() -> None:
    for kind in (PurchaseKind.FUEL, PurchaseKind.TAXI, PurchaseKind.CHARGING, PurchaseKind.INSTRUMENT):
        assert read(kind) == Purchase(kind=kind, on=TODAY)
    assert read(PurchaseKind.METER, meter="water_class_2").quantity is None


def test_answers_of_another_kind_are_left_out() -> None:
    purchase = read(
        PurchaseKind.TAXI,
        charger="charger_class_1",
        zone="upper_zone",
        meter="water_class_2",
        smallest_delivery="y",
    )
    assert purchase == Purchase(kind=PurchaseKind.TAXI, on=TODAY)


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({}, {"kind"}),
        ({"kind": "nonsense"}, {"kind"}),
        # Weighed goods are read by the weighing.
        ({"kind": "retail_weighing"}, {"kind"}),
        ({"kind": "gold_and_silver"}, {"kind"}),
        ({"kind": "fuel", "shown": "x", "received": "y"}, {"shown", "received"}),
        ({"kind": "fuel", "received": "19"}, {"shown"}),
        ({"kind": "fuel", "shown": "20升", "received": "1,5"}, {"received"}),
        ({"kind": "fuel", "shown": "20升", "received": "-1"}, {"received"}),
        ({"kind": "fuel", "shown": "2,0", "received": "1"}, {"shown"}),
        ({"kind": "fuel", "shown": "20 kg"}, {"shown"}),
        ({"kind": "fuel", "shown": "0"}, {"shown"}),
        ({"kind": "fuel", "shown": "20", "shown_unit": "stone"}, {"shown_unit"}),
        ({"kind": "fuel", "shown": "20", "received_unit": "stone"}, {"received_unit"}),
        ({"kind": "fuel", "reference": "guess"}, {"reference"}),
        ({"kind": "fuel", "paid": "free"}, {"paid"}),
        ({"kind": "fuel", "bought_on": "2026-11-24"}, {"bought_on"}),
        ({"kind": "fuel", "bought_on": "2026-02-30"}, {"bought_on"}),
        ({"kind": "fuel", "time_of_day": "25:00"}, {"time_of_day"}),
        ({"kind": "fuel", "time_of_day": "noon"}, {"time_of_day"}),
        ({"kind": "fuel", "device": "枪" * 61}, {"device"}),
        ({"kind": "prepackaged_goods", "goods": ""}, {"goods"}),
        ({"kind": "other_purchase", "goods": " "}, {"goods"}),
        ({"kind": "prepackaged_goods", "goods": "米" * 61}, {"goods"}),
        (
            {
                "kind": "prepackaged_goods",
                "goods": "水",
                "shown": "500ml",
                "received": "1kg",
            },
            {"received"},
        ),
        ({"kind": "household_meter"}, {"meter"}),
        ({"kind": "household_meter", "meter": "heat"}, {"meter"}),
        ({"kind": "household_meter", "meter": "water_class_2", "shown": "5度"}, {"shown"}),
        ({"kind": "charging", "charger": "class 3"}, {"charger"}),
        ({"kind": "household_meter", "meter": "water_class_2", "zone": "middle"}, {"zone"}),
        ({"kind": "fuel", "shown": "x", "paid": "y", "bought_on": "z"}, {"shown", "paid", "bought_on"}),
    ],
)
def test_every_field_that_cannot_be_used_is_named(typed: dict[str, str], fields: set[str]) -> None:
    assert errors_of(**typed) == fields


@pytest.mark.parametrize(
    ("shown", "received", "received_unit", "value"),
    [
        ("500ml", "490", "", 490_000),
        ("500ml", "490", "measured_ml", 490_000),
        ("500ml", "0.49升", "", 490_000),
        ("1斤", "0.9", "", 450_000),
        ("100抽", "98", "", 98),
        ("500", "0.49", "measured_kg", 490_000),
        ("500", "490", "", 490_000),
    ],
)
def test_the_second_amount_is_meant_in_the_unit_of_the_first(
    shown: str, received: str, received_unit: str, value: int
) -> None:
    purchase = read(
        PurchaseKind.PREPACKAGED, goods="x", shown=shown, received=received, received_unit=received_unit
    )
    assert purchase.received == value


def test_a_unit_that_does_not_fit_the_first_amount_is_refused() -> None:
    typed = {"kind": "prepackaged_goods", "goods": "水", "shown": "500ml", "received": "490"}
    assert errors_of(**typed, received_unit="measured_g") == {"received"}


def test_nothing_received_at_all_is_a_shortage() -> None:
    purchase = read(PurchaseKind.FUEL, shown="10", received="0", reference=STANDARD)
    found = judge_purchase(purchase)
    assert found is not None
    assert (found.verdict, found.shortage) == (OVER, 10_000_000)
    assert purchase.may_be_mistyped


@pytest.mark.parametrize(
    ("shown", "received", "is_odd"),
    [("20", "10", False), ("20", "9.999", True), ("10", "20.001", True), ("20", None, False)],
)
def test_amounts_far_apart_are_pointed_out(shown: str, received: str | None, is_odd: bool) -> None:
    assert read(PurchaseKind.FUEL, shown=shown, received=received).may_be_mistyped is is_odd


def test_each_kind_has_a_usual_unit_that_fits_it() -> None:
    from_kind = {kind: usual_unit(kind) for kind in JUDGED}
    assert from_kind[PurchaseKind.FUEL] is MeasureUnit.L
    assert usual_unit(PurchaseKind.METER, MeterKind.ELECTRICITY_CLASS_2) is MeasureUnit.KWH
    assert quantities_of(PurchaseKind.METER, MeterKind.GAS_CLASS_1_5) == (Quantity.VOLUME,)
    assert quantities_of(PurchaseKind.METER, MeterKind.ELECTRICITY_CLASS_1) == (Quantity.ENERGY,)
    assert quantities_of(PurchaseKind.RETAIL) == ()


FIELDS = (
    "goods shown shown_unit received received_unit reference paid bought_on time_of_day device charger "
    "meter zone smallest_delivery"
).split()
TYPED = st.text(max_size=70) | st.sampled_from(["20", "500ml", "1斤", "12度", "2026-11-20", "measured_l"])


@given(st.dictionaries(st.sampled_from(FIELDS), st.none() | TYPED), st.sampled_from(list(PurchaseKind)))
def test_whatever_is_typed_is_read_or_refused(typed: dict[str, str | None], kind: PurchaseKind) -> None:
    with suppress(FieldsRefused):
        purchase = read_purchase({**typed, "kind": kind.value}, today=TODAY)
        found = judge_purchase(purchase)
        assert found is None or found.inputs["on"] == purchase.on.isoformat()


PURCHASES = st.builds(
    Purchase,
    kind=st.sampled_from(JUDGED),
    on=st.dates(date(2024, 1, 1), TODAY),
    goods=st.text(max_size=20),
    quantity=st.none() | st.sampled_from(list(Quantity)),
    shown=st.none() | st.integers(1, 10**12),
    received=st.none() | st.integers(0, 10**12),
    reference=st.sampled_from(list(Reference)),
    paid_fen=st.none() | st.integers(1, 10**9),
    time_of_day=st.none() | st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
    device=st.text(max_size=20),
    charger=st.none() | st.sampled_from(list(ChargerClass)),
    meter=st.none() | st.sampled_from(list(MeterKind)),
    zone=st.none() | st.sampled_from(list(FlowZone)),
    is_smallest_delivery=st.booleans(),
)


@given(PURCHASES)
def test_a_purchase_survives_being_kept(purchase: Purchase) -> None:
    assert purchase_from_snapshot(json.loads(json.dumps(purchase.snapshot()))) == purchase


@given(PURCHASES, st.integers(0, 10**6))
def test_receiving_more_never_makes_it_worse(purchase: Purchase, more: int) -> None:
    order = {WITHIN: 0, NOT_PROVABLE: 1, OVER: 2}
    if purchase.received is None or purchase.shown is None:
        return
    quantity = quantities_of(purchase.kind, purchase.meter)[0]
    before = judge_purchase(replace(purchase, quantity=quantity))
    after = judge_purchase(replace(purchase, quantity=quantity, received=purchase.received + more))
    if before and after:
        assert order[after.verdict] <= order[before.verdict]


@given(PURCHASES)
def test_an_own_estimate_never_says_over(purchase: Purchase) -> None:
    quantity = quantities_of(purchase.kind, purchase.meter)[0]
    found = judge_purchase(replace(purchase, quantity=quantity, reference=Reference.OWN_ESTIMATE))
    assert found is None or found.verdict is not OVER
