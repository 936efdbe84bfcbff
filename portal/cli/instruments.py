"""flask import instruments FILE: load scales and their certificates, once or often, with the same result."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

import click

from portal.base import clock
from portal.base.db import db, unit_of_work
from portal.base.labels import label_in
from portal.cli.imports import RowRefused, imports
from portal.cli.tables import Rejects, Row, Table, TableRefused, as_typed
from portal.instruments.actions import InstrumentData, record_verification, register_instrument
from portal.instruments.models import Instrument, InstrumentState, Regime
from portal.merchants import queries as merchant_queries
from portal.merchants.actions import Outcome
from portal.merchants.models import Merchant
from portal.merchants.saving import place_key
from portal.rules.credit_codes import credit_code
from portal.rules.errors import RuleError
from portal.rules.metrology_terms import AccuracyClass
from portal.rules.quantities import MassUnit, parse_mass_mg
from portal.rules.typed import read_day
from portal.rules.verification import InstrumentKind, VerificationResult

__all__ = ["imports"]

T = TypeVar("T")

BATCH = 100

# What a column is called, by what it holds. Case, spaces and underscores do not matter.
COLUMNS: dict[str, tuple[str, ...]] = {
    "merchant": ("merchant", "merchant_number", "商户编号", "平台编号"),
    "uscc": ("uscc", "credit_code", "统一社会信用代码", "信用代码"),
    "name": ("name", "merchant_name", "使用单位", "单位名称", "商户名称"),
    "address": ("address", "地址", "使用单位地址"),
    "kind": ("kind", "器具名称", "计量器具名称", "器具类别"),
    "serial": ("serial", "serial_no", "出厂编号"),
    "maker": ("maker", "manufacturer", "制造厂", "制造单位", "制造商"),
    "model": ("model", "型号", "型号规格", "规格型号"),
    "accuracy_class": ("accuracy_class", "class", "准确度等级"),
    "max": ("max", "capacity", "最大秤量"),
    "e": ("e", "检定分度值", "分度值"),
    "location": ("location", "使用地点", "安装地点"),
    "regime": ("regime",),
    "compulsory": ("compulsory", "是否强检", "强制检定"),
    "filed": ("filed", "是否备案"),
    "state": ("state", "使用状态", "状态"),
    "certificate": ("certificate", "certificate_number", "证书编号", "检定证书编号"),
    "body": ("body", "检定机构", "检定单位"),
    "result": ("result", "检定结果", "检定结论"),
    "verified_on": ("verified_on", "检定日期"),
    "valid_until": ("valid_until", "有效期至", "有效期"),
}
CLASSES = {
    "iii": AccuracyClass.III,
    "3": AccuracyClass.III,
    "iiii": AccuracyClass.IIII,
    "4": AccuracyClass.IIII,
}
STATES = {
    "在用": InstrumentState.IN_USE,
    "停用": InstrumentState.OUT_OF_USE,
    "已更换": InstrumentState.REPLACED,
}
RESULTS = {"合格": VerificationResult.PASSED, "不合格": VerificationResult.FAILED}
YES_NO = {
    "yes": True,
    "1": True,
    "true": True,
    "是": True,
    "no": False,
    "0": False,
    "false": False,
    "否": False,
}


def _column_help() -> str:
    return "\b\n" + "\n".join(f"  {field}: {', '.join(names)}" for field, names in COLUMNS.items())


@imports.command(
    "instruments",
    help=f"""Load measuring instruments and their certificates from a CSV file.

The merchant is found by its number here, its credit code, or its name and address, so load the
merchants first. An instrument is known again by its serial number, a verification by its
certificate, so a second run changes nothing. max is read in kg and e in g when no unit stands with
them. Refused rows go to FILE.rejected.csv with the reason. Columns:

