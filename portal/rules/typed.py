"""Reading what a form sent: every field is tried, and those that fail say why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time
from enum import Enum
from typing import ParamSpec, TypeVar

from portal.rules.errors import InputRefused
from portal.rules.messages import Message, say

P = ParamSpec("P")
T = TypeVar("T")
Member = TypeVar("Member", bound=Enum)


class Tries:
    """What could not be read, by the name of its field."""

    def __init__(self) -> None:
        self.errors: dict[str, Message] = {}

    def read(self, name: str, reader: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what the reader makes of a field; None with a message when it refuses."""
        try:
            return reader(*args, **kwargs)
        except InputRefused as refused:
            self.errors[name] = refused.message
            return None


def read_member(kind: type[Member], value: str, default: Member) -> Member:
    """Return the member a select sent; the default when nothing was sent."""
    if not value:
        return default
    try:
        return kind(value)
    except ValueError:
        raise InputRefused(say("Please choose one of the answers offered.")) from None


def read_optional_member(kind: type[Member], value: str) -> Member | None:
    """Return the member a select sent, or None when nothing was sent."""
    return read_member(kind, value, next(iter(kind))) if value else None


def read_day_of_purchase(text: str, today: date) -> date:
    """Return a day of purchase as typed, today when empty; it cannot lie in the future."""
    if not text:
        return today
    day = read_day(text)
    if day > today:
        raise InputRefused(say("The day of purchase cannot lie in the future."))
    return day


def read_day(text: str) -> date:
    """Return a date typed as 2026-05-01, 2026/5/1 or 2026年5月1日."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", plain)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    raise InputRefused(say("Please type a date such as 2026-05-01."))


def read_time(text: str) -> time | None:
    """Return a time of day typed as 14:32, 14：32 or 14点32分, None when empty."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    found = re.fullmatch(r"([0-9]{1,2})[:点时]([0-9]{2})?分?(?::[0-9]{2})?", plain)
    try:
        if found:
            return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        pass
    raise InputRefused(say("Please type a time such as 14:32."))
