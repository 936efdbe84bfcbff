"""Queries: what a filer would get by e-mail about a move, word for word, before it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.base import mail
from portal.complaints.letters.notices import Notice, notice_for
from portal.complaints.models import Case
from portal.desk.actions import Given
from portal.rules.complaint_flow import Actor, MoveName
from portal.rules.errors import RuleError
from portal.rules.messages import Message, say

NO_ADDRESS = say(
    "The filer gave no e-mail address. Whatever the filer may know of this move stands in the case, "
    "where the receipt code opens it."
)
NO_MAIL = say("This portal is not set up to send mail. What the filer may know stands in the case.")
NOT_WRITTEN = say("No letter is sent about this move.")


@dataclass(frozen=True)
class LetterAhead:
    """The letter a move brings, or why it brings none."""

    notice: Notice | None
    why_none: Message | None = None


def letter_ahead(
    case: Case, name: MoveName, given: Given, *, actor: Actor, today: date
) -> LetterAhead | None:
    """Return what would be sent if a move were made with what is typed now; None where it cannot be made."""
    if not case.filing.email:
        return LetterAhead(None, NO_ADDRESS)
    if not mail.is_on():
        return LetterAhead(None, NO_MAIL)
    try:
        notice = notice_for(
            case, name, actor=actor, on=given.received_on or today, ground=given.ground, reason=given.reason
        )
    except RuleError:
        return None
    return LetterAhead(notice, None if notice else NOT_WRITTEN)
