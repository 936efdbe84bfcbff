"""Find and hide personal data in free text before anybody publishes it.

个人信息保护法 第25条. Found are telephone numbers, ID numbers, bank cards, e-mail addresses, number plates,
WeChat and QQ ids, names after labels and before titles, and addresses down to the door.

A text is read through a plain view: compatibility characters folded (NFKC), invisible characters dropped,
Chinese figures beside plain digits; each sign of the view remembers where it stood, so that spans point into
the text as it was written. A doubtful number is hidden rather than shown. A person still reviews the text:
a name without a label or title cannot be found this way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from stdnum.cn import uscc

from portal.rules.personal_patterns import NUMBERS, TELEPHONES, WORDS
from portal.rules.personal_patterns import PersonalKind as PersonalKind

PLACEHOLDERS = {
    PersonalKind.ID_NUMBER: "〔证件号已隐去〕",
    PersonalKind.BANK_CARD: "〔卡号已隐去〕",
    PersonalKind.PHONE: "〔电话已隐去〕",
    PersonalKind.EMAIL: "〔邮箱已隐去〕",
    PersonalKind.PLATE: "〔车牌已隐去〕",
    PersonalKind.ACCOUNT: "〔账号已隐去〕",
    PersonalKind.NAME: "〔姓名已隐去〕",
    PersonalKind.ADDRESS: "〔门牌已隐去〕",
}


@dataclass(frozen=True)
class Span:
    """A stretch of the original text, `start` included and `end` not."""

    start: int
    end: int
    kind: PersonalKind


@dataclass(frozen=True)
class _View:
    """The text as it is read: plain signs, the same with Chinese figures as digits, and their places."""

    plain: str
    digits: str
    places: tuple[int, ...]


CHINESE_DIGITS = str.maketrans(
    "〇零洞一壹幺二贰两三叁四肆五伍六陆七柒拐八捌九玖勾", "0001112223344556677788999"
)
INVISIBLE = {"Cf", "Mn", "Me", "Cc", "Co", "Cs"}
BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"


def find_personal(text: str) -> tuple[Span, ...]:
    """Return the stretches that hold personal data, in order, none touching another."""
    view = _view_of(text)
    found: list[Span] = []
    for kind, pattern in NUMBERS:
        for line in dict.fromkeys((view.plain, view.digits)):
            found += _spans(pattern, line, view, kind, is_doubtful=True)
    for kind, pattern in WORDS:
        found += _spans(pattern, view.plain, view, kind)
    return _merged(found)


def has_personal_number(text: str) -> bool:
    """Say whether a code or number is a person's: a telephone, a valid ID number or a bank card.

    Stricter about form than `find_personal`, since serial and certificate numbers are long as well.
    """
    view = _view_of(text)
    if uscc.is_valid(view.plain) and not _is_id_number(view.plain):
        return False
    if any(pattern.search(view.digits) for pattern in TELEPHONES):
        return True
    runs = re.findall(r"[0-9]{15,}[xX]?", re.sub(r"[\s\-./:_]", "", view.digits))
    return any(_is_id_number(run) or _is_old_id_number(run) or _is_bank_card(run) for run in runs)


def redact(text: str) -> str:
    """Return the text with every personal stretch replaced by words that say what stood there."""
    # What was hidden may bring two halves of something together, so look until nothing is found.
    while spans := find_personal(text):
        for span in reversed(spans):
            text = text[: span.start] + PLACEHOLDERS[span.kind] + text[span.end :]
    return text


def mask_name(name: str) -> str:
    """Return a name as its first sign and an asterisk."""
    stripped = name.strip()
    return stripped[0] + "*" if stripped else ""


def mask_phone(phone: str) -> str:
    """Return a telephone number with its middle hidden, or nothing but asterisks when it is short."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isdecimal())
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 9 else "****"


