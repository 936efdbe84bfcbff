"""Plain functions that make rows, each in a unit of work of its own, through the portal's own actions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask.testing import FlaskClient

from portal.accounts import actions as account_actions
from portal.accounts import queries as account_queries
from portal.accounts import second_factor, sign_ins
from portal.accounts.models import STAFF_ROLES, Role
from portal.base import clock
from portal.base.db import unit_of_work
from portal.complaints import actions as complaint_actions
from portal.complaints import queries as complaint_queries
from portal.complaints.actions import FilingData
from portal.complaints.models import Case
from portal.instruments import actions as instrument_actions
from portal.instruments.actions import InstrumentData
from portal.instruments.weighing import weigh
from portal.merchants import actions as merchant_actions
from portal.merchants.actions import MarketData, MerchantData
from portal.merchants.models import Market, Merchant, PledgeVersion
from portal.records import actions as record_actions
from portal.records.actions import RecordDraft
from portal.rules.complaint_flow import Actor, MoveName, Track
from portal.rules.intake_terms import PurchaseKind
from portal.rules.metrology_terms import AccuracyClass
from portal.rules.pledge import PledgeTerms
from portal.rules.publication import RecordKind
from portal.rules.purchases import judge_purchase, read_purchase
from portal.rules.verification import InstrumentKind, VerificationResult


def publish_record(
    kind: RecordKind = RecordKind.RISK_TIP,
    facts: dict[str, Any] | None = None,
    *,
    now: datetime,
    merchant_number: str | None = "M1",
    merchant_name: str = "老王水果",
    region_code: str = "330106",
    sector: str = "market",
    occurred_on: date = date(2026, 5, 20),
    visible_until: date | None = None,
    replaces: str | None = None,
) -> str:
    """Publish a record and return its number."""
    draft = RecordDraft(
        kind=kind,
        merchant_number=merchant_number,
        merchant_name=merchant_name,
        region_code=region_code,
        sector=sector,
        occurred_on=occurred_on,
        facts=facts or {},
        visible_until=visible_until,
        replaces=replaces,
    )
    with unit_of_work():
        return record_actions.publish(draft, now=now).number


def make_office(region_code: str = "330106", name: str = "西湖区市场监督管理局", *, now: datetime) -> int:
    """Add an office and return its number."""
    with unit_of_work():
        return account_actions.add_office(name, region_code, None, now).id


def make_member(
    role: Role, subject_id: int = 0, *, login: str = "wang@example.cn", name: str = "王敏", now: datetime
) -> int:
    """Add a person (once a login) with a role and return their number; staff have a second factor."""
    with unit_of_work():
        user = account_queries.user_by_login(login)
        if user is None:
            user = account_actions.add_user(login, None, now, name=name)
        account_actions.add_member(user, role, None, subject_id, now)
        if role in STAFF_ROLES and user.totp_secret is None:
            account_actions.enrol_second_factor(user, second_factor.new_secret(), now)
        return user.id


def sign_in(client: FlaskClient, user_id: int) -> None:
    """Put a person into the client's session as if password and second factor had been given just now."""
    with unit_of_work():
        user = account_queries.user_by_id(user_id)
        number = sign_ins.begin_sign_in(user, clock.now())
        uniquifier = user.fs_uniquifier
    with client.session_transaction() as session:
        session["_user_id"] = uniquifier
        session["sign_in"] = number
        session["seen_s"] = session["confirmed_s"] = int(clock.now().timestamp())


def make_market(
    name: str = "城东农贸市场", *, region_code: str = "330106", organiser: str = "", now: datetime
) -> Market:
    """Add a market (once a name and region)."""
    with unit_of_work():
        data = MarketData(name=name, region_code=region_code, organiser=organiser)
        return merchant_actions.save_market(data, now=now)


def make_merchant(
    name: str = "老王水果店",
    *,
    address: str = "文三路1号",
    region_code: str = "330106",
    now: datetime,
    **told: Any,
) -> Merchant:
    """Add a merchant (once a credit code, else a name and address)."""
    with unit_of_work():
        data = MerchantData(name=name, address=address, region_code=region_code, **told)
        return merchant_actions.save_merchant(data, now=now).merchant


def make_pledge(
    merchant: Merchant, terms: PledgeTerms | None = None, *, valid_from_on: date | None = None, now: datetime
) -> PledgeVersion:
    """Publish a pledge for a merchant, ten for one when no terms are given, beginning on the day of `now`."""
    with unit_of_work():
        return merchant_actions.publish_pledge(
            merchant,
            terms or PledgeTerms(factor=10),
            signer="王某",
            valid_from_on=valid_from_on or clock.day_of(now),
            now=now,
        )


