"""Saying yes or no to an offer, and only to the one that was read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.complaints import actions, queries
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, State, Track
from portal.rules.errors import MoveNotAllowed
from tests.builders import make_case
from tests.complaints.following import fresh, holder, move, send
from tests.complaints.forms import page_of

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def number(shop: Merchant) -> str:
    """A registered complaint in which the merchant offers 0.60 yuan."""
    number = make_case(shop, now=NOW).number
    move(number, MoveName.OFFER, Actor.MERCHANT, amount_fen=60)
    return number


@pytest.fixture
def filer(app: Flask, number: str) -> FlaskClient:
    return holder(app)


def path(number: str, step: str) -> str:
    return f"/complaints/cases/{number}/{step}"


def test_a_declined_offer_leaves_the_case_as_it_was(filer: FlaskClient, number: str) -> None:
    assert send(filer, path(number, "decline_offer"), offer="60").status_code == 303
    case = fresh(number)
    assert case.state is State.RECEIVED
    assert actions.offered_fen(case) is None
    page = filer.get(f"/complaints/cases/{number}").text
    assert "不同意" in page
    assert "accept_offer" not in page


def test_a_declined_offer_cannot_be_taken_afterwards(filer: FlaskClient, number: str) -> None:
    send(filer, path(number, "decline_offer"), offer="60")
    assert send(filer, path(number, "accept_offer"), "sent-2", offer="60").status_code == 409
    assert send(filer, path(number, "decline_offer"), "sent-3").status_code == 409
    assert fresh(number).state is State.RECEIVED


def test_another_offer_may_follow_and_be_taken(filer: FlaskClient, number: str) -> None:
    send(filer, path(number, "decline_offer"), offer="60")
    move(number, MoveName.OFFER, Actor.MERCHANT, amount_fen=66)
    assert send(filer, path(number, "accept_offer"), "sent-2", offer="66").status_code == 303
    case = fresh(number)
    assert case.state is State.SETTLED
    claim = actions.claim_of(case)
    assert claim is not None
    assert claim.amount_fen == 66


@pytest.mark.parametrize("step", ["accept_offer", "decline_offer"])
def test_an_offer_that_changed_meanwhile_is_not_answered(filer: FlaskClient, number: str, step: str) -> None:
    shown = page_of(filer.get(f"/complaints/cases/{number}"))
    offer = shown.select_one(f"form[action$={step}] [name=offer]")
    assert offer is not None
    move(number, MoveName.OFFER, Actor.MERCHANT, amount_fen=1)
    answer = send(filer, path(number, step), offer=str(offer["value"]))
    assert answer.status_code == 409
    assert fresh(number).state is State.RECEIVED
    assert actions.offered_fen(fresh(number)) == 1


@pytest.mark.parametrize("typed", [{}, {"offer": ""}, {"offer": "6"}, {"offer": "060"}, {"offer": "sixty"}])
@pytest.mark.parametrize("step", ["accept_offer", "decline_offer"])
def test_no_other_amount_than_the_one_shown_is_answered(
    filer: FlaskClient, number: str, step: str, typed: dict[str, str]
) -> None:
    assert send(filer, path(number, step), **typed).status_code == 409
    assert fresh(number).state is State.RECEIVED
    assert actions.offered_fen(fresh(number)) == 60


def test_declining_twice_has_one_effect(filer: FlaskClient, number: str) -> None:
    for _ in range(2):
        assert send(filer, path(number, "decline_offer"), offer="60").status_code == 303
    moves = [event.move for event in fresh(number).events]
    assert moves.count(MoveName.DECLINE_OFFER) == 1


def test_without_an_offer_nothing_is_declined(shop: Merchant) -> None:
    case = queries.case_by_number(make_case(shop, key="filing-2", now=NOW).number)
    assert case is not None
    with pytest.raises(MoveNotAllowed):
        actions.decline_offer(case, now=NOW)


def test_the_count_of_a_clock_is_shown_day_by_day(filer: FlaskClient, number: str) -> None:
    days = page_of(filer.get(f"/complaints/cases/{number}")).select(".fm-count li")
    # 2026-06-01 to 2026-06-10: seven working days, a weekend, and the first day.
    assert len(days) == 10
    assert len([day for day in days if "is-counted" in (day.get("class") or [])]) == 7


def test_a_report_shows_no_amount_that_may_be_owed(app: Flask, shop: Merchant) -> None:
    number = make_case(shop, key="filing-3", tracks=(Track.REPORT,), name=None, now=NOW).number
    assert "可能应付的" not in holder(app, "filing-3").get(f"/complaints/cases/{number}").text
