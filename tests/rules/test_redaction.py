"""Nothing personal that is seeded in a text survives; what is not personal stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.redaction import (
    PersonalKind,
    find_personal,
    has_personal_number,
    mask_name,
    mask_phone,
    redact,
)

SEEDED = [
    ("13812345678", PersonalKind.PHONE),
    ("138 1234 5678", PersonalKind.PHONE),
    ("138-1234-5678", PersonalKind.PHONE),
    ("１３８１２３４５６７８", PersonalKind.PHONE),
    ("一三八一二三四五六七八", PersonalKind.PHONE),
    ("幺三八1234五六七八", PersonalKind.PHONE),
    ("1\u200b3\u200b8\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7\u200b8", PersonalKind.PHONE),
    ("+86 138 1234 5678", PersonalKind.PHONE),
    ("0571-87654321", PersonalKind.PHONE),
    ("400-123-4567", PersonalKind.PHONE),
    ("电话 87654321", PersonalKind.PHONE),
    ("11010519491231002X", PersonalKind.ID_NUMBER),
    ("440524188001010014", PersonalKind.ID_NUMBER),
    ("110105 19491231 002x", PersonalKind.ID_NUMBER),
    ("110105491231002", PersonalKind.ID_NUMBER),
    ("6222 0212 3456 7890 123", PersonalKind.BANK_CARD),
    ("zhang.san@example.com", PersonalKind.EMAIL),
    ("zhangsan＠example．com", PersonalKind.EMAIL),
    ("微信号：abc_12345", PersonalKind.ACCOUNT),
    ("加我V信 zhang-san88", PersonalKind.ACCOUNT),
    ("QQ 123456", PersonalKind.ACCOUNT),
    ("浙A·12345", PersonalKind.PLATE),
    ("浙AD12345", PersonalKind.PLATE),
    ("王先生", PersonalKind.NAME),
    ("李阿姨", PersonalKind.NAME),
    ("联系人张三丰", PersonalKind.NAME),
    ("我叫赵小明", PersonalKind.NAME),
    ("3幢2单元501室", PersonalKind.ADDRESS),
    ("12号楼601", PersonalKind.ADDRESS),
]

HARMLESS = [
    "买了苹果2.5公斤，结算2.5千克，复秤2.3千克，少了200克。",
    "单价30元/kg，一共75.00元。",
    "2026年9月24日上午10:30在东门集贸市场12号摊位",
    "购买于 2026-09-24",
    "证书号 JD2026-0815",
    "老板说秤没问题",
    "统一社会信用代码 91350100M000100Y43",
    "案号 TS-7K3M-9QXP",
]


@pytest.mark.parametrize(("text", "kind"), SEEDED, ids=[text for text, _ in SEEDED])
def test_what_is_personal_is_found_and_named(text: str, kind: PersonalKind) -> None:
    sentence = f"昨天在市场，{text}，请处理。"
    assert kind in {span.kind for span in find_personal(sentence)}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_not_personal_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(("text", "_kind"), SEEDED, ids=[text for text, _ in SEEDED])
def test_the_words_around_it_stay(text: str, _kind: PersonalKind) -> None:
    redacted = redact(f"昨天在市场，{text}，请处理。")
    assert redacted.startswith("昨天在市场，")
    assert redacted.endswith("，请处理。")


DIGITS = "0123456789"
FULL = str.maketrans(DIGITS, "０１２３４５６７８９")
CHINESE = str.maketrans(DIGITS, "零一二三四五六七八九")
GAPS = ["", " ", "-", "\u200b", "  ", " - ", ".", "·"]


def plain_digits(text: str) -> str:
    """Read every digit out of a text, in any of its forms."""
    back = {
        ord(c): str(i % 10) for i, c in enumerate(DIGITS + "０１２３４５６７８９" + "零一二三四五六七八九")
    }
    return "".join(c for c in text.translate(back) if c in DIGITS)


@settings(max_examples=200, deadline=None)
@given(
    number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    gaps=st.lists(st.sampled_from(GAPS), min_size=11, max_size=11),
    form=st.sampled_from([{}, FULL, CHINESE]),
    before=st.sampled_from(["", "电话", "打给", "请拨"]),
    after=st.sampled_from(["", "谢谢", "。", "（晚上）"]),
)
def test_no_seeded_telephone_survives(
    number: str, gaps: list[str], form: dict[int, int], before: str, after: str
) -> None:
    written = "".join(digit + gap for digit, gap in zip(number, gaps, strict=True)).translate(form)
    assert number not in plain_digits(redact(before + written + after))


@settings(max_examples=200, deadline=None)
@given(
    number=st.from_regex(
        r"[1-8][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9])[0-9]{3}[0-9X]", fullmatch=True
    ),
    gap=st.sampled_from(GAPS),
    form=st.sampled_from([{}, FULL]),
)
def test_no_seeded_id_number_survives(number: str, gap: str, form: dict[int, int]) -> None:
    written = gap.join((number[:6], number[6:14], number[14:])).translate(form)
    assert number[:17] not in plain_digits(redact("证件" + written + "，请核实"))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from([t for t, _ in SEEDED]), max_size=4).map("，".join))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


def test_spans_point_into_the_text_as_it_was_written() -> None:
    text = "请打\u200b１３８ １２３４ ５６７８\u200b，谢谢"
    (span,) = find_personal(text)
    assert text[span.start : span.end] == "１３８ １２３４ ５６７８"


def test_names_and_telephones_are_masked() -> None:
    assert mask_name(" 王小明 ") == "王*"
    assert mask_name("") == ""
    assert mask_phone("138 1234 5678") == "138****5678"
    assert mask_phone("1234") == "****"


def test_a_firms_credit_code_is_not_a_persons_number() -> None:
    assert not has_personal_number("91350100M000100Y43")
    assert has_personal_number("11010519491231002X")
