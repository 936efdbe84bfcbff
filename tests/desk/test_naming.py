"""A case about somebody not on the register, or named wrongly, and how the desk says who it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Role
from portal.base.db import unit_of_work
from portal.complaints import actions as complaint_actions
from portal.complaints import queries as complaint_queries
from portal.complaints.models import Case
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, Need, State, Track
from portal.rules.deadlines import Clock
from portal.rules.errors import MoveNotAllowed
from portal.rules.intake_terms import PurchaseKind
from portal.workspace.actions import make_offer
from tests.builders import (
    make_case,
    make_measured_case,
    make_member,
    make_merchant,
    make_office,
    make_pledge,
    move_case,
    sign_in,
)
from tests.stories import measured

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
BOTH = (Track.MEDIATION, Track.REPORT)
KINDS = [kind for kind in PurchaseKind if kind not in {PurchaseKind.RETAIL, PurchaseKind.JEWELLERY}]


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def officer(app: Flask, client: FlaskClient) -> int:
    user_id = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    sign_in(client, user_id)
    return user_id


def case_of(number: str) -> Case:
    case = complaint_queries.case_by_number(number)
    assert case is not None
    return case


def address(number: str, rest: str = "") -> str:
    return f"/desk/cases/{number}{rest}"


def name(client: FlaskClient, number: str, merchant: Merchant, key: str = "name") -> int:
    body = {"submission_id": key, "merchant": merchant.number, "q": merchant.name}
    return client.post(address(number, "/moves/name_merchant"), data=body).status_code


def unlisted(**told: object) -> Case:
    """File one weighing about a shop that is not on the register."""
    case = make_case(make_merchant("别处", address="别处1号", region_code="330108", now=NOW), now=NOW, **told)
    with unit_of_work():
        filing = case_of(case.number).filing
        filing.merchant, filing.respondent_name, filing.region_code = None, "小李水果摊", "330106"
        for one in filing.cases:
            one.merchant, one.region_code = None, "330106"
    return case_of(case.number)


# What the pages say while nobody is named.


@pytest.mark.parametrize("track", Track)
def test_a_case_without_a_merchant_works_on_every_page(
    officer: int, client: FlaskClient, track: Track
) -> None:
    number = unlisted(tracks=(track,)).number
    assert "小李水果摊" in client.get("/desk/").text
    assert "小李水果摊" in client.get("/desk/?q=小李").text
    text = client.get(address(number)).text
    assert "小李水果摊" in text
    assert address(number, "/moves/name_merchant") in text
    for move in complaint_actions.open_moves(case_of(number), Actor.OFFICER):
        assert client.get(address(number, f"/moves/{move.value}")).status_code == 200, move


def test_what_needs_a_merchant_says_so_and_leads_to_the_page_that_names_it(
    officer: int, client: FlaskClient
) -> None:
    number = unlisted().number
    move_case(number, MoveName.ACCEPT, MoveName.BEGIN_MEDIATION, also_given=[Need.BOTH_CONSENT], now=NOW)
    weighed = {"goods": "苹果", "unit_price": "10", "settled": "1", "reweighed": "0.94"}
    weighed |= {"method": "better_instrument", "accuracy": "class_iii", "submission_id": "f"}
    finding = address(number, "/moves/record_finding?lang=en")
    seen = client.post(finding, data=weighed).text.split('name="seen" type="hidden" value="')[1].split('"')[0]
    answers = [
        client.post(finding, data={**weighed, "seen": seen}),
        client.post(
            address(number, "/moves/settle?lang=en"),
            data={"submission_id": "s", "amount": "6.60", "both_consent": "y", "reason": "双方同意"},
        ),
        client.post(address(number, "/moves/propose?lang=en"), data={"submission_id": "p", "amount": "6.60"}),
    ]
    for answer in answers:
        assert answer.status_code == 409
        assert "Say first which merchant on the register this is about." in answer.text
        assert address(number, "/moves/name_merchant") in answer.text
    case = case_of(number)
    assert (case.state, case.findings, case.claim_number) == (State.MEDIATING, [], None)


def test_a_settlement_without_money_needs_no_listed_merchant(officer: int, client: FlaskClient) -> None:
    number = unlisted().number
    move_case(number, MoveName.ACCEPT, now=NOW)
    body = {"submission_id": "s", "amount": "0", "both_consent": "y"}
    assert client.post(address(number, "/moves/settle"), data=body).status_code == 303


def test_a_case_without_a_merchant_goes_to_its_end(officer: int, client: FlaskClient) -> None:
    number = unlisted().number
    move_case(number, MoveName.ACCEPT, now=NOW)
    body = {"submission_id": "e", "ground": "absent_or_refused", "reason": "找不到经营者"}
    assert client.post(address(number, "/moves/end_mediation"), data=body).status_code == 303
    assert client.post(address(number, "/moves/tell_parties"), data={"submission_id": "t"}).status_code == 303
    assert case_of(number).state is State.ENDED


# Naming it.


def test_the_merchant_is_found_by_its_name_and_by_its_number(officer: int, client: FlaskClient) -> None:
    number = unlisted().number
    merchant = make_merchant("小李水果店", now=NOW)
    page = address(number, "/moves/name_merchant")
    for words in ("小李水果", merchant.number):
        assert f'value="{merchant.number}"' in client.get(page, query_string={"q": words}).text, words
    assert "No merchant of your region" in client.get(page, query_string={"q": "无此店", "lang": "en"}).text


def test_naming_gives_both_tracks_the_merchant_and_its_pledge_of_that_day(
    officer: int, client: FlaskClient
) -> None:
    number = unlisted(tracks=BOTH).number
    merchant = make_merchant("小李水果店", now=NOW - timedelta(days=9))
    pledge = make_pledge(merchant, now=NOW - timedelta(days=9))
    assert name(client, number, merchant) == 303
    assert name(client, number, merchant) == 303
    filing = case_of(number).filing
    assert (filing.merchant_id, filing.pledge_version_id) == (merchant.id, pledge.id)
    for case in filing.cases:
        assert case.merchant_id == merchant.id
        assert case.events[-1].move is MoveName.NAME_MERCHANT
        assert case.events[-1].user_id == officer
        assert merchant.number in (case.events[-1].reason or "")
    assert len(case_of(number).events) == 2
    assert "小李水果摊" in client.get(address(number)).text


def test_a_pledge_that_began_after_the_purchase_does_not_count(officer: int, client: FlaskClient) -> None:
    number = unlisted().number
    merchant = make_merchant("小李水果店", now=NOW)
    make_pledge(merchant, valid_from_on=NOW.date() + timedelta(days=1), now=NOW)
    assert name(client, number, merchant) == 303
    assert case_of(number).filing.pledge_version_id is None


def test_the_merchant_has_its_whole_time_to_answer_from_the_day_it_is_named(
    officer: int, client: FlaskClient
) -> None:
    number = unlisted().number
    move_case(number, MoveName.ACCEPT, now=NOW - timedelta(days=20))
    merchant = make_merchant("小李水果店", now=NOW)
    assert name(client, number, merchant) == 303
    case = case_of(number)
    clocks = complaint_actions.clocks_of(case, today=NOW.date())
    running = [c for c in clocks if c.clock is Clock.MERCHANT_ANSWER and c.stopped_on is None]
    assert [c.started_on for c in running] == [NOW.date()]
    assert case.answer_due_on == running[0].deadline.due_on > NOW.date()


def test_a_finding_is_published_once_the_merchant_is_named(officer: int, client: FlaskClient) -> None:
    number = unlisted().number
    move_case(number, MoveName.ACCEPT, now=NOW)
    assert name(client, number, make_merchant("小李水果店", now=NOW)) == 303
    with unit_of_work():
        finding = complaint_actions.record_finding(
            case_of(number),
            measured(NOW),
            settled_mg=1_000_000,
            reweighed_mg=940_000,
            actor=Actor.OFFICER,
            user_id=officer,
            now=NOW,
        )
    assert finding.record_number


@pytest.mark.parametrize("region_code", ["330108", "330200"])
def test_a_merchant_elsewhere_cannot_be_chosen(officer: int, client: FlaskClient, region_code: str) -> None:
    number = unlisted().number
    there = make_merchant("小李水果店", region_code=region_code, now=NOW)
    page = client.get(address(number, "/moves/name_merchant"), query_string={"q": "小李水果店"})
    assert there.number not in page.text
    assert name(client, number, there) == 422
    assert case_of(number).merchant is None


def test_nothing_chosen_is_told_on_the_field(officer: int, client: FlaskClient) -> None:
    number = unlisted().number
    make_merchant("小李水果店", now=NOW)
    answer = client.post(
        address(number, "/moves/name_merchant?lang=en"), data={"submission_id": "n", "q": "小李"}
    )
    assert answer.status_code == 422
    assert "Please choose a merchant." in answer.text


def test_a_wrong_merchant_is_mended_and_no_longer_sees_the_complaint(
    officer: int, client: FlaskClient
) -> None:
    wrong, right = (make_merchant(f"小李水果{no}店", address=f"路{no}号", now=NOW) for no in (1, 2))
    number = make_case(wrong, now=NOW).number
    assert name(client, number, wrong, "same") == 422
    assert name(client, number, right) == 303
    assert complaint_queries.mediation_case_of([wrong.id], number) is None
    assert complaint_queries.mediation_case_of([right.id], number) is not None


def test_a_merchant_that_answered_cannot_be_exchanged(officer: int, client: FlaskClient) -> None:
    wrong, right = (make_merchant(f"小李水果{no}店", address=f"路{no}号", now=NOW) for no in (1, 2))
    number = make_case(wrong, now=NOW).number
    with unit_of_work():
        make_offer(case_of(number), 500, "", user_id=officer, now=NOW)
    assert name(client, number, right) == 409
    assert case_of(number).merchant_id == wrong.id


def test_a_report_with_a_finding_keeps_its_merchant(officer: int, client: FlaskClient) -> None:
    wrong, right = (make_merchant(f"小李水果{no}店", address=f"路{no}号", now=NOW) for no in (1, 2))
    number = make_case(wrong, tracks=BOTH, now=NOW).number
    report = next(c for c in case_of(number).filing.cases if c.track is Track.REPORT)
    move_case(report.number, MoveName.BEGIN_CHECK, now=NOW)
    with unit_of_work():
        complaint_actions.record_finding(
            case_of(report.number),
            measured(NOW),
            settled_mg=1,
            reweighed_mg=1,
            actor=Actor.OFFICER,
            user_id=officer,
            now=NOW,
        )
    with pytest.raises(MoveNotAllowed), unit_of_work():
        complaint_actions.name_merchant(case_of(number), right, actor=Actor.OFFICER, user_id=officer, now=NOW)


def test_a_closed_twin_gets_the_merchant_without_a_line_in_its_history(
    officer: int, client: FlaskClient
) -> None:
    number = unlisted(tracks=BOTH, is_registered=False).number
    report = next(c for c in case_of(number).filing.cases if c.track is Track.REPORT)
    with unit_of_work():
        complaint_actions.move(case_of(report.number), MoveName.WITHDRAW, actor=Actor.COMPLAINANT, now=NOW)
    merchant = make_merchant("小李水果店", now=NOW)
    assert name(client, number, merchant) == 303
    twin = case_of(report.number)
    assert (twin.merchant_id, twin.events[-1].move) == (merchant.id, MoveName.WITHDRAW)


def test_two_reports_about_unlisted_shops_are_not_merged(officer: int) -> None:
    earlier, later = (
        make_measured_case(tracks=(Track.REPORT,), key=key, respondent_name=key, now=NOW).number
        for key in ("a", "b")
    )
    with pytest.raises(Exception, match="same merchant"), unit_of_work():
        complaint_actions.merge_reports(
            case_of(later), case_of(earlier), reason="同一", actor=Actor.OFFICER, user_id=officer, now=NOW
        )


@pytest.mark.parametrize("role", [Role.INTAKE_CLERK, Role.LEADER])
def test_clerks_and_leaders_may_name_it_too(app: Flask, client: FlaskClient, role: Role) -> None:
    sign_in(client, make_member(role, make_office(now=NOW), now=NOW))
    assert name(client, unlisted().number, make_merchant("小李水果店", now=NOW)) == 303


def test_an_auditor_may_not(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_member(Role.AUDITOR, make_office(now=NOW), now=NOW))
    number = unlisted().number
    assert client.get(address(number, "/moves/name_merchant")).status_code == 403
    assert "name_merchant" not in client.get(address(number)).text


# Kinds of purchase that are not weighed.


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("track", Track)
def test_a_case_of_any_kind_shows_what_was_measured_and_opens_its_moves(
    officer: int, client: FlaskClient, kind: PurchaseKind, track: Track
) -> None:
    number = make_measured_case(kind, tracks=(track,), now=NOW).number
    text = client.get(address(number, "?lang=en")).text
    for expected in ("¥300.00", "09:30", case_of(number).filing.device):
        assert expected in text, expected
    assert "/moves/record_finding" not in text
    for move in complaint_actions.open_moves(case_of(number), Actor.OFFICER):
        wanted = 409 if move is MoveName.RECORD_FINDING else 200
        assert client.get(address(number, f"/moves/{move.value}")).status_code == wanted, move


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_of_any_kind_is_accepted_mediated_settled_and_paid(
    officer: int, client: FlaskClient, kind: PurchaseKind
) -> None:
    number = make_measured_case(kind, make_merchant("路口加油站", now=NOW), now=NOW).number
    steps = [
        ("accept", {}),
        ("begin_mediation", {"both_consent": "y"}),
        ("settle", {"amount": "30", "both_consent": "y"}),
        ("settle", {"amount": "30", "both_consent": "y", "reason": "双方同意退还差额"}),
        ("report_paid", {"method": "cash"}),
        ("confirm_performed", {}),
    ]
    answers = [
        client.post(
            address(number, f"/moves/{step}"), data={"submission_id": f"{place}", **fields}
        ).status_code
        for place, (step, fields) in enumerate(steps)
    ]
    assert answers == [303, 303, 422, 303, 303, 303]
    assert case_of(number).state is State.CLOSED


def test_a_weighing_is_not_recorded_for_fuel(officer: int, client: FlaskClient) -> None:
    number = make_measured_case(now=NOW).number
    move_case(number, MoveName.ACCEPT, now=NOW)
    body = {"submission_id": "f", "goods": "汽油", "unit_price": "8", "settled": "40", "reweighed": "39"}
    body |= {"method": "better_instrument", "accuracy": "class_iii"}
    answer = client.post(address(number, "/moves/record_finding?lang=en"), data=body)
    assert answer.status_code == 409
    assert "goods sold by weight" in answer.text


def test_what_fuel_was_charged_and_found_stands_in_litres(officer: int, client: FlaskClient) -> None:
    text = client.get(address(make_measured_case(now=NOW).number, "?lang=en")).text
    assert "40 L" in text
    assert "39 L" in text
    assert "3号枪" in text
