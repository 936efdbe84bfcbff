"""Before a move an officer reads the very letter the filer will get, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Role
from portal.base import mail
from portal.complaints import queries
from portal.complaints.letters.notices import notice_of
from portal.complaints.models import Case
from portal.rules.complaint_flow import MoveName, Track
from tests.builders import make_measured_case, make_member, make_office, move_case, sign_in

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
EMAIL = "zhang@example.cn"
MAIL = {
    "SMTP_URL": "smtp://127.0.0.1:25",
    "MAIL_FROM": "no-reply@portal.example",
    "PUBLIC_URL": "https://portal.example",
}


@pytest.fixture(autouse=True)
def monday_with_mail(app: Flask) -> Iterator[None]:
    mail.use_mail(MAIL)
    with time_machine.travel(NOW, tick=False):
        yield
    mail.use_mail({})


@pytest.fixture
def officer(app: Flask, client: FlaskClient) -> int:
    user_id = make_member(Role.LEADER, make_office(now=NOW), now=NOW)
    sign_in(client, user_id)
    return user_id


def address(number: str, move: str) -> str:
    return f"/desk/cases/{number}/moves/{move}"


def shown_letter(page: str) -> str | None:
    """Return the subject and text of the letter on a page, or None."""
    soup = BeautifulSoup(page, "html.parser")
    subject, text = soup.select_one("#letter .fm-letter strong"), soup.select_one("#letter pre")
    return f"{subject.text}\n{text.text}" if subject and text else None


def sent_letter(number: str) -> str | None:
    """Return the letter about a case's last move, as it is sent."""
    notice = notice_of(_case(number).events[-1])
    return f"{notice.subject}\n{notice.text}" if notice else None


def _case(number: str) -> Case:
    case = queries.case_by_number(number)
    assert case is not None
    return case


MOVES = [
    ("accept", {}),
    ("refuse", {"ground": "already_handled", "reason": "法院已受理。"}),
    ("ask_party", {"reason": "请补交小票的照片。"}),
]


@pytest.mark.parametrize(("move", "fields"), MOVES)
@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_the_letter_shown_is_the_letter_sent(
    officer: int, client: FlaskClient, move: str, fields: dict[str, str], language: str
) -> None:
    number = make_measured_case(email=EMAIL, language=language, now=NOW).number
    body = {"submission_id": "one", **fields}
    preview = client.post(address(number, move), data={**body, "preview": "yes"})
    assert preview.status_code == 200
    assert len(_case(number).events) == 1
    letter = shown_letter(preview.text)
    assert client.post(address(number, move), data=body).status_code == 303
    sent = sent_letter(number)
    assert letter
    assert sent
    for line in letter.splitlines():
        # The address of a question is made when it is asked.
        assert line in sent or "…" in line or move == "ask_party", line
    if move != "ask_party":
        assert letter == sent


def test_the_letter_stands_there_before_anything_is_typed(officer: int, client: FlaskClient) -> None:
    number = make_measured_case(email=EMAIL, now=NOW).number
    letter = shown_letter(client.get(address(number, "accept")).text)
    assert letter
    assert number in letter


def test_the_text_follows_what_is_typed_only_when_it_is_asked_for(officer: int, client: FlaskClient) -> None:
    number = make_measured_case(email=EMAIL, now=NOW).number
    words = "请补交小票的照片。"
    assert words not in (shown_letter(client.get(address(number, "ask_party")).text) or "")
    page = client.post(address(number, "ask_party"), data={"reason": words, "preview": "yes"}).text
    assert words in (shown_letter(page) or "")
    soup = BeautifulSoup(page, "html.parser")
    field = soup.select_one("textarea[name=reason]")
    assert field
    assert field.text.strip() == words


def test_a_preview_of_half_a_form_is_no_fault(officer: int, client: FlaskClient) -> None:
    number = make_measured_case(email=EMAIL, now=NOW).number
    for move in ("accept", "refuse", "ask_party", "transfer"):
        answer = client.post(address(number, move), data={"preview": "yes"})
        assert answer.status_code == 200, move
        assert "error-summary" not in answer.text, move


def test_the_day_of_receipt_that_is_typed_is_the_one_the_letter_counts_from(
    officer: int, client: FlaskClient
) -> None:
    number = make_measured_case(email=EMAIL, is_registered=False, now=NOW).number
    with time_machine.travel(NOW.replace(day=20), tick=False):
        sign_in(client, officer)
        body = {"official_number": "12315-7", "received_on": "2026-06-02", "preview": "yes"}
        early = shown_letter(client.post(address(number, "register"), data=body).text)
        body["received_on"] = "2026-06-19"
        assert shown_letter(client.post(address(number, "register"), data=body).text) != early


@pytest.mark.parametrize(
    ("email", "is_on", "words"),
    [(None, True, "gave no e-mail"), (EMAIL, False, "not set up to send mail")],
)
def test_why_there_is_no_letter_is_said(
    officer: int, client: FlaskClient, email: str | None, is_on: bool, words: str
) -> None:
    mail.use_mail(MAIL if is_on else {})
    number = make_measured_case(email=email, now=NOW).number
    page = client.get(address(number, "accept") + "?lang=en").text
    assert shown_letter(page) is None
    assert words in page


def test_a_reporter_is_not_written_to_about_what_no_rule_tells(officer: int, client: FlaskClient) -> None:
    number = make_measured_case(email=EMAIL, tracks=(Track.REPORT,), now=NOW).number
    move_case(number, MoveName.BEGIN_CHECK, now=NOW)
    page = client.get(address(number, "open_case") + "?lang=en").text
    assert shown_letter(page) is None
    assert "No letter is sent about this move." in page


def test_every_open_move_of_both_tracks_shows_its_letter_or_why_none(
    officer: int, client: FlaskClient
) -> None:
    for track in Track:
        case = make_measured_case(email=EMAIL, tracks=(track,), key=track.value, now=NOW)
        names = {MoveName.ACCEPT} if track is Track.MEDIATION else {MoveName.BEGIN_CHECK}
        for name in names:
            move_case(case.number, name, now=NOW)
        page = client.get(f"/desk/cases/{case.number}").text
        for name in MoveName:
            if address(case.number, name.value) in page and name is not MoveName.NAME_MERCHANT:
                shown = BeautifulSoup(client.get(address(case.number, name.value)).text, "html.parser")
                assert shown.select_one("#letter"), name
