"""A receipt code is lost: the phrase brings a new one, and so does an officer who is told the facts."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.office import finds_the_case
from tests.journeys.people import Stage, code_shown, looked_at, opens_with, types
from tests.journeys.steps import (
    NARRATIVE,
    arrives,
    asks_for,
    goes_on,
    says_what_it_is_about,
    says_who,
    sends,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHRASE = "七只仙鹤飞过西湖边"
PHONE = "13912345678"
NO_SUCH_CASE = "TS-2222-2222"


def files_at_once(stage: Stage, phrase: str = "") -> tuple[Page, str, str]:
    """File a complaint from the merchant's page; return the page, the number and the code."""
    page = stage.phone()
    page.goto(f"/complaints/new?merchant={stage.merchant_number}")
    page.locator("main button.fm-main-action").click()
    says_what_it_is_about(page, kind="retail_weighing")
    goes_on(page)
    for field, value in {"goods": "苹果", "price": "12", "settled": "1", "reweighed": "0.94"}.items():
        types(page, f"#{field}", value)
    types(page, "#paid", "12")
    types(page, "#narrative", NARRATIVE)
    goes_on(page)
    expect(page).to_have_url(re.compile("/evidence"))
    goes_on(page)
    asks_for(page, ["refund_price"])
    goes_on(page)
    says_who(page, "李明霞", PHONE, "文二路99号5幢", publication="no")
    types(page, "#recovery_phrase", phrase)
    goes_on(page)
    arrives(page, "preview")
    number = sends(page)
    return page, number, code_shown(page)


def tries(page: Page, number: str, phrase: str) -> str:
    """Send a number and a phrase that do not fit, and return the words the page has for it."""
    types(page, "#number", number)
    types(page, "#phrase", phrase)
    page.locator("main form.fm-form button[type=submit]").click()
    expect(page.locator("#error-summary")).to_be_focused()
    looked_at(page)
    return page.locator("main").inner_text()


def brings_it_back(page: Page, number: str) -> str:
    """Find the way from the page that asks for the code, be refused twice alike, and get a new code."""
    page.goto("/complaints/follow")
    looked_at(page)
    page.locator("main a[href$='/complaints/recover']").click()
    looked_at(page)
    refused = tries(page, number, "八只仙鹤飞过西湖边")
    assert tries(page, NO_SUCH_CASE, PHRASE) == refused
    # As people write: in small letters, and with other signs between the words.
    types(page, "#number", number.lower())
    types(page, "#phrase", "七只仙鹤，飞过西湖边。")
    page.locator("main form.fm-form button[type=submit]").click()
    expect(page).to_have_url(re.compile(f"/complaints/filed/{number}"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("新查询码")
    looked_at(page)
    return code_shown(page)


def only_the_new_code_opens(stage: Stage, number: str, old: str, new: str) -> Page:
    """Type both codes on another phone, and return the page of the case."""
    assert new != old
    page = stage.phone()
    opens_with(page, old)
    expect(page.locator("#code-error")).to_be_visible()
    looked_at(page)
    opens_with(page, new.lower())
    expect(page).to_have_url(re.compile(f"/complaints/cases/{number}"))
    looked_at(page)
    return page


def is_shut_out(page: Page, number: str) -> None:
    """The phone that held the old code opens nothing any more."""
    page.goto(f"/complaints/cases/{number}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("没有这个页面")
    looked_at(page)
    page.get_by_role("main").get_by_role("link", name="查进度").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("查进度")
    expect(page.get_by_role("main")).not_to_contain_text(number)


def officer_gives(page: Page, facts: Sequence[str]) -> None:
    """Tick what was told rightly, say why, and press the button."""
    for fact in page.locator("main input[name=facts]").all():
        fact.set_checked(fact.get_attribute("value") in facts)
    types(page, "#reason", "本人到所里说明，商品、金额和留的电话都说得对。")
    page.locator("main form.fm-form button[type=submit]").click()


def test_a_phrase_brings_a_lost_code_back(stage: Stage) -> None:
    before, number, old = files_at_once(stage, PHRASE)
    new = brings_it_back(stage.phone(), number)
    page = only_the_new_code_opens(stage, number, old, new)
    expect(page.locator("#history")).to_contain_text("查询码")
    is_shut_out(before, number)


def test_an_officer_gives_a_new_code_for_what_only_the_filer_knows(stage: Stage) -> None:
    before, number, old = files_at_once(stage)
    # Without a phrase the page brings nothing back, in the words for any wrong pair.
    someone = stage.phone()
    someone.goto("/complaints/recover")
    assert tries(someone, number, PHRASE) == tries(someone, NO_SUCH_CASE, PHRASE)
    office = finds_the_case(stage, number)
    office.locator("main a[href$='/new-code']").click()
    looked_at(office)
    # The merchant knows all this of a complaint too: it does not show who the filer is.
    officer_gives(office, ["fact_goods", "fact_amount_paid", "fact_narrative"])
    expect(office.locator("#error-summary")).to_be_focused()
    looked_at(office)
    opens_with(before, old)
    expect(before).to_have_url(re.compile(f"/complaints/cases/{number}"))
    officer_gives(office, ["fact_goods", "fact_amount_paid", "fact_contact"])
    expect(office.locator(".fm-secret-code")).to_be_visible()
    looked_at(office)
    new = code_shown(office)
    only_the_new_code_opens(stage, number, old, new)
    is_shut_out(before, number)
    office.locator("main form[action$='/handed-over'] button").click()
    expect(office).to_have_url(re.compile(f"/desk/cases/{number}$"))
    # The officer cannot see it again.
    office.goto(f"/desk/cases/{number}/new-code")
    assert new not in office.content()
    expect(office.locator(".fm-secret-code")).to_have_count(0)
    looked_at(office)
