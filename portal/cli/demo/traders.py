"""The demo's markets, merchants, pledges and instruments; every name is made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from stdnum.cn import uscc as uscc_rule

from portal.base.clock import day_of
from portal.cli.demo.timeline import Act, Timeline, moment, office_day
from portal.instruments import actions as instrument_actions
from portal.instruments.actions import InstrumentData
from portal.instruments.models import Regime
from portal.instruments.queries import instrument_of
from portal.merchants import actions, queries
from portal.merchants.models import Merchant
from portal.merchants.saving import place_key
from portal.rules.metrology import AccuracyClass
from portal.rules.pledge import PledgeKind, PledgeTerms, PledgeTrigger
from portal.rules.publication import RecordKind
from portal.rules.verification import InstrumentKind, VerificationResult

MARKETS = (
    ("明秤集贸市场", "330106", "西湖区明秤路1号", 28),
    ("半闲里农贸市场", "330106", "西湖区半闲里路20号", 24),
    ("清河湾菜场", "330110", "余杭区清河湾路8号", 24),
    ("望秋桥农贸市场", "330110", "余杭区望秋街66号", 20),
    ("南烟雨菜市场", "330402", "南湖区烟雨巷9号", 22),
    ("双桂集贸市场", "330402", "南湖区双桂街31号", 20),
    ("石榴河水产市场", "330302", "鹿城区石榴河路5号", 20),
    ("梧桐埭农贸市场", "330702", "婺城区梧桐埭路12号", 18),
)
GIVEN = (
    "老王 阿芬 小李 阿强 老周 阿珍 小陈 老徐 阿明 小吴 老沈 阿莲 小方 老何 阿根 小孙 老郑 阿秀 小高 老金"
).split()
STALLS = ("水果", "蔬菜", "鲜鱼", "海鲜", "猪肉", "禽蛋", "豆制品", "干货", "糕点", "粮油", "熟食", "调味")
SHOPS = (
    ("shop", "超市", 44, InstrumentKind.PRICE_SCALE),
    ("restaurant", "饭庄", 20, InstrumentKind.PRICE_SCALE),
    ("fuel", "加油站", 20, InstrumentKind.FUEL_DISPENSER),
    ("jewellery", "金行", 12, InstrumentKind.INDICATING_SCALE),
    ("optician", "眼镜店", 12, InstrumentKind.LENS_METER),
    ("grain", "粮油行", 10, InstrumentKind.INDICATING_SCALE),
    ("farm_inputs", "农资店", 6, InstrumentKind.INDICATING_SCALE),
)
FIRST = "嘉 秤 明 衡 信 和 禾 丰 泽 安 润 同 德 元 诚 恒 青 云 川 朗".split()
SECOND = "禾 泰 源 顺 康 美 和 佳 益 兴 达 盛 庭 里 园 居 坊 谷 田 屿".split()
STREETS = "明秤路 半闲里 清河湾路 望秋街 烟雨巷 双桂街 石榴河路 梧桐埭路 长亭路 归鹤街".split()
COUNTIES = (
    ("330106", "西湖区"),
    ("330110", "余杭区"),
    ("330402", "南湖区"),
    ("330302", "鹿城区"),
    ("330702", "婺城区"),
)
# The first months of the demo fill the portal; the rest is a steady life.
OPENING_DAYS = 120


@dataclass(frozen=True)
class Trader:
    """A merchant of the demo, as its stories need it."""

    name: str
    place: str
    trade: str
    joined_on: date


def plan(timeline: Timeline) -> list[Trader]:
    """Put down every merchant's arrival, pledges and instruments; return them in order."""
    traders = []
    for market, region_code, address, stall_count in MARKETS:
        timeline.at(timeline.first_moment, _adds_market(market, region_code, address))
        for stall in range(stall_count):
            traders.append(_plan_stall(timeline, market, region_code, address, stall))
    for sector, word, count, kind in SHOPS:
        for index in range(count):
            traders.append(_plan_shop(timeline, sector, word, kind, index))
    _plan_honours(timeline, traders)
    return traders


def stall_names(market_index: int, stall: int) -> tuple[str, str]:
    """Return a stall's name and what it sells; the first market opens with 老王水果 and 阿芬蔬菜."""
    given = GIVEN[(stall + 7 * market_index) % len(GIVEN)]
    trade = STALLS[(stall + 5 * market_index) % len(STALLS)]
    return (given + trade, trade)


def first_stall(name: str) -> Merchant:
    """Return a stall of the first market by its name."""
    market, _region, address, stall_count = MARKETS[0]
    stall = next(n for n in range(stall_count) if stall_names(0, n)[0] == name)
    return merchant_at(name, f"{address}{market}{stall + 1}号摊")


