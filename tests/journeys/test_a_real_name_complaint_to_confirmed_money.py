"""Sixty grams of apples are missing; a shopper complains by name, is interrupted, and gets the money."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from portal.base import crypto
from portal.base.db import db
from portal.compensation import ledger
from portal.complaints import queries as complaint_queries
from portal.complaints.models import Case, Filing
from portal.rules.complaint_flow import State, Track
from tests.journeys.office import finds_the_case, measures, moves, registers
from tests.journeys.people import Stage, code_shown, looked_at, opens_with, presses, signs_in, types
from tests.journeys.pictures import photo_with_place, shows
from tests.journeys.shop import says_paid
from tests.journeys.steps import (
    arrives,
    asks_for,
    goes_on,
    number_in,
    says_what_it_is_about,
    says_who,
    stays_with_errors,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NAME, PHONE, ADDRESS = "金思雀", "13912345007", "鸟笼弄堂7幢707室"
ID_NUMBER, PHRASE = "11010519491231002X", "七只仙鹤飞过西湖边"
TOLD = "摊主说秤是准的，回家一称少了六十克"
STORY = f"我叫{NAME}，{TOLD}。"
WORDS_AFTER = "悄悄评价第七句"
CANARIES = (NAME, PHONE, ADDRESS, ID_NUMBER, ID_NUMBER[-4:], PHRASE, STORY, WORDS_AFTER)
NOT_PUBLIC = (*CANARIES, TOLD)


@pytest.fixture
def photo_on_the_phone(tmp_path: Path) -> str:
    return photo_with_place(tmp_path / "复称.jpg", seed=8)


def checks_the_weighing(stage: Stage, page: Page) -> None:
    page.goto(f"/weigh?merchant={stage.merchant_number}")
    looked_at(page)
    types(page, "#goods", "苹果")
    types(page, "#price", "12")
    types(page, "#settled", "1")
    types(page, "#reweighed", "940克")
    page.locator("#check_method").select_option("better_scale")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("main")).to_contain_text("超过允许偏差")
    looked_at(page)


def begins_and_is_interrupted(page: Page) -> None:
    """Take the check over, type the story, and close the tab before going on."""
    page.locator("main a[href*='/complaints/new']").first.click()
    looked_at(page)
    page.locator("main button.fm-main-action").click()
    arrives(page, "what")
    expect(page.locator("input[name=kind][value=retail_weighing]")).to_be_checked()
    says_what_it_is_about(page, kind="retail_weighing")
    goes_on(page)
    arrives(page, "what")
    for field, value in {"goods": "苹果", "price": "12", "settled": "1", "reweighed": "940克"}.items():
        expect(page.locator(f"#{field}")).to_have_value(value)
    expect(page.locator("#verdict")).to_contain_text("超过允许偏差")
    types(page, "#narrative", STORY)
    expect(page.locator("#draft")).to_contain_text("已保存于")
    page.close()


def comes_back_and_keeps_it_for_later(page: Page) -> str:
    """Open the draft in a new tab, find the story there, and leave with a code."""
    page.goto("/complaints/new")
    looked_at(page)
    page.get_by_role("main").get_by_role("link", name="老王水果").click()
    arrives(page, "what")
    expect(page.locator("#narrative")).to_have_value(STORY)
    expect(page.locator("#draft")).to_contain_text("已恢复您在")
    types(page, "#paid", "12")
    presses(page, "先存着，以后再填")
    expect(page.locator(".fm-secret-code")).to_be_visible()
    looked_at(page)
    return code_shown(page)


def goes_on_without_script(page: Page, code: str, photo: str) -> None:
    """Open the draft by its code on a phone that runs no script, and go through what is left."""
    opens_with(page, code.lower())
    # What is left begins here; what was typed stands one step back.
    arrives(page, "evidence")
    page.locator("main button[name=do][value=back]").click()
    arrives(page, "what")
    expect(page.locator("#narrative")).to_have_value(STORY)
    expect(page.locator("#paid")).to_have_value("12")
    presses(page, "按规定核对")
    expect(page.locator("#verdict")).to_contain_text("超过允许偏差")
    goes_on(page)
    arrives(page, "evidence")
    adds_without_script(page, "photo_of_reweighing", photo)
    goes_on(page)
    arrives(page, "ask")
    goes_on(page)
    stays_with_errors(page)
    asks_for(page, ["refund_price", "compensate_loss"])
    presses(page, "看看会提交什么")
    expect(page.locator("#said")).to_contain_text("投诉")
    looked_at(page)
    goes_on(page)
    arrives(page, "who")


def adds_without_script(page: Page, slot: str, path: str) -> None:
    page.locator(f"#{slot}-file").set_input_files(path)
    page.locator(f"#{slot} button[data-part=send]").click()
    expect(page.locator(f"#{slot} [data-file]")).to_have_count(1)
    assert shows(page.locator(f"#{slot} [data-file] img"))
    looked_at(page)


def says_who_it_is(page: Page) -> None:
    """Forget something first; what was typed stays, but for the phrase, which is asked for anew."""
    types(page, "#name", NAME)
    types(page, "#recovery_phrase", "1234")
    goes_on(page)
    stays_with_errors(page)
    expect(page.locator("#name")).to_have_value(NAME)
    says_who(page, NAME, PHONE, ADDRESS)
    page.locator("main details:has(#id_number) summary").click()
    types(page, "#id_number", ID_NUMBER)
    types(page, "#recovery_phrase", PHRASE)
    goes_on(page)
    arrives(page, "preview")
    main = page.get_by_role("main")
    for told in (NAME, PHONE, ADDRESS, STORY, ID_NUMBER[-4:]):
        expect(main).to_contain_text(told)
    assert ID_NUMBER not in page.content()
    assert PHRASE not in page.content()


def sends_with_a_double_click(page: Page) -> tuple[str, str]:
    page.locator("main form[data-send] button[type=submit]").dblclick()
    expect(page).to_have_url(re.compile("/complaints/filed/"))
    looked_at(page)
    return number_in(page.url), code_shown(page)


def count_filed(app: Flask) -> tuple[int, int]:
    with app.app_context():
        counts = (db.session.scalar(select(func.count(kind.id))) for kind in (Filing, Case))
        return next(counts) or 0, next(counts) or 0


def officer_decides(stage: Stage, number: str) -> None:
    page = finds_the_case(stage, number)
    main = page.get_by_role("main")
    for told in (NAME, PHONE, ADDRESS, STORY):
        expect(main).to_contain_text(told)
    assert shows(page.locator("#evidence img").first)
    registers(page, number, "12315-0003")
    moves(page, number, "accept")
    moves(page, number, "begin_mediation", both_consent=True)
    measures(page, number, "0.94")
    moves(page, number, "settle", both_consent=True)


def merchant_pays(stage: Stage, number: str) -> None:
    page = signs_in(stage, "owner")
    expect(page.get_by_role("main").locator(f"a[href*='{number}']").first).to_be_visible()
    looked_at(page)
    says_paid(page, number)
    told = page.content()
    # The merchant reads what happened, and not who says so.
    assert TOLD in told
    assert [canary for canary in CANARIES if canary in told] == []


def has_the_money_and_says_how_it_was(page: Page) -> None:
    """Confirm the money, and answer the two questions that follow."""
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("钱收到了吗")
    looked_at(page)
    page.locator("form[action$='/confirm_performed'] button").click()
    expect(page.get_by_role("main")).to_contain_text("已和解")
    looked_at(page)
    page.locator("#survey a[href*='satisfied=yes']").click()
    looked_at(page)
    page.locator("main input[name=reasons][value=loss_made_good]").check()
    types(page, "#words", WORDS_AFTER)
    page.locator("main form.fm-form button[type=submit]").click()
    expect(page.locator("#survey")).to_contain_text("谢谢")
    expect(page.locator("#survey a")).to_have_count(0)
    looked_at(page)


def everybody_reads_the_record(stage: Stage, code: str) -> None:
    """Read every page on which the case left something: nothing of the filer is there."""
    page = stage.phone()
    page.goto(f"/merchants/{stage.merchant_number}")
    looked_at(page)
    found = page.get_by_role("main").locator("a[href^='/records/R']")
    records = {str(link.get_attribute("href")) for link in found.all()}
    assert len(records) >= 2
    compact = code.replace("-", "").replace(" ", "")
    hidden = (*NOT_PUBLIC, code, compact, crypto.normalise_code(code))
    for address in (f"/merchants/{stage.merchant_number}", "/records/", "/", *sorted(records)):
        page.goto(address)
        looked_at(page)
        told = page.content()
        assert [canary for canary in hidden if canary in told] == [], address
    told = [page.request.get(address).text() for address in sorted(records)]
    assert any("7.92" in record for record in told)
    assert any("投诉已办结" in record for record in told)


def test_a_real_name_complaint_to_confirmed_money(stage: Stage, photo_on_the_phone: str) -> None:
    shopper = stage.phone()
    checks_the_weighing(stage, shopper)
    begins_and_is_interrupted(shopper)
    shopper = shopper.context.new_page()
    code = comes_back_and_keeps_it_for_later(shopper)
    plain = stage.phone(java_script_enabled=False)
    goes_on_without_script(plain, code, photo_on_the_phone)
    says_who_it_is(plain)
    number, given = sends_with_a_double_click(plain)
    assert given == code
    assert count_filed(stage.app) == (1, 1)
    # The first phone holds the same code; its draft has become the case.
    shopper.locator("main a[href*='/complaints/drafts/']").first.click()
    expect(shopper).to_have_url(re.compile(f"/complaints/filed/{number}"))
    shopper.goto(f"/complaints/cases/{number}")
    looked_at(shopper)
    officer_decides(stage, number)
    merchant_pays(stage, number)
    has_the_money_and_says_how_it_was(shopper)
    everybody_reads_the_record(stage, code)
    with stage.app.app_context():
        case = complaint_queries.case_by_number(number)
        assert case is not None
        assert (case.track, case.state) == (Track.MEDIATION, State.CLOSED)
        assert len(case.surveys) == 1
        assert ledger.check() == []
