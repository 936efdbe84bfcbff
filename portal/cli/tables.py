"""Reading a CSV of three encodings in bounded memory, with a file of the rows that were refused."""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

MOST_LINE = 1 << 19
MOST_FIELD = 1 << 17
MOST_LINES = 200
SHOWN_CELL = 1000
DELIMITERS = (",", "\t", ";")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class TableRefused(Exception):
    """The file as a whole cannot be read."""


class _TooLong(Exception):
    """A line, or a quoted cell over many lines, has no end."""


@dataclass(frozen=True)
class Row:
    """One row: its cells by column name, or the reason why it cannot be read."""

    line_no: int
    cells: tuple[str, ...]
    fault: str | None = None


class _Lines:
    """The lines of a file, with those of a broken record put back so that no good row is lost with it."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.line_no = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) == MOST_LINES:
            raise _TooLong
        line = self._again.popleft() if self._again else self._text.readline(MOST_LINE)
        if not line:
            raise StopIteration
        self.taken.append(line)
        if len(line) == MOST_LINE and not line.endswith(("\n", "\r")):
            self._skip_rest()
            raise _TooLong
        return line

    def begin(self) -> None:
        """Forget the lines of the record that is done."""
        self.line_no += len(self.taken)
        self.taken = []

    def give_back_all_but_first(self) -> None:
        """Read the lines after the first one again, each as the start of a record."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    def _skip_rest(self) -> None:
        while (piece := self._text.readline(MOST_LINE)) and not piece.endswith(("\n", "\r")):
            pass


class Table:
    """An open CSV file: its encoding, its columns, its rows one at a time."""

    def __init__(self, raw: BinaryIO) -> None:
        self.encoding = encoding_of(raw)
        raw.seek(0)
        # A byte that does not fit becomes a lone surrogate, so that only its row is refused.
        text = io.TextIOWrapper(raw, self.encoding, errors="surrogateescape", newline="")
        self._lines = _Lines(text)
        csv.field_size_limit(MOST_FIELD)
        self._delimiter = ","
        try:
            self.columns = self._read_columns()
        except BaseException:
            text.detach()  # Whoever opened the bytes closes them.
            raise

    def rows(self) -> Iterator[Row]:
        """Yield every row after the header; empty lines are skipped."""
        while (row := self._next()) is not None:
            if row.fault or any(cell.strip() for cell in row.cells):
                yield row

    def _read_columns(self) -> tuple[str, ...]:
        try:
            line = next(self._lines, "")
        except _TooLong as error:
            raise TableRefused("the first line has no end; is this a CSV file?") from error
        self._delimiter = max(DELIMITERS, key=line.count)
        columns = tuple(cell.strip() for cell in next(csv.reader([line], delimiter=self._delimiter), []))
        if not any(columns):
            raise TableRefused("the file is empty")
        return columns

    def _next(self) -> Row | None:
        self._lines.begin()
        try:
            cells = next(csv.reader(self._lines, delimiter=self._delimiter))
        except StopIteration:
            return None
        except (csv.Error, _TooLong):
            return self._broken(f"a cell has no end within {MOST_LINES} lines or {MOST_FIELD:,} characters")
        if cells and len(cells) != len(self.columns):
            return self._broken(f"{len(cells)} cells where the header has {len(self.columns)}", cells)
        return Row(self._line_no, tuple(cells), self._fault_in(cells))

    @property
    def _line_no(self) -> int:
        return self._lines.line_no + 1

    def _broken(self, fault: str, cells: Sequence[str] = ()) -> Row:
        """Refuse the first line only: what a stray quotation mark swallowed is read again."""
        taken = self._lines.taken
        if len(taken) > 1 or not cells:
            cells = (taken[0].rstrip("\r\n"),)
        self._lines.give_back_all_but_first()
        return Row(self._line_no, tuple(cells), fault)

    def _fault_in(self, cells: Sequence[str]) -> str | None:
        if any("\x00" in cell for cell in cells):
            return "a cell holds a NUL character"
        if any("\udc80" <= c <= "\udcff" for cell in cells for c in cell):
            return f"a cell holds bytes that are not {self.encoding}"
        return None


def encoding_of(raw: BinaryIO) -> str:
    """Return utf-8-sig, utf-16, utf-8 or gb18030: the one in which most lines can be read."""
    start = raw.read(3)
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    raw.seek(0)
    balance = 0
    while line := raw.readline(MOST_LINE):
        if not line.isascii():
            balance += 1 if _decodes(line, "utf-8") else -1
    return "utf-8" if balance >= 0 else "gb18030"


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def fields_of(
    columns: Sequence[str], names: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> dict[int, str]:
    """Return which column holds which field; the first of two columns for one field wins.

    Raises TableRefused where a needed field has no column. Case, spaces and underscores in a
    column's name do not matter.
    """
    meaning = {plain_column(name): field for field, known in names.items() for name in known}
    found: dict[int, str] = {}
    for index, column in enumerate(columns):
        field = meaning.get(plain_column(column))
        if field is not None and field not in found.values():
            found[index] = field
    for field in needed:
        if field not in found.values():
            raise TableRefused(f"no column holds the {field}; call it one of: {', '.join(names[field])}")
    return found


def plain_column(name: str) -> str:
    """Return a column's name as it is compared."""
    return re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", name).casefold())


class Rejects:
    """FILE.rejected.csv: the refused rows with their reasons, made when the first one comes."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path.with_name(path.name + ".rejected.csv")
        self.path.unlink(missing_ok=True)
        self._columns = columns
        self._file: TextIO | None = None
        self.count = 0

    def __enter__(self) -> Rejects:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, cells: Sequence[str], reason: str) -> None:
        """Write a refused row: its cells in their columns, the reason, then cells beyond the header."""
        self.count += 1
        width = len(self._columns)
        padded = [*cells[:width], *[""] * (width - len(cells))]
        if self._file is None:
            # With a byte order mark, since office programs open it; a ticket's row names its filer.
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="", errors="replace")
            csv.writer(self._file).writerow([*map(harmless, self._columns), "reason"])
        csv.writer(self._file).writerow([*map(harmless, padded), reason, *map(harmless, cells[width:])])


def harmless(cell: str) -> str:
    """Return a cell that an office program takes as text, never as a formula."""
    shown = cell.replace("\x00", "�")
    if len(shown) > SHOWN_CELL:
        shown = shown[:SHOWN_CELL] + "…"
    return "'" + shown if shown.startswith(FORMULA_STARTS) else shown


def as_typed(cell: str) -> str:
    """Return a cell without the mark that `harmless` put before it, so that mended rejects can come back."""
    is_marked = cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS)
    return (cell[1:] if is_marked else cell).strip()
