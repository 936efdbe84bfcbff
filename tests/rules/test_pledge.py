"""A pledge: what it says, when it binds and what it pays."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules import pledge, pledge_clauses
from portal.rules.errors import InputRefused
from portal.rules.pledge import PledgeKind, PledgeTerms, PledgeTrigger

TEN_FOR_ONE = PledgeTerms(factor=10)


@pytest.mark.parametrize(
    ("trigger", "shortage_mg", "is_over", "expected"),
    [
        (PledgeTrigger.OVER_DEVIATION, 0, False, False),
        (PledgeTrigger.OVER_DEVIATION, 1, False, False),
        (PledgeTrigger.OVER_DEVIATION, 1, True, True),
        (PledgeTrigger.ANY_SHORTAGE, 0, False, False),
        (PledgeTrigger.ANY_SHORTAGE, 1, False, True),
        (PledgeTrigger.ANY_SHORTAGE, 1, True, True),
        (PledgeTrigger.ANY_SHORTAGE, -1, True, False),
    ],
)
def test_a_pledge_pays_only_when_its_own_trigger_says_so(trigger, shortage_mg, is_over, expected):
    terms = PledgeTerms(factor=10, trigger=trigger)
    assert pledge.is_triggered(terms, shortage_mg=shortage_mg, is_over=is_over) is expected


def test_the_default_trigger_is_the_statutory_deviation():
    assert TEN_FOR_ONE.trigger is PledgeTrigger.OVER_DEVIATION


@pytest.mark.parametrize(
    ("terms", "expected_fen"),
    [
        (PledgeTerms(factor=10), 60_00),
        (PledgeTerms(factor=1), 6_00),
        (PledgeTerms(factor=10, floor_fen=60_01), 60_01),
        (PledgeTerms(factor=10, floor_fen=59_99), 60_00),
        (PledgeTerms(factor=10, cap_fen=59_99), 59_99),
        (PledgeTerms(factor=10, cap_fen=60_01), 60_00),
        (PledgeTerms(factor=1, floor_fen=10_00, cap_fen=10_00), 10_00),
        (PledgeTerms(kind=PledgeKind.MULTIPLE_OF_PRICE, factor=2), 150_00),
        (PledgeTerms(kind=PledgeKind.FIXED, fixed_fen=200_00), 200_00),
        (PledgeTerms(kind=PledgeKind.MAKE_UP), 6_00),
    ],
)
def test_the_payout_follows_kind_floor_and_cap(terms, expected_fen):
    assert pledge.payout_fen(terms, shortage_value_fen=6_00, price_fen=75_00) == expected_fen


@pytest.mark.parametrize(
    "wrong",
    [
        {"factor": 0},
        {"factor": 1001},
        {"factor": -1},
        {"kind": PledgeKind.MULTIPLE_OF_PRICE},
        {"kind": PledgeKind.FIXED},
        {"kind": PledgeKind.FIXED, "fixed_fen": -1},
        {"kind": PledgeKind.FIXED, "fixed_fen": pledge.LARGEST_FEN + 1},
        {"factor": 10, "floor_fen": -1},
        {"factor": 10, "cap_fen": -1},
        {"factor": 10, "cap_fen": 0},
        {"factor": 10, "floor_fen": 2, "cap_fen": 1},
        {"factor": 10, "response_days": 0},
        {"factor": 10, "payment_days": 0},
    ],
)
def test_terms_that_promise_nothing_or_contradict_themselves_are_refused(wrong):
    with pytest.raises(InputRefused):
        PledgeTerms(**wrong)


@given(
    kind=st.sampled_from(PledgeKind),
    trigger=st.sampled_from(PledgeTrigger),
    factor=st.integers(1, 1000),
    floor_fen=st.integers(0, 500_00),
    cap_fen=st.none() | st.integers(500_00, 900_00),
    joins=st.booleans(),
)
@settings(deadline=None, max_examples=40)
def test_terms_survive_being_stored(kind, trigger, factor, floor_fen, cap_fen, joins):
    terms = PledgeTerms(
        kind=kind,
        trigger=trigger,
        factor=factor,
        floor_fen=floor_fen,
        cap_fen=cap_fen,
        fixed_fen=1_00,
        joins_advance=joins,
    )
    assert PledgeTerms.from_dict(terms.as_dict()) == terms


@given(value=st.integers(0, 10**7), more=st.integers(0, 10**6), factor=st.integers(1, 1000))
@settings(deadline=None, max_examples=40)
def test_a_larger_shortage_never_pays_less(value, more, factor):
    terms = PledgeTerms(factor=factor, floor_fen=5_00, cap_fen=500_00)
    less_fen = pledge.payout_fen(terms, shortage_value_fen=value, price_fen=0)
    assert (
        5_00 <= less_fen <= pledge.payout_fen(terms, shortage_value_fen=value + more, price_fen=0) <= 500_00
    )


def test_there_are_six_clauses_each_with_its_sentence_and_its_rule():
    assert [clause.id for clause in pledge.CLAUSES] == list(pledge_clauses.SENTENCES)
    assert len(pledge.CLAUSES) == 6
    assert all(clause.message.text and clause.rests_on and clause.rests_on_en for clause in pledge.CLAUSES)
    assert pledge.LEGAL_BASIS.article == "第十二条"


@pytest.mark.parametrize(
    ("terms", "headline"),
    [
        (PledgeTerms(factor=10), "Ten for one"),
        (PledgeTerms(factor=3), "Three for one"),
        (PledgeTerms(factor=4), "%(factor_count)s for one"),
        (PledgeTerms(kind=PledgeKind.MULTIPLE_OF_PRICE, factor=2), "%(factor_count)s times the price"),
        (PledgeTerms(kind=PledgeKind.FIXED, fixed_fen=1), "%(fixed_fen)s for a shortage"),
        (PledgeTerms(kind=PledgeKind.MAKE_UP), "What is missing is made up"),
    ],
)
def test_every_kind_has_a_headline_that_opens_its_description(terms, headline):
    sentences = pledge.describe(terms)
    assert pledge.headline(terms).text == headline
    assert sentences[0].values["name"] == pledge.headline(terms)


def test_the_description_names_floor_cap_trigger_and_service():
    full = PledgeTerms(
        factor=10, floor_fen=1, cap_fen=2, trigger=PledgeTrigger.ANY_SHORTAGE, joins_advance=True
    )
    bare = PledgeTerms(factor=10, free_reweigh=False)
    texts = [sentence.text for sentence in pledge.describe(full)]
    assert len(texts) == 7
    assert any("any shortage" in text for text in texts)
    assert len(pledge.describe(bare)) == 3


DAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("valid_to_on", "withdrawn_on", "on", "expected"),
    [
        (date(2026, 6, 1), None, date(2026, 4, 30), False),
        (date(2026, 6, 1), None, DAY, True),
        (date(2026, 6, 1), None, date(2026, 6, 1), True),
        (date(2026, 6, 1), None, date(2026, 6, 2), False),
        (None, None, date(2040, 1, 1), True),
        (date(2026, 6, 1), date(2026, 5, 10), date(2026, 5, 9), True),
        (date(2026, 6, 1), date(2026, 5, 10), date(2026, 5, 10), False),
    ],
)
def test_a_pledge_binds_from_its_first_to_its_last_day(valid_to_on, withdrawn_on, on, expected):
    assert pledge.is_in_force(DAY, valid_to_on, withdrawn_on, on) is expected


def test_a_pledge_runs_a_year_unless_it_says_otherwise():
    assert pledge.default_end_on(date(2024, 2, 29)) == date(2025, 2, 28)


def test_a_pledge_ends_after_it_starts_and_within_our_limit():
    pledge.check_term(DAY, DAY)
    pledge.check_term(DAY, date(2029, 5, 1))
    with pytest.raises(InputRefused):
        pledge.check_term(DAY, date(2026, 4, 30))
    with pytest.raises(InputRefused):
        pledge.check_term(DAY, date(2029, 5, 2))


def test_the_hash_of_a_pledge_changes_with_every_word_of_it():
    def hash_of(**changes):
        terms = changes.pop("terms", TEN_FOR_ONE)
        dates = {"valid_from_on": DAY, "valid_to_on": date(2027, 4, 30)} | changes
        return pledge.content_hash("M-1", terms, **dates)

    assert hash_of() == hash_of()
    assert len(hash_of()) == 64
    others = [
        hash_of(terms=PledgeTerms(factor=11)),
        hash_of(valid_to_on=date(2027, 5, 1)),
        hash_of(clauses_version="other"),
    ]
    assert len({hash_of(), *others}) == 4
