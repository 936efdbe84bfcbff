"""Queries: what a draft says of the people behind it: who files, for whom, with whom, and the consents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from portal.rules.errors import InputRefused
from portal.rules.intake_needs import LEAST_JOINT, MOST_JOINT
from portal.rules.intake_terms import FiledAs
from portal.rules.messages import Message, say
from portal.rules.typed import Tries

# A hot line has few digits; no number in the world has more than 15 (ITU-T E.164), extensions aside.
LEAST_DIGITS, MOST_DIGITS = 5, 20
REPRESENTATIVES = (1, 2)

Who = Mapping[str, Any]


def text_of(who: Who, field: str) -> str:
    """Return one typed text, stripped."""
    value = who.get(field)
    return value.strip() if isinstance(value, str) else ""


def party_errors(who: Who, filed_as: FiledAs) -> dict[str, Message]:
    """Say what cannot be used, by field; what belongs to another way of filing is not looked at."""
    tries = Tries()
    for name in _phones(filed_as):
        if text_of(who, name):
            tries.read(name, _read_phone, text_of(who, name))
    if filed_as is FiledAs.JOINT:
        if text_of(who, "joint_count"):
            tries.read("joint_count", _read_count, text_of(who, "joint_count"))
        for no in REPRESENTATIVES:
            tries.read(f"representative_{no}_name", _read_representative, who, no)
    return tries.errors


def joint_count(who: Who) -> int | None:
    """Return how many complain together, None where it was not said or cannot be used."""
    try:
        return _read_count(text_of(who, "joint_count"))
    except InputRefused:
        return None


def representatives(who: Who) -> list[dict[str, str]]:
    """Return the representatives of a joint complaint, two at most (Order 121 Art. 12)."""
    told = [
        {
            "name": text_of(who, f"representative_{no}_name"),
            "phone": text_of(who, f"representative_{no}_phone"),
        }
        for no in REPRESENTATIVES
    ]
    return [one for one in told if one["name"]]


def proxy(who: Who) -> dict[str, str]:
    """Return who acts under a power of attorney, and what it says (Art. 11)."""
    fields = ("proxy_name", "proxy_phone", "proxy_matter", "proxy_power", "proxy_term")
    return {name.removeprefix("proxy_"): text_of(who, name) for name in fields}


def consent(who: Who, field: str) -> bool | None:
    """Return a consent as answered, None before."""
    return {"yes": True, "no": False}.get(text_of(who, field))


def _phones(filed_as: FiledAs) -> tuple[str, ...]:
    if filed_as is FiledAs.PROXY:
        return ("phone", "proxy_phone")
    if filed_as is FiledAs.JOINT:
        return ("phone", *(f"representative_{no}_phone" for no in REPRESENTATIVES))
    return ("phone",)


def _read_phone(text: str) -> str:
    count = sum(sign.isdecimal() for sign in unicodedata.normalize("NFKC", text))
    if not LEAST_DIGITS <= count <= MOST_DIGITS:
        raise InputRefused(say("Please look at this number again: an officer must be able to call it."))
    return text


def _read_count(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text)
    count = int(plain) if re.fullmatch(r"[0-9]{1,4}", plain) else 0
    if not LEAST_JOINT <= count <= MOST_JOINT:
        raise InputRefused(
            say(
                "Please write a number from %(least_count)s to %(most_count)s.",
                least_count=LEAST_JOINT,
                most_count=MOST_JOINT,
            )
        )
    return count


def _read_representative(who: Who, no: int) -> None:
    if text_of(who, f"representative_{no}_phone") and not text_of(who, f"representative_{no}_name"):
        raise InputRefused(say("Please write whose phone this is."))
