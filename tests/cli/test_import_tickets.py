"""flask import tickets: 12315 tickets become cases; what lacks something is refused with the reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from portal.accounts.models import Role
from portal.complaints import queries
from portal.complaints.models import Case
from portal.rules.complaint_flow import State, Track
from portal.rules.deadlines import Clock
from portal.rules.intake_terms import Channel, PurchaseKind
from tests.builders import make_member, make_merchant, make_office

NOW = datetime(2026, 6, 10, 2, tzinfo=UTC)
WHOLE = {
    "工单编号": "1330106002026060500001",
    "登记时间": "2026-06-05 09:12",
    "类型": "投诉",
    "内容": "买一公斤苹果，回家称少了六十克。",
    "被投诉人": "小李水果摊",
    "被投诉人地址": "杭州市西湖区文三路9号",
    "商品名称": "苹果",
    "消费日期": "2026-06-01",
    "消费金额": "10",
    "诉求": "退货、赔偿损失，以及别的",
    "投诉人": "张三",
    "联系电话": "13800000000",
    "投诉人地址": "文二路2号",
}
ANONYMOUS = WHOLE | {"工单编号": "2", "类型": "举报", "投诉人": "匿名", "联系电话": "", "投诉人地址": ""}


@pytest.fixture(autouse=True)
def wednesday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def load(app: Flask, path: Path, *rows: dict[str, str], args: tuple[str, ...] = ()) -> Result:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, WHOLE)
        writer.writeheader()
        writer.writerows(rows)
    return app.test_cli_runner().invoke(args=["import", "tickets", str(path), *args])


def last_line(result: Result) -> str:
    return result.stdout.strip().splitlines()[-1]


def cases_of(number: str) -> list[Case]:
    return queries.cases_with_official_number(number)


def refused(path: Path) -> list[dict[str, str]]:
    text = path.with_name(path.name + ".rejected.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_whole_ticket_becomes_a_case_registered_on_its_own_day(app: Flask, tmp_path: Path) -> None:
    clerk = make_member(Role.INTAKE_CLERK, make_office(now=NOW), login="zhou@example.cn", now=NOW)
    result = load(app, tmp_path / "t.csv", WHOLE, args=("--typed-by", "zhou@example.cn"))
    assert last_line(result) == "added 1, unchanged 0, rejected 0"
    [case] = cases_of(WHOLE["工单编号"])
    filing = case.filing
    assert (case.track, case.state, case.received_on) == (Track.MEDIATION, State.RECEIVED, date(2026, 6, 5))
    assert (case.due_clock, case.due_on) == (Clock.ACCEPT, date(2026, 6, 16))
    assert (filing.channel, filing.kind) == (Channel.TICKET_12315, PurchaseKind.OTHER)
    assert (filing.respondent_name, filing.region_code) == ("小李水果摊", "330106")
    assert (filing.name, filing.narrative) == ("张三", WHOLE["内容"])
    assert (filing.bought_on, filing.amount_paid_fen) == (date(2026, 6, 1), 1000)
    assert filing.requests == ["return_goods", "compensate_loss"]
    assert (filing.merchant, filing.judgement, filing.typed_by_id) == (None, None, clerk)


def test_a_second_run_changes_nothing_however_the_number_is_written(app: Flask, tmp_path: Path) -> None:
    load(app, tmp_path / "t.csv", WHOLE)
    again = load(app, tmp_path / "t.csv", WHOLE | {"工单编号": " １330106002026060500001 ", "内容": "改了"})
    assert last_line(again) == "added 0, unchanged 1, rejected 0"
    assert cases_of(WHOLE["工单编号"])[0].filing.narrative == WHOLE["内容"]


def test_a_report_may_stay_without_a_name(app: Flask, tmp_path: Path) -> None:
    assert last_line(load(app, tmp_path / "t.csv", ANONYMOUS)) == "added 1, unchanged 0, rejected 0"
    [case] = cases_of("2")
    assert (case.track, case.filing.name, case.filing.requests) == (Track.REPORT, None, [])


def test_a_ticket_of_both_kinds_opens_both_tracks(app: Flask, tmp_path: Path) -> None:
    load(app, tmp_path / "t.csv", WHOLE | {"类型": "投诉/举报"})
    assert {case.track for case in cases_of(WHOLE["工单编号"])} == set(Track)


def test_a_listed_merchant_is_known_by_its_number_and_never_by_its_name(app: Flask, tmp_path: Path) -> None:
    merchant = make_merchant("小李水果摊", now=NOW)
    path = tmp_path / "t.csv"
    head = ",".join([*WHOLE, "商户编号"])
    rows = [
        [*(WHOLE | {"工单编号": "a"}).values(), merchant.number],
        [*(WHOLE | {"工单编号": "b"}).values(), ""],
    ]
    path.write_text("\n".join([head, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["import", "tickets", str(path)])
    assert last_line(result) == "added 2, unchanged 0, rejected 0"
    assert cases_of("a")[0].merchant_id == merchant.id
    assert cases_of("b")[0].merchant_id is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"工单编号": ""}, "no official number"),
        ({"登记时间": ""}, "the day 12315 received it"),
        ({"登记时间": "昨天"}, "a date such as"),
        ({"登记时间": "2026-06-11"}, "still to come"),
        ({"登记时间": "2026-05-31"}, "before the day of the purchase"),
        ({"消费日期": ""}, "the day it happened"),
        ({"类型": "咨询"}, "neither 投诉 nor 举报"),
        ({"内容": ""}, "no text"),
        ({"内容": "长" * 5001}, "longer than"),
        ({"被投诉人": ""}, "whom it is about"),
        ({"被投诉人地址": "XX市XX商场"}, "no county"),
        ({"被投诉人地址": "杭州市文三路"}, "no county"),
        ({"联系电话": ""}, "missing: phone"),
        ({"投诉人": "匿名"}, "missing: name"),
        ({"消费金额": "很多"}, ""),
    ],
)
def test_what_lacks_something_is_refused_with_the_reason(
    app: Flask, tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    path = tmp_path / "t.csv"
    result = load(app, path, WHOLE | changes, ANONYMOUS)
    assert last_line(result) == "added 1, unchanged 0, rejected 1"
    [row] = refused(path)
    assert reason in row["reason"]
    assert row["reason"]
    assert cases_of(WHOLE["工单编号"]) == []


def test_mended_rows_are_loaded_from_the_file_of_rejects(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    load(app, path, WHOLE | {"联系电话": ""})
    rejects = path.with_name(path.name + ".rejected.csv")
    mended = rejects.read_text("utf-8-sig").replace("张三,,", "张三,13800000000,")
    rejects.write_text(mended, "utf-8")
    result = app.test_cli_runner().invoke(args=["import", "tickets", str(rejects)])
    assert last_line(result) == "added 1, unchanged 0, rejected 0"


def test_a_name_nobody_signs_in_with_stops_it(app: Flask, tmp_path: Path) -> None:
    result = load(app, tmp_path / "t.csv", WHOLE, args=("--typed-by", "nobody@example.cn"))
    assert result.exit_code == 1
    assert cases_of(WHOLE["工单编号"]) == []


def test_real_tickets_without_numbers_are_refused_as_a_file(
    app: Flask, data_path: Path, tmp_path: Path
) -> None:
    sample = data_path / "complaints_12315_samples.csv"
    if not sample.is_file():
        pytest.skip("the folder of real data has no 12315 tickets")
    copy = tmp_path / sample.name
    copy.write_bytes(sample.read_bytes())
    result = app.test_cli_runner().invoke(args=["import", "tickets", str(copy)])
    assert result.exit_code == 1
    assert "no column holds the official_number" in result.output


def test_the_text_of_real_tickets_is_kept_whole_and_its_places_are_not_guessed(
    app: Flask, data_path: Path, tmp_path: Path
) -> None:
    sample = data_path / "complaints_12315_samples.csv"
    if not sample.is_file():
        pytest.skip("the folder of real data has no 12315 tickets")
    with sample.open(encoding="utf-8-sig", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    assert len(texts) == 10
    known = [WHOLE | {"工单编号": f"known-{no}", "内容": text} for no, text in enumerate(texts)]
    unknown = [
        row | {"工单编号": f"unknown-{no}", "被投诉人": "", "被投诉人地址": ""}
        for no, row in enumerate(known)
    ]
    result = load(app, tmp_path / "t.csv", *known, *unknown)
    assert last_line(result) == "added 10, unchanged 0, rejected 10"
    assert [cases_of(f"known-{no}")[0].filing.narrative for no in range(10)] == [
        text.strip() for text in texts
    ]
