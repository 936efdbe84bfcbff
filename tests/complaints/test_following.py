"""Following with the receipt code, and what the person who filed may do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.accounts.models import Role
from portal.base import crypto
from portal.base.db import db, unit_of_work
from portal.compensation import queries as compensation_queries
from portal.compensation.models import ClaimState
from portal.complaints import actions, queries
from portal.complaints.models import Case
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName, Need, State, Track
from tests.builders import make_case, make_member, make_merchant, make_office
from tests.complaints.forms import errors_in, page_of

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
CODE = crypto.CODE_ALPHABET


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


SPELLINGS = {
    "as printed": str,
    "lower case": str.lower,
    "with spaces": lambda code: f"  {code.replace('-', ' ')} ",
    "without dashes": lambda code: code.replace("-", ""),
    "full width": full_width,
    "long dashes": lambda code: code.replace("-", "—"),
    "with a line break": lambda code: code[:10] + "\r\n" + code[10:],
}


def give_code(client: FlaskClient, code: str) -> TestResponse:
    return client.post("/complaints/follow", data={"code": code})


@pytest.fixture
def case(shop: Merchant) -> Case:
    return make_case(shop, now=NOW)


@pytest.fixture
def filer(app: Flask, case: Case) -> FlaskClient:
    client = app.test_client()
    assert give_code(client, crypto.receipt_code("filing-1")).status_code == 303
    return client


def test_a_code_is_read_however_it_is_typed(app: Flask, case: Case) -> None:
    for name, spelled in SPELLINGS.items():
        client = app.test_client()
        answer = give_code(client, spelled(crypto.receipt_code("filing-1")))
        assert (answer.status_code, answer.location) == (303, f"/complaints/cases/{case.number}"), name
        assert client.get(answer.location).status_code == 200


WRONG = [
    "",
    " ",
    "ABC",
    "A" * 25,
    "\x00",
    "' OR 1=1 --",
    "<script>",
    "x" * 81,
    "23456-789AB-CDEFG-HJKMN-PQRST",
]


def test_a_wrong_code_opens_nothing_and_is_kept_on_the_page(client: FlaskClient, case: Case) -> None:
    for wrong in WRONG:
        answer = give_code(client, wrong)
        assert answer.status_code == 422, wrong
        assert list(errors_in(answer)) == ["code"]
        assert page_of(answer).select_one("[name=code]") is not None
        assert case.number not in answer.text


def test_one_slip_in_a_code_opens_nothing(client: FlaskClient, case: Case) -> None:
    code = crypto.receipt_code("filing-1")
    slipped = CODE[(CODE.index(code[0]) + 1) % len(CODE)] + code[1:]
    assert give_code(client, slipped).status_code == 422


def test_without_a_code_a_case_asks_for_it(client: FlaskClient, case: Case) -> None:
    for path in (f"/complaints/cases/{case.number}", f"/complaints/filed/{case.number}"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (303, "/complaints/follow")


def test_a_strangers_case_is_not_found(filer: FlaskClient, shop: Merchant) -> None:
    other = make_case(shop, key="filing-2", now=NOW)
    assert filer.get(f"/complaints/cases/{other.number}").status_code == 404
    assert filer.get(f"/complaints/filed/{other.number}").status_code == 404
    assert take(filer, other, "withdraw").status_code == 404
    assert filer.get("/complaints/cases/TS-0000-0000").status_code == 404
    assert fresh(other).state is State.RECEIVED


def test_a_shared_phone_can_forget_its_receipts(filer: FlaskClient, case: Case) -> None:
    assert case.number in filer.get("/complaints/follow").text
    filer.post("/complaints/forget")
    assert case.number not in filer.get("/complaints/follow").text
    assert filer.get(f"/complaints/cases/{case.number}").status_code == 303


# The complainant's own steps ----------------------------------------------------------


def take(client: FlaskClient, case: Case, step: str, text: str = "", key: str = "") -> TestResponse:
    key = key or f"step-{step}-{case.number}"
    # The page sends the amount it shows along with an answer to an offer.
    shown = actions.offered_fen(fresh(case))
    typed = {"submission_id": key, "text": text, **({} if shown is None else {"offer": str(shown)})}
    return client.post(f"/complaints/cases/{case.number}/{step}", data=typed)


def fresh(case: Case) -> Case:
    db.session.rollback()
    found = queries.case_by_number(case.number)
    assert found is not None
    return found


def move(case: Case, name: MoveName, actor: Actor, **given: object) -> None:
    with unit_of_work():
        found = queries.case_by_number(case.number)
        actions.move(found, name, actor=actor, now=NOW, **given)  # type: ignore[arg-type]


@pytest.fixture
def offered(case: Case) -> Case:
    """A mediation in which the merchant offers 10 yuan."""
    move(case, MoveName.ACCEPT, Actor.OFFICER)
    move(case, MoveName.BEGIN_MEDIATION, Actor.OFFICER, also_given=[Need.BOTH_CONSENT])
    move(case, MoveName.OFFER, Actor.MERCHANT, amount_fen=60)
    return fresh(case)


@pytest.fixture
def paid(filer: FlaskClient, offered: Case) -> Case:
    """An accepted offer which the merchant says it has paid."""
    assert take(filer, offered, "accept_offer").status_code == 303
    with unit_of_work():
        actions.report_paid(
            queries.case_by_number(offered.number), method="cash", reference="", user_id=None, now=NOW
        )
    return fresh(offered)


def test_an_offer_can_be_taken_once(filer: FlaskClient, offered: Case) -> None:
    assert take(filer, offered, "accept_offer").status_code == 303
    after = fresh(offered)
    claim = compensation_queries.claim_by_number(after.claim_number)
    assert after.state is State.SETTLED
    assert claim is not None
    assert claim.amount_fen == 60
    assert take(filer, offered, "accept_offer").status_code == 303
    assert take(filer, offered, "accept_offer", key="another").status_code == 409
    assert fresh(offered).claim_number == claim.number


def test_without_an_offer_there_is_nothing_to_take(filer: FlaskClient, case: Case) -> None:
    assert take(filer, case, "accept_offer").status_code == 409


def test_money_received_closes_the_case(filer: FlaskClient, paid: Case) -> None:
    assert take(filer, paid, "confirm_performed").status_code == 303
    after = fresh(paid)
    assert (after.state, after.is_open) == (State.CLOSED, False)
    assert client_page(filer, paid).status_code == 200


def test_money_that_did_not_come_leaves_the_claim_open(filer: FlaskClient, paid: Case) -> None:
    assert take(filer, paid, "deny_receipt").status_code == 303
    after = fresh(paid)
    claim = compensation_queries.claim_by_number(after.claim_number)
    assert after.is_open
    assert claim is not None
    assert claim.state is ClaimState.OWED


def client_page(client: FlaskClient, case: Case) -> TestResponse:
    return client.get(f"/complaints/cases/{case.number}")


def test_words_can_be_added_and_are_sealed(filer: FlaskClient, case: Case) -> None:
    assert take(filer, case, "add_material", text="我还有小票。").status_code == 303
    assert "我还有小票。" in client_page(filer, case).text
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert "我还有小票" not in dump


def test_an_empty_message_and_one_too_long_are_refused_on_the_field(filer: FlaskClient, case: Case) -> None:
    for text in ("", "   ", "话" * 1001):
        answer = take(filer, case, "add_material", text=text)
        assert answer.status_code == 422
        assert "text" in errors_in(answer)
    assert queries.messages_of(case.id) == []


def test_a_complaint_can_be_withdrawn(filer: FlaskClient, case: Case) -> None:
    assert take(filer, case, "withdraw").status_code == 303
    assert fresh(case).state is State.WITHDRAWN
    assert client_page(filer, case).status_code == 200
    assert take(filer, case, "withdraw", key="again").status_code == 409


def test_what_is_not_the_complainants_to_do_is_refused(filer: FlaskClient, case: Case) -> None:
    before = fresh(case).state
    for step in ("record_finding", "settle", "accept", "close", "reopen", "nonsense"):
        assert take(filer, case, step).status_code in {404, 409}
        assert fresh(case).state is before


def test_one_phone_can_follow_several_filings(filer: FlaskClient, case: Case) -> None:
    other = make_case(make_merchant("李记鱼行", address="文三路5号", now=NOW), key="filing-2", now=NOW)
    assert give_code(filer, crypto.receipt_code("filing-2")).status_code == 303
    page = filer.get("/complaints/follow").text
    assert case.number in page
    assert other.number in page


def case_now(number: str) -> Case:
    found = queries.case_by_number(number)
    assert found is not None
    return found


def test_a_merged_report_says_nothing_of_another(app: Flask, shop: Merchant) -> None:
    earlier = make_case(shop, tracks=(Track.REPORT,), key="earlier", now=NOW).number
    later = make_case(shop, tracks=(Track.REPORT,), key="later", name=None, now=NOW).number
    officer = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    with unit_of_work():
        actions.merge_reports(
            case_now(later),
            case_now(earlier),
            reason="同一事实",
            actor=Actor.OFFICER,
            user_id=officer,
            now=NOW,
        )
    client = app.test_client()
    give_code(client, crypto.receipt_code("later"))
    for language, words in (
        ("en", ("earlier", "merge", "joined")),
        ("zh_Hans_CN", ("合并", "并入", "同一事实")),
    ):
        text = client.get(f"/complaints/cases/{later}?lang={language}").text
        assert [word for word in words if word in text.lower()] == []
    assert earlier not in text
