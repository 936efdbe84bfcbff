"""Actions: what a merchant's answer and a case's end leave in public: counts, and a record with consent."""

from __future__ import annotations

from datetime import date, datetime

from portal.base.clock import day_of
from portal.complaints.models import Case
from portal.merchants import actions as merchant_actions
from portal.rules.complaint_flow import MoveName
from portal.rules.publication import RecordKind, outcome_facts

ANSWERS = {MoveName.REPLY, MoveName.OFFER}


def note_answer(case: Case, name: MoveName, on: date) -> None:
    """Count the merchant's first answer, in time or not."""
    if name not in ANSWERS or case.answer_due_on is None or case.merchant is None:
        return
    merchant_actions.note_response(case.merchant, was_in_time=on <= case.answer_due_on, on=on)
    case.answer_due_on = None


def note_silence(case: Case, *, today: date) -> None:
    """Count an answer that did not come."""
    if case.merchant is not None:
        merchant_actions.note_response(case.merchant, was_in_time=False, on=today)
    case.answer_due_on = None


def close_out(case: Case, *, was_settled: bool, now: datetime) -> None:
    """Count a closed complaint, and publish its outcome where the filer agreed.

    A complaint that was not accepted is neither counted nor published: nobody looked into it.
    Nor is one about somebody who is not on the register: there is no page to put it on.
    """
    was_accepted = any(event.move is MoveName.ACCEPT for event in case.events)
    if case.received_on is None or case.merchant is None or not was_accepted:
        return
    merchant_actions.note_closing(case.merchant, was_settled=was_settled, on=day_of(now))
    facts = outcome_facts(
        outcome=case.state.value,
        closed_on=day_of(now),
        has_consent=case.filing.agrees_to_publication,
        case=case.number,
        sector=case.merchant.sector,
        problem=case.filing.kind,
    )
    if facts is not None:
        merchant_actions.publish_about(
            case.merchant, RecordKind.COMPLAINT_OUTCOME, facts, occurred_on=day_of(now), now=now
        )
