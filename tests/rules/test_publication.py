"""What the public may read of a case, and for how long."""

from datetime import date, timedelta
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.metrology_terms import Verdict
from portal.rules.publication import (
    NotPublic,
    RecordKind,
    advance_facts,
    assert_public,
    compensation_facts,
    day_of,
    draft,
    finding_facts,
    may_show_outcome,
    outcome_facts,
    overdue_facts,
    public_on,
    retentions,
    shown_of,
    visible_until,
)

ON = date(2026, 11, 23)
CASE_KINDS = (
    RecordKind.FINDING,
    RecordKind.COMPLAINT_OUTCOME,
    RecordKind.COMPENSATION,
    RecordKind.OVERDUE_PAYMENT,
    RecordKind.ADVANCE_PAYMENT,
)


def finding(has_consent, **facts):
    return finding_facts(verdict="over", found_on=ON, has_consent=has_consent, **facts)


def test_a_finding_without_consent_tells_the_month_and_nothing_of_the_purchase():
    facts = finding(
        False,
        rule="retail",
        article="第六条",
        goods="大闸蟹",
        case="C1",
        shortage_mg=30_000,
        settled_mg=500_000,
    )
    assert facts == {"verdict": "over", "month": "2026-11", "rule": "retail", "article": "第六条"}


def test_a_finding_with_consent_tells_the_day_and_the_weights():
    facts = finding(True, goods="大闸蟹", shortage_mg=30_000, limit_mg=None)
    assert facts == {
        "verdict": "over",
        "month": "2026-11",
        "found_on": "2026-11-23",
        "goods": "大闸蟹",
        "shortage_mg": 30_000,
    }


def test_an_outcome_is_published_only_with_consent():
    assert not may_show_outcome(False)
    assert outcome_facts(outcome="mediated", closed_on=ON, has_consent=False, sector="shop") is None
    assert outcome_facts(outcome="mediated", closed_on=ON, has_consent=True, sector="shop") == {
        "outcome": "mediated",
        "closed_on": "2026-11-23",
        "month": "2026-11",
        "sector": "shop",
    }


def test_the_filers_own_words_are_never_a_fact():
    with pytest.raises(NotPublic):
        outcome_facts(outcome="mediated", closed_on=ON, has_consent=True, narrative="少了一两")


@pytest.mark.parametrize("kind", CASE_KINDS)
def test_consent_never_shows_less(kind):
    assert set(shown_of(kind, has_consent=False)) <= set(shown_of(kind, has_consent=True))


def test_what_is_shown_is_what_a_finding_and_an_outcome_carry():
    given = set(shown_of(RecordKind.FINDING, has_consent=True)) - {"verdict", "month"}
    told = dict.fromkeys(given, 1) | {"found_on": ON}
    for has_consent in (True, False):
        facts = finding_facts(verdict="over", has_consent=has_consent, **told)
        assert set(facts) == set(shown_of(RecordKind.FINDING, has_consent=has_consent))
    assert shown_of(RecordKind.COMPLAINT_OUTCOME, has_consent=False) == ()


@pytest.mark.parametrize(
    ("make", "key", "with_consent", "without"),
    [
        (
            lambda consent: compensation_facts(
                claim="C1", amount_fen=5000, paid_on=ON, has_consent=consent, case="T1"
            ),
            "paid_on",
            "2026-11-23",
            "2026-11-01",
        ),
        (
            lambda consent: overdue_facts(
                claim="C1", amount_fen=5000, due_on=ON, has_consent=consent, case="T1"
            ),
            "due_on",
            "2026-11-23",
            "2026-11-01",
        ),
        (
            lambda consent: advance_facts(
                claim="C1", amount_fen=5000, fund="某市场基金", paid_on=ON, has_consent=consent, case="T1"
            ),
            "paid_on",
            "2026-11-23",
            "2026-11-01",
        ),
    ],
)
def test_a_payment_tells_its_case_and_day_only_with_consent(make, key, with_consent, without):
    assert (make(True)[key], make(True)["case"]) == (with_consent, "T1")
    assert make(False)[key] == without
    assert "case" not in make(False)
    assert make(False)["month"] == make(True)["month"] == "2026-11"
    assert make(False)["amount_fen"] == 5000


