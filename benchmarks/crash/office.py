"""The office at work meanwhile: settlements are paid, published and signed into the log.

Runs as a process of its own, is killed like the others, and prints what was committed.
"""

from __future__ import annotations

import itertools
import secrets
import time

from flask import current_app
from sqlalchemy import select

from portal.base import clock
from portal.base.db import db, unit_of_work
from portal.compensation import actions, queries
from portal.compensation.models import Claim, PaymentMethod
from portal.factory import create_app
from portal.merchants.models import Merchant
from portal.records import sealing
from portal.rules.compensation import Basis, Line, Owed
from portal.rules.messages import say

PAUSE_SECONDS = 0.5
SIGN_EVERY = 5
OWED_FEN = 600


def main() -> None:
    """Settle one claim after another until somebody ends this."""
    app = create_app()
    with app.app_context():
        numbers = list(db.session.scalars(select(Merchant.id)))
        for turn in itertools.count():
            claim_number, record_number = _settle(numbers[turn % len(numbers)])
            print(claim_number, record_number, flush=True)
            if turn % SIGN_EVERY == 0:
                _sign()
            db.session.remove()
            time.sleep(PAUSE_SECONDS)


def _settle(merchant_id: int) -> tuple[str, str | None]:
    now = clock.now()
    with unit_of_work():
        claim = actions.open_claim(
            case_number="CR-" + secrets.token_hex(5),
            merchant=db.session.get_one(Merchant, merchant_id),
            amount_fen=OWED_FEN,
            owed=_owed(),
            due_on=clock.day_of(now),
            has_consent=False,
            now=now,
        )
        number = claim.number
    with unit_of_work():
        actions.report_payment(_claim(number), method=PaymentMethod.CASH, reference="", now=now)
    with unit_of_work():
        claim = _claim(number)
        actions.confirm_receipt(claim, now=now)
        record_number = claim.record_number
    return number, record_number


def _claim(number: str) -> Claim:
    claim = queries.claim_by_number(number)
    if claim is None:
        raise LookupError(f"claim {number} was committed and is gone")
    return claim


def _owed() -> Owed:
    line = Line(Basis.PLEDGE, OWED_FEN, False, "", "", say("The pledge."))
    return Owed((line,), price_fen=1000, shortage_mg=60_000, shortage_value_fen=60, on=clock.today())


def _sign() -> None:
    with unit_of_work():
        sealing.sign_checkpoint(
            origin=current_app.config["LOG_ORIGIN"],
            path=current_app.config["CHECKPOINT_FILE"],
            now=clock.now(),
        )


if __name__ == "__main__":
    main()
