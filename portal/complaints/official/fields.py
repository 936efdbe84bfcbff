"""What a printed form is made of: fields with their values, boxes to tick, lines to sign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.complaints.official.words import Holder, OfficialForm
from portal.rules.law_quotes import Quote
from portal.rules.messages import Message, say


@dataclass(frozen=True)
class Both:
    """Words of a law or an office that stand in both languages."""

    zh: str
    en: str


Value = str | Message | Both


@dataclass(frozen=True)
class Field:
    """One field; without a value or a box to tick, `lines_count` blank lines to write on."""

    label: Message
    values: tuple[Value, ...] = ()
    boxes: tuple[tuple[Message, bool], ...] = ()
    lines_count: int = 1


@dataclass(frozen=True)
class Part:
    """Some fields under a heading; the first part of a form has none."""

    title: Message | None
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Signature:
    """A place to sign, or for a seal."""

    label: Message
    is_seal: bool = False


@dataclass(frozen=True)
class Sheet:
    """One copy of a form, ready to print; only the fields of a form with `is_known` are official.

    `record` stands below the signatures, for the office's own file.
    """

    form: OfficialForm
    holder: Holder
    addressees: tuple[Value, ...]
    is_known: bool
    parts: tuple[Part, ...]
    quotes: tuple[Quote, ...]
    signatures: tuple[Signature, ...]
    record: Part | None


def field(label: Message, *values: Value | None, lines_count: int = 1) -> Field:
    """Return a field with the values there are."""
    told = tuple(value for value in values if value is not None and value != "")
    return Field(label, told, lines_count=lines_count)


def boxes(label: Message, rows: Iterable[tuple[Message, bool]]) -> Field:
    """Return a field of boxes, ticked or empty."""
    return Field(label, boxes=tuple(rows))


def yes_or_no(label: Message, *, is_yes: bool) -> Field:
    """Return a field with a box for yes and one for no."""
    return boxes(label, ((say("Yes"), is_yes), (say("No"), not is_yes)))
