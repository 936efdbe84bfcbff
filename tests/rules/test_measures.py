"""What people type for volumes, lengths, areas, counts, distances and energies."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.errors import InputRefused
from portal.rules.intake_terms import MeasureUnit
from portal.rules.measures import MOST, SIZES, Measure, parse_measure, units_for
from portal.rules.metrology_terms import Quantity
from portal.rules.prepackaged import PACKAGED

U, Q = MeasureUnit, Quantity


@pytest.mark.parametrize(
    ("text", "unit", "quantities", "quantity", "value"),
    [
        ("20", U.L, [Q.VOLUME], Q.VOLUME, 20_000_000),
        ("20.05", U.L, [Q.VOLUME], Q.VOLUME, 20_050_000),
        ("20升", U.ML, [Q.VOLUME], Q.VOLUME, 20_000_000),
        ("550 mL", U.G, PACKAGED, Q.VOLUME, 550_000),
        ("５５０毫升", U.G, PACKAGED, Q.VOLUME, 550_000),
        ("12.3", U.M3, [Q.VOLUME], Q.VOLUME, 12_300_000_000),
        ("12.3 m³", U.L, [Q.VOLUME], Q.VOLUME, 12_300_000_000),
        ("12方", U.L, [Q.VOLUME], Q.VOLUME, 12_000_000_000),
        ("500", U.G, PACKAGED, Q.MASS, 500_000),
        ("500g", U.ML, PACKAGED, Q.MASS, 500_000),
        ("2.5 千克", U.ML, PACKAGED, Q.MASS, 2_500_000),
        ("1斤", U.ML, PACKAGED, Q.MASS, 500_000),
        ("10", U.M, PACKAGED, Q.LENGTH, 10_000_000),
        ("10米", U.G, PACKAGED, Q.LENGTH, 10_000_000),
        ("1.5", U.MM, PACKAGED, Q.LENGTH, 1_500),
        ("30cm", U.G, PACKAGED, Q.LENGTH, 300_000),
        ("2 m2", U.G, PACKAGED, Q.AREA, 2_000_000),
        ("2㎡", U.G, PACKAGED, Q.AREA, 2_000_000),
        ("15", U.DM2, PACKAGED, Q.AREA, 150_000),
        ("100抽", U.G, PACKAGED, Q.COUNT, 100),
        ("24", U.PIECES, PACKAGED, Q.COUNT, 24),
        ("12.3", U.KM, [Q.DISTANCE], Q.DISTANCE, 12_300),
        ("12.3公里", U.M, [Q.DISTANCE], Q.DISTANCE, 12_300),
        ("800 米", U.KM, [Q.DISTANCE], Q.DISTANCE, 800),
        ("45.678", U.KWH, [Q.ENERGY], Q.ENERGY, 45_678),
        ("45 度", U.KWH, [Q.ENERGY], Q.ENERGY, 45_000),
        ("45kWh", U.KWH, [Q.ENERGY], Q.ENERGY, 45_000),
        ("45 kW·h", U.KWH, [Q.ENERGY], Q.ENERGY, 45_000),
    ],
)
def test_an_amount_is_read_as_people_type_it(
    text: str, unit: MeasureUnit, quantities: list[Quantity], quantity: Quantity, value: int
) -> None:
    assert parse_measure(text, unit, *quantities) == Measure(quantity, value)


@pytest.mark.parametrize(
    ("text", "unit", "quantities"),
    [
        ("", U.L, [Q.VOLUME]),
        ("abc", U.L, [Q.VOLUME]),
        ("-1", U.L, [Q.VOLUME]),
        ("0", U.L, [Q.VOLUME]),
        ("1e3", U.L, [Q.VOLUME]),
        ("1,5", U.L, [Q.VOLUME]),
        ("1 2", U.L, [Q.VOLUME]),
        ("1升2毫升", U.L, [Q.VOLUME]),
        ("5 kg", U.L, [Q.VOLUME]),
        ("5 m2", U.M, [Q.LENGTH]),
        ("5 加仑", U.L, [Q.VOLUME]),
        ("5", U.KG, [Q.VOLUME]),
        ("1.5", U.PIECES, [Q.COUNT]),
        ("0.0001", U.KM, [Q.DISTANCE]),
        ("1.23456", U.KWH, [Q.ENERGY]),
        ("1" * 39, U.L, [Q.VOLUME]),
    ],
)
def test_what_cannot_be_kept_exactly_is_refused(
    text: str, unit: MeasureUnit, quantities: list[Quantity]
) -> None:
    with pytest.raises(InputRefused):
        parse_measure(text, unit, *quantities)


@pytest.mark.parametrize("quantity", list(Quantity))
def test_the_largest_amount_is_read_and_one_more_is_not(quantity: Quantity) -> None:
    unit, size = next(iter(SIZES[quantity].items()))
    most = MOST[quantity] // size
    assert parse_measure(str(most), unit, quantity).value == most * size
    with pytest.raises(InputRefused):
        parse_measure(str(most + 1), unit, quantity)


def test_nothing_received_is_an_amount_where_it_may_be() -> None:
    assert parse_measure("0", U.L, Q.VOLUME, may_be_zero=True) == Measure(Q.VOLUME, 0)


def test_a_field_offers_the_units_of_its_quantities() -> None:
    assert units_for(Q.VOLUME) == (U.ML, U.L, U.M3)
    assert units_for(Q.DISTANCE) == (U.M, U.KM)
    assert set(units_for(*PACKAGED)) == set(MeasureUnit) - {U.KM, U.KWH}
    assert set(units_for(*Quantity)) == set(MeasureUnit)


@given(st.sampled_from(list(Quantity)), st.data())
def test_a_whole_number_is_read_exactly(quantity: Quantity, data: st.DataObject) -> None:
    unit, size = data.draw(st.sampled_from(list(SIZES[quantity].items())))
    number = data.draw(st.integers(1, MOST[quantity] // size))
    assert parse_measure(str(number), unit, quantity) == Measure(quantity, number * size)


@given(st.text(max_size=50), st.sampled_from(list(MeasureUnit)), st.sampled_from(list(Quantity)))
def test_no_text_breaks_the_reading(text: str, unit: MeasureUnit, quantity: Quantity) -> None:
    with suppress(InputRefused):
        assert 0 < parse_measure(text, unit, quantity).value <= MOST[quantity]
