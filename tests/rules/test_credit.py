"""A merchant's status from its public records alone, with the reasons."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.credit import CreditStatus, RecordFact, status_of
from portal.rules.publication import RecordKind, visible_until

TODAY = date(2026, 11, 23)
WARNING, WATCH = CreditStatus.WARNING, CreditStatus.WATCH
DEMONSTRATION, TRUST, NO_BASIS = CreditStatus.DEMONSTRATION, CreditStatus.TRUST, CreditStatus.NO_BASIS
DAY = timedelta(days=1)


def record(kind, number, on, ends=None, **facts):
    return RecordFact(kind, number, "M2222222222", date.fromisoformat(on), ends, facts)


PLEDGE = record(RecordKind.PLEDGE, "P1", "2026-01-01", valid_from="2026-01-01", valid_to="2026-12-31")
SCALE = record(RecordKind.INSTRUMENT, "I1", "2026-01-01", instrument="S1", state="in_use", compulsory=True)
CHECK = record(
    RecordKind.VERIFICATION, "V1", "2026-01-02", instrument="S1", result="passed", valid_until="2027-01-01"
)
FINDING = record(RecordKind.FINDING, "F1", "2026-06-15", verdict="over")
PENALTY = record(RecordKind.PENALTY, "E1", "2026-06-15", matter="metrology", until="2026-12-15")
GIVEN = record(RecordKind.WARNING, "W1", "2026-09-01", valid_until="2026-12-01")
LISTED = record(RecordKind.STATUTORY_LISTING, "L1", "2025-01-01", list="serious", until="2027-12-31")
AWARD = record(RecordKind.AWARD, "A1", "2026-03-01", valid_until="2027-03-01")
OVERDUE = record(RecordKind.OVERDUE_PAYMENT, "O1", "2026-10-01", claim="C1")
ADVANCE = record(RecordKind.ADVANCE_PAYMENT, "D1", "2026-10-01", claim="C1", recover_by="2026-11-22")
GOOD = (PLEDGE, SCALE, CHECK)


def at(records, day=TODAY):
    return status_of(records, day).status


def repair_of(number):
    return record(RecordKind.REPAIR, "R1", "2026-10-10", repairs=number)


@pytest.mark.parametrize(
    ("records", "status"),
    [
        ((), NO_BASIS),
        ((PLEDGE,), NO_BASIS),
        ((SCALE, CHECK), NO_BASIS),
        (GOOD, TRUST),
        ((AWARD,), DEMONSTRATION),
        ((*GOOD, AWARD), DEMONSTRATION),
        ((*GOOD, AWARD, FINDING), WATCH),
        ((*GOOD, AWARD, FINDING, GIVEN), WARNING),
        ((GIVEN,), WARNING),
        ((LISTED,), WARNING),
        ((FINDING,), WATCH),
        ((PENALTY,), WATCH),
        ((OVERDUE,), WATCH),
        ((ADVANCE,), WATCH),
    ],
)
def test_the_gravest_level_that_applies_is_the_status(records, status):
    answer = status_of(records, TODAY)
    assert answer.status is status
    assert answer.reasons
    assert all(reason.level is status for reason in answer.reasons[:1])


def test_the_reasons_stand_gravest_first_and_name_their_records():
    answer = status_of((*GOOD, AWARD, FINDING, GIVEN), TODAY)
    assert [(reason.level, reason.record_number) for reason in answer.reasons] == [
        (WARNING, "W1"),
        (WATCH, "F1"),
        (DEMONSTRATION, "A1"),
    ]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (RecordKind.COMPLAINT_OUTCOME, {"outcome": "mediated"}),
        (RecordKind.FINDING, {"verdict": "within"}),
        (RecordKind.FINDING, {"verdict": "not_provable"}),
        (RecordKind.INSPECTION, {"result": "negative", "class": "negative"}),
        (RecordKind.RISK_TIP, {"verdict": "over"}),
        (RecordKind.DRAW, {"verdict": "over"}),
        (RecordKind.PENALTY, {"matter": "hygiene"}),
        (RecordKind.STATUTORY_LISTING, {"list": "abnormal"}),
        (RecordKind.COMPENSATION, {"claim": "C1", "paid_on": "2026-11-01"}),
        (RecordKind.ADVANCE_PAYMENT, {"claim": "C1"}),
    ],
)
def test_a_complaint_or_an_open_matter_alone_never_counts(kind, facts):
    records = [record(kind, f"X{n}", "2026-11-01", **facts) for n in range(20)]
    assert at(records) is NO_BASIS
    assert at((*GOOD, *records)) is TRUST


def test_a_market_card_has_no_kind_of_record():
    assert not [kind for kind in RecordKind if "card" in kind.value or "market" in kind.value]


@pytest.mark.parametrize(
    ("records", "last_day", "status", "then"),
    [
        ((GIVEN,), date(2026, 12, 1), WARNING, NO_BASIS),
        ((record(RecordKind.WARNING, "W1", "2026-09-15"),), date(2027, 3, 15), WARNING, NO_BASIS),
        ((LISTED,), date(2027, 12, 31), WARNING, NO_BASIS),
        ((FINDING,), date(2027, 6, 15), WATCH, NO_BASIS),
        ((PENALTY,), date(2026, 12, 15), WATCH, NO_BASIS),
        (
            (record(RecordKind.PENALTY, "E1", "2026-06-15", matter="metrology"),),
            date(2027, 6, 15),
            WATCH,
            NO_BASIS,
        ),
        ((AWARD,), date(2027, 3, 1), DEMONSTRATION, NO_BASIS),
        ((record(RecordKind.AWARD, "A1", "2026-03-01"),), date(2029, 3, 1), DEMONSTRATION, NO_BASIS),
        (GOOD, date(2026, 12, 31), TRUST, NO_BASIS),
        ((FINDING, *GOOD), date(2026, 12, 31), WATCH, WATCH),
        (
            (*GOOD, record(RecordKind.PLEDGE, "P2", "2026-12-01", valid_from="2027-01-01")),
            date(2027, 1, 1),
            TRUST,
            WATCH,
        ),
    ],
)
def test_a_level_holds_through_its_last_day_and_not_the_day_after(records, last_day, status, then):
    assert at(records, last_day - DAY) is status
    assert at(records, last_day) is status
    assert at(records, last_day + DAY) is then


@pytest.mark.parametrize("first", [GIVEN, FINDING, PENALTY, AWARD, OVERDUE])
def test_a_record_counts_from_its_own_day(first):
    assert at([first], first.occurred_on - DAY) is NO_BASIS
    assert at([first], first.occurred_on) is not NO_BASIS


def test_a_record_no_longer_shown_does_not_count():
    shown = record(RecordKind.WARNING, "W1", "2026-09-01", TODAY, valid_until="2027-01-01")
    assert at([shown], TODAY) is WARNING
    assert at([shown], TODAY + DAY) is NO_BASIS


@pytest.mark.parametrize(
    ("records", "reason_number", "repair"),
    [
        ((GIVEN,), "W1", record(RecordKind.WARNING_LIFTED, "U1", "2026-10-10", warning="W1")),
        ((LISTED,), "L1", repair_of("L1")),
        ((FINDING,), "F1", repair_of("F1")),
        ((PENALTY,), "E1", repair_of("E1")),
        ((AWARD,), "A1", record(RecordKind.AWARD_WITHDRAWAL, "B1", "2026-10-10", award="A1")),
        (
            (OVERDUE,),
            "O1",
            record(RecordKind.COMPENSATION, "C9", "2026-11-01", claim="C1", paid_on="2026-11-01"),
        ),
        ((OVERDUE,), "O1", record(RecordKind.COMPENSATION, "C9", "2026-11-01", claim="C7", settles="O1")),
        (
            (ADVANCE,),
            "D1",
            record(RecordKind.COMPENSATION, "C9", "2026-11-01", claim="C1", paid_on="2026-11-01"),
        ),
        ((FINDING,), "F1", record(RecordKind.CORRECTION, "K1", "2026-10-10", voids="F1")),
    ],
)
def test_what_repairs_a_level_ends_it_and_only_its_own(records, reason_number, repair):
    assert [reason.record_number for reason in status_of(records, TODAY).reasons] == [reason_number]
    assert at((*records, repair), repair.occurred_on) is NO_BASIS
    other = RecordFact.from_dict(
        repair.as_dict() | {"facts": {**dict.fromkeys(repair.facts, "another"), "claim": "another"}}
    )
    assert at((*records, other)) is not NO_BASIS


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"claim": "C1"}, WATCH),
        ({"claim": "C1", "settled_on": "2026-11-20"}, NO_BASIS),
        ({}, WATCH),
    ],
)
def test_overdue_compensation_counts_until_it_is_settled(facts, status):
    payment_of_nothing = record(RecordKind.COMPENSATION, "C9", "2026-11-01", paid_on="2026-11-01")
    assert at([record(RecordKind.OVERDUE_PAYMENT, "O1", "2026-10-01", **facts), payment_of_nothing]) is status


@pytest.mark.parametrize(
    ("recover_by", "recovered_on", "status"),
    [
        ("2026-11-22", None, WATCH),
        ("2026-11-23", None, NO_BASIS),
        ("2026-11-24", None, NO_BASIS),
        ("2026-11-22", "2026-11-23", NO_BASIS),
    ],
)
def test_an_advance_counts_from_the_day_after_it_should_be_paid_back(recover_by, recovered_on, status):
    facts = {"claim": "C1", "recover_by": recover_by, "recovered_on": recovered_on}
    assert at([record(RecordKind.ADVANCE_PAYMENT, "D1", "2026-10-01", **facts)]) is status


def scale_with(check=None, **described):
    entry = record(RecordKind.INSTRUMENT, "I1", "2026-01-01", instrument="S1", **described)
    facts = {"instrument": "S1", "result": "passed", "valid_until": "2027-01-01"} | (check or {})
    checks = [] if check is None else [record(RecordKind.VERIFICATION, "V1", "2026-01-02", **facts)]
    return [PLEDGE, entry, *checks]


@pytest.mark.parametrize(
    ("records", "status"),
    [
        (scale_with({}), TRUST),
        (scale_with({"valid_until": "2026-11-23"}), TRUST),
        (scale_with({"valid_until": "2026-11-22"}), WATCH),
        (scale_with({"valid_until": "2026-11-22"}, compulsory=True), WATCH),
        (scale_with({"valid_until": "2026-11-22"}, compulsory=False), NO_BASIS),
        (scale_with({"valid_until": "2026-11-22", "compulsory": False}), NO_BASIS),
        (scale_with({"valid_until": "2026-11-22", "compulsory": False}, compulsory=True), WATCH),
        (scale_with({"result": "failed"}), WATCH),
        (scale_with({"result": "failed"}, compulsory=False), WATCH),
        (scale_with({"result": "failed"}, state="out_of_use"), NO_BASIS),
        (scale_with({"result": "failed"}, state="replaced"), NO_BASIS),
        (scale_with({"basis": "self_calibration"}), NO_BASIS),
        (scale_with({"basis": "self_calibration"}, compulsory=False), TRUST),
        (scale_with({"valid_until": None}), NO_BASIS),
        (scale_with({"valid_until": None, "has_term": False}), TRUST),
        (scale_with({}, filed=False), NO_BASIS),
        (scale_with(None), NO_BASIS),
        ([PLEDGE, CHECK], TRUST),
        ([PLEDGE, record(RecordKind.VERIFICATION, "V9", "2026-01-02", result="failed")], NO_BASIS),
    ],
)
def test_an_instrument_counts_by_its_state_today(records, status):
    assert at(records) is status


def test_the_newest_verification_of_each_instrument_decides():
    failed = record(RecordKind.VERIFICATION, "V0", "2025-06-01", instrument="S1", result="failed")
    again = record(RecordKind.VERIFICATION, "V2", "2026-05-01", instrument="S1", result="failed")
    assert at((*GOOD, failed)) is TRUST
    answer = status_of((*GOOD, again), TODAY)
    assert answer.status is WATCH
    assert [reason.record_number for reason in answer.reasons] == ["V2"]


def test_one_scale_in_date_does_not_hide_another_that_is_not():
    second = record(RecordKind.INSTRUMENT, "I2", "2026-01-01", instrument="S2")
    assert at((*GOOD, second)) is NO_BASIS
    lapsed = record(
        RecordKind.VERIFICATION,
        "V2",
        "2025-01-01",
        instrument="S2",
        result="passed",
        valid_until="2026-01-01",
    )
    assert at((*GOOD, second, lapsed)) is WATCH


@pytest.mark.parametrize(("is_compulsory", "status"), [(True, NO_BASIS), (False, TRUST)])
def test_only_a_compulsory_instrument_not_yet_filed_keeps_from_trust(is_compulsory, status):
    facts = {"instrument": "S2", "filed": False, "compulsory": is_compulsory}
    assert at((*GOOD, record(RecordKind.INSTRUMENT, "I2", "2026-01-01", **facts))) is status


@pytest.mark.parametrize(("breach", "word"), [(FINDING, "shortage"), (PENALTY, "penalty")])
def test_what_keeps_from_trust_is_called_by_its_name(breach, word):
    answer = status_of((*GOOD, breach, repair_of(breach.number)), TODAY)
    assert answer.status is NO_BASIS
    (reason,) = answer.reasons
    assert word in reason.message.text


def test_a_repaired_shortage_ends_the_watch_but_trust_waits_for_the_window():
    records = (*GOOD, FINDING, repair_of("F1"))
    assert at(records) is NO_BASIS
    later = record(RecordKind.PLEDGE, "P2", "2026-12-01", valid_from="2026-12-31")
    check = record(
        RecordKind.VERIFICATION,
        "V2",
        "2026-12-30",
        instrument="S1",
        result="passed",
        valid_until="2027-12-30",
    )
    assert at((*records, later, check), date(2027, 6, 15)) is NO_BASIS
    assert at((*records, later, check), date(2027, 6, 16)) is TRUST


def test_what_keeps_a_merchant_from_trust_is_told_with_its_remedy():
    answer = status_of((), TODAY)
    assert [reason.message.text for reason in answer.reasons] == [
        "No pledge is in force.",
        "No instrument with a verification in date is on record.",
    ]
    assert all(reason.repair for reason in answer.reasons)


def withdrawn(on):
    return record(RecordKind.PLEDGE_WITHDRAWAL, "Q1", on, pledge="P1")


@pytest.mark.parametrize(
    ("records", "lapsed"),
    [
        ((PLEDGE, FINDING), False),
        ((PLEDGE, FINDING, withdrawn("2026-06-15")), True),
        ((PLEDGE, FINDING, withdrawn("2026-06-16")), True),
        ((PLEDGE, FINDING, withdrawn("2026-06-14")), False),
        ((PLEDGE, FINDING, withdrawn("2026-11-23")), True),
        ((PLEDGE, FINDING, withdrawn("2026-11-24")), False),
        ((PLEDGE, withdrawn("2026-06-16")), False),
        (
            (PLEDGE, FINDING, withdrawn("2026-06-16"), record(RecordKind.PLEDGE, "P2", "2026-07-01")),
            False,
        ),
        (
            (
                FINDING,
                record(RecordKind.PLEDGE, "P0", "2026-01-01", valid_from="2026-01-01", valid_to="2026-08-31"),
            ),
            True,
        ),
        ((FINDING, record(RecordKind.PLEDGE, "P0", "2026-11-01", valid_from="2027-01-01")), False),
        (
            (
                FINDING,
                record(RecordKind.PLEDGE, "P0", "2026-11-01", valid_from="2027-01-01", valid_to="2027-06-01"),
            ),
            False,
        ),
    ],
)
def test_a_pledge_that_ends_after_a_proven_shortage_is_told(records, lapsed):
    answer = status_of(records, TODAY)
    texts = [reason.message.text for reason in answer.reasons]
    assert ("The pledge ended on %(ended_on)s, after a proven shortage." in texts) is lapsed


def test_trust_says_what_it_rests_on_and_until_when():
    pledge, instruments, nothing = status_of(GOOD, TODAY).reasons
    assert (pledge.record_number, pledge.ends_on) == ("P1", date(2026, 12, 31))
    assert (instruments.record_number, instruments.ends_on) == ("V1", date(2027, 1, 1))
    assert instruments.message.values == {"instruments_count": 1}
    assert (nothing.record_number, nothing.ends_on) == (None, None)


def test_a_record_survives_being_exported():
    exported = record(RecordKind.FINDING, "F1", "2026-06-15", date(2027, 6, 15), verdict="over")
    assert RecordFact.from_dict(exported.as_dict()) == exported
    assert RecordFact.from_dict(FINDING.as_dict()) == FINDING


def test_an_export_without_its_day_is_refused():
    with pytest.raises(ValueError, match="occurred_on"):
        RecordFact.from_dict(FINDING.as_dict() | {"occurred_on": None})


def test_what_is_ended_never_outlives_what_ended_it():
    pairs = [
        (RecordKind.WARNING, RecordKind.WARNING_LIFTED),
        (RecordKind.AWARD, RecordKind.AWARD_WITHDRAWAL),
        (RecordKind.PLEDGE, RecordKind.PLEDGE_WITHDRAWAL),
        (RecordKind.PENALTY, RecordKind.REPAIR),
        (RecordKind.STATUTORY_LISTING, RecordKind.REPAIR),
        (RecordKind.FINDING, RecordKind.REPAIR),
        (RecordKind.OVERDUE_PAYMENT, RecordKind.COMPENSATION),
    ]
    far = {"valid_until": "2099-01-01", "valid_to": "2099-01-01", "until": "2099-01-01", "class": "serious"}
    for ended, ending in pairs:
        assert visible_until(ended, far, TODAY) <= visible_until(ending, {}, TODAY)


EVERYTHING = [
    *GOOD,
    FINDING,
    PENALTY,
    GIVEN,
    LISTED,
    AWARD,
    OVERDUE,
    ADVANCE,
    repair_of("F1"),
    withdrawn("2026-07-01"),
    record(RecordKind.VERIFICATION, "V2", "2026-05-01", instrument="S1", result="failed"),
    record(
        RecordKind.VERIFICATION,
        "V3",
        "2026-05-01",
        instrument="S1",
        result="passed",
        valid_until="2027-05-01",
    ),
    record(RecordKind.CORRECTION, "K1", "2026-10-10", voids="E1"),
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(EVERYTHING), unique=True).flatmap(
        lambda chosen: st.tuples(st.just(chosen), st.permutations(chosen))
    )
)
def test_the_order_of_the_records_does_not_matter(both):
    chosen, shuffled = both
    assert status_of(shuffled, TODAY) == status_of(chosen, TODAY)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(EVERYTHING), unique=True))
def test_a_reader_of_the_export_comes_to_the_same_answer(chosen):
    exported = [RecordFact.from_dict(one.as_dict()) for one in chosen]
    assert status_of(iter(exported), TODAY) == status_of(chosen, TODAY)