@pytest.mark.parametrize("has_consent", [True, False])
@pytest.mark.parametrize("key", ["phone", "buyer_name", "note", "weather", "narrative"])
def test_no_key_beyond_the_list_enters_a_finding(key, has_consent):
    with pytest.raises(NotPublic) as refused:
        finding(has_consent, **{key: "x"})
    assert refused.value.message.values == {"key": key}


@pytest.mark.parametrize("kind", CASE_KINDS)
def test_the_gate_holds_the_kinds_made_from_a_case_to_their_list(kind):
    with pytest.raises(NotPublic):
        assert_public({"colour": "red"}, kind)
    assert_public({"colour": "red"}, RecordKind.AWARD)
    assert_public({"colour": "red"})


PLANTED = [
    {"note": "电话13812345678"},
    {"note": "13812345678"},
    {"note": "138-1234-5678"},
    {"note": "身份证11010519491231002X"},
    {"note": "11010519491231002X"},
    {"note": "zhang.san@example.com"},
    {"note": "加我微信号：abc_12345"},
    {"note": "浙A·12345"},
    {"note": 13812345678},
    {"details": {"deep": [{"note": ("联系人：王小明", "x")}]}},
    {"list": ["正常", "13812345678"]},
    {"phone": ""},
    {"buyer": None},
    {"details": {"contact_phone": 1}},
    {"Filer_Name": "x"},
    {"client_ip": "x"},
]


@pytest.mark.parametrize("facts", PLANTED)
def test_planted_personal_data_is_stopped_at_any_depth(facts):
    with pytest.raises(NotPublic):
        assert_public(facts, RecordKind.AWARD)
    with pytest.raises(NotPublic):
        draft(RecordKind.AWARD, facts, ON)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"amount_fen": 13812345678},
        {"shortage_mg": 13812345678},
        {"weight_count": 13812345678},
        {"note": "短少30克，已补足"},
        {"digest": "0123456789abcdef" * 4},
        {"rule": "retail_weighing_2004", "is_voluntary": True, "ratio": None},
        {"merchant_name": "李阿姨饺子馆", "address": "城东街1号3幢201室"},
        {"tip": "秤要归零", "shipping": "自提"},
        {"valid_until": "2027-01-01", "instrument": "I7K2M9Q4XW"},
    ],
)
def test_facts_that_name_nobody_pass(facts):
    assert_public(facts, RecordKind.AWARD)


def test_a_door_is_open_in_a_business_address_only():
    home = "家住城东街1号3幢201室"
    with pytest.raises(NotPublic):
        assert_public({"note": home})
    assert_public({"premises": home})


def test_a_phone_is_closed_even_where_an_address_is_open():
    with pytest.raises(NotPublic):
        assert_public({"address": "城东街1号，13812345678"})


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "电话", "call "]))
def test_no_mobile_number_passes_whatever_stands_before_it(number, before):
    with pytest.raises(NotPublic):
        assert_public({"note": before + number})


def test_every_kind_has_a_retention_with_its_mark():
    assert set(retentions()) == set(RecordKind)
    assert {retention.confidence for retention in retentions().values()} <= {"A", "VP", "VS"}


