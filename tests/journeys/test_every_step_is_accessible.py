"""Every step of the complaint form, in each of its states, by axe and at two widths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from portal.base import clock
from portal.rules.intake_terms import PurchaseKind
from tests.builders import make_merchant, make_pledge
from tests.complaints.forms import OF_KIND
from tests.journeys.test_every_page_is_accessible import PHONE, endpoints, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OPEN_ALL = "document.querySelectorAll('main details:not([hidden])').forEach(one => { one.open = true; })"
FIRST = {"concern": "concern_quantity", "bought_for": "for_household", "handled": "not_handled"}


@pytest.fixture(scope="module")
def shop_number(served: Flask) -> str:
    with served.app_context():
        now = clock.now()
        make_merchant("李记水产", address="文三路9号", now=now)
        shop = make_merchant(now=now)
        make_pledge(shop, now=now)
        return shop.number


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(request: Any, browser: Browser, served: Flask, shop_number: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=served.config["PUBLIC_URL"], viewport=PHONE, locale="zh-CN", java_script_enabled=True
    )
    page = context.new_page()
    if not request.param:
        # axe itself needs script; the portal's own is kept away.
        page.route("**/static/js/*", lambda route: route.abort())
    yield page
    context.close()


def begin(page: Page, shop_number: str) -> str:
    """Begin a draft about a shop; return its address."""
    page.goto(f"/complaints/new?merchant={shop_number}")
    page.locator("main button.fm-main-action").click()
    return page.url.rsplit("/", 1)[0]


def choose(page: Page, **chosen: str) -> None:
    for name, value in chosen.items():
        option = page.locator(f"main input[name={name}][value={value}]")
        page.evaluate(OPEN_ALL)
        option.check()


def go_on(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main button[data-next]").click()


def sound(page: Page, state: str) -> None:
    assert faults_of(page) == [], (state, page.url)


def told_of_errors(page: Page, state: str) -> None:
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.locator(".fm-field-error").count() > 0, state
    for link in page.locator("#error-summary a").all():
        assert page.locator(str(link.get_attribute("href"))).count() == 1, (state, link.inner_text())
    sound(page, state)


def test_the_list_of_pages_is_whole(served: Flask) -> None:
    """A new page of the form is visited below, and then named here."""
    found = {rule.endpoint for rule in served.url_map.iter_rules() if rule.endpoint.startswith("drafts.")}
    assert found == {"drafts.new", "drafts.step", "drafts.go_on", "drafts.kept", "drafts.drop", "drafts.send"}
    assert not any(endpoint.startswith("drafts.") for endpoint in endpoints(served, "GET"))


def test_every_way_to_a_merchant_is_accessible(page: Page, shop_number: str) -> None:
    for state in (
        "/complaints/new",
        "/complaints/new?lang=en",
        "/complaints/new?q=老王",
        "/complaints/new?q=没有这家",
        "/complaints/new?market=城东&stall=12",
        "/complaints/new?code=M0000000000",
        "/complaints/new?merchant=M0000000000",
        f"/complaints/new?merchant={shop_number}&goods=苹果&price=10&settled=1&lang=zh_Hans_CN",
    ):
        page.goto(state)
        sound(page, state)
    page.goto("/complaints/new")
    page.evaluate(OPEN_ALL)
    sound(page, "everything open")
    page.locator("main button[value=next]").click()
    told_of_errors(page, "nothing typed")


def test_every_step_and_its_errors_are_accessible(page: Page, shop_number: str) -> None:
    draft = begin(page, shop_number)
    sound(page, "first part")
    go_on(page)
    told_of_errors(page, "first part empty")
    choose(page, **FIRST, kind="retail_weighing")
    go_on(page)
    sound(page, "second part")
    go_on(page)
    told_of_errors(page, "second part empty")
    for name, value in OF_KIND["retail_weighing"].items():
        field = page.locator(f"main [name={name}]")
        if name == "check_method":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("[name=narrative]").fill("我的电话是13912345678，" + "称" * 1000)
    go_on(page)
    told_of_errors(page, "too long")
    page.locator("[name=narrative]").fill("回家一称少了六十克。")
    go_on(page)
    sound(page, "evidence")
    page.locator("form[data-pick]").first.evaluate("form => form.submit()")
    page.wait_for_url("**/files")
    told_of_errors(page, "no photo")
    page.goto(f"{draft}/evidence")
    go_on(page)
    sound(page, "ask")
    go_on(page)
    told_of_errors(page, "nothing asked")
    page.locator("main input[name=requests]").first.check()
    page.locator("#wants_checking").check()
    page.evaluate(OPEN_ALL)
    sound(page, "ask, all open")
    go_on(page)
    sound(page, "who")
    go_on(page)
    told_of_errors(page, "who empty")
    for way in ("as_proxy", "jointly"):
        choose(page, filed_as=way)
        page.evaluate(OPEN_ALL)
        page.locator("[name=id_number]").fill("123")
        page.locator("[name=recovery_phrase]").fill("password")
        sound(page, f"{way} chosen")
        go_on(page)
        told_of_errors(page, way)
    choose(page, filed_as="for_myself", agrees_to_publication="yes", agrees_to_delegation="no")
    page.evaluate(OPEN_ALL)
    said = {"name": "张三", "phone": "13912345678", "address": "文三路1号"}
    for name, value in (said | {"id_number": "", "recovery_phrase": ""}).items():
        page.locator(f"main [name={name}]").fill(value)
    go_on(page)
    sound(page, "preview")
    page.goto(f"{draft}/kept")
    sound(page, "kept")
    page.goto(f"{draft}/preview?lang=en")
    sound(page, "preview in English")
    page.goto("/complaints/new?lang=zh_Hans_CN")
    assert page.locator("[data-held]").count() == 1
    sound(page, "a draft to go on with")


@pytest.mark.parametrize("kind", [kind for kind in PurchaseKind if kind is not PurchaseKind.RETAIL])
def test_every_kind_of_purchase_is_accessible(
    browser: Browser, served: Flask, shop_number: str, kind: PurchaseKind
) -> None:
    context = browser.new_context(base_url=served.config["PUBLIC_URL"], viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    begin(page, shop_number)
    choose(page, **FIRST, kind=kind.value)
    go_on(page)
    page.evaluate(OPEN_ALL)
    sound(page, kind.value)
    context.close()


@pytest.mark.parametrize(
    "answer",
    [{"concern": "concern_price"}, {"handled": "handled_by_court"}, {"bought_for": "nothing_bought"}],
    ids=lambda answer: next(iter(answer.values())),
)
def test_every_stop_is_accessible(page: Page, shop_number: str, answer: dict[str, str]) -> None:
    begin(page, shop_number)
    choose(page, **FIRST | {"kind": "retail_weighing"} | answer)
    if page.locator("form[data-live] > p[role=status]").count():
        # With script it is said while one chooses, and a button that leads nowhere is gone at once.
        expect(page.locator("#stop .fm-notice")).to_be_visible()
        expect(page.locator("main button[data-next]")).to_be_visible(visible="concern" not in answer)
    else:
        page.locator("main button[data-next]").click()
        page.wait_for_url("**#stop")
    assert page.locator("#stop .fm-notice").count() == 1
    sound(page, "stop")
    if "concern" not in answer:
        page.goto(page.url.split("/what")[0] + "/ask")
        sound(page, "only a report")
