"""The one table of moves, both tracks: who may do what, from where to where, under which article.

Buttons, checks, clocks, the printed diagram and the tests read this table and nothing else.
Articles: 市场监督管理投诉举报处理办法 (Order 121; before 2026-04-15 Order 20) and
市场监督管理行政处罚程序规定. A row without an article is this portal's own and has no legal effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from portal.rules.clocks import Clock
from portal.rules.complaint_terms import (
    ORDER_121_FROM,
    Actor,
    EndingGround,
    Move,
    MoveName,
    Need,
    State,
    Track,
)

S, M, N, C = State, MoveName, Need, Clock

COMPLAINANT, MERCHANT, CLERK = (Actor.COMPLAINANT,), (Actor.MERCHANT,), (Actor.INTAKE_CLERK,)
LEADER, SYSTEM = (Actor.LEADER,), (Actor.SYSTEM,)
STAFF = (Actor.OFFICER, Actor.LEADER)

REASON = (N.REASON,)
APPROVED = (N.REASON, N.APPROVAL)

BEFORE_ACCEPTANCE = (S.FILED, S.RECEIVED)
IN_MEDIATION = (S.ACCEPTED, S.MEDIATING, S.TESTING)
IN_CHECK = (S.CHECKING, S.CHECK_EXTENDED)
IN_CASE = (S.OPENED, S.CASE_TESTING, S.CASE_EXTENDED)
TESTS = ((S.CHECKING, S.TESTING), (S.CHECK_EXTENDED, S.EXTENDED_TESTING), (S.OPENED, S.CASE_TESTING))

ANSWERS = (C.ANSWER_REQUEST, C.MERCHANT_ANSWER)
CHECKS = (C.TAKE_UP_REPORT, C.CHECK_REPORT, C.VERIFY_CLUE, C.ANSWER_REQUEST)
PAYMENT = (C.PERFORM_SETTLEMENT, C.PRESUME_RECEIPT, C.TELL_MEDIATION_ENDED)

_TENS = ("", "十", "二十", "三十", "四十", "五十", "六十")
_ONES = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
NEW = "市场监督管理投诉举报处理办法"
OLD = "市场监督管理投诉举报处理暂行办法"
PENALTIES = "市场监督管理行政处罚程序规定"
CONSUMERS = "中华人民共和国消费者权益保护法"


def _article(number: int) -> str:
    return f"第{_TENS[number // 10]}{_ONES[number % 10]}条"


def orders(new: int, old: int) -> dict[str, str]:
    """Cite an article of Order 121 and the one of Order 20 that it follows."""
    return {
        "article": NEW + _article(new),
        "article_en": f"Order 121, Art. {new}",
        "article_before": OLD + _article(old),
        "article_before_en": f"Order 20, Art. {old}",
    }


def penalties(number: int) -> dict[str, str]:
    """Cite an article of the penalty procedure."""
    return {"article": PENALTIES + _article(number), "article_en": f"Penalty procedure, Art. {number}"}


LAST_DAY_OF_ORDER_20 = ORDER_121_FROM - timedelta(days=1)
NEW_35 = {"article": NEW + _article(35), "article_en": "Order 121, Art. 35", "effective_from": ORDER_121_FROM}
OLD_31 = {
    "article": OLD + _article(31),
    "article_en": "Order 20, Art. 31",
    "effective_to": LAST_DAY_OF_ORDER_20,
}
CONSUMERS_39 = {"article": CONSUMERS + _article(39), "article_en": "Consumer Protection Law, Art. 39"}
OURS: dict[str, Any] = {}


def _move(
    track: Track,
    name: MoveName,
    from_states: Iterable[State],
    to_state: State | None,
    actors: Iterable[Actor],
    cite: dict[str, Any],
    needs: Iterable[Need] = (),
    **clocks: Any,
) -> Move:
    return Move(
        name, track, tuple(from_states), to_state, frozenset(actors), frozenset(needs), **cite, **clocks
    )


_m, _r = partial(_move, Track.MEDIATION), partial(_move, Track.REPORT)

# fmt: off
MEDIATION_MOVES: tuple[Move, ...] = (
    _m(M.REGISTER, (S.FILED,), S.RECEIVED, CLERK + STAFF + SYSTEM, orders(8, 8), (N.OFFICIAL_NUMBER,),
       starts=(C.ACCEPT,), from_receipt=True),
    _m(M.NAME_MERCHANT, (*BEFORE_ACCEPTANCE, S.SETTLED, S.ENDING), None, CLERK + STAFF, OURS, (N.MERCHANT,)),
    # Whoever is named only now has the whole time to answer.
    _m(M.NAME_MERCHANT, IN_MEDIATION, None, CLERK + STAFF, OURS, (N.MERCHANT,), starts=(C.MERCHANT_ANSWER,)),
    _m(M.TRANSFER, BEFORE_ACCEPTANCE, None, CLERK + STAFF, orders(41, 37), (N.OFFICE, N.REASON)),
    _m(M.ACCEPT, (S.RECEIVED,), S.ACCEPTED, STAFF, orders(15, 14),
       stops=(C.ACCEPT, C.ANSWER_REQUEST), starts=(C.MEDIATE, C.MERCHANT_ANSWER)),
    _m(M.REFUSE, (S.RECEIVED,), S.REFUSED, STAFF, orders(16, 15),
       (N.GROUND, N.REASON), stops=(C.ACCEPT, *ANSWERS)),
    _m(M.ASK_PARTY, (S.RECEIVED, S.ACCEPTED, S.MEDIATING), None, STAFF, orders(10, 9), REASON,
       starts=(C.ANSWER_REQUEST,)),
    _m(M.ADD_MATERIAL, (*BEFORE_ACCEPTANCE, *IN_MEDIATION, S.SETTLED), None, COMPLAINANT, orders(10, 9),
       stops=(C.ANSWER_REQUEST,)),
    _m(M.ASK_MERCHANT, (S.ACCEPTED, S.MEDIATING), None, STAFF, OURS, REASON, starts=(C.MERCHANT_ANSWER,)),
    _m(M.REPLY, (*BEFORE_ACCEPTANCE, *IN_MEDIATION, S.SETTLED), None, MERCHANT, OURS,
       stops=(C.MERCHANT_ANSWER,)),
    _m(M.BEGIN_MEDIATION, (S.ACCEPTED,), S.MEDIATING, STAFF, orders(18, 16), (N.BOTH_CONSENT,)),
    _m(M.RECORD_FINDING, IN_MEDIATION, None, STAFF, OURS, (N.FINDING,)),
    _m(M.START_TESTING, (S.MEDIATING,), S.TESTING, STAFF, orders(22, 20), REASON, pauses=(C.MEDIATE,)),
    _m(M.END_TESTING, (S.TESTING,), S.MEDIATING, STAFF, orders(22, 20), resumes=(C.MEDIATE,)),
    _m(M.OFFER, (*BEFORE_ACCEPTANCE, *IN_MEDIATION), None, MERCHANT, orders(18, 16), (N.AMOUNT,),
       stops=(C.MERCHANT_ANSWER,)),
    _m(M.PROPOSE, (S.MEDIATING,), None, STAFF, orders(21, 19), (N.AMOUNT,)),
    _m(M.ACCEPT_OFFER, BEFORE_ACCEPTANCE, S.SETTLED, COMPLAINANT, orders(18, 16), (N.OFFER,),
       stops=(C.ACCEPT, *ANSWERS), starts=(C.PERFORM_SETTLEMENT,)),
    _m(M.ACCEPT_OFFER, IN_MEDIATION, S.SETTLED, COMPLAINANT, orders(23, 21), (N.OFFER,),
       stops=(C.MEDIATE, *ANSWERS), starts=(C.PERFORM_SETTLEMENT, C.TELL_MEDIATION_ENDED),
       ground=EndingGround.WITHDRAWN_OR_SETTLED),
    # Saying no to one offer is not saying that no agreement can be reached (Order 121 Art. 23(3)).
    _m(M.DECLINE_OFFER, (*BEFORE_ACCEPTANCE, *IN_MEDIATION), None, COMPLAINANT, OURS, (N.OFFER,)),
    _m(M.SETTLE, (S.ACCEPTED, S.MEDIATING), S.SETTLED, STAFF, orders(24, 22), (N.AMOUNT, N.BOTH_CONSENT),
       stops=(C.MEDIATE, *ANSWERS), starts=(C.PERFORM_SETTLEMENT,)),
    _m(M.END_MEDIATION, IN_MEDIATION, S.ENDING, STAFF, orders(23, 21), (N.GROUND, N.REASON),
       stops=(C.MEDIATE, *ANSWERS), starts=(C.TELL_MEDIATION_ENDED,)),
    _m(M.TELL_PARTIES, (S.ENDING,), S.ENDED, (*STAFF, *SYSTEM), orders(23, 21),
       stops=(C.TELL_MEDIATION_ENDED,)),
    _m(M.TELL_PARTIES, (S.SETTLED,), None, (*STAFF, *SYSTEM), orders(23, 21),
       stops=(C.TELL_MEDIATION_ENDED,)),
    _m(M.WITHDRAW, BEFORE_ACCEPTANCE, S.WITHDRAWN, COMPLAINANT + CLERK, orders(23, 21),
       stops=(C.ACCEPT, *ANSWERS), ground=EndingGround.WITHDRAWN_OR_SETTLED),
    _m(M.WITHDRAW, IN_MEDIATION, S.ENDING, COMPLAINANT + CLERK, orders(23, 21),
       stops=(C.MEDIATE, *ANSWERS), starts=(C.TELL_MEDIATION_ENDED,),
       ground=EndingGround.WITHDRAWN_OR_SETTLED),
    _m(M.REPORT_PAID, (S.SETTLED,), None, MERCHANT + STAFF + SYSTEM, OURS,
       stops=(C.PERFORM_SETTLEMENT,), starts=(C.PRESUME_RECEIPT,)),
    _m(M.DENY_RECEIPT, (S.SETTLED,), None, COMPLAINANT, OURS,
       stops=(C.PRESUME_RECEIPT,), starts=(C.PERFORM_SETTLEMENT,)),
    _m(M.CONFIRM_PERFORMED, (S.SETTLED,), S.CLOSED, COMPLAINANT + STAFF, orders(24, 22),
       stops=(*PAYMENT, *ANSWERS)),
    _m(M.CONFIRM_PERFORMED, (S.NOT_PERFORMED,), S.CLOSED, COMPLAINANT + STAFF, orders(24, 22), revives=True),
    _m(M.PRESUME_PERFORMED, (S.SETTLED,), S.CLOSED, SYSTEM, OURS, (N.TIME_UP,), stops=(*PAYMENT, *ANSWERS)),
    _m(M.CLOSE_UNPERFORMED, (S.SETTLED,), S.NOT_PERFORMED, STAFF, CONSUMERS_39, REASON,
       stops=(*PAYMENT, *ANSWERS)),
    _m(M.CLOSE_UNPERFORMED, (S.SETTLED,), S.NOT_PERFORMED, SYSTEM, CONSUMERS_39, (N.TIME_UP,),
       stops=(*PAYMENT, *ANSWERS)),
    _m(M.REOPEN, (S.REFUSED,), S.RECEIVED, LEADER, orders(15, 14), REASON, starts=(C.ACCEPT,), revives=True),
    _m(M.REOPEN, (S.ENDED,), S.MEDIATING, LEADER, orders(18, 16), (N.REASON, N.BOTH_CONSENT),
       starts=(C.MEDIATE,), revives=True),
)

REPORT_MOVES: tuple[Move, ...] = (
    _r(M.REGISTER, (S.FILED,), S.RECEIVED, CLERK + STAFF + SYSTEM, orders(8, 8), (N.OFFICIAL_NUMBER,),
       starts=(C.TAKE_UP_REPORT, C.CHECK_REPORT), from_receipt=True),
    _r(M.REGISTER_CLUE, (S.FILED,), S.CHECKING, STAFF, orders(27, 23), (N.OFFICIAL_NUMBER,),
       starts=(C.VERIFY_CLUE,), from_receipt=True),
    _r(M.NAME_MERCHANT, (*BEFORE_ACCEPTANCE, *IN_CHECK, S.TESTING, S.EXTENDED_TESTING, *IN_CASE), None,
       CLERK + STAFF, OURS, (N.MERCHANT,)),
    _r(M.TRANSFER, BEFORE_ACCEPTANCE, None, CLERK + STAFF, orders(41, 37), (N.OFFICE, N.REASON)),
    _r(M.WITHDRAW, (S.FILED,), S.WITHDRAWN, COMPLAINANT, OURS),
    _r(M.BEGIN_CHECK, (S.RECEIVED,), S.CHECKING, STAFF, penalties(18), stops=(C.TAKE_UP_REPORT,)),
    _r(M.ASK_PARTY, (S.RECEIVED, *IN_CHECK), None, STAFF, orders(28, 24), REASON, starts=(C.ANSWER_REQUEST,)),
    _r(M.ADD_MATERIAL,
       (*BEFORE_ACCEPTANCE, *IN_CHECK, S.TESTING, S.EXTENDED_TESTING, *IN_CASE), None, COMPLAINANT,
       orders(28, 24), stops=(C.ANSWER_REQUEST,)),
    _r(M.RECORD_FINDING, (*IN_CHECK, S.TESTING, S.EXTENDED_TESTING, *IN_CASE), None, STAFF, OURS,
       (N.FINDING,)),
    *(
        _r(M.START_TESTING, (at,), testing, STAFF, penalties(64 if at is S.OPENED else 18), REASON,
           pauses=(C.CHECK_REPORT, C.DECIDE_CASE))
        for at, testing in TESTS
    ),
    *(
        _r(M.END_TESTING, (testing,), at, STAFF, penalties(64 if at is S.OPENED else 18),
           resumes=(C.CHECK_REPORT, C.DECIDE_CASE))
        for at, testing in TESTS
    ),
    _r(M.EXTEND_CHECK, (S.CHECKING,), S.CHECK_EXTENDED, LEADER, penalties(18), REASON,
       extends=(C.CHECK_REPORT, C.VERIFY_CLUE)),
    _r(M.OPEN_CASE, IN_CHECK, S.OPENED, STAFF, penalties(18), APPROVED,
       stops=CHECKS, starts=(C.DECIDE_CASE, C.TELL_REPORTER)),
    _r(M.DO_NOT_OPEN, IN_CHECK, S.NOT_OPENED, STAFF, penalties(18), APPROVED,
       stops=CHECKS, starts=(C.TELL_REPORTER,)),
    _r(M.NOT_COMPETENT, (S.RECEIVED, S.CHECKING), S.NOT_COMPETENT, STAFF, orders(34, 29), REASON,
       stops=CHECKS),
    _r(M.MERGE, (S.RECEIVED, S.CHECKING), S.MERGED, STAFF, NEW_35, (N.OTHER_CASE, N.REASON), stops=CHECKS),
    _r(M.TAKE_IN, (S.RECEIVED, S.CHECKING), None, STAFF, NEW_35, (N.OTHER_CASE,),
       stops=(C.VERIFY_CLUE,), starts=(C.CHECK_REPORT,)),
    _r(M.TAKE_IN, (S.CHECK_EXTENDED,), S.CHECKING, STAFF, NEW_35, (N.OTHER_CASE,),
       stops=(C.VERIFY_CLUE,), starts=(C.CHECK_REPORT,)),
    _r(M.GIVE_PENALTY_NOTICE, (S.OPENED, S.CASE_EXTENDED), None, STAFF, penalties(57), REASON,
       starts=(C.STATE_DEFENCE,)),
    _r(M.EXTEND_CASE, (S.OPENED,), S.CASE_EXTENDED, LEADER, penalties(64), REASON, extends=(C.DECIDE_CASE,)),
    _r(M.CONTINUE_CASE, (S.CASE_EXTENDED,), None, LEADER, penalties(64), REASON, stops=(C.DECIDE_CASE,)),
    _r(M.DECIDE_CASE, (S.OPENED, S.CASE_EXTENDED), S.DECIDED, STAFF, penalties(64), APPROVED,
       stops=(C.DECIDE_CASE, C.STATE_DEFENCE, C.ANSWER_REQUEST)),
    _r(M.TELL_REPORTER, (*IN_CASE, S.NOT_OPENED, S.DECIDED), None, STAFF, OLD_31, stops=(C.TELL_REPORTER,)),
    _r(M.REOPEN, (S.NOT_OPENED,), S.CHECKING, LEADER, penalties(18), REASON,
       starts=(C.CHECK_REPORT,), revives=True),
    _r(M.REOPEN, (S.NOT_COMPETENT,), S.RECEIVED, LEADER, orders(29, 25), REASON,
       starts=(C.TAKE_UP_REPORT, C.CHECK_REPORT), revives=True),
)
# fmt: on

MOVES: tuple[Move, ...] = MEDIATION_MOVES + REPORT_MOVES
