"""The filer's pages for photos: adding, refusing, looking, removing, with and without script."""

from __future__ import annotations

import io
import random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from portal.base import cleaning, files
from portal.base.cleaning import Region
from portal.base.db import db, unit_of_work
from portal.complaints import actions
from portal.complaints.drafts import drafting
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence import uploading
from portal.complaints.models import Case, Draft
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName
from portal.rules.intake_terms import EvidenceSlot, Step
from tests.builders import make_case
from tests.complaints.conftest import NOW
from tests.complaints.forms import fill_in, page_of, typed
from tests.complaints.photos import GOODS, JSON, attached, hold, make_draft, photo, send_files, stored
from tests.conftest import make_app
from tests.hostile import CANARY, FAMILIES
from tests.hostile.parts import encoded, saved
from tests.hostile.parts import photo as grain
from tests.hostile.pictures import told_exif

PICTURE = b"\xff\xd8\xff"


@pytest.fixture
def draft(client: FlaskClient) -> Draft:
    draft = make_draft()
    hold(client, draft.receipt_hash)
    return draft


@pytest.fixture
def case(client: FlaskClient, shop: Merchant) -> Case:
    case = make_case(shop, now=NOW)
    hold(client, case.filing.receipt_hash)
    return case


def add_to(draft: Draft) -> str:
    return f"/complaints/drafts/{draft.number}/evidence/files"


def numbers(draft: Draft) -> list[str]:
    return [file.number for file in draft.evidence]


def test_a_plain_form_leads_back_to_its_place_on_the_step(client: FlaskClient, draft: Draft) -> None:
    answer = send_files(client, add_to(draft), (photo(1), "苹果.jpg"), (photo(2), "秤.jpg"))
    assert answer.status_code == 303
    assert answer.location == f"/complaints/drafts/{draft.number}/evidence#{GOODS.value}"
    page = page_of(client.get(answer.location))
    rows = page.select(f"#{GOODS.value} [data-file]")
    assert [row.select_one(".fm-file-name").text for row in rows] == ["苹果.jpg", "秤.jpg"]
    assert "苹果.jpg" in page.select_one("[role=status]").text


def test_the_script_gets_the_row_the_count_and_the_words(client: FlaskClient, draft: Draft) -> None:
    answer = send_files(client, add_to(draft), (photo(), "<b>秤.jpg"), headers=JSON)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert [(one["number"], one["is_new"]) for one in answer.json["added"]] == [(numbers(draft)[0], True)]
    assert "&lt;b&gt;秤.jpg" in answer.json["added"][0]["row"]
    assert "<b>" not in answer.json["added"][0]["row"] + answer.json["meter"]
    assert answer.json["errors"] == []


def test_the_same_upload_sent_twice_has_one_effect(app: Flask, client: FlaskClient, draft: Draft) -> None:
    first, again = (send_files(client, add_to(draft), (photo(), "a.jpg"), headers=JSON) for _ in range(2))
    assert again.status_code == 200
    assert again.json["added"][0]["number"] == first.json["added"][0]["number"]
    assert again.json["added"][0]["is_new"] is False
    assert "a.jpg" in again.json["said"]
    assert stored(app) == set(draft.evidence[0].stored_keys)


def test_what_is_refused_is_named_and_what_is_sound_is_kept(client: FlaskClient, draft: Draft) -> None:
    answer = send_files(client, add_to(draft), (photo(), "good.jpg"), (b"MZ" * 5000, "bad.exe"))
    assert answer.status_code == 422
    page = page_of(answer)
    assert "bad.exe" in page.select_one("#error-summary").text
    chooser = page.select_one(f"#{GOODS.value}-file")
    assert chooser["aria-invalid"] == "true"
    assert f"{GOODS.value}-error" in chooser["aria-describedby"].split()
    assert [error["id"] for error in page.select(".fm-field-error")] == [f"{GOODS.value}-error"]
    assert [name.text for name in page.select(".fm-file-name")] == ["good.jpg"]


def test_a_file_that_is_too_big_is_refused_with_its_size_and_the_limit(
    app: Flask, client: FlaskClient, draft: Draft
) -> None:
    big = photo() + b"\0" * cleaning.MOST_BYTES
    answer = send_files(client, add_to(draft), (big, "巨大.jpg"), headers=JSON)
    assert answer.status_code == 422
    assert all(word in answer.json["errors"][0] for word in ("巨大.jpg", "10.1 MB", "10 MB"))
    assert stored(app) == set()


