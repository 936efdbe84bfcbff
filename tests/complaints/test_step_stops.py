"""What cannot be filed here is said on the page where it is known, with what is still possible."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import Tag
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.base.db import db
from portal.complaints import queries
from portal.complaints.models import Filing
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Track
from portal.rules.intake_terms import BoughtFor, Concern, Handled, StopCode
from tests.complaints.forms import (
    FIRST_PART,
    begin,
    draft_of,
    errors_in,
    of_step,
    page_of,
    post,
    typed,
)

NOT_OURS = [{"concern": concern.value} for concern in Concern if concern is not Concern.QUANTITY]
HEADS = ("You file a complaint", "You file a report", "They are handled apart")
# What closes the 投诉 in the first part of the step, and the notice that says so.
ONLY_REPORT = [
    *(
        ({"handled": handled.value}, StopCode.ALREADY_HANDLED)
        for handled in Handled
        if handled is not Handled.NOT_HANDLED
    ),
    ({"bought_for": BoughtFor.BUSINESS.value}, StopCode.NOT_FOR_HOUSEHOLD),
    ({"bought_for": BoughtFor.NOTHING_BOUGHT.value}, StopCode.NOTHING_BOUGHT),
    ({"bought_for": BoughtFor.NOTHING_BOUGHT.value, "handled": ""}, StopCode.NOTHING_BOUGHT),
]


@pytest.fixture
def draft(client: FlaskClient, shop: Merchant) -> str:
    return draft_of(begin(client, typed(shop)))


def first(client: FlaskClient, draft: str, **more: str) -> Any:
    return post(client, draft, "what", **FIRST_PART | {"part": "first"} | more)


def stop_on(client: FlaskClient, address: str) -> Tag:
    stop = page_of(client.get(f"{address.split('#')[0]}")).select_one("#stop")
    assert isinstance(stop, Tag)
    return stop


def noticed_on(stop: Tag) -> str:
    field = stop.select_one("[name=noticed]")
    assert isinstance(field, Tag)
    return str(field["value"])


@pytest.mark.parametrize("answer", NOT_OURS)
def test_what_is_not_ours_stops_at_once_with_where_to_go(
    client: FlaskClient, draft: str, answer: dict[str, str]
) -> None:
    told = first(client, draft, **answer)
    assert told.location == f"{draft}/what?part=first#stop"
    page = page_of(client.get(told.location.split("#")[0]))
    stop = page.select_one("#stop")
    assert isinstance(stop, Tag)
    assert "12315" in stop.get_text()
    assert noticed_on(stop) == StopCode.NOT_METROLOGY.value
    # No button leads on; the answers can be changed.
    on = [button for button in page.select("main button[value=next]") if not button.find_parent("details")]
    assert on == []
    assert page.select_one("details form [name=concern]") is not None
    for step in ("evidence", "ask", "who", "preview"):
        assert client.get(f"{draft}/{step}").location == f"{draft}/what"
        assert post(client, draft, step).location == f"{draft}/what"
    assert client.post(f"{draft}/send", data={"submission_id": "filing-1"}).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Filing)) == 0


def test_a_stop_is_said_before_anything_else_is_asked(client: FlaskClient, draft: str) -> None:
    told = post(client, draft, "what", part="first", concern=Concern.FOOD_SAFETY.value)
    assert told.location == f"{draft}/what?part=first#stop"
    assert "12315" in stop_on(client, told.location).get_text()


def test_an_answer_that_stopped_the_form_can_be_changed(client: FlaskClient, draft: str) -> None:
    first(client, draft, concern=Concern.PRICE.value)
    told = first(client, draft)
    assert told.location == f"{draft}/what"
    assert "data-stopped" not in str(page_of(client.get(told.location)).select_one("#stop"))


@pytest.mark.parametrize(("answer", "code"), ONLY_REPORT)
def test_what_closes_the_complaint_is_said_once_and_the_report_goes_on(
    client: FlaskClient, draft: str, answer: dict[str, str], code: StopCode
) -> None:
    told = first(client, draft, **answer)
    assert told.location == f"{draft}/what?part=first#stop"
    stop = stop_on(client, told.location)
    assert noticed_on(stop) == code.value
    assert not stop.has_attr("data-stopped")
    assert "举报" in stop.get_text()
    # Having read it, one goes on.
    assert first(client, draft, **answer, noticed=code.value).location == f"{draft}/what"


@pytest.mark.parametrize(("answer", "code"), ONLY_REPORT)
def test_where_the_complaint_is_closed_only_a_report_is_offered_and_filed(
    client: FlaskClient, shop: Merchant, draft: str, answer: dict[str, str], code: StopCode
) -> None:
    sent = typed(shop, **answer)
    post(client, draft, "what", **of_step("what", sent) | {"noticed": code.value})
    page = page_of(client.get(f"{draft}/ask?lang=en"))
    assert page.select("[name=requests]:not([type=hidden])") == []
    assert page.select_one("[name=wants_checking]") is not None
    assert "Here only a report is possible" in page.get_text()
    assert errors_in(post(client, draft, "ask")) != {}
    assert post(client, draft, "ask", wants_checking="y").status_code == 303
    assert "You file a report" in client.get(f"{draft}/who?lang=en").text
    for step in ("evidence", "who"):
        post(client, draft, step)
    filed = client.post(f"{draft}/send", data={"submission_id": "filing-1"})
    case = queries.case_by_number(filed.location.rsplit("/", 1)[1])
    assert case is not None
    assert [one.track for one in case.filing.cases] == [Track.REPORT]


def test_a_request_made_before_the_complaint_closed_is_filed_as_a_report(
    client: FlaskClient, shop: Merchant, draft: str
) -> None:
    post(client, draft, "what", **of_step("what", typed(shop)))
    post(client, draft, "ask", requests="refund_price")
    told = first(client, draft, handled=Handled.BY_COURT.value)
    assert told.location.endswith("#stop")
    page = page_of(client.get(f"{draft}/ask?lang=en"))
    kept = page.select_one("[name=requests][type=hidden]")
    assert isinstance(kept, Tag)
    assert kept["value"] == "refund_price"
    said = page.select_one("#said")
    assert isinstance(said, Tag)
    assert "filed as a report" in said.get_text()


@pytest.mark.parametrize(
    ("bought_on", "known_on", "is_closed"),
    [
        ("2023-06-01", "", False),
        ("2023-05-25", "", True),
        ("2020-01-01", "", True),
        ("2020-01-01", "2026-05-01", False),
        ("2020-01-01", "2022-05-01", True),
    ],
)
def test_more_than_three_years_are_said_in_the_second_part(
    client: FlaskClient, shop: Merchant, draft: str, bought_on: str, known_on: str, is_closed: bool
) -> None:
    sent = of_step("what", typed_old(shop, bought_on, known_on))
    told = post(client, draft, "what", **sent)
    assert (told.location == f"{draft}/what#stop") is is_closed
    if is_closed:
        assert noticed_on(stop_on(client, told.location)) == StopCode.OVER_THREE_YEARS.value
        again = post(client, draft, "what", **sent | {"noticed": StopCode.OVER_THREE_YEARS.value})
        assert again.location == f"{draft}/evidence"


def typed_old(shop: Merchant, bought_on: str, known_on: str) -> dict[str, Any]:
    return typed(shop, bought_on=bought_on, known_on=known_on, reweighed="")


def test_a_stop_is_shown_while_one_chooses(client: FlaskClient, draft: str) -> None:
    sent = FIRST_PART | {"part": "first", "do": "check", "concern": Concern.FOOD_SAFETY.value}
    part = client.post(f"{draft}/what", data=sent, headers={"X-Part": "live"})
    stop = page_of(part).select_one("#stop")
    assert isinstance(stop, Tag)
    assert stop.has_attr("data-stopped")


def test_several_reasons_are_said_together(client: FlaskClient, draft: str) -> None:
    told = first(client, draft, bought_for=BoughtFor.BUSINESS.value, handled=Handled.BY_ARBITRATION.value)
    stop = stop_on(client, told.location)
    assert set(noticed_on(stop).split()) == {"stop_already_handled", "stop_not_for_household"}
    # One of them read is not both.
    again = first(
        client,
        draft,
        bought_for=BoughtFor.BUSINESS.value,
        handled=Handled.BY_ARBITRATION.value,
        noticed="stop_already_handled",
    )
    assert again.location.endswith("#stop")


@pytest.mark.parametrize(
    ("asked", "heads"),
    [
        ({"requests": "refund_price"}, ["You file a complaint"]),
        ({"wants_checking": "y"}, ["You file a report"]),
        (
            {"requests": "refund_price", "wants_checking": "y"},
            ["You file a complaint", "You file a report", "They are handled apart"],
        ),
    ],
)
def test_what_is_filed_is_said_with_its_clocks_on_three_pages(
    client: FlaskClient, shop: Merchant, draft: str, asked: dict[str, str], heads: list[str]
) -> None:
    post(client, draft, "what", **of_step("what", typed(shop)))
    assert "You file" not in client.get(f"{draft}/ask?lang=en").text
    assert post(client, draft, "ask", **asked | {"do": "check"}).location == f"{draft}/ask#checked"
    for step in ("ask", "who", "preview"):
        text = page_of(client.get(f"{draft}/{step}?lang=en")).get_text(" ", strip=True)
        said = [
            head
            for head in ("You file a complaint", "You file a report", "They are handled apart")
            if head in text
        ]
        assert said == heads, step
        assert "working days" in text
