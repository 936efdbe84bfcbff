"""What personal data looks like in a Chinese or English text: the patterns that `redaction` looks for.

Patterns read the plain view of a text (see `redaction`). Where a pattern has a group, the group is what is
hidden and the rest is its label. A doubtful number is hidden; a doubtful word is left to the reviewer.
"""

from __future__ import annotations

import re
from enum import Enum


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


# Signs that people put between the digits of a number.
_GAP = r"[\s\-—–_.·•,，、。/\\|*()（）+~:：;；]{0,3}"
_EDGE_BEFORE, _EDGE_AFTER = r"(?<![0-9])", r"(?![0-9])"
_HAN = r"[\u4e00-\u9fff]"
# A sign that may stand in a given name: no particle, pronoun or link.
_GIVEN = r"(?![的了是在有不我你他她它们这那吗吧呢就也还要会])[\u4e00-\u9fff]"


def _run(first: str, count: str) -> str:
    """Return a pattern of digits with gaps allowed between them."""
    return f"{first}(?:{_GAP}[0-9]){count}"


SINGLE_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷"
    "施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费"
    "纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米"
    "池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都"
)
_SURNAME = (
    "(?:欧阳|司马|诸葛|上官|夏侯|皇甫|尉迟|公孙|慕容|令狐|东方|南宫|独孤|端木|司徒|西门|轩辕|长孙|宇文|闻人|"
    f"[{SINGLE_SURNAMES}])"
)
_TITLES = (
    "先生|女士|小姐|太太|阿姨|叔叔|大姐|大哥|大爷|大妈|大叔|大伯|大嫂|大婶|奶奶|爷爷|师傅|老师|医生|大夫|护士|"
    "老板娘|老板|经理|店长|主任|同志|某某|某|[哥姐叔姨婶嫂伯](?![哥姐叔姨婶嫂伯父母妈夫妹])"
)
# After these a name follows, with or without a sign between.
_NAME_LABELS = (
    "联系人|姓名|投诉人|举报人|收件人|收货人|当事人|经办人|受托人|代理人|申请人|报案人|业主|户主|"
    "法定代表人|法人代表|负责人|经营者|我叫|名字叫|名叫|叫做"
)
# After these a name may follow, or a verb.
_PEOPLE = "我是|本人|消费者|顾客|买家|客户|市民|居民|群众|店主|摊主|老板娘?|店员|营业员|收银员|业务员|司机"
_NO_NAMES = (
    "于是|于昨|于今|于前|于上|于当|于本|于同|于[0-9一二三四五六七八九十]|向[商店老他她摊市我]|常客|常年|常常|时常|时候|"
    "安静|强调|强烈|高兴|高度|单独|全部|全程|全家|都|解[释决]|毕业|来[电到了过]|房[屋子东]|钱的|连续|连着|成功|方面|方可|支付|付|应该|应当|有关|"
    "谢谢|查询|商家|商户|商场|单位|方便|管理|石油|从|和|曾|万一"
)
# Where a name stops when more characters follow.
_AFTER_NAME = "反映|投诉|举报|称|说|表示|认为|要求|电话|手机|联系|态度|身份|住|的|在|于|来|向|把|给|先生|女士"
_NAME = (
    f"(?!{_NO_NAMES})(?:{_SURNAME}(?:{_GIVEN}){{1,2}}?(?={_AFTER_NAME}|(?!{_HAN}).|$)"
    f"|{_SURNAME}(?:{_GIVEN}){{1,2}})"
)
_LINK = r"[\s:：=,，]{0,3}(?:是|为|叫|系|填)?[\s:：=]{0,2}"

_ACCOUNT_LABELS = (
    "微信号?|薇信号?|v信号?|(?<![a-z])(?:qq|vx|wx)号?|扣扣号?|企鹅号?|支付宝|钉钉号?|抖音号?|小红书号?|"
    "快手号?"
)
_ACCOUNT_WORDS = r"(?<![a-z])(?:wechat|weixin|alipay|telegram|whatsapp|line|skype)(?![a-z])"
_ACCOUNT_ID = r"[a-z0-9][a-z0-9_\-]{4,29}"

_PLATE_SIGN = "[A-Za-z0-9]"
_PROVINCE_SIGN = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
_PLATE_GAP = r"[\s·.\-]?"
# Written in one piece a plate may touch other words; written with gaps it must end where a word ends.
_PLATE = (
    rf"{_PROVINCE_SIGN}\s?[A-Za-z][\s·.\-]{{0,2}}(?:"
    rf"(?=(?:[A-Za-z]{{0,2}}[0-9]){{3}})(?:{_PLATE_SIGN}{{5,6}}|{_PLATE_SIGN}{{4}}[学警港澳挂])"
    rf"|(?=(?:[A-Za-z\s·.\-]{{0,3}}[0-9]){{3}}){_PLATE_SIGN}(?:{_PLATE_GAP}{_PLATE_SIGN}){{3}}"
    rf"(?:(?:{_PLATE_GAP}{_PLATE_SIGN}){{1,2}}(?!{_PLATE_SIGN})|{_PLATE_GAP}[学警港澳挂]))"
)

_COUNT = "[0-9a-zA-Z一二三四五六七八九十百〇零]"
_DOOR = "号楼|栋|幢|座|单元|弄"
_ROOM = f"(?:{_DOOR}|室|号|户|层|楼|房)"

