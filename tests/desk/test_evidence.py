"""Photos at the desk: who sees which copy, what is covered and logged, what the merchant is shown."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts.models import Role
from portal.base import files
from portal.base.db import db, unit_of_work
from portal.complaints import queries as complaint_queries
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence.models import EvidenceFile, EvidenceView
from portal.complaints.models import Case
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Track
from portal.rules.intake_terms import EvidenceSlot
from tests.builders import make_case, make_measured_case, make_member, make_merchant, make_office, sign_in
from tests.complaints.photos import photo, stored

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
BOTH = (Track.MEDIATION, Track.REPORT)
REGION = {"left": ["10"], "top": ["20"], "right": ["50"], "bottom": ["60"]}
PRIVATE_NAME = "张三家的苹果.jpg"


@pytest.fixture(autouse=True)
def monday(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(app: Flask) -> int:
    return make_office(now=NOW)


@pytest.fixture
def officer(office: int, client: FlaskClient) -> int:
    user_id = make_member(Role.OFFICER, office, name="王敏", now=NOW)
    sign_in(client, user_id)
    return user_id


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    return make_merchant(now=NOW)


@pytest.fixture
def shop(app: Flask, merchant: Merchant) -> FlaskClient:
    client = app.test_client()
    sign_in(client, make_member(Role.MERCHANT_OWNER, merchant.id, login="shop@example.cn", now=NOW))
    return client


def with_photo(case: Case, seed: int = 1) -> EvidenceFile:
    """Add a photo to a case's filing."""
    prepared = evidence.prepare(photo(seed), name=PRIVATE_NAME)
    with unit_of_work():
        filing = case_of(case.number).filing
        return evidence.attach(filing, prepared, EvidenceSlot.GOODS, now=NOW).file


def case_of(number: str) -> Case:
    case = complaint_queries.case_by_number(number)
    assert case is not None
    return case


def file_of(number: str) -> EvidenceFile:
    db.session.expire_all()
    file = evidence.file_by_number(number)
    assert file is not None
    return file


def path(case: Case, file: EvidenceFile, rest: str = "") -> str:
    return f"/desk/cases/{case.number}/evidence/{file.number}{rest}"


def views_of(file: EvidenceFile) -> list[tuple[int, bool]]:
    query = select(EvidenceView).where(EvidenceView.evidence_id == file.id).order_by(EvidenceView.id)
    return [(view.user_id, view.is_original) for view in db.session.scalars(query)]


def send(client: FlaskClient, address: str, key: str = "once", **fields: object) -> TestResponse:
    return client.post(address, data={"submission_id": key, **fields})


