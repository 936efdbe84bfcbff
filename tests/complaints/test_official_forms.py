"""The ten official forms: when each is due, what stands on it, and what the filer may print."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Role
from portal.base import crypto
from portal.base.db import unit_of_work
from portal.base.labels import label
from portal.cli.demo.stories import Step
from portal.complaints import actions, queries
from portal.complaints.models import Case
from portal.complaints.official import due as official_forms
from portal.complaints.official.registers import FORM_1_REQUESTS
from portal.complaints.official.sheets import sheets
from portal.complaints.official.words import Holder, OfficialForm
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, Need, State, Track, states
from tests.builders import make_case, make_member, make_office
from tests.complaints.conftest import NOW
from tests.complaints.histories import (
    ASK,
    BEFORE,
    DUE,
    REGISTER,
    STORIES,
    copy,
    every_copy,
    file_case,
    file_in,
    reach,
    text_of,
    told_in,
)

F, M = OfficialForm, MoveName
ASK_OTHER = Step(M.ASK_PARTY, 1, reason="请提供小票照片。")

# Of a report's result the filer reads nothing before it was told (Order 121 Art. 36).
NEVER_BY_STATE = {10}


@pytest.fixture
def officer(app: Flask) -> int:
    return make_member(Role.OFFICER, make_office(now=NOW), now=NOW)


def follow(client: FlaskClient, key: str) -> None:
    """Give the receipt code of a filing."""
    client.post("/complaints/follow", data={"code": crypto.receipt_code(key)})


# The list itself.


def test_the_ten_forms_bear_their_official_titles(app: Flask) -> None:
    assert [form.order for form in F] == list(range(1, 11))
    with app.test_request_context("/?lang=zh_Hans_CN"):
        assert [label(form) for form in F] == [form.official_title for form in F]


def test_the_requests_are_the_seven_of_form_1_in_its_order(app: Flask) -> None:
    with app.test_request_context("/?lang=zh_Hans_CN"):
        words = [label(request) for request in FORM_1_REQUESTS]
    assert words == ["修理", "重作", "更换", "退货", "补足商品数量", "退还货款", "赔偿损失"]


def test_only_the_fields_of_form_1_are_called_official() -> None:
    assert [form for form in F if official_forms.RULES[form].is_known] == [F.COMPLAINT_REGISTER]


def test_no_form_of_a_report_has_a_copy_for_the_merchant() -> None:
    of_reports = [rule for rule in official_forms.RULES.values() if Track.REPORT in rule.tracks]
    assert len(of_reports) == 3
    assert [rule for rule in of_reports if Holder.MERCHANT in rule.holders] == []


# When each is due.


def test_the_table_holds_every_state() -> None:
    assert set(DUE) == set(STORIES) == {(track, state) for track in Track for state in states(track)}


@pytest.mark.parametrize(("track", "state"), DUE, ids=lambda one: one.value)
def test_each_state_has_its_forms(
    client: FlaskClient, shop: Merchant, officer: int, track: Track, state: State
) -> None:
    case = file_in(state, track, shop, officer, now=NOW, key="state")
    assert case.state is state
    due = DUE[track, state]
    assert {row.form.order for row in official_forms.forms_at_desk(case) if row.missing is None} == due
    told = due - NEVER_BY_STATE
    assert {row.form.order for row in official_forms.forms_for_filer(case)} == told
    follow(client, "state")
    for form in F:
        answer = client.get(f"/complaints/cases/{case.number}/forms/{form.value}")
        assert answer.status_code == (200 if form.order in told else 404), form
        if form.order in told:
            assert "None" not in answer.text
            assert form.official_title in answer.text


def test_a_form_that_is_not_due_says_what_is_missing(shop: Merchant, officer: int) -> None:
    case = file_in(State.RECEIVED, Track.MEDIATION, shop, officer, now=NOW)
    rows = {row.form.order: row.missing for row in official_forms.forms_at_desk(case)}
    assert set(rows) == {1, 3, 4, 5, 6, 7, 8, 9}
    assert [order for order, missing in rows.items() if missing is None] == [1]


@pytest.mark.parametrize("form", [F.REFUSAL, F.ACCEPTANCE])
def test_a_decision_stays_printable_after_the_case_was_taken_up_again(
    shop: Merchant, officer: int, form: OfficialForm
) -> None:
    again = Step(M.REOPEN, 1, Actor.LEADER, reason="复核后重新受理。")
    steps = (*STORIES[Track.MEDIATION, State.REFUSED], again, Step(M.ACCEPT, 1))
    case = reach(file_case(shop, now=NOW), steps, officer, now=NOW)
    assert official_forms.due_for_filer(case, form) is not None


# Form 4.


@pytest.mark.parametrize(
    ("steps", "is_due"), [((*REGISTER, ASK), True), ((*REGISTER, ASK_OTHER), False), (REGISTER, False)]
)
def test_form_4_follows_a_question_for_identity_alone(
    shop: Merchant, officer: int, steps: tuple[Step, ...], is_due: bool
) -> None:
    case = reach(file_case(shop, now=NOW), steps, officer, now=NOW)
    assert (official_forms.due_for_filer(case, F.IDENTITY) is not None) is is_due


def test_form_4_says_what_is_asked_by_when_and_what_refusing_means(shop: Merchant, officer: int) -> None:
    before = reach(file_case(shop, now=NOW), (*REGISTER, ASK), officer, now=NOW)
    sheet = copy(before, F.IDENTITY, Holder.FILER)
    told = told_in(sheet)
    assert told["需要提供的材料"] == ASK.reason
    assert told["提供期限"] == "2026年6月8日"
    assert [quote.article for quote in sheet.quotes] == ["第十条第三款", "第十六条第六项"]
    after = reach(
        file_case(shop, now=NOW, key="after"),
        (*STORIES[Track.MEDIATION, State.ACCEPTED], ASK),
        officer,
        now=NOW,
    )
    quoted = [quote.article for quote in copy(after, F.IDENTITY, Holder.FILER).quotes]
    assert quoted == ["第十条第三款", "第二十三条第一款第六项"]


def test_the_former_rules_know_no_form_4(shop: Merchant, officer: int) -> None:
    case = reach(file_case(shop, now=BEFORE), (*REGISTER, ASK), officer, now=BEFORE)
    assert official_forms.missing_for(case, F.IDENTITY) == official_forms.NOT_IN_THESE_RULES
    assert official_forms.due_for_filer(case, F.IDENTITY) is None


# Form 8.


def test_form_8_follows_whatever_ends_mediation(shop: Merchant, officer: int) -> None:
    accepted = STORIES[Track.MEDIATION, State.ACCEPTED]
    withdraw = Step(M.WITHDRAW, 1, Actor.COMPLAINANT)
    case = reach(file_case(shop, now=NOW), (*accepted, withdraw), officer, now=NOW)
    told = told_in(copy(case, F.ENDING, Holder.FILER))
    assert told["法定情形"] == "投诉人撤回投诉或者双方自行和解的"
    assert told["依据"].endswith("第二十三条第一款第一项")
    early = reach(file_case(shop, now=NOW, key="early"), (*REGISTER, withdraw), officer, now=NOW)
    assert official_forms.due_at_desk(early, F.ENDING) is None


@pytest.mark.parametrize(("state", "is_due"), [(State.ACCEPTED, True), (State.RECEIVED, False)])
def test_an_offer_taken_ends_mediation_only_where_it_had_a_case(
    shop: Merchant, officer: int, state: State, is_due: bool
) -> None:
    case = file_in(state, Track.MEDIATION, shop, officer, now=NOW)
    with unit_of_work():
        found = queries.case_by_number(case.number)
        actions.move(found, M.OFFER, actor=Actor.MERCHANT, amount_fen=500, now=NOW)
        actions.accept_offer(found, now=NOW)
    assert (official_forms.due_at_desk(queries.case_by_number(case.number), F.ENDING) is not None) is is_due


def test_the_offices_own_words_stay_off_the_merchants_copy(shop: Merchant, officer: int) -> None:
    case = file_in(State.ENDED, Track.MEDIATION, shop, officer, now=NOW)
    reason = "双方未能达成一致。"
    assert reason in text_of(copy(case, F.ENDING, Holder.FILER))
    assert reason not in text_of(copy(case, F.ENDING, Holder.MERCHANT))


# Form 10.


def told_report(shop: Merchant, officer: int, *steps: Step, **told: Any) -> Case:
    """Return a report received under Order 20, which told those who gave their name."""
    opened = STORIES[Track.REPORT, State.OPENED]
    return reach(file_case(shop, Track.REPORT, now=BEFORE, **told), (*opened, *steps), officer, now=BEFORE)


TELL = Step(M.TELL_REPORTER, 1)
DECIDE = Step(M.DECIDE_CASE, 1, given=(Need.APPROVAL,), reason="内部意见：罚款。")


def test_a_reporter_prints_the_result_once_told(client: FlaskClient, shop: Merchant, officer: int) -> None:
    silent = told_report(shop, officer, key="silent")
    told = told_report(shop, officer, TELL, key="told")
    for key, case, code in (("silent", silent, 404), ("told", told, 200)):
        follow(client, key)
        assert (
            client.get(f"/complaints/cases/{case.number}/forms/{F.REPORT_RESULT.value}").status_code == code
        )


def test_a_reporter_reads_nothing_decided_after_the_telling(shop: Merchant, officer: int) -> None:
    case = told_report(shop, officer, TELL, DECIDE)
    due = official_forms.due_for_filer(case, F.REPORT_RESULT)
    assert due is not None
    told = told_in(sheets(due, (Holder.FILER,))[0])
    assert told["决定"] == "立案"
    assert "案件决定日期" not in told
    assert "案件决定日期" in told_in(copy(case, F.REPORT_RESULT, Holder.FILER))


def test_the_result_carries_no_note_of_the_office(shop: Merchant, officer: int) -> None:
    case = told_report(shop, officer, TELL, DECIDE)
    for sheet in every_copy(case):
        assert "内部意见" not in text_of(sheet)
        assert "有证据证明涉嫌违法" not in text_of(sheet)


def test_a_named_reporter_is_quoted_the_former_rule(shop: Merchant, officer: int) -> None:
    named = told_report(shop, officer, key="named")
    nameless = told_report(shop, officer, key="nameless", name=None)
    quoted = [
        [quote.article for quote in copy(case, F.REPORT_RESULT, Holder.FILER).quotes]
        for case in (named, nameless)
    ]
    assert quoted == [["第三十一条第二款", "第三十二条"], ["第三十二条"]]


# Who may open them.


def test_nobody_opens_the_forms_of_another(client: FlaskClient, shop: Merchant, officer: int) -> None:
    case = file_in(State.ENDED, Track.MEDIATION, shop, officer, now=NOW, key="mine")
    make_case(shop, key="yours", now=NOW)
    addresses = [f"/complaints/cases/{case.number}/forms/{form.value}" for form in F]
    for address in addresses:
        assert client.get(address).location == "/complaints/follow"
    follow(client, "yours")
    assert {client.get(address).status_code for address in addresses} == {404}
    follow(client, "mine")
    assert client.get(addresses[0]).status_code == 200
    assert client.get(f"/complaints/cases/{case.number}/forms/no_such_form").status_code == 404
    assert client.get("/complaints/cases/TS-0000-0000/forms/complaint_register").status_code == 404


def test_the_filers_page_is_kept_by_no_cache_and_shows_one_copy(
    client: FlaskClient, shop: Merchant, officer: int
) -> None:
    case = file_in(State.ENDED, Track.MEDIATION, shop, officer, now=NOW, key="mine")
    follow(client, "mine")
    answer = client.get(f"/complaints/cases/{case.number}/forms/{F.ENDING.value}?copy=copy_for_the_merchant")
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.findall(r'<article class="fm-official" id="(\w+)"', answer.text) == [Holder.FILER.value]
    assert "样式待核" in answer.text


def test_form_1_is_not_headed_as_unverified(client: FlaskClient, shop: Merchant) -> None:
    case = file_case(shop, now=NOW, key="mine")
    follow(client, "mine")
    page = client.get(f"/complaints/cases/{case.number}/forms/{F.COMPLAINT_REGISTER.value}").text
    assert "样式待核" not in page
    assert "本件还没有向主管部门登记" in page
    english = client.get(f"/complaints/cases/{case.number}/forms/{F.COMPLAINT_REGISTER.value}?lang=en").text
    assert "Complaint registration form" in english
    assert "投诉登记表" in english


def test_hostile_words_are_printed_as_words(client: FlaskClient, shop: Merchant) -> None:
    case = file_case(shop, now=NOW, key="mine", name="<b>张</b>", narrative="{{ 7 * 7 }} %(name)s <script>")
    follow(client, "mine")
    page = client.get(f"/complaints/cases/{case.number}/forms/{F.COMPLAINT_REGISTER.value}").text
    assert "&lt;b&gt;张&lt;/b&gt;" in page
    assert "{{ 7 * 7 }} %(name)s &lt;script&gt;" in page


def test_the_follow_page_leads_to_what_can_be_printed(
    client: FlaskClient, shop: Merchant, officer: int
) -> None:
    case = file_in(State.ENDED, Track.MEDIATION, shop, officer, now=NOW, key="mine")
    follow(client, "mine")
    page = client.get(f"/complaints/cases/{case.number}").text
    linked = set(re.findall(rf'href="/complaints/cases/{case.number}/forms/(\w+)"', page))
    assert linked == {row.form.value for row in official_forms.forms_for_filer(case)}
    assert len(linked) == 4
