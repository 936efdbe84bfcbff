"""Actions: publish a pledge, replace it by a new version, withdraw it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from portal.base.clock import day_of
from portal.base.db import db
from portal.merchants import queries
from portal.merchants.models import Merchant, Pledge, PledgeVersion
from portal.merchants.saving import cleaned
from portal.merchants.standing import publish_about
from portal.rules.errors import InputRefused, RuleError
from portal.rules.messages import say
from portal.rules.pledge import (
    CLAUSES,
    CLAUSES_VERSION,
    PledgeTerms,
    check_term,
    content_hash,
    default_end_on,
)
from portal.rules.publication import RecordKind


class NoPledgeInForce(RuleError):
    """There is nothing to withdraw."""


def publish_pledge(
    merchant: Merchant,
    terms: PledgeTerms,
    *,
    signer: str,
    scope: str = "",
    valid_from_on: date,
    valid_to_on: date | None = None,
    now: datetime,
) -> PledgeVersion:
    """Publish a pledge; an earlier version ends the day before this one begins.

    InputRefused when it would begin before it is published, or run too long.
    """
    last_on = valid_to_on or default_end_on(valid_from_on)
    check_term(valid_from_on, last_on)
    if valid_from_on < day_of(now):
        raise InputRefused(say("A pledge cannot start before the day it is published."))
    pledge = _pledge_of(merchant)
    _end_earlier(merchant, valid_from_on - timedelta(days=1), now)
    pledge.latest_version += 1
    version = PledgeVersion(
        pledge_id=pledge.id,
        merchant_id=merchant.id,
        version=pledge.latest_version,
        terms=terms.as_dict(),
        clauses=[clause.id for clause in CLAUSES],
        clauses_version=CLAUSES_VERSION,
        signer=cleaned("signer", signer),
        scope=cleaned("pledge_scope", scope),
        published_at=now,
        valid_from_on=valid_from_on,
        valid_to_on=last_on,
        content_hash=content_hash(merchant.number, terms, valid_from_on=valid_from_on, valid_to_on=last_on),
    )
    db.session.add(version)
    db.session.flush()
    record = publish_about(merchant, RecordKind.PLEDGE, _facts(version), occurred_on=day_of(now), now=now)
    version.record_number = record.number
    return version


def withdraw_pledge(merchant: Merchant, *, now: datetime) -> list[PledgeVersion]:
    """Withdraw every version that binds now or would later; the day of withdrawal is no longer covered."""
    today = day_of(now)
    open_versions = [
        version
        for version in queries.pledge_versions(merchant.id)
        if version.withdrawn_at is None and queries.last_day_of(version) >= today
    ]
    if not open_versions:
        raise NoPledgeInForce(say("This merchant has no pledge in force."))
    for version in open_versions:
        version.withdrawn_at = now
        db.session.flush()
        facts = {"pledge": version.record_number, "version": version.version}
        publish_about(merchant, RecordKind.PLEDGE_WITHDRAWAL, facts, occurred_on=today, now=now)
    return open_versions


def _pledge_of(merchant: Merchant) -> Pledge:
    pledge = queries.pledge_of(merchant.id)
    if pledge is None:
        pledge = Pledge(merchant_id=merchant.id, latest_version=0)
        db.session.add(pledge)
        db.session.flush()
    return pledge


def _end_earlier(merchant: Merchant, last_on: date, now: datetime) -> None:
    """Cut short what an earlier version covers, and say so in a new version of its record."""
    for version in queries.pledge_versions(merchant.id):
        if version.withdrawn_at is not None or queries.last_day_of(version) <= last_on:
            continue
        version.ended_on = last_on
        db.session.flush()
        publish_about(
            merchant,
            RecordKind.PLEDGE,
            _facts(version),
            occurred_on=day_of(version.published_at),
            now=now,
            replaces=version.record_number,
        )


def _facts(version: PledgeVersion) -> dict[str, Any]:
    return {
        "version": version.version,
        "terms": version.terms,
        "clauses": version.clauses_version,
        "valid_from": version.valid_from_on.isoformat(),
        "valid_to": queries.last_day_of(version).isoformat(),
        "content_hash": version.content_hash,
    }
