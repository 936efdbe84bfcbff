"""What the worker does for accounts: end the sign-ins nobody came back to, and forget those long ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.accounts import sign_ins

SWEEP_EVERY = timedelta(hours=1)


def sweep_sign_ins(now: datetime) -> None:
    """End what is over its limits, and delete what ended longer ago than it is kept."""
    sign_ins.end_forgotten(now)
    sign_ins.drop_ended(now)
