"""What a visitor types into the complaint form, and how a test sends it."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.complaints import queries
from portal.complaints.models import Case, Filing
from portal.merchants.models import Merchant

CONSENTS = {"agrees_to_publication": "no", "agrees_to_delegation": "no"}
WHO = {"name": "张三丰", "phone": "13912345678", "address": "文二路2号3幢"}
SHORT = {"goods": "苹果", "price": "10", "settled": "1", "reweighed": "0.94", "check_method": "better_scale"}
STORY = "回家一称少了六十克。"


FIRST_PART = {
    "concern": "concern_quantity",
    "kind": "retail_weighing",
    "bought_for": "for_household",
    "handled": "not_handled",
}
ASKED = {
    "want_mediation": {"requests": ["refund_price"]},
    "want_report": {"wants_checking": "y"},
    "want_both": {"requests": ["refund_price"], "wants_checking": "y"},
}
# The fields of each step; "what" takes everything else.
FIELDS = {
    "where": {"merchant", "name_of_merchant", "place", "county", "submission_id"},
    "ask": {"requests", "wants_checking", "pledge_clause"},
    "who": {
        *WHO,
        *CONSENTS,
        *("filed_as", "email", "id_number", "recovery_phrase", "has_power_of_attorney", "joint_count"),
        *(f"proxy_{what}" for what in ("name", "phone", "matter", "power", "term")),
        *(f"representative_{no}_{what}" for no in (1, 2) for what in ("name", "phone")),
    },
}


def typed(
    merchant: Merchant | None, key: str = "filing-1", wanted: str = "want_mediation", **more: Any
) -> dict[str, Any]:
    """Return what is typed into all the steps; 60 g of apples are missing from a kilogram."""
    sent = {"merchant": merchant.number if merchant else "", "submission_id": key, "narrative": STORY}
    sent |= {"bought_on": "2026-06-01"}
    return sent | FIRST_PART | SHORT | ASKED.get(wanted, {}) | WHO | CONSENTS | more


def of_step(step: str, sent: dict[str, Any]) -> dict[str, Any]:
    """Return what is typed into one step."""
    elsewhere = set().union(*FIELDS.values())
    is_here = {name for name in sent if (name in FIELDS[step] if step in FIELDS else name not in elsewhere)}
    typed_here = {name: sent[name] for name in is_here}
    if "name_of_merchant" in typed_here:
        typed_here["name"] = typed_here.pop("name_of_merchant")
    return typed_here | {"do": "next"}


def begin(client: FlaskClient, sent: dict[str, Any]) -> TestResponse:
    """Send the first step, which begins a draft."""
    return client.post("/complaints/new", data=of_step("where", sent))


def draft_of(answer: TestResponse) -> str:
    """Return the address of the draft an answer leads to."""
    assert answer.status_code == 303, errors_in(answer)
    return str(answer.location).rsplit("/", 1)[0]


def fill_in(client: FlaskClient, sent: dict[str, Any]) -> tuple[str, TestResponse]:
    """Go through every step up to the last; return the draft's address and the last answer."""
    answer = begin(client, sent)
    if answer.status_code != 303:
        return "", answer
    draft = draft_of(answer)
    for step in ("what", "evidence", "ask", "who"):
        answer = client.post(
            f"{draft}/{step}", data=of_step(step, sent) if step != "evidence" else {"do": "next"}
        )
        if answer.status_code != 303:
            return draft, answer
    return draft, answer


def send(client: FlaskClient, sent: dict[str, Any]) -> TestResponse:
    """Go through the steps and send; return the answer that stopped the way, or the one that ended it."""
    draft, answer = fill_in(client, sent)
    if answer.status_code != 303 or "/filed/" in answer.location:
        return answer
    return client.post(f"{draft}/send", data={"submission_id": sent["submission_id"]})


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
        element = page.select_one(f"form [name={name}]")
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


# What is typed into the second step for each kind of purchase; nothing of it is weighed at a stall.
OF_KIND: dict[str, dict[str, str]] = {
    "retail_weighing": SHORT,
    "gold_and_silver": SHORT | {"goods": "金戒指", "price": "800", "price_unit": "unit_g"},
    "prepackaged_goods": {"goods": "大米", "shown": "5", "shown_unit": "measured_kg", "received": "4.8"},
    "fuel": {"goods": "92号汽油", "shown": "30", "received": "29", "reference": "verified_standard"},
    "taximeter": {"shown": "12.4", "received": "9.8", "device": "浙A·T1234"},
    "charging": {"shown": "30", "received": "29"},
    "household_meter": {"meter": "water_class_2", "shown": "12", "received": "10"},
    "unlawful_instrument": {"device": "门口第二台秤"},
    "other_purchase": {"goods": "布料", "shown": "3", "shown_unit": "measured_m", "received": "2.8"},
}


def typed_of_kind(merchant: Merchant | None, kind: str, key: str = "filing-1", **more: Any) -> dict[str, Any]:
    """Return what is typed into all the steps about one kind of purchase."""
    sent = {name: value for name, value in typed(merchant, key).items() if name not in SHORT}
    return sent | {"kind": kind} | OF_KIND[kind] | more


def post(client: FlaskClient, draft: str, step: str, query: str = "", **sent: Any) -> TestResponse:
    """Press a button of a step, "next" unless another is given."""
    return client.post(f"{draft}/{step}{query}", data={"do": "next"} | sent)
