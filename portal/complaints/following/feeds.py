"""Actions: an Atom feed of a filing, begun on demand; its address carries a token of which a hash is kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.base import crypto
from portal.base.db import db
from portal.complaints.following.reading import state_words_in
from portal.complaints.models import Case, Filing
from portal.rules.complaint_flow import State, Track
from portal.rules.messages import Message

FEED = "feed-address"
FEED_HASH = "feed-address-hash"
TOKEN_SYMBOLS = 24


@dataclass(frozen=True)
class Entry:
    """One state of one case, as its filer may read it; `key` is stable and says nothing."""

    key: str
    track: Track
    state: Message
    at: datetime


def begin_feed(filing: Filing, *, submission_id: str) -> None:
    """Give a filing a feed with a new address; one begun before ends."""
    token = crypto.code_from(FEED, submission_id, TOKEN_SYMBOLS)
    filing.feed_hash = crypto.keyed_hash(FEED_HASH, token)
    db.session.flush()


def end_feed(filing: Filing) -> None:
    """End a filing's feed; its address is gone for good."""
    filing.feed_hash = None
    db.session.flush()


def token_from(filing: Filing, submission_id: str) -> str | None:
    """Return the token of a filing's feed where it was begun by this submission, or None."""
    if not filing.feed_hash or not submission_id:
        return None
    return crypto.kept_code(
        crypto.codes_from(FEED, submission_id, TOKEN_SYMBOLS), FEED_HASH, filing.feed_hash
    )


def filing_by_feed(typed: str) -> Filing | None:
    """Return the filing whose feed has this token."""
    token = crypto.normalise_code(typed)
    if len(token) != TOKEN_SYMBOLS or token != typed:
        return None
    return db.session.scalar(
        select(Filing).where(Filing.feed_hash.in_(crypto.keyed_hashes(FEED_HASH, token)))
    )


def entries_of(filing: Filing) -> list[Entry]:
    """Return the states the filing's cases went through, newest first; a reporter's are those told."""
    found = [entry for case in filing.cases for entry in _entries(case)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def key_of(filing: Filing) -> str:
    """Return the feed's own name, which stays as long as the feed does."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{filing.feed_hash}:feed"))


def _entries(case: Case) -> list[Entry]:
    steps = [(0, State.FILED, case.filed_at), *((e.id, e.to_state, e.at) for e in case.events)]
    entries: list[Entry] = []
    for step_id, state, at in steps:
        words = state_words_in(case.track, state)
        if not entries or entries[-1].state != words:
            entries.append(Entry(_key(case, step_id), case.track, words, at))
    return entries


def _key(case: Case, step_id: int) -> str:
    """Return a name that stays as long as the feed does, and from which nothing can be read."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{case.filing.feed_hash}:{case.track.value}:{step_id}"))
