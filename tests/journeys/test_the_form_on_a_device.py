"""What the form does on a device: where the focus goes, what is kept there, what follows the typing."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from portal.base import clock
from tests.builders import make_merchant, make_pledge
from tests.complaints.forms import OF_KIND
from tests.journeys.steps import goes_on, says_what_it_is_about, says_who

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = {"width": 360, "height": 740}
STORY = "回家一称少了六十克。"


@pytest.fixture(scope="module")
def shop_number(served: Flask) -> str:
    with served.app_context():
        shop = make_merchant(now=clock.now())
        make_pledge(shop, now=clock.now())
        return shop.number


@pytest.fixture
def phone(browser: Browser, served: Flask) -> Iterator[Any]:
    """Yield a maker of phones, each with a memory of its own."""
    opened: list[BrowserContext] = []

    def make(**settings: Any) -> BrowserContext:
        address = served.config["PUBLIC_URL"]
        opened.append(browser.new_context(base_url=address, viewport=PHONE, locale="zh-CN", **settings))
        return opened[-1]

    yield make
    for context in opened:
        context.close()


def begin(page: Page, shop_number: str) -> str:
    page.goto(f"/complaints/new?merchant={shop_number}")
    page.locator("main button.fm-main-action").click()
    expect(page).to_have_url(re.compile("/what$"))
    return page.url.rsplit("/", 1)[0]


def to_second_part(page: Page, shop_number: str) -> str:
    draft = begin(page, shop_number)
    says_what_it_is_about(page, kind="retail_weighing")
    goes_on(page)
    expect(page.locator("#goods")).to_be_visible()
    return draft


def weigh(page: Page, **more: str) -> None:
    for name, value in (OF_KIND["retail_weighing"] | {"narrative": STORY} | more).items():
        field = page.locator(f"main [name={name}]")
        field.select_option(value) if name == "check_method" else field.fill(value)


def memory(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(localStorage)"))


def state(page: Page) -> Any:
    return page.locator("#draft [data-part=state]")


# Focus ------------------------------------------------------------------------------


@pytest.mark.parametrize("has_script", [True, False])
def test_the_focus_is_on_the_new_heading_after_every_step(
    phone: Any, shop_number: str, has_script: bool
) -> None:
    page = phone(java_script_enabled=has_script).new_page()
    seen = []

    def is_on_heading() -> None:
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_be_focused()
        seen.append(heading.inner_text())
        assert heading.inner_text() in page.title()

    draft = begin(page, shop_number)
    is_on_heading()
    for name, value in FIRST.items():
        open_around(page, name, value)
        page.locator(f"main input[name={name}][value={value}]").check()
    goes_on(page)
    is_on_heading()
    weigh(page)
    if not has_script:
        page.locator("button[value=check]").click()
        expect(page.locator("#verdict .fm-verdict")).to_be_visible()
    goes_on(page)
    is_on_heading()
    goes_on(page)
    is_on_heading()
    page.locator("main input[name=requests]").first.check()
    if not has_script:
        page.locator("button[value=check]").click()
        expect(page.locator("#said .fm-notice")).to_be_visible()
    goes_on(page)
    is_on_heading()
    says_who(page, "张三", "13912345678", "文三路1号")
    goes_on(page)
    is_on_heading()
    assert len(set(seen)) == 6
    # Back, and a change from the last page, lead to headings too; the script has nothing to do with it.
    page.goto(f"{draft}/who")
    page.locator("button[value=back]").click()
    is_on_heading()


FIRST = {
    "concern": "concern_quantity",
    "kind": "retail_weighing",
    "bought_for": "for_household",
    "handled": "not_handled",
}


def open_around(page: Page, name: str, value: str) -> None:
    summary = page.locator(f"details:has(input[name={name}][value={value}]):not([open]) > summary")
    if summary.count():
        summary.first.click()


def test_going_back_and_forth_in_the_browser_loses_and_doubles_nothing(phone: Any, shop_number: str) -> None:
    page = phone().new_page()
    to_second_part(page, shop_number)
    weigh(page)
    goes_on(page)
    expect(page).to_have_url(re.compile("/evidence$"))
    page.go_back()
    expect(page.locator("#narrative")).to_have_value(STORY)
    page.go_forward()
    expect(page).to_have_url(re.compile("/evidence$"))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/complaints/new")
    assert page.locator("[data-held]").count() == 1


# The device's memory -----------------------------------------------------------------


def test_what_is_typed_is_kept_and_put_back_after_the_tab_was_closed(phone: Any, shop_number: str) -> None:
    context = phone()
    page = context.new_page()
    draft = to_second_part(page, shop_number)
    weigh(page)
    expect(state(page)).to_have_text(re.compile(r"已保存于 \d\d:\d\d"))
    page.close()
    page = context.new_page()
    page.goto(f"{draft}/what")
    expect(page.locator("#narrative")).to_have_value(STORY)
    expect(page.locator("#goods")).to_have_value("苹果")
    expect(state(page)).to_contain_text("已恢复")
    # The verdict follows what was put back.
    expect(page.locator("#verdict .fm-verdict")).to_be_visible()
    # Nothing was sent: another device knows nothing of it.
    state(page).get_by_role("button").click()
    expect(page.locator("#narrative")).to_have_value("")
    assert "苹果" not in memory(page)


def test_closing_right_after_typing_loses_nothing(phone: Any, shop_number: str) -> None:
    context = phone()
    page = context.new_page()
    draft = to_second_part(page, shop_number)
    page.locator("#narrative").fill("马上关掉")
    page.close(run_before_unload=True)
    page = context.new_page()
    page.goto(f"{draft}/what")
    expect(page.locator("#narrative")).to_have_value("马上关掉")


def test_what_arrived_is_not_kept_twice(phone: Any, shop_number: str) -> None:
    page = phone().new_page()
    draft = to_second_part(page, shop_number)
    weigh(page)
    expect(state(page)).to_contain_text("已保存于")
    assert STORY in memory(page)
    goes_on(page)
    expect(page).to_have_url(re.compile("/evidence$"))
    assert STORY not in memory(page)
    page.goto(f"{draft}/what")
    expect(page.locator("#narrative")).to_have_value(STORY)
    expect(state(page)).not_to_contain_text("已恢复")


def test_a_lost_connection_is_said_and_loses_nothing(phone: Any, shop_number: str) -> None:
    context = phone()
    page = context.new_page()
    draft = to_second_part(page, shop_number)
    context.set_offline(True)
    expect(state(page)).to_contain_text("没有网络")
    weigh(page)
    goes_on(page)
    expect(state(page)).to_contain_text("没有网络")
    expect(page.locator("#narrative")).to_have_value(STORY)
    context.set_offline(False)
    expect(state(page)).to_contain_text("网络已恢复")
    goes_on(page)
    expect(page).to_have_url(f"{draft}/evidence")


def test_a_sending_that_failed_on_the_way_is_put_back(phone: Any, shop_number: str) -> None:
    page = phone().new_page()
    draft = to_second_part(page, shop_number)
    weigh(page)
    page.route(
        f"{draft}/what", lambda route: route.abort() if route.request.method == "POST" else route.fallback()
    )
    goes_on(page)
    page.wait_for_url("chrome-error://**")
    page.unroute_all()
    page.goto(f"{draft}/what")
    expect(page.locator("#narrative")).to_have_value(STORY)
    expect(state(page)).to_contain_text("已恢复")


def lose_what_is_sent(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.fallback()


def test_several_drafts_are_kept_apart(phone: Any, shop_number: str) -> None:
    context = phone()
    first, second = context.new_page(), context.new_page()
    addresses = [to_second_part(page, shop_number) for page in (first, second)]
    for page, words in ((first, "第一件"), (second, "第二件")):
        page.locator("#narrative").fill(words)
        expect(state(page)).to_contain_text("已保存于")
    for page, address, words in ((second, addresses[0], "第一件"), (first, addresses[1], "第二件")):
        page.goto(f"{address}/what")
        expect(page.locator("#narrative")).to_have_value(words)


def test_neither_id_number_nor_phrase_is_ever_kept_on_the_device(phone: Any, shop_number: str) -> None:
    page = phone().new_page()
    draft = to_second_part(page, shop_number)
    weigh(page)
    goes_on(page)
    goes_on(page)
    page.locator("main input[name=requests]").first.check()
    goes_on(page)
    open_around(page, "agrees_to_publication", "no")
    page.locator("details:has(#id_number) > summary").click()
    page.locator("#id_number").fill("11010519491231002X")
    page.locator("#recovery_phrase").fill("青蛙 火车 月亮 铅笔")
    page.locator("#name").fill("张三丰")
    expect(state(page)).to_contain_text("已保存于")
    kept = memory(page)
    assert "张三丰" in kept
    assert "1949" not in kept
    assert "青蛙" not in kept
    page.goto(f"{draft}/who")
    expect(page.locator("#name")).to_have_value("张三丰")
    expect(page.locator("#id_number")).to_have_value("")


def test_the_memory_is_cleared_by_sending_by_throwing_away_and_by_forgetting(
    phone: Any, shop_number: str
) -> None:
    page = phone().new_page()
    draft = to_second_part(page, shop_number)
    weigh(page)
    goes_on(page)
    goes_on(page)
    page.locator("main input[name=requests]").first.check()
    goes_on(page)
    says_who(page, "张三", "13912345678", "文三路1号")
    goes_on(page)
    key = f"fm-draft:{draft.rsplit('/', 1)[1]}:what"
    page.evaluate("key => localStorage.setItem(key, JSON.stringify({at: Date.now(), typed: {}}))", key)
    page.locator("form[data-send] button").click()
    expect(page).to_have_url(re.compile("/filed/"))
    assert memory(page) == "{}"
    to_second_part(page, shop_number)
    page.locator("#narrative").fill(STORY)
    expect(state(page)).to_contain_text("已保存于")
    page.locator(".fm-draft-ways summary").click()
    page.locator("form[data-drop] button").click()
    expect(page).to_have_url(re.compile("/complaints/new$"))
    assert memory(page) == "{}"
    to_second_part(page, shop_number)
    page.locator("#narrative").fill(STORY)
    expect(state(page)).to_contain_text("已保存于")
    page.goto("/complaints/follow")
    page.locator("form[data-forget] button").click()
    expect(page.locator("form[data-forget]")).to_have_count(0)
    assert memory(page) == "{}"


def test_typing_whose_code_is_not_at_hand_can_be_forgotten(phone: Any, shop_number: str) -> None:
    context = phone()
    page = context.new_page()
    draft = to_second_part(page, shop_number)
    page.locator("#narrative").fill(STORY)
    expect(state(page)).to_contain_text("已保存于")
    context.clear_cookies()
    page.goto("/complaints/new")
    listed = page.locator("[data-device-drafts]")
    expect(listed.get_by_role("link")).to_have_attribute("href", re.compile(draft.rsplit("/", 1)[1]))
    listed.get_by_role("button").click()
    expect(listed).to_be_hidden()
    assert memory(page) == "{}"


# What follows the typing ---------------------------------------------------------------


def test_stop_verdict_and_tracks_follow_what_is_chosen(phone: Any, shop_number: str) -> None:
    page = phone().new_page()
    begin(page, shop_number)
    on = page.locator("main button[data-next]")
    open_around(page, "concern", "concern_price")
    page.locator("input[value=concern_price]").check()
    expect(page.locator("#stop")).to_contain_text("12315")
    expect(on).to_be_hidden()
    says_what_it_is_about(page, kind="retail_weighing")
    expect(on).to_be_visible()
    expect(page.locator("#stop")).to_be_empty()
    goes_on(page)
    weigh(page)
    expect(page.locator("#verdict")).to_contain_text("超过允许偏差")
    page.locator("#reweighed").fill("0.999")
    expect(page.locator("#verdict")).not_to_contain_text("超过允许偏差")
    expect(page.locator("button[value=check]")).to_be_hidden()
    goes_on(page)
    goes_on(page)
    page.locator("main input[name=requests]").first.check()
    expect(page.locator("#said")).to_contain_text("您提交的是投诉")
    page.locator("#wants_checking").check()
    expect(page.locator("#said")).to_contain_text("您提交的是举报")
    expect(page.locator("form[data-live] > p[role=status]")).to_contain_text("将要提交的是")


@pytest.mark.parametrize(
    ("words", "is_personal"),
    [
        ("电话13912345678", True),
        ("电话１３９ １２３４ ５６７８", True),
        ("电话139-1234-5678", True),
        ("一三九一二三四五六七八", True),
        ("幺三九壹贰叁肆伍陆柒捌", True),
        ("身份证11010519491231002X", True),
        ("座机0571-88881234", True),
        ("买了13斤9两，付了1234.5元", False),
        ("2026年6月1日下午3点", False),
        ("订单号 20260601123456789", False),
        ("少了六十克", False),
    ],
)
def test_a_persons_number_in_the_words_is_said_and_nothing_is_blocked(
    phone: Any, shop_number: str, words: str, is_personal: bool
) -> None:
    page = phone().new_page()
    to_second_part(page, shop_number)
    weigh(page, narrative=words)
    warning = page.locator("[data-part=personal]")
    expect(warning).to_have_text(re.compile("好像有电话或身份证号") if is_personal else "")
    goes_on(page)
    expect(page).to_have_url(re.compile("/evidence$"))


def test_characters_are_counted_as_the_portal_counts_them(phone: Any, shop_number: str) -> None:
    page = phone().new_page()
    to_second_part(page, shop_number)
    left = page.locator(".fm-count-left")
    expect(left).to_have_text("还可以写 1000 个字")
    weigh(page, narrative="🦀" * 999 + "\n")
    expect(left).to_have_text("还可以写 1 个字")
    page.locator("#narrative").fill("🦀\n" * 500 + "🦀")
    expect(left).to_have_text("多了 1 个字")
    goes_on(page)
    expect(page.locator("#narrative-error")).to_contain_text("1000 个字")
    page.locator("#narrative").fill("🦀\n" * 499 + "🦀🦀")
    expect(left).to_have_text("还可以写 0 个字")
    goes_on(page)
    expect(page).to_have_url(re.compile("/evidence$"))


def test_only_the_questions_of_the_chosen_way_are_shown(phone: Any, shop_number: str) -> None:
    page = phone().new_page()
    draft = begin(page, shop_number)
    page.goto(f"{draft}/who")
    expect(page.locator("#proxy_name")).to_be_hidden()
    expect(page.locator("#joint_count")).to_be_hidden()
    page.locator("input[value=as_proxy]").check()
    expect(page.locator("#proxy_name")).to_be_visible()
    page.locator("input[value=jointly]").check()
    expect(page.locator("#proxy_name")).to_be_hidden()
    expect(page.locator("#joint_count")).to_be_visible()


DETECTOR = """
window.BarcodeDetector = class {
  async detect(picture) { return picture.width === 2 ? [{ rawValue: "%s" }] : []; }
};
"""


def test_a_photographed_code_finds_the_merchant_and_leaves_the_picture_here(
    phone: Any, served: Flask, shop_number: str
) -> None:
    context = phone()
    context.add_init_script(DETECTOR % f"{served.config['PUBLIC_URL']}/merchants/{shop_number}")
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto("/complaints/new")
    page.locator("details:has(#camera) > summary").click()
    page.locator("#camera").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture(3)})
    expect(page.locator("[data-scan] [data-part=said]")).to_contain_text("没有认出码")
    page.locator("#camera").set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": picture(2)})
    expect(page.locator("#found")).to_contain_text("老王水果店")
    assert set(sent) == {"GET"}


def picture(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side)).save(out, "PNG")
    return out.getvalue()


def test_without_a_detector_no_camera_is_offered(phone: Any) -> None:
    context = phone()
    context.add_init_script("delete window.BarcodeDetector")
    page = context.new_page()
    page.goto("/complaints/new")
    page.locator("details:has(#code) > summary").click()
    expect(page.locator("#code")).to_be_visible()
    expect(page.locator("[data-camera]")).to_be_hidden()
