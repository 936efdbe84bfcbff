"""What is promised to be deleted is deleted, on its day and not before; what was decided stays."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.base import crypto, files
from portal.base.db import db, unit_of_work
from portal.complaints import jobs, queries
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence.models import EvidenceFile
from portal.complaints.models import Case
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import EndingGround, MoveName, Track
from portal.rules.intake_terms import EvidenceSlot
from portal.rules.retention import years_before
from tests.builders import make_case, move_case
from tests.complaints.forms import code_on
from tests.hostile.parts import encoded, photo

FILED = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
SECRETS = ("张三", "13800000000", "文二路2号", "回家一称少了六十克。")


@pytest.mark.parametrize(
    ("day", "years", "before"),
    [
        (date(2029, 6, 1), 3, date(2026, 6, 1)),
        (date(2028, 2, 29), 1, date(2027, 2, 28)),
        (date(2028, 2, 29), 4, date(2024, 2, 29)),
    ],
)
def test_years_are_counted_back_by_the_calendar(day: date, years: int, before: date) -> None:
    assert years_before(day, years) == before


def closed_case(merchant: Merchant, *, tracks: tuple[Track, ...] = (Track.MEDIATION,)) -> Case:
    """File with a photo and withdraw on the same day."""
    case = make_case(merchant, tracks=tracks, now=FILED)
    prepared = evidence.prepare(encoded(photo(640, 480), "JPEG"), name="秤.jpg")
    with unit_of_work():
        evidence.attach(case.filing, prepared, EvidenceSlot.SCALE_DISPLAY, now=FILED)
    with unit_of_work():
        from_number = queries.case_by_number(case.number)
        assert from_number is not None
    return close(case.number)


def close(number: str) -> Case:
    move_case(number, MoveName.ACCEPT, now=FILED)
    move_case(number, MoveName.END_MEDIATION, ground=EndingGround.NO_AGREEMENT, now=FILED)
    return move_case(number, MoveName.TELL_PARTIES, now=FILED)


def forget(now: datetime) -> None:
    with unit_of_work():
        jobs.forget_filers(now)
    db.session.expire_all()


def dump() -> str:
    filing = db.session.execute(db.text("SELECT * FROM filing")).mappings().one()

    return " ".join(
        crypto.decrypt(bytes(value)).decode() if isinstance(value, bytes | memoryview) else str(value)
        for value in filing.values()
    )


def test_photos_go_after_a_year_and_the_filer_after_three(app: Flask, shop: Merchant) -> None:
    case = closed_case(shop)
    keys = case.filing.evidence[0].stored_keys
    forget(datetime(2027, 6, 1, 2, 0, tzinfo=UTC))
    assert case.filing.evidence[0].sealed_key == keys[0]
    forget(datetime(2027, 6, 2, 2, 0, tzinfo=UTC))
    assert case.filing.evidence == []
    assert [file.stored_keys for file in db.session.scalars(db.select(EvidenceFile))] == [[]]
    assert not evidence.referenced_keys() & set(keys)
    assert files.open_sealed(keys[0])
    files.sweep(evidence.referenced_keys, older_than=datetime(2100, 1, 1, tzinfo=UTC))
    with pytest.raises(files.StoredFileMissing):
        files.open_sealed(keys[0])
    assert all(secret in dump() for secret in SECRETS)
    forget(datetime(2029, 6, 1, 2, 0, tzinfo=UTC))
    assert case.filing.forgotten_on is None
    forget(datetime(2029, 6, 2, 2, 0, tzinfo=UTC))
    assert case.filing.forgotten_on == date(2029, 6, 2)
    assert not [secret for secret in SECRETS if secret in dump()]
    assert case.filing.goods == "苹果"
    assert [event.move for event in case.events][-1] is MoveName.TELL_PARTIES


def test_an_open_case_keeps_its_filer(app: Flask, shop: Merchant) -> None:
    case = make_case(shop, tracks=(Track.MEDIATION, Track.REPORT), now=FILED)
    close(case.number)
    forget(datetime(2040, 1, 1, tzinfo=UTC))
    assert case.filing.forgotten_on is None
    assert case.filing.name == "张三"


def test_the_code_of_a_forgotten_case_says_what_happened(client: FlaskClient, shop: Merchant) -> None:
    case = closed_case(shop)
    forget(datetime(2029, 7, 1, 2, 0, tzinfo=UTC))

    answer = client.post("/complaints/follow", data={"code": crypto.receipt_code("filing-1")})
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.status_code == 410
    assert case.number in page.text
    assert "2029年7月1日" in page.text
    assert not [secret for secret in SECRETS if secret in page.text]
    assert code_on(page) == ""


def test_forgetting_twice_changes_nothing_more(app: Flask, shop: Merchant) -> None:
    case = closed_case(shop)
    forget(datetime(2030, 1, 1, tzinfo=UTC))
    forget(datetime(2031, 1, 1, tzinfo=UTC))
    assert case.filing.forgotten_on == date(2030, 1, 1)
