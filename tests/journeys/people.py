"""The people of the stories: their phones, how they type and sign in, and what every page is held to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response, expect

from portal.accounts import actions as account_actions
from portal.accounts import queries as account_queries
from portal.base import clock
from tests.journeys.checks import faults_by_axe, is_wider_than_the_screen

PASSWORDS = {"officer": "kettle-birch-lantern-71", "owner": "harbour-plum-window-42"}
# Words in a row that a page in Chinese has no reason to hold: a sentence nobody translated.
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,'’]+[A-Za-z]+){3,}")


@dataclass
class Stage:
    """A shop at a market, with a pledge, a scale and an owner; an officer; and a phone for everybody."""

    app: Flask
    new_context: Any
    merchant_number: str
    # What the portal could not do, what scripts could not, and what the security policy kept them from.
    faults: list[str] = field(default_factory=list)

    def phone(self, **settings: Any) -> Page:
        """Return a page on a phone of somebody's own."""
        context: BrowserContext = self.new_context(**settings)
        context.set_default_timeout(20_000)
        context.on("weberror", lambda fault: self.faults.append(str(fault.error)))
        context.on("response", self._note_answer)
        context.on("console", self._note_line)
        return context.new_page()

    def _note_answer(self, answer: Response) -> None:
        if answer.status >= 500:
            self.faults.append(f"{answer.status} {answer.url}")

    def _note_line(self, line: ConsoleMessage) -> None:
        if line.type == "error" and "Content Security Policy" in line.text:
            self.faults.append(line.text)


def looked_at(page: Page) -> None:
    """Hold a page to what every page must be: usable by everybody, as wide as the phone, in Chinese."""
    assert faults_by_axe(page) == [], page.url
    assert not is_wider_than_the_screen(page), page.url
    english = ENGLISH.findall(page.locator("body").inner_text())
    assert english == [], (page.url, english)


def types(page: Page, selector: str, text: str) -> None:
    """Type into a field sign by sign, in place of what stands there."""
    typed_in = page.locator(selector)
    typed_in.fill("")
    typed_in.press_sequentially(text)


def presses(page: Page, name: str) -> None:
    """Press the button of the page's own part that is called so."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def code_shown(page: Page) -> str:
    """Return the receipt code that a page shows."""
    return page.locator(".fm-secret-code [aria-hidden]").inner_text().replace("\n", "")


def opens_with(page: Page, code: str) -> None:
    """Type a receipt code on the page that asks for it."""
    page.goto("/complaints/follow")
    types(page, "#code", code)
    page.locator("main form button[type=submit]").first.click()


def signs_in(stage: Stage, who: str) -> Page:
    """Return the page on which somebody of the office or the shop begins to work."""
    page = stage.phone()
    page.goto("/account/login")
    page.get_by_label("登录名").fill(f"{who}@example.cn")
    page.get_by_label("密码").fill(PASSWORDS[who])
    page.get_by_role("main").get_by_role("button", name="登录").click()
    if who == "officer":
        with stage.app.app_context():
            user = account_queries.user_by_login("officer@example.cn")
            assert user is not None
            code = account_actions.current_totp_code(user, clock.now())
        page.locator("#code").fill(code)
        page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(re.compile("/desk/|/merchant/"))
    return page
