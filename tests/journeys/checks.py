"""What every page is held to: axe finds nothing, and nothing is wider than the screen."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


def faults_by_axe(page: Page) -> list[str]:
    """Return what axe holds against a page, one line a fault."""
    if page.evaluate("matchMedia('(scripting: none)').matches"):
        return _faults_of_copy(page)
    results = Axe().run(page)
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def _faults_of_copy(page: Page) -> list[str]:
    """Show a page that runs no script where axe can run, as it stands."""
    browser, shown = page.context.browser, SCRIPT.sub("", page.content())
    assert browser is not None

    def show(route: Route) -> None:
        route.fulfill(body=shown, content_type="text/html; charset=utf-8")

    context = browser.new_context(viewport=page.viewport_size)
    try:
        copy = context.new_page()
        copy.route(page.url.split("#")[0], show)
        copy.goto(page.url)
        return faults_by_axe(copy)
    finally:
        context.close()


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    )
