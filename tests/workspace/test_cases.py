"""A merchant reads and answers complaints about it, and learns nothing of who complained or of a report."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.models import Role
from portal.base import clock
from portal.base.db import db, unit_of_work
from portal.compensation import ledger
from portal.compensation.models import Claim, ClaimState
from portal.complaints import actions as complaint_actions
from portal.complaints import queries as complaint_queries
from portal.complaints.models import Case
from portal.rules.complaint_flow import Actor, MoveName, Track
from portal.rules.intake_terms import PurchaseKind
from tests.builders import (
    MEASURED,
    make_case,
    make_measured_case,
    make_member,
    make_merchant,
    move_case,
    sign_in,
)
from tests.workspace.shops import Shop

NAME, PHONE, ADDRESS = "张三", "13800000000", "文二路2号"


def post(shop: Shop, path: str, key: str = "key-1", code: int = 303, **fields: str) -> str:
    answer = shop.client.post(path, data={"submission_id": key, **fields})
    assert answer.status_code == code, answer.text
    return answer.text


def page(shop: Shop, path: str, code: int = 200) -> str:
    answer = shop.client.get(path)
    assert answer.status_code == code
    return answer.text


def moves(case: Case) -> list[MoveName]:
    db.session.expire_all()
    return [event.move for event in case.events]


def accepted(shop: Shop, **told: object) -> Case:
    case = make_case(shop.merchant, now=clock.now(), **told)  # type: ignore[arg-type]
    return move_case(case.number, MoveName.ACCEPT, now=clock.now())


def agreed(shop: Shop, amount_fen: int = 660) -> Case:
    case = accepted(shop)
    with unit_of_work():
        complaint_actions.settle(
            case,
            amount_fen=amount_fen,
            reason="双方同意",
            actor=Actor.LEADER,
            user_id=shop.owner_id,
            now=clock.now(),
        )
    return case


def claim_of(case: Case) -> Claim:
    db.session.expire_all()
    return db.session.query(Claim).filter_by(case_number=case.number).one()


def test_an_empty_shop_has_nothing_to_do(shop: Shop) -> None:
    text = page(shop, "/merchant/")
    assert "No complaint is open." in text
    assert "Nothing is to be paid." in text
    assert 'aria-current="page">To do' in text


def test_a_complaint_stands_on_the_list_with_the_day_an_answer_is_due(shop: Shop) -> None:
    case = accepted(shop)
    text = page(shop, "/merchant/")
    assert case.number in text
    assert "Answer due by" in text


def test_the_merchant_never_reads_who_complained(shop: Shop) -> None:
    case = accepted(shop)
    with unit_of_work():
        case.filing.narrative = f"我是{NAME}，住{ADDRESS}，电话 {PHONE}，微信 zhangsan_88。少了六十克。"
        complaint_actions.write_message(
            case, f"{NAME}补充：请打{PHONE}", actor=Actor.COMPLAINANT, user_id=None, now=clock.now()
        )
    text = page(shop, f"/merchant/cases/{case.number}") + page(shop, "/merchant/")
    assert "少了六十克" in text
    for secret in (NAME, PHONE, ADDRESS, "zhangsan_88"):
        assert secret not in text


def test_the_merchant_reads_no_word_of_a_report(shop: Shop) -> None:
    case = accepted(shop)
    with unit_of_work():
        case.filing.narrative = "少了六十克。我同时举报该摊改秤！请依法查处\n老板说：随便你。"
        complaint_actions.write_message(
            case, "I also reported it. Thank you.", actor=Actor.COMPLAINANT, user_id=None, now=clock.now()
        )
    text = page(shop, f"/merchant/cases/{case.number}")
    for told in ("少了六十克", "老板说：随便你。", "Thank you"):
        assert told in text
    for secret in ("同时举报", "改秤", "查处", "also reported"):
        assert secret not in text


def test_a_question_of_the_office_is_read_without_the_complainant(shop: Shop) -> None:
    case = accepted(shop)
    move_case(case.number, MoveName.ASK_MERCHANT, reason=f"请说明{NAME}所称的复秤", now=clock.now())
    move_case(case.number, MoveName.ASK_PARTY, reason="内部说明", now=clock.now())
    text = page(shop, f"/merchant/cases/{case.number}")
    assert "所称的复秤" in text
    assert NAME not in text
    assert "内部说明" not in text


def test_a_report_appears_nowhere_on_the_merchants_side(shop: Shop) -> None:
    report = make_case(shop.merchant, tracks=(Track.REPORT,), key="report-alone", now=clock.now())
    both = make_case(shop.merchant, tracks=(Track.MEDIATION, Track.REPORT), key="both", now=clock.now())
    reports = [report.number, *(c.number for c in both.filing.cases if c.track is Track.REPORT)]
    pages = ["/merchant/", f"/merchant/cases/{both.number}", "/merchant/pledge", "/merchant/credit"]
    text = "".join(page(shop, path) for path in pages)
    assert both.number in text, "a planted complaint is found"
    assert len(reports) == 2
    for number in reports:
        assert number not in text
        page(shop, f"/merchant/cases/{number}", code=404)
        post(shop, f"/merchant/cases/{number}/reply", answer="不是我", code=404)
        post(shop, f"/merchant/cases/{number}/offer", amount="5", code=404)
        post(shop, f"/merchant/cases/{number}/paid", method="cash", code=404)
    assert "Report of a breach" not in text


def test_another_merchants_complaint_is_not_found(shop: Shop, stranger: Shop) -> None:
    case = accepted(shop)
    path = f"/merchant/cases/{case.number}"
    page(stranger, path, code=404)
    post(stranger, f"{path}/reply", answer="x", code=404)
    post(stranger, f"{path}/offer", amount="5", code=404)
    post(stranger, f"{path}/paid", method="cash", code=404)
    assert case.number not in page(stranger, "/merchant/")
    page(stranger, f"/merchant/?merchant={shop.merchant.number}", code=404)
    page(shop, "/merchant/cases/TS-2222-2222", code=404)


def test_whoever_acts_for_no_shop_is_told_so(app: Flask, shop: Shop) -> None:
    client = app.test_client()
    assert client.get("/merchant/").status_code == 303
    sign_in(client, make_member(Role.MARKET_ORGANISER, 1, login="m@example.cn", now=clock.now()))
    assert client.get("/merchant/").status_code == 403


def test_an_answer_is_sent_once_and_stops_the_clock(shop: Shop) -> None:
    case = accepted(shop)
    assert case.answer_due_on is not None
    path = f"/merchant/cases/{case.number}/reply"
    post(shop, path, answer="已核对秤，愿意补足。")
    post(shop, path, answer="已核对秤，愿意补足。")
    assert moves(case).count(MoveName.REPLY) == 1
    assert case.answer_due_on is None
    [message] = complaint_queries.messages_of(case.id)
    assert (message.actor, message.text) == (Actor.MERCHANT, "已核对秤，愿意补足。")
    assert "Answer due by" not in page(shop, "/merchant/")
    assert "已核对秤" in page(shop, f"/merchant/cases/{case.number}")


@pytest.mark.parametrize(
    ("answer", "words"), [("", "fill this in"), ("  ", "fill this in"), ("长" * 1001, "1000 characters")]
)
def test_an_answer_that_cannot_be_used_is_asked_for_again(shop: Shop, answer: str, words: str) -> None:
    case = accepted(shop)
    text = post(shop, f"/merchant/cases/{case.number}/reply", answer=answer, code=422)
    assert words in text
    assert answer.strip() in text
    assert MoveName.REPLY not in moves(case)


def test_an_offer_is_read_back_before_it_is_sent(shop: Shop) -> None:
    case = accepted(shop)
    path = f"/merchant/cases/{case.number}/offer"
    text = post(shop, path, amount="１２.5", note="抱歉", step="check", code=200)
    assert "¥12.50" in text
    assert "壹拾贰元伍角整" in text
    assert MoveName.OFFER not in moves(case)
    assert 'value="１２.5"' in post(shop, path, amount="１２.5", note="抱歉", step="edit", code=200)
    assert MoveName.OFFER not in moves(case)
    post(shop, path, amount="１２.5", note="抱歉", step="send")
    assert [e.amount_fen for e in case.events if e.move is MoveName.OFFER] == [1250]
    assert [m.text for m in complaint_queries.messages_of(case.id)] == ["抱歉"]
    assert "¥12.50" in page(shop, f"/merchant/cases/{case.number}")


@pytest.mark.parametrize("amount", ["", "0", "-5", "1,5", "NaN", "1e3", "0.001", "99999999999", "十元"])
def test_an_offer_that_is_no_amount_is_asked_for_again(shop: Shop, amount: str) -> None:
    case = accepted(shop)
    path = f"/merchant/cases/{case.number}/offer"
    for step in ("check", "send"):
        text = post(shop, path, amount=amount, note="请看", step=step, code=422)
        assert "amount-error" in text
        assert f'value="{amount}"' in text
        assert "请看" in text
    assert MoveName.OFFER not in moves(case)


def test_a_payment_is_reported_once_and_waits_for_the_buyer(shop: Shop) -> None:
    case = agreed(shop)
    home = page(shop, "/merchant/")
    assert "Answer due by" not in home
    assert "¥6.60" in home
    assert "陆元陆角整" in home
    path = f"/merchant/cases/{case.number}/paid"
    post(shop, path, method="transfer", reference="8821")
    post(shop, path, method="transfer", reference="8821")
    assert claim_of(case).state is ClaimState.PAID
    assert "Waiting for the buyer to confirm" in page(shop, "/merchant/")
    text = post(shop, path, key="key-2", method="cash", reference="另一次", code=422)
    assert "was noted already" in text
    with unit_of_work():
        complaint_actions.confirm_performed(case, now=clock.now())
    assert claim_of(case).state is ClaimState.CONFIRMED
    assert "Closed complaints" in page(shop, "/merchant/")
    assert "Receipt confirmed" in page(shop, f"/merchant/cases/{case.number}")
    assert ledger.check() == []


@pytest.mark.parametrize("fields", [{}, {"method": "barter"}, {"method": "cash", "reference": "x" * 121}])
def test_a_payment_that_says_not_how_is_asked_for_again(shop: Shop, fields: dict[str, str]) -> None:
    case = agreed(shop)
    text = post(shop, f"/merchant/cases/{case.number}/paid", code=422, **fields)
    assert "Please look at this again" in text
    assert fields.get("reference", "") in text
    assert claim_of(case).state is ClaimState.OWED


def test_a_payment_past_its_day_is_marked(shop: Shop) -> None:
    case = agreed(shop)
    with unit_of_work():
        claim_of(case).due_on = clock.today() - timedelta(days=1)
    assert "The day has passed" in page(shop, "/merchant/")


def test_a_step_that_is_over_is_explained_and_nothing_is_lost(shop: Shop) -> None:
    case = make_case(shop.merchant, now=clock.now())
    move_case(case.number, MoveName.ACCEPT, now=clock.now())
    with unit_of_work():
        complaint_actions.move(case, MoveName.WITHDRAW, actor=Actor.COMPLAINANT, now=clock.now())
    text = post(shop, f"/merchant/cases/{case.number}/offer", amount="5", note="晚了", step="send", code=422)
    assert "is not possible while the case is" in text


def test_who_acts_for_two_shops_chooses_between_them(shop: Shop) -> None:
    second = make_merchant("老王粮油店", address="文三路2号", now=clock.now())
    make_member(Role.MERCHANT_STAFF, second.id, now=clock.now())
    case = make_case(second, key="second", now=clock.now())
    assert case.number in page(shop, f"/merchant/?merchant={second.number}")
    other = page(shop, f"/merchant/?merchant={shop.merchant.number}")
    assert case.number not in other
    assert f"/merchant/?merchant={second.number}" in other


@pytest.mark.parametrize("kind", MEASURED)
def test_a_case_of_any_kind_is_shown_and_names_nobody(shop: Shop, kind: PurchaseKind) -> None:
    case = make_measured_case(
        kind,
        shop.merchant,
        narrative="代理人李四 电话13900000001，邮箱zhang@example.cn，数量不对。",
        email="zhang@example.cn",
        proxy={"name": "李四", "phone": "13900000001"},
        now=clock.now(),
    )
    text = page(shop, f"/merchant/cases/{case.number}")
    assert "¥300.00" in text
    assert "数量不对" in text
    for private in ("李四", "13900000001", "zhang@example.cn"):
        assert private not in text, private
    assert case.number in page(shop, "/merchant/")
