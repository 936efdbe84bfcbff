"""Files are stored before a row speaks of them, kept once, at most nine, and taken away after the commit."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portal.accounts.models import Role
from portal.base import cleaning, files
from portal.base.cleaning import FileRefused, Region
from portal.base.db import db, unit_of_work
from portal.complaints import actions
from portal.complaints.drafts import drafting
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence.actions import TooManyFiles
from portal.complaints.evidence.models import EvidenceFile, EvidenceView
from portal.complaints.models import Case, Draft, Filing
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, Track
from portal.rules.errors import InputRefused, MoveNotAllowed
from portal.rules.intake_terms import EvidenceSlot, PurchaseKind, Step
from tests.builders import make_case, make_member, make_office
from tests.complaints.conftest import NOW
from tests.complaints.photos import GOODS, attached, make_draft, photo, stored
from tests.hostile.parts import saved

REGION = Region(0.1, 0.1, 0.6, 0.5)


def the_file(number: str) -> EvidenceFile:
    found = evidence.file_by_number(number)
    assert found is not None
    return found


def add_to_case(case: Case, *contents: bytes) -> list[str]:
    """Add files to a case past the pages; return their numbers."""
    prepared = [evidence.prepare(data, name="后来.jpg") for data in contents]
    with unit_of_work():
        added, refused = evidence.attach_each(case.filing, prepared, GOODS, now=NOW)
        assert refused == []
        evidence.note_added(case, added, now=NOW)
        return [one.file.number for one in added]


@pytest.fixture
def draft(app: Flask) -> Draft:
    return make_draft()


@pytest.fixture
def officer(app: Flask) -> int:
    return make_member(Role.OFFICER, make_office(now=NOW), login="li@example.cn", now=NOW)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heic", "pdf"])
def test_every_kind_is_kept_as_it_came_and_shown_as_a_jpeg(app: Flask, draft: Draft, kind: str) -> None:
    data = saved(kind)
    file = the_file(attached(draft, data, f"a.{kind}"))
    assert files.open_sealed(file.sealed_key) == data
    assert files.open_sealed(evidence.shown_key(file)).startswith(b"\xff\xd8\xff")
    assert files.open_sealed(evidence.shown_key(file, is_small=True)).startswith(b"\xff\xd8\xff")
    assert file.media_type == ("application/pdf" if kind == "pdf" else f"image/{kind}")
    assert (file.size_bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert stored(app) == set(file.stored_keys)
    assert len(file.number) == evidence.NUMBER_SYMBOLS


def test_nothing_stored_can_be_read_without_the_key(app: Flask, draft: Draft) -> None:
    file = the_file(attached(draft, photo()))
    assert all(not files.sealed_bytes(key).startswith(b"\xff\xd8") for key in file.stored_keys)
    row = db.session.execute(text("SELECT name FROM evidence_file")).scalar_one()
    assert "秤".encode() not in row


def test_a_refused_file_leaves_nothing_in_the_store(app: Flask) -> None:
    with pytest.raises(FileRefused):
        evidence.prepare(b"%PDF-" + b"no document" * 1000, name="a.pdf")
    assert stored(app) == set()


def test_the_same_file_twice_is_kept_once(app: Flask, draft: Draft) -> None:
    data = photo()
    first = attached(draft, data)
    prepared = evidence.prepare(data, name="again.jpg")
    with unit_of_work():
        again = evidence.attach(draft, prepared, EvidenceSlot.OTHER, now=NOW)
        assert (again.file.number, again.is_new, again.file.slot) == (first, False, GOODS)
    assert db.session.scalar(select(func.count(EvidenceFile.id))) == 1


def test_two_filers_may_add_the_same_file(app: Flask, draft: Draft) -> None:
    other = make_draft("draft-2")
    assert attached(draft, photo()) != attached(other, photo())


def test_the_ninth_file_is_taken_and_the_tenth_is_not(app: Flask, draft: Draft) -> None:
    prepared = [evidence.prepare(photo(seed), name=f"{seed}.jpg") for seed in range(1, 11)]
    with unit_of_work():
        added, refused = evidence.attach_each(draft, prepared, GOODS, now=NOW)
        assert len(added) == evidence.MOST_FILES == 9
    assert [error.message.values for error in refused] == [{"name": "10.jpg", "limit_count": 9}]
    with pytest.raises(TooManyFiles), unit_of_work():
        evidence.attach(draft, prepared[9], GOODS, now=NOW)
    assert db.session.scalar(select(func.count(EvidenceFile.id))) == 9


def test_adding_keeps_a_draft_from_growing_old(app: Flask, draft: Draft) -> None:
    later = NOW + timedelta(days=13)
    prepared = evidence.prepare(photo(), name="a.jpg")
    with unit_of_work():
        evidence.attach(draft, prepared, GOODS, now=later)
    assert draft.changed_at == later


def test_removing_takes_the_row_and_then_the_stored_files(app: Flask, draft: Draft) -> None:
    gone, kept = attached(draft, photo(1)), attached(draft, photo(2))
    with unit_of_work():
        keys = evidence.remove_file(draft, gone, now=NOW)
        assert set(keys) <= stored(app)
    evidence.remove_stored(keys)
    assert [file.number for file in draft.evidence] == [kept]
    assert stored(app) == set(the_file(kept).stored_keys)


def test_a_draft_cannot_lose_a_file_of_another(app: Flask, draft: Draft) -> None:
    number = attached(make_draft("draft-2"), photo())
    with unit_of_work():
        assert evidence.remove_file(draft, number, now=NOW) == []
    assert evidence.file_by_number(number) is not None


@pytest.mark.parametrize("verb", ["attach", "remove"])
def test_a_draft_that_was_sent_changes_no_more(app: Flask, draft: Draft, verb: str) -> None:
    number = attached(draft, photo(1))
    prepared = evidence.prepare(photo(2), name="a.jpg")
    with unit_of_work():
        drafting.close_draft(draft, "TS-AAAA-BBBB", now=NOW)
    with pytest.raises(MoveNotAllowed), unit_of_work():
        if verb == "attach":
            evidence.attach(draft, prepared, GOODS, now=NOW)
        else:
            evidence.remove_file(draft, number, now=NOW)
    assert [file.number for file in draft.evidence] == [number]


def test_a_file_added_to_a_case_stands_in_its_history(app: Flask, shop: Merchant) -> None:
    case = make_case(shop, now=NOW)
    add_to_case(case, photo(1), photo(2))
    hashes = [hashlib.sha256(photo(seed)).hexdigest() for seed in (1, 2)]
    event = case.events[-1]
    assert (event.move, event.actor, event.evidence_sha256) == (
        MoveName.ADD_MATERIAL,
        Actor.COMPLAINANT,
        hashes,
    )
    assert [file.sha256 for file in case.filing.evidence] == hashes


def test_a_file_sent_to_a_case_again_makes_no_second_event(app: Flask, shop: Merchant) -> None:
    case = make_case(shop, now=NOW)
    assert add_to_case(case, photo()) == add_to_case(case, photo())
    assert [event.move for event in case.events].count(MoveName.ADD_MATERIAL) == 1


def test_nothing_can_be_added_to_a_closed_case(app: Flask, shop: Merchant) -> None:
    case = make_case(shop, is_registered=False, now=NOW)
    with unit_of_work():
        actions.move(case, MoveName.WITHDRAW, actor=Actor.COMPLAINANT, now=NOW)
    with pytest.raises(MoveNotAllowed):
        add_to_case(case, photo())
    assert case.filing.evidence == []


def test_a_covered_region_is_gone_from_what_is_shown(app: Flask, draft: Draft, officer: int) -> None:
    file = the_file(attached(draft, photo()))
    clean = evidence.shown_key(file)
    cover = evidence.prepare_cover(file.clean_key, [REGION])
    with unit_of_work():
        assert evidence.cover(file, cover, user_id=officer, now=NOW) == []
    shown = files.open_sealed(evidence.shown_key(file))
    assert evidence.shown_key(file) != clean
    assert evidence.shown_key(file, is_small=True) == cover.thumbnail_key
    assert shown == cleaning.mask(files.open_sealed(clean), [REGION])
    assert (file.masks, file.masked_by_id, file.masked_at) == (
        [{"left": 0.1, "top": 0.1, "right": 0.6, "bottom": 0.5}],
        officer,
        NOW,
    )
    assert files.open_sealed(file.sealed_key) == photo()


def test_covering_again_begins_from_the_clean_copy_and_drops_the_older_one(
    app: Flask, draft: Draft, officer: int
) -> None:
    file = the_file(attached(draft, photo()))
    other = Region(0.7, 0.7, 0.9, 0.9)
    for regions in ([REGION], [other]):
        cover = evidence.prepare_cover(file.clean_key, regions)
        with unit_of_work():
            replaced = evidence.cover(file, cover, user_id=officer, now=NOW)
        evidence.remove_stored(replaced)
    assert len(replaced) == 2
    assert files.open_sealed(evidence.shown_key(file)) == cleaning.mask(
        files.open_sealed(file.clean_key), [other]
    )
    assert stored(app) == set(file.stored_keys)


def test_a_region_outside_the_picture_stores_nothing(app: Flask, draft: Draft) -> None:
    file = the_file(attached(draft, photo()))
    with pytest.raises(InputRefused):
        evidence.prepare_cover(file.clean_key, [Region(0.5, 0.5, 1.5, 0.9)])
    assert stored(app) == set(file.stored_keys)


def filed(shop: Merchant, *tracks: Track) -> Filing:
    """File with one photo of a draft."""
    case = make_case(shop, tracks=tracks, now=NOW)
    file = the_file(attached(make_draft(), photo()))
    with unit_of_work():
        file.draft_id, file.filing_id = None, case.filing_id
    return case.filing


def test_a_file_of_a_complaint_can_be_released_once(app: Flask, shop: Merchant, officer: int) -> None:
    filing = filed(shop, Track.MEDIATION)
    file = filing.evidence[0]
    assert evidence.released_files(filing.cases[0]) == []
    for at in (NOW, NOW + timedelta(days=1)):
        with unit_of_work():
            evidence.release(file, user_id=officer, now=at)
    assert (file.released_at, file.released_by_id) == (NOW, officer)
    assert evidence.released_files(filing.cases[0]) == [file]


def test_a_file_of_a_report_is_never_released(app: Flask, shop: Merchant, officer: int) -> None:
    filing = filed(shop, Track.REPORT)
    with pytest.raises(MoveNotAllowed), unit_of_work():
        evidence.release(filing.evidence[0], user_id=officer, now=NOW)
    assert filing.evidence[0].released_at is None


def test_of_two_cases_the_file_that_came_to_the_report_stays_there(
    app: Flask, shop: Merchant, officer: int
) -> None:
    filing = filed(shop, Track.MEDIATION, Track.REPORT)
    report = next(case for case in filing.cases if case.track is Track.REPORT)
    add_to_case(report, photo(2))
    both, only_report = filing.evidence
    with unit_of_work():
        evidence.release(both, user_id=officer, now=NOW)
    with pytest.raises(MoveNotAllowed), unit_of_work():
        evidence.release(only_report, user_id=officer, now=NOW)
    assert evidence.released_files(report) == []


def test_a_draft_is_not_released_and_nobody_of_the_office_looks_at_it(
    app: Flask, draft: Draft, officer: int
) -> None:
    file = the_file(attached(draft, photo()))
    with pytest.raises(MoveNotAllowed), unit_of_work():
        evidence.release(file, user_id=officer, now=NOW)
    with pytest.raises(MoveNotAllowed), unit_of_work():
        evidence.note_view(file, user_id=officer, is_original=True, now=NOW)


def test_each_view_of_an_original_is_noted(app: Flask, shop: Merchant, officer: int) -> None:
    file = filed(shop, Track.MEDIATION).evidence[0]
    with unit_of_work():
        evidence.note_view(file, user_id=officer, is_original=True, now=NOW)
    seen = db.session.scalars(select(EvidenceView)).one()
    assert (seen.evidence_id, seen.user_id, seen.at, seen.is_original) == (file.id, officer, NOW, True)


def test_the_kind_of_a_draft_is_what_was_said_last(app: Flask, draft: Draft) -> None:
    assert evidence.kind_of(draft) is PurchaseKind.OTHER
    with unit_of_work():
        drafting.keep_step(draft, Step.WHAT, {"kind": PurchaseKind.FUEL.value}, now=NOW)
    assert evidence.kind_of(draft) is PurchaseKind.FUEL


def test_the_files_of_a_draft_go_with_it(app: Flask, draft: Draft) -> None:
    attached(draft, photo())
    with unit_of_work():
        keys = drafting.drop_draft(draft)
    evidence.remove_stored(keys)
    assert stored(app) == set()
    assert evidence.referenced_keys() == set()
