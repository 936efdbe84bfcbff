"""What an officer does at the desk, page by page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from portal.base import clock
from tests.journeys.people import Stage, looked_at, signs_in


def moves(page: Page, number: str, name: str, **fields: str | bool) -> None:
    """Make one move in a case, as its page asks for it."""
    page.goto(f"/desk/cases/{number}/moves/{name}")
    looked_at(page)
    for field, value in fields.items():
        if value is True:
            page.locator(f"#{field}").check()
        else:
            page.locator(f"#{field}").fill(str(value))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(f"/desk/cases/{number}(#.*)?$"))


def finds_the_case(stage: Stage, number: str) -> Page:
    """Sign in at the desk and open a case from the queue."""
    page = signs_in(stage, "officer")
    looked_at(page)
    page.get_by_role("main").locator(f"a[href$='{number}']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    looked_at(page)
    return page


def registers(page: Page, number: str, official_number: str) -> None:
    """Enter the number the statutory channel gave."""
    today = clock.today().isoformat()
    moves(page, number, "register", official_number=official_number, received_on=today)


def measures(page: Page, number: str, reweighed: str) -> None:
    """Record a shortage over the limit: the verdict is shown first, and recorded by a second press."""
    page.goto(f"/desk/cases/{number}/moves/record_finding")
    looked_at(page)
    page.locator("#reweighed").fill(reweighed)
    page.locator("input[name=method][value=better_instrument]").check()
    page.get_by_role("button", name="判定结果").click()
    expect(page.locator("#verdict")).to_contain_text("短缺超过了允许的负偏差")
    looked_at(page)
    page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(f"/desk/cases/{number}(#.*)?$"))
    expect(page.get_by_role("main")).to_contain_text("超出允许范围")
