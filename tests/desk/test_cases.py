"""A case on the desk: who may open it, what it offers, and what each button does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Role
from portal.base.db import unit_of_work
from portal.compensation import queries as compensation_queries
from portal.complaints import actions as complaint_actions
from portal.complaints import queries as complaint_queries
from portal.complaints.models import Case
from portal.desk.door import ACTOR_OF_ROLE
from portal.records import queries as record_queries
from portal.rules.complaint_flow import (
    MOVES,
    Actor,
    MoveName,
    RefusalGround,
    State,
    Track,
    ending_grounds,
    refusal_grounds,
)
from tests.builders import (
    make_case,
    make_member,
    make_merchant,
    make_office,
    make_pledge,
    move_case,
    sign_in,
)

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
REASON = {"reason": "依法处理"}


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(app: Flask) -> int:
    return make_office(now=NOW)


@pytest.fixture
def officer(office: int, client: FlaskClient) -> int:
    user_id = make_member(Role.OFFICER, office, now=NOW)
    sign_in(client, user_id)
    return user_id


@pytest.fixture
def leader(office: int, client: FlaskClient) -> int:
    user_id = make_member(Role.LEADER, office, login="li@example.cn", name="李队", now=NOW)
    sign_in(client, user_id)
    return user_id


def case_of(number: str) -> Case:
    return complaint_queries.case_by_number(number)


def address(number: str, move: MoveName | None = None) -> str:
    return f"/desk/cases/{number}" + (f"/moves/{move.value}" if move else "")


def send(client: FlaskClient, number: str, move: MoveName, key: str = "once", **fields: str) -> int:
    body = {"submission_id": f"{key}-{move.value}", **fields}
    return client.post(address(number, move), data=body).status_code


# Who may come in.

PAGES = ("", "/moves/accept", "/moves/record_finding", "/moves/name_merchant")
POSTS = ("/take", "/assign", "/messages", *PAGES[1:])


def test_strangers_are_sent_to_sign_in(client: FlaskClient) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    for path in ("/desk/", *(address(number) + page for page in PAGES)):
        assert client.get(path).location.startswith("/account/login?next="), path


@pytest.mark.parametrize("role", [Role.MERCHANT_OWNER, Role.ADMINISTRATOR, Role.PUBLISHER, Role.INSPECTOR])
def test_roles_without_case_work_are_told_so(office: int, client: FlaskClient, role: Role) -> None:
    merchant = make_merchant(now=NOW)
    subject = {Role.MERCHANT_OWNER: merchant.id, Role.ADMINISTRATOR: 0}.get(role, office)
    sign_in(client, make_member(role, subject, now=NOW))
    number = make_case(merchant, now=NOW).number
    for path in ("/desk/", *(address(number) + page for page in PAGES)):
        assert client.get(path).status_code == 403, path
    for path in POSTS:
        assert client.post(address(number) + path).status_code == 403, path


@pytest.mark.parametrize("role", [*ACTOR_OF_ROLE, Role.AUDITOR])
def test_the_staff_of_another_county_finds_nothing(app: Flask, client: FlaskClient, role: Role) -> None:
    sign_in(client, make_member(role, make_office("330108", "滨江区局", now=NOW), now=NOW))
    number = make_case(make_merchant(now=NOW), now=NOW).number
    allowed = {404} if role is not Role.AUDITOR else {404, 403}
    if role is Role.INTAKE_CLERK:
        allowed = {404, 403}
    for path in PAGES:
        assert client.get(address(number) + path).status_code in allowed, path
    for path in POSTS:
        assert client.post(address(number) + path, data={"text": "x"}).status_code in allowed, path
    assert case_of(number).state is State.RECEIVED


def test_an_auditor_reads_all_and_changes_nothing(office: int, client: FlaskClient) -> None:
    sign_in(client, make_member(Role.AUDITOR, office, now=NOW))
    number = make_case(make_merchant(now=NOW), now=NOW).number
    text = client.get(address(number)).text
    assert "13800000000" in text
    assert '<form method="post" action="/desk' not in text
    assert f"{address(number)}/moves/" not in text
    for path in POSTS:
        assert client.post(address(number) + path).status_code == 403, path


def test_unknown_cases_and_moves_are_not_found(officer: int, client: FlaskClient) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    for path in (
        "/desk/cases/TS-XXXX-XXXX",
        address(number) + "/moves/fly",
        address(number) + "/moves/open_case",
    ):
        assert client.get(path).status_code == 404, path


# What is offered.


@pytest.mark.parametrize("role", ACTOR_OF_ROLE)
@pytest.mark.parametrize("track", Track)
@pytest.mark.parametrize("is_registered", [True, False])
def test_the_buttons_are_the_open_moves_and_each_form_opens(
    office: int, client: FlaskClient, role: Role, track: Track, is_registered: bool
) -> None:
    sign_in(client, make_member(role, office, now=NOW))
    case = make_case(make_merchant(now=NOW), tracks=(track,), is_registered=is_registered, now=NOW)
    shown = re.findall(rf'{address(case.number)}/moves/(\w+)"', client.get(address(case.number)).text)
    opened = complaint_actions.open_moves(case, ACTOR_OF_ROLE[role])
    assert set(shown) == {move.value for move in opened}
    for move in opened:
        answer = client.get(address(case.number, move))
        assert answer.status_code == 200, move
        assert "submission_id" in answer.text


REACHED = [
    (track, state)
    for track in Track
    for state in State
    if any(m.track is track and state in m.from_states for m in MOVES)
]


@pytest.mark.parametrize(("track", "state"), REACHED)
def test_every_form_of_a_leader_opens_in_every_state(
    leader: int, client: FlaskClient, track: Track, state: State
) -> None:
    number = make_case(make_merchant(now=NOW), tracks=(track,), now=NOW).number
    _put_into(number, state)
    assert client.get(address(number)).status_code == 200
    for move in complaint_actions.open_moves(case_of(number), Actor.LEADER):
        assert client.get(address(number, move)).status_code == 200, move


def _put_into(number: str, state: State) -> None:
    """Put a case into a state the short way: what is tested is the page, not the way there."""
    with unit_of_work():
        case_of(number).state = state


def test_a_move_that_is_not_open_says_why(officer: int, client: FlaskClient) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    answer = client.get(address(number, MoveName.END_MEDIATION) + "?lang=en")
    assert answer.status_code == 409
    assert "is not possible while the case is" in answer.text
    assert client.get(address(number, MoveName.RECORD_FINDING)).status_code == 409


def test_the_page_tells_the_whole_case(officer: int, client: FlaskClient) -> None:
    merchant = make_merchant(now=NOW - timedelta(days=9))
    make_pledge(merchant, now=NOW - timedelta(days=9))
    case = make_case(merchant, tracks=tuple(Track), now=NOW)
    other = next(c for c in case.filing.cases if c.id != case.id)
    text = client.get(address(case.number) + "?lang=en").text
    for expected in (
        "张三",
        "回家一称少了六十克",
        other.number,
        "Show the count",
        "The first day is not counted",
        "What the filer's check gave",
        "Refund the price",
        "In force when the goods were bought",
        merchant.name,
    ):
        assert expected in text, expected


def test_an_unregistered_case_says_so_and_shows_what_would_run(officer: int, client: FlaskClient) -> None:
    number = make_case(make_merchant(now=NOW), is_registered=False, now=NOW).number
    text = client.get(address(number) + "?lang=en").text
    assert "so no legal time runs" in text
    assert "would run, if registered on the day of filing" in text


# What the buttons do.


def test_the_story_from_registration_to_a_settlement(officer: int, client: FlaskClient) -> None:
    merchant = make_merchant(now=NOW)
    make_pledge(merchant, now=NOW)
    number = make_case(merchant, is_registered=False, now=NOW).number
    assert send(client, number, MoveName.REGISTER, official_number="12315-7", received_on="2026-06-01") == 303
    assert case_of(number).received_on == NOW.date()
    assert send(client, number, MoveName.ACCEPT) == 303
    assert send(client, number, MoveName.BEGIN_MEDIATION) == 422
    assert send(client, number, MoveName.BEGIN_MEDIATION, both_consent="y") == 303

    weighed = {"goods": "苹果", "goods_group": "fruit", "unit_price": "10", "settled": "1"}
    weighed |= {"reweighed": "0.94", "method": "better_instrument", "accuracy": "class_iii"}
    finding = {"submission_id": "finding", **weighed}
    preview = client.post(address(number, MoveName.RECORD_FINDING) + "?lang=en", data=finding)
    assert preview.status_code == 200
    assert "Record this finding" in preview.text
    assert case_of(number).findings == []
    seen = re.search(r'name="seen" type="hidden" value="(\w+)"', preview.text)
    assert seen
    changed = client.post(
        address(number, MoveName.RECORD_FINDING),
        data={**finding, "seen": seen[1], "reweighed": "0.95"},
    )
    assert changed.status_code == 200
    for _click in range(2):
        answer = client.post(address(number, MoveName.RECORD_FINDING), data={**finding, "seen": seen[1]})
        assert answer.status_code == 303
    [found] = case_of(number).findings
    assert (found.shortage_mg, found.verdict) == (60_000, "over")
    assert record_queries.record_by_number(found.record_number)

    settle = client.get(address(number, MoveName.SETTLE)).text
    assert 'value="6.60"' in settle
    assert send(client, number, MoveName.SETTLE, "more", amount="100", both_consent="y") == 422
    assert send(client, number, MoveName.SETTLE, amount="6.60", both_consent="y") == 303
    claim = compensation_queries.claim_by_number(case_of(number).claim_number)
    assert claim.amount_fen == 660
    assert send(client, number, MoveName.REPORT_PAID, method="cash") == 303
    assert send(client, number, MoveName.CONFIRM_PERFORMED) == 303
    assert case_of(number).state is State.CLOSED
    assert client.get(address(number)).status_code == 200


def test_a_settlement_without_money_opens_no_claim(officer: int, client: FlaskClient) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    move_case(number, MoveName.ACCEPT, now=NOW)
    assert send(client, number, MoveName.SETTLE, amount="0", both_consent="y") == 303
    assert (case_of(number).state, case_of(number).claim_number) == (State.SETTLED, None)


def test_more_than_is_owed_passes_with_a_reason(officer: int, client: FlaskClient) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    move_case(number, MoveName.ACCEPT, now=NOW)
    answer = client.post(
        address(number, MoveName.SETTLE) + "?lang=en",
        data={"submission_id": "x", "amount": "88.80", "both_consent": "y"},
    )
    assert answer.status_code == 422
    assert "more than the" in answer.text
    assert 'value="88.80"' in answer.text
    assert send(client, number, MoveName.SETTLE, amount="88.80", both_consent="y", **REASON) == 303


@pytest.mark.parametrize("ground", refusal_grounds(NOW.date()))
def test_a_complaint_is_refused_on_each_ground_of_its_edition(
    officer: int, client: FlaskClient, ground: RefusalGround
) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    assert f'value="{ground.value}"' in client.get(address(number, MoveName.REFUSE)).text
    assert send(client, number, MoveName.REFUSE, ground=ground.value, **REASON) == 303
    case = case_of(number)
    assert (case.state, case.events[-1].ground) == (State.REFUSED, ground.value)


@pytest.mark.parametrize("ground", ending_grounds(NOW.date()))
def test_mediation_ends_on_each_ground(officer: int, client: FlaskClient, ground: object) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    move_case(number, MoveName.ACCEPT, now=NOW)
    assert send(client, number, MoveName.END_MEDIATION, ground=ground.value, **REASON) == 303
    assert case_of(number).state is State.ENDING


def test_a_ground_of_another_edition_is_not_offered(officer: int, client: FlaskClient) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    wanted = RefusalGround.MATERIAL_MISSING
    if wanted in refusal_grounds(NOW.date()):
        wanted = RefusalGround.MATERIAL_MISSING_OR_FALSE
    assert send(client, number, MoveName.REFUSE, ground=wanted.value, **REASON) == 422
    assert case_of(number).state is State.RECEIVED


def test_two_clicks_have_one_effect_and_one_answer(officer: int, client: FlaskClient) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    events = len(case_of(number).events)
    first, second = (
        client.post(address(number, MoveName.ACCEPT), data={"submission_id": "same"}) for _ in range(2)
    )
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(case_of(number).events) == events + 1


def test_a_stale_page_is_told_and_loses_nothing(officer: int, client: FlaskClient) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    move_case(number, MoveName.ACCEPT, now=NOW)
    answer = client.post(
        address(number, MoveName.REFUSE),
        data={"submission_id": "late", "ground": "already_handled", "reason": "重复投诉"},
    )
    assert answer.status_code == 409
    assert "重复投诉" in answer.text


@pytest.mark.parametrize(
    ("received_on", "status"), [("2026-06-02", 422), ("2026-05-31", 422), ("", 422), ("x", 422)]
)
def test_a_day_of_receipt_must_lie_between_filing_and_today(
    officer: int, client: FlaskClient, received_on: str, status: int
) -> None:
    number = make_case(make_merchant(now=NOW), is_registered=False, now=NOW).number
    answer = client.post(
        address(number, MoveName.REGISTER),
        data={"submission_id": "r", "official_number": "12315-7", "received_on": received_on},
    )
    assert answer.status_code == status
    assert "12315-7" in answer.text


def test_a_transfer_takes_the_case_to_the_other_office(officer: int, client: FlaskClient) -> None:
    other = make_office("330108", "滨江区市场监督管理局", now=NOW)
    number = make_case(make_merchant(now=NOW), now=NOW).number
    body = {"submission_id": "t", "office": str(other), "reason": "辖区不对"}
    first, second = (client.post(address(number, MoveName.TRANSFER), data=body) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location) == (303, "/desk/")
    assert case_of(number).region_code == "330108"
    assert client.get(address(number)).status_code == 404
    assert (
        client.post(address(number, MoveName.TRANSFER), data={**body, "submission_id": "u"}).status_code
        == 404
    )


def test_a_later_report_goes_into_the_earlier_one_and_its_time_counts_anew(
    officer: int, client: FlaskClient
) -> None:
    merchant = make_merchant(now=NOW)
    earlier = make_case(merchant, key="a", tracks=(Track.REPORT,), now=NOW - timedelta(days=5)).number
    later = make_case(merchant, key="b", tracks=(Track.REPORT,), now=NOW).number
    before = case_of(earlier).due_on
    move_case(earlier, MoveName.BEGIN_CHECK, now=NOW)
    assert send(client, later, MoveName.MERGE, "no", other_case="JB-NONE-NONE", **REASON) == 422
    assert send(client, later, MoveName.MERGE, "own", other_case=later, **REASON) == 422
    assert send(client, earlier, MoveName.MERGE, "turned", other_case=later, **REASON) == 422
    assert send(client, later, MoveName.MERGE, other_case=earlier, **REASON) == 303
    assert case_of(later).state is State.MERGED
    assert case_of(earlier).state is State.CHECKING
    assert case_of(earlier).due_on > before


def test_a_case_is_taken_once_and_given_on(officer: int, office: int, client: FlaskClient) -> None:
    colleague = make_member(Role.OFFICER, office, login="zhao@example.cn", name="赵强", now=NOW)
    number = make_case(make_merchant(now=NOW), now=NOW).number
    assert client.post(address(number) + "/take", data={"submission_id": "1"}).status_code == 303
    assert case_of(number).officer_id == officer
    sign_in(client, colleague)
    assert client.post(address(number) + "/take", data={"submission_id": "2"}).status_code == 409
    give = address(number) + "/assign"
    assert client.post(give, data={"submission_id": "3", "officer": "999"}).status_code == 422
    assert client.post(give, data={"submission_id": "4", "officer": str(colleague)}).status_code == 303
    assert case_of(number).officer_id == colleague


def test_a_case_is_not_given_to_the_staff_of_another_county(officer: int, client: FlaskClient) -> None:
    elsewhere = make_office("330108", "滨江区局", now=NOW)
    stranger = make_member(Role.OFFICER, elsewhere, login="x@example.cn", name="外人", now=NOW)
    number = make_case(make_merchant(now=NOW), now=NOW).number
    body = {"submission_id": "1", "officer": str(stranger)}
    assert client.post(address(number) + "/assign", data=body).status_code == 422
    assert case_of(number).officer_id is None


def test_a_message_is_written_once(officer: int, client: FlaskClient) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    path = address(number) + "/messages"
    assert client.post(path, data={"submission_id": "m", "text": ""}).status_code == 422
    for _click in range(2):
        assert client.post(path, data={"submission_id": "n", "text": "请周三来局里。"}).status_code == 303
    assert [m.text for m in complaint_queries.messages_of(case_of(number).id)] == ["请周三来局里。"]
    assert "请周三来局里。" in client.get(address(number)).text


BAD_FINDINGS = [
    {"reweighed": "１,5"},
    {"settled": "0"},
    {"unit_price": "NaN"},
    {"settled": "10^9"},
    {"method": ""},
    {"interval": "-5"},
    {"goods": ""},
    {"goods_group": "nonsense"},
]


@pytest.mark.parametrize("wrong", BAD_FINDINGS, ids=lambda wrong: next(iter(wrong)))
def test_a_finding_that_cannot_be_read_is_shown_again(
    officer: int, client: FlaskClient, wrong: dict[str, str]
) -> None:
    number = make_case(make_merchant(now=NOW), now=NOW).number
    move_case(number, MoveName.ACCEPT, now=NOW)
    typed = {"goods": "金桔王", "unit_price": "10", "settled": "1", "reweighed": "0.94"}
    typed |= {"method": "better_instrument", "accuracy": "class_iii", "submission_id": "f"}
    answer = client.post(address(number, MoveName.RECORD_FINDING), data=typed | wrong)
    assert answer.status_code == 422
    assert "fm-summary" in answer.text
    assert case_of(number).findings == []
