"""Defaults we chose: dated, marked, never silently absent."""

from datetime import date

import pytest

from portal.rules.settings import setting, settings, value_of


def test_every_default_is_marked_as_ours_and_says_what_it_is():
    assert settings()
    assert all(row.confidence == "A" and row.note and row.value > 0 for row in settings())


def test_a_day_before_the_first_edition_gets_the_first_edition():
    first = setting("credit_window_months", date(2020, 1, 1))
    assert first == setting("credit_window_months", date(2026, 11, 23))
    assert value_of("credit_window_months", date(2026, 11, 23)) == 12


def test_a_default_nobody_wrote_down_is_an_error():
    with pytest.raises(KeyError):
        value_of("credit_window_weeks", date(2026, 11, 23))
