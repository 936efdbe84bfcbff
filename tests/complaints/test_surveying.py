"""What a filer says after the end, and when it asks a leader to take the case up again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.base.db import db
from portal.complaints.following import surveying
from portal.complaints.words import SurveyReason
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, Need, RefusalGround, Track
from tests.builders import make_case
from tests.complaints.following import fresh, holder, move, send
from tests.complaints.forms import errors_in, page_of

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
R = SurveyReason
REFUSED = {"ground": RefusalGround.NOT_CONSUMER_DISPUTE, "reason": "没有凭证。"}


@pytest.fixture
def number(shop: Merchant) -> str:
    """A complaint that was not accepted."""
    number = make_case(shop, now=NOW).number
    move(number, MoveName.REFUSE, **REFUSED)
    return number


@pytest.fixture
def filer(app: Flask, number: str) -> FlaskClient:
    return holder(app)


def say(client: FlaskClient, number: str, satisfied: str, *reasons: R, key: str = "said-1", words: str = ""):  # type: ignore[no-untyped-def]
    return send(
        client,
        f"/complaints/cases/{number}/survey",
        key,
        satisfied=satisfied,
        reasons=[reason.value for reason in reasons],
        words=words,
    )


def test_an_open_case_is_not_asked_about(app: Flask, shop: Merchant) -> None:
    number = make_case(shop, now=NOW).number
    client = holder(app)
    assert 'id="survey"' not in client.get(f"/complaints/cases/{number}").text
    assert client.get(f"/complaints/cases/{number}/survey").status_code == 303
    assert say(client, number, "yes").status_code == 409
    assert fresh(number).surveys == []


def test_satisfaction_is_asked_first_and_reasons_by_topic_then(filer: FlaskClient, number: str) -> None:
    first = page_of(filer.get(f"/complaints/cases/{number}/survey"))
    assert first.select("[name=reasons]") == []
    for satisfied, topics in (("yes", surveying.SATISFIED), ("no", surveying.DISSATISFIED)):
        page = page_of(filer.get(f"/complaints/cases/{number}/survey?satisfied={satisfied}"))
        assert len(page.select("fieldset legend")) == len(topics)
        shown = [str(box["value"]) for box in page.select("[name=reasons]")]
        assert shown == [reason.value for row in topics.values() for reason in row]


def test_which_reasons_ask_again_is_told_before_sending(filer: FlaskClient, number: str) -> None:
    page = page_of(filer.get(f"/complaints/cases/{number}/survey?satisfied=no"))
    marked = {str(box["value"]) for box in page.select("[name=reasons][aria-describedby]")}
    assert marked == {reason.value for reason in surveying.ASK_AGAIN}


@pytest.mark.parametrize(
    ("satisfied", "reasons", "is_asked_again"),
    [
        ("no", (R.NEW_EVIDENCE,), True),
        ("no", (R.TOO_SLOW, R.NOT_LOOKED_INTO), True),
        ("no", (R.TOO_SLOW, R.UNCLEAR), False),
        ("no", (), False),
        ("yes", (R.FAIR,), False),
    ],
)
def test_some_reasons_ask_a_leader_to_take_it_up_again(
    filer: FlaskClient, number: str, satisfied: str, reasons: tuple[R, ...], is_asked_again: bool
) -> None:
    answer = say(filer, number, satisfied, *reasons)
    assert answer.status_code == 303
    case = fresh(number)
    assert case.wants_reopening is is_asked_again
    assert case.surveys[0].wants_reopening is is_asked_again
    assert set(case.surveys[0].reasons) == {reason.value for reason in reasons}
    assert not case.is_open


def test_a_reason_of_the_others_is_refused(filer: FlaskClient, number: str) -> None:
    assert say(filer, number, "yes", R.NEW_EVIDENCE).status_code == 422
    assert not fresh(number).wants_reopening


def test_it_is_said_once_for_each_end(filer: FlaskClient, number: str) -> None:
    assert say(filer, number, "no", R.NEW_EVIDENCE).status_code == 303
    assert say(filer, number, "no", R.NEW_EVIDENCE).status_code == 303  # the same sending again
    assert say(filer, number, "yes", R.FAIR, key="said-2").status_code == 409
    assert len(fresh(number).surveys) == 1
    assert "谢谢" in filer.get(f"/complaints/cases/{number}").text


def test_taking_the_case_up_again_settles_the_wish(filer: FlaskClient, number: str) -> None:
    say(filer, number, "no", R.NEW_EVIDENCE)
    move(number, MoveName.REOPEN, Actor.LEADER, reason="有新证据")
    assert not fresh(number).wants_reopening


def test_a_case_that_the_law_cannot_reopen_promises_nothing(app: Flask, shop: Merchant) -> None:
    number = make_case(shop, key="filing-2", is_registered=False, now=NOW).number
    move(number, MoveName.WITHDRAW, Actor.COMPLAINANT)
    client = holder(app, "filing-2")
    page = page_of(client.get(f"/complaints/cases/{number}/survey?satisfied=no"))
    assert page.select("[name=reasons][aria-describedby]") == []
    assert say(client, number, "no", R.NEW_EVIDENCE).status_code == 303
    assert not fresh(number).wants_reopening


def test_a_reporter_reads_nothing_of_the_decision_in_the_survey(app: Flask, shop: Merchant) -> None:
    pages = []
    for key, ending in (("r-1", MoveName.DO_NOT_OPEN), ("r-2", MoveName.OPEN_CASE)):
        number = make_case(shop, key=key, tracks=(Track.REPORT,), name=None, now=NOW).number
        move(number, MoveName.BEGIN_CHECK)
        given = {"reason": "依法决定", "also_given": [Need.APPROVAL]}
        move(number, ending, **given)
        if ending is MoveName.OPEN_CASE:
            move(number, MoveName.DECIDE_CASE, **given)
        page = page_of(holder(app, key).get(f"/complaints/cases/{number}/survey?satisfied=no"))
        pages.append([str(box) for box in page.select(".fm-choice")])
    assert pages[0]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("sent", [{"satisfied": ""}, {"satisfied": "perhaps"}])
def test_no_answer_is_asked_for_again(filer: FlaskClient, number: str, sent: dict[str, str]) -> None:
    answer = send(filer, f"/complaints/cases/{number}/survey", **sent)
    assert answer.status_code == 422
    assert list(errors_in(answer)) == ["satisfied"]


def test_words_too_long_are_refused_and_nothing_is_lost(filer: FlaskClient, number: str) -> None:
    answer = say(filer, number, "no", R.TOO_SLOW, words="字" * 1001)
    assert answer.status_code == 422
    page = page_of(answer)
    assert [box["value"] for box in page.select("[name=reasons][checked]")] == [R.TOO_SLOW.value]
    assert "字" * 1001 in answer.text
    assert fresh(number).surveys == []


def test_the_words_are_sealed(filer: FlaskClient, number: str) -> None:
    say(filer, number, "no", R.NOT_HEARD, words="没人听我说话")
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert "没人听我说话" not in dump
    assert fresh(number).surveys[0].words == "没人听我说话"


def test_a_strangers_survey_is_not_found(app: Flask, shop: Merchant, number: str) -> None:
    make_case(shop, key="filing-2", now=NOW)
    stranger = holder(app, "filing-2")
    assert stranger.get(f"/complaints/cases/{number}/survey").status_code == 404
    assert say(stranger, number, "yes").status_code == 404
