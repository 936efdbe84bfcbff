"""What an officer gave for a move, and the action that carries it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from portal.accounts import queries as account_queries
from portal.complaints import actions as complaint_actions
from portal.complaints import queries as complaint_queries
from portal.complaints.models import Case
from portal.rules.complaint_flow import Actor, EndingGround, MoveName, Need, RefusalGround
from portal.rules.errors import InputRefused
from portal.rules.messages import say


@dataclass(frozen=True, kw_only=True)
class Given:
    """What was typed for a move; money in fen, and nothing where the move asks for nothing."""

    official_number: str = ""
    received_on: date | None = None
    ground: RefusalGround | EndingGround | None = None
    amount_fen: int | None = None
    reason: str = ""
    office_id: int | None = None
    other_case: str = ""
    method: str = ""
    reference: str = ""
    has_consent: bool = False
    has_approval: bool = False


def carry_out(
    case: Case,
    name: MoveName,
    given: Given,
    *,
    actor: Actor,
    user_id: int,
    region_prefixes: tuple[str, ...],
    now: datetime,
) -> None:
    """Make a move with all that hangs on it: a transfer, a merger, a settlement and its claim, a payment.

    `region_prefixes` is what the officer may see: no report elsewhere can be named.
    """
    act: dict[MoveName, Callable[..., object]] = {
        MoveName.PROPOSE: _propose,
        MoveName.SETTLE: _settle,
        MoveName.TRANSFER: _transfer,
        MoveName.MERGE: partial(_merge, region_prefixes=region_prefixes),
        MoveName.TAKE_IN: partial(_take_in, region_prefixes=region_prefixes),
        MoveName.REPORT_PAID: _report_paid,
        MoveName.CONFIRM_PERFORMED: _confirm,
    }
    act.get(name, partial(_move, name=name))(case, given=given, actor=actor, user_id=user_id, now=now)


def _move(case: Case, *, name: MoveName, given: Given, actor: Actor, user_id: int, now: datetime) -> None:
    at_hand = {Need.APPROVAL: given.has_approval, Need.BOTH_CONSENT: given.has_consent}
    complaint_actions.move(
        case,
        name,
        actor=actor,
        user_id=user_id,
        on=given.received_on,
        official_number=given.official_number or None,
        ground=given.ground,
        amount_fen=given.amount_fen,
        reason=given.reason,
        also_given=[need for need, is_there in at_hand.items() if is_there],
        now=now,
    )


def _propose(case: Case, *, given: Given, actor: Actor, user_id: int, now: datetime) -> None:
    """Propose a sum only where there is somebody to owe it."""
    if given.amount_fen:
        complaint_actions.require_merchant(case)
    _move(case, name=MoveName.PROPOSE, given=given, actor=actor, user_id=user_id, now=now)


def _settle(case: Case, *, given: Given, actor: Actor, user_id: int, now: datetime) -> None:
    complaint_actions.settle(
        case,
        amount_fen=given.amount_fen or 0,
        reason=given.reason,
        actor=actor,
        user_id=user_id,
        now=now,
    )


def _transfer(case: Case, *, given: Given, actor: Actor, user_id: int, now: datetime) -> None:
    office = account_queries.offices_by_id({given.office_id or 0}).get(given.office_id or 0)
    if office is None:
        raise InputRefused(say("There is no such office."))
    complaint_actions.transfer(case, office, reason=given.reason, actor=actor, user_id=user_id, now=now)


def _merge(
    case: Case,
    *,
    given: Given,
    actor: Actor,
    user_id: int,
    region_prefixes: tuple[str, ...],
    now: datetime,
) -> None:
    earlier = _other_report(given.other_case, region_prefixes)
    complaint_actions.merge_reports(case, earlier, reason=given.reason, actor=actor, user_id=user_id, now=now)


def _take_in(
    case: Case,
    *,
    given: Given,
    actor: Actor,
    user_id: int,
    region_prefixes: tuple[str, ...],
    now: datetime,
) -> None:
    later = _other_report(given.other_case, region_prefixes)
    complaint_actions.merge_reports(later, case, reason=given.reason, actor=actor, user_id=user_id, now=now)


def _other_report(number: str, region_prefixes: tuple[str, ...]) -> Case:
    found = complaint_queries.case_by_number(number)
    if found is None or not found.region_code.startswith(region_prefixes):
        raise InputRefused(say("Your office has no report with this number."))
    return found


def _report_paid(case: Case, *, given: Given, actor: Actor, user_id: int, now: datetime) -> None:
    complaint_actions.report_paid(
        case, method=given.method, reference=given.reference, actor=actor, user_id=user_id, now=now
    )


def _confirm(case: Case, *, given: Given, actor: Actor, user_id: int, now: datetime) -> None:
    complaint_actions.confirm_performed(case, actor=actor, user_id=user_id, now=now)
