"""What people type for weights, prices and amounts."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.errors import InputRefused
from portal.rules.quantities import (
    MASS_UNIT_MG,
    MOST_AMOUNT_FEN,
    MOST_MASS_MG,
    MOST_PRICE_FEN_PER_KG,
    MassUnit,
    parse_amount_fen,
    parse_mass_mg,
    parse_price_fen_per_kg,
)

G, KG, JIN, LIANG = MassUnit.G, MassUnit.KG, MassUnit.JIN, MassUnit.LIANG


@pytest.mark.parametrize(
    ("text", "unit", "mass_mg"),
    [
        ("1.5", KG, 1_500_000),
        ("1.5", JIN, 750_000),
        ("1.5", LIANG, 75_000),
        ("1.5", G, 1_500),
        (".5", KG, 500_000),
        ("１．５", KG, 1_500_000),
        ("1。5", KG, 1_500_000),
        (" 2 ", JIN, 1_000_000),
        ("2斤", KG, 1_000_000),
        ("1.5 公斤", JIN, 1_500_000),
        ("500克", KG, 500_000),
        ("500 G", KG, 500_000),
        ("0.8kg", G, 800_000),
        ("1㎏", G, 1_000_000),
        ("３市斤", G, 1_500_000),
        ("3两", KG, 150_000),
        ("250毫克", KG, 250),
        ("1斤2两", KG, 600_000),
        ("1斤 2.5 两", KG, 625_000),
        ("2kg300g", JIN, 2_300_000),
        ("0.001", G, 1),
        ("1.5000000", KG, 1_500_000),
        ("100000", KG, MOST_MASS_MG),
    ],
)
def test_a_weight_is_read_exactly(text: str, unit: MassUnit, mass_mg: int) -> None:
    assert parse_mass_mg(text, unit) == mass_mg


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Please type a number"),
        ("   ", "Please type a number"),
        ("1,5", "without a comma"),
        ("1，5", "without a comma"),
        ("1,234.5", "without a comma"),
        ("-1", "greater than zero"),
        ("−1", "greater than zero"),
        ("－１", "greater than zero"),
        ("0", "Please type a weight from"),
        ("0.00kg", "Please type a weight from"),
        ("1000000000", "Please type a weight from"),
        ("100000.001", "Please type a weight from"),
        ("NaN", "cannot be read"),
        ("inf", "cannot be read"),
        ("1e5", "cannot be read"),
        ("1_000", "cannot be read"),
        ("+5", "cannot be read"),
        ("1.2.3", "cannot be read"),
        ("5.", "cannot be read"),
        ("1 500", "cannot be read"),
        ("٣", "cannot be read"),
        ("一斤", "cannot be read"),
        ("2斤3", "cannot be read"),
        ("2两3斤", "cannot be read"),
        ("2斤3斤", "cannot be read"),
        ("1.5斤2两", "cannot be read"),
        ("<b>1</b>", "cannot be read"),
        ("\x001", "cannot be read"),
        ("5磅", "do not know the unit"),
        ("1e", "do not know the unit"),
        ("0.0000001", "round the weight"),
        ("0.0005克", "round the weight"),
        ("9" * 41, "short number"),
    ],
)
def test_a_weight_that_cannot_be_used_is_refused_with_a_way_on(text: str, sentence: str) -> None:
    with pytest.raises(InputRefused) as refused:
        parse_mass_mg(text, KG)
    assert sentence in refused.value.message.text


def test_the_longest_number_is_read_and_one_more_digit_is_refused() -> None:
    assert parse_mass_mg("0" * 39 + "1", KG) == 1_000_000
    with pytest.raises(InputRefused, match="short number"):
        parse_mass_mg("0" * 40 + "1", KG)


@pytest.mark.parametrize(
    ("text", "unit", "fen_per_kg"),
    [
        ("8", KG, 800),
        ("4.5", JIN, 900),
        ("3.58", JIN, 716),
        ("0.35", LIANG, 700),
        ("1.2", G, 120_000),
        ("８．５", KG, 850),
        ("4.5元/斤", KG, 900),
        ("￥8/kg", JIN, 800),
        ("¥ 8.00", KG, 800),
        ("8元一斤", KG, 1_600),
        ("8块钱每公斤", JIN, 800),
        ("12 元/500克", KG, 2_400),
        ("3/100g", KG, 3_000),
        ("10元2斤", KG, 1_000),
        ("0.01", KG, 1),
        ("10000", G, MOST_PRICE_FEN_PER_KG),
    ],
)
def test_a_unit_price_becomes_fen_per_kilogram_exactly(text: str, unit: MassUnit, fen_per_kg: int) -> None:
    assert parse_price_fen_per_kg(text, unit) == fen_per_kg


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Please type a number"),
        ("8,5", "without a comma"),
        ("-8", "greater than zero"),
        ("0", "Please type a unit price from"),
        ("1000000000", "Please type a unit price from"),
        ("10000000.01", "Please type a unit price from"),
        ("8.555", "two decimals"),
        ("nan", "cannot be read"),
        ("8e3", "cannot be read"),
        ("8/", "cannot be read"),
        ("8元/筐", "do not know the unit"),
        ("10元3斤", "per kilogram"),
        ("8元/0克", "per kilogram"),
    ],
)
def test_a_unit_price_that_cannot_be_used_is_refused_with_a_way_on(text: str, sentence: str) -> None:
    with pytest.raises(InputRefused) as refused:
        parse_price_fen_per_kg(text, KG)
    assert sentence in refused.value.message.text


@pytest.mark.parametrize(
    ("text", "amount_fen"),
    [("12.5", 1250), ("￥12.50", 1250), ("12元", 1200), ("0.01", 1), ("10000000", MOST_AMOUNT_FEN)],
)
def test_an_amount_becomes_fen(text: str, amount_fen: int) -> None:
    assert parse_amount_fen(text) == amount_fen


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0", "Please type an amount from"),
        ("10000000.01", "Please type an amount from"),
        ("1000000000", "Please type an amount from"),
        ("1.234", "two decimals"),
        ("12元/斤", "cannot be read"),
        ("1e3", "cannot be read"),
        ("Infinity", "cannot be read"),
        ("1,000", "without a comma"),
        ("-1", "greater than zero"),
    ],
)
def test_an_amount_that_cannot_be_used_is_refused_with_a_way_on(text: str, sentence: str) -> None:
    with pytest.raises(InputRefused) as refused:
        parse_amount_fen(text)
    assert sentence in refused.value.message.text


def test_a_refused_range_names_its_ends() -> None:
    with pytest.raises(InputRefused) as refused:
        parse_mass_mg("0", KG)
    assert dict(refused.value.message.values) == {"least_mg": 1, "most_mg": MOST_MASS_MG}


@settings(max_examples=60, deadline=None)
@given(grams=st.integers(min_value=1, max_value=20_000), unit=st.sampled_from(list(MassUnit)))
def test_the_selected_unit_never_changes_a_weight_typed_with_its_own(grams: int, unit: MassUnit) -> None:
    assert parse_mass_mg(f"{grams}克", unit) == parse_mass_mg(str(grams), G) == grams * 1_000


@settings(max_examples=60, deadline=None)
@given(cents=st.integers(min_value=1, max_value=20_000), unit=st.sampled_from(list(MassUnit)))
def test_a_price_per_any_unit_is_the_same_price_per_kilogram(cents: int, unit: MassUnit) -> None:
    text = f"{cents // 100}.{cents % 100:02d}"
    assert parse_price_fen_per_kg(text, unit) * MASS_UNIT_MG[unit] == cents * MASS_UNIT_MG[KG]


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=50))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (lambda: parse_mass_mg(text, KG), lambda: parse_price_fen_per_kg(text, KG)):
        with suppress(InputRefused):
            assert parse() >= 1
