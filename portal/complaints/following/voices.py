"""Actions: somebody else to whom the same happened joins a complaint as a voice beside it.

A voice is no complaint (Order 121 Art. 10) and is offered for a 投诉 alone: that somebody has made a
举报 may not be told to anybody (Art. 37). The address of an offer is sealed and ends after a day, so
that no stranger learns a case's number from it.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

from cryptography.fernet import InvalidToken
from sqlalchemy import select

from portal.base import crypto
from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints.filing import RECEIPT, receipt_hash
from portal.complaints.following.models import Voice
from portal.complaints.following.similar import may_be_joined
from portal.complaints.models import Case
from portal.complaints.queries import case_by_number
from portal.rules.errors import InputRefused, MoveNotAllowed
from portal.rules.messages import say

OFFER_LASTS = timedelta(days=1)
LONGEST_WORDS = 500
KEY_SIGNS = 16


def join_case(case: Case, *, submission_id: str, bought_on: date | None, words: str, now: datetime) -> Voice:
    """Add a voice to a 投诉 that the office has accepted; its code follows from `submission_id`.

    Raise MoveNotAllowed for every other case, without saying what it is.
    """
    if not may_be_joined(case):
        raise MoveNotAllowed(say("This can no longer be joined. You can file your own complaint."))
    if bought_on is not None and bought_on > day_of(now):
        raise InputRefused(say("This day is still to come."))
    voice = Voice(
        receipt_hash=receipt_hash(submission_id),
        bought_on=bought_on,
        words=words.strip()[:LONGEST_WORDS] or None,
        joined_at=now,
    )
    case.voices.append(voice)
    db.session.flush()
    return voice


def offer_token(case: Case, *, now: datetime) -> str:
    """Return the sealed name of a case for the address where it can be joined, valid for a day."""
    ends_s = int((now + OFFER_LASTS).timestamp())
    return crypto.encrypt(json.dumps(["join", case.number, ends_s]).encode()).decode()


def case_of_offer(token: str, *, now: datetime) -> Case | None:
    """Return the case an offer names, while the offer lasts and the case can be joined."""
    try:
        purpose, number, ends_s = json.loads(crypto.decrypt(token.encode()))
    except (InvalidToken, ValueError, TypeError):
        return None
    if purpose != "join" or ends_s < now.timestamp():
        return None
    case = case_by_number(number)
    return case if case is not None and may_be_joined(case) else None


def voice_key(voice: Voice) -> str:
    """Return what names a voice in its address; it opens nothing without the code."""
    return voice.receipt_hash[:KEY_SIGNS]


def voice_held(key: str, receipt_hashes: tuple[str, ...]) -> Voice | None:
    """Return the voice with this key among the receipts held."""
    held = [kept for kept in receipt_hashes if kept[:KEY_SIGNS] == key]
    return db.session.scalar(select(Voice).where(Voice.receipt_hash.in_(held))) if held else None


def voice_by_code(typed: str) -> Voice | None:
    """Return the voice whose receipt code was typed, however it was typed."""
    code = crypto.normalise_code(typed)
    if not crypto.is_receipt_code(code):
        return None
    return db.session.scalar(select(Voice).where(Voice.receipt_hash.in_(crypto.keyed_hashes(RECEIPT, code))))


def voices_by_receipts(receipt_hashes: tuple[str, ...]) -> list[Voice]:
    """Return the voices whose receipts are held, newest first."""
    query = select(Voice).where(Voice.receipt_hash.in_(receipt_hashes))
    return list(db.session.scalars(query.order_by(Voice.joined_at.desc())))


def case_of(voice: Voice) -> Case:
    """Return the case a voice stands beside."""
    return db.session.get_one(Case, voice.case_id)
