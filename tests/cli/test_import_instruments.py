"""flask import instruments: scales and certificates from a register's file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from portal.instruments.models import Instrument
from portal.instruments.queries import instruments_of, verifications_of
from portal.merchants.queries import merchant_by_number
from portal.rules.metrology_terms import AccuracyClass
from tests.builders import make_merchant

NOW = datetime(2026, 5, 20, 2, tzinfo=UTC)
HEAD = (
    "商户编号,器具名称,出厂编号,准确度等级,最大秤量,检定分度值,证书编号,检定机构,检定结果,检定日期,有效期至"
)


def load(app: Flask, path: Path, *rows: str, head: str = HEAD) -> Result:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return app.test_cli_runner().invoke(args=["import", "instruments", str(path)])


def scales(number: str) -> list[Instrument]:
    merchant = merchant_by_number(number)
    assert merchant is not None
    return instruments_of(merchant.id)


def last_line(result: Result) -> str:
    return result.stdout.strip().splitlines()[-1]


def test_a_second_run_changes_nothing(app: Flask, tmp_path: Path) -> None:
    number = make_merchant(now=NOW).number
    row = f"{number},price_scale,FM 1,III级,15kg,e=5g,JL-1,杭州市计量院,合格,2026-05-06,20270505"
    assert last_line(load(app, tmp_path / "s.csv", row)) == "added 1, changed 0, unchanged 0, rejected 0"
    assert last_line(load(app, tmp_path / "s.csv", row)) == "added 0, changed 0, unchanged 1, rejected 0"
    (scale,) = scales(number)
    (check,) = verifications_of(scale.id)
    assert (scale.accuracy_class, scale.max_mg, scale.e_mg) == (AccuracyClass.III, 15_000_000, 5_000)
    assert check.valid_until == date(2027, 5, 5)


def test_a_new_certificate_changes_a_known_scale(app: Flask, tmp_path: Path) -> None:
    number = make_merchant(now=NOW).number
    load(app, tmp_path / "s.csv", f"{number},price_scale,1,III,15,5,JL-1,杭州,合格,2025-05-06,")
    result = load(app, tmp_path / "s.csv", f"{number},price_scale,1,III,15,5,JL-2,杭州,合格,2026-05-06,")
    assert last_line(result) == "added 0, changed 1, unchanged 0, rejected 0"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("M0000000000,price_scale,1,III,15,5,JL-1,杭州,合格,2026-05-06,", "no merchant"),
        ("{m},火箭,1,III,15,5,JL-1,杭州,合格,2026-05-06,", "the kind is not known"),
        ("{m},price_scale,,III,15,5,JL-1,杭州,合格,2026-05-06,", "serial number"),
        ("{m},price_scale,1,V,15,5,JL-1,杭州,合格,2026-05-06,", "accuracy class"),
        ("{m},price_scale,1,III,15,5,JL-1,杭州,合格,2999-05-06,", "cannot lie in the future"),
        ("{m},price_scale,1,III,15,5,JL-1,杭州,也许,2026-05-06,", "result is not one of"),
    ],
)
def test_a_refused_row_leaves_nothing_behind(app: Flask, tmp_path: Path, row: str, reason: str) -> None:
    number = make_merchant(now=NOW).number
    result = load(app, tmp_path / "s.csv", row.format(m=number))
    assert last_line(result) == "added 0, changed 0, unchanged 0, rejected 1"
    assert reason in (tmp_path / "s.csv.rejected.csv").read_text(encoding="utf-8-sig")
    assert scales(number) == []


def test_a_file_without_serial_numbers_is_refused_whole(app: Flask, tmp_path: Path) -> None:
    result = load(app, tmp_path / "s.csv", "M1,price_scale", head="merchant,kind")
    assert result.exit_code == 1
    assert "no column holds the serial" in result.stderr
