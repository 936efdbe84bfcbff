"""flask import merchants FILE: load a register, once or often, with the same result.

The columns it understands stand in COLUMNS; the order does not matter, and a column
that is not among them is named and left out.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import AppGroup

from portal.base import clock
from portal.base.db import db, unit_of_work
from portal.cli.tables import Rejects, Row, Table, TableRefused, as_typed
from portal.merchants.actions import MarketData, MerchantData, Outcome, save_market, save_merchant
from portal.rules.errors import RuleError
from portal.rules.regions import find_region
from portal.rules.sectors import Sector, sector_of

BATCH = 200

# What a column is called, by what it holds. Case, spaces and underscores do not matter.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "merchant", "名称", "企业名称", "商户名称", "单位名称", "经营者名称", "市场主体名称"),
    "uscc": ("uscc", "credit_code", "统一社会信用代码", "社会信用代码", "信用代码"),
    "local_id": ("local_id", "编号", "商户编号"),
    "trade_name": ("trade_name", "招牌", "店招", "字号"),
    "address": ("address", "地址", "住所", "经营场所", "经营地址", "注册地址"),
    "region_code": ("region_code", "行政区划代码", "区划代码"),
    "province": ("province", "省", "省份"),
    "city": ("city", "市", "城市", "地市"),
    "county": ("county", "district", "区县", "县区", "县", "区"),
    "sector": ("sector", "行业", "行业类别"),
    "gbt_code": ("gbt_code", "gb/t4754", "gbt4754", "行业代码", "国民经济行业代码"),
    "category": ("category", "sector_kw", "keyword", "类别", "品类", "经营类别", "行业关键词"),
    "market": ("market", "市场", "所在市场", "市场名称"),
    "stall_no": ("stall", "stall_no", "摊位", "摊位号"),
    "scope": ("scope", "经营范围"),
    "legal_form": ("legal_form", "ent_type", "企业类型", "主体类型"),
    "registered_on": ("registered_on", "reg_date", "成立日期", "注册日期"),
    "contact_phone": ("contact_phone", "phone", "电话", "联系电话"),
}

imports = AppGroup("import", help="Load what other systems hold.")


def _column_help() -> str:
    lines = [f"  {field}: {', '.join(names)}" for field, names in COLUMNS.items()]
    return "\b\n" + "\n".join(lines)


@imports.command(
    "merchants",
    help=f"""Load merchants from a CSV file.

UTF-8 with or without byte order mark, UTF-16 and GB18030 are detected; so are comma, tab and
semicolon. A merchant is known again by its credit code, else by name and address, so a second run
changes nothing and a run that was killed is simply started again. An empty cell leaves what is
there. A region must be found: in region_code, in county, city and province, or in the address.
Refused rows go to FILE.rejected.csv with the reason. Columns:

