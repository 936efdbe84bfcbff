"""The last step tells the truth: what it calls public becomes public, and its lines are those read back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts.models import Role
from portal.base import clock
from portal.base.db import db, unit_of_work
from portal.base.labels import render
from portal.compensation.actions import mark_overdue
from portal.complaints import actions, queries
from portal.complaints.drafts import drafting
from portal.complaints.drafts.answers import read_draft
from portal.complaints.drafts.previewing import Preview, preview_of
from portal.complaints.following.read_back import read_back, tracks_of
from portal.complaints.models import Case, Draft, Filing
from portal.merchants.models import Merchant
from portal.records.models import PublicRecord
from portal.records.presenting import facts_of
from portal.rules.complaint_flow import Actor, MoveName, Need
from portal.rules.intake_terms import BoughtFor, Handled, PurchaseKind, Step
from portal.rules.pledge import PledgeTerms
from portal.rules.publication import RecordKind
from portal.rules.purchases import may_measure
from tests.builders import make_member, make_office, make_pledge, sign_in
from tests.complaints.conftest import NOW
from tests.complaints.forms import begin, draft_of, fill_in, page_of, typed, typed_of_kind
from tests.complaints.test_step_parties import JOINT, PROXY
from tests.stories import REWEIGHED_MG, SETTLED_MG, measured

LATER = NOW + timedelta(days=90)
CASE_KINDS = (
    RecordKind.FINDING,
    RecordKind.COMPENSATION,
    RecordKind.OVERDUE_PAYMENT,
    RecordKind.COMPLAINT_OUTCOME,
)


@pytest.fixture
def officer(app: Flask) -> int:
    return make_member(Role.OFFICER, make_office(now=NOW), now=NOW)


def previewed() -> Preview:
    draft = db.session.scalars(select(Draft).where(Draft.sent_to.is_(None))).one()
    return preview_of(read_draft(drafting.answers_of(draft), today=clock.today()), now=clock.now())


def sent(client: FlaskClient, address: str, key: str = "filing-1") -> Case:
    answer = client.post(f"{address}/send", data={"submission_id": key})
    assert answer.status_code == 303
    case = queries.case_by_number(answer.location.rsplit("/", 1)[1])
    assert case is not None
    return case


def live_through(number: str, kind: PurchaseKind, officer: int) -> None:
    """Take a 投诉 to its end: measured where that is possible, settled, paid too late, and received."""
    with unit_of_work():
        case = queries.case_by_number(number)
        assert case is not None
        staff = partial(actions.move, case, actor=Actor.OFFICER, now=NOW)
        staff(MoveName.REGISTER, official_number="12315-1")
        staff(MoveName.ACCEPT)
        staff(MoveName.BEGIN_MEDIATION, also_given=[Need.BOTH_CONSENT])
        if may_measure(kind):
            actions.record_finding(
                case,
                measured(NOW),
                settled_mg=SETTLED_MG,
                reweighed_mg=REWEIGHED_MG,
                actor=Actor.OFFICER,
                user_id=officer,
                now=NOW,
            )
        actions.settle(case, amount_fen=660, reason="商家自愿", actor=Actor.OFFICER, user_id=officer, now=NOW)
        assert mark_overdue(now=LATER) == 1
        actions.report_paid(case, method="cash", reference="", user_id=None, now=LATER)
        actions.confirm_performed(case, now=LATER)


def records() -> dict[RecordKind, PublicRecord]:
    found = db.session.scalars(select(PublicRecord).where(PublicRecord.kind.in_(CASE_KINDS)))
    return {record.kind: record for record in found}


@pytest.mark.parametrize("consent", ["yes", "no"])
@pytest.mark.parametrize("kind", list(PurchaseKind))
def test_what_the_last_step_names_is_what_the_records_carry(
    client: FlaskClient, shop: Merchant, officer: int, kind: PurchaseKind, consent: str
) -> None:
    address, _answer = fill_in(client, typed_of_kind(shop, kind.value, agrees_to_publication=consent))
    preview = previewed()
    page = page_of(client.get(f"{address}/preview")).get_text(" ", strip=True)
    live_through(sent(client, address).number, kind, officer)
    published = records()
    assert {one: set(record.facts) for one, record in published.items()} == {
        one: set(keys) for one, keys in preview.published.items()
    }
    assert (RecordKind.FINDING in published) is may_measure(kind)
    assert (RecordKind.COMPLAINT_OUTCOME in published) is (consent == "yes")
    # Every word by which a record page names a fact stands on the last step.
    named = {render(fact.label) for record in published.values() for fact in facts_of(record.facts)}
    assert [word for word in named if word not in page] == []


def test_no_record_follows_from_a_report(client: FlaskClient, shop: Merchant) -> None:
    address, _answer = fill_in(client, typed(shop, wanted="want_report"))
    preview = previewed()
    assert (preview.merchant, dict(preview.published), preview.public) == (None, {}, ())
    assert client.get(f"{address}/preview").status_code == 200


@pytest.mark.parametrize("way", [{}, PROXY, JOINT], ids=["self", "proxy", "joint"])
@pytest.mark.parametrize("kind", list(PurchaseKind))
def test_what_is_looked_over_is_read_back_in_the_same_lines(
    client: FlaskClient, shop: Merchant, kind: PurchaseKind, way: dict[str, str]
) -> None:
    make_pledge(shop, PledgeTerms(factor=3), now=datetime(2026, 5, 1, 2, 0, tzinfo=UTC))
    told = {"pledge_clause": "promised_amount", "known_on": "2026-06-01", "time_of_day": "09:30", **way}
    address, _answer = fill_in(client, typed_of_kind(shop, kind.value, wants_checking="y", **told))
    before = previewed().authority
    filing = sent(client, address).filing
    after = read_back(filing, tracks_of(filing))
    assert before[Step.WHERE] == tuple(after.where)
    assert before[Step.WHAT][:-1] == tuple(after.bought)
    assert before[Step.ASK] == tuple(after.asked)
    assert before[Step.WHO] == tuple(after.who)
    assert before[Step.WHAT][-1][1] == filing.narrative


def test_looking_over_saves_nothing(client: FlaskClient, shop: Merchant) -> None:
    address, _answer = fill_in(client, typed(shop))
    assert client.get(f"{address}/preview").status_code == 200
    previewed()
    db.session.commit()
    assert db.session.scalars(select(Filing)).all() == []


def test_a_draft_hardly_begun_can_be_looked_over(client: FlaskClient, shop: Merchant) -> None:
    page = client.get(f"{draft_of(begin(client, typed(shop)))}/preview")
    assert page.status_code == 200
    assert "消费类别" not in page.text


SHOWN = ("自己或家人生活使用", "2026年5月30日", "缺一赔三", "赵律师", "代为协商、和解", "至2026年底", "已备")


@pytest.fixture
def proxys(client: FlaskClient, shop: Merchant) -> Case:
    """File as a proxy, relying on a promise, noticed later than bought."""
    make_pledge(shop, PledgeTerms(factor=3), now=datetime(2026, 5, 1, 2, 0, tzinfo=UTC))
    told = {"pledge_clause": "promised_amount", "known_on": "2026-05-30", "bought_on": "2026-05-28"}
    address, _answer = fill_in(client, typed(shop, **told, **PROXY))
    return sent(client, address)


def test_what_was_asked_is_kept_and_read_back(client: FlaskClient, proxys: Case) -> None:
    filing = proxys.filing
    assert (filing.bought_for, filing.handled) == (BoughtFor.HOUSEHOLD, Handled.NOT_HANDLED)
    assert (filing.known_on, filing.has_power_of_attorney) == (date(2026, 5, 30), True)
    shown = client.get(f"/complaints/cases/{proxys.number}").text
    assert [words for words in SHOWN if words not in shown] == []


def test_the_officer_reads_what_was_asked(app: Flask, proxys: Case, officer: int) -> None:
    desk = app.test_client()
    sign_in(desk, officer)
    shown = desk.get(f"/desk/cases/{proxys.number}").text
    assert [words for words in (*SHOWN, "尚未") if words not in shown] == []


def test_the_officer_reads_who_complains_together(
    app: Flask, client: FlaskClient, shop: Merchant, officer: int
) -> None:
    address, _answer = fill_in(client, typed(shop, **JOINT))
    number = sent(client, address).number
    desk = app.test_client()
    sign_in(desk, officer)
    shown = page_of(desk.get(f"/desk/cases/{number}")).get_text(" ", strip=True)
    for words in ("共同投诉人数 12", "甲 13900000001; 乙"):
        assert words in shown, words


def test_the_merchant_reads_the_promise_and_nothing_of_the_rest(
    app: Flask, shop: Merchant, proxys: Case
) -> None:
    owner = app.test_client()
    sign_in(owner, make_member(Role.MERCHANT_OWNER, shop.id, login="shop@example.cn", now=NOW))
    shown = owner.get(f"/merchant/cases/{proxys.number}")
    text = page_of(shown).get_text(" ", strip=True)
    assert "所依据的承诺 缺一赔三" in text
    assert [words for words in SHOWN if words in text] == ["缺一赔三"]