@pytest.mark.parametrize("wanted", [{}, JSON])
def test_a_sending_beyond_every_limit_is_told_the_limit(
    client: FlaskClient, draft: Draft, wanted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.complaints.evidence.views.MOST_REQUEST_BYTES", 20_000)
    answer = send_files(client, add_to(draft), (photo() + b"\0" * 30_000, "a.jpg"), headers=wanted)
    assert answer.status_code == 413
    told = answer.json["errors"][0] if wanted else page_of(answer).select_one("#error-summary").text
    assert "10 MB" in told
    assert "9" in told


def test_who_holds_no_receipt_may_not_send_much(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = make_app(tmp_path_factory.mktemp("stranger"), WTF_CSRF_ENABLED=True)
    much = (b"\0" * 3 * 1024 * 1024, "a.jpg")
    answer = send_files(app.test_client(), "/complaints/drafts/X/evidence/files", much, headers=JSON)
    assert answer.status_code == 413
    assert "MB" not in answer.json["errors"][0]


def test_other_forms_stay_at_the_usual_size(client: FlaskClient, draft: Draft) -> None:
    answer = send_files(client, f"/complaints/drafts/{draft.number}/what", (b"\0" * 3 * 1024 * 1024, "a.jpg"))
    assert answer.status_code == 413


def test_an_empty_form_says_what_to_do(client: FlaskClient, draft: Draft) -> None:
    answer = send_files(client, add_to(draft), (b"", ""))
    assert answer.status_code == 422
    assert page_of(answer).select_one("#error-summary") is not None


def test_a_place_that_does_not_exist_is_refused(client: FlaskClient, draft: Draft) -> None:
    assert send_files(client, add_to(draft), (photo(), "a.jpg"), slot="elsewhere").status_code == 400


def test_the_tenth_file_is_refused_and_leaves_nothing(app: Flask, client: FlaskClient, draft: Draft) -> None:
    sent = [(photo(seed), f"{seed}.jpg") for seed in range(1, 11)]
    answer = send_files(client, add_to(draft), *sent, headers=JSON)
    assert answer.status_code == 422
    assert len(answer.json["added"]) == 9
    assert "10.jpg" in answer.json["errors"][0]
    assert stored(app) == evidence.referenced_keys()


@pytest.mark.parametrize("family", FAMILIES)
def test_one_hostile_file_of_each_family_is_no_fault_of_ours(
    app: Flask, client: FlaskClient, draft: Draft, family: str
) -> None:
    name, data = next(FAMILIES[family](random.Random(family)))
    answer = send_files(client, add_to(draft), (data, name or "x"), headers=JSON)
    assert answer.status_code in {200, 422}
    assert stored(app) == evidence.referenced_keys()
    assert len(numbers(draft)) == (answer.status_code == 200)
    for file in draft.evidence:
        for size in ("", "/small"):
            shown = client.get(f"/complaints/evidence/{file.number}{size}")
            assert shown.data.startswith(PICTURE)
            assert CANARY not in shown.data


def test_a_store_that_is_down_is_said_and_nothing_is_lost_by_it(
    app: Flask, client: FlaskClient, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(data: bytes) -> str:
        raise files.StoreUnreachable("the bucket does not answer")

    monkeypatch.setattr(files, "seal", unreachable)
    answer = send_files(client, add_to(draft), (photo(), "a.jpg"), headers=JSON)
    assert answer.status_code == 422
    assert "a.jpg" in answer.json["errors"][0]
    assert numbers(draft) == []


def test_a_draft_that_was_sent_shows_its_case_instead(client: FlaskClient, shop: Merchant) -> None:
    case, draft = make_case(shop, now=NOW), make_draft()
    with unit_of_work():
        drafting.close_draft(draft, case.number, now=NOW)
    hold(client, draft.receipt_hash, case.filing.receipt_hash)
    answer = send_files(client, add_to(draft), (photo(), "a.jpg"))
    assert answer.status_code == 409
    assert case.number in answer.text
    assert send_files(client, add_to(draft), (photo(), "a.jpg"), headers=JSON).status_code == 409


def test_the_files_of_a_draft_are_the_filings_after_sending(
    app: Flask, client: FlaskClient, shop: Merchant
) -> None:
    sent = typed(shop)
    address, _ = fill_in(client, sent)
    draft = drafting.draft_by_number(address.rsplit("/", 1)[1])
    assert draft is not None
    number = attached(draft, photo())
    answer = client.post(f"{address}/send", data={"submission_id": sent["submission_id"]})
    assert answer.status_code == 303
    file = evidence.file_by_number(number)
    assert file is not None
    assert (file.draft_id, file.filing_id is None) == (None, False)
    assert client.get(f"/complaints/evidence/{number}").data.startswith(PICTURE)


def test_a_file_can_be_removed_and_a_second_click_finds_it_done(
    app: Flask, client: FlaskClient, draft: Draft
) -> None:
    address = f"{add_to(draft)}/{attached(draft, photo())}/remove"
    for _ in range(2):
        answer = client.post(address)
        assert (answer.status_code, answer.location) == (303, f"/complaints/drafts/{draft.number}/evidence")
    assert client.post(address, headers=JSON).json["meter"]
    assert numbers(draft) == []
    assert stored(app) == set()


def test_a_copy_is_served_as_a_picture_and_nothing_else(client: FlaskClient, draft: Draft) -> None:
    number = attached(draft, saved("pdf"), 'x".html')
    for size in ("", "/small"):
        answer = client.get(f"/complaints/evidence/{number}{size}")
        assert answer.status_code == 200
        assert answer.data.startswith(PICTURE)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Content-Disposition"] == f'inline; filename="evidence-{number}.jpg"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_what_an_officer_covered_is_covered_for_the_filer_too(client: FlaskClient, draft: Draft) -> None:
    number = attached(draft, photo())
    file = evidence.file_by_number(number)
    assert file is not None
    before = client.get(f"/complaints/evidence/{number}").data
    cover = evidence.prepare_cover(file.clean_key, [Region(0, 0, 0.5, 0.5)])
    with unit_of_work():
        evidence.cover(file, cover, user_id=None, now=NOW)
    assert client.get(f"/complaints/evidence/{number}").data != before


def test_the_original_goes_out_to_be_saved_and_not_shown(app: Flask, draft: Draft) -> None:
    file = evidence.file_by_number(attached(draft, saved("heic"), "a.heic"))
    assert file is not None
    with app.test_request_context():
        answer = uploading.original_answer(file)
    assert answer.data == saved("heic")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    expected = f'attachment; filename="evidence-{file.number}-original.heic"'
    assert answer.headers["Content-Disposition"] == expected


def tells(data: bytes) -> bool:
    """Say whether a picture still tells what was planted in it."""
    with Image.open(io.BytesIO(data)) as picture:
        return CANARY in data or bool(picture.getexif()) or bool(picture.info.get("xmp"))


def test_nothing_the_phone_knew_is_in_what_is_served(client: FlaskClient, draft: Draft) -> None:
    planted = encoded(grain(), "jpeg", exif=told_exif(), xmp=CANARY)
    assert tells(planted)
    number = attached(draft, planted, f"{CANARY.decode()}.jpg")
    for size in ("", "/small"):
        answer = client.get(f"/complaints/evidence/{number}{size}")
        assert not tells(answer.data)
        assert CANARY.decode() not in str(answer.headers)


def test_the_files_of_others_are_not_there(client: FlaskClient, draft: Draft, shop: Merchant) -> None:
    other = make_draft("draft-2")
    theirs = attached(other, photo())
    case = make_case(shop, now=NOW)
    assert client.get(f"/complaints/evidence/{theirs}").status_code == 404
    assert client.get(f"/complaints/evidence/{theirs}/small").status_code == 404
    assert client.get("/complaints/evidence/NOSUCHNUMBER22").status_code == 404
    assert send_files(client, add_to(other), (photo(2), "a.jpg")).status_code == 404
    assert client.post(f"{add_to(other)}/{theirs}/remove").status_code == 404
    assert client.get(f"/complaints/cases/{case.number}/evidence").status_code == 404
    assert send_files(client, f"/complaints/cases/{case.number}/evidence", (photo(), "a")).status_code == 404
    # Somebody's own draft in the address opens nothing of another's.
    client.post(f"{add_to(draft)}/{theirs}/remove")
    assert numbers(other) == [theirs]


def test_what_an_officer_added_is_not_the_filers_to_see(client: FlaskClient, case: Case) -> None:
    prepared = evidence.prepare(photo(), name="a.jpg")
    with unit_of_work():
        added = evidence.attach(case.filing, prepared, GOODS, added_by=Actor.OFFICER, now=NOW)
        number = added.file.number
    assert client.get(f"/complaints/evidence/{number}").status_code == 404
    assert number not in client.get(f"/complaints/cases/{case.number}/evidence").text


def test_a_case_takes_more_photos_while_it_is_open(client: FlaskClient, case: Case) -> None:
    address = f"/complaints/cases/{case.number}/evidence"
    answer = send_files(client, address, (photo(), "后来.jpg"))
    assert (answer.status_code, answer.location) == (303, address)
    page = page_of(client.get(address))
    assert page.select_one(".fm-file-name").text == "后来.jpg"
    assert page.select("[data-remove]") == []
    assert case.events[-1].evidence_sha256 == [case.filing.evidence[0].sha256]
    assert send_files(client, address, (b"MZ" * 5000, "bad.exe")).status_code == 422
    again = send_files(client, address, (photo(), "后来.jpg"), headers=JSON)
    assert (again.status_code, again.json["added"][0]["is_new"]) == (200, False)


def test_a_closed_case_offers_no_place_and_takes_nothing(
    app: Flask, client: FlaskClient, shop: Merchant
) -> None:
    case = make_case(shop, is_registered=False, now=NOW)
    hold(client, case.filing.receipt_hash)
    with unit_of_work():
        actions.move(case, MoveName.WITHDRAW, actor=Actor.COMPLAINANT, now=NOW)
    address = f"/complaints/cases/{case.number}/evidence"
    assert page_of(client.get(address)).select("input[type=file]") == []
    assert send_files(client, address, (photo(), "a.jpg")).status_code == 409
    assert stored(app) == set()


def test_each_place_says_what_to_show_and_the_camera_is_a_choice(client: FlaskClient, draft: Draft) -> None:
    page = page_of(client.get(f"/complaints/drafts/{draft.number}/evidence"))
    slots = page.select("[data-slot]")
    assert slots[-1]["id"] == EvidenceSlot.OTHER.value
    for slot in slots:
        camera, chooser = slot.select("input[type=file]")
        assert (camera["capture"], camera.get("multiple")) == ("environment", None)
        assert chooser.get("capture") is None
        assert "application/pdf" in chooser["accept"]
        assert slot.select_one(".fm-hint").text
    assert page.select_one("meter")["value"] == "0"


def test_a_file_whose_place_is_no_longer_asked_for_is_still_shown(client: FlaskClient, draft: Draft) -> None:
    with unit_of_work():
        drafting.keep_step(draft, Step.WHAT, {"kind": "household_meter"}, now=NOW)
    attached(draft, photo(), "招牌.jpg", EvidenceSlot.STALL_SIGN)
    page = page_of(client.get(f"/complaints/drafts/{draft.number}/evidence"))
    assert page.select_one(f"#{EvidenceSlot.OTHER.value} .fm-file-name").text == "招牌.jpg"
    assert page.select_one(f"#{EvidenceSlot.STALL_SIGN.value}") is None


def test_nobody_is_made_to_add_anything(client: FlaskClient, draft: Draft) -> None:
    answer = client.post(f"/complaints/drafts/{draft.number}/evidence", data={"do": "next"})
    assert answer.status_code == 303
    assert not answer.location.endswith("/evidence")


def test_a_form_without_its_token_adds_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = make_app(tmp_path_factory.mktemp("csrf"), WTF_CSRF_ENABLED=True)
    answer = send_files(app.test_client(), "/complaints/drafts/X/evidence/files", (photo(), "a.jpg"))
    assert answer.status_code == 400


def test_too_many_sendings_are_slowed_down_by_draft_and_not_by_market(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    app = make_app(tmp_path_factory.mktemp("limits"), RATELIMIT_ENABLED=True)
    with app.app_context():
        db.create_all()
        drafts = [make_draft(key) for key in ("one", "two")]
        client = app.test_client()
        hold(client, *(draft.receipt_hash for draft in drafts))
        codes = [client.post(add_to(drafts[0])).status_code for _ in range(91)]
        assert (codes[89], codes[90]) == (400, 429)
        assert client.post(add_to(drafts[1])).status_code == 400
        db.session.remove()
        db.engine.dispose()
