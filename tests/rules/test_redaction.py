"""Nothing personal that is seeded in a text survives; what is not personal stays."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.redaction import (
    PLACEHOLDERS,
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
    ("138。1234。5678", PersonalKind.PHONE),
    ("①③⑧①②③④⑤⑥⑦⑧", PersonalKind.PHONE),
    ("护照 E12345678", PersonalKind.ID_NUMBER),
    ("港澳通行证号码：H12345678", PersonalKind.ID_NUMBER),
    ("zhang.san(at)example.com", PersonalKind.EMAIL),
    ("vx zhangsan", PersonalKind.ACCOUNT),
    ("wechat zhang_88", PersonalKind.ACCOUNT),
    ("WeChat ID: zhangsan", PersonalKind.ACCOUNT),
    ("QQ一二三四五六", PersonalKind.ACCOUNT),
    ("浙A 12 345", PersonalKind.PLATE),
    ("浙 a1234学", PersonalKind.PLATE),
    ("王姐", PersonalKind.NAME),
    ("诸葛亮先生", PersonalKind.NAME),
    ("市民张伟反映", PersonalKind.NAME),
    ("店主：王强", PersonalKind.NAME),
    ("法定代表人陈光明", PersonalKind.NAME),
    ("张三，电话13812345678", PersonalKind.NAME),
    ("13812345678（张三）", PersonalKind.NAME),
    ("Ms. Li Mei", PersonalKind.NAME),
    ("文三路128号", PersonalKind.ADDRESS),
    ("三单元五〇一室", PersonalKind.ADDRESS),
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
    "复秤三次：0.979、0.981、0.990、0.985 kg",
    "1.979 1.981 1.990 1.985",
    "2026-11-23 13:45:00 复秤",
    "消费者于昨天购买，当事人于2026年3月1日改正",
    "我是常客，市民来电，市民房屋，老板都不会说",
    "谢谢老板，终于老板来了",
    "微信支付30元，paid by wechat yesterday, the line between two shops, online payment",
    "东街12号摊位，文三路3号店",
    "《市场监督管理投诉举报处理办法》（总局令第121号），GB/T 4754-2017，JJG 539-2016",
    "新 iPhone 和最新 iPad 2021",
    "商家电话打不通，请拨打12315",
    "91330411769646572X 和 92330109MA2BPWGF98",
]


@pytest.mark.parametrize(("text", "kind"), SEEDED, ids=[text for text, _ in SEEDED])
def test_what_is_personal_is_found_and_named(text: str, kind: PersonalKind) -> None:
    sentence = f"昨天在市场，{text}，请处理。"
    assert kind in {span.kind for span in find_personal(sentence)}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_not_personal_stays(text: str) -> None:
    assert redact(text) == text


def read(text: str) -> str:
    """Read a text as a person would: folded, without invisible signs or gaps."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


@pytest.mark.parametrize(("text", "_kind"), SEEDED, ids=[text for text, _ in SEEDED])
@pytest.mark.parametrize("hidden_sign", ["\u200b", "\u2060", "\ufeff", "\u00ad", "\u0301", "\u3164", "\x00"])
def test_invisible_signs_hide_nothing(text: str, _kind: PersonalKind, hidden_sign: str) -> None:
    clear = [(span.start, span.end) for span in find_personal(text)]
    laced = hidden_sign.join(text)
    step = len(hidden_sign) + 1
    found = [(span.start, span.end) for span in find_personal(laced)]
    assert [(start // step, (end + step - 1) // step) for start, end in found] == clear


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


def card_number(body: str) -> str:
    """Return a card number with its Luhn digit."""
    doubled = [int(d) * (2 - place % 2) for place, d in enumerate(reversed(body))]
    return body + str(-sum(n - 9 if n > 9 else n for n in doubled) % 10)


SURNAMES = st.sampled_from(["王", "李", "张", "陈", "欧阳", "诸葛", "司马", "伍", "陆", "钱"])
GIVEN = st.sampled_from(["伟", "小明", "秀英", "建国", "一博", "敏"])
WORDS_AROUND = st.sampled_from(["", "昨天在市场，", "少了三两。", "Yesterday "])
SECRETS = st.one_of(
    st.from_regex(r"6[0-9]{14,17}", fullmatch=True).map(lambda body: (card_number(body), "卡号{}")),
    st.from_regex(r"[a-z][a-z0-9]{3,9}", fullmatch=True).map(lambda user: (user + "qqcom", "邮箱 {}")),
    st.tuples(SURNAMES, GIVEN, st.sampled_from(["{}先生", "{}阿姨", "联系人{}，", "我叫{}。", "{}姐说"])).map(
        lambda parts: (parts[0] + parts[1], parts[2])
    ),
    st.from_regex(r"浙[A-L][0-9]{5}", fullmatch=True).map(lambda plate: (plate, "车牌{}")),
    st.from_regex(r"[a-z][a-z0-9_]{5,12}", fullmatch=True).map(lambda name: (name, "微信号：{}")),
    st.from_regex(r"[1-9][0-9]{5,9}", fullmatch=True).map(lambda name: (name, "QQ {}")),
    st.from_regex(r"0571[2-8][0-9]{7}", fullmatch=True).map(lambda number: (number, "座机{}")),
)


@settings(max_examples=300, deadline=None)
@given(
    secret=SECRETS,
    before=WORDS_AROUND,
    after=WORDS_AROUND,
    noise=st.sampled_from(["", "\u200b", "\u2060"]),
    is_full_width=st.booleans(),
)
def test_no_seeded_card_mail_name_plate_or_account_survives(
    secret: tuple[str, str], before: str, after: str, noise: str, is_full_width: bool
) -> None:
    value, frame = secret
    written = value.replace("qqcom", "@qq.com")
    if is_full_width:
        written = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in written)
    assert read(value) not in read(redact(before + frame.format(noise.join(written)) + after))


def test_a_placeholder_holds_nothing_personal() -> None:
    joined = "".join(PLACEHOLDERS.values())
    assert find_personal(joined) == ()
    assert all(kind in PLACEHOLDERS for kind in PersonalKind)


@pytest.mark.parametrize("part", ["1", "王", "a", "1.1 ", "路1号", "电话", "微信", "浙A ", "欧阳", "a."])
def test_a_text_made_to_be_slow_is_read_in_time(part: str) -> None:
    started = time.process_time()
    find_personal(part * 3000)
    assert time.process_time() - started < 2


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


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("91350100M000100Y43", False),
        ("933307827920720604", False),
        ("11010519491231002X", True),
        ("110105-19491231-002x", True),
        ("110105194912310021", False),
        ("110105491231002", True),
        ("110105491331002", False),
        ("910105491231002", False),
        ("13812345678", True),
        ("138-1234-5678", True),
        ("tel13812345678", True),
        ("113812345678", False),
        ("0571-87654321", True),
        ("JL0571-2026-001", False),
        ("400-123-4567", True),
        ("6222021234567890128", True),
        ("6222021234567890129", False),
        ("9222021234567890125", False),
        ("62220212345678901280", False),
        ("SN2024081500123", False),
        ("JD2026-0815", False),
    ],
)
def test_a_code_is_personal_only_when_it_is_a_real_number_of_a_person(code: str, expected: bool) -> None:
    assert has_personal_number(code) is expected