def merchant_at(name: str, place: str) -> Merchant:
    """Return a merchant the demo has added."""
    found = queries.merchant_at(place_key(name, place))
    if found is None:
        raise LookupError(f"the demo has not added {name} yet")
    return found


def _adds_market(name: str, region_code: str, address: str) -> Act:
    def act(now: datetime) -> None:
        data = actions.MarketData(
            name=name, region_code=region_code, address=address, organiser=name + "管理办公室"
        )
        actions.save_market(data, now=now)

    return act


def _plan_stall(timeline: Timeline, market: str, region_code: str, address: str, stall: int) -> Trader:
    chance = timeline.random
    market_index = [row[0] for row in MARKETS].index(market)
    name, trade = stall_names(market_index, stall)
    joined = timeline.first_day + timedelta(days=chance.randrange(OPENING_DAYS))
    code = synthetic_code(region_code, market_index * 100 + stall, "92") if chance.random() < 0.5 else None
    place = f"{address}{market}{stall + 1}号摊"

    def add(now: datetime) -> None:
        home = actions.save_market(actions.MarketData(name=market, region_code=region_code), now=now)
        data = actions.MerchantData(
            name=name,
            address=place,
            region_code=region_code,
            uscc=code,
            sector="market",
            local_id=None if code else f"{home.number}-{stall + 1}",
            category=trade,
            market_id=home.id,
            stall_no=f"{stall + 1}",
        )
        actions.save_merchant(data, now=now)

    timeline.at(moment(joined, 9), add)
    kind = InstrumentKind.PRICE_SCALE
    _plan_life(timeline, name, place, joined, kind, instrument_count=1 + (chance.random() < 0.35))
    return Trader(name, place, trade, joined)


def _plan_shop(timeline: Timeline, sector: str, word: str, kind: InstrumentKind, index: int) -> Trader:
    chance = timeline.random
    region_code, county = COUNTIES[index % len(COUNTIES)]
    name = (
        FIRST[(index * 3 + len(word)) % len(FIRST)] + SECOND[(index * 7 + len(sector)) % len(SECOND)] + word
    )
    place = f"{county}{STREETS[index % len(STREETS)]}{100 + index}号"
    joined = timeline.first_day + timedelta(days=chance.randrange(OPENING_DAYS))
    code = synthetic_code(region_code, 2000 + 100 * [row[0] for row in SHOPS].index(sector) + index, "91")

    def add(now: datetime) -> None:
        data = actions.MerchantData(
            name=f"{county}{name}",
            address=place,
            region_code=region_code,
            uscc=code,
            sector=sector,
            category=word,
        )
        actions.save_merchant(data, now=now)

    timeline.at(moment(joined, 9), add)
    _plan_life(timeline, f"{county}{name}", place, joined, kind, instrument_count=1 + chance.randrange(3))
    return Trader(f"{county}{name}", place, word, joined)


def synthetic_code(region_code: str, serial: int, kind: str) -> str:
    """Return a credit code that is well formed and can belong to nobody: no body hands out 000FM…"""
    body = f"{kind}{region_code}000FM{serial:04d}"
    return body + uscc_rule.calc_check_digit(body)


def _plan_life(
    timeline: Timeline, name: str, place: str, joined: date, kind: InstrumentKind, *, instrument_count: int
) -> None:
    chance = timeline.random
    for index in range(instrument_count):
        _plan_instrument(timeline, name, place, joined, kind, index)
    if name == "老王水果" or chance.random() < 0.72:
        begins = joined + timedelta(days=chance.randrange(3, 60))
        _plan_pledge(timeline, name, place, begins, _terms(timeline, name))


def _terms(timeline: Timeline, name: str) -> PledgeTerms:
    chance = timeline.random
    if name == "老王水果":
        return PledgeTerms(factor=10, floor_fen=1000, cap_fen=50_000, joins_advance=True)
    kind = chance.choices(list(PledgeKind), weights=(60, 10, 15, 15))[0]
    multiples = {
        PledgeKind.MULTIPLE_OF_SHORTAGE_VALUE: chance.choice((3, 5, 10, 10)),
        PledgeKind.MULTIPLE_OF_PRICE: 1,
    }
    return PledgeTerms(
        kind=kind,
        factor=multiples.get(kind, 0),
        fixed_fen=chance.choice((2000, 5000, 10_000)) if kind is PledgeKind.FIXED else 0,
        floor_fen=0 if kind in {PledgeKind.FIXED, PledgeKind.MAKE_UP} else chance.choice((0, 500, 1000)),
        cap_fen=None if kind is PledgeKind.MAKE_UP else chance.choice((None, 50_000, 100_000)),
        trigger=chance.choices(list(PledgeTrigger), weights=(80, 20))[0],
        joins_advance=chance.random() < 0.4,
    )