def is_covered(data: bytes) -> bool:
    """Say whether the region is of one colour; grain is not."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    inside = picture.crop(tuple(int(picture.width * edge) for edge in (0.15, 0.25, 0.45, 0.55)))
    return all(high - low < 8 for low, high in inside.getextrema())


# Who sees what.


def test_the_case_shows_its_photos_and_each_opens_with_its_log(
    officer: int, client: FlaskClient, merchant: Merchant
) -> None:
    case = make_case(merchant, now=NOW)
    file = with_photo(case)
    assert path(case, file, "/small") in client.get(f"/desk/cases/{case.number}").text
    assert views_of(file) == []
    page = client.get(path(case, file) + "?lang=en")
    assert page.status_code == 200
    assert file.sha256 in page.text
    assert "Nobody of the office has opened it yet." in page.text
    answer = client.get(path(case, file, "/copy"))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == f'inline; filename="evidence-{file.number}.jpg"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert views_of(file) == [(officer, False)]
    assert "王敏" in client.get(path(case, file)).text


def test_thumbnails_are_not_logged(officer: int, client: FlaskClient, merchant: Merchant) -> None:
    case = make_case(merchant, now=NOW)
    file = with_photo(case)
    assert client.get(path(case, file, "/small")).headers["Content-Type"] == "image/jpeg"
    assert views_of(file) == []


def test_the_original_is_opened_only_when_it_is_needed_and_each_time_logged(
    officer: int, client: FlaskClient, merchant: Merchant
) -> None:
    case = make_case(merchant, now=NOW)
    file = with_photo(case)
    refused = send(client, path(case, file, "/original?lang=en"))
    assert refused.status_code == 422
    assert "Please confirm that you need it." in refused.text
    assert views_of(file) == []
    for _time in range(2):
        answer = send(client, path(case, file, "/original"), is_needed="y")
        assert answer.data == photo(1)
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert views_of(file) == [(officer, True), (officer, True)]
    assert "the sealed original" in client.get(path(case, file) + "?lang=en").text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.INTAKE_CLERK])
def test_auditors_and_clerks_see_the_copy_and_never_the_original(
    office: int, client: FlaskClient, merchant: Merchant, role: Role
) -> None:
    case = make_case(merchant, now=NOW)
    file = with_photo(case)
    sign_in(client, make_member(role, office, now=NOW))
    assert client.get(path(case, file, "/copy")).status_code == 200
    page = client.get(path(case, file)).text
    for act in ("/original", "/cover", "/release"):
        assert client.post(path(case, file, act)).status_code == 403
        assert path(case, file, act) not in page


def test_another_county_another_case_and_strangers_find_nothing(
    officer: int, client: FlaskClient, app: Flask, merchant: Merchant
) -> None:
    case, other = (make_case(merchant, key=key, now=NOW) for key in "ab")
    file = with_photo(case)
    stranger = app.test_client()
    there = make_office("330108", "滨江区局", now=NOW)
    sign_in(stranger, make_member(Role.LEADER, there, login="x@example.cn", now=NOW))
    for rest in ("", "/copy", "/small"):
        assert client.get(path(other, file, rest)).status_code == 404, rest
        assert stranger.get(path(case, file, rest)).status_code == 404, rest
        assert app.test_client().get(path(case, file, rest)).status_code == 303, rest
    for rest in ("/original", "/cover", "/release"):
        assert client.post(path(other, file, rest)).status_code == 404, rest
        assert stranger.post(path(case, file, rest)).status_code == 404, rest
        assert app.test_client().post(path(case, file, rest)).location == "/account/login", rest
    assert views_of(file) == []


# Covering.


def test_a_covered_region_is_gone_from_the_copy_and_stays_in_the_original(
    officer: int, client: FlaskClient, merchant: Merchant
) -> None:
    case = make_case(merchant, now=NOW)
    file = with_photo(case)
    before = client.get(path(case, file, "/copy")).data
    assert send(client, path(case, file, "/cover"), **REGION).status_code == 303
    after = client.get(path(case, file, "/copy")).data
    assert is_covered(after)
    assert not is_covered(before)
    kept = file_of(file.number)
    assert kept.masks == [{"left": 0.1, "top": 0.2, "right": 0.5, "bottom": 0.6}]
    assert kept.masked_by_id == officer
    assert send(client, path(case, file, "/original"), is_needed="y").data == photo(1)
    page = client.get(path(case, file)).text
    for typed in ("10.0", "20.0", "50.0", "60.0"):
        assert f'value="{typed}"' in page


def test_covering_twice_leaves_nothing_in_the_store_but_what_is_used(
    officer: int, client: FlaskClient, app: Flask, merchant: Merchant
) -> None:
    case = make_case(merchant, now=NOW)
    file = with_photo(case)
    for key in ("a", "a", "b"):
        assert send(client, path(case, file, "/cover"), key, **REGION).status_code == 303
    assert stored(app) == set(file_of(file.number).stored_keys)
    assert len(stored(app)) == 5
    assert send(client, path(case, file, "/cover"), "c").status_code == 303
    cleared = file_of(file.number)
    assert (cleared.masks, cleared.masked_key) == (None, None)
    assert stored(app) == set(cleared.stored_keys)
    assert len(stored(app)) == 3
    assert not is_covered(client.get(path(case, file, "/copy")).data)


@pytest.mark.parametrize(
    "fields",
    [
        {"left": ["10"], "top": [""], "right": ["50"], "bottom": ["60"]},
        {"left": ["x"], "top": ["20"], "right": ["50"], "bottom": ["60"]},
        {"left": ["nan"], "top": ["20"], "right": ["50"], "bottom": ["60"]},
        {"left": ["50"], "top": ["20"], "right": ["10"], "bottom": ["60"]},
        {"left": ["-1"], "top": ["20"], "right": ["50"], "bottom": ["60"]},
        {"left": ["10"], "top": ["20"], "right": ["101"], "bottom": ["60"]},
        {name: ["1"] * 60 for name in REGION},
    ],
)
def test_a_region_that_is_none_is_refused_and_what_was_typed_stays(
    officer: int, client: FlaskClient, app: Flask, merchant: Merchant, fields: dict[str, list[str]]
) -> None:
    case = make_case(merchant, now=NOW)
    file = with_photo(case)
    answer = send(client, path(case, file, "/cover"), **fields)
    assert answer.status_code == 422
    assert f'value="{fields["left"][0]}"' in answer.text
    assert 'id="error-summary"' in answer.text
    assert file_of(file.number).masks is None
    assert len(stored(app)) == 3


# What the merchant is shown.


def test_the_merchant_sees_a_photo_only_once_it_is_released_and_without_its_name(
    officer: int, client: FlaskClient, shop: FlaskClient, merchant: Merchant
) -> None:
    case = make_case(merchant, now=NOW)
    file, kept_back = with_photo(case), with_photo(case, 2)
    theirs = f"/merchant/cases/{case.number}/evidence/{file.number}"
    assert shop.get(theirs).status_code == 404
    assert file.number not in shop.get(f"/merchant/cases/{case.number}").text
    assert send(client, path(case, file, "/release")).status_code == 422
    assert send(client, path(case, file, "/cover"), "c", **REGION).status_code == 303
    assert send(client, path(case, file, "/release"), "r", is_looked_at="y").status_code == 303
    released = file_of(file.number)
    assert (released.released_at, released.released_by_id) == (NOW, officer)
    page = shop.get(f"/merchant/cases/{case.number}").text
    assert theirs in page
    assert PRIVATE_NAME not in page
    for rest in ("", "/small"):
        answer = shop.get(theirs + rest)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
    assert is_covered(shop.get(theirs).data)
    assert shop.get(f"/merchant/cases/{case.number}/evidence/{kept_back.number}").status_code == 404


def test_another_shop_does_not_see_a_released_photo(
    officer: int, client: FlaskClient, app: Flask, merchant: Merchant
) -> None:
    case = make_case(merchant, now=NOW)
    file = with_photo(case)
    send(client, path(case, file, "/release"), is_looked_at="y")
    other = make_merchant("老李水产店", address="文三路9号", now=NOW)
    rival = app.test_client()
    sign_in(rival, make_member(Role.MERCHANT_OWNER, other.id, login="li@example.cn", now=NOW))
    assert rival.get(f"/merchant/cases/{case.number}/evidence/{file.number}").status_code == 404


def test_nothing_of_a_report_is_shown_to_the_merchant(
    officer: int, client: FlaskClient, shop: FlaskClient, merchant: Merchant
) -> None:
    case = make_case(merchant, tracks=(Track.REPORT,), now=NOW)
    file = with_photo(case)
    assert "/release" not in client.get(path(case, file)).text
    assert send(client, path(case, file, "/release"), is_looked_at="y").status_code == 409
    assert file_of(file.number).released_at is None
    assert shop.get(f"/merchant/cases/{case.number}/evidence/{file.number}").status_code == 404


def test_a_twin_report_shows_nothing_and_its_complaint_warns(
    officer: int, client: FlaskClient, shop: FlaskClient, merchant: Merchant
) -> None:
    complaint = make_case(merchant, tracks=BOTH, now=NOW)
    report = next(one for one in complaint.filing.cases if one.track is Track.REPORT)
    file = with_photo(complaint)
    assert send(client, path(report, file, "/release"), "r", is_looked_at="y").status_code == 409
    assert "There is a report beside this complaint" in client.get(path(complaint, file) + "?lang=en").text
    assert send(client, path(complaint, file, "/release"), "c", is_looked_at="y").status_code == 303
    page = shop.get(f"/merchant/cases/{complaint.number}").text
    assert file.number in page
    assert report.number not in page
    assert shop.get(f"/merchant/cases/{report.number}/evidence/{file.number}").status_code == 404


def test_what_came_to_the_report_alone_is_not_released_by_its_twin(
    officer: int, client: FlaskClient, merchant: Merchant
) -> None:
    complaint = make_case(merchant, tracks=BOTH, now=NOW)
    report = next(one for one in complaint.filing.cases if one.track is Track.REPORT)
    prepared = evidence.prepare(photo(3), name="")
    with unit_of_work():
        case = case_of(report.number)
        added, _refused = evidence.attach_each(case.filing, [prepared], EvidenceSlot.OTHER, now=NOW)
        evidence.note_added(case, added, now=NOW)
        file = added[0].file
    assert "/release" not in client.get(path(complaint, file)).text
    assert send(client, path(complaint, file, "/release"), is_looked_at="y").status_code == 409


def test_nothing_is_released_to_a_merchant_nobody_named(officer: int, client: FlaskClient) -> None:
    case = make_measured_case(now=NOW)
    file = with_photo(case)
    answer = send(client, path(case, file, "/release?lang=en"), is_looked_at="y")
    assert answer.status_code == 409
    assert "Say first which merchant" in answer.text


def test_a_file_that_cannot_be_read_is_no_crash(
    officer: int, client: FlaskClient, merchant: Merchant
) -> None:
    case = make_case(merchant, now=NOW)
    file = with_photo(case)
    files.remove(file.clean_key)
    assert client.get(path(case, file, "/copy")).status_code == 503
    assert client.get(path(case, file)).status_code == 200