@pytest.mark.parametrize(
    ("kind", "facts", "last_day"),
    [
        (RecordKind.COMPLAINT_OUTCOME, {}, date(2027, 11, 23)),
        (RecordKind.FINDING, {}, date(2027, 11, 23)),
        (RecordKind.COMPENSATION, {}, date(2027, 11, 23)),
        (RecordKind.PENALTY, {"class": "light"}, date(2027, 2, 23)),
        (RecordKind.PENALTY, {"class": "general"}, date(2027, 11, 23)),
        (RecordKind.PENALTY, {"class": "serious"}, date(2029, 11, 23)),
        (RecordKind.PENALTY, {}, date(2027, 11, 23)),
        (RecordKind.PENALTY, {"class": "serious", "until": "2027-01-05"}, date(2027, 1, 5)),
        (RecordKind.PENALTY, {"until": "2029-11-22"}, date(2029, 11, 22)),
        (RecordKind.PENALTY, {"until": "2029-11-23"}, date(2029, 11, 23)),
        (RecordKind.PENALTY, {"until": "2029-11-24"}, date(2029, 11, 23)),
        (RecordKind.STATUTORY_LISTING, {}, date(2029, 11, 23)),
        (RecordKind.PLEDGE, {"valid_to": "2027-11-22"}, date(2028, 11, 22)),
        (RecordKind.PLEDGE, {"valid_to": date(2027, 11, 22)}, date(2028, 11, 22)),
        (RecordKind.PLEDGE, {"valid_to": ""}, date(2030, 11, 23)),
        (RecordKind.PLEDGE, {}, date(2030, 11, 23)),
        (RecordKind.VERIFICATION, {"valid_until": "2027-11-22"}, date(2033, 11, 22)),
        (RecordKind.VERIFICATION, {}, date(2032, 11, 23)),
        (RecordKind.INSPECTION, {"class": "negative"}, date(2027, 2, 23)),
        (RecordKind.INSPECTION, {}, date(2027, 11, 23)),
        (RecordKind.INSTRUMENT, {}, None),
        (RecordKind.CORRECTION, {}, None),
    ],
)
def test_a_record_shows_as_long_as_its_kind_allows(kind, facts, last_day):
    assert visible_until(kind, facts, ON) == last_day


def test_a_draft_bears_its_last_day_and_a_copy_of_its_facts():
    facts = finding(True, goods="大闸蟹")
    made = draft(RecordKind.FINDING, facts, ON)
    facts["goods"] = "changed"
    assert (made.kind, made.occurred_on, made.visible_until) == (RecordKind.FINDING, ON, date(2027, 11, 23))
    assert made.facts["goods"] == "大闸蟹"


@pytest.mark.parametrize(
    ("day", "without_consent"),
    [
        (date(2026, 11, 1), date(2026, 11, 1)),
        (date(2026, 11, 30), date(2026, 11, 1)),
        (date(2024, 2, 29), date(2024, 2, 1)),
    ],
)
def test_without_consent_only_the_month_of_a_day_is_told(day, without_consent):
    assert public_on(day, has_consent=False) == without_consent
    assert public_on(day, has_consent=True) == day


def test_a_day_in_a_fact_is_read_or_absent():
    assert day_of("2026-11-23") == day_of(ON) == ON
    assert day_of(None) is day_of("") is None
    with pytest.raises(ValueError, match="isoformat"):
        day_of("yesterday")


class Colour(str, Enum):
    RED = "red"


def test_facts_are_plain_values_without_enums_or_dates():
    facts = finding_facts(verdict=Verdict.OVER, found_on=ON, has_consent=True, rule=Colour.RED)
    assert all(type(value) is str for value in facts.values())
    assert (facts["verdict"], facts["rule"]) == ("over", "red")


def test_a_finding_is_forgotten_a_year_after_and_not_a_day_before():
    last = visible_until(RecordKind.FINDING, finding(False), ON)
    assert last - ON == timedelta(days=365)


CLEARS = [
    (RecordKind.PLEDGE, RecordKind.PLEDGE_WITHDRAWAL),
    (RecordKind.OVERDUE_PAYMENT, RecordKind.COMPENSATION),
    (RecordKind.ADVANCE_PAYMENT, RecordKind.COMPENSATION),
    (RecordKind.AWARD, RecordKind.AWARD_WITHDRAWAL),
    (RecordKind.WARNING, RecordKind.WARNING_LIFTED),
    (RecordKind.FINDING, RecordKind.REPAIR),
    (RecordKind.PENALTY, RecordKind.REPAIR),
    (RecordKind.STATUTORY_LISTING, RecordKind.REPAIR),
    *((kind, RecordKind.CORRECTION) for kind in RecordKind),
]


@pytest.mark.parametrize(("ended", "ending"), CLEARS)
@pytest.mark.parametrize("end", [None, "2020-01-01", "2027-11-23", "2099-01-01"])
@pytest.mark.parametrize("weight", ["", "light", "general", "serious"])
def test_what_ends_a_record_shows_at_least_as_long_as_it(ended, ending, end, weight):
    facts = {"valid_to": end, "valid_until": end, "until": end, "class": weight}
    last, cleared = visible_until(ending, {}, ON), visible_until(ended, facts, ON)
    assert last is None or (cleared is not None and cleared <= last)
