"""Actions: count how a merchant answers complaints (投诉), in public figures without any case behind them.

A report (举报) is never counted: its target must not learn of it (Order 121, Art. 37).
"""

from __future__ import annotations

from datetime import date

from portal.base.db import db
from portal.merchants import queries
from portal.merchants.models import Merchant, ResponseMonth


def note_response(merchant: Merchant, *, was_in_time: bool, on: date) -> None:
    """Count an answer that came, or the day on which it was due and had not come."""
    month = _month(merchant, on)
    month.answers_due_count += 1
    month.answered_in_time_count += was_in_time


def note_closing(merchant: Merchant, *, was_settled: bool, on: date) -> None:
    """Count a complaint that was closed, and whether both sides agreed."""
    month = _month(merchant, on)
    month.complaints_closed_count += 1
    month.settled_count += was_settled


def _month(merchant: Merchant, on: date) -> ResponseMonth:
    month_on = on.replace(day=1)
    month = queries.response_month(merchant.id, month_on)
    if month is None:
        month = ResponseMonth(
            merchant_id=merchant.id,
            month_on=month_on,
            answers_due_count=0,
            answered_in_time_count=0,
            complaints_closed_count=0,
            settled_count=0,
        )
        db.session.add(month)
        db.session.flush()
    return month
