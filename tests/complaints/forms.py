"""What a visitor types into the complaint form, and how a test sends it."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.complaints import queries
from portal.complaints.models import Case, Filing
from portal.merchants.models import Merchant

WHO = {"name": "张三丰", "phone": "13912345678", "address": "文二路2号3幢"}
SHORT = {"goods": "苹果", "price": "10", "settled": "1", "reweighed": "0.94", "check_method": "better_scale"}
STORY = "回家一称少了六十克。"


def typed(
    merchant: Merchant, key: str = "filing-1", wanted: str = "want_mediation", **more: str
) -> dict[str, str]:
    """Return a whole form; 60 g of apples are missing from a kilogram."""
    sent = {"merchant": merchant.number, "submission_id": key, "wanted": wanted, "narrative": STORY}
    return sent | SHORT | WHO | more


def send(client: FlaskClient, sent: dict[str, Any]) -> TestResponse:
    return client.post("/complaints/new", data=sent)


def filed_cases(client: FlaskClient, sent: dict[str, Any]) -> list[Case]:
    """Send a form that must be taken, and return the cases it opened."""
    answer = send(client, sent)
    assert answer.status_code == 303, errors_in(answer)
    case = queries.case_by_number(answer.location.rsplit("/", 1)[1])
    assert case is not None
    return case.filing.cases


def filing_of(client: FlaskClient, sent: dict[str, Any]) -> Filing:
    return filed_cases(client, sent)[0].filing


def page_of(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def errors_in(answer: TestResponse) -> dict[str, str]:
    """Return the message on each field of a page, by the field's name."""
    found = page_of(answer).select(".fm-field-error")
    return {str(error["id"]).removesuffix("-error"): error.get_text(" ", strip=True) for error in found}


def kept_in(answer: TestResponse, names: list[str]) -> dict[str, str]:
    """Return what a form shown again holds in its one-line fields and text areas."""
    page = page_of(answer)
    kept = {}
    for name in names:
        element = page.select_one(f"form.fm-form [name={name}]")
        assert element is not None, name
        # The first line break after <textarea> is not part of its text.
        kept[name] = (
            element.text.removeprefix("\r\n").removeprefix("\n")
            if element.name == "textarea"
            else str(element.get("value", ""))
        )
    return kept


def code_on(answer: TestResponse) -> str:
    """Return the receipt code a page shows, or an empty text."""
    shown = page_of(answer).select_one(".fm-secret-code [aria-hidden]")
    return shown.get_text("", strip=True) if shown else ""
