"""A merchant publishes, renews and withdraws its pledge, and asks a person to look again at its status."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Role
from portal.base import clock
from portal.base.db import db, unit_of_work
from portal.merchants import queries as merchant_queries
from portal.merchants.models import Merchant
from portal.rules.credit import CreditStatus
from portal.rules.pledge import PledgeKind, PledgeTerms
from portal.rules.publication import RecordKind
from portal.workspace import actions, queries
from portal.workspace.models import ReviewRequest
from tests.builders import make_member, make_pledge, publish_record, sign_in
from tests.workspace.shops import Shop
from tests.workspace.test_cases import page, post

TERMS = {
    "kind": "multiple_of_shortage_value",
    "factor": "10",
    "floor": "50",
    "trigger": "over_deviation",
    "free_reweigh": "y",
    "response_days": "5",
    "payment_days": "7",
    "signer": "王某",
}


def typed(**changes: str) -> dict[str, Any]:
    return {**TERMS, "valid_from": clock.today().isoformat(), **changes}


def in_force(shop: Shop) -> PledgeTerms | None:
    db.session.expire_all()
    version = merchant_queries.pledge_on(shop.merchant.id, clock.today())
    return PledgeTerms.from_dict(version.terms) if version else None


def test_a_pledge_is_read_back_in_sentences_before_it_is_published(shop: Shop) -> None:
    text = post(shop, "/merchant/pledge", step="check", code=200, **typed())
    assert "We pay at least ¥50.00." in text
    assert "on top of the refund" in text
    assert in_force(shop) is None
    again = post(shop, "/merchant/pledge", step="edit", code=200, **typed(scope="水果"))
    assert 'value="水果"' in again
    post(shop, "/merchant/pledge", step="send", **typed())
    post(shop, "/merchant/pledge", step="send", **typed())
    assert in_force(shop) == PledgeTerms(factor=10, floor_fen=5000)
    assert len(merchant_queries.pledge_versions(shop.merchant.id)) == 1
    assert "Ten for one" in page(shop, "/merchant/")


def test_a_renewal_begins_from_the_pledge_as_it_stands(shop: Shop) -> None:
    make_pledge(shop.merchant, PledgeTerms(kind=PledgeKind.FIXED, fixed_fen=123_45), now=clock.now())
    assert 'value="123.45"' in page(shop, "/merchant/pledge")
    post(shop, "/merchant/pledge", step="send", **typed(kind="fixed", fixed="200", factor="", floor=""))
    assert in_force(shop) == PledgeTerms(kind=PledgeKind.FIXED, fixed_fen=200_00)


BAD = {
    "no factor": ({"factor": ""}, "factor"),
    "factor of nothing": ({"factor": "0"}, "factor"),
    "factor too large": ({"factor": "1001"}, "factor"),
    "half a factor": ({"factor": "1.5"}, "factor"),
    "an endless factor": ({"factor": "9" * 5000}, "factor"),
    "a floor that is no amount": ({"floor": "1,5"}, "floor"),
    "a cap that is no amount": ({"cap": "NaN"}, "cap"),
    "no fixed sum": ({"kind": "fixed", "fixed": ""}, "fixed"),
    "no days": ({"response_days": "0"}, "response_days"),
    "too many days": ({"payment_days": "61"}, "payment_days"),
    "no first day": ({"valid_from": ""}, "valid_from"),
    "a day of no calendar": ({"valid_from": "2026-02-30"}, "valid_from"),
    "an end of no calendar": ({"valid_to": "soon"}, "valid_to"),
    "nobody signs": ({"signer": ""}, "signer"),
    "an unknown promise": ({"kind": "best_effort"}, "kind"),
}


@pytest.mark.parametrize(("changes", "field"), BAD.values(), ids=BAD.keys())
def test_a_pledge_that_cannot_be_used_is_asked_for_again(
    shop: Shop, changes: dict[str, str], field: str
) -> None:
    for step in ("check", "send"):
        text = post(shop, "/merchant/pledge", step=step, code=422, **typed(scope="只限水果", **changes))
        assert f'id="{field}-error"' in text
        assert "只限水果" in text
    assert in_force(shop) is None


def test_a_cap_below_the_floor_is_explained_and_nothing_is_lost(shop: Shop) -> None:
    text = post(shop, "/merchant/pledge", step="send", code=422, **typed(cap="20"))
    assert "cannot be less than the least" in text
    assert 'value="20"' in text


def test_a_pledge_cannot_begin_in_the_past(shop: Shop) -> None:
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    text = post(shop, "/merchant/pledge", step="send", code=422, **typed(valid_from=yesterday))
    assert "cannot start before" in text
    assert yesterday in text


def test_a_pledge_is_withdrawn_only_by_who_is_sure(shop: Shop) -> None:
    make_pledge(shop.merchant, now=clock.now())
    text = post(shop, "/merchant/pledge/withdraw", code=422)
    assert "Tick this" in text
    assert in_force(shop) is not None
    post(shop, "/merchant/pledge/withdraw", is_sure="y")
    post(shop, "/merchant/pledge/withdraw", is_sure="y")
    assert in_force(shop) is None
    assert "no pledge in force" in post(shop, "/merchant/pledge/withdraw", key="key-2", is_sure="y", code=422)


def test_a_helper_has_no_say_in_the_pledge(app: Flask, shop: Shop) -> None:
    client = app.test_client()
    sign_in(client, make_member(Role.MERCHANT_STAFF, shop.merchant.id, login="s@example.cn", now=clock.now()))
    assert client.get("/merchant/").status_code == 200
    assert "/merchant/pledge" not in client.get("/merchant/").text
    assert client.get("/merchant/pledge").status_code == 403
    assert client.post("/merchant/pledge", data=typed()).status_code == 403
    assert client.post("/merchant/pledge/withdraw", data={"is_sure": "y"}).status_code == 403


def test_a_stranger_finds_no_pledge_of_ours(shop: Shop, stranger: Shop) -> None:
    path = f"/merchant/pledge?merchant={shop.merchant.number}"
    page(stranger, path, code=404)
    post(stranger, path, step="send", code=404, **typed())
    post(stranger, f"/merchant/pledge/withdraw?merchant={shop.merchant.number}", is_sure="y", code=404)
    post(stranger, f"/merchant/credit?merchant={shop.merchant.number}", wording="x", code=404)


def watched(shop: Shop) -> None:
    """Give the shop a proven shortage, and so the status 关注."""
    publish_record(
        RecordKind.FINDING,
        {"verdict": "over", "month": f"{clock.today():%Y-%m}"},
        now=clock.now(),
        merchant_number=shop.merchant.number,
        merchant_name=shop.merchant.name,
        occurred_on=clock.today(),
    )


def test_a_status_without_fault_cannot_be_reviewed(shop: Shop) -> None:
    assert "Ask for a person" not in page(shop, "/merchant/credit")
    text = post(shop, "/merchant/credit", wording="请复核", code=422)
    assert "not one that needs to be looked at again" in text


def test_a_watched_merchant_asks_for_a_person_once(shop: Shop) -> None:
    watched(shop)
    assert "A shortage was proven in" in page(shop, "/merchant/credit")
    assert "Please fill this in" in post(shop, "/merchant/credit", wording=" ", code=422)
    post(shop, "/merchant/credit", wording="秤当天已送检合格")
    post(shop, "/merchant/credit", wording="秤当天已送检合格")
    [request] = queries.review_requests_of(shop.merchant.id)
    assert (request.status, request.wording) == (CreditStatus.WATCH, "秤当天已送检合格")
    assert "You asked on" in page(shop, "/merchant/credit")
    text = post(shop, "/merchant/credit", key="key-2", wording="再问一次", code=422)
    assert "already" in text


def test_the_office_of_the_region_sees_the_request_and_answers_it(shop: Shop) -> None:
    watched(shop)
    post(shop, "/merchant/credit", wording="请复核")
    assert queries.open_review_requests(["3302"]) == []
    assert queries.open_review_requests([]) == []
    [request] = queries.open_review_requests(["3301"])
    with unit_of_work():
        actions.answer_review(request, "记录无误，请申请修复核查。", user_id=shop.owner_id, now=clock.now())
    assert queries.open_review_requests(["33"]) == []
    assert "记录无误" in page(shop, "/merchant/credit")
    with pytest.raises(actions.ReviewAlreadyAsked), unit_of_work():
        actions.answer_review(request, "又一次", user_id=shop.owner_id, now=clock.now())


def test_two_requests_at_once_leave_one(shop: Shop) -> None:
    watched(shop)
    merchant = db.session.get_one(Merchant, shop.merchant.id)
    with unit_of_work():
        actions.ask_for_review(merchant, "请复核", user_id=shop.owner_id, now=clock.now())
    with pytest.raises(IntegrityError), unit_of_work():
        second = ReviewRequest(
            merchant_id=merchant.id,
            region_code=merchant.region_code,
            status=CreditStatus.WATCH,
            wording="同时",
            asked_by_id=shop.owner_id,
            asked_at=clock.now(),
        )
        db.session.add(second)
        db.session.flush()
