"""Publishing, correcting and withdrawing records, and what the queries then show."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.base.db import db, unit_of_work
from portal.records import actions, queries
from portal.records.models import LogLeaf, PublicRecord
from portal.rules.errors import InputRefused
from portal.rules.publication import NotPublic, RecordKind
from tests.builders import publish_record

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)


def test_a_published_record_is_read_back(app: Flask) -> None:
    number = publish_record(RecordKind.FINDING, {"verdict": "over", "month": "2026-05"}, now=NOW)
    record = queries.record_by_number(number)
    assert record is not None
    assert record.facts == {"verdict": "over", "month": "2026-05"}
    assert (record.current_version, record.current.leaf_index) == (1, 0)
    assert record.visible_until == date(2027, 5, 20)


def test_a_number_has_the_same_form_for_every_record_and_is_never_repeated(app: Flask) -> None:
    numbers = [publish_record(now=NOW) for _ in range(30)]
    assert len(set(numbers)) == 30
    assert all(len(number) == 11 and number.startswith("R") for number in numbers)


def test_a_correction_keeps_the_address_and_the_old_version(app: Flask) -> None:
    number = publish_record(RecordKind.RISK_TIP, {"goods": "虾"}, now=NOW)
    again = publish_record(RecordKind.RISK_TIP, {"goods": "活虾"}, replaces=number, now=NOW)
    record = queries.record_by_number(number)
    assert again == number
    assert record is not None
    assert record.facts == {"goods": "活虾"}
    assert [version.facts["goods"] for version in queries.versions_of(record)] == ["活虾", "虾"]


def test_a_correction_cannot_turn_a_record_into_another_kind(app: Flask) -> None:
    number = publish_record(RecordKind.RISK_TIP, {}, now=NOW)
    with pytest.raises(ValueError, match="is a risk_tip"):
        publish_record(RecordKind.AWARD, {}, replaces=number, now=NOW)


def test_an_unknown_record_cannot_be_corrected_or_withdrawn(app: Flask) -> None:
    with pytest.raises(LookupError):
        publish_record(replaces="R2222222222", now=NOW)
    with pytest.raises(LookupError), unit_of_work():
        actions.withdraw_record("R2222222222", "published by mistake", now=NOW)


def test_a_withdrawn_record_stays_withdrawn(app: Flask) -> None:
    number = publish_record(now=NOW)
    with unit_of_work():
        actions.withdraw_record(number, "decision set aside", now=NOW)
    with pytest.raises(InputRefused), unit_of_work():
        actions.withdraw_record(number, "again", now=NOW)
    with pytest.raises(InputRefused):
        publish_record(replaces=number, now=NOW)


@pytest.mark.parametrize(
    "facts",
    [
        {"note": "电话13812345678"},
        {"note": {"deep": ["身份证330106199003078515"]}},
        {"complainant": "王女士"},
        {"note": "微信号wang_li1990"},
    ],
)
def test_personal_data_is_refused_and_leaves_nothing_behind(app: Flask, facts: dict[str, object]) -> None:
    with pytest.raises(NotPublic):
        publish_record(RecordKind.RISK_TIP, facts, now=NOW)
    assert list(db.session.scalars(select(PublicRecord))) == []
    assert list(db.session.scalars(select(LogLeaf))) == []


def test_personal_data_is_refused_in_the_name_and_in_the_reason(app: Flask) -> None:
    with pytest.raises(NotPublic):
        publish_record(merchant_name="老王13812345678", now=NOW)
    number = publish_record(now=NOW)
    with pytest.raises(NotPublic), unit_of_work():
        actions.withdraw_record(number, "王女士 13812345678 asked", now=NOW)


def test_a_fact_with_a_fraction_is_refused(app: Flask) -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        publish_record(RecordKind.RISK_TIP, {"weights": [{"share": 0.5}]}, now=NOW)


def everywhere(number: str, today: date) -> list[bool]:
    """Return for each way out whether it shows a record."""
    return [
        number in [record.number for record in queries.records_of("M1", today=today)],
        number in [record.number for record in queries.latest(today=today, limit=99)],
        number in [record.number for record in queries.records_by_number([number], today=today)],
        number in [fact.number for fact in queries.record_facts("M1", today=today)],
        number in [row["number"] for row in queries.export_rows(today)],
        bool(queries.kind_counts(today=today)),
        bool(queries.month_counts(today=today, since=date(2020, 1, 1))),
    ]


@pytest.mark.parametrize(("days", "is_shown"), [(-1, True), (0, True), (1, False)])
def test_an_expired_record_is_nowhere(app: Flask, days: int, is_shown: bool) -> None:
    number = publish_record(visible_until=TODAY, now=NOW)
    assert everywhere(number, TODAY + timedelta(days=days)) == [is_shown] * 7


def test_a_withdrawn_record_is_nowhere(app: Flask) -> None:
    number = publish_record(now=NOW)
    assert everywhere(number, TODAY) == [True] * 7
    with unit_of_work():
        actions.withdraw_record(number, "decision set aside", now=NOW)
    assert everywhere(number, TODAY) == [False] * 7
    record = queries.record_by_number(number)
    assert record is not None
    assert not queries.is_visible(record, TODAY)
    assert record.facts == {}


def test_a_merchants_records_come_newest_first_and_by_kind(app: Flask) -> None:
    old = publish_record(RecordKind.AWARD, {}, occurred_on=date(2026, 1, 1), now=NOW)
    new = publish_record(RecordKind.WARNING, {}, occurred_on=date(2026, 2, 1), now=NOW)
    publish_record(RecordKind.AWARD, {}, merchant_number="M2", now=NOW)
    assert [record.number for record in queries.records_of("M1", today=TODAY)] == [new, old]
    assert [r.number for r in queries.records_of("M1", kinds=[RecordKind.AWARD], today=TODAY)] == [old]
    assert [record.number for record in queries.records_of("M1", today=TODAY, limit=1)] == [new]
    assert [fact.number for fact in queries.record_facts("M1", today=TODAY)] == [old, new]


def test_an_export_row_is_plain_json_with_its_proof(app: Flask) -> None:
    publish_record(RecordKind.WARNING, {"valid_until": date(2026, 9, 1)}, now=NOW)
    (row,) = queries.export_rows(TODAY)
    assert json.loads(json.dumps(row))["facts"] == {"valid_until": "2026-09-01"}
    assert row["leaf_index"] == 0
    assert json.loads(row["content"])["number"] == row["number"]


def test_counts_are_by_kind_and_month(app: Flask) -> None:
    publish_record(RecordKind.AWARD, {}, occurred_on=date(2026, 1, 1), now=NOW)
    publish_record(RecordKind.AWARD, {}, occurred_on=date(2026, 1, 31), now=NOW)
    publish_record(RecordKind.WARNING, {}, occurred_on=date(2026, 2, 1), now=NOW)
    assert queries.kind_counts(today=TODAY) == {RecordKind.AWARD: 2, RecordKind.WARNING: 1}
    months = queries.month_counts(today=TODAY, since=date(2026, 1, 1))
    assert months == {(2026, 1): {RecordKind.AWARD: 2}, (2026, 2): {RecordKind.WARNING: 1}}


def test_a_version_can_be_erased_and_its_leaf_stays(app: Flask) -> None:
    number = publish_record(now=NOW)
    with unit_of_work():
        db.session.execute(text("UPDATE record_version SET content = NULL, salt = NULL"))
    record = queries.record_by_number(number)
    assert record is not None
    assert record.facts == {}
    assert len(record.current.content_hash) == 64
