"""Whole lives of cases, told through the portal's own actions."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from portal.base.clock import day_of
from portal.base.db import unit_of_work
from portal.complaints import actions, queries
from portal.complaints.models import Case
from portal.instruments.weighing import weigh
from portal.rules.complaint_flow import Actor, MoveName, Need
from portal.rules.judgement import Judgement

BOUGHT = {"goods": "苹果", "price": "10", "settled": "1", "reweighed": "0.94", "check_method": "better_scale"}
SETTLED_MG, REWEIGHED_MG = 1_000_000, 940_000


def measured(now: datetime) -> Judgement:
    """Return the verdict on a kilogram of apples that weighs 940 g."""
    judgement = weigh(BOUGHT, today=day_of(now)).judgement
    assert judgement is not None
    return judgement


def settle_and_pay(number: str, officer_id: int, *, words: str = "我同意。", now: datetime) -> None:
    """Take a registered 投诉 to its end: measured, settled for 6.60 yuan, paid, and the money received."""
    with unit_of_work():
        case = _case(number)
        staff = partial(actions.move, case, actor=Actor.OFFICER, user_id=officer_id, now=now)
        staff(MoveName.ACCEPT)
        staff(MoveName.BEGIN_MEDIATION, also_given=[Need.BOTH_CONSENT])
        actions.move(case, MoveName.ADD_MATERIAL, actor=Actor.COMPLAINANT, now=now)
        actions.write_message(case, words, actor=Actor.COMPLAINANT, user_id=None, now=now)
        _measure(case, officer_id, now)
        actions.settle(case, amount_fen=660, actor=Actor.OFFICER, user_id=officer_id, now=now)
        actions.report_paid(case, method="cash", reference="", user_id=None, now=now)
        actions.confirm_performed(case, now=now)


def open_and_decide(number: str, officer_id: int, *, words: str = "已核查。", now: datetime) -> None:
    """Take a registered 举报 to its end: checked, measured, a case opened and decided."""
    with unit_of_work():
        case = _case(number)
        staff = partial(actions.move, case, actor=Actor.LEADER, user_id=officer_id, reason=words, now=now)
        staff(MoveName.BEGIN_CHECK)
        _measure(case, officer_id, now)
        staff(MoveName.OPEN_CASE, also_given=[Need.APPROVAL])
        staff(MoveName.DECIDE_CASE, also_given=[Need.APPROVAL])


def _measure(case: Case, officer_id: int, now: datetime) -> None:
    actions.record_finding(
        case,
        measured(now),
        settled_mg=SETTLED_MG,
        reweighed_mg=REWEIGHED_MG,
        actor=Actor.OFFICER,
        user_id=officer_id,
        now=now,
    )


def _case(number: str) -> Case:
    case = queries.case_by_number(number)
    assert case is not None
    return case
