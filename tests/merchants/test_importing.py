"""`flask import merchants FILE`: any register, once or often, killed or not, with the same result."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from portal.base.db import db
from portal.cli.imports import imports
from portal.merchants.models import Market, Merchant
from tests.conftest import make_app

HEAD = "名称,统一社会信用代码,地址,城市\n"
CODE = "91350100M000100Y43"
ROOT = Path(__file__).resolve().parents[2]


def load(app: Flask, path: Path) -> Result:
    """Run the command in-process; its last line is the sum."""
    return app.test_cli_runner().invoke(imports, ["merchants", str(path)])


def last_line(result: Result) -> str:
    return result.stdout.splitlines()[-1]


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "register.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rejected(path: Path) -> list[dict[str, str]]:
    with path.with_name(path.name + ".rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def count() -> int:
    return db.session.query(Merchant).count()


def test_all_real_firms_load_and_a_second_run_changes_nothing(
    app: Flask, tmp_path: Path, data_path: Path
) -> None:
    path = tmp_path / "firms.csv"
    path.write_bytes((data_path / "merchants_zhejiang.csv").read_bytes())
    first = load(app, path)
    assert first.exit_code == 0, first.output
    assert last_line(first) == "added 3362, changed 0, unchanged 0, rejected 0"
    assert last_line(load(app, path)) == "added 0, changed 0, unchanged 3362, rejected 0"
    assert count() == 3362
    # One firm of the list gives an address in another province.
    assert db.session.query(Merchant).filter(Merchant.region_code.startswith("33")).count() == 3361
    assert not path.with_name(path.name + ".rejected.csv").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_loads_the_same_merchants(app: Flask, tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, HEAD + f"老王水果店,{CODE},西湖区文三路1号,杭州\n", encoding)
    assert last_line(load(app, path)) == "added 1, changed 0, unchanged 0, rejected 0"
    merchant = db.session.query(Merchant).one()
    assert (merchant.name, merchant.uscc, merchant.region_code) == ("老王水果店", CODE, "330106")


def test_a_changed_row_counts_as_changed(app: Flask, tmp_path: Path) -> None:
    load(app, written(tmp_path, HEAD + f"老王水果店,{CODE},文三路1号,杭州\n"))
    path = written(tmp_path, HEAD + f"老王水果店,{CODE},文三路2号,杭州\n")
    assert last_line(load(app, path)) == "added 0, changed 1, unchanged 0, rejected 0"


def test_one_merchant_twice_in_a_file_is_kept_once(app: Flask, tmp_path: Path) -> None:
    row = f"老王水果店,{CODE},文三路1号,杭州\n"
    assert last_line(load(app, written(tmp_path, HEAD + row + row))) == (
        "added 1, changed 0, unchanged 1, rejected 0"
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("only,two\n", "2 cells where the header has 4"),
        ("a,b,c,d,e\n", "5 cells where the header has 4"),
        ("老\x00王,,文三路1号,杭州\n", "NUL"),
        (",,文三路1号,杭州\n", "needs a name"),
        (f"店,{CODE[:-1]}4,文三路1号,杭州\n", "check character"),
        ("店,12345,文三路1号,杭州\n", "18 digits"),
        ("店,,无此地,无此城\n", "no region is found"),
        ("店" * 201 + ",,文三路1号,杭州\n", "longer than 200"),
        ("店,," + "长" * 200_000 + ",杭州\n", "a cell has no end"),
    ],
    ids=[
        "short", "long", "nul", "nameless", "check character", "no code", "nowhere", "long name", "huge cell"
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_reason_and_the_next_one_loads(
    app: Flask, tmp_path: Path, row: str, reason: str
) -> None:
    path = written(tmp_path, HEAD + row + "张记肉铺,,文三路2号,杭州\n")
    result = load(app, path)
    assert last_line(result) == "added 1, changed 0, unchanged 0, rejected 1"
    assert result.exit_code == 0
    (refused,) = rejected(path)
    assert reason in refused["reason"]
    assert db.session.query(Merchant).one().name == "张记肉铺"


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A1", "+1", "-1", "@SUM(A1)"])
def test_a_refused_cell_is_no_formula(app: Flask, tmp_path: Path, cell: str) -> None:
    path = written(tmp_path, HEAD + f'"{cell}",12345,文三路1号,杭州\n')
    load(app, path)
    assert rejected(path)[0]["名称"] == "'" + cell


def test_mended_rejects_load_as_they_were_meant(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "-号店,12345,文三路1号,杭州\n")
    load(app, path)
    rejects = path.with_name(path.name + ".rejected.csv")
    rejects.write_text(rejects.read_text(encoding="utf-8").replace("12345", CODE), encoding="utf-8")
    assert last_line(load(app, rejects)) == "added 1, changed 0, unchanged 0, rejected 0"
    assert db.session.query(Merchant).one().name == "-号店"


def test_a_run_without_refusals_takes_the_old_rejects_away(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "店,12345,文三路1号,杭州\n")
    load(app, path)
    assert len(rejected(path)) == 1
    load(app, written(tmp_path, HEAD + f"店,{CODE},文三路1号,杭州\n"))
    assert not path.with_name(path.name + ".rejected.csv").exists()


def test_a_market_is_made_once_for_its_stalls(app: Flask, tmp_path: Path) -> None:
    head = "名称,市场,摊位号,城市,区县\n"
    rows = "老王水果,城东农贸市场,A1,杭州,西湖区\n张记肉铺,城东农贸市场,A2,杭州,西湖区\n"
    load(app, written(tmp_path, head + rows))
    assert db.session.query(Market).one().region_code == "330106"
    assert {m.stall_no for m in db.session.query(Merchant)} == {"A1", "A2"}


@pytest.mark.parametrize("text", ["", "地址,城市\n文三路,杭州\n", "\n\n"], ids=["empty", "no name", "blank"])
def test_a_file_that_is_no_register_is_refused_in_one_sentence(app: Flask, tmp_path: Path, text: str) -> None:
    result = load(app, written(tmp_path, text))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.output
    assert count() == 0


def test_the_help_names_every_column(app: Flask) -> None:
    text = app.test_cli_runner().invoke(imports, ["merchants", "--help"]).output
    for word in ("统一社会信用代码", "region_code", "gbt_code", "stall_no", "rejected.csv"):
        assert word in text


def peak_bytes(app: Flask, path: Path) -> int:
    tracemalloc.start()
    try:
        assert load(app, path).exit_code == 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file(app: Flask, tmp_path: Path) -> None:
    def rows(count: int) -> str:
        # Every second row is refused, so that both ways through are measured.
        return HEAD + "".join(f"店{n % 100},,文三路1号,杭州\n店,{n},文三路,杭州\n" for n in range(count))

    load(app, written(tmp_path, rows(400)))
    small = peak_bytes(app, written(tmp_path, rows(400)))
    large = peak_bytes(app, written(tmp_path, rows(4_000)))
    assert large < small * 1.5


def wait_for_rows(least: int, deadline_s: float = 60) -> int:
    until = time.monotonic() + deadline_s
    while time.monotonic() < until:
        db.session.rollback()
        if (found := count()) >= least:
            return found
        time.sleep(0.01)
    raise AssertionError("the import wrote nothing")


def test_a_killed_import_resumes_without_doubles(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    path = written(tmp_path, HEAD + "".join(f"店{n},,文三路{n}号,杭州\n" for n in range(3_000)))
    with app.app_context():
        db.create_all()
        environ = {**os.environ, "INSTANCE_PATH": str(tmp_path), "SECRET_KEYS": "k" * 40, "DATABASE_URL": ""}
        run = subprocess.Popen(
            [sys.executable, "-m", "flask", "import", "merchants", str(path)],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for_rows(1)
        finally:
            run.send_signal(signal.SIGKILL)
            run.wait()
        db.session.rollback()
        kept = count()
        assert 0 < kept < 3_000
        assert last_line(load(app, path)) == f"added {3_000 - kept}, changed 0, unchanged {kept}, rejected 0"
        numbers = [number for (number,) in db.session.query(Merchant.number)]
        assert len(numbers) == len(set(numbers)) == 3_000
        db.session.remove()
        db.engine.dispose()
