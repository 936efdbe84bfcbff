"""What time does to files and drafts: old drafts go, and stored files that no row speaks of."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from portal.base import files
from portal.base.jobs import Errand, enqueue
from portal.complaints.drafts import drafting
from portal.complaints.evidence import actions as evidence

SWEEP_FILES = "sweep_files"
SWEEP_EVERY = files.SWEEP_EVERY
# More in a day than a few addresses can begin.
EXPIRE_EVERY = timedelta(minutes=10)
AT_A_TIME = 200

log = logging.getLogger(__name__)


def expire_drafts(now: datetime) -> None:
    """Delete the drafts that nobody touched for DRAFT_KEPT, and the empty rests of those sent.

    Their stored files are unreferenced then, and older than an hour: the next sweep takes them.
    """
    for draft in drafting.old_drafts(now - drafting.DRAFT_KEPT, AT_A_TIME):
        drafting.drop_draft(draft)


def ask_for_sweep(now: datetime) -> None:
    """Have the stored files swept outside the transaction that remembers it was done."""
    enqueue(SWEEP_FILES, {}, run_at=now)


def last_moment(now: datetime) -> datetime:
    """Return the moment since when an unreferenced file may still be in the making."""
    return now - files.KEEP_UNREFERENCED


def sweep_files(older_than: datetime) -> None:
    """Remove the stored files older than a moment that no row speaks of; a store that is down waits."""
    try:
        count = files.sweep(evidence.referenced_keys, older_than=older_than)
    except files.StoreFault as fault:
        log.warning("the sealed store was not swept: %s", fault)
        return
    if count:
        log.info("swept %d stored files that nothing refers to", count)


SWEEP_ERRAND = Errand(prepare=last_moment, carry_out=sweep_files)
