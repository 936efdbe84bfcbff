"""Sentences for people, kept as a text and its values until a page knows the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Message:
    """A sentence in message form.

    `text` is the English message id with named placeholders such as `%(limit_mg)s`;
    `values` holds integers, dates, enums or other messages. The ending of a
    value's name says its unit (`_mg`, `_fen`, `_on` …) and so how a page prints it.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((k, repr(v)) for k, v in self.values.items()))))


def say(text: str, **values: object) -> Message:
    """Return the message for a text; the message catalogue finds texts by this name."""
    return Message(text, MappingProxyType(values))