{_column_help()}
""",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_instruments(file: Path) -> None:
    counts: Counter[str] = Counter()
    with file.open("rb") as raw:
        try:
            table = Table(raw)
            fields = _fields_of(table.columns)
        except (TableRefused, UnicodeError) as error:
            raise click.ClickException(f"{file}: {error}") from error
        rows = table.rows()
        with Rejects(file, table.columns) as rejects:
            while batch := list(islice(rows, BATCH)):
                with unit_of_work():
                    counts.update(_save_row(row, fields, rejects, clock.now()) for row in batch)
                db.session.expunge_all()
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
    for needed in ("kind", "serial"):
        if needed not in fields.values():
            raise TableRefused(f"no column holds the {needed}; call it one of: {', '.join(COLUMNS[needed])}")
    return fields


def _plain(text: str) -> str:
    return re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", text).casefold())


def _save_row(row: Row, fields: Mapping[int, str], rejects: Rejects, now: datetime) -> str:
    """Save one row whole or not at all and return what that did; a refused one goes to the rejects."""
    try:
        if row.fault:
            raise RowRefused(row.fault)
        cells = {field: as_typed(row.cells[index]) for index, field in fields.items()}
        with db.session.begin_nested():
            return _save({field: cell for field, cell in cells.items() if cell}, now).value
    except RuleError as error:
        rejects.add(row.cells, error.message.text % dict(error.message.values))
    except RowRefused as error:
        rejects.add(row.cells, str(error))
    return "rejected"


def _save(cells: Mapping[str, str], now: datetime) -> Outcome:
    registered = register_instrument(_merchant(cells), _plate(cells), now=now)
    verified = _verify(registered.instrument, cells, now)
    if registered.outcome is Outcome.UNCHANGED and verified is not Outcome.UNCHANGED:
        return Outcome.CHANGED
    return registered.outcome


def _merchant(cells: Mapping[str, str]) -> Merchant:
    merchant = None
    if "merchant" in cells:
        merchant = merchant_queries.merchant_by_number(cells["merchant"].upper())
    if merchant is None and "uscc" in cells:
        merchant = merchant_queries.merchant_by_uscc(credit_code(cells["uscc"]))
    if merchant is None and "name" in cells:
        merchant = merchant_queries.merchant_at(place_key(cells["name"], cells.get("address", "")))
    if merchant is None:
        raise RowRefused("no merchant here has this number, credit code, or name and address")
    return merchant


def _plate(cells: Mapping[str, str]) -> InstrumentData:
    return InstrumentData(
        kind=_kind(cells.get("kind", "")),
        serial=cells.get("serial", ""),
        maker=cells.get("maker", ""),
        model=cells.get("model", ""),
        accuracy_class=_class(cells.get("accuracy_class", "")),
        max_mg=_mass(cells.get("max"), MassUnit.KG),
        e_mg=_mass(cells.get("e"), MassUnit.G),
        location=cells.get("location", ""),
        regime=_among(cells, "regime", {regime.value: regime for regime in Regime}, Regime.LEGACY),
        is_compulsory=_among(cells, "compulsory", YES_NO, True),
        is_filed=_among(cells, "filed", YES_NO, True),
        state=_among(cells, "state", {s.value: s for s in InstrumentState} | STATES, InstrumentState.IN_USE),
    )


def _verify(instrument: Instrument, cells: Mapping[str, str], now: datetime) -> Outcome:
    """Record the certificate of a row, if it names one."""
    if "certificate" not in cells:
        return Outcome.UNCHANGED
    results = {result.value: result for result in VerificationResult} | RESULTS
    return record_verification(
        instrument,
        certificate_number=cells["certificate"],
        body=cells.get("body", ""),
        result=_among(cells, "result", results, VerificationResult.PASSED),
        verified_on=_day(cells.get("verified_on", "")),
        valid_until=_day(cells["valid_until"]) if "valid_until" in cells else None,
        now=now,
    ).outcome


def _kind(text: str) -> InstrumentKind:
    kinds = {_plain(kind.value): kind for kind in InstrumentKind}
    kinds |= {_plain(label_in("zh_Hans_CN", kind)): kind for kind in InstrumentKind}
    if _plain(text) not in kinds:
        names = ", ".join(kind.value for kind in InstrumentKind)
        raise RowRefused(f"the kind is not known; write one of: {names}")
    return kinds[_plain(text)]


def _class(text: str) -> AccuracyClass | None:
    plain = _plain(text).removeprefix("class").removesuffix("级")
    if plain and plain not in CLASSES:
        raise RowRefused("the accuracy class is not III or IIII")
    return CLASSES.get(plain)


def _mass(text: str | None, unit: MassUnit) -> int | None:
    """Return a mass such as 15, 15kg or Max=15 kg in mg."""
    return parse_mass_mg(text.rpartition("=")[2], unit) if text else None


def _among(cells: Mapping[str, str], field: str, known: Mapping[str, T], default: T) -> T:
    text = cells.get(field, "").casefold()
    if not text:
        return default
    if text not in known:
        raise RowRefused(f"{field} is not one of: {', '.join(known)}")
    return known[text]


def _day(text: str) -> date:
    return read_day(re.sub(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", text))
