"""What an officer wrote to a filer, without what the filer is known by, the merchant and amounts of money.

A letter passes through other people's machines; whoever reads along shall not learn whom it is about.
"""

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
_NUMERALS = "零〇一二三四五六七八九十百千万亿两几数半壹贰叁肆伍陆柒捌玖拾佰仟萬"
_CENTS = rf"(?:\s*[\d{_NUMERALS}]+\s*[角毛分])*"
_MONEY = re.compile(
    # ¥12.50, RMB 1,200, 人民币三百元
    rf"(?:[¥￥]|RMB|CNY|人民币)\s*(?:\d[\d,，.．]*\s*[百千万亿]*|[{_NUMERALS}]+)(?:\s*[元圆]{_CENTS})?"
    # 12.5元, 1,200 yuan, 3万余元, 20块钱
    rf"|\d[\d,，.．]*\s*[{_NUMERALS}]*[多余来]?\s*(?:元|圆|块钱?|yuan|RMB|CNY){_CENTS}"
    # 三百元, 十二块; 一块 alone means "together"
    rf"|[{_NUMERALS}]+[多余来]?(?:元|圆|块钱|(?<!一)块){_CENTS}"
    # 5角, 60分钱; 分 alone is also a minute
    rf"|[\d{_NUMERALS}]+(?:角|毛钱|分钱)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_PLACE_BEFORE = re.compile(r"^.*?[省市区县](?=.{4})")
_SENTENCE_ENDS = re.compile(r"[。！？!?；;，,\n]+")


def without_private(text: str, filing: Filing, *, mark: str) -> str:
    """Return a text with `mark` where the filer's details, words or code, the merchant or money stood."""
    for private in sorted({*_own_words(filing), *_names_of_merchant(filing)}, key=len, reverse=True):
        text = _pattern(private).sub(lambda _: mark, text)
    text = _MONEY.sub(lambda _: mark, text)
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


def _names_of_merchant(filing: Filing) -> Iterator[str]:
    """Yield the merchant's names as typed and as listed, also without brackets and the place before them."""
    listed = filing.merchant
    told = (filing.respondent_name, *((listed.name, listed.trade_name) if listed else ()))
    for name in told:
        while name and len(name.strip()) > 1:
            yield name.strip()
            shorter = _PLACE_BEFORE.sub("", _BRACKETS.sub("", name.strip()))
            name = shorter if shorter != name.strip() else ""


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
