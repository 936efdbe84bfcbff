"""What is told by phone, at the window or on paper, and what a 12315 ticket says, typed by the office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.accounts.models import Role
from portal.complaints import queries
from portal.complaints.drafts import drafting, office_intake
from portal.complaints.models import Case, Draft
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import State, Track
from portal.rules.intake_terms import Channel
from tests.builders import make_case, make_member, make_merchant, make_office, sign_in
from tests.complaints.forms import FIRST_PART, code_on, errors_in, of_step, typed

NOW = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)
TICKET = {
    "official_number": "1330106002026060500001",
    "received_on": "2026-06-05",
    "text": "市民称少了六十克。",
}
PAGES = ("/desk/intake", "/desk/tickets/new")
POSTS = (*PAGES, "/desk/intake/XXXXXXXXXX/open", "/desk/intake/handed-over")


@pytest.fixture(autouse=True)
def wednesday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clerk(app: Flask, client: FlaskClient) -> int:
    user_id = make_member(Role.INTAKE_CLERK, make_office(now=NOW), name="周敏", now=NOW)
    sign_in(client, user_id)
    return user_id


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    return make_merchant(now=NOW)


def begin(client: FlaskClient, channel: str = "phone", key: str = "filing-1") -> TestResponse:
    return client.post("/desk/intake", data={"submission_id": key, "channel": channel})


def bring_in(client: FlaskClient, key: str = "filing-1", **told: str) -> TestResponse:
    return client.post("/desk/tickets/new", data={"submission_id": key, **TICKET, **told})


def draft_at(answer: TestResponse) -> Draft:
    draft = drafting.draft_by_number(answer.location.split("/")[-2])
    assert draft is not None
    return draft


def finish(client: FlaskClient, draft: Draft, merchant: Merchant | None, **told: Any) -> TestResponse:
    """Type the rest into the steps and send it."""
    sent = typed(merchant, "filing-1") | told
    for step in ("where", "what", "evidence", "ask", "who"):
        body = of_step(step, sent) if step != "evidence" else {"do": "next"}
        answer = client.post(f"/complaints/drafts/{draft.number}/{step}", data=body)
        assert answer.status_code == 303, (step, errors_in(answer))
    return client.post(
        f"/complaints/drafts/{draft.number}/send", data={"submission_id": sent["submission_id"]}
    )


def case_at(answer: TestResponse) -> Case:
    assert answer.status_code == 303, errors_in(answer)
    case = queries.case_by_number(answer.location.rsplit("/", 1)[1])
    assert case is not None
    return case


# Who may type.


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MERCHANT_OWNER, Role.INSPECTOR, Role.PUBLISHER])
def test_only_those_who_work_at_the_desk_type_for_others(
    app: Flask, client: FlaskClient, merchant: Merchant, role: Role
) -> None:
    subject = merchant.id if role is Role.MERCHANT_OWNER else make_office(now=NOW)
    sign_in(client, make_member(role, subject, now=NOW))
    assert [client.get(path).status_code for path in PAGES] == [403, 403]
    assert [client.post(path).status_code for path in POSTS] == [403] * 4


@pytest.mark.parametrize("role", [Role.INTAKE_CLERK, Role.OFFICER, Role.LEADER])
def test_clerks_officers_and_leaders_type_for_others(app: Flask, client: FlaskClient, role: Role) -> None:
    sign_in(client, make_member(role, make_office(now=NOW), now=NOW))
    assert [client.get(path).status_code for path in PAGES] == [200, 200]
    assert begin(client).status_code == 303


def test_strangers_are_sent_to_sign_in(client: FlaskClient) -> None:
    for path in PAGES:
        assert client.get(path).location.startswith("/account/login?next="), path
    assert [client.post(path).location for path in POSTS] == ["/account/login"] * 4


# By phone, in person, on paper.


@pytest.mark.parametrize("channel", ["phone", "walk_in", "paper"])
def test_a_draft_is_begun_for_somebody_and_marked(clerk: int, client: FlaskClient, channel: str) -> None:
    first, second = begin(client, channel), begin(client, channel)
    assert (first.status_code, first.location) == (303, second.location)
    draft = draft_at(first)
    assert (draft.channel, draft.typed_by_id) == (Channel(channel), clerk)
    assert client.get(first.location).status_code == 200


@pytest.mark.parametrize("channel", ["", "online", "ticket_12315", "pigeon"])
def test_another_way_of_coming_is_refused(clerk: int, client: FlaskClient, channel: str) -> None:
    answer = begin(client, channel)
    assert answer.status_code == 422
    assert office_intake.drafts_typed_by(clerk) == []


def test_what_was_typed_for_somebody_is_filed_marked_and_handed_over(
    clerk: int, client: FlaskClient, merchant: Merchant
) -> None:
    answer = finish(client, draft_at(begin(client)), merchant)
    case = case_at(answer)
    assert (case.filing.channel, case.filing.typed_by_id) == (Channel.PHONE, clerk)
    assert case.state is State.FILED
    page = client.get(answer.location + "?lang=en")
    assert code_on(page)
    assert "Handed over: forget it here" in page.text
    assert client.post("/desk/intake/handed-over").location == "/desk/intake"
    assert client.get(answer.location).location == "/complaints/follow"
    shown = client.get(f"/desk/cases/{case.number}?lang=en").text
    assert "By phone" in shown
    assert "周敏" in shown


def test_the_desk_warns_while_receipts_of_sent_cases_are_held_here(
    clerk: int, client: FlaskClient, merchant: Merchant
) -> None:
    words = "还有已提交的回执没有移交"
    draft = draft_at(begin(client))
    # A draft that is not sent yet is the clerk's work at hand, no receipt to hand over.
    assert words not in client.get("/desk/intake").text
    finish(client, draft, merchant)
    page = client.get("/desk/intake").text
    assert words in page
    assert 'action="/desk/intake/handed-over"' in page
    client.post("/desk/intake/handed-over")
    assert words not in client.get("/desk/intake").text


def test_the_filer_is_not_asked_to_hand_anything_over(
    clerk: int, client: FlaskClient, app: Flask, merchant: Merchant
) -> None:
    answer = finish(client, draft_at(begin(client)), merchant)
    code = code_on(client.get(answer.location))
    visitor = app.test_client()
    assert visitor.post("/complaints/follow", data={"code": code}).status_code == 303
    page = visitor.get(answer.location + "?lang=en")
    assert page.status_code == 200
    assert "Handed over" not in page.text


def test_the_same_rules_hold_for_what_an_office_types(
    clerk: int, client: FlaskClient, merchant: Merchant
) -> None:
    draft = draft_at(begin(client))
    with pytest.raises(AssertionError, match="phone"):
        finish(client, draft, merchant, phone="")


def test_a_begun_draft_is_found_again_by_whoever_typed_it_alone(
    clerk: int, client: FlaskClient, app: Flask
) -> None:
    draft = draft_at(begin(client))
    path = f"/desk/intake/{draft.number}/open"
    client.post("/desk/intake/handed-over")
    assert path in client.get("/desk/intake").text
    assert client.post(path).location == f"/complaints/drafts/{draft.number}/where"
    colleague = app.test_client()
    sign_in(colleague, make_member(Role.LEADER, 1, login="li@example.cn", now=NOW))
    assert path not in colleague.get("/desk/intake").text
    assert colleague.post(path).status_code == 404
    assert colleague.get(f"/complaints/drafts/{draft.number}/where").status_code != 200


# A 12315 ticket.


def test_a_ticket_is_registered_at_once_with_its_own_number_and_day(
    clerk: int, client: FlaskClient, merchant: Merchant
) -> None:
    draft = draft_at(bring_in(client))
    assert drafting.answers_of(draft)["what"]["narrative"] == TICKET["text"]
    what = f"/complaints/drafts/{draft.number}/what"
    assert client.post(what, data={**FIRST_PART, "part": "first", "do": "next"}).status_code == 303
    assert TICKET["text"] in client.get(what).text
    assert TICKET["official_number"] in client.get("/desk/intake").text
    case = case_at(finish(client, draft, merchant, bought_on="2026-06-01"))
    assert case.filing.channel is Channel.TICKET_12315
    assert case.official_number == TICKET["official_number"]
    assert (case.state, case.received_on) == (State.RECEIVED, date(2026, 6, 5))
    assert case.filing.typed_by_id == clerk


def test_a_ticket_for_both_tracks_registers_both(clerk: int, client: FlaskClient, merchant: Merchant) -> None:
    case = case_at(finish(client, draft_at(bring_in(client)), merchant, wants_checking="y"))
    assert {one.track for one in case.filing.cases} == set(Track)
    assert {one.received_on for one in case.filing.cases} == {date(2026, 6, 5)}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("official_number", ""),
        ("official_number", "  "),
        ("official_number", "--"),
        ("official_number", "1" * 61),
        ("received_on", ""),
        ("received_on", "2026-06-11"),
        ("text", ""),
        ("text", "长" * 5001),
    ],
)
def test_a_ticket_that_cannot_be_is_refused_on_its_field(
    clerk: int, client: FlaskClient, field: str, value: str
) -> None:
    answer = bring_in(client, **{field: value})
    assert answer.status_code == 422
    assert field in errors_in(answer)
    assert office_intake.drafts_typed_by(clerk) == []


@pytest.mark.parametrize("typed_again", [TICKET["official_number"], "  １330106002026060500001 "])
def test_a_ticket_that_is_here_already_leads_to_its_case(
    clerk: int, client: FlaskClient, merchant: Merchant, typed_again: str
) -> None:
    case = case_at(finish(client, draft_at(bring_in(client)), merchant))
    answer = bring_in(client, "again", official_number=typed_again)
    assert answer.status_code == 409
    assert f"/desk/cases/{case.number}" in answer.text
    assert TICKET["text"] in answer.text
    assert "official_number" in errors_in(answer)


def test_a_ticket_of_another_office_is_told_without_its_case(
    clerk: int, client: FlaskClient, app: Flask, merchant: Merchant
) -> None:
    case = case_at(finish(client, draft_at(bring_in(client)), merchant))
    stranger = app.test_client()
    there = make_office("330108", "滨江区局", now=NOW)
    sign_in(stranger, make_member(Role.INTAKE_CLERK, there, login="x@example.cn", now=NOW))
    answer = stranger.post("/desk/tickets/new", data={"submission_id": "x", **TICKET})
    assert answer.status_code == 409
    assert case.number not in answer.text
    assert merchant.name not in answer.text


def test_of_two_drafts_of_one_ticket_only_the_first_is_sent(
    clerk: int, client: FlaskClient, merchant: Merchant
) -> None:
    first, second = draft_at(bring_in(client)), draft_at(bring_in(client, "second"))
    case_at(finish(client, first, merchant))
    answer = finish(client, second, merchant, submission_id="second")
    assert answer.status_code == 422
    assert TICKET["official_number"] in answer.text
    assert second.sent_to is None


def test_a_ticket_older_than_the_purchase_is_not_sent(
    clerk: int, client: FlaskClient, merchant: Merchant
) -> None:
    answer = finish(client, draft_at(bring_in(client)), merchant, bought_on="2026-06-06")
    assert answer.status_code == 422


def test_the_number_of_a_registered_online_case_is_known_too(
    clerk: int, client: FlaskClient, merchant: Merchant
) -> None:
    case = make_case(merchant, key="online", is_registered=True, now=NOW)
    assert bring_in(client, official_number=case.number).status_code == 409


def test_the_next_person_learns_nothing_of_what_the_last_one_filed(
    client: FlaskClient, clerk: int, merchant: Merchant
) -> None:
    report = case_at(finish(client, draft_at(begin(client)), merchant, requests=[], wants_checking="y"))
    assert report.track is Track.REPORT
    number = draft_at(begin(client, key="filing-2")).number
    sent = typed(merchant, "filing-2")
    for step in ("where", "what"):
        assert client.post(f"/complaints/drafts/{number}/{step}", data=of_step(step, sent)).status_code == 303
    page = client.get(f"/complaints/drafts/{number}/ask")
    assert page.status_code == 200
    assert report.number not in page.text
    assert 'id="similar"' not in page.text
