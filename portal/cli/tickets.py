"""flask import tickets FILE: 12315 tickets become registered cases, each with its own number and day."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from portal.accounts.queries import user_by_login
from portal.base import clock
from portal.base.db import first_wins
from portal.base.once import new_submission_id
from portal.cli.imports import RowRefused
from portal.cli.instruments import imports
from portal.cli.tables import Rejects, Row, Table, TableRefused, as_typed, fields_of
from portal.complaints.actions import FilingData, file_complaint
from portal.complaints.registering import holder_of, plain_number
from portal.complaints.words import Request
from portal.merchants.models import Merchant
from portal.merchants.queries import merchant_by_number, merchant_by_uscc
from portal.rules.complaint_flow import Track
from portal.rules.credit_codes import credit_code
from portal.rules.errors import RuleError
from portal.rules.goods import LONGEST_NAME
from portal.rules.intake_terms import Channel, PurchaseKind
from portal.rules.purchases import Purchase
from portal.rules.quantities import parse_amount_fen
from portal.rules.regions import COUNTY, find_region
from portal.rules.typed import read_day

__all__ = ["imports"]

LONGEST_TEXT = 5000

# What a column is called, by what it holds. Case, spaces and underscores do not matter.
COLUMNS: dict[str, tuple[str, ...]] = {
    "official_number": ("official_number", "ticket", "工单编号", "登记编号", "投诉编号", "举报编号", "编号"),
    "received_on": ("received_on", "接收日期", "登记日期", "登记时间", "接收时间"),
    "type": ("type", "类型", "业务类型", "诉求类型"),
    "text": ("text", "内容", "工单内容", "问题描述", "诉求内容"),
    "merchant": ("merchant", "merchant_number", "商户编号", "平台编号"),
    "uscc": ("uscc", "credit_code", "统一社会信用代码", "信用代码"),
    "respondent": ("respondent", "被投诉人", "被举报人", "被诉主体", "商家名称", "涉事主体"),
    "place": ("place", "address_of_respondent", "被投诉人地址", "被举报人地址", "涉事地址", "发生地址"),
    "county": ("county", "区县", "县区", "所属区县"),
    "goods": ("goods", "商品", "商品名称", "涉及商品"),
    "bought_on": ("bought_on", "消费日期", "发生日期", "发生时间", "购买日期"),
    "paid": ("paid", "amount", "消费金额", "涉及金额", "金额"),
    "requests": ("requests", "诉求", "投诉请求", "主要诉求"),
    "name": ("name", "投诉人", "举报人", "姓名", "诉求人"),
    "phone": ("phone", "电话", "联系电话", "投诉人电话"),
    "address": ("address", "联系地址", "投诉人地址"),
    "email": ("email", "邮箱", "电子邮箱"),
}
NEEDED = ("official_number", "received_on", "type", "text")
TRACKS = {
    "投诉": (Track.MEDIATION,),
    "complaint": (Track.MEDIATION,),
    "举报": (Track.REPORT,),
    "report": (Track.REPORT,),
    "投诉举报": (Track.MEDIATION, Track.REPORT),
    "both": (Track.MEDIATION, Track.REPORT),
}
# The seven requests of official form 1; other words stay in the text.
REQUESTS = {
    "修理": Request.REPAIR,
    "重作": Request.REDO,
    "更换": Request.EXCHANGE,
    "退货": Request.RETURN,
    "补足商品数量": Request.MAKE_UP_QUANTITY,
    "退还货款": Request.REFUND,
    "赔偿损失": Request.COMPENSATION,
}
ANONYMOUS = {"匿名", "无", "-", "anonymous"}


def _column_help() -> str:
    return "\b\n" + "\n".join(f"  {field}: {', '.join(names)}" for field, names in COLUMNS.items())


@imports.command(
    "tickets",
    help=f"""Load 12315 tickets from a CSV file as registered cases.

A ticket is known again by its official number: a second run leaves it as it is. Nothing is made
up. A row needs its number, the day 12315 received it, the word 投诉, 举报 or 投诉举报, its text, whom
it is about (a merchant number or credit code of the register, else a name and the county), and the
day it happened. A 投诉 also needs name, phone and address (Order 121 Art. 10); it is not turned into
a 举报 where they are missing, for the two are different things in law. Such rows go to
FILE.rejected.csv with the reason: mend them there, or type the ticket at the desk. What was measured
is not read out of the text; the kind is "other". Nobody has a receipt code of ours for an imported
ticket: an officer gives one to a filer who asks. Columns:

