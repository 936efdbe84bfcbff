"""Every page and form behind a sign-in, by axe and at two widths; the lists make themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from portal.accounts.access import access_of
from portal.accounts.models import Role
from portal.base import clock
from portal.base.db import db, unit_of_work
from portal.complaints import actions as complaint_actions
from portal.complaints import queries as complaint_queries
from portal.complaints.evidence import actions as evidence
from portal.complaints.following import surveying
from portal.complaints.words import SurveyReason
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, EndingGround, MoveName, Need
from portal.rules.credit import CreditStatus
from portal.rules.intake_terms import EvidenceSlot
from portal.workspace.models import ReviewRequest
from tests.builders import make_case, make_member, make_merchant, make_office, make_pledge, move_case, sign_in
from tests.complaints.photos import photo
from tests.journeys.test_every_page_is_accessible import BOXES, PHONE, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@dataclass(frozen=True)
class Office:
    """What the small database holds, by the numbers that stand in addresses."""

    case: str
    photo: str
    photo_kept_back: str
    settled: str
    asking: str
    review: int


PAGES = {
    "accounts.overview": ("officer", "/account/"),
    "accounts.confirm": ("officer", "/account/confirm"),
    "accounts.change_password": ("officer", "/account/password"),
    "accounts.set_up_second_factor": ("officer", "/account/second-factor/set-up"),
    "accounts.recovery_codes": ("officer", "/account/recovery-codes"),
    "sign_ins.index": ("officer", "/account/sign-ins/"),
    "desk.queue": ("officer", "/desk/"),
    "desk.case": ("officer", "/desk/cases/{case}"),
    "desk_moves.make_move": ("officer", "/desk/cases/{case}/moves/end_mediation"),
    "desk_moves.record_finding": ("officer", "/desk/cases/{case}/moves/record_finding"),
    "desk_evidence.show": ("officer", "/desk/cases/{case}/evidence/{photo}"),
    "desk_intake.start": ("officer", "/desk/intake"),
    "desk_intake.new_ticket": ("officer", "/desk/tickets/new"),
    "desk_naming.search": ("officer", "/desk/cases/{case}/moves/name_merchant"),
    "desk_forms.show": ("officer", "/desk/cases/{case}/forms/mediation_notice"),
    "desk_recovery.new_code": ("officer", "/desk/cases/{case}/new-code"),
    "desk_reviews.index": ("officer", "/desk/reviews"),
    "desk_reviews.show": ("officer", "/desk/reviews/{review}"),
    "workspace.home": ("owner", "/merchant/"),
    "workspace.case": ("owner", "/merchant/cases/{case}"),
    "workspace.pledge": ("owner", "/merchant/pledge"),
    "workspace.credit": ("owner", "/merchant/credit"),
}
# What is no page but a picture.
PICTURES = {
    "desk_evidence.copy": ("officer", "/desk/cases/{case}/evidence/{photo}/copy"),
    "desk_evidence.small": ("officer", "/desk/cases/{case}/evidence/{photo}/small"),
    "workspace_evidence.show": ("owner", "/merchant/cases/{case}/evidence/{photo}"),
    "workspace_evidence.small": ("owner", "/merchant/cases/{case}/evidence/{photo}/small"),
}
# Where the form stands that sends to an endpoint, and the end of its address; "" is the page's own form.
FORMS = {
    "accounts.confirm": ("officer", "/account/confirm", ""),
    "accounts.change_password": ("officer", "/account/password", ""),
    "accounts.set_up_second_factor": ("officer", "/account/second-factor/set-up", ""),
    "desk_moves.make_move": ("officer", "/desk/cases/{case}/moves/end_mediation", ""),
    "desk_moves.record_finding": ("officer", "/desk/cases/{case}/moves/record_finding", ""),
    "desk_evidence.original": ("officer", "/desk/cases/{case}/evidence/{photo}", "/original"),
    "desk_evidence.release": (
        "officer",
        "/desk/cases/{case}/evidence/{photo_kept_back}",
        "/release",
    ),
    "desk_intake.begin": ("officer", "/desk/intake", ""),
    "desk_intake.begin_ticket": ("officer", "/desk/tickets/new", ""),
    "desk_naming.choose": ("officer", "/desk/cases/{case}/moves/name_merchant", ""),
    "desk.write": ("officer", "/desk/cases/{case}", "/messages"),
    "desk_recovery.give": ("officer", "/desk/cases/{case}/new-code", ""),
    "desk.leave_closed": ("officer", "/desk/cases/{asking}", "/leave-closed"),
    "desk_reviews.answer": ("officer", "/desk/reviews/{review}", ""),
    "workspace.reply": ("owner", "/merchant/cases/{case}", "/reply"),
    "workspace.offer": ("owner", "/merchant/cases/{case}", "/offer"),
    "workspace.report_paid": ("owner", "/merchant/cases/{settled}", "/paid"),
    "workspace.pledge": ("owner", "/merchant/pledge", ""),
}
ONE_BUTTON = {
    "accounts.sign_out_everywhere",
    "accounts.renew_recovery_codes",
    "accounts.remove_second_factor",
    "sign_ins.end",
    "sign_ins.end_others",
    "desk.take",
    "desk_intake.go_on",
    "desk_intake.hand_over",
    "desk_recovery.hand_over",
    "desk.assign",
    "workspace.withdraw_pledge",
    # Every row empty: nothing is covered; a bad row is tried below.
    "desk_evidence.cover",
    # A request to look again may be sent without a word.
    "workspace.credit",
}


def endpoints(app: Flask, method: str) -> set[str]:
    kinds = {"role", "signed_in"}
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and getattr(access_of(app, rule.endpoint), "kind", "") in kinds
    }


@pytest.fixture(scope="module")
def people(served: Flask) -> dict[str, int]:
    with served.app_context():
        now = clock.now()
        office = make_office(now=now)
        shop = make_merchant(now=now)
        return {
            "officer": make_member(Role.LEADER, office, login="li@example.cn", now=now),
            "owner": make_member(Role.MERCHANT_OWNER, shop.id, login="wang@example.cn", now=now),
        }


@pytest.fixture(scope="module")
def office(served: Flask, people: dict[str, int]) -> Office:
    now = clock.now()
    with served.app_context():
        shop = make_merchant(now=now)
        make_pledge(shop, now=now)
        cases = [make_case(shop, key=key, now=now).number for key in ("one", "two")]
        for number in cases:
            move_case(number, MoveName.ACCEPT, now=now)
            move_case(number, MoveName.BEGIN_MEDIATION, also_given=[Need.BOTH_CONSENT], now=now)
        with unit_of_work():
            case = complaint_queries.case_by_number(cases[1])
            complaint_actions.settle(
                case,
                amount_fen=500,
                reason="双方同意",
                actor=Actor.OFFICER,
                user_id=people["officer"],
                now=now,
            )
            request = ReviewRequest(
                merchant_id=shop.id,
                region_code=shop.region_code,
                status=CreditStatus.WATCH,
                wording="请再看一看。",
                asked_by_id=people["owner"],
                asked_at=now,
            )
            db.session.add(request)
            db.session.flush()
            review = request.id
        shown, kept_back = (_photo_of(cases[0], seed) for seed in (1, 2))
        with unit_of_work():
            file = evidence.file_by_number(shown)
            evidence.release(file, user_id=people["officer"], now=now)
        return Office(cases[0], shown, kept_back, cases[1], _asking(shop, now), review)


def _asking(shop: Merchant, now: datetime) -> str:
    """Return a closed case whose filer asks for it to be taken up again."""
    number = make_case(shop, key="asking", now=now).number
    move_case(number, MoveName.ACCEPT, now=now)
    move_case(number, MoveName.END_MEDIATION, ground=EndingGround.NO_AGREEMENT, now=now)
    move_case(number, MoveName.TELL_PARTIES, now=now)
    with unit_of_work():
        surveying.answer_survey(
            complaint_queries.case_by_number(number),
            is_satisfied=False,
            reasons=[SurveyReason.NEW_EVIDENCE],
            words="还有照片。",
            now=now,
        )
    return number


def _photo_of(number: str, seed: int) -> str:
    """Add a photo to a case."""
    prepared = evidence.prepare(photo(seed), name="秤.jpg")
    with unit_of_work():
        filing = complaint_queries.case_by_number(number).filing
        return evidence.attach(filing, prepared, EvidenceSlot.GOODS, now=clock.now()).file.number


@pytest.fixture(scope="module")
def pages(
    browser: Browser, served: Flask, people: dict[str, int], office: Office
) -> Iterator[dict[str, Page]]:
    """Yield a phone for each person, signed in."""
    contexts = {}
    for name, user_id in people.items():
        with served.app_context():
            client = served.test_client()
            sign_in(client, user_id)
            cookie = client.get_cookie("session")
        address = served.config["PUBLIC_URL"]
        context = browser.new_context(base_url=address, viewport=PHONE, locale="zh-CN")
        context.set_default_timeout(8000)
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        contexts[name] = context
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def test_the_list_of_private_pages_is_whole(served: Flask) -> None:
    assert {*PAGES, *PICTURES} == endpoints(served, "GET")


def test_the_list_of_private_forms_is_whole(served: Flask) -> None:
    assert {*FORMS, *ONE_BUTTON} == endpoints(served, "POST")


def test_every_private_page_is_accessible_and_fits_the_screen(pages: dict[str, Page], office: Office) -> None:
    found = {}
    for name, (who, address) in PAGES.items():
        answer = pages[who].goto(address.format(**vars(office)))
        broken = [] if answer is not None and answer.status == 200 else [f"status of {address}"]
        found[name] = broken + faults_of(pages[who])
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_every_private_forms_error_state_is_accessible(pages: dict[str, Page], office: Office) -> None:
    found = {}
    for name, (who, address, action) in FORMS.items():
        page = pages[who]
        page.goto(address.format(**vars(office)))
        for box in page.locator(BOXES).all():
            # What stands in a folded part is not emptied.
            if box.is_visible():
                box.fill("")
        form = f"main form[action$='{action}']" if action else "main form.fm-form"
        page.locator(f"{form} button:not([type=button])").first.click()
        is_told = page.locator("#error-summary").count() == 1 and page.locator(".fm-field-error").count() > 0
        found[name] = faults_of(page) + ([] if is_told else ["says nothing of what is wrong"])
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_pictures_are_pictures(pages: dict[str, Page], office: Office) -> None:
    for name, (who, address) in PICTURES.items():
        answer = pages[who].request.get(address.format(**vars(office)))
        assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg"), name


def test_a_bad_region_is_told_accessibly(pages: dict[str, Page], office: Office) -> None:
    page = pages["officer"]
    page.goto("/desk/cases/{case}/evidence/{photo}".format(**vars(office)))
    page.locator("#cover summary").click()
    page.locator("#cover [name=left]").first.fill("200")
    page.locator("#cover button[type=submit]").click()
    assert page.locator("#error-summary").count() == 1
    assert faults_of(page) == []


def test_a_region_is_drawn_moved_and_taken_away(pages: dict[str, Page], office: Office) -> None:
    page = pages["officer"]
    page.goto("/desk/cases/{case}/evidence/{photo}".format(**vars(office)))
    frame = page.locator("[data-masks]").bounding_box()
    assert frame
    page.mouse.move(frame["x"] + frame["width"] * 0.1, frame["y"] + frame["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.5, frame["y"] + frame["height"] * 0.6, steps=4)
    page.mouse.up()
    left = page.locator("#cover [name=left]").first
    assert abs(float(left.input_value()) - 10) < 1
    page.keyboard.press("ArrowRight")
    assert abs(float(left.input_value()) - 11) < 1
    assert faults_of(page) == []
    page.locator("#cover button[type=submit]").click()
    page.wait_for_url("**/evidence/*")
    assert page.locator(".fm-mask").count() == 1
    page.locator(".fm-mask").focus()
    page.keyboard.press("Delete")
    assert page.locator(".fm-mask").count() == 0
    page.locator("#cover button[type=submit]").click()
    page.wait_for_url("**/evidence/*")
    assert page.locator(".fm-mask").count() == 0
