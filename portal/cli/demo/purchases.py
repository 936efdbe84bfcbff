"""The demo's cases that are not a weighing at a listed stall: pumps, taxis, packages, unlisted places."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.base.clock import day_of
from portal.cli.demo.people import user_id
from portal.cli.demo.pictures import picture_of
from portal.cli.demo.timeline import Act, Timeline, moment, office_day
from portal.cli.demo.traders import Trader, merchant_at
from portal.complaints import actions, queries
from portal.complaints.evidence import actions as evidence
from portal.complaints.following import voices
from portal.complaints.models import Filing
from portal.instruments.weighing import weigh
from portal.rules.complaint_flow import Actor, MoveName, Need, Track
from portal.rules.intake_terms import Channel, EvidenceSlot, PurchaseKind
from portal.rules.purchases import WEIGHED, judge_purchase, read_purchase

K, M, E = PurchaseKind, MoveName, EvidenceSlot
TO_REGISTER = (M.REGISTER,)
TO_ACCEPT = (M.REGISTER, M.ACCEPT)
TO_MEDIATE = (M.REGISTER, M.ACCEPT, M.BEGIN_MEDIATION)
TO_CHECK = (M.REGISTER, M.BEGIN_CHECK)
TO_ASK = (M.REGISTER, M.ASK_PARTY)
PHOTOS = (E.SCALE_DISPLAY, E.GOODS, E.RECEIPT)
REASONS = {M.ASK_PARTY: "请补充付款记录的照片，并写明购买的时间。"}


@dataclass(frozen=True)
class Bought:
    """One such case; `place` names an unlisted merchant with where it is and its county's code."""

    kind: PurchaseKind
    typed: dict[str, str]
    narrative: str
    days_ago: int
    track: Track = Track.MEDIATION
    trade: str = ""
    place: tuple[str, str, str] | None = None
    moves: tuple[MoveName, ...] = ()
    channel: Channel = Channel.ONLINE
    photos: tuple[EvidenceSlot, ...] = ()
    voices_count: int = 0
    numbers: dict[str, str] = field(default_factory=dict)


def _told(shown: str, received: str, unit: str, **more: str) -> dict[str, str]:
    return {"shown": shown, "shown_unit": unit, "received": received, **more}


def bought() -> tuple[Bought, ...]:
    """Return the cases, in the order in which they are filed."""
    shrimp = {
        "goods": "基围虾",
        "price": "96",
        "settled": "0.48",
        "reweighed": "0.45",
        "check_method": "fair_scale",
    }
    ring = {
        "goods": "足金戒指",
        "price": "620",
        "price_unit": "unit_g",
        "settled": "5.2克",
        "reweighed": "5.18克",
    }
    return (
        Bought(
            K.FUEL,
            _told("40", "39.2", "measured_l", device="3号枪", paid="312"),
            "加了四十升，油箱本来有刻度，感觉少了将近一升。",
            40,
            place=("城西路加油站", "城西路88号", "330106"),
            moves=TO_MEDIATE,
        ),
        Bought(
            K.FUEL,
            _told("30", "", "measured_l", device="1号枪", paid="236"),
            "计量员说要检定才知道，请安排检定。",
            12,
            trade="加油站",
            moves=TO_ACCEPT,
            channel=Channel.PHONE,
        ),
        Bought(
            K.TAXI,
            _told("12.6", "11.9", "measured_km", device="浙A·T演示", paid="38"),
            "同一段路平时十一公里多，这次计价器多走了。",
            6,
            Track.REPORT,
            place=("明秤出租汽车公司", "长亭路9号", "330110"),
            moves=TO_CHECK,
        ),
        Bought(
            K.PREPACKAGED,
            _told("5", "4.82", "measured_kg", goods="袋装大米", reference="verified_standard", paid="36"),
            "在公平秤上连袋称也不足五公斤。",
            25,
            trade="超市",
            moves=TO_MEDIATE,
            photos=PHOTOS,
        ),
        Bought(
            K.CHARGING,
            _told("32", "31.2", "measured_kwh", device="B区07号桩", paid="41"),
            "车上显示充进的电比桩上少。",
            9,
            place=("归鹤街充电站", "归鹤街17号", "330302"),
            moves=TO_REGISTER,
        ),
        Bought(
            K.METER,
            _told("18", "16.5", "measured_m3", meter="water_class_2", device="水表 0042", goods="自来水"),
            "家里没人住的一个月也走了字，想请人检定水表。",
            15,
            place=("烟雨巷供水站", "南湖区烟雨巷1号", "330402"),
            moves=TO_ASK,
            channel=Channel.WALK_IN,
        ),
        Bought(
            K.INSTRUMENT,
            {"goods": "蔬菜", "device": "12号摊的电子秤"},
            "这台秤没有检定合格标志，称之前先按一个键，数就变了。",
            5,
            Track.REPORT,
            trade="蔬菜",
            moves=TO_CHECK,
            photos=(E.SCALE_DISPLAY, E.STALL_SIGN),
        ),
        Bought(
            K.JEWELLERY,
            ring,
            "首饰店称的是五点二克，检测站只有五点一八克。",
            30,
            trade="金行",
            moves=TO_MEDIATE,
            photos=(E.RECEIPT,),
        ),
        Bought(
            K.RETAIL,
            shrimp,
            "在菜场买的虾，公平秤上少了三十克，摊主说袋子也算。",
            4,
            trade="海鲜",
            moves=TO_ACCEPT,
            photos=(*PHOTOS, E.REWEIGH),
            voices_count=2,
        ),
        Bought(
            K.RETAIL,
            shrimp | {"goods": "花蛤", "price": "18", "settled": "1", "reweighed": "0.91"},
            "花蛤倒掉水再称，少了九十克。",
            2,
            place=("清河湾路口海鲜车", "清河湾路与归鹤街路口", "330110"),
            photos=(E.SCALE_DISPLAY, E.GOODS),
        ),
        Bought(
            K.RETAIL,
            shrimp | {"goods": "排骨", "price": "52", "settled": "1.2", "reweighed": "1.1"},
            "老人来窗口反映，由工作人员代填。",
            3,
            trade="猪肉",
            moves=TO_REGISTER,
            channel=Channel.PAPER,
        ),
        Bought(
            K.OTHER,
            {"goods": "散装白酒", "shown": "500", "shown_unit": "measured_ml", "received": "460"},
            "一斤的量杯明显没有装满。",
            8,
            trade="超市",
            moves=TO_REGISTER,
        ),
    )


