"""The official forms at the desk: who opens them, every form in every state, one copy or all."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Role
from portal.complaints.official.words import Holder, OfficialForm
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import State, Track
from tests.builders import make_member, make_merchant, make_office, sign_in
from tests.complaints.histories import ASK, DUE, REGISTER, STORIES, WHO, file_case, file_in, reach
from tests.desk.test_cases import NOW

SHEET = re.compile(r'<article class="fm-official" id="(\w+)"')


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop(app: Flask) -> Merchant:
    return make_merchant(now=NOW)


@pytest.fixture
def office(app: Flask) -> int:
    return make_office(now=NOW)


@pytest.fixture
def officer(office: int, client: FlaskClient) -> int:
    user_id = make_member(Role.OFFICER, office, now=NOW)
    sign_in(client, user_id)
    return user_id


def address(number: str, form: OfficialForm) -> str:
    return f"/desk/cases/{number}/forms/{form.value}"


@pytest.mark.parametrize(("track", "state"), STORIES, ids=lambda one: one.value)
def test_every_form_in_every_state_is_printed_or_says_what_is_missing(
    client: FlaskClient, shop: Merchant, officer: int, track: Track, state: State
) -> None:
    case = file_in(state, track, shop, officer, now=NOW)
    of_the_track = {1, 3, 4, 5, 6, 7, 8, 9} if track is Track.MEDIATION else {2, 3, 10}
    for form in OfficialForm:
        answer = client.get(address(case.number, form))
        wanted = 200 if form.order in DUE[track, state] else 409 if form.order in of_the_track else 404
        assert answer.status_code == wanted, form
        assert "None" not in answer.text, form
        if wanted == 409:
            assert "这份文书现在还不能填写" in answer.text, form
            assert WHO["name"] not in answer.text, form


def test_every_copy_is_on_the_page_and_one_can_be_chosen(
    client: FlaskClient, shop: Merchant, officer: int
) -> None:
    case = file_in(State.ENDED, Track.MEDIATION, shop, officer, now=NOW)
    page = address(case.number, OfficialForm.ENDING)
    every = [Holder.FILER.value, Holder.MERCHANT.value, Holder.FILE.value]
    assert SHEET.findall(client.get(page).text) == every
    for holder in every:
        assert SHEET.findall(client.get(f"{page}?copy={holder}").text) == [holder]
    assert SHEET.findall(client.get(f"{page}?copy=nobody").text) == every


@pytest.mark.parametrize("form", list(OfficialForm), ids=lambda form: form.value)
def test_no_page_of_a_report_holds_a_copy_for_the_merchant(
    client: FlaskClient, shop: Merchant, officer: int, form: OfficialForm
) -> None:
    case = file_in(State.DECIDED, Track.REPORT, shop, officer, now=NOW)
    for query in ("", f"?copy={Holder.MERCHANT.value}"):
        page = client.get(address(case.number, form) + query).text
        assert Holder.MERCHANT.value not in SHEET.findall(page)


def test_what_the_merchant_is_handed_holds_a_name_and_nothing_more(
    client: FlaskClient, shop: Merchant, officer: int
) -> None:
    case = file_in(State.SETTLED, Track.MEDIATION, shop, officer, now=NOW)
    for form in (OfficialForm.MEDIATION, OfficialForm.AGREEMENT):
        page = client.get(f"{address(case.number, form)}?copy={Holder.MERCHANT.value}").text
        assert WHO["name"] in page
        for private in ("phone", "address", "email", "id_number_last_four", "narrative"):
            assert WHO[private] not in page, private
    register = client.get(address(case.number, OfficialForm.COMPLAINT_REGISTER)).text
    assert WHO["phone"] in register


def test_the_forms_are_headed_by_what_is_known_of_them(
    client: FlaskClient, shop: Merchant, officer: int
) -> None:
    case = reach(file_case(shop, now=NOW), (*REGISTER, ASK), officer, now=NOW)
    assert "样式待核" not in client.get(address(case.number, OfficialForm.COMPLAINT_REGISTER)).text
    assert "样式待核" in client.get(address(case.number, OfficialForm.IDENTITY)).text


# Who may come in.


def test_strangers_are_sent_to_sign_in(client: FlaskClient, shop: Merchant) -> None:
    case = file_case(shop, now=NOW)
    answer = client.get(address(case.number, OfficialForm.COMPLAINT_REGISTER))
    assert answer.location.startswith("/account/login?next=")


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER, Role.INTAKE_CLERK, Role.AUDITOR])
def test_whoever_reads_the_case_reads_its_forms(
    client: FlaskClient, shop: Merchant, office: int, role: Role
) -> None:
    sign_in(client, make_member(role, office, now=NOW))
    case = file_case(shop, now=NOW)
    assert client.get(address(case.number, OfficialForm.COMPLAINT_REGISTER)).status_code == 200


@pytest.mark.parametrize(
    "role", [Role.MERCHANT_OWNER, Role.MARKET_ORGANISER, Role.ADMINISTRATOR, Role.PUBLISHER, Role.INSPECTOR]
)
def test_roles_without_case_work_are_told_so(
    client: FlaskClient, shop: Merchant, office: int, role: Role
) -> None:
    subject = {Role.MERCHANT_OWNER: shop.id, Role.MARKET_ORGANISER: 1, Role.ADMINISTRATOR: 0}
    sign_in(client, make_member(role, subject.get(role, office), now=NOW))
    case = file_case(shop, now=NOW)
    for form in OfficialForm:
        assert client.get(address(case.number, form)).status_code == 403, form


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER, Role.INTAKE_CLERK, Role.AUDITOR])
def test_the_staff_of_another_county_finds_nothing(client: FlaskClient, shop: Merchant, role: Role) -> None:
    sign_in(client, make_member(role, make_office("330108", "滨江区市场监督管理局", now=NOW), now=NOW))
    case = file_case(shop, now=NOW)
    for form in OfficialForm:
        assert client.get(address(case.number, form)).status_code == 404, form


def test_an_unknown_form_or_case_is_not_found(client: FlaskClient, shop: Merchant, officer: int) -> None:
    case = file_case(shop, now=NOW)
    assert client.get(f"/desk/cases/{case.number}/forms/no_such_form").status_code == 404
    assert client.get("/desk/cases/TS-0000-0000/forms/complaint_register").status_code == 404


def test_the_case_page_leads_to_every_form_of_its_track(
    client: FlaskClient, shop: Merchant, officer: int
) -> None:
    case = file_in(State.RECEIVED, Track.MEDIATION, shop, officer, now=NOW)
    page = client.get(f"/desk/cases/{case.number}").text
    linked = set(re.findall(rf'href="/desk/cases/{case.number}/forms/(\w+)"', page))
    assert {OfficialForm(value).order for value in linked} == {1, 3, 4, 5, 6, 7, 8, 9}
    assert "暂不能填写" in page
