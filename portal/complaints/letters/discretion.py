"""What an officer wrote to a filer, without what the filer is known by: a letter may be read by others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from portal.base import crypto
from portal.complaints.models import Filing
from portal.rules.personal_patterns import PersonalKind
from portal.rules.redaction import find_personal

# Numbers that are hidden whoever's they are; a telephone may be the office's own.
NUMBERS_HIDDEN = {PersonalKind.ID_NUMBER, PersonalKind.BANK_CARD}
SHORTEST_SENTENCE = 8
_GAP = r"[\s\-—–·.]*"
_CODE = re.compile(r"[0-9A-Za-z]{5}(?:[\s\-—–]{0,3}[0-9A-Za-z]{5}){4}")
_SENTENCE_ENDS = re.compile(r"[。！？!?；;，,\n]+")


def without_private(text: str, filing: Filing, *, mark: str) -> str:
    """Return a text with `mark` where the filer's own details, words or receipt code stood."""
    for private in sorted(set(_own_words(filing)), key=len, reverse=True):
        text = _pattern(private).sub(lambda _: mark, text)
    text = _CODE.sub(lambda found: mark if _is_code(found[0]) else found[0], text)
    for span in reversed(find_personal(text)):
        if span.kind in NUMBERS_HIDDEN:
            text = text[: span.start] + mark + text[span.end :]
    return text


def own_details(filing: Filing) -> Iterator[str]:
    """Yield what the filer, a proxy and the representatives are known by."""
    told = (filing.name, filing.phone, filing.address, filing.email)
    others = (json.loads(sealed) for sealed in (filing.proxy, filing.representatives) if sealed)
    for text in (*told, *(leaf for other in others for leaf in _leaves(other))):
        if text and len(text.strip()) > 1:
            yield text.strip()


def _own_words(filing: Filing) -> Iterator[str]:
    yield from own_details(filing)
    for sentence in _SENTENCE_ENDS.split(filing.narrative):
        if len(sentence.strip()) >= SHORTEST_SENTENCE:
            yield sentence.strip()


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)


def _pattern(private: str) -> re.Pattern[str]:
    """Return what finds a text as it may be written again: in any case, and numbers with gaps."""
    signs = [re.escape(sign) for sign in private]
    gap = _GAP if sum(sign.isdecimal() for sign in private) * 2 > len(private) else ""
    return re.compile(gap.join(signs), re.IGNORECASE)


def _is_code(text: str) -> bool:
    return crypto.is_receipt_code(crypto.normalise_code(text))
