"""Signals for an officer to weigh: shown on the case's page at the desk, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Role
from portal.base.db import unit_of_work
from portal.complaints import forgetting, queries
from portal.complaints.models import Case, Filing
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import State, Track
from tests.builders import make_case, make_member, make_merchant, make_office, sign_in
from tests.complaints.following import holder
from tests.complaints.forms import filed_cases, typed

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    return make_merchant(now=NOW)


@pytest.fixture
def officer(app: Flask, client: FlaskClient) -> int:
    user_id = make_member(Role.OFFICER, make_office(now=NOW), name="王敏", now=NOW)
    sign_in(client, user_id)
    return user_id


def filing_of(case: Case) -> Filing:
    found = queries.case_by_number(case.number)
    assert found is not None
    return found.filing


def panel_of(client: FlaskClient, case: Case) -> str:
    """Return the panel of signals on a case's page, nothing where there is none."""
    page = client.get(f"/desk/cases/{case.number}")
    assert page.status_code == 200
    _before, found, after = page.text.partition('id="signals"')
    return found and after.split("</section>")[0]


def test_one_phone_under_two_names_is_shown_with_the_other_case(
    officer: int, client: FlaskClient, merchant: Merchant
) -> None:
    first = make_case(merchant, key="a", phone="138 0000 0000", address="文二路2号", now=NOW)
    second = make_case(merchant, key="b", name="李四", phone="+8613800000000", address="学院路9号", now=NOW)
    stranger = make_case(merchant, key="c", name="赵六", phone="13911112222", address="莫干山路1号", now=NOW)
    shown = panel_of(client, first)
    assert "供人工参考" in shown
    assert f"/desk/cases/{second.number}" in shown
    assert stranger.number not in shown
    assert "不产生任何后果" in shown
    assert first.number in panel_of(client, second)
    assert panel_of(client, stranger) == ""


def test_many_of_one_person_about_one_merchant_are_shown(
    officer: int, client: FlaskClient, merchant: Merchant
) -> None:
    cases = [make_case(merchant, key=str(count), now=NOW) for count in range(3)]
    shown = panel_of(client, cases[2])
    assert "多次针对这家商家" in shown
    assert cases[0].number in shown


def test_both_tracks_of_one_filing_are_one(officer: int, client: FlaskClient, merchant: Merchant) -> None:
    both = (Track.MEDIATION, Track.REPORT)
    cases = [make_case(merchant, key=str(count), tracks=both, now=NOW) for count in range(2)]
    assert panel_of(client, cases[0]) == ""


def test_a_report_without_a_name_gives_none_and_is_found_by_none(
    officer: int, client: FlaskClient, merchant: Merchant
) -> None:
    report = make_case(merchant, key="a", tracks=(Track.REPORT,), name=None, now=NOW)
    named = [make_case(merchant, key=str(n), name=f"李{n}", now=NOW) for n in range(3)]
    with unit_of_work():
        # Even where a nameless reporter left the same phone for questions.
        filing_of(report).phone = "13800000000"
        filing_of(report).phone_hash = filing_of(named[0]).phone_hash
    assert panel_of(client, report) == ""
    assert named[1].number in panel_of(client, named[0])
    assert report.number not in panel_of(client, named[0])


def test_an_office_sees_only_its_own_cases(app: Flask, client: FlaskClient, merchant: Merchant) -> None:
    here = make_case(merchant, key="a", now=NOW)
    number = make_case(merchant, key="b", name="李四", now=NOW).number
    with unit_of_work():
        case = queries.case_by_number(number)
        assert case is not None
        case.region_code = "330108"
    sign_in(client, make_member(Role.OFFICER, make_office(now=NOW), now=NOW))
    assert panel_of(client, here) == ""
    city = app.test_client()
    above = make_office("330100", "杭州市局", now=NOW)
    sign_in(city, make_member(Role.LEADER, above, login="li@example.cn", now=NOW))
    assert number in panel_of(city, here)


@pytest.mark.parametrize("role", [Role.INTAKE_CLERK, Role.AUDITOR])
def test_who_does_not_decide_does_not_read_it(client: FlaskClient, merchant: Merchant, role: Role) -> None:
    case = make_case(merchant, key="a", now=NOW)
    make_case(merchant, key="b", name="李四", now=NOW)
    sign_in(client, make_member(role, make_office(now=NOW), now=NOW))
    assert panel_of(client, case) == ""


def test_neither_the_filer_nor_the_merchant_reads_it(app: Flask, merchant: Merchant) -> None:
    first = make_case(merchant, key="filing-1", now=NOW)
    second = make_case(merchant, key="b", name="李四", now=NOW)
    owner = app.test_client()
    sign_in(owner, make_member(Role.MERCHANT_OWNER, merchant.id, now=NOW))
    for page in (
        holder(app).get(f"/complaints/cases/{first.number}"),
        owner.get(f"/merchant/cases/{first.number}"),
        app.test_client().get(f"/merchants/{merchant.number}", follow_redirects=True),
    ):
        assert page.status_code == 200
        assert "供人工参考" not in page.text
    assert second.number not in holder(app).get(f"/complaints/cases/{first.number}").text


def test_nobody_is_refused_or_put_back_for_it(officer: int, app: Flask, client: FlaskClient) -> None:
    shop = make_merchant(now=NOW)
    sent = [
        filed_cases(app.test_client(), typed(shop, key=f"filing-{n}", name=f"李{n}"))[0] for n in range(7)
    ]
    assert {case.state for case in sent} == {State.FILED}
    assert panel_of(client, sent[0])
    quiet = make_case(
        shop, key="quiet", name="钱七", phone="13911112222", address="别处", is_registered=False, now=NOW
    )
    page = client.get("/desk/").text
    assert page.index(sent[0].number) < page.index(sent[6].number) < page.index(quiet.number)
    assert "供人工参考" not in page


def test_what_is_kept_to_compare_is_no_phone_and_goes_with_the_filer(merchant: Merchant) -> None:
    case = make_case(merchant, now=NOW)
    filing = filing_of(case)
    assert filing.phone_hash is not None
    assert filing.address_hash is not None
    assert "13800000000" not in filing.phone_hash
    nameless = make_case(merchant, key="b", tracks=(Track.REPORT,), name=None, now=NOW)
    assert (filing_of(nameless).phone_hash, filing_of(nameless).address_hash) == (None, None)
    with unit_of_work():
        open_case = queries.case_by_number(case.number)
        assert open_case is not None
        open_case.is_open, open_case.closed_on = False, date(2020, 1, 1)
    with unit_of_work():
        forgetting.forget_filers(now=NOW)
    assert (filing_of(case).phone_hash, filing_of(case).address_hash) == (None, None)
