"""Actions: the official number and day of receipt that the statutory channel gave a case."""

from __future__ import annotations

import unicodedata
from datetime import date

from portal.base.clock import day_of
from portal.base.db import db
from portal.complaints.models import Case, OfficialNumber
from portal.rules.complaint_flow import MoveName
from portal.rules.errors import InputRefused, RuleError
from portal.rules.intake_terms import Channel
from portal.rules.messages import say

REGISTERING = {MoveName.REGISTER, MoveName.REGISTER_CLUE}


class OfficialNumberTaken(RuleError):
    """Another filing has this official number already."""

    def __init__(self, number: str) -> None:
        super().__init__(
            say(
                "The official number %(official_number)s belongs to another case already.",
                official_number=number,
            )
        )


def plain_number(official_number: str) -> str:
    """Return an official number as it is compared: no spaces, capitals, full-width or invisible signs."""
    folded = unicodedata.normalize("NFKC", official_number).upper()
    seen = (sign for sign in folded if not sign.isspace() and not unicodedata.category(sign).startswith("C"))
    return "".join(seen)[:60]


def claim_number(case: Case, official_number: str) -> None:
    """Give an official number to a case's filing; OfficialNumberTaken where another filing has it.

    Of two who give the same number at once, the database lets one through (`first_wins`); both
    tracks of one filing may share a number, as they share a ticket.
    """
    number = plain_number(official_number)
    held = db.session.get(OfficialNumber, number)
    if held is None:
        db.session.add(OfficialNumber(number=number, filing_id=case.filing_id))
        db.session.flush()
    elif held.filing_id != case.filing_id:
        raise OfficialNumberTaken(official_number)


def holder_of(official_number: str) -> int | None:
    """Return the row number of the filing that has an official number, or None."""
    held = db.session.get(OfficialNumber, plain_number(official_number))
    return held.filing_id if held else None


def day_of_receipt(case: Case, name: MoveName, legal_day: date) -> date | None:
    """Return the day the legal time counts from: the one a registering move gives, else the one it has.

    What the filer typed was not received before that moment. What an office typed from a letter, a
    call or a 12315 ticket was received on the day it came there, however late it was typed; before
    the purchase it cannot have been.
    """
    if name not in REGISTERING:
        return case.received_on
    if case.filing.channel is Channel.ONLINE and legal_day < day_of(case.filed_at):
        raise InputRefused(say("A case cannot be received before it was filed."))
    if legal_day < case.filing.bought_on:
        raise InputRefused(say("A case cannot be received before the day of the purchase."))
    return legal_day
