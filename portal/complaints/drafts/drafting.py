"""Actions: a draft kept between the steps of the form, until it is sent, dropped or too old."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import InvalidRequestError

from portal.base import crypto
from portal.base.db import db
from portal.complaints.evidence.models import EvidenceFile
from portal.complaints.filing import RECEIPT, receipt_hash
from portal.complaints.models import Draft
from portal.rules.errors import MoveNotAllowed
from portal.rules.intake_terms import Channel, Step
from portal.rules.messages import say

NUMBER_SYMBOLS = 10
DRAFT_KEPT = timedelta(days=14)
# Beside the steps: when each was kept last.
KEPT_AT = "kept_at"

# What one step was told, by the names of its fields; several answers as a list.
Typed = Mapping[str, Any]


def draft_number(submission_id: str) -> str:
    """Return the number a draft has in its address; it opens nothing by itself."""
    return draft_numbers(submission_id)[0]


def draft_numbers(submission_id: str) -> tuple[str, ...]:
    """Return the number a draft has under every key in use, newest first."""
    return crypto.codes_from("draft-number", submission_id, NUMBER_SYMBOLS)


def begin_draft(
    submission_id: str,
    *,
    channel: Channel = Channel.ONLINE,
    typed_by_id: int | None = None,
    now: datetime,
) -> Draft:
    """Return the draft of a submission id, a new one where there is none: a double click makes one."""
    found = db.session.scalar(select(Draft).where(Draft.number.in_(draft_numbers(submission_id))))
    if found is not None:
        return found
    draft = Draft(
        number=draft_number(submission_id),
        receipt_hash=receipt_hash(submission_id),
        submission_id=submission_id,
        answers="{}",
        channel=channel,
        typed_by_id=typed_by_id,
        created_at=now,
        changed_at=now,
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def lock_draft(draft: Draft) -> None:
    """Hold a draft, as it stands now, against every other change until this transaction ends.

    Raises MoveNotAllowed where it was deleted while this waited.
    """
    try:
        db.session.refresh(draft, with_for_update=True)
    except InvalidRequestError:
        raise MoveNotAllowed(say("This draft was deleted. You can begin a new one.")) from None


def keep_step(draft: Draft, step: Step, typed: Typed, *, now: datetime) -> None:
    """Keep what one step was told; the other steps stay as they are (a second tab takes nothing away)."""
    lock_draft(draft)
    require_unsent(draft)
    answers = answers_of(draft)
    answers[step.value] = dict(typed)
    # By its versions a device tells what it kept of a step from what the portal has.
    answers[KEPT_AT] = answers.get(KEPT_AT, {}) | {step.value: now.timestamp()}
    draft.answers = json.dumps(answers, ensure_ascii=False)
    draft.changed_at = now
    # The next lock reads the row anew: what stands here only would be lost.
    db.session.flush()


def answers_of(draft: Draft) -> dict[str, dict[str, Any]]:
    """Return what was typed so far, by step and field."""
    kept: dict[str, dict[str, Any]] = json.loads(draft.answers)
    return kept


def typed_in(draft: Draft, step: Step) -> dict[str, Any]:
    """Return what one step was told so far."""
    return answers_of(draft).get(step.value, {})


def versions_of(draft: Draft) -> dict[str, float]:
    """Return when each step was kept last, in seconds since 1970."""
    return answers_of(draft).get(KEPT_AT, {})


def require_unsent(draft: Draft) -> None:
    """Raise MoveNotAllowed where the draft was sent already."""
    if draft.sent_to is not None:
        raise MoveNotAllowed(
            say("This was sent already. Nothing in it can be changed; you can add to the case.")
        )


def close_draft(draft: Draft, case_number: str, *, now: datetime) -> None:
    """Empty a draft that was sent; its address then leads to the case."""
    draft.answers, draft.submission_id = "{}", ""
    draft.sent_to, draft.changed_at = case_number, now


def drop_draft(draft: Draft) -> list[str]:
    """Delete a draft with its files; return the stored files' keys, to be removed after the commit."""
    lock_draft(draft)
    keys = [key for file in draft.evidence for key in file.stored_keys]
    db.session.execute(delete(EvidenceFile).where(EvidenceFile.draft_id == draft.id))
    db.session.delete(draft)
    return keys


def draft_by_number(number: str) -> Draft | None:
    """Return a draft by the number in its address."""
    return db.session.scalar(select(Draft).where(Draft.number == number))


def draft_by_code(typed: str) -> Draft | None:
    """Return the draft whose receipt code was typed, however it was typed."""
    code = crypto.normalise_code(typed)
    if not crypto.is_receipt_code(code):
        return None
    hashes = crypto.keyed_hashes(RECEIPT, code)
    return db.session.scalar(select(Draft).where(Draft.receipt_hash.in_(hashes)))


def drafts_by_receipts(receipt_hashes: tuple[str, ...]) -> list[Draft]:
    """Return the unsent drafts whose receipts are held, newest first."""
    query = select(Draft).where(Draft.receipt_hash.in_(receipt_hashes), Draft.sent_to.is_(None))
    return list(db.session.scalars(query.order_by(Draft.changed_at.desc())))


def old_drafts(before: datetime, count: int) -> list[Draft]:
    """Return the drafts not touched since a moment, locked; one in somebody's hands is left out."""
    query = select(Draft).where(Draft.changed_at < before).order_by(Draft.id).limit(count)
    return list(db.session.scalars(query.with_for_update(skip_locked=True)))
