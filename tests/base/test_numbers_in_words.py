"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.base import labels
from portal.rules.messages import say


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        (labels.mass, 20_000, "20 g"),
        (labels.mass, 999_999, "999.999 g"),
        (labels.mass, 1_000_000, "1 kg"),
        (labels.mass, 2_489_000, "2.489 kg"),
        (labels.mass, 10, "0.01 g"),
        (labels.money, 0, "¥0.00"),
        (labels.money, 123_456, "¥1,234.56"),
        (labels.money, -5, "¥-0.05"),
        (labels.unit_price, 3000, "¥30.00 per kg"),
        (labels.volume, 60_000, "60 mL"),
        (labels.volume, 20_000_000, "20 L"),
        (labels.length, 5_000, "5 mm"),
        (labels.length, 10_000, "1 cm"),
        (labels.length, 1_500_000, "1.5 m"),
        (labels.area, 99_900, "999 cm²"),
        (labels.area, 100_000, "0.1 m²"),
        (labels.energy, 1500, "1.5 kWh"),
        (labels.distance, 999, "999 m"),
        (labels.distance, 3000, "3 km"),
        (labels.percent, 3000, "0.3%"),
        (labels.day, date(2026, 11, 24), "November 24, 2026"),
        (labels.moment, datetime(2026, 11, 23, 16, 5, tzinfo=UTC), "24 Nov 2026, 00:05"),
    ],
)
def test_a_number_is_shown_with_its_unit(app: Flask, form: object, value: object, text: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert form(value) == text  # type: ignore[operator]


def test_a_value_is_shown_by_the_unit_in_its_name(app: Flask) -> None:
    inner = say("short by %(shortage_mg)s", shortage_mg=21_000)
    outer = say("%(inner)s on %(seen_on)s, %(code)s", inner=inner, seen_on=date(2026, 1, 2), code="A1")
    with app.test_request_context(), force_locale("en"):
        assert labels.render(outer) == "short by 21 g on January 2, 2026, A1"


def test_a_day_is_written_as_chinese_readers_write_it(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        assert labels.day(date(2026, 11, 24)) == "2026年11月24日"
        assert labels.moment(datetime(2026, 11, 23, 16, 5, tzinfo=UTC)) == "2026年11月24日 00:05"
