"""The demo's cases: what shoppers filed, and how far each got by the last day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.base.clock import day_of
from portal.cli.demo.people import user_id
from portal.cli.demo.timeline import Timeline, moment, office_day
from portal.cli.demo.traders import Trader, merchant_at
from portal.compensation import jobs as compensation_jobs
from portal.compensation.models import PaymentMethod
from portal.complaints import actions, queries
from portal.complaints import jobs as complaint_jobs
from portal.complaints.models import Case
from portal.instruments.weighing import CheckWith, weigh
from portal.rules.compensation import price_fen
from portal.rules.complaint_flow import (
    Actor,
    EndingGround,
    MoveName,
    Need,
    RefusalGround,
    State,
    Track,
    refusal_grounds,
)
from portal.rules.metrology import CheckMethod, CheckScale, goods_named, judge_retail

M, S = MoveName, State


@dataclass(frozen=True)
class Step:
    """One move of a story, so many days after the one before."""

    name: MoveName
    after_days: int
    actor: Actor = Actor.OFFICER
    given: tuple[Need, ...] = ()
    reason: str = ""


REGISTER = Step(M.REGISTER, 1)
ACCEPT = Step(M.ACCEPT, 4)
REPLY = Step(M.REPLY, 3, Actor.MERCHANT)
MEDIATE = Step(M.BEGIN_MEDIATION, 3, given=(Need.BOTH_CONSENT,))
FIND = Step(M.RECORD_FINDING, 5)
SETTLE = Step(M.SETTLE, 4)
PAID = Step(M.REPORT_PAID, 4, Actor.MERCHANT)
CONFIRM = Step(M.CONFIRM_PERFORMED, 2, Actor.COMPLAINANT)
TEST = Step(M.START_TESTING, 4, reason="双方同意将秤送检。")
END = Step(M.END_MEDIATION, 6, reason="双方未能达成一致。")
TELL = Step(M.TELL_PARTIES, 3)
REFUSE = Step(M.REFUSE, 5, reason="经核对，不符合受理条件；可以依法向法院起诉。")
WITHDRAW = Step(M.WITHDRAW, 2, Actor.COMPLAINANT)
UNPAID = Step(M.CLOSE_UNPERFORMED, 30, reason="到期未付，已告知其他途径。")
CHECK = Step(M.BEGIN_CHECK, 2)
LONGER = Step(M.EXTEND_CHECK, 14, Actor.LEADER, reason="需要现场复核，批准延长。")
TEST_REPORT = Step(M.START_TESTING, 3, reason="送检涉案计量器具。")
OPEN = Step(M.OPEN_CASE, 8, given=(Need.APPROVAL,), reason="有证据证明涉嫌违法。")
NOT_OPEN = Step(M.DO_NOT_OPEN, 9, given=(Need.APPROVAL,), reason="现场核查未发现违法事实。")
LONGER_CASE = Step(M.EXTEND_CASE, 80, Actor.LEADER, reason="案情复杂，批准延长。")
DECIDE = Step(M.DECIDE_CASE, 40, given=(Need.APPROVAL,), reason="作出处理决定。")
ELSEWHERE = Step(M.NOT_COMPETENT, 3, reason="属于其他部门职责，已告知。")
MERGE = Step(M.MERGE, 3, given=(Need.OTHER_CASE,), reason="与在先举报事实相同，合并处理。")

IN_MEDIATION = (REGISTER, ACCEPT, REPLY, MEDIATE)
# Where a story ends, the moves that lead there, how many there are, and how many days an open one may be old.
MEDIATION_STORIES: tuple[tuple[State, tuple[Step, ...], int, int], ...] = (
    (S.FILED, (), 16, 9),
    (S.RECEIVED, (REGISTER,), 14, 12),
    (S.ACCEPTED, (REGISTER, ACCEPT), 12, 12),
    (S.MEDIATING, (*IN_MEDIATION, FIND), 16, 60),
    (S.TESTING, (*IN_MEDIATION, TEST), 4, 20),
    (S.SETTLED, (*IN_MEDIATION, FIND, SETTLE), 14, 30),
    (S.ENDING, (*IN_MEDIATION, FIND, END), 4, 4),
    (S.CLOSED, (*IN_MEDIATION, FIND, SETTLE, PAID, CONFIRM), 140, 0),
    (S.NOT_PERFORMED, (*IN_MEDIATION, FIND, SETTLE, UNPAID), 6, 0),
    (S.ENDED, (*IN_MEDIATION, FIND, END, TELL), 30, 0),
    (S.REFUSED, (REGISTER, REFUSE), 28, 0),
    (S.WITHDRAWN, (REGISTER, WITHDRAW), 10, 0),
)
REPORT_STORIES: tuple[tuple[State, tuple[Step, ...], int, int], ...] = (
    (S.FILED, (), 8, 9),
    (S.RECEIVED, (REGISTER,), 6, 8),
    (S.CHECKING, (REGISTER, CHECK), 10, 20),
    (S.TESTING, (REGISTER, CHECK, TEST_REPORT), 2, 10),
    (S.CHECK_EXTENDED, (REGISTER, CHECK, LONGER), 3, 9),
    (S.EXTENDED_TESTING, (REGISTER, CHECK, LONGER, TEST_REPORT), 1, 5),
    (S.OPENED, (REGISTER, CHECK, OPEN), 6, 70),
    (S.CASE_TESTING, (REGISTER, CHECK, OPEN, TEST_REPORT), 2, 10),
    (S.CASE_EXTENDED, (REGISTER, CHECK, OPEN, LONGER_CASE), 2, 20),
    (S.DECIDED, (REGISTER, CHECK, OPEN, DECIDE), 24, 0),
    (S.NOT_OPENED, (REGISTER, CHECK, NOT_OPEN), 24, 0),
    (S.NOT_COMPETENT, (REGISTER, ELSEWHERE), 8, 0),
    (S.MERGED, (REGISTER, CHECK, MERGE), 4, 0),
    (S.WITHDRAWN, (WITHDRAW,), 6, 0),
)
# Joining reports exists since Order 121; such a case cannot have been received before.
ONLY_NEW = {S.MERGED: date(2026, 4, 15)}

# What is bought, its price a kilogram and a usual amount.
GOODS = {
    "水果": (("苹果", 1160, 2_500_000), ("脐橙", 980, 3_000_000), ("葡萄", 2560, 1_500_000)),
    "蔬菜": (("土豆", 420, 2_000_000), ("番茄", 760, 1_500_000)),
    "鲜鱼": (("冰鲜带鱼", 3960, 1_200_000), ("冰鲜鲳鱼", 5600, 900_000)),
    "海鲜": (("基围虾", 9600, 480_000), ("花蛤", 1800, 1_000_000)),
    "猪肉": (("猪肉", 3000, 2_500_000), ("排骨", 5200, 1_500_000)),
    "禽蛋": (("鸡蛋", 1080, 1_500_000), ("光鸡", 2980, 1_600_000)),
    "干货": (("香菇干", 12_800, 300_000), ("海参干货", 98_000, 250_000)),
    "糕点": (("绿豆糕", 3600, 500_000),),
    "粮油": (("大米", 640, 5_000_000),),
}
OTHER_GOODS = (("排骨", 4980, 1_200_000), ("白菜", 360, 2_000_000), ("牛肉", 8800, 800_000))
WORDS = (
    "回家用自己的秤称了一下，少了不少，又到市场公平秤上复秤，还是不够。",
    "当场要求复秤，摊主不同意，后来在服务台复秤发现短少。",
    "买回家做饭觉得少，第二天去公平秤称过，和小票对不上。",
    "称的时候手一直搭在秤上，复秤后少了。",
)


@dataclass
class Story:
    """What one shopper bought, and what the re-weigh showed; masses in mg."""

    goods: str
    unit_price_fen_per_kg: int
    settled_mg: int
    reweighed_mg: int
    wanted: tuple[Track, ...]
    narrative: str
    has_consent: bool
    is_named: bool
    serial: int
    numbers: dict[Track, str] = field(default_factory=dict)


def plan(timeline: Timeline, traders: Sequence[Trader]) -> None:
    """Put down every case of the demo, and the sweeps that follow the days."""
    for offset in range((timeline.last_day - timeline.first_day).days + 1):
        timeline.at(moment(timeline.first_day + timedelta(days=offset), 23), _sweep)
    # Trouble is not spread evenly: some sixty merchants see most of it.
    prone = timeline.random.sample([t for t in traders[2:] if t.trade in GOODS], 60)
    prone += [traders[0]] * 2
    serial = 0
    for track, stories in ((Track.MEDIATION, MEDIATION_STORIES), (Track.REPORT, REPORT_STORIES)):
        for state, steps, count, oldest_days in stories:
            for _ in range(count):
                serial += 1
                trader = timeline.random.choice(prone if timeline.random.random() < 0.85 else list(traders))
                _plan_story(timeline, trader, track, state, steps, oldest_days, serial)


def _sweep(now: datetime) -> None:
    compensation_jobs.mark_overdue(now=now)
    complaint_jobs.count_silences(now=now)


def _plan_story(
    timeline: Timeline,
    trader: Trader,
    track: Track,
    state: State,
    steps: Sequence[Step],
    oldest_days: int,
    serial: int,
) -> None:
    chance = timeline.random
    length_days = sum(step.after_days for step in steps)
    earliest = max(trader.joined_on + timedelta(days=30), ONLY_NEW.get(state, timeline.first_day))
    latest = timeline.last_day - timedelta(days=length_days + 1)
    if oldest_days:
        filed = latest - timedelta(days=chance.randrange(oldest_days))
    else:
        span = max(1, (latest - earliest).days)
        filed = latest - timedelta(days=chance.randrange(span))
    filed = max(office_day(filed), min(earliest, latest))
    story = _story(timeline, trader, track, serial)
    timeline.at(moment(filed, 9, serial % 60), _files(trader, story, filed))
    day = filed
    for number, step in enumerate(steps):
        day = office_day(day + timedelta(days=step.after_days))
        timeline.at(moment(day, 10 + number, serial % 60), _moves(story, track, step))


def _story(timeline: Timeline, trader: Trader, track: Track, serial: int) -> Story:
    chance = timeline.random
    goods, price, usual_mg = chance.choice(GOODS.get(trader.trade, OTHER_GOODS))
    settled_mg = usual_mg + chance.randrange(-20, 21) * usual_mg // 100
    settled_mg -= settled_mg % 1000
    share = chance.choices((0, 4, 15, 60, 120), weights=(8, 12, 25, 35, 20))[0]
    shortage_mg = settled_mg * share // 1000
    return Story(
        goods=goods,
        unit_price_fen_per_kg=price,
        settled_mg=settled_mg,
        reweighed_mg=settled_mg - shortage_mg + shortage_mg % 1000,
        wanted=(track,),
        narrative=chance.choice(WORDS),
        has_consent=chance.random() < 0.6,
        is_named=track is Track.MEDIATION or chance.random() < 0.5,
        serial=serial,
    )


def _files(trader: Trader, story: Story, filed: date) -> Callable[[datetime], None]:
    def act(now: datetime) -> None:
        weighing = weigh(
            {
                "goods": story.goods,
                "price": f"{story.unit_price_fen_per_kg / 100:.2f}",
                "settled": f"{story.settled_mg // 1000}克",
                "reweighed": f"{story.reweighed_mg // 1000}克",
                "check_method": CheckWith.FAIR_SCALE.value,
                "bought_on": filed.isoformat(),
            },
            today=day_of(now),
        )
        data = actions.FilingData(
            merchant=merchant_at(trader.name, trader.place),
            tracks=story.wanted,
            weighing=weighing,
            requests=("make_up_quantity", "compensate_loss"),
            narrative=story.narrative,
            name=f"演示{story.serial}" if story.is_named else None,
            phone=f"000-0000-{story.serial:04d}" if story.is_named else None,
            address="演示路1号" if story.is_named else None,
            agrees_to_publication=story.has_consent,
            agrees_to_delegation=False,
        )
        filing = actions.file_complaint(
            data, submission_id=f"demo-{story.serial}", is_statutory_channel=False, now=now
        )
        story.numbers = {case.track: case.number for case in filing.cases}

    return act


def _moves(story: Story, track: Track, step: Step) -> Callable[[datetime], None]:
    def act(now: datetime) -> None:
        case = queries.case_by_number(story.numbers[track])
        if case is None:
            raise LookupError(f"the demo has lost case {story.serial}")
        _carry_out(case, story, step, now)

    return act


def _carry_out(case: Case, story: Story, step: Step, now: datetime) -> None:
    officer_id = user_id("leader@demo.example" if step.actor is Actor.LEADER else "officer@demo.example")
    if step.name is M.RECORD_FINDING:
        _find(case, story, officer_id, now)
    elif step.name is M.SETTLE:
        owed_fen = actions.owed_in(case).total_fen
        agreed_fen = owed_fen or price_fen(story.unit_price_fen_per_kg, story.settled_mg) // 2 or 100
        reason = "" if owed_fen else "商户自愿补偿。"
        actions.settle(
            case, amount_fen=agreed_fen, reason=reason, actor=Actor.OFFICER, user_id=officer_id, now=now
        )
    elif step.name is M.REPORT_PAID:
        actions.report_paid(case, method=PaymentMethod.PHONE, reference="", user_id=None, now=now)
    elif step.name is M.CONFIRM_PERFORMED:
        actions.confirm_performed(case, now=now)
    else:
        _plain_move(case, story, step, officer_id, now)


def _plain_move(case: Case, story: Story, step: Step, officer_id: int, now: datetime) -> None:
    is_staff = step.actor in {Actor.OFFICER, Actor.LEADER}
    actions.move(
        case,
        step.name,
        actor=step.actor,
        user_id=officer_id if is_staff else None,
        official_number=f"演示{day_of(now):%Y%m%d}{story.serial:05d}" if step.name is M.REGISTER else None,
        ground=_ground(case, story, step, now),
        reason=step.reason,
        also_given=step.given,
        now=now,
    )
    if step.name is M.REPLY:
        actions.write_message(
            case, "愿意当面复秤，少了照承诺赔。", actor=Actor.MERCHANT, user_id=None, now=now
        )


def _ground(case: Case, story: Story, step: Step, now: datetime) -> RefusalGround | EndingGround | None:
    if step.name is M.REFUSE:
        grounds = refusal_grounds(case.received_on or day_of(now))
        return grounds[story.serial % len(grounds)]
    return EndingGround.NO_AGREEMENT if step.name is M.END_MEDIATION else None


def _find(case: Case, story: Story, officer_id: int, now: datetime) -> None:
    judgement = judge_retail(
        goods=goods_named(story.goods),
        unit_price_fen_per_kg=story.unit_price_fen_per_kg,
        settled_mg=story.settled_mg,
        reweighed_mg=story.reweighed_mg,
        check=CheckScale(CheckMethod.BETTER),
        on=case.filing.bought_on,
    )
    actions.record_finding(
        case,
        judgement,
        settled_mg=story.settled_mg,
        reweighed_mg=story.reweighed_mg,
        actor=Actor.OFFICER,
        user_id=officer_id,
        now=now,
    )
