"""The page after sending: number and code, what comes next, everything read back, and the code kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from portal.base import crypto
from portal.base.db import db, unit_of_work
from portal.complaints.following.read_back import lines_to_copy, read_back
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Track
from tests.builders import make_case, make_market, make_measured_case
from tests.complaints.following import fresh, holder
from tests.complaints.forms import code_on, errors_in, page_of

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
BOTH = (Track.MEDIATION, Track.REPORT)


def filed_page(app: Flask, number: str, key: str = "filing-1", *, just_filed: bool = True) -> str:
    return holder(app, key, just_filed=just_filed).get(f"/complaints/filed/{number}").text


def test_two_cases_are_shown_with_one_code(app: Flask, shop: Merchant) -> None:
    case = make_case(shop, tracks=BOTH, now=NOW)
    answer = holder(app, just_filed=True).get(f"/complaints/filed/{case.number}")
    page = page_of(answer)
    assert code_on(answer) == crypto.receipt_code("filing-1")
    assert len(page.select(".fm-secret-code")) == 1
    for other in fresh(case.number).filing.cases:
        assert other.number in page.get_text("")


def test_the_parts_of_the_page_stand_in_their_order(app: Flask, shop: Merchant) -> None:
    text = filed_page(app, make_case(shop, now=NOW).number)
    marks = [
        "fm-receipt-number",
        'id="code"',
        "receipt.txt",
        "接下来",
        "这段时间请您",
        "您提交的内容",
        'id="kept"',
    ]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


def test_the_code_is_shown_to_the_session_that_filed_alone(app: Flask, shop: Merchant) -> None:
    number = make_case(shop, now=NOW).number
    code = crypto.receipt_code("filing-1")
    client = holder(app)
    page = client.get(f"/complaints/filed/{number}")
    assert page.status_code == 200
    assert code not in page.text
    assert client.get(f"/complaints/filed/{number}/receipt.txt").status_code == 404
    # A session that filed something else learns no code of this one.
    with client.session_transaction() as session:
        session["filed"] = "another"
    assert code not in client.get(f"/complaints/filed/{number}").text


def test_the_code_is_the_same_after_a_change_of_keys(app: Flask, shop: Merchant) -> None:
    number = make_case(shop, now=NOW).number
    code = crypto.receipt_code("filing-1")
    client = holder(app, just_filed=True)
    keys = app.config["SECRET_KEYS"]
    crypto.use_keys(["a-newer-key-for-tests-" + "1" * 32, *keys])
    assert crypto.receipt_code("filing-1") != code
    try:
        assert code in client.get(f"/complaints/filed/{number}/receipt.txt").text
    finally:
        crypto.use_keys(keys)


def test_the_qr_code_holds_the_address_and_not_the_code(app: Flask, shop: Merchant) -> None:
    number = make_case(shop, now=NOW).number
    other = make_case(shop, key="filing-2", now=NOW).number
    drawn = [
        str(page_of(holder(app, key, just_filed=True).get(f"/complaints/filed/{case}")).select_one(".fm-qr"))
        for key, case in (("filing-1", number), ("filing-2", other))
    ]
    assert "<path" in drawn[0]
    assert "style=" not in drawn[0]
    assert drawn[0] == drawn[1]


def test_the_days_ahead_come_from_the_clock(app: Flask, shop: Merchant) -> None:
    registered = filed_page(app, make_case(shop, now=NOW).number)
    # Seven working days from Monday 2026-06-01 are 2026-06-10; sixty days from there 2026-08-09.
    assert "2026年6月10日" in registered
    assert "2026年8月9日" in registered
    assert "假如今天登记" not in registered
    waiting = filed_page(
        app, make_case(shop, key="filing-2", is_registered=False, now=NOW).number, "filing-2"
    )
    assert "假如今天登记" in waiting
    assert "2026年6月10日" in waiting


def test_before_registration_the_statutory_channel_stands_there_with_the_facts(
    app: Flask, shop: Merchant
) -> None:
    number = make_case(shop, is_registered=False, now=NOW).number
    text = filed_page(app, number)
    assert "第八条、第四十条" in text
    assert page_of(holder(app, just_filed=True).get(f"/complaints/filed/{number}")).select_one("#copy-1")
    registered = filed_page(app, make_case(shop, key="filing-2", now=NOW).number, "filing-2")
    assert "第八条、第四十条" not in registered


def test_the_facts_to_copy_are_those_that_were_sent(shop: Merchant) -> None:
    case = fresh(make_case(shop, now=NOW).number)
    values = [str(getattr(line.value, "values", line.value)) for line in lines_to_copy(case)]
    for sent in ("张三", "13800000000", "文二路2号", "老王水果店", "苹果", "回家一称少了六十克。"):
        assert any(sent in value for value in values), sent


def test_the_facts_to_copy_are_chinese_whoever_reads(app: Flask, shop: Merchant) -> None:
    number = make_case(shop, is_registered=False, now=NOW).number
    shown = page_of(holder(app, just_filed=True).get(f"/complaints/filed/{number}?lang=en"))
    copied = shown.select_one("#copy-1")
    assert shown.html is not None
    assert shown.html["lang"] == "en"
    assert copied is not None
    assert "商品或服务：苹果" in copied.get_text()


def test_a_report_is_copied_without_requests_and_consents(shop: Merchant) -> None:
    case = make_case(shop, tracks=(Track.REPORT,), name=None, now=NOW)
    labels = [line.label.text for line in lines_to_copy(fresh(case.number))]
    assert "Request" not in labels
    assert "Name" not in labels
    assert "What happened" in labels


def test_everything_that_was_sent_is_read_back(app: Flask, shop: Merchant) -> None:
    case = make_case(shop, now=NOW)
    text = filed_page(app, case.number)
    for sent in ("张三", "13800000000", "文二路2号", "苹果", "回家一称少了六十克。", "退还货款", "940 克"):
        assert sent in text, sent
    # What was not given leaves no empty line.
    terms = [term.text for term, _value in read_back(fresh(case.number).filing, BOTH).who]
    assert "Your e-mail" not in terms


@pytest.mark.parametrize(("typed", "status"), [("", 422), ("ABCDE", 422), ("2", 422)])
def test_a_wrong_block_is_told_kindly_and_blocks_nothing(
    app: Flask, shop: Merchant, typed: str, status: int
) -> None:
    number = make_case(shop, now=NOW).number
    client = holder(app, just_filed=True)
    answer = client.post(f"/complaints/filed/{number}/code", data={"block": typed})
    assert answer.status_code == status
    assert list(errors_in(answer)) == ["block"]
    assert code_on(answer) == crypto.receipt_code("filing-1")
    assert client.get(f"/complaints/cases/{number}").status_code == 200


def test_the_last_block_and_the_whole_code_are_taken_however_typed(app: Flask, shop: Merchant) -> None:
    number = make_case(shop, now=NOW).number
    code = crypto.receipt_code("filing-1")
    for typed in (code[-5:], code[-5:].lower(), f" {code[-5:]} ", code, code.replace("-", " ")):
        client = holder(app, just_filed=True)
        answer = client.post(f"/complaints/filed/{number}/code", data={"block": typed})
        assert answer.status_code == 303, typed
        page = client.get(f"/complaints/filed/{number}")
        assert page_of(page).select_one("#kept form") is None


def test_a_signs_short_block_is_not_enough(app: Flask, shop: Merchant) -> None:
    number = make_case(shop, now=NOW).number
    client = holder(app, just_filed=True)
    short = crypto.receipt_code("filing-1")[-4:]
    assert client.post(f"/complaints/filed/{number}/code", data={"block": short}).status_code == 422


def test_the_receipt_as_a_file_holds_number_code_and_address_and_nothing_private(
    app: Flask, shop: Merchant
) -> None:
    number = make_case(shop, now=NOW).number
    answer = holder(app, just_filed=True).get(f"/complaints/filed/{number}/receipt.txt")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}.txt"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert number in answer.text
    assert crypto.receipt_code("filing-1") in answer.text
    for private in ("张三", "13800000000", "苹果", "老王"):
        assert private not in answer.text


def test_what_a_fuel_pump_showed_of_an_unlisted_station_is_read_back(app: Flask) -> None:
    number = make_measured_case(key="filing-1", is_registered=False, now=NOW).number
    client = holder(app, just_filed=True)
    for path in ("filed", "cases"):
        answer = client.get(f"/complaints/{path}/{number}")
        assert answer.status_code == 200
        for sent in ("路口加油站", "天目山路88号", "¥300.00", " L"):
            assert sent in answer.text, (path, sent)
    # What cannot be kept in its original state is not asked for; the pump's own rule is named.
    page = client.get(f"/complaints/filed/{number}").text
    assert "第94号" not in page
    assert "加油站计量监督管理办法" in page


@pytest.mark.parametrize("is_in_market", [True, False])
def test_the_rule_for_markets_is_named_only_to_whoever_bought_in_one(
    app: Flask, shop: Merchant, is_in_market: bool
) -> None:
    if is_in_market:
        market = make_market("文三路农贸市场", now=NOW)
        with unit_of_work():
            db.session.get_one(Merchant, shop.id).market_id = market.id
    number = make_case(shop, is_registered=False, now=NOW).number
    assert ("第94号" in filed_page(app, number)) is is_in_market
