"""One effect and one answer for a form that is sent twice (safety: a repeated submit)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.base import crypto
from portal.base.db import Model, UTCDateTime, db, first_wins
from portal.rules.errors import RuleError
from portal.rules.messages import say


class SubmissionReused(RuleError):
    """The same submission id came with other contents."""

    def __init__(self) -> None:
        super().__init__(
            say("This form was already sent with other contents. Open it again to send something new.")
        )


class Submission(Model):
    """A form that was carried out, and the answer it was given.

    `key` is a keyed hash of the submission id: a receipt code is computed from
    the id, so the id is kept no more than the code is.
    """

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def new_submission_id() -> str:
    """Return a random id for a form that is about to be shown."""
    return secrets.token_urlsafe(18)


def body_hashes(body: Mapping[str, object]) -> tuple[str, ...]:
    """Return the keyed hashes that bind a submission id to its contents, newest key first."""
    text = json.dumps(body, sort_keys=True, default=str, ensure_ascii=False)
    return crypto.keyed_hashes("submission", text)


def do_once(key: str, body: Mapping[str, object], act: Callable[[], str], *, now: datetime) -> str:
    """Carry out `act` in one transaction, or return the answer stored when it was carried out before.

    Raises SubmissionReused when the key came before with another body.
    """
    wanted = body_hashes(body)
    keys = crypto.keyed_hashes("submission-id", key)

    def once() -> str:
        done = db.session.scalar(select(Submission).where(Submission.key.in_(keys)))
        if done is None:
            done = Submission(key=keys[0], body_hash=wanted[0], answer="", created_at=now)
            db.session.add(done)
            # Before the work: of two sent at once the second waits here, then reads what the first was told.
            db.session.flush()
            done.answer = act()
            db.session.flush()
        if done.body_hash not in wanted:
            raise SubmissionReused
        return done.answer

    return first_wins(once)
