"""What stands on the official forms, and what must not stand on which copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from portal.accounts import queries as account_queries
from portal.accounts.models import Role
from portal.base.db import unit_of_work
from portal.complaints import actions, queries
from portal.complaints.models import Case
from portal.complaints.official import due as official_forms
from portal.complaints.official.sheets import sheets
from portal.complaints.official.words import Holder, OfficialForm
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, RefusalGround, State, Track
from portal.rules.intake_terms import PurchaseKind
from tests.builders import MEASURED, make_case, make_measured_case, make_member, make_merchant, make_office
from tests.complaints.conftest import NOW
from tests.complaints.histories import (
    ASK,
    BEFORE,
    REGISTER,
    STORIES,
    WHO,
    copy,
    every_copy,
    file_case,
    file_in,
    reach,
    text_of,
    told_in,
)

F, M = OfficialForm, MoveName
PROXY = {
    "name": "陈受托",
    "phone": "13900000001",
    "matter": "代为投诉",
    "power": "一般代理",
    "term": "至年底",
}
REPRESENTATIVES = [{"name": "张一", "phone": "13900000002"}, {"name": "李二", "phone": "13900000003"}]

PRIVATE = ("phone", "address", "email", "id_number_last_four", "narrative")


@pytest.fixture
def officer(app: Flask) -> int:
    return make_member(Role.OFFICER, make_office(now=NOW), now=NOW)


# Fields.


def test_form_1_holds_the_fields_of_the_official_form(shop: Merchant) -> None:
    case = file_case(shop, now=NOW, agrees_to_publication=True, requests=("refund_price", "make_up_quantity"))
    sheet = copy(case, F.COMPLAINT_REGISTER, Holder.FILE)
    told = told_in(sheet)
    assert told["姓名"] == WHO["name"]
    assert told["电话"] == WHO["phone"]
    assert told["联系地址"] == WHO["address"]
    assert (told["证件类型"], told["证件号码"]) == ("居民身份证", "末四位 203X")
    assert (told["是否同意公示投诉信息"], told["是否同意委托调解"]) == ("是", "否")
    assert told["名称（姓名）"] == shop.name
    assert told["金额"] == "¥300.00"
    assert told["投诉请求"] == "补足商品数量 退还货款"
    assert WHO["narrative"] in told["内容"]
    assert "电缆" in told["内容"]
    assert told["单位"] == ""
    assert told["联系人"] == ""
    assert told["证据"] == ""
    assert [part.fields for part in sheet.parts if not part.fields] == []
    assert sheet.addressees == ()


def test_without_an_identity_number_its_fields_are_blank(shop: Merchant) -> None:
    told = told_in(
        copy(file_case(shop, now=NOW, id_number_last_four=None), F.COMPLAINT_REGISTER, Holder.FILE)
    )
    assert (told["证件类型"], told["证件号码"]) == ("", "")


def test_the_traders_own_phone_stands_on_the_files_copy_alone(app: Flask) -> None:
    shop = make_merchant(contact_phone="0571-88880000", now=NOW)
    case = file_case(shop, now=NOW)
    own = sheets(official_forms.due_for_filer(case, F.COMPLAINT_REGISTER), (Holder.FILER,))[0]
    assert "0571-88880000" in text_of(copy(case, F.COMPLAINT_REGISTER, Holder.FILE))
    assert "0571-88880000" not in text_of(own)


def test_a_proxy_and_the_representatives_stand_where_they_were_named(shop: Merchant, officer: int) -> None:
    case = file_in(
        State.SETTLED,
        Track.MEDIATION,
        shop,
        officer,
        now=NOW,
        proxy=PROXY,
        representatives=REPRESENTATIVES,
        joint_count=5,
    )
    register = text_of(copy(case, F.COMPLAINT_REGISTER, Holder.FILE))
    for words in (*PROXY.values(), *(value for one in REPRESENTATIVES for value in one.values())):
        assert words in register
    agreement = copy(case, F.AGREEMENT, Holder.MERCHANT)
    for name in ("陈受托", "张一", "李二"):
        assert name in text_of(agreement)
    assert "被代表的投诉人同意（签字）" in text_of(agreement)


@pytest.mark.parametrize("kind", MEASURED, ids=lambda kind: kind.value)
def test_every_kind_of_purchase_fills_form_1_without_a_listed_merchant(
    app: Flask, kind: PurchaseKind
) -> None:
    told = told_in(copy(make_measured_case(kind, now=NOW), F.COMPLAINT_REGISTER, Holder.FILE))
    assert told["名称（姓名）"] == "路口加油站"
    assert told["地址"] == "天目山路88号"
    assert told["内容"]
    assert told["金额"] == "¥300.00"


def test_a_weighing_fills_form_1_with_its_weights_and_price(shop: Merchant) -> None:
    told = told_in(copy(make_case(shop, now=NOW), F.COMPLAINT_REGISTER, Holder.FILE))
    assert "苹果" in told["内容"]
    assert "940 克" in told["内容"]
    assert told["金额"] == "¥10.00"


def test_form_2_of_a_nameless_reporter_has_blanks(shop: Merchant) -> None:
    case = file_case(shop, Track.REPORT, now=NOW, name=None, phone=None, address=None)
    told = told_in(copy(case, F.REPORT_REGISTER, Holder.FILE))
    assert told["举报方式"] == "匿名"
    assert (told["姓名"], told["电话"], told["联系地址"]) == ("", "", "")


def test_form_5_names_the_last_day_of_mediation(shop: Merchant, officer: int) -> None:
    case = file_in(State.ACCEPTED, Track.MEDIATION, shop, officer, now=NOW)
    told = told_in(copy(case, F.ACCEPTANCE, Holder.FILER))
    assert told["决定日期"] == "2026年6月1日"
    # Sixty days from acceptance, whatever testing adds later (Art. 23).
    assert told["调解期限至（检测时间不计入）"] == "2026年7月31日"


@pytest.mark.parametrize(
    ("now", "article"), [(NOW, "第十六条第三项"), (BEFORE, "第十五条第三项")], ids=["2026", "2020"]
)
def test_form_6_gives_ground_reason_and_the_other_routes(
    shop: Merchant, officer: int, now: datetime, article: str
) -> None:
    case = file_in(State.REFUSED, Track.MEDIATION, shop, officer, now=now)
    assert case.events[-1].ground == RefusalGround.NOT_CONSUMER_DISPUTE.value
    sheet = copy(case, F.REFUSAL, Holder.FILER)
    told = told_in(sheet)
    assert told["法定情形"].startswith("不是为生活消费需要")
    assert told["依据"].endswith(article)
    assert told["理由"] == "经核对，不符合受理条件；可以依法向法院起诉。"
    assert [quote.article for quote in sheet.quotes] == ["第三十九条"]
    assert "向人民法院提起诉讼" in sheet.quotes[0].text


@pytest.mark.parametrize(
    ("now", "articles"),
    [(NOW, ["第二十条", "第二十一条"]), (BEFORE, ["第十八条第二款", "第十九条"])],
    ids=["2026", "2020"],
)
def test_form_7_leaves_time_place_and_mediators_to_be_written(
    shop: Merchant, officer: int, now: datetime, articles: list[str]
) -> None:
    sheet = copy(
        file_in(State.MEDIATING, Track.MEDIATION, shop, officer, now=now), F.MEDIATION, Holder.MERCHANT
    )
    told = told_in(sheet)
    assert (told["调解时间"], told["调解地点"], told["调解人员"], told["调解方式"]) == ("", "", "", "")
    assert [quote.article for quote in sheet.quotes] == articles


def test_form_9_holds_the_sum_in_figures_and_capitals(shop: Merchant, officer: int) -> None:
    case = file_in(State.SETTLED, Track.MEDIATION, shop, officer, now=NOW)
    sheet = copy(case, F.AGREEMENT, Holder.MERCHANT)
    told = told_in(sheet)
    assert told["支付金额"] == "¥123.45 壹佰贰拾叁元肆角伍分"
    assert told["付款期限"]
    assert told["其他约定和履行方式"] == ""
    assert [place.is_seal for place in sheet.signatures] == [False, False, False, True]


def test_only_the_files_copy_keeps_how_it_was_told(shop: Merchant, officer: int) -> None:
    case = file_in(State.ENDED, Track.MEDIATION, shop, officer, now=NOW)
    for sheet in every_copy(case):
        is_notice = sheet.form in {F.ACCEPTANCE, F.MEDIATION, F.ENDING}
        assert (sheet.record is not None) is (is_notice and sheet.holder is Holder.FILE)


def test_a_passed_on_case_names_both_offices_and_its_register(shop: Merchant, officer: int) -> None:
    case = pass_on(file_case(shop, Track.REPORT, now=NOW), officer, "330108", "滨江区市场监督管理局")
    sheet = copy(case, F.REFERRAL, Holder.OFFICE)
    told = told_in(sheet)
    assert (told["单位"], told["接收单位"]) == ("西湖区市场监督管理局", "滨江区市场监督管理局")
    assert told["种类"] == "举报"
    assert told["随附材料"] == "举报登记表"
    for private in ("name", "phone", "address", "email", "narrative"):
        assert WHO[private] not in text_of(sheet)


def test_after_a_second_transfer_the_sender_is_written_in(shop: Merchant, officer: int) -> None:
    case = pass_on(file_case(shop, now=NOW), officer, "330108", "滨江区市场监督管理局")
    case = pass_on(case, officer, "330110", "余杭区市场监督管理局")
    told = told_in(copy(case, F.REFERRAL, Holder.OFFICE))
    assert (told["单位"], told["接收单位"]) == ("", "余杭区市场监督管理局")


def test_a_question_asked_before_a_transfer_names_no_office(shop: Merchant, officer: int) -> None:
    case = reach(file_case(shop, now=NOW), (*REGISTER, ASK), officer, now=NOW)
    assert told_in(copy(case, F.IDENTITY, Holder.FILER))["单位"] == "西湖区市场监督管理局"
    moved = pass_on(case, officer, "330108", "滨江区市场监督管理局")
    assert told_in(copy(moved, F.IDENTITY, Holder.FILER))["单位"] == ""


def pass_on(case: Case, officer: int, region_code: str, name: str) -> Case:
    make_office(region_code, name, now=NOW)
    with unit_of_work():
        found = queries.case_by_number(case.number)
        office = account_queries.office_by_region(region_code)
        actions.transfer(
            found,
            office,
            reason="被举报行为发生在那里。",
            actor=Actor.OFFICER,
            user_id=officer,
            now=NOW + timedelta(hours=1),
        )
    return queries.case_by_number(case.number)


# Who may read what.


@pytest.mark.parametrize("state", [State.SETTLED, State.ENDED, State.CLOSED], ids=lambda one: one.value)
def test_a_merchants_copy_names_the_complainant_and_tells_no_more(
    shop: Merchant, officer: int, state: State
) -> None:
    told = {"proxy": PROXY, "representatives": REPRESENTATIVES, "joint_count": 5, "goods": "电缆 13912345000"}
    case = file_in(state, Track.MEDIATION, shop, officer, now=NOW, **told)
    copies = [sheet for sheet in every_copy(case) if sheet.holder is Holder.MERCHANT]
    assert {sheet.form for sheet in copies} <= {F.MEDIATION, F.ENDING, F.AGREEMENT}
    assert len(copies) == 2
    for sheet in copies:
        text = text_of(sheet)
        assert WHO["name"] in text
        assert shop.name in text
        for private in PRIVATE:
            assert WHO[private] not in text, private
        for phone in (PROXY["phone"], *(one["phone"] for one in REPRESENTATIVES)):
            assert phone not in text
    # The same search finds what stands on the file's copy of form 1.
    register = text_of(copy(case, F.COMPLAINT_REGISTER, Holder.FILE))
    assert all(WHO[private] in register for private in PRIVATE if private != "email")


def test_two_tracks_of_one_filing_name_each_other_on_no_form(shop: Merchant, officer: int) -> None:
    both = file_case(shop, now=NOW, tracks=(Track.MEDIATION, Track.REPORT))
    complaint, report = both.filing.cases
    numbers = (complaint.number, report.number)
    complaint = reach(complaint, STORIES[Track.MEDIATION, State.ENDED], officer, now=NOW)
    report = reach(report, STORIES[Track.REPORT, State.DECIDED], officer, now=NOW)
    assert [s.form.order for s in every_copy(report) if s.holder is Holder.FILE] == [2, 10]
    for sheet in every_copy(complaint):
        assert numbers[1] not in text_of(sheet)
    for sheet in every_copy(report):
        assert numbers[0] not in text_of(sheet)


def test_the_end_of_an_identity_number_stands_on_form_1_alone(shop: Merchant, officer: int) -> None:
    case = file_in(State.ENDED, Track.MEDIATION, shop, officer, now=NOW)
    holding = {sheet.form for sheet in every_copy(case) if WHO["id_number_last_four"] in text_of(sheet)}
    assert holding == {F.COMPLAINT_REGISTER}


def test_a_canary_planted_on_a_merchants_copy_is_found(shop: Merchant, officer: int) -> None:
    case = file_in(State.ENDED, Track.MEDIATION, shop, officer, now=NOW)
    sheet = copy(case, F.ENDING, Holder.MERCHANT)
    assert WHO["phone"] in text_of(replace(sheet, addressees=(WHO["phone"],)))
