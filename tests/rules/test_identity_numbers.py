"""The resident identity number (GB 11643). Every number here is made up or an example of the standard."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.rules.errors import InputRefused
from portal.rules.identity_numbers import is_identity_number, last_four, normalise, read_identity_number

TODAY = date(2026, 11, 23)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def numbered(seventeen: str) -> str:
    """Return a number with the check sign as the standard's table of weights gives it."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True))
    return seventeen + "10X98765432"[total % 11]


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_examples_of_the_standard_carry_their_check_sign(number: str) -> None:
    assert numbered(number[:17]) == number


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 1949 1231 002X ",
        "110105-19491231-002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        "110105\u300019491231\u200b002X",
    ],
)
def test_a_number_may_be_typed_in_many_ways(typed: str) -> None:
    assert read_identity_number(typed, today=TODAY) == "11010519491231002X"
    assert last_four(typed) == "002X"


@pytest.mark.parametrize(
    ("seventeen", "is_valid"),
    [
        ("11010520000229001", True),  # 2000 is a leap year
        ("11010519000228001", True),
        ("11010519000229001", False),  # 1900 is none
        ("11010519990229001", False),
        ("11010520240229001", True),
        ("11010520230229001", False),
        ("11010519991301001", False),
        ("11010519990001001", False),
        ("11010519990431001", False),
        ("11010518900101001", True),
        ("11010518891231001", False),
        ("11010520261123001", True),  # born today
        ("11010520261124001", False),  # born tomorrow
        ("11010521000101001", False),
        ("81000019900101001", True),  # a residence permit for people from Hong Kong
        ("01010519900101001", False),
    ],
)
def test_the_day_of_birth_must_be_one(seventeen: str, is_valid: bool) -> None:
    assert is_identity_number(numbered(seventeen), today=TODAY) is is_valid


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "1101051949123100",
        "11010519491231002",
        "11010519491231002XX",
        "110105491231002",
        "1101051949123100XX",
        "X1010519491231002X",
        "110105194912310020",
        "一一〇一〇五一九四九一二三一〇〇二X",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        "11010519491231002\x00",
    ],
)
def test_anything_else_is_refused(typed: str) -> None:
    assert not is_identity_number(typed, today=TODAY)


def test_a_refusal_never_repeats_the_number() -> None:
    for typed in ("110105194912310020", "110105194913310020", "11010519491231"):
        with pytest.raises(InputRefused) as refused:
            read_identity_number(typed, today=TODAY)
        assert not refused.value.message.values
        assert "1949" not in refused.value.message.text


@st.composite
def numbers(draw: st.DrawFn) -> str:
    region = draw(st.from_regex(r"[1-9][0-9]{5}", fullmatch=True).filter(str.isascii))
    born_on = draw(st.dates(date(1890, 1, 1), TODAY))
    serial = draw(st.integers(0, 999))
    return numbered(f"{region}{born_on:%Y%m%d}{serial:03}")


@given(numbers())
def test_every_well_made_number_is_read_and_stays_as_it_is(number: str) -> None:
    assert read_identity_number(number, today=TODAY) == number
    assert normalise(normalise(number)) == normalise(number)


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, step: int) -> None:
    wrong = str((int(number[place]) + step) % 10)
    assert not is_identity_number(number[:place] + wrong + number[place + 1 :], today=TODAY)


@given(numbers(), st.integers(0, 15))
def test_two_digits_swapped_are_always_found(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert not is_identity_number(swapped, today=TODAY)


@given(st.text(max_size=40))
def test_no_text_breaks_the_check(text: str) -> None:
    assert is_identity_number(text, today=TODAY) in (True, False)
    assert len(last_four(text)) <= 4
