"""Somebody sees a scale without a valid label, reports it without a name, and is still asked and heard."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from portal.complaints import queries as complaint_queries
from portal.rules.complaint_flow import Track
from portal.rules.intake_terms import PurchaseKind
from tests.journeys.office import finds_the_case, moves, registers
from tests.journeys.people import Stage, code_shown, looked_at, opens_with, presses, signs_in, types
from tests.journeys.pictures import adds_with_progress, photo_with_place, says_nothing_of_place, shows
from tests.journeys.steps import arrives, asks_for, goes_on, says_what_it_is_about, sends

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SEEN = "电子秤上没有检定合格标志，铅封也破了。"
QUESTION = "请问是哪一天几点看到的？"
ANSWER = "昨天傍晚六点左右，路过时看到的。"


@pytest.fixture
def photo_on_the_phone(tmp_path: Path) -> str:
    return photo_with_place(tmp_path / "电子秤.jpg")


def finds_the_stall(page: Page) -> None:
    """Come by the menu, and look for the merchant inside the form."""
    page.goto("/")
    page.get_by_role("link", name="投诉举报").first.click()
    looked_at(page)
    types(page, "main #q", "老王")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("老王水果")
    looked_at(page)
    page.locator("#found").get_by_role("button", name="老王水果").click()
    arrives(page, "what")


def tells_what_was_seen(page: Page) -> None:
    """Answer the second step; nothing was bought, so that only a report is open."""
    says_what_it_is_about(page, kind="unlawful_instrument", bought_for="nothing_bought", handled=None)
    # Said at once, before anything is sent on.
    expect(page.locator("#stop")).to_contain_text("仍可以举报")
    looked_at(page)
    goes_on(page)
    arrives(page, "what")
    types(page, "#device", "12号摊的电子秤")
    warning = page.locator("[data-part=personal]")
    types(page, "#narrative", f"{SEEN}我的电话 138 0013 8000")
    expect(warning).to_contain_text("电话")
    looked_at(page)
    types(page, "#narrative", SEEN)
    expect(warning).to_be_empty()
    expect(page.locator("#draft")).to_contain_text("已保存于")
    goes_on(page)
    arrives(page, "evidence")


def reports_without_a_name(page: Page, photo: str) -> tuple[str, str, str]:
    """Go through the steps; return the number, the code and the address of the photo."""
    finds_the_stall(page)
    tells_what_was_seen(page)
    picture = adds_with_progress(page, "photo_of_scale", photo)
    goes_on(page)
    arrives(page, "ask")
    # Nothing can be asked of the merchant here.
    expect(page.locator("main input[name=requests]:visible")).to_have_count(0)
    asks_for(page, checking=True)
    goes_on(page)
    arrives(page, "who")
    goes_on(page)
    arrives(page, "preview")
    main = page.get_by_role("main")
    expect(main).to_contain_text("举报内容不公开")
    expect(main).to_contain_text("商家不会知道有这份举报，也不会知道是谁举报的")
    expect(main).to_contain_text("未填写（匿名）")
    number = sends(page)
    looked_at(page)
    return number, code_shown(page), picture


def keeps_the_code(page: Page, code: str) -> None:
    """Type the last block: first a wrong one, then as it was written down."""
    types(page, "#block", "22222")
    presses(page, "核对")
    expect(page.locator("#block-error")).to_be_visible()
    looked_at(page)
    types(page, "#block", code.replace("-", "").replace(" ", "")[-5:].lower())
    presses(page, "核对")
    expect(page.locator("#kept")).to_contain_text("您的查询码保存好了")
    looked_at(page)


def follows_on_another_phone(page: Page, number: str, code: str, picture: str) -> None:
    opens_with(page, code.lower().replace("-", " "))
    expect(page).to_have_url(re.compile(number))
    looked_at(page)
    assert shows(page.locator("#evidence img").first)
    says_nothing_of_place(page, picture)
    says_nothing_of_place(page, f"{picture}/small")


def officer_asks(stage: Stage, number: str) -> Page:
    page = finds_the_case(stage, number)
    expect(page.get_by_role("main")).to_contain_text("匿名提交")
    assert shows(page.locator("#evidence img").first)
    registers(page, number, "12315-0002")
    moves(page, number, "ask_party", reason=QUESTION)
    return page


def reporter_answers(page: Page) -> None:
    page.reload()
    expect(page.get_by_role("main")).to_contain_text(QUESTION)
    looked_at(page)
    page.locator("main a[href*='/questions/']").click()
    looked_at(page)
    types(page, "#text", ANSWER)
    page.locator("main form.fm-form button[type=submit]").click()
    expect(page.locator("#messages")).to_contain_text(ANSWER)
    expect(page.locator("main a[href*='/questions/']")).to_have_count(0)
    looked_at(page)


NEW_EACH_TIME = re.compile(r'name="(csrf_token|submission_id)" value="[^"]*"')
# Where one is led who may not come in: to sign in, or to type a code.
DOORS = ("/account/login", "/complaints/follow")
NO_CASE, NO_PHOTO = "JB-2222-2222", "22222222222222"
MERCHANT_PAGES = ("/merchant/", "/merchant/credit", "/merchant/pledge")
PUBLIC_PAGES = ("/", "/records/", "/merchants/{number}", "/weigh?merchant={number}")


def read_by(page: Page, addresses: tuple[str, ...]) -> dict[str, str]:
    """Return everything some pages hold, without what is new each time a page is made."""
    pages = {}
    for address in addresses:
        page.goto(address)
        pages[address] = NEW_EACH_TIME.sub("", page.content())
    return pages


def everything_of_the_merchant(stage: Stage, owner: Page, anybody: Page) -> dict[str, str]:
    public = tuple(address.format(number=stage.merchant_number) for address in PUBLIC_PAGES)
    return read_by(owner, MERCHANT_PAGES) | read_by(anybody, public)


def opens_nothing(page: Page, address: str, no_such: str) -> None:
    """Get at an address just what one gets where there is nothing."""
    here, nowhere = page.request.get(address), page.request.get(no_such)
    assert here.status in {403, 404} or here.url.split("?")[0].endswith(DOORS), address
    assert (here.status, here.url) == (nowhere.status, nowhere.url.replace(no_such, address))
    told = (unquote(NEW_EACH_TIME.sub("", answer.text())) for answer in (here, nowhere))
    assert next(told).replace(address, "") == next(told).replace(no_such, "")


def test_an_anonymous_report_with_a_photo_from_a_phone(stage: Stage, photo_on_the_phone: str) -> None:
    owner, anybody = signs_in(stage, "owner"), stage.phone()
    before = everything_of_the_merchant(stage, owner, anybody)
    reporter, later = stage.phone(has_touch=True, is_mobile=True), stage.phone()
    number, code, picture = reports_without_a_name(reporter, photo_on_the_phone)
    keeps_the_code(reporter, code)
    follows_on_another_phone(later, number, code, picture)
    office = officer_asks(stage, number)
    reporter_answers(later)
    office.reload()
    expect(office.get_by_role("main")).to_contain_text(ANSWER)
    looked_at(office)
    # Safety 16: to the merchant and to everybody else nothing has happened at all.
    assert everything_of_the_merchant(stage, owner, anybody) == before
    for address in (f"/merchant/cases/{number}", f"/complaints/cases/{number}", picture, f"{picture}/small"):
        no_such = address.replace(number, NO_CASE).replace(picture.rsplit("/", 1)[1], NO_PHOTO)
        opens_nothing(owner, address, no_such)
        opens_nothing(anybody, address, no_such)
    with stage.app.app_context():
        case = complaint_queries.case_by_number(number)
        assert case is not None
        assert [one.track for one in case.filing.cases] == [Track.REPORT]
        assert case.filing.kind is PurchaseKind.INSTRUMENT
        told = case.filing
        assert [told.name, told.phone, told.address, told.email, told.id_number_hash] == [None] * 5
