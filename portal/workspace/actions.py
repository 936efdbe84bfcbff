"""What a merchant does about its cases and its standing."""

from __future__ import annotations

from datetime import date, datetime

from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints import actions as complaint_actions
from portal.complaints.models import Case
from portal.merchants import queries as merchant_queries
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName
from portal.rules.credit import CreditStatus
from portal.rules.errors import InputRefused, RuleError
from portal.rules.messages import say
from portal.workspace import queries
from portal.workspace.models import ReviewRequest

LONGEST_WORDING = 1000
REVIEWED = {CreditStatus.WATCH, CreditStatus.WARNING}


class NothingToReview(RuleError):
    """The status is none that a person would have to look at again."""


class ReviewAlreadyAsked(RuleError):
    """A request of this merchant is still unanswered."""


def reply(case: Case, text: str, *, user_id: int, now: datetime) -> None:
    """Answer a complaint in words; the clock of the first answer stops."""
    complaint_actions.move(case, MoveName.REPLY, actor=Actor.MERCHANT, user_id=user_id, now=now)
    complaint_actions.write_message(case, text, actor=Actor.MERCHANT, user_id=user_id, now=now)


def make_offer(case: Case, amount_fen: int, note: str, *, user_id: int, now: datetime) -> None:
    """Offer the buyer an amount in fen, with a word if there is one."""
    complaint_actions.move(
        case, MoveName.OFFER, actor=Actor.MERCHANT, user_id=user_id, amount_fen=amount_fen, now=now
    )
    if note:
        complaint_actions.write_message(case, note, actor=Actor.MERCHANT, user_id=user_id, now=now)


def may_ask_for_review(merchant: Merchant, *, today: date) -> bool:
    """Say whether the merchant's status is one that it may have looked at again."""
    return merchant_queries.credit_answer(merchant, today).status in REVIEWED


def ask_for_review(merchant: Merchant, wording: str, *, user_id: int, now: datetime) -> ReviewRequest:
    """Ask that a person look again at the merchant's status; NothingToReview, ReviewAlreadyAsked."""
    answer = merchant_queries.credit_answer(merchant, day_of(now))
    if answer.status not in REVIEWED:
        raise NothingToReview(say("Your status is not one that needs to be looked at again."))
    if queries.open_review_request(merchant.id) is not None:
        raise ReviewAlreadyAsked(say("You asked for this already; the office has not answered yet."))
    request = ReviewRequest(
        merchant_id=merchant.id,
        region_code=merchant.region_code,
        status=answer.status,
        wording=_checked(wording),
        asked_by_id=user_id,
        asked_at=now,
    )
    db.session.add(request)
    db.session.flush()
    return request


def answer_review(request: ReviewRequest, answer: str, *, user_id: int, now: datetime) -> None:
    """Answer a merchant's request; a status itself changes by records alone, never here."""
    if request.answered_at is not None:
        raise ReviewAlreadyAsked(say("This request was answered already."))
    request.answer = _checked(answer)
    request.answered_by_id = user_id
    request.answered_at = now
    db.session.flush()


def _checked(text: str) -> str:
    if not text.strip():
        raise InputRefused(say("Please write a few words."))
    if len(text) > LONGEST_WORDING:
        raise InputRefused(
            say("This text is longer than %(most_count)s characters.", most_count=LONGEST_WORDING)
        )
    return text.strip()
