"""A merchant's standing follows its public records, and time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from portal.base.db import db, unit_of_work
from portal.base.jobs import run_due
from portal.merchants import jobs, queries
from portal.merchants.actions import (
    MerchantData,
    NoPledgeInForce,
    note_closing,
    note_response,
    publish_about,
    publish_pledge,
    save_merchant,
    withdraw_pledge,
)
from portal.merchants.models import Merchant
from portal.records import queries as record_queries
from portal.rules.credit import CreditStatus
from portal.rules.errors import InputRefused
from portal.rules.pledge import PledgeTerms
from portal.rules.publication import RecordKind
from portal.search.models import SearchDocument

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
TERMS = PledgeTerms(factor=10, joins_advance=True)


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    with unit_of_work():
        return save_merchant(
            MerchantData(name="老王水果店", address="城东街1号", region_code="330102"), now=NOW
        ).merchant


def pledge(merchant: Merchant, *, now: datetime = NOW, valid_from_on: date = TODAY, **terms: object) -> None:
    with unit_of_work():
        publish_pledge(
            merchant,
            PledgeTerms(**({"factor": 10} | terms)),  # type: ignore[arg-type]
            signer="王某",
            valid_from_on=valid_from_on,
            now=now,
        )


def verify(
    merchant: Merchant, *, now: datetime = NOW, result: str = "passed", until: str = "2027-11-01"
) -> None:
    facts = {"instrument": "I1", "result": result, "valid_until": until, "compulsory": True}
    with unit_of_work():
        publish_about(merchant, RecordKind.VERIFICATION, facts, occurred_on=TODAY, now=now)


def facets_of(merchant: Merchant) -> dict[str, object]:
    return db.session.get_one(SearchDocument, ("merchant", merchant.number)).facets


def test_a_new_merchant_has_no_basis(merchant: Merchant) -> None:
    assert merchant.credit_status is CreditStatus.NO_BASIS
    assert merchant.standing_on is None
    assert facets_of(merchant)["status"] == ["no_basis"]


def test_a_pledge_and_a_verified_scale_give_trust(merchant: Merchant) -> None:
    pledge(merchant, joins_advance=True)
    verify(merchant)
    assert merchant.credit_status is CreditStatus.TRUST
    assert merchant.last_verified_on == TODAY
    assert facets_of(merchant)["pledge"] == ["in_force", "multiple_of_shortage_value", "joins_advance"]


def test_the_kept_answer_is_the_one_worked_out_anew(merchant: Merchant) -> None:
    pledge(merchant)
    verify(merchant, result="failed")
    answer = queries.credit_answer(merchant, TODAY)
    assert merchant.credit_status is answer.status is CreditStatus.WATCH
    assert queries.stored_reasons(merchant) == answer.reasons


def test_a_pledge_is_published_as_a_record_without_its_signer(merchant: Merchant) -> None:
    pledge(merchant)
    version = queries.pledge_on(merchant.id, TODAY)
    assert version is not None
    (record,) = record_queries.records_of(merchant.number, today=TODAY)
    assert record.number == version.record_number
    assert record.facts["content_hash"] == version.content_hash
    assert "王某" not in str(record.facts)


def test_a_newer_version_ends_the_older_one_the_day_before(merchant: Merchant) -> None:
    pledge(merchant)
    start_on = TODAY + timedelta(days=30)
    pledge(merchant, valid_from_on=start_on, factor=5)
    bound = [queries.pledge_on(merchant.id, start_on + timedelta(days=d)) for d in (-1, 0, 400)]
    assert [version and version.version for version in bound] == [1, 2, None]
    first = queries.pledge_version(merchant.id, 1)
    assert first is not None
    record = record_queries.record_by_number(str(first.record_number))
    assert record is not None
    assert record.facts["valid_to"] == (start_on - timedelta(days=1)).isoformat()


def test_two_versions_on_one_day_leave_the_second(merchant: Merchant) -> None:
    pledge(merchant)
    pledge(merchant, factor=3)
    version = queries.pledge_on(merchant.id, TODAY)
    assert version is not None
    assert version.version == 2


def test_a_withdrawn_pledge_binds_through_the_day_before(merchant: Merchant) -> None:
    pledge(merchant)
    verify(merchant)
    later = NOW + timedelta(days=10)
    with unit_of_work():
        withdraw_pledge(merchant, now=later)
    assert queries.pledge_on(merchant.id, TODAY + timedelta(days=9)) is not None
    assert queries.pledge_on(merchant.id, TODAY + timedelta(days=10)) is None
    assert merchant.credit_status is CreditStatus.NO_BASIS
    assert facets_of(merchant)["pledge"] == []


def test_a_withdrawal_takes_a_version_yet_to_come_with_it(merchant: Merchant) -> None:
    pledge(merchant)
    pledge(merchant, valid_from_on=TODAY + timedelta(days=30))
    with unit_of_work():
        withdraw_pledge(merchant, now=NOW + timedelta(days=1))
    assert queries.pledge_on(merchant.id, TODAY + timedelta(days=31)) is None


def test_nothing_can_be_withdrawn_twice(merchant: Merchant) -> None:
    pledge(merchant)
    with unit_of_work():
        withdraw_pledge(merchant, now=NOW)
    with pytest.raises(NoPledgeInForce), unit_of_work():
        withdraw_pledge(merchant, now=NOW)


@pytest.mark.parametrize(("days", "is_refused"), [(-1, True), (0, False), (1, False)])
def test_a_pledge_is_not_backdated(merchant: Merchant, days: int, is_refused: bool) -> None:
    start_on = TODAY + timedelta(days=days)
    if not is_refused:
        pledge(merchant, valid_from_on=start_on)
        return
    with pytest.raises(InputRefused):
        pledge(merchant, valid_from_on=start_on)


def test_time_alone_changes_the_kept_answer(merchant: Merchant) -> None:
    pledge(merchant)
    verify(merchant, until="2026-11-20")
    later = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    with unit_of_work():
        jobs.refresh_all(now=later)
    assert run_due({"refresh_standings": jobs.refresh_standings}, now=later) == 1
    db.session.refresh(merchant)
    assert merchant.credit_status is CreditStatus.WATCH
    with unit_of_work():
        jobs.refresh_all(now=later)
    assert run_due({"refresh_standings": jobs.refresh_standings}, now=later) == 0


def test_a_merchant_without_records_is_not_swept(merchant: Merchant) -> None:
    assert queries.due_for_refresh(TODAY + timedelta(days=1)) == []


def test_response_figures_cover_twelve_months_with_their_denominators(merchant: Merchant) -> None:
    with unit_of_work():
        for on in (date(2025, 11, 30), date(2025, 12, 1), TODAY):
            note_response(merchant, was_in_time=on == TODAY, on=on)
            note_closing(merchant, was_settled=True, on=on)
    figures = queries.response_figures(merchant.id, TODAY)
    assert (figures.answered_in_time_count, figures.answers_due_count) == (1, 2)
    assert (figures.settled_count, figures.complaints_closed_count) == (2, 2)
    assert figures.since_on == date(2025, 12, 1)
    assert queries.response_figures(merchant.id, date(2026, 12, 31)).since_on == date(2026, 1, 1)


def test_the_worker_knows_the_jobs_and_sweeps_of_merchants(app: Flask) -> None:
    assert app.extensions["jobs"]["refresh_standings"] is jobs.refresh_standings
    assert jobs.refresh_all in [function for _every, function in app.extensions["sweeps"].values()]
