"""What the form does on a device: where the focus goes, and what is kept there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.device import (
    FIRST,
    STORY,
    begin,
    forgot,
    memory,
    open_around,
    phone,
    shop_number,
    state,
    to_second_part,
    weigh,
)
from tests.journeys.steps import goes_on, says_who

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
__all__ = ["phone", "shop_number"]


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
    forgot(page, "苹果")


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
    forgot(page, STORY)
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
    forgot(page, "fm-draft")
    to_second_part(page, shop_number)
    page.locator("#narrative").fill(STORY)
    expect(state(page)).to_contain_text("已保存于")
    page.locator(".fm-draft-ways summary").click()
    page.locator("form[data-drop] button").click()
    expect(page).to_have_url(re.compile("/complaints/new$"))
    forgot(page, "fm-draft")
    to_second_part(page, shop_number)
    page.locator("#narrative").fill(STORY)
    expect(state(page)).to_contain_text("已保存于")
    page.goto("/complaints/follow")
    page.locator("form[data-forget] button").click()
    expect(page.locator("form[data-forget]")).to_have_count(0)
    forgot(page, "fm-draft")


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
    forgot(page, "fm-draft")
