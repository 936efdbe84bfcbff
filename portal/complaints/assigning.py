"""Actions: who works on a case, and to which office or into which report it goes."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import or_, update

from portal.accounts.models import Office
from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints.models import Case
from portal.complaints.moving import move, refresh_clock
from portal.rules.complaint_flow import Actor, MoveName, Need, Track
from portal.rules.errors import InputRefused, MoveNotAllowed
from portal.rules.messages import say


def take(case: Case, user_id: int, *, now: datetime) -> None:
    """Make a person the officer of a case that nobody has yet; MoveNotAllowed where somebody has it."""
    step = (
        update(Case)
        .where(Case.id == case.id, or_(Case.officer_id.is_(None), Case.officer_id == user_id))
        .values(officer_id=user_id, changed_at=now)
        .returning(Case.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(step) is None:
        raise MoveNotAllowed(say("A colleague has just taken this case."))
    db.session.refresh(case, ["officer_id", "changed_at"])


def assign(case: Case, user_id: int, *, now: datetime) -> None:
    """Give a case to an officer, whoever had it before."""
    case.officer_id, case.changed_at = user_id, now


def transfer(case: Case, office: Office, *, reason: str, actor: Actor, user_id: int, now: datetime) -> None:
    """Pass a case to another office; it arrives there without an officer (Order 121 Art. 41)."""
    if office.region_code[:6] == case.region_code:
        raise InputRefused(say("The case is with this office already."))
    move(
        case,
        MoveName.TRANSFER,
        actor=actor,
        user_id=user_id,
        reason=reason,
        also_given=[Need.OFFICE],
        now=now,
    )
    case.region_code, case.officer_id = office.region_code[:6], None
    refresh_clock(case, today=day_of(now))
    db.session.flush()


def merge_reports(
    later: Case, earlier: Case, *, reason: str, actor: Actor, user_id: int, now: datetime
) -> None:
    """Merge a report into an earlier one about the same merchant (Order 121 Art. 35).

    The earlier one's time to verify then counts from the day the later one was received.
    """
    _require_mergeable(later, earlier)
    make = partial(move, actor=actor, user_id=user_id, also_given=[Need.OTHER_CASE], now=now)
    make(later, MoveName.MERGE, reason=f"{earlier.number} {reason}".strip())
    make(
        earlier,
        MoveName.TAKE_IN,
        reason=f"{later.number} {reason}".strip(),
        counts_from_on=later.received_on,
    )


def _require_mergeable(later: Case, earlier: Case) -> None:
    if later.id == earlier.id:
        raise InputRefused(say("A report cannot be merged into itself."))
    if {later.track, earlier.track} != {Track.REPORT} or later.merchant_id != earlier.merchant_id:
        raise InputRefused(say("Only two reports about the same merchant can be merged."))
    if later.received_on is None or earlier.received_on is None or later.received_on < earlier.received_on:
        raise InputRefused(say("The later report goes into the one that was received earlier."))
