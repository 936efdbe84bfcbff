"""Every public page and every form's error state, by axe and at two widths; the list makes itself.

A public GET endpoint that has no address below, or a form that has no error state below, fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from portal.accounts import actions as account_actions
from portal.accounts import links
from portal.accounts import queries as account_queries
from portal.accounts.access import UNDECLARED, access_of
from portal.accounts.models import Role
from portal.base import clock
from portal.base.db import unit_of_work
from portal.complaints import queries as complaint_queries
from portal.complaints.evidence import actions as evidence
from portal.records import queries as record_queries
from portal.rules.complaint_flow import Track
from portal.rules.intake_terms import EvidenceSlot
from tests.builders import (
    make_case,
    make_instrument,
    make_market,
    make_member,
    make_merchant,
    make_office,
    make_pledge,
)
from tests.complaints.photos import photo
from tests.journeys.conftest import faults_by_axe, is_wider_than_the_screen
from tests.journeys.following import Followed, hold_receipts, make_followed
from tests.stories import settle_and_pay

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
LOGIN, PASSWORD = "demo-officer@example.cn", "长长的口令-七只仙鹤-不飞"


@dataclass(frozen=True)
class Street:
    """What the small database holds, by the numbers that stand in addresses."""

    merchant: str
    instrument: str
    record: str
    case: str
    invitation: str
    reset: str
    settled: str
    followed: Followed
    photo: str


# The address of a page for each public GET endpoint; what is no page has its type.
ADDRESSES: dict[str, str] = {
    "merchants.find": "/",
    "merchants.show": "/merchants/{merchant}",
    "merchants.pledge": "/merchants/{merchant}/pledges/1",
    "instruments.weigh": "/weigh?merchant={merchant}&goods=苹果&price=10&settled=1&reweighed=0.94",
    "instruments.show": "/instruments/{instrument}",
    "records.index": "/records/",
    "records.show": "/records/{record}",
    "records.show_log": "/log/",
    "records.stats": "/stats",
    "complaints.follow": "/complaints/follow",
    "complaints.filed": "/complaints/filed/{followed.lost}",
    "complaints.show": "/complaints/cases/{case}",
    "evidence.add_to_case": "/complaints/cases/{case}/evidence",
    "official_forms.show": "/complaints/cases/{case}/forms/complaint_register",
    "requests.answer": "/complaints/requests/{followed.question_token}",
    "requests.answer_in_case": "/complaints/cases/{followed.asked}/questions/{followed.question}",
    "surveys.survey": "/complaints/cases/{settled}/survey?satisfied=no",
    "recovery.recover": "/complaints/recover",
    "voices.join": "/complaints/join/{followed.join}",
    "voices.show": "/complaints/voices/{followed.voice}",
    "accounts.sign_in": "/account/login",
    "accounts.give_code": "/account/second-factor",
    "accounts.accept_invitation": "/account/invitation/{invitation}",
    "accounts.reset_password": "/account/reset/{reset}",
    # Without its token there is no such page, and this is how it says so.
    "health.metrics": "/metrics",
}
NO_PAGES: dict[str, str] = {
    "health.healthz": "/healthz",
    "health.readyz": "/readyz",
    "records.checkpoint": "/log/checkpoint",
    "records.proof": "/records/{record}/proof.json",
    "feeds.feed": "/complaints/feeds/{followed.feed}",
}
# Files for the holder of a receipt.
FILES: dict[str, str] = {
    "complaints.receipt_file": "/complaints/filed/{followed.lost}/receipt.txt",
    "evidence.show": "/complaints/evidence/{photo}",
    "evidence.small": "/complaints/evidence/{photo}/small",
}
# Other states of pages that a visitor meets: nothing found, not found, gone astray.
MORE = (
    "/?q=没有这家店",
    "/?sector=market&status=trust",
    "/records/?q=没有这条",
    "/weigh",
    "/complaints/new",
    "/complaints/new?merchant=M0000000000",
    "/merchants/M0000000000",
    "/account/reset/used-already",
    "/complaints/filed/{case}",
    "/complaints/cases/{settled}",
    "/complaints/cases/{followed.asked}",
    "/complaints/cases/{settled}/survey",
    "/complaints/cases/{settled}/survey?satisfied=yes",
    "/complaints/requests/{followed.answered_token}",
    "/complaints/requests/nonsense",
    "/complaints/join/nonsense",
    "/nowhere",
)
IN_ENGLISH = ("/?lang=en", "/weigh?lang=en", "/complaints/new?merchant={merchant}", "/merchants/{merchant}")

# The boxes of a form that somebody can empty.
BOXES = "main form.fm-form :is(input:not([type=hidden],[type=radio],[type=checkbox],[readonly]), textarea)"

Spoil = Callable[[Page, Street], None]


def _send_empty(address: str) -> Spoil:
    """Open a page, empty its form and send it."""

    def spoil(page: Page, street: Street) -> None:
        page.goto(address.format(**vars(street)))
        for box in page.locator(BOXES).all():
            box.fill("")
        page.locator("main form.fm-form button:not([type=button])").first.click()

    return spoil


def _send_too_much(address: str) -> Spoil:
    """Open a page, type more into its last box than it takes, and send it."""

    def spoil(page: Page, street: Street) -> None:
        page.goto(address.format(**vars(street)))
        box = page.locator("main form.fm-form textarea").last
        # As a browser without the limit would send it.
        box.evaluate("box => box.removeAttribute('maxlength')")
        box.fill("字" * 1001)
        page.locator("main form.fm-form button:not([type=button])").first.click()

    return spoil


def _send_no_photo(address: str) -> Spoil:
    """Open a page that takes photos and send its first form by hand, as without script, with none."""

    def spoil(page: Page, street: Street) -> None:
        page.goto(address.format(**vars(street)))
        with page.expect_navigation():
            page.locator("form[data-pick]").first.evaluate("form => form.submit()")

    return spoil


def _open(address: str) -> Spoil:
    return lambda page, street: page.goto(address.format(**vars(street))) and None


# How each form comes to its error state; a POST without any field has none, and says why.
ERRORS: dict[str, Spoil] = {
    "instruments.weigh": _open("/weigh?goods=&price=x&settled=-1&reweighed=NaN&bought_on=2999-01-01"),
    "complaints.follow": _send_empty("/complaints/follow"),
    "complaints.take_step": _send_empty("/complaints/cases/{case}"),
    "complaints.check_code": _send_empty("/complaints/filed/{followed.lost}"),
    "evidence.add_to_case": _send_no_photo(ADDRESSES["evidence.add_to_case"]),
    "requests.answer": _send_empty(ADDRESSES["requests.answer"]),
    "requests.answer_in_case": _send_empty(ADDRESSES["requests.answer_in_case"]),
    "surveys.survey": _send_too_much(ADDRESSES["surveys.survey"]),
    "recovery.recover": _send_empty(ADDRESSES["recovery.recover"]),
    "voices.join": _send_too_much(ADDRESSES["voices.join"]),
    "accounts.sign_in": _send_empty("/account/login"),
    "accounts.give_code": _send_empty("/account/second-factor"),
    "accounts.accept_invitation": _send_empty("/account/invitation/{invitation}"),
    "accounts.reset_password": _send_empty("/account/reset/{reset}"),
}
WITHOUT_FIELDS = {
    "complaints.forget": "one button",
    "evidence.remove": "one button",
    "feeds.begin": "one button",
    "feeds.end": "one button",
    "accounts.sign_out": "one button",
}
# GET endpoints whose form a visitor can spoil.
SPOILED_BY_GET = {"instruments.weigh"}


def endpoints(app: Flask, method: str) -> set[str]:
    """Return the endpoints that visitors and holders of a receipt may use.

    The steps of the complaint form have a test of their own: test_every_step_is_accessible.
    """
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ())
        and rule.endpoint not in UNDECLARED | {"evidence.add"}
        and not rule.endpoint.startswith("drafts.")
        and getattr(access_of(app, rule.endpoint), "kind", "") in {"public", "receipt"}
    }


@pytest.fixture(scope="module")
def street(served: Flask) -> Street:
    """Make two shops; one has all there is: a pledge, a scale, a settled complaint and a new one."""
    now = clock.now()
    with served.app_context():
        market = make_market(now=now)
        make_merchant("李记水产", address="文三路9号", now=now)
        shop = make_merchant(now=now, market_id=market.id, stall_no="A12")
        make_pledge(shop, now=now)
        instrument = make_instrument(shop, verified_on=clock.today(), now=now)
        office = make_office(now=now)
        officer_id = make_member(Role.OFFICER, office, login=LOGIN, now=now)
        settled = make_case(shop, key="settled", agrees_to_publication=True, now=now)
        settle_and_pay(settled.number, officer_id, now=now)
        case = make_case(
            shop, key="open", tracks=(Track.MEDIATION, Track.REPORT), is_registered=False, now=now
        )
        with unit_of_work():
            officer = account_queries.user_by_id(officer_id)
            account_actions.change_password(officer, PASSWORD, now)
            invitation = links.invite(Role.OFFICER, "new@example.cn", office, now)
            reset = links.reset_link(officer, now)
        record = record_queries.latest(today=clock.today(), limit=1)[0].number
        signed = served.test_cli_runner().invoke(args=["log", "checkpoint"])
        assert signed.exit_code == 0, signed.output
        followed = make_followed(shop, now)
        prepared = evidence.prepare(photo(), name="秤.jpg")
        with unit_of_work():
            filing = complaint_queries.case_by_number(case.number).filing
            shown = evidence.attach(filing, prepared, EvidenceSlot.GOODS, now=now).file.number
        return Street(
            shop.number, instrument, record, case.number, invitation, reset, settled.number, followed, shown
        )


@pytest.fixture(scope="module")
def page(browser: Browser, served: Flask, street: Street) -> Iterator[Page]:
    """Yield a phone that holds a receipt and has given a password but not yet the second factor."""
    context = browser.new_context(base_url=served.config["PUBLIC_URL"], viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    hold_receipts(page, street.followed.lost, "open", "settled", "asked", "voice")
    page.goto("/account/login")
    page.fill("main [name=login]", LOGIN)
    page.fill("main [name=password]", PASSWORD)
    page.locator("main form.fm-form button").first.click()
    assert page.url.endswith("/account/second-factor")
    yield page
    context.close()


def faults_of(page: Page) -> list[str]:
    """Return what is wrong with the page shown, on a phone and on a desk."""
    page.set_viewport_size(PHONE)
    faults = faults_by_axe(page)
    faults += ["sideways scroll at 360 px"] if is_wider_than_the_screen(page) else []
    page.set_viewport_size(DESK)
    faults += ["sideways scroll at 1280 px"] if is_wider_than_the_screen(page) else []
    page.set_viewport_size(PHONE)
    return faults


def visit(page: Page, addresses: dict[str, str]) -> dict[str, list[str]]:
    """Return the faults of each page that has any; a page that breaks is a fault."""
    found = {}
    for name, address in addresses.items():
        answer = page.goto(address)
        assert answer is not None
        broken = [f"status {answer.status}"] if answer.status >= 500 else []
        moved = [f"went to {page.url}"] if answer.request.redirected_from else []
        found[name] = broken + moved + faults_of(page)
    return {name: faults for name, faults in found.items() if faults}


def test_the_list_of_addresses_is_whole(served: Flask) -> None:
    assert {*ADDRESSES, *NO_PAGES, *FILES} == endpoints(served, "GET")


def test_the_list_of_error_states_is_whole(served: Flask) -> None:
    assert {*ERRORS, *WITHOUT_FIELDS} == endpoints(served, "POST") | SPOILED_BY_GET


def test_every_public_page_is_accessible_and_fits_the_screen(page: Page, street: Street) -> None:
    assert visit(page, {name: address.format(**vars(street)) for name, address in ADDRESSES.items()}) == {}


def test_every_other_state_of_a_page_is_accessible(page: Page, street: Street) -> None:
    assert visit(page, {address: address.format(**vars(street)) for address in MORE}) == {}


def test_every_forms_error_state_is_accessible(page: Page, street: Street) -> None:
    found = {}
    for name, spoil in ERRORS.items():
        spoil(page, street)
        is_told = page.locator("#error-summary").count() == 1 and page.locator(".fm-field-error").count() > 0
        found[name] = faults_of(page) + ([] if is_told else ["says nothing of what is wrong"])
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_pages_hold_in_english_too(page: Page, street: Street) -> None:
    addresses = {address: address.format(**vars(street)) for address in IN_ENGLISH}
    found = visit(page, addresses)
    language = page.locator("html").get_attribute("lang")
    page.goto("/?lang=zh_Hans_CN")
    assert (found, language) == ({}, "en")


def test_what_is_no_page_is_no_html(served: Flask, street: Street) -> None:
    for name, address in NO_PAGES.items():
        answer = served.test_client().get(address.format(**vars(street)))
        assert (answer.mimetype == "text/html") is False, name


def test_the_holder_of_a_receipt_gets_its_files(page: Page, street: Street) -> None:
    for name, address in FILES.items():
        answer = page.request.get(address.format(**vars(street)))
        assert answer.status == 200, name
        assert not answer.headers["content-type"].startswith("text/html"), name


def test_planted_faults_are_found(page: Page) -> None:
    page.goto("/stats")
    page.evaluate(
        """() => {
            const main = document.querySelector("main");
            main.insertAdjacentHTML("beforeend", '<img src="/static/img/mark.svg"><input name="bare">');
            main.lastChild.style.cssText = "width: 2000px; max-width: none";
        }"""
    )
    faults = faults_of(page)
    assert {fault.split(":")[0] for fault in faults} >= {"image-alt", "label", "sideways scroll at 360 px"}
