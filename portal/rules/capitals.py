"""Amounts in capital Chinese figures (大写金额), as bank papers need them."""

from __future__ import annotations

from portal.rules.errors import InputRefused
from portal.rules.messages import say

CAPITAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
CAPITAL_PLACES = ("", "拾", "佰", "仟")
CAPITAL_GROUPS = ("", "万", "亿")


def amount_in_capitals(amount_fen: int) -> str:
    """Return an amount in capital Chinese figures (大写金额), as bank papers need it."""
    if not 0 <= amount_fen < 10**14:
        raise InputRefused(say("This amount cannot be written in capitals."))
    yuan, cents = divmod(amount_fen, 100)
    jiao, fen = divmod(cents, 10)
    words = f"{_yuan_in_capitals(yuan)}元" if yuan else ""
    if cents == 0:
        return (words or "零元") + "整"
    if jiao:
        words += f"{CAPITAL_DIGITS[jiao]}角"
    elif yuan:
        words += "零"
    return words + (f"{CAPITAL_DIGITS[fen]}分" if fen else "整")


def _yuan_in_capitals(yuan: int) -> str:
    groups = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    words = ""
    for index in reversed(range(len(groups))):
        group = groups[index]
        if group == 0:
            continue
        has_gap = bool(words) and (group < 1000 or groups[index + 1] == 0)
        words += ("零" if has_gap else "") + _group_in_capitals(group) + CAPITAL_GROUPS[index]
    return words


def _group_in_capitals(group: int) -> str:
    words = ""
    has_gap = False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit == 0:
            has_gap = bool(words)
            continue
        words += ("零" if has_gap else "") + CAPITAL_DIGITS[digit] + CAPITAL_PLACES[place]
        has_gap = False
    return words