{_column_help()}
""",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--typed-by", "login", help="Sign-in name of who brings them in, for the cases to show.")
def import_tickets(file: Path, login: str | None) -> None:
    user = user_by_login(login) if login else None
    if login and user is None:
        raise click.ClickException(f"nobody signs in as {login}")
    counts: Counter[str] = Counter()
    with file.open("rb") as raw:
        try:
            table = Table(raw)
            fields = fields_of(table.columns, COLUMNS, NEEDED)
        except (TableRefused, UnicodeError) as error:
            raise click.ClickException(f"{file}: {error}") from error
        with Rejects(file, table.columns) as rejects:
            for row in table.rows():
                counts[_save_row(row, fields, rejects, user.id if user else None, now=clock.now())] += 1
    if rejects.count:
        click.echo(f"The refused rows and their reasons are in {rejects.path}", err=True)
    click.echo(f"added {counts['added']}, unchanged {counts['unchanged']}, rejected {rejects.count}")


def _save_row(
    row: Row, fields: Mapping[int, str], rejects: Rejects, user_id: int | None, *, now: datetime
) -> str:
    """File one row and return what that did; a row that cannot be used goes to the rejects."""
    try:
        if row.fault:
            raise RowRefused(row.fault)
        cells = {field: as_typed(row.cells[index]) for index, field in fields.items()}
        return first_wins(lambda: _save({name: cell for name, cell in cells.items() if cell}, user_id, now))
    except RowRefused as refusal:
        rejects.add(row.cells, str(refusal))
    except RuleError as error:
        rejects.add(row.cells, error.message.text % dict(error.message.values))
    return "rejected"


def _save(cells: Mapping[str, str], user_id: int | None, now: datetime) -> str:
    number = cells.get("official_number", "")
    if not any(sign.isalnum() for sign in plain_number(number)):
        raise RowRefused("no official number")
    if holder_of(number) is not None:
        return "unchanged"
    data = _filing(cells, user_id, today=clock.day_of(now))
    file_complaint(data, submission_id=new_submission_id(), is_statutory_channel=False, now=now)
    return "added"


def _filing(cells: Mapping[str, str], user_id: int | None, *, today: date) -> FilingData:
    tracks = _tracks(cells)
    merchant = _merchant(cells)
    bought_on = _day(cells, "bought_on", "the day it happened", today)
    purchase = Purchase(
        kind=PurchaseKind.OTHER,
        on=bought_on,
        goods=cells.get("goods", "")[:LONGEST_NAME],
        paid_fen=parse_amount_fen(cells["paid"]) if "paid" in cells else None,
    )
    return FilingData(
        merchant=merchant,
        respondent_name=cells.get("respondent", "")[:120],
        respondent_place=cells.get("place", "")[:200],
        region_code=merchant.region_code if merchant else _county(cells),
        tracks=tracks,
        kind=PurchaseKind.OTHER,
        purchase=purchase.snapshot(),
        goods=purchase.goods,
        bought_on=bought_on,
        amount_paid_fen=purchase.paid_fen,
        requests=_requests(cells) if Track.MEDIATION in tracks else (),
        narrative=_text(cells),
        agrees_to_publication=False,
        agrees_to_delegation=False,
        channel=Channel.TICKET_12315,
        typed_by_id=user_id,
        official_number=cells["official_number"],
        received_on=_day(cells, "received_on", "the day 12315 received it", today),
        **_person(cells, tracks),
    )


def _tracks(cells: Mapping[str, str]) -> tuple[Track, ...]:
    wanted = re.sub(r"[\s/、，,和及+]", "", cells.get("type", "")).casefold()
    if wanted not in TRACKS:
        raise RowRefused("the type says neither 投诉 nor 举报")
    return TRACKS[wanted]


def _merchant(cells: Mapping[str, str]) -> Merchant | None:
    """Return the listed merchant a row names by number or credit code; a name alone names none."""
    if "merchant" in cells:
        found = merchant_by_number(cells["merchant"].upper())
        if found is None:
            raise RowRefused("no merchant has this number")
        return found
    return merchant_by_uscc(credit_code(cells["uscc"])) if "uscc" in cells else None


def _county(cells: Mapping[str, str]) -> str:
    if "respondent" not in cells:
        raise RowRefused("it does not say whom it is about")
    found = find_region(county=cells.get("county"), address=cells.get("place"))
    if found is None or found.level != COUNTY:
        found = find_region(address=cells.get("county"))
    if found is None or found.level != COUNTY:
        raise RowRefused("no county is found, so nobody would be competent: write city and county")
    return found.code


def _person(cells: Mapping[str, str], tracks: tuple[Track, ...]) -> dict[str, Any]:
    """Return who filed it; a report may stay without a name, a complaint may not."""
    told = {
        field: None if cells.get(field, "").casefold() in ANONYMOUS else cells.get(field)
        for field in ("name", "phone", "address", "email")
    }
    missing = [field for field in ("name", "phone", "address") if not told[field]]
    if Track.MEDIATION in tracks and missing:
        raise RowRefused(
            f"a 投诉 needs name, phone and address (Order 121 Art. 10); missing: {', '.join(missing)}"
        )
    return told


def _requests(cells: Mapping[str, str]) -> tuple[str, ...]:
    words = re.split(r"[\s,，、;；]+", unicodedata.normalize("NFKC", cells.get("requests", "")))
    return tuple(REQUESTS[word].value for word in dict.fromkeys(words) if word in REQUESTS)


def _text(cells: Mapping[str, str]) -> str:
    text = cells.get("text", "")
    if not text:
        raise RowRefused("the ticket has no text")
    if len(text) > LONGEST_TEXT:
        raise RowRefused(f"the text is longer than {LONGEST_TEXT:,} characters")
    return text


def _day(cells: Mapping[str, str], field: str, words: str, today: date) -> date:
    if field not in cells:
        raise RowRefused(f"it does not say {words}")
    # A moment is written behind the day.
    found = read_day(re.split(r"[ T]", unicodedata.normalize("NFKC", cells[field]))[0])
    if found > today:
        raise RowRefused(f"{words} is still to come")
    return found
