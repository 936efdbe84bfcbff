"""A phone with a memory of its own, and how somebody gets to the second part of the form on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.base import clock
from tests.builders import make_merchant, make_pledge
from tests.complaints.forms import OF_KIND
from tests.journeys.steps import goes_on, says_what_it_is_about

PHONE = {"width": 360, "height": 740}
STORY = "回家一称少了六十克。"
FIRST = {
    "concern": "concern_quantity",
    "kind": "retail_weighing",
    "bought_for": "for_household",
    "handled": "not_handled",
}


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


def forgot(page: Page, words: str) -> None:
    """Wait until the device keeps nothing of some words."""
    page.wait_for_function("words => !JSON.stringify(localStorage).includes(words)", arg=words)


def state(page: Page) -> Any:
    return page.locator("#draft [data-part=state]")


def open_around(page: Page, name: str, value: str) -> None:
    summary = page.locator(f"details:has(input[name={name}][value={value}]):not([open]) > summary")
    if summary.count():
        summary.first.click()
