"""The six steps of the form, as a filer goes through them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playwright.sync_api import Page, expect

from tests.journeys.people import looked_at, types

NARRATIVE = "回家一称少了六十克。"


def arrives(page: Page, step: str) -> None:
    """Be at a step: its heading has the focus, its name stands in the progress, the page is sound."""
    expect(page).to_have_url(re.compile(f"/complaints/drafts/[0-9A-Z]+/{step}(\\?|#|$)"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator("main nav [aria-current=step]")).to_have_count(1)
    looked_at(page)


def goes_on(page: Page) -> None:
    """Press "next step"."""
    page.locator("main button[data-next]").click()


def stays_with_errors(page: Page) -> None:
    """Be told what is missing, with the summary in focus and nothing typed lost."""
    expect(page.locator("#error-summary")).to_be_focused()
    looked_at(page)


def says_what_it_is_about(
    page: Page, *, kind: str, bought_for: str = "for_household", handled: str | None = "not_handled"
) -> None:
    """Answer the first half of the second step."""
    chosen = {"concern": "concern_quantity", "kind": kind, "bought_for": bought_for, "handled": handled}
    for name, value in chosen.items():
        if value:
            page.locator(f"main input[name={name}][value={value}]").check()


def asks_for(page: Page, requests: Sequence[str] = (), *, checking: bool = False) -> None:
    """Tick what is asked of the merchant and of the authority."""
    for request in requests:
        page.locator(f"main input[name=requests][value={request}]").check()
    if checking:
        page.locator("#wants_checking").check()


def says_who(page: Page, name: str, phone: str, address: str, *, publication: str = "yes") -> None:
    """Give what a complaint needs, and answer both consents."""
    types(page, "#name", name)
    types(page, "#phone", phone)
    types(page, "#address", address)
    page.locator(f"main input[name=agrees_to_publication][value={publication}]").check()
    page.locator("main input[name=agrees_to_delegation][value=no]").check()


def sends(page: Page) -> str:
    """Press "send" and return the number of the (first) case."""
    page.locator("main form[data-send] button[type=submit]").click()
    expect(page).to_have_url(re.compile("/complaints/filed/"))
    return number_in(page.url)


def number_in(address: str) -> str:
    """Return the case number in an address."""
    found = re.search(r"/(?:filed|cases)/([A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4})", address)
    assert found, address
    return found.group(1)
