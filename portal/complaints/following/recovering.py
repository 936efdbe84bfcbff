"""Actions: a lost code is not a lost case: a phrase of the filer's own, or an officer, brings a new one.

Every attempt on a filing is logged, granted or not, and nothing of what was typed is kept. The old
code opens nothing from then on, nor does a feed that was begun with it.
"""

from __future__ import annotations

import functools
import secrets
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select
from zxcvbn import zxcvbn

from portal.base import crypto
from portal.base.db import db
from portal.complaints.filing import RECEIPT, receipt_hash
from portal.complaints.following.models import Recovery, RecoveryWay
from portal.complaints.models import Filing
from portal.complaints.words import KnownFact
from portal.rules.complaint_flow import Track
from portal.rules.errors import InputRefused, MoveNotAllowed
from portal.rules.messages import say

LEAST_SIGNS = 8
MOST_SIGNS = 200
# zxcvbn's 2 of 4: guesses cost argon2 each, and only a few are let through an hour.
LEAST_SCORE = 2
LEAST_FACTS = 3
# What only the filer can tell: the sale itself is known at the stall, down to the hour.
UNKNOWN_TO_MERCHANT = frozenset({KnownFact.NARRATIVE, KnownFact.EVIDENCE, KnownFact.CONTACT})
OFFICER_TRIES = 3
TRIES_WITHIN = timedelta(days=1)
_hasher = PasswordHasher()


def hash_phrase(text: str) -> str:
    """Return what is kept of a recovery phrase; InputRefused where it is short or easily guessed."""
    phrase = normal_phrase(text)
    if len(phrase) > MOST_SIGNS:
        raise InputRefused(say("This is too long."))
    if len(phrase) < LEAST_SIGNS or zxcvbn(phrase[:72])["score"] < LEAST_SCORE:
        raise InputRefused(
            say("This phrase is easy to guess. Four words that have nothing to do with each other are good.")
        )
    return _hasher.hash(phrase)


def check_phrase(kept: str | None, text: str) -> bool:
    """Say whether a phrase is the one whose hash is kept; where none is, take as long to say no."""
    try:
        is_right = _hasher.verify(kept or _hash_of_nobody(), normal_phrase(text)[:MOST_SIGNS])
    except (VerificationError, InvalidHashError):
        return False
    return is_right and kept is not None


@functools.cache
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(24))


def normal_phrase(text: str) -> str:
    """Return a phrase however it was typed: width, case, spaces and punctuation do not matter."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def recover_by_phrase(filing: Filing, *, is_right: bool, submission_id: str, now: datetime) -> bool:
    """Give a filing the code of a submission where the phrase was right; log the attempt either way.

    The phrase is checked before, outside the transaction: argon2 is slow on purpose.
    """
    _log(filing, RecoveryWay.PHRASE, is_granted=is_right, now=now)
    if is_right:
        _replace_code(filing, submission_id)
    return is_right


def recover_by_officer(
    filing: Filing,
    *,
    facts_matched: Collection[KnownFact],
    reason: str,
    user_id: int,
    submission_id: str | None = None,
    now: datetime,
) -> str | None:
    """Give a filing a new code because somebody knew enough of it, and return the code.

    Return None, and log the refusal, where too little was told rightly (`is_enough`). Raise
    MoveNotAllowed after three attempts by officers within a day. With a `submission_id` a form
    that is sent twice can show the same code again (`new_code_of`).
    """
    # So that of two officers asking at once the second one counts the first one's try.
    db.session.refresh(filing, with_for_update=True)
    if officer_tries(filing, now=now) >= OFFICER_TRIES:
        raise MoveNotAllowed(
            say("A new code for this case was asked for three times within a day. Try again tomorrow.")
        )
    if not reason.strip():
        raise MoveNotAllowed(say("Say why a new code is given."))
    facts = [fact for fact in KnownFact if fact in facts_matched]
    is_granted = is_enough(filing, facts)
    _log(
        filing,
        RecoveryWay.OFFICER,
        is_granted=is_granted,
        user_id=user_id,
        facts=[fact.value for fact in facts],
        reason=reason,
        now=now,
    )
    if not is_granted:
        return None
    submission_id = submission_id or secrets.token_urlsafe(18)
    _replace_code(filing, submission_id)
    return crypto.receipt_code(submission_id)


def is_enough(filing: Filing, facts: Collection[KnownFact]) -> bool:
    """Say whether somebody told enough: three facts, one of them something the merchant cannot know.

    Of a 投诉 the merchant has read everything but the contact; with the code it would read who
    complained, and that there is a 举报 beside it. Of a 举报 it knows what it sold, when and for how much.
    """
    secret = {KnownFact.CONTACT} if needs_contact(filing) else UNKNOWN_TO_MERCHANT
    return len(facts) >= LEAST_FACTS and not secret.isdisjoint(facts)


def needs_contact(filing: Filing) -> bool:
    """Say whether the phone, the address or the e-mail must be among the facts."""
    return any(case.track is Track.MEDIATION for case in filing.cases)


def new_code_of(filing: Filing, submission_id: str) -> str | None:
    """Return a filing's code where it was made from this submission, or None."""
    return crypto.kept_code(crypto.receipt_codes(submission_id), RECEIPT, filing.receipt_hash)


def officer_tries(filing: Filing, *, now: datetime) -> int:
    """Return how often officers tried to get a new code for a filing within the last day."""
    query = select(func.count(Recovery.id)).where(
        Recovery.filing_id == filing.id, Recovery.way == RecoveryWay.OFFICER, Recovery.at > now - TRIES_WITHIN
    )
    return db.session.scalar(query) or 0


def facts_known(filing: Filing) -> list[KnownFact]:
    """Return the facts of a filing that its filer can be asked for: those that were given."""
    given = {
        KnownFact.GOODS: filing.goods,
        KnownFact.DAY_AND_TIME: filing.bought_on,
        KnownFact.AMOUNT_PAID: filing.amount_paid_fen is not None,
        KnownFact.UNIT_PRICE: filing.unit_price_fen_per_kg is not None,
        KnownFact.SETTLED_WEIGHT: filing.settled_mg is not None,
        KnownFact.REWEIGHED: filing.reweighed_mg is not None,
        KnownFact.NARRATIVE: filing.narrative.strip(),
        KnownFact.EVIDENCE: filing.evidence_sha256,
        KnownFact.REQUESTS: filing.requests,
        KnownFact.FILED_AT: filing.filed_at,
        KnownFact.CONTACT: filing.phone or filing.address or filing.email,
    }
    return [fact for fact in KnownFact if given[fact]]


def _log(
    filing: Filing,
    way: RecoveryWay,
    *,
    is_granted: bool,
    user_id: int | None = None,
    facts: Collection[str] = (),
    reason: str | None = None,
    now: datetime,
) -> None:
    entry = Recovery(
        way=way, is_granted=is_granted, user_id=user_id, facts=list(facts), reason=reason, at=now
    )
    filing.recoveries.append(entry)
    db.session.flush()


def _replace_code(filing: Filing, submission_id: str) -> None:
    filing.receipt_hash = receipt_hash(submission_id)
    filing.feed_hash = None
    db.session.flush()
