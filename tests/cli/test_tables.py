"""A stranger's CSV: its encoding, its faults, and what is written back of it."""

from __future__ import annotations

import csv
import io
import stat
import tracemalloc
from pathlib import Path

import pytest

from portal.cli.tables import Rejects, Row, Table, TableRefused, as_typed, encoding_of, harmless

TEXT = "名称,地址\n老王水果店,城东街1号\n张记肉铺,城西街2号\n"


def rows(raw: bytes) -> list[Row]:
    return list(Table(io.BytesIO(raw)).rows())


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"name,address\na,b\n", "utf-8"),
    ],
)
def test_the_encoding_is_detected(raw: bytes, encoding: str) -> None:
    table = Table(io.BytesIO(raw))
    assert table.encoding == encoding
    assert next(len(row.cells) for row in table.rows()) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same_rows(encoding: str) -> None:
    assert [row.cells for row in rows(TEXT.encode(encoding))] == [
        ("老王水果店", "城东街1号"),
        ("张记肉铺", "城西街2号"),
    ]


def test_a_broken_byte_spoils_its_own_row_alone() -> None:
    raw = TEXT.encode() + b"\xff\xfe,x\n" + "好店,街3号\n".encode()
    assert encoding_of(io.BytesIO(raw)) == "utf-8"
    assert [bool(row.fault) for row in rows(raw)] == [False, False, True, False]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_read_from_the_first_line(delimiter: str) -> None:
    table = Table(io.BytesIO(TEXT.replace(",", delimiter).encode()))
    assert table.columns == ("名称", "地址")


def test_a_quoted_cell_may_hold_a_line_break() -> None:
    assert rows(b'a,b\n"x\ny",z\nq,r\n')[0].cells == ("x\ny", "z")


@pytest.mark.parametrize(
    ("line", "word"),
    [("one", "1 cells"), ("a,b,c", "3 cells"), ("x\x00y,z", "NUL"), ("a," + "x" * 200_000, "no end")],
)
def test_an_odd_row_is_refused_with_its_reason(line: str, word: str) -> None:
    found = rows(f"a,b\nok,1\n{line}\nok,2\n".encode())
    assert [row.cells for row in found if not row.fault] == [("ok", "1"), ("ok", "2")]
    assert [word in str(row.fault) for row in found if row.fault] == [True]


def test_a_stray_quotation_mark_costs_one_row() -> None:
    found = rows(("a,b\n" + '"stray,x\n' + "ok,1\n" * 500).encode())
    assert sum(row.fault is None for row in found) == 500
    assert sum(row.fault is not None for row in found) == 1


def test_a_line_without_end_is_skipped_in_bounded_memory() -> None:
    raw = b"a,b\nok,1\nx," + b"y" * 8_000_000 + b"\nok,2\n"
    tracemalloc.start()
    found = rows(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [bool(row.fault) for row in found] == [False, True, False]
    # The bytes themselves lie in memory here; what is read on top of them stays small.
    assert peak < len(raw) + 6_000_000


def test_empty_lines_are_not_rows() -> None:
    assert len(rows(b"a,b\n\n,\nok,1\n\n")) == 1


@pytest.mark.parametrize("raw", [b"", b"\n", b",,\n"])
def test_a_file_without_columns_is_refused(raw: bytes) -> None:
    with pytest.raises(TableRefused):
        Table(io.BytesIO(raw))


def test_two_hundred_thousand_rows_need_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("名称,地址\n")
        file.writelines(f"商户{n},某路{n}号\n" for n in range(200_000))
    with path.open("rb") as raw:
        tracemalloc.start()
        table = Table(raw)
        count = sum(1 for _row in table.rows())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert count == 200_000
    assert peak < 2_000_000


def test_rejects_keep_their_columns_and_gain_a_reason(tmp_path: Path) -> None:
    with Rejects(tmp_path / "m.csv", ["名称", "地址"]) as rejects:
        rejects.add(["=1+1", "街"], "why")
        rejects.add(["短"], "short")
        rejects.add(["a", "b", "-c"], "long")
    with (tmp_path / "m.csv.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["名称", "地址", "reason"],
            ["'=1+1", "街", "why"],
            ["短", "", "short"],
            ["a", "b", "long", "'-c"],
        ]


def test_nobody_else_reads_the_rejects(tmp_path: Path) -> None:
    with Rejects(tmp_path / "m.csv", ("a",)) as rejects:
        rejects.add(("张三",), "no phone")
    assert stat.S_IMODE((tmp_path / "m.csv.rejected.csv").stat().st_mode) == 0o600


def test_no_rejects_make_no_file(tmp_path: Path) -> None:
    (tmp_path / "m.csv.rejected.csv").write_text("old")
    with Rejects(tmp_path / "m.csv", ["a"]):
        pass
    assert not (tmp_path / "m.csv.rejected.csv").exists()


@pytest.mark.parametrize("cell", ["=1", "+86", "-1", "@a", "\tx", "plain", "", "'quoted'"])
def test_a_neutralised_cell_comes_back_as_typed(cell: str) -> None:
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert as_typed(harmless(cell)) == cell.strip()
