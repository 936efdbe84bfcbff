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
from enum import Enum

from stdnum.cn import uscc


class PersonalKind(str, Enum):
    """What kind of personal data a span holds."""

    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "plate"
    ACCOUNT = "account"
    NAME = "name"
    ADDRESS = "address"


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

# Signs that people put between the digits of a number.
_GAP = r"[\s\-—–_.·•,，、/\\|*()（）+~:：;；]{0,3}"
_EDGE_BEFORE, _EDGE_AFTER = r"(?<![0-9])", r"(?![0-9])"


def _run(first: str, count: str) -> str:
    """Return a pattern of digits with gaps allowed between them."""
    return f"{first}(?:{_GAP}[0-9]){count}"


_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷"
    "施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费"
    "纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米"
    "池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都"
)
_TITLES = (
    "先生|女士|小姐|太太|阿姨|叔叔|大姐|大哥|大爷|大妈|大叔|师傅|老师|老板娘|老板|经理|店长|主任|同志|某某|某"
)
_NAME_LABELS = (
    "联系人|姓名|投诉人|举报人|消费者|顾客|买家|收件人|收货人|当事人|经办人|受托人|代理人|"
    "我叫|我是|本人|名字叫|名叫|叫做"
)
_ACCOUNT_LABELS = (
    "微信号?|wechat|weixin|wx|vx|v信|薇信|qq号?|扣扣|企鹅号?|"
    "支付宝|alipay|钉钉|抖音号?|小红书号?|telegram|line"
)
_PLATE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"

# In this order: what a longer number is called wins over what a part of it might be.
_NUMBERS: tuple[tuple[PersonalKind, re.Pattern[str]], ...] = (
    (
        PersonalKind.ID_NUMBER,
        re.compile(_EDGE_BEFORE + _run("[1-9]", "{16}") + f"{_GAP}[0-9xX]" + r"(?![0-9a-zA-Z])"),
    ),
    (PersonalKind.BANK_CARD, re.compile(_EDGE_BEFORE + _run("[0-9]", "{15,18}") + _EDGE_AFTER)),
    (PersonalKind.ID_NUMBER, re.compile(_EDGE_BEFORE + _run("[1-9]", "{14}") + _EDGE_AFTER)),
    (
        PersonalKind.PHONE,
        re.compile(
            r"(?<![0-9])(?:\+?(?:0086|86)" + _GAP + ")?" + _run("1" + _GAP + "[3-9]", "{9}") + _EDGE_AFTER
        ),
    ),
    (PersonalKind.PHONE, re.compile(_EDGE_BEFORE + _run("0" + _GAP + "[1-9]", "{8,10}") + _EDGE_AFTER)),
    (
        PersonalKind.PHONE,
        re.compile(_EDGE_BEFORE + _run("[48]" + _GAP + "0" + _GAP + "0", "{7}") + _EDGE_AFTER),
    ),
    (
        PersonalKind.PHONE,
        re.compile(
            r"(?:电话|手机|座机|致电|拨打|tel|phone|call)[^0-9]{0,6}([2-8](?:[\s\-]?[0-9]){6,7})(?![0-9])",
            re.I,
        ),
    ),
    # Any other long number is doubtful, and hidden.
    (PersonalKind.BANK_CARD, re.compile(_EDGE_BEFORE + _run("[0-9]", "{10,}") + _EDGE_AFTER)),
)
_WORDS: tuple[tuple[PersonalKind, re.Pattern[str]], ...] = (
    (
        PersonalKind.EMAIL,
        re.compile(
            r"[\w.+\-]{1,64}\s{0,2}(?:@|\(at\)|\[at\]|艾特)\s{0,2}[\w\-]+(?:\s{0,2}[.。点]\s{0,2}[\w\-]+)+",
            re.I,
        ),
    ),
    (
        PersonalKind.ACCOUNT,
        re.compile(
            rf"(?:{_ACCOUNT_LABELS})[^\w]{{0,4}}(?:号|是|为|:|：|=|也是)?[^\w]{{0,4}}([a-z0-9][\w\-]{{4,29}})",
            re.I,
        ),
    ),
    (
        PersonalKind.PLATE,
        re.compile(
            _PLATE + r"[a-zA-Z][\s·.\-]{0,2}(?:[a-zA-Z0-9]{5,6}|[a-zA-Z0-9]{4}[学警港澳挂])(?![a-zA-Z0-9])"
        ),
    ),
    (PersonalKind.NAME, re.compile(rf"([{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?)(?:{_TITLES})")),
    (
        PersonalKind.NAME,
        re.compile(rf"(?:{_NAME_LABELS})(?:是|为|叫|:|：|=)?\s{{0,2}}([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"),
    ),
    (
        PersonalKind.ADDRESS,
        re.compile(
            r"[0-9a-zA-Z一二三四五六七八九十百]{1,6}\s?(?:号楼|栋|幢|座|单元|弄|组)\s?"
            r"(?:[0-9a-zA-Z一二三四五六七八九十\-]{1,8}\s?(?:号楼|栋|幢|座|单元|室|号|户|层|楼|房)?\s?){0,4}"
            r"|[0-9]{1,5}\s?号\s?(?:[0-9]{1,4}\s?(?:室|户|房)|院)"
            r"|(?<![0-9])[0-9]{3,4}\s?(?:室|户|房)"
        ),
    ),
)


