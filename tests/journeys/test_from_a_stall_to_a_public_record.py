"""The whole story: a shopper, an officer and a merchant, from a short weighing to a public record."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from portal.compensation import ledger
from portal.complaints import queries as complaint_queries
from portal.merchants import queries as merchant_queries
from portal.rules.complaint_flow import State
from portal.rules.credit import CreditStatus
from tests.journeys.office import finds_the_case, measures, moves, registers
from tests.journeys.people import Stage, code_shown, looked_at, opens_with, signs_in, types
from tests.journeys.shop import says_paid
from tests.journeys.steps import (
    NARRATIVE,
    arrives,
    asks_for,
    goes_on,
    says_what_it_is_about,
    says_who,
    sends,
    stays_with_errors,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PRIVATE = ("李明霞", "13912345678", "文二路99号5幢")


def finds_the_merchant_and_checks_the_weighing(page: Page) -> None:
    page.goto("/")
    looked_at(page)
    types(page, "input[name=q] >> nth=0", "lwsg")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=lwsg"))
    page.get_by_role("link", name="老王水果").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("老王水果")
    expect(page.get_by_role("main")).to_contain_text("缺一")
    looked_at(page)
    page.locator("main a[href*='/weigh']").first.click()
    types(page, "#goods", "苹果")
    types(page, "#price", "6")
    page.locator("#price_unit").select_option("unit_jin")
    types(page, "#settled", "2斤")
    types(page, "#reweighed", "９４０克")
    page.locator("#check_method").select_option("better_scale")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("main")).to_contain_text("超过允许偏差")
    expect(page.get_by_role("main")).to_contain_text("20 克")
    assert "斤" not in page.locator(".fm-verdict").inner_text()
    looked_at(page)


def files_the_complaint(page: Page) -> tuple[str, str]:
    page.locator("main a[href*='/complaints/new']").first.click()
    looked_at(page)
    page.locator("main button.fm-main-action").click()
    arrives(page, "what")
    says_what_it_is_about(page, kind="retail_weighing")
    goes_on(page)
    arrives(page, "what")
    # What the check was told is here already.
    expect(page.locator("#settled")).to_have_value("2斤")
    expect(page.locator("#verdict")).to_contain_text("超过允许偏差")
    types(page, "#narrative", NARRATIVE)
    goes_on(page)
    arrives(page, "evidence")
    goes_on(page)
    arrives(page, "ask")
    asks_for(page, ["refund_price", "compensate_loss"])
    goes_on(page)
    arrives(page, "who")
    types(page, "#name", "李明霞")
    goes_on(page)
    # A complaint needs more than a name: nothing typed is lost, and the page says so.
    stays_with_errors(page)
    expect(page.locator("#name")).to_have_value("李明霞")
    # Reloading sends nothing again, and loses nothing.
    page.reload()
    expect(page.locator("#error-summary")).to_have_count(0)
    expect(page.locator("#name")).to_have_value("李明霞")
    says_who(page, "李明霞", "13912345678", "文二路99号5幢")
    goes_on(page)
    arrives(page, "preview")
    page.go_back()
    expect(page.locator("#phone")).to_have_value("13912345678")
    page.go_forward()
    arrives(page, "preview")
    number = sends(page)
    looked_at(page)
    return number, code_shown(page)


def follows_it(page: Page, number: str, code: str) -> None:
    """Type the code on another phone, the way people type."""
    page.goto("/complaints/follow")
    looked_at(page)
    types(page, "#code", "WRONG")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#code-error")).to_be_visible()
    looked_at(page)
    opens_with(page, code.lower().replace("-", "  "))
    expect(page).to_have_url(re.compile(number))
    expect(page.get_by_role("main")).to_contain_text("还没有向主管部门登记")
    looked_at(page)


def officer_decides(stage: Stage, number: str) -> None:
    page = finds_the_case(stage, number)
    registers(page, number, "12315-0001")
    moves(page, number, "accept")
    moves(page, number, "begin_mediation", both_consent=True)
    measures(page, number, "0.94")
    moves(page, number, "settle", both_consent=True)
    expect(page.get_by_role("main")).to_contain_text("7.92")


def merchant_pays(stage: Stage, number: str) -> None:
    page = signs_in(stage, "owner")
    looked_at(page)
    says_paid(page, number)
    for private in PRIVATE:
        assert private not in page.content()


def everybody_reads_the_record(stage: Stage) -> None:
    page = stage.phone()
    page.goto(f"/merchants/{stage.merchant_number}")
    expect(page.get_by_role("main")).to_contain_text("关注")
    looked_at(page)
    for address in ("/records/", "/records/?q=老王水果", "/records/?q=lwsg"):
        page.goto(address)
        expect(page.get_by_role("main")).to_contain_text("老王水果")
        looked_at(page)
    page.get_by_role("main").locator("a[href^='/records/R']").first.click()
    looked_at(page)
    for private in PRIVATE:
        assert private not in page.content()


def test_from_a_weighing_at_a_stall_to_a_public_record(stage: Stage) -> None:
    shopper, follower = stage.phone(), stage.phone()
    finds_the_merchant_and_checks_the_weighing(shopper)
    number, code = files_the_complaint(shopper)
    follows_it(follower, number, code)
    officer_decides(stage, number)
    merchant_pays(stage, number)
    follower.reload()
    looked_at(follower)
    follower.locator("form[action$='/confirm_performed'] button").click()
    expect(follower.get_by_role("main")).to_contain_text("已和解")
    looked_at(follower)
    everybody_reads_the_record(stage)
    with stage.app.app_context():
        case = complaint_queries.case_by_number(number)
        assert case.state is State.CLOSED
        assert ledger.check() == []
        merchant = merchant_queries.merchant_by_number(stage.merchant_number)
        assert merchant.credit_status is CreditStatus.WATCH
        explained = stage.app.test_cli_runner().invoke(args=["credit", "explain", merchant.number]).output
        assert "watch" in explained or "关注" in explained
