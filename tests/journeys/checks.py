"""What every page is held to: axe finds nothing, and nothing is wider than the screen."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def faults_by_axe(page: Page) -> list[str]:
    """Return what axe holds against a page, one line a fault."""
    results = Axe().run(page)
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    )
