"""Everything a rule can object to.

RuleError
├── InputRefused            a number or a text that cannot be used as typed
├── FieldsRefused           some fields of a form cannot be used; each says why
├── MoveNotAllowed          this case may not do that now
├── CalendarUnknown         a date was asked of a calendar that holds none
├── ClockUnknown            no rule sets this period for this case
└── ClaimExceedsShortage    more is asked than the calculation allows
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.rules.messages import Message


class RuleError(Exception):
    """A rule was broken; `message` says which, in message form."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class InputRefused(RuleError):
    """A number or a text cannot be used as typed."""


class FieldsRefused(RuleError):
    """Some fields cannot be used; `errors` says why, by the name of the field, and is never empty."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        super().__init__(next(iter(errors.values())))
        self.errors = dict(errors)


class MoveNotAllowed(RuleError):
    """The case may not make this move now."""


class CalendarUnknown(RuleError):
    """The calendar holds no such year."""


class ClockUnknown(RuleError):
    """No rule sets this period for this case."""


class ClaimExceedsShortage(RuleError):
    """More is asked than the calculation allows."""