def find_personal(text: str) -> tuple[Span, ...]:
    """Return the stretches that hold personal data, in order, none touching another."""
    view = _view_of(text)
    found: list[Span] = []
    for kind, pattern in _NUMBERS:
        for line in dict.fromkeys((view.plain, view.digits)):
            found += _spans(pattern, line, view, kind, is_doubtful=True)
    for kind, pattern in _WORDS:
        found += _spans(pattern, view.plain, view, kind)
    return _merged(found)


def has_personal_number(text: str) -> bool:
    """Say whether a text holds a number that may be a person's; a valid credit code is a firm's."""
    return any(
        span.kind in {PersonalKind.ID_NUMBER, PersonalKind.BANK_CARD, PersonalKind.PHONE}
        for span in find_personal(text)
    )


def redact(text: str) -> str:
    """Return the text with every personal stretch replaced by words that say what stood there."""
    # What was hidden may bring two halves of something together, so look until nothing is found.
    for _ in range(4):
        spans = find_personal(text)
        if not spans:
            return text
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
        if start == end or (is_doubtful and _is_no_person(match.group(), line, start, end)):
            continue
        yield Span(view.places[start], view.places[end - 1] + 1, kind)


def _is_no_person(matched: str, line: str, start: int, end: int) -> bool:
    """Say whether a run of digits is a date or part of a valid credit code."""
    around = re.search(r"[0-9A-Za-z]*$", line[:start])
    after = re.match(r"[0-9A-Za-z]*", line[end:])
    token = (around.group() if around else "") + line[start:end] + (after.group() if after else "")
    # Firms' codes begin with 91 to 93, which no resident's number does.
    if token.startswith(("91", "92", "93")) and uscc.is_valid(token) and not _is_id_number(token):
        return True
    return bool(_DATES.fullmatch(matched.strip()))


_DATES = re.compile(
    r"20[0-9]{2}[\-./][01]?[0-9][\-./][0-3]?[0-9](?:[\sT]{1,2}[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?)?"
)


def _is_id_number(token: str) -> bool:
    """Say whether eighteen signs carry a birthday and the check sign of GB 11643."""
    if not token[:17].isdecimal():
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(token, weights, strict=False))
    try:
        date(int(token[6:10]), int(token[10:12]), int(token[12:14]))
    except ValueError:
        return False
    return "10X98765432"[total % 11] == token[17].upper()


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    """Join stretches that overlap; the one that begins first, and is longest, gives the name."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -(s.end - s.start))):
        if kept and span.start < kept[-1].end:
            last = kept[-1]
            kept[-1] = Span(last.start, max(last.end, span.end), last.kind)
        else:
            kept.append(span)
    return tuple(kept)