def make_case(
    merchant: Merchant,
    *,
    tracks: tuple[Track, ...] = (Track.MEDIATION,),
    key: str = "filing-1",
    is_registered: bool = True,
    reweighed: str = "0.94",
    name: str | None = "张三",
    phone: str = "13800000000",
    address: str = "文二路2号",
    agrees_to_publication: bool = False,
    now: datetime,
) -> Case:
    """File about a merchant (1 kg of apples at 10 yuan) and return the first case, registered on that day."""
    typed = {"goods": "苹果", "price": "10", "settled": "1", "reweighed": reweighed}
    data = FilingData(
        merchant=merchant,
        tracks=tracks,
        weighing=weigh({**typed, "check_method": "better_scale"}, today=clock.day_of(now)),
        requests=("refund_price",),
        narrative="回家一称少了六十克。",
        name=name,
        phone=name and phone,
        address=name and address,
        agrees_to_publication=agrees_to_publication,
        agrees_to_delegation=False,
    )
    with unit_of_work():
        filing = complaint_actions.file_complaint(
            data, submission_id=key, is_statutory_channel=is_registered, now=now
        )
        return filing.cases[0]


# Something measured of every kind that is not weighed, as the form would send it.
MEASURED: dict[PurchaseKind, dict[str, str]] = {
    PurchaseKind.PREPACKAGED: {"goods": "大米", "shown": "5", "shown_unit": "measured_kg", "received": "4.8"},
    PurchaseKind.FUEL: {"shown": "40", "received": "39", "device": "3号枪"},
    PurchaseKind.TAXI: {"shown": "12", "received": "10", "device": "浙A·T1234"},
    PurchaseKind.CHARGING: {"shown": "30", "received": "27", "device": "6号桩"},
    PurchaseKind.METER: {"meter": "electricity_class_2", "shown": "300", "received": "270"},
    PurchaseKind.INSTRUMENT: {"device": "2号秤"},
    PurchaseKind.OTHER: {"goods": "电缆", "shown": "100", "shown_unit": "measured_m", "received": "92"},
}


def make_measured_case(
    kind: PurchaseKind = PurchaseKind.FUEL,
    merchant: Merchant | None = None,
    *,
    tracks: tuple[Track, ...] = (Track.MEDIATION,),
    key: str = "measured-1",
    is_registered: bool = True,
    now: datetime,
    **told: Any,
) -> Case:
    """File about something not weighed, of a merchant not on the register unless one is given."""
    typed = {"kind": kind.value, "paid": "300", "time_of_day": "09:30", **MEASURED[kind]}
    purchase = read_purchase(typed, today=clock.day_of(now))
    fields: dict[str, Any] = {
        "merchant": merchant,
        "respondent_name": "路口加油站",
        "respondent_place": "天目山路88号",
        "region_code": "330106",
        "device": purchase.device,
        "tracks": tracks,
        "kind": kind,
        "purchase": purchase.snapshot(),
        "judgement": judge_purchase(purchase),
        "goods": purchase.goods,
        "bought_on": purchase.on,
        "bought_time": "09:30",
        "amount_paid_fen": purchase.paid_fen,
        "requests": ("refund_price",),
        "narrative": "数量对不上。",
        "name": "张三",
        "phone": "13800000000",
        "address": "文二路2号",
        "agrees_to_publication": False,
        "agrees_to_delegation": False,
    }
    with unit_of_work():
        data = FilingData(**fields | told)
        return complaint_actions.file_complaint(
            data, submission_id=key, is_statutory_channel=is_registered, now=now
        ).cases[0]


def move_case(number: str, *names: MoveName, now: datetime, **given: Any) -> Case:
    """Make moves on a case as a leader would, all with the same reason at hand."""
    with unit_of_work():
        case = complaint_queries.case_by_number(number)
        given = {"reason": "依法处理", **given}
        for name in names:
            complaint_actions.move(case, name, actor=Actor.LEADER, now=now, **given)
        return case


def make_instrument(
    merchant: Merchant,
    *,
    serial: str = "FM0000001",
    verified_on: date | None = date(2026, 5, 6),
    result: VerificationResult = VerificationResult.PASSED,
    now: datetime,
    **plate: Any,
) -> str:
    """Register a 15 kg class III scale with one certificate and return its number."""
    told = {
        "kind": InstrumentKind.PRICE_SCALE,
        "accuracy_class": AccuracyClass.III,
        "max_mg": 15_000_000,
        "e_mg": 5_000,
    }
    with unit_of_work():
        data = InstrumentData(serial=serial, **(told | plate))
        instrument = instrument_actions.register_instrument(merchant, data, now=now).instrument
        if verified_on:
            instrument_actions.record_verification(
                instrument,
                certificate_number="JL-2026-0001",
                body="杭州市计量技术研究院",
                result=result,
                verified_on=verified_on,
                now=now,
            )
        return instrument.number
