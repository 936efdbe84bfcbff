"""The number of a resident identity card, 公民身份号码 (GB 11643-1999).

| signs | meaning |
|---|---|
| 1–6 | the region of the first registration, as it was coded then |
| 7–14 | the day of birth |
| 15–17 | a serial number |
| 18 | the check sign, 0–9 or X (ISO 7064 MOD 11-2) |

The region is not looked up: codes that ended decades ago are still borne. The number is optional
in a filing, and is kept as a keyed hash and its last four signs only.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from portal.rules.errors import InputRefused
from portal.rules.messages import say

EARLIEST_BIRTH = date(1890, 1, 1)  # ours: nobody alive was born before
_SEPARATORS = re.compile(r"[\s\-·.]")
_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]")


def normalise(text: str) -> str:
    """Return a typed number without spaces and dashes, half-width, with a capital X."""
    plain = unicodedata.normalize("NFKC", text)
    shown = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return _SEPARATORS.sub("", shown).upper()


def read_identity_number(text: str, *, today: date) -> str:
    """Return the normalised number; InputRefused says what is wrong, without repeating the number."""
    number = normalise(text)
    if not _FORM.fullmatch(number):
        raise InputRefused(say("An ID number has 18 signs: 17 digits, then a digit or X."))
    if not _has_birthday(number, today):
        raise InputRefused(say("The day of birth in this ID number is not possible. Please check it."))
    if number[-1] != ric.calc_check_digit(number):
        raise InputRefused(say("A digit of this ID number is wrong. Please check it."))
    return number


def is_identity_number(text: str, *, today: date) -> bool:
    """Say whether a text is a valid number, however it was typed."""
    try:
        read_identity_number(text, today=today)
    except InputRefused:
        return False
    return True


def last_four(text: str) -> str:
    """Return the last four signs, all that may ever be shown."""
    return normalise(text)[-4:]


def _has_birthday(number: str, today: date) -> bool:
    try:
        born_on = ric.get_birth_date(number)
    except (ValidationError, ValueError):
        return False
    return EARLIEST_BIRTH <= born_on <= today