def _plan_pledge(timeline: Timeline, name: str, place: str, begins: date, terms: PledgeTerms) -> None:
    """Publish a pledge; most are renewed after a year, a few lapse, a few are withdrawn."""
    chance = timeline.random

    def publish(now: datetime) -> None:
        merchant = merchant_at(name, place)
        actions.publish_pledge(merchant, terms, signer="经营者", valid_from_on=begins, now=now)

    timeline.at(moment(begins, 10), publish)
    fate = chance.random()
    if fate < 0.04:
        timeline.at(
            moment(begins + timedelta(days=chance.randrange(60, 300)), 15),
            lambda now: _withdraw(name, place, now),
        )
    elif fate < 0.82 or name == "老王水果":
        renewed = begins + timedelta(days=355)
        if renewed <= timeline.last_day:
            _plan_pledge(timeline, name, place, renewed, terms)


def _withdraw(name: str, place: str, now: datetime) -> None:
    actions.withdraw_pledge(merchant_at(name, place), now=now)


def _plan_instrument(
    timeline: Timeline, name: str, place: str, joined: date, kind: InstrumentKind, index: int
) -> None:
    chance = timeline.random
    serial = f"FM{chance.randrange(10**7):07d}"
    is_scale = kind in {InstrumentKind.PRICE_SCALE, InstrumentKind.INDICATING_SCALE}
    fine = kind is InstrumentKind.INDICATING_SCALE
    data = InstrumentData(
        kind=kind,
        maker="明衡衡器厂（演示）",
        model="FM-15" if is_scale else "FM-20",
        serial=serial,
        accuracy_class=AccuracyClass.III if is_scale else None,
        max_mg=(3_000_000 if fine else 15_000_000) if is_scale else None,
        e_mg=(1_000 if fine else 5_000) if is_scale else None,
        location=f"{index + 1}号位",
        regime=Regime.LEGACY,
    )
    seen = office_day(joined + timedelta(days=chance.randrange(4, 20)))
    timeline.at(
        moment(seen, 11),
        lambda now: _register(name, place, data, now),
    )
    period_days = 182 if kind is InstrumentKind.FUEL_DISPENSER else 365
    verified = seen
    while verified <= timeline.last_day:
        failed = chance.random() < 0.03
        _plan_verification(timeline, name, place, serial, verified, failed=failed)
        # Most come back in time; some are late, and a few have not come at all.
        late_days = chance.choices((-20, -5, 15, 90), weights=(70, 18, 8, 4))[0]
        wait = chance.randrange(7, 20) if failed else period_days + late_days
        verified = office_day(verified + timedelta(days=wait))


def _register(name: str, place: str, data: InstrumentData, now: datetime) -> None:
    instrument_actions.register_instrument(merchant_at(name, place), data, now=now)


def _plan_verification(
    timeline: Timeline, name: str, place: str, serial: str, day: date, *, failed: bool
) -> None:
    number = f"演检字{day:%Y%m%d}{serial[-5:]}"

    def verify(now: datetime) -> None:
        merchant = merchant_at(name, place)
        instrument = instrument_of(merchant.id, serial.lower())
        if instrument is None:
            raise LookupError(f"the demo has not registered {serial} yet")
        instrument_actions.record_verification(
            instrument,
            certificate_number=number,
            body="市计量检定院（演示）",
            result=VerificationResult.FAILED if failed else VerificationResult.PASSED,
            verified_on=day,
            now=now,
        )

    timeline.at(moment(day, 14), verify)


def _plan_honours(timeline: Timeline, traders: list[Trader]) -> None:
    """Put down a few awards, and two warnings that a leader decided on evidence."""
    chance = timeline.random
    chosen = chance.sample(traders[2:], 14)
    for trader in chosen[:12]:
        day = office_day(timeline.last_day - timedelta(days=chance.randrange(40, 300)))
        facts = {"valid_until": (day + timedelta(days=3 * 365)).isoformat()}
        timeline.at(moment(day, 16), _publishes(trader, RecordKind.AWARD, facts))
    for trader in chosen[12:]:
        day = office_day(timeline.last_day - timedelta(days=chance.randrange(10, 60)))
        facts = {
            "valid_until": (day + timedelta(days=180)).isoformat(),
            "reason": "两次检查超过负偏差，未按承诺赔付",
        }
        timeline.at(moment(day, 16), _publishes(trader, RecordKind.WARNING, facts))


def _publishes(trader: Trader, kind: RecordKind, facts: dict[str, str]) -> Act:
    def act(now: datetime) -> None:
        merchant = merchant_at(trader.name, trader.place)
        actions.publish_about(merchant, kind, facts, occurred_on=day_of(now), now=now)

    return act
