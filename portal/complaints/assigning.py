"""Actions: who works on a case, whom it is about, and to which office or into which report it goes."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import or_, update

from portal.accounts.models import Office
from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints.models import Case, Filing
from portal.complaints.moving import move, refresh_clock
from portal.merchants.models import Merchant
from portal.merchants.queries import pledge_on
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


def name_merchant(case: Case, merchant: Merchant, *, actor: Actor, user_id: int, now: datetime) -> None:
    """Say which listed merchant a filing is about, in all its cases, with its pledge of the day of purchase.

    Another one may be named as long as nothing was measured, agreed or answered under the first
    one's name (else MoveNotAllowed).
    """
    filing = case.filing
    if filing.merchant_id == merchant.id:
        raise InputRefused(say("This merchant is named already."))
    if filing.merchant_id is not None:
        _require_nothing_done(filing)
    _change_merchant(filing, merchant)
    for one in filing.cases:
        one.merchant = merchant
        if one.is_open:
            move(
                one,
                MoveName.NAME_MERCHANT,
                actor=actor,
                user_id=user_id,
                reason=f"{merchant.number} {merchant.name}",
                also_given=[Need.MERCHANT],
                now=now,
            )
    db.session.flush()


def _require_nothing_done(filing: Filing) -> None:
    for one in filing.cases:
        is_answered = any(event.actor is Actor.MERCHANT for event in one.events)
        if one.findings or one.claim_number or is_answered:
            raise MoveNotAllowed(
                say(
                    "Something was measured, agreed or answered under this merchant's name already; "
                    "it can no longer be changed."
                )
            )


def _change_merchant(filing: Filing, merchant: Merchant) -> None:
    """Guard the step in the database: of two people who name a merchant at once, one is told."""
    before = filing.merchant_id
    is_as_seen = Filing.merchant_id.is_(None) if before is None else Filing.merchant_id == before
    version = pledge_on(merchant.id, filing.bought_on)
    step = (
        update(Filing)
        .where(Filing.id == filing.id, is_as_seen)
        .values(merchant_id=merchant.id, pledge_version_id=version.id if version else None)
        .returning(Filing.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(step) is None:
        raise MoveNotAllowed(say("Somebody else has just moved this case. Look at it again."))
    db.session.refresh(filing, ["merchant_id", "merchant", "pledge_version_id"])


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
    is_same = later.merchant_id is not None and later.merchant_id == earlier.merchant_id
    if {later.track, earlier.track} != {Track.REPORT} or not is_same:
        raise InputRefused(say("Only two reports about the same merchant can be merged."))
    if later.received_on is None or earlier.received_on is None or later.received_on < earlier.received_on:
        raise InputRefused(say("The later report goes into the one that was received earlier."))