def _view_of(text: str) -> _View:
    plain: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if sign in BLANK_LETTERS or (unicodedata.category(sign) in INVISIBLE and sign not in "\n\r\t"):
            continue
        for folded in unicodedata.normalize("NFKC", sign):
            # A digit of any script is read as that digit.
            plain.append(str(unicodedata.decimal(folded)) if folded.isdecimal() else folded)
            places.append(place)
    joined = "".join(plain)
    return _View(joined, joined.translate(CHINESE_DIGITS), tuple(places))


def _spans(
    pattern: re.Pattern[str], line: str, view: _View, kind: PersonalKind, *, is_doubtful: bool = False
) -> Iterator[Span]:
    for match in pattern.finditer(line):
        start, end = match.span(1) if pattern.groups and match.group(1) else match.span()
        if start == end or (is_doubtful and _is_no_person(kind, line, start, end)):
            continue
        yield Span(view.places[start], view.places[end - 1] + 1, kind)


def _is_no_person(kind: PersonalKind, line: str, start: int, end: int) -> bool:
    """Say whether a run of digits is a date, a row of readings or part of a valid credit code."""
    if _DATES.fullmatch(line[start:end].strip()) or _is_in_readings(kind, line, start, end):
        return True
    head, tail = _before(line, start, _CODE_SIGNS), _after(line, end, _CODE_SIGNS)
    token = head + line[start:end] + tail
    # Firms' codes begin with 91 to 93, which no resident's number does.
    return token.startswith(("91", "92", "93")) and uscc.is_valid(token) and not _is_id_number(token)


def _is_in_readings(kind: PersonalKind, line: str, start: int, end: int) -> bool:
    """Say whether the digits belong to a row of weights such as 0.979、0.981、0.990."""
    signs = "0123456789."
    row = (_before(line, start, signs) + line[start:end] + _after(line, end, signs)).strip()
    if not _READINGS.fullmatch(row) or _is_id_number(re.sub(r"[^0-9]", "", row)):
        return False
    return kind is not PersonalKind.PHONE or row.startswith("0.")


def _before(line: str, start: int, signs: str) -> str:
    """Return the unbroken stretch of some signs that ends here; a longer one than a code is cut."""
    part = line[max(0, start - 18) : start]
    return part[len(part.rstrip(signs)) :]


def _after(line: str, end: int, signs: str) -> str:
    """Return the unbroken stretch of some signs that starts here."""
    part = line[end : end + 18]
    return part[: len(part) - len(part.lstrip(signs))]


_CODE_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_READINGS = re.compile(r"[0-9]{1,2}\.[0-9]{1,3}(?:[\s,，、;；/]{1,2}[0-9]{1,2}\.[0-9]{1,3})+")
_DATES = re.compile(
    r"20[0-9]{2}[\-./][01]?[0-9][\-./][0-3]?[0-9](?:[\sT]{1,2}[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?)?"
)


def _is_id_number(token: str) -> bool:
    """Say whether eighteen signs carry a birthday and the check sign of GB 11643."""
    if len(token) != 18 or not token[:17].isdecimal() or not _is_birthday(token[6:14]):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(token[:17], weights, strict=True))
    return "10X98765432"[total % 11] == token[17].upper()


def _is_old_id_number(token: str) -> bool:
    """Say whether fifteen digits may be an ID number of the old form: a region and a birthday."""
    return len(token) == 15 and token[0] in "12345678" and _is_birthday("19" + token[6:12])


def _is_birthday(digits: str) -> bool:
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2100
    except ValueError:
        return False


def _is_bank_card(token: str) -> bool:
    """Say whether 16 to 19 digits pass the Luhn check under a first digit that banks use."""
    if not (16 <= len(token) <= 19 and token.isdecimal() and token[0] in "3456"):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(token)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    """Join stretches that overlap, or touch and are of one kind; the first and longest gives the kind."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -(s.end - s.start))):
        last = kept[-1] if kept else None
        if last and (span.start < last.end or (span.start == last.end and span.kind is last.kind)):
            kept[-1] = Span(last.start, max(last.end, span.end), last.kind)
        else:
            kept.append(span)
    return tuple(kept)
