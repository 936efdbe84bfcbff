"""What the merchant does on their own side."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.people import looked_at


def says_paid(page: Page, number: str) -> None:
    """Open one's own case and say that the money was paid."""
    page.goto(f"/merchant/cases/{number}")
    looked_at(page)
    page.locator("form[action$='/paid'] input[name=method]").first.check()
    page.locator("form[action$='/paid'] button[type=submit]").click()
    expect(page.locator("form[action$='/paid']")).to_have_count(0)
    looked_at(page)
