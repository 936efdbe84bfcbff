"""What follows the typing in the form: stops, verdict, tracks, characters left, a code on a picture."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.device import (
    begin,
    open_around,
    phone,
    shop_number,
    to_second_part,
    weigh,
)
from tests.journeys.steps import goes_on, says_what_it_is_about

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
__all__ = ["phone", "shop_number"]


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
