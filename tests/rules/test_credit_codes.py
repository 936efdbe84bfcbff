"""The unified social credit code: cleaned as typed, refused with the reason."""

from __future__ import annotations

import pytest

from portal.rules.credit_codes import credit_code
from portal.rules.errors import InputRefused


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("91350100M000100Y43", "91350100M000100Y43"),
        ("91000000000000000K", "91000000000000000K"),
        ("93320500ma1abcd12k", "93320500MA1ABCD12K"),
        ("９１３５０１００Ｍ０００１００Ｙ４３", "91350100M000100Y43"),
        (" 9135 0100-M000 100Y43 ", "91350100M000100Y43"),
    ],
)
def test_a_valid_code_is_cleaned(typed: str, code: str) -> None:
    assert credit_code(typed) == code


@pytest.mark.parametrize(
    "typed", ["91350100M000100Y44", "91350100M000100Y4", "91350100I000100Y43", "", "一二三"]
)
def test_an_invalid_code_is_refused(typed: str) -> None:
    with pytest.raises(InputRefused):
        credit_code(typed)


def test_a_wrong_check_character_is_told_apart_from_a_wrong_shape() -> None:
    with pytest.raises(InputRefused) as check:
        credit_code("91350100M000100Y44")
    with pytest.raises(InputRefused) as shape:
        credit_code("91350100M000100Y4")
    assert check.value.message != shape.value.message