# In this order: what a longer number is called wins over what a part of it might be.
NUMBERS: tuple[tuple[PersonalKind, re.Pattern[str]], ...] = (
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
    (
        PersonalKind.ID_NUMBER,
        re.compile(
            r"(?:护照|通行证|台胞证|回乡证|军官证|居留证|居住证|身份证|证件|passport)(?:号码?|编号|no\.?)?"
            + _LINK
            + r"([a-z]{0,2}[\s\-]?[0-9](?:[\s\-]?[0-9]){5,9})(?![0-9])",
            re.I,
        ),
    ),
    (
        PersonalKind.ACCOUNT,
        re.compile(
            rf"(?:{_ACCOUNT_LABELS})[^\w]{{0,4}}(?:号码?|账号|帐号|是|为|叫|也是)?[^\w]{{0,4}}({_ACCOUNT_ID})",
            re.I,
        ),
    ),
    (
        PersonalKind.ACCOUNT,
        re.compile(
            rf"{_ACCOUNT_WORDS}(?:\s{{0,2}}(?:id|no\.?|account|is|号|账号|是|为|:|：|=)\s{{0,2}}){{1,3}}({_ACCOUNT_ID})",
            re.I,
        ),
    ),
    (
        PersonalKind.ACCOUNT,
        re.compile(rf"{_ACCOUNT_WORDS}\s{{0,2}}((?=[a-z\-]{{0,29}}[0-9_]){_ACCOUNT_ID})", re.I),
    ),
    # Any other long number is doubtful, and hidden.
    (PersonalKind.BANK_CARD, re.compile(_EDGE_BEFORE + _run("[0-9]", "{10,}") + _EDGE_AFTER)),
)
# Telephone numbers inside a code: nothing doubtful.
TELEPHONES = (
    re.compile(r"(?<![0-9])1[3-9](?:[\-\s.]?[0-9]){9}(?![0-9])"),
    re.compile(r"(?<![0-9A-Za-z.\-])0[1-9][0-9]{1,2}[\-\s]?[2-9][0-9]{6,7}(?![0-9])"),
    re.compile(r"(?<![0-9A-Za-z.\-])[48]00[\-\s]?[0-9]{3}[\-\s]?[0-9]{4}(?![0-9])"),
)
WORDS: tuple[tuple[PersonalKind, re.Pattern[str]], ...] = (
    (
        PersonalKind.EMAIL,
        re.compile(
            r"[a-z0-9._%+\-]{1,64}\s{0,2}(?:@|\(at\)|\[at\]|艾特)\s{0,2}"
            r"[a-z0-9\-]{1,63}(?:\s{0,2}[.。点]\s{0,2}[a-z0-9\-]{1,63}){1,5}",
            re.I,
        ),
    ),
    (PersonalKind.PLATE, re.compile(_PLATE)),
    (
        PersonalKind.NAME,
        re.compile(rf"((?!谢谢|时候)(?<![谢终由]){_SURNAME}(?:{_GIVEN}){{0,2}}?)(?:{_TITLES})"),
    ),
    (PersonalKind.NAME, re.compile(rf"(?:{_NAME_LABELS}){_LINK}({_NAME})")),
    (PersonalKind.NAME, re.compile(rf"(?:{_PEOPLE}){_LINK}({_NAME})")),
    # 张三，电话138… and 138…（张三）
    (
        PersonalKind.NAME,
        re.compile(
            rf"((?!{_NO_NAMES}){_SURNAME}(?:{_GIVEN}){{1,2}})[\s,，:：（(]{{0,2}}的?(?:联系)?(?:电话|手机)[号是为\s:：]{{0,3}}[+(（]?[0-9]"
        ),
    ),
    (PersonalKind.NAME, re.compile(rf"[0-9][\s]?[（(]({_SURNAME}{_HAN}{{1,2}})[）)]")),
    (
        PersonalKind.NAME,
        re.compile(
            r"\b(?:Mr|Mrs|Ms|Miss|Dr|my name is|My name is|Name:)\.?\s{0,2}"
            r"([A-Z][a-z]{1,20}(?:[\s\-][A-Z][a-z]{1,20}){0,2})"
        ),
    ),
    (
        PersonalKind.ADDRESS,
        re.compile(
            rf"(?:路|街|大道|巷|胡同|弄|新村|小区|公寓|花园|苑)\s?((?:{_COUNT}{{1,6}}(?:[\-之]{_COUNT}{{1,4}}){{0,2}})\s?号)"
            r"(?![楼线令文店铺摊柜窗机秤公地门出])"
        ),
    ),
    (
        PersonalKind.ADDRESS,
        re.compile(
            rf"{_COUNT}{{1,6}}\s?(?:{_DOOR})\s?(?:[0-9a-zA-Z一二三四五六七八九十〇零\-]{{1,8}}\s?{_ROOM}?\s?){{1,4}}(?<!\s)"
            rf"|[0-9]{{1,4}}\s?(?:号楼|栋|幢|单元)"
            r"|[0-9]{1,5}\s?号\s?(?:[0-9]{1,4}\s?(?:室|户|房)|院)"
            r"|(?<![0-9])[0-9]{3,4}\s?(?:室|户|房)"
            r"|[一二三四五六七八九〇零]{3,4}\s?(?:室|房)"
        ),
    ),
)