def plan(timeline: Timeline, traders: Sequence[Trader]) -> None:
    """Put these cases down; their chance is their own, so that the other cases stay what they were."""
    chance = random.Random(f"purchases {timeline.last_day.isoformat()}")
    for serial, one in enumerate(bought(), start=1):
        filed = timeline.last_day - timedelta(days=one.days_ago)
        there = [trader for trader in traders if trader.trade == one.trade and trader.joined_on < filed]
        trader = chance.choice(there) if there else None
        timeline.at(moment(filed, 8, serial), _files(one, serial, trader, filed))
        day = filed
        for number, name in enumerate(one.moves):
            day = office_day(min(day + timedelta(days=1), timeline.last_day))
            timeline.at(moment(max(day, filed), 10 + number, serial), _moves(one, serial, name))
        for number in range(one.voices_count):
            timeline.at(moment(timeline.last_day, 18, number), _joins(one, number))


def _files(one: Bought, serial: int, trader: Trader | None, filed: date) -> Act:
    def act(now: datetime) -> None:
        merchant = merchant_at(trader.name, trader.place) if trader else None
        name, place, region_code = one.place or ("", "", "")
        typed = one.typed | {"kind": one.kind.value, "bought_on": filed.isoformat()}
        is_weighed = one.kind in WEIGHED
        purchase = None if is_weighed else read_purchase(typed, today=day_of(now))
        judgement = judge_purchase(purchase) if purchase else None
        is_named = one.track is Track.MEDIATION
        data = actions.FilingData(
            merchant=merchant,
            respondent_name=name,
            respondent_place=place,
            region_code=region_code,
            device=one.typed.get("device", ""),
            tracks=(one.track,),
            kind=one.kind,
            weighing=weigh(typed, today=day_of(now)) if is_weighed else None,
            purchase=purchase.snapshot() if purchase else None,
            judgement=judgement,
            goods=purchase.goods if purchase else "",
            bought_on=filed,
            amount_paid_fen=purchase.paid_fen if purchase else None,
            requests=("make_up_quantity",) if is_named else (),
            narrative=one.narrative,
            name=f"演示{900 + serial}" if is_named else None,
            phone=f"000-0000-{900 + serial}" if is_named else None,
            address="演示路2号" if is_named else None,
            agrees_to_publication=True,
            agrees_to_delegation=False,
            channel=one.channel,
        )
        filing = actions.file_complaint(
            data, submission_id=f"demo-purchase-{serial}", is_statutory_channel=False, now=now
        )
        one.numbers["case"] = filing.cases[0].number
        _add_photos(filing, one.photos, now)

    return act


def _add_photos(filing: Filing, slots: Sequence[EvidenceSlot], now: datetime) -> None:
    for slot in slots:
        evidence.attach(filing, picture_of(slot, filing.id), slot, now=now)
    filing.evidence_sha256 = [file.sha256 for file in evidence.files_of_filer(filing)]


def _moves(one: Bought, serial: int, name: MoveName) -> Act:
    def act(now: datetime) -> None:
        case = queries.case_by_number(one.numbers["case"])
        if case is None:
            raise LookupError(f"the demo has lost purchase {serial}")
        actions.move(
            case,
            name,
            actor=Actor.OFFICER,
            user_id=user_id("officer@demo.example"),
            official_number=f"演示{day_of(now):%Y%m%d}9{serial:04d}" if name is M.REGISTER else None,
            reason=REASONS.get(name, ""),
            also_given=(Need.BOTH_CONSENT,) if name is M.BEGIN_MEDIATION else (),
            now=now,
        )

    return act


def _joins(one: Bought, number: int) -> Act:
    def act(now: datetime) -> None:
        case = queries.case_by_number(one.numbers["case"])
        if case is not None:
            voices.join_case(
                case,
                submission_id=f"demo-voice-{number}",
                bought_on=day_of(now) - timedelta(days=number + 2),
                words="我在这家买虾也少过。",
                now=now,
            )

    return act