{_column_help()}
""",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_merchants(file: Path) -> None:
    with file.open("rb") as raw:
        try:
            table = Table(raw)
            fields = _fields_of(table.columns)
        except (TableRefused, UnicodeError) as error:
            raise click.ClickException(f"{file}: {error}") from error
        _tell_plan(table, fields)
        with Rejects(file, table.columns) as rejects:
            counts = _load(table, fields, rejects, size=file.stat().st_size, raw=raw)
    if rejects.count:
        click.echo(f"The refused rows and their reasons are in {rejects.path}", err=True)
    click.echo(
        f"added {counts['added']}, changed {counts['changed']}, "
        f"unchanged {counts['unchanged']}, rejected {rejects.count}"
    )


def _fields_of(columns: Sequence[str]) -> dict[int, str]:
    """Return which column holds which field; the first of two columns for one field wins."""
    meaning = {_plain(name): field for field, names in COLUMNS.items() for name in names}
    fields: dict[int, str] = {}
    for index, column in enumerate(columns):
        field = meaning.get(_plain(column))
        if field is not None and field not in fields.values():
            fields[index] = field
    if "name" not in fields.values():
        raise TableRefused(f"no column holds the name; call it one of: {', '.join(COLUMNS['name'])}")
    return fields


def _plain(column: str) -> str:
    folded = unicodedata.normalize("NFKC", column).casefold()
    return re.sub(r"[\s_\-]", "", folded)


def _tell_plan(table: Table, fields: Mapping[int, str]) -> None:
    left_out = [column for index, column in enumerate(table.columns) if index not in fields]
    click.echo(f"Reading {table.encoding}: {', '.join(fields.values())}", err=True)
    if left_out:
        click.echo(f"Left out, no such field here: {', '.join(left_out)}", err=True)


def _load(
    table: Table, fields: Mapping[int, str], rejects: Rejects, *, size: int, raw: BinaryIO
) -> Counter[str]:
    counts: Counter[str] = Counter()
    rows = table.rows()
    with click.progressbar(length=size, label="merchants", file=sys.stderr) as bar:
        done = 0
        while batch := list(islice(rows, BATCH)):
            with unit_of_work():
                counts.update(_save_row(row, fields, rejects, now=clock.now()) for row in batch)
            db.session.expunge_all()
            bar.update(raw.tell() - done)
            done = raw.tell()
    return counts


def _save_row(row: Row, fields: Mapping[int, str], rejects: Rejects, *, now: datetime) -> str:
    """Save one row and return what that did; a row that cannot be used goes to the rejects."""
    try:
        if row.fault:
            raise RowRefused(row.fault)
        return _save(merchant_cells(row, fields), now).value
    except (RowRefused, RuleError) as refusal:
        rejects.add(row.cells, _reason(refusal))
        return "rejected"


class RowRefused(Exception):
    """This row cannot be loaded; the text says why."""


def _reason(refusal: Exception) -> str:
    if isinstance(refusal, RuleError):
        return refusal.message.text % dict(refusal.message.values)
    return str(refusal)


def merchant_cells(row: Row, fields: Mapping[int, str]) -> dict[str, str]:
    """Return a row's cells that say something, by field."""
    cells = {field: as_typed(row.cells[index]) for index, field in fields.items()}
    return {field: cell for field, cell in cells.items() if cell}


def _save(cells: Mapping[str, str], now: datetime) -> Outcome:
    region_code = _region_code(cells)
    market_id = None
    if "market" in cells:
        market_id = save_market(MarketData(name=cells["market"], region_code=region_code), now=now).id
    data = MerchantData(
        name=cells.get("name", ""),
        address=cells.get("address", ""),
        region_code=region_code,
        sector=_sector(cells).value,
        registered_on=_day(cells.get("registered_on", "")),
        market_id=market_id,
        **{field: cells[field] for field in PLAIN_FIELDS if field in cells},
    )
    return save_merchant(data, now=now).outcome


PLAIN_FIELDS = (
    "uscc",
    "local_id",
    "trade_name",
    "category",
    "stall_no",
    "scope",
    "legal_form",
    "contact_phone",
)


def _region_code(cells: Mapping[str, str]) -> str:
    given = {field: cells.get(field) for field in ("region_code", "province", "city", "county", "address")}
    region = find_region(**given, uscc=cells.get("uscc"))
    if region is None:
        raise RowRefused(
            "no region is found, so nobody would be competent: "
            "add a province, city or county, or a region_code"
        )
    return region.code


def _sector(cells: Mapping[str, str]) -> Sector:
    """Return the sector a row names by our own word, else the one its code, words and scope speak of."""
    try:
        return Sector(cells.get("sector", "").casefold())
    except ValueError:
        return sector_of(
            gbt_code=cells.get("gbt_code"),
            keyword=cells.get("sector") or cells.get("category"),
            name=cells.get("name", ""),
            scope=cells.get("scope"),
        )


def _day(text: str) -> date | None:
    """Return a date written as 2004-12-27, 2004/12/27, 20041227 or 2004年12月27日, else None."""
    found = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})(\D.*)?", unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()[:3]))
    except ValueError:
        return None
