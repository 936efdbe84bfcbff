"""What holds whoever makes a move: guarded steps, days, counts, and what leaves the case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from portal.base.db import db, unit_of_work
from portal.complaints import actions, queries
from portal.complaints.models import Case
from portal.merchants import queries as merchant_queries
from portal.merchants.models import Merchant
from portal.records import queries as record_queries
from portal.records.queries import PublicRecord
from portal.rules.complaint_flow import Actor, EndingGround, MoveName, Need, RefusalGround, State, Track
from portal.rules.errors import InputRefused, MoveNotAllowed
from portal.rules.publication import RecordKind
from tests.builders import make_case

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


def move(case: Case, name: MoveName, actor: Actor = Actor.OFFICER, **given: object) -> None:
    with unit_of_work():
        found = queries.case_by_number(case.number)
        actions.move(found, name, actor=actor, now=given.pop("now", NOW), **given)  # type: ignore[arg-type]


def outcomes(shop: Merchant) -> list[PublicRecord]:
    return record_queries.records_of(
        shop.number, kinds=[RecordKind.COMPLAINT_OUTCOME], today=NOW.date(), limit=10
    )


def test_of_two_who_move_a_case_at_once_one_is_told(app: Flask, shop: Merchant) -> None:
    case = make_case(shop, now=NOW)
    with pytest.raises(MoveNotAllowed), unit_of_work():
        found = queries.case_by_number(case.number)
        # Somebody else's step lands between our reading and our writing.
        db.session.execute(text("UPDATE complaint_case SET state = 'withdrawn'"))
        actions.move(found, MoveName.ACCEPT, actor=Actor.OFFICER, now=NOW)
    assert [event.move for event in queries.case_by_number(case.number).events] == [MoveName.REGISTER]


def test_a_case_cannot_be_received_before_it_was_filed(shop: Merchant) -> None:
    case = make_case(shop, is_registered=False, now=NOW)
    with pytest.raises(InputRefused):
        move(case, MoveName.REGISTER, Actor.INTAKE_CLERK, official_number="12315-1", on=date(2026, 5, 31))
    move(case, MoveName.REGISTER, Actor.INTAKE_CLERK, official_number="12315-1", on=date(2026, 6, 1))
    assert queries.case_by_number(case.number).received_on == date(2026, 6, 1)


def test_a_move_cannot_bear_a_day_still_to_come(shop: Merchant) -> None:
    case = make_case(shop, is_registered=False, now=NOW)
    with pytest.raises(InputRefused):
        move(case, MoveName.REGISTER, Actor.INTAKE_CLERK, official_number="12315-1", on=date(2026, 6, 2))


def test_the_legal_day_is_shanghais(shop: Merchant) -> None:
    evening = datetime(2026, 6, 1, 16, 30, tzinfo=UTC)
    case = make_case(shop, now=evening)
    assert case.received_on == date(2026, 6, 2)


def test_a_registration_needs_its_number(shop: Merchant) -> None:
    case = make_case(shop, is_registered=False, now=NOW)
    with pytest.raises(MoveNotAllowed):
        move(case, MoveName.REGISTER, Actor.INTAKE_CLERK)
    assert queries.case_by_number(case.number).state is State.FILED


@pytest.mark.parametrize("agrees", [True, False])
def test_an_outcome_is_published_only_with_consent(shop: Merchant, agrees: bool) -> None:
    case = make_case(shop, agrees_to_publication=agrees, now=NOW)
    move(case, MoveName.ACCEPT)
    move(case, MoveName.END_MEDIATION, ground=EndingGround.NO_AGREEMENT, reason="双方意见不一")
    move(case, MoveName.TELL_PARTIES)
    assert not queries.case_by_number(case.number).is_open
    assert len(outcomes(shop)) == (1 if agrees else 0)


def test_a_refused_complaint_is_neither_counted_nor_published(shop: Merchant) -> None:
    case = make_case(shop, agrees_to_publication=True, now=NOW)
    before = counts(shop)
    move(case, MoveName.REFUSE, ground=next(iter(RefusalGround)), reason="不属于本局职责")
    assert outcomes(shop) == []
    assert counts(shop) == before


def test_a_report_is_neither_counted_nor_published(shop: Merchant) -> None:
    case = make_case(shop, tracks=(Track.REPORT,), is_registered=False, agrees_to_publication=True, now=NOW)
    before = counts(shop)
    move(case, MoveName.WITHDRAW, Actor.COMPLAINANT)
    assert outcomes(shop) == []
    assert counts(shop) == before


def counts(shop: Merchant) -> object:
    db.session.rollback()
    return merchant_queries.response_figures(shop.id, today=NOW.date())


def in_mediation(shop: Merchant) -> Case:
    case = make_case(shop, now=NOW)
    move(case, MoveName.ACCEPT)
    move(case, MoveName.BEGIN_MEDIATION, also_given=[Need.BOTH_CONSENT])
    return queries.case_by_number(case.number)


def test_a_merchants_first_answer_is_counted_once(shop: Merchant) -> None:
    case = in_mediation(shop)
    assert case.answer_due_on is not None
    before = counts(shop)
    move(case, MoveName.OFFER, Actor.MERCHANT, amount_fen=60)
    once = counts(shop)
    move(case, MoveName.OFFER, Actor.MERCHANT, amount_fen=80)
    assert before != once == counts(shop)
    assert queries.case_by_number(case.number).answer_due_on is None


def test_a_silence_is_counted_once_and_not_after_an_answer(shop: Merchant) -> None:
    case = in_mediation(shop)
    late = case.answer_due_on + timedelta(days=1)
    assert [found.number for found in queries.cases_with_answer_due_before(late, 10)] == [case.number]
    assert queries.cases_with_answer_due_before(case.answer_due_on, 10) == []
    with unit_of_work():
        actions.note_silence(queries.case_by_number(case.number), today=late)
    assert queries.cases_with_answer_due_before(late, 10) == []


def test_ending_one_track_never_closes_the_other(shop: Merchant) -> None:
    complaint = make_case(shop, tracks=(Track.MEDIATION, Track.REPORT), now=NOW)
    move(complaint, MoveName.WITHDRAW, Actor.COMPLAINANT)
    states = {case.track: case.is_open for case in queries.case_by_number(complaint.number).filing.cases}
    assert states == {Track.MEDIATION: False, Track.REPORT: True}
