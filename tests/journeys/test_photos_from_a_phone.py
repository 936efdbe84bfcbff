"""A phone adds photos to a draft: chosen, on their way, there; and what happens where that fails."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from portal.base import clock
from portal.base.db import unit_of_work
from portal.complaints.drafts import drafting
from portal.complaints.evidence import actions as evidence
from portal.rules.intake_terms import Step
from tests.complaints.photos import photo
from tests.journeys.conftest import faults_by_axe, is_wider_than_the_screen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

GOODS = "#photo_of_goods"


@pytest.fixture
def draft_number(served: Flask, request: pytest.FixtureRequest) -> str:
    with served.app_context(), unit_of_work():
        draft = drafting.begin_draft(request.node.name, now=clock.now())
        drafting.keep_step(draft, Step.WHAT, {"kind": "retail_weighing"}, now=clock.now())
        return draft.number


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    """Return two photos as files of the phone."""
    paths = []
    for seed, name in enumerate(("苹果.jpg", "秤.jpg")):
        path = tmp_path / name
        path.write_bytes(photo(seed, side=800))
        paths.append(str(path))
    return paths


@pytest.fixture
def phone(
    browser: Browser, browser_context_args: dict[str, Any], served: Flask, draft_number: str
) -> Iterator[Page]:
    """Yield a phone at the evidence step of a draft that it holds the receipt of."""
    context = browser.new_context(**{**browser_context_args, "has_touch": True, "is_mobile": True})
    context.set_default_timeout(15_000)
    with served.app_context():
        draft = drafting.draft_by_number(draft_number)
        assert draft is not None
        session = served.session_interface.get_signing_serializer(served).dumps(  # type: ignore[attr-defined]
            {"receipts": [[draft.receipt_hash, int(clock.now().timestamp())]]}
        )
    context.add_cookies(
        [
            {
                "name": served.config["SESSION_COOKIE_NAME"],
                "value": session,
                "url": served.config["PUBLIC_URL"],
            }
        ]
    )
    page = context.new_page()
    page.goto(f"/complaints/drafts/{draft_number}/evidence")
    yield page
    context.close()


def kept(served: Flask, number: str) -> int:
    with served.app_context():
        draft = drafting.draft_by_number(number)
        assert draft is not None
        return len(evidence.files_of_filer(draft))


def test_chosen_photos_go_up_with_progress_and_show_themselves(
    phone: Page, served: Flask, draft_number: str, photos: list[str]
) -> None:
    seen: list[str] = []
    phone.expose_function("noteProgress", lambda line: seen.append(line))
    phone.evaluate(
        """() => new MutationObserver(() => {
            const bar = document.querySelector("progress");
            if (bar) noteProgress(bar.getAttribute("aria-label") + " " + bar.closest("li").innerText);
        }).observe(document.querySelector("main"), {subtree: true, childList: true, attributes: true})"""
    )
    camera = phone.locator(f"{GOODS}-camera")
    assert camera.get_attribute("capture") == "environment"
    expect(phone.locator(f"{GOODS} label").first).to_be_visible()
    phone.locator(f"{GOODS}-file").set_input_files(photos)
    rows = phone.locator(f"{GOODS} [data-file]")
    expect(rows).to_have_count(2)
    assert [name.strip() for name in rows.locator(".fm-file-name").all_inner_texts()] == [
        "苹果.jpg",
        "秤.jpg",
    ]
    assert any("苹果.jpg" in line and "%" in line for line in seen), seen
    expect(phone.locator("[data-part=said]")).to_contain_text("秤.jpg")
    expect(phone.locator("meter")).to_have_attribute("value", "1")
    expect(phone.locator(f"{GOODS} [data-part=has]")).to_be_visible()
    picture = rows.first.locator("img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    assert faults_by_axe(phone) == []
    assert not is_wider_than_the_screen(phone)
    assert kept(served, draft_number) == 2


def test_a_photo_waits_where_the_network_fails_and_goes_on_when_it_is_back(
    phone: Page, served: Flask, draft_number: str, photos: list[str]
) -> None:
    phone.context.set_offline(True)
    phone.locator(f"{GOODS}-file").set_input_files(photos[0])
    waiting = phone.locator(f"{GOODS} .fm-upload.has-error")
    expect(waiting).to_contain_text("苹果.jpg")
    expect(waiting.get_by_role("button")).to_have_count(2)
    assert faults_by_axe(phone) == []
    assert kept(served, draft_number) == 0
    phone.context.set_offline(False)
    expect(phone.locator(f"{GOODS} [data-file]")).to_have_count(1)
    expect(phone.locator(".fm-upload")).to_have_count(0)


def test_an_answer_that_was_lost_is_asked_for_again_without_a_second_file(
    phone: Page, served: Flask, draft_number: str, photos: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, whole = [], served.wsgi_app

    def lose_the_first_answer(environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "POST" or answers:
            return whole(environ, start_response)
        whole(environ, lambda status, *_rest: answers.append(status))
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionError("the answer was lost on its way")

    monkeypatch.setattr(served, "wsgi_app", lose_the_first_answer)
    phone.locator(f"{GOODS}-file").set_input_files(photos[0])
    # The browser may ask again by itself; if it does not, the page does after a while.
    expect(phone.locator(f"{GOODS} [data-file]")).to_have_count(1, timeout=25_000)
    assert answers == ["200 OK"]
    assert kept(served, draft_number) == 1


def test_a_photo_can_be_removed_and_the_place_takes_the_focus(
    phone: Page, served: Flask, draft_number: str, photos: list[str]
) -> None:
    phone.locator(f"{GOODS}-file").set_input_files(photos[0])
    phone.locator(f"{GOODS} [data-remove] button").click()
    expect(phone.locator(f"{GOODS} [data-file]")).to_have_count(0)
    expect(phone.locator(f"{GOODS}-file")).to_be_focused()
    expect(phone.locator("meter")).to_have_attribute("value", "0")
    assert kept(served, draft_number) == 0


def test_what_is_too_big_is_said_before_it_is_sent(phone: Page, tmp_path: Path) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    big = tmp_path / "巨大.jpg"
    big.write_bytes(b"\xff\xd8\xff" + b"\0" * 11 * 1024 * 1024)
    phone.locator(f"{GOODS}-file").set_input_files(str(big))
    expect(phone.locator(f"{GOODS} .fm-upload.has-error")).to_contain_text("11.1 MB")
    expect(phone.locator(f"{GOODS} .fm-upload.has-error")).to_contain_text("10 MB")
    assert asked == []
