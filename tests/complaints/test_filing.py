"""Filing through the form: what is opened, what is kept sealed, what is refused and how kindly."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import func, select, text

from portal.base import crypto
from portal.base.db import db, unit_of_work
from portal.complaints import actions
from portal.complaints.models import Case, Draft, Filing
from portal.instruments.weighing import weigh
from portal.merchants.actions import publish_pledge
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import State, Track
from portal.rules.errors import InputRefused
from portal.rules.pledge import PledgeTerms
from tests.builders import make_merchant, make_pledge
from tests.complaints.forms import (
    FIRST_PART,
    STORY,
    WHO,
    begin,
    code_on,
    draft_of,
    errors_in,
    filed_cases,
    filing_of,
    kept_in,
    send,
    typed,
)

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
NO_NAME = dict.fromkeys(WHO, "")


def count_of(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_filing_gives_a_number_and_a_code_that_opens_it(client: FlaskClient, shop: Merchant) -> None:
    case = filed_cases(client, typed(shop))[0]
    page = client.get(f"/complaints/filed/{case.number}")
    assert page.status_code == 200
    assert " ".join(case.number) in page.text
    assert code_on(page) == crypto.receipt_code("filing-1")
    assert page.headers["Cache-Control"] == "no-store"


def test_a_reload_of_the_receipt_shows_the_same_code(client: FlaskClient, shop: Merchant) -> None:
    case = filed_cases(client, typed(shop))[0]
    pages = [client.get(f"/complaints/filed/{case.number}") for _ in range(2)]
    assert {code_on(page) for page in pages} == {crypto.receipt_code("filing-1")}


def test_only_a_hash_of_the_receipt_code_is_stored(app: Flask, client: FlaskClient, shop: Merchant) -> None:
    filing = filing_of(client, typed(shop))
    code = crypto.receipt_code("filing-1")
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert filing.receipt_hash in dump
    assert code not in dump
    assert crypto.normalise_code(code) not in dump


def test_who_filed_and_what_they_wrote_stand_sealed_in_the_database(
    client: FlaskClient, shop: Merchant
) -> None:
    filing = filing_of(client, typed(shop))
    row = db.session.execute(text("SELECT name, phone, address, narrative FROM filing")).one()
    secrets = {**WHO, "narrative": STORY}
    for (field, secret), stored in zip(secrets.items(), row, strict=True):
        assert secret.encode() not in bytes(stored), field
        assert crypto.decrypt(bytes(stored)).decode() == secret == getattr(filing, field)
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert not [secret for secret in secrets.values() if secret in dump]
    assert shop.name in dump


def test_both_tracks_get_two_numbers_that_are_no_neighbours(client: FlaskClient, shop: Merchant) -> None:
    complaint, report = filed_cases(client, typed(shop, wanted="want_both"))
    assert (complaint.track, report.track) == (Track.MEDIATION, Track.REPORT)
    assert complaint.number.startswith("TS-")
    assert report.number.startswith("JB-")
    alike = sum(a == b for a, b in zip(complaint.number[3:], report.number[3:], strict=True))
    # The dash is always alike; of eight symbols chosen apart, a few may be by chance.
    assert alike <= 5
    assert complaint.filing_id == report.filing_id


@pytest.mark.parametrize("wanted", ["want_mediation", "want_both"])
def test_a_complaint_without_an_identity_is_refused_on_the_field(
    client: FlaskClient, shop: Merchant, wanted: str
) -> None:
    for field in WHO:
        answer = send(client, typed(shop, wanted=wanted, **{field: "  "}))
        assert answer.status_code == 422
        assert list(errors_in(answer)) == [field]
    assert count_of(Filing) == 0


def test_a_report_can_be_anonymous(client: FlaskClient, shop: Merchant) -> None:
    filing = filing_of(client, typed(shop, wanted="want_report", **NO_NAME))
    assert (filing.name, filing.phone, filing.address) == (None, None, None)
    assert [case.track for case in filing.cases] == [Track.REPORT]


def test_the_action_itself_refuses_a_complaint_that_names_nobody(app: Flask, shop: Merchant) -> None:
    data = actions.FilingData(
        merchant=shop,
        tracks=(Track.MEDIATION,),
        weighing=weigh({"goods": "苹果", "price": "10", "settled": "1"}, today=date(2026, 6, 1)),
        requests=(),
        narrative=STORY,
        name="张三丰",
        phone=None,
        address="文二路2号",
        agrees_to_publication=False,
        agrees_to_delegation=False,
    )
    with pytest.raises(InputRefused), unit_of_work():
        actions.file_complaint(data, submission_id="k", is_statutory_channel=False, now=NOW)
    assert count_of(Filing) == 0


def test_a_case_waits_for_its_official_number(client: FlaskClient, shop: Merchant) -> None:
    case = filed_cases(client, typed(shop))[0]
    assert (case.state, case.received_on, case.official_number) == (State.FILED, None, None)
    assert "未向主管部门登记" in client.get(f"/complaints/cases/{case.number}").text


def test_the_offices_own_window_registers_at_once(app: Flask, client: FlaskClient, shop: Merchant) -> None:
    app.config["AUTHORITY_CHANNEL"] = True
    for case in filed_cases(client, typed(shop, wanted="want_both")):
        assert (case.state, case.received_on) == (State.RECEIVED, date(2026, 6, 1))
        assert case.official_number == case.number
        assert case.due_on is not None


def test_the_pledge_of_the_day_of_purchase_is_kept_with_the_filing(
    client: FlaskClient, shop: Merchant
) -> None:
    pledge = make_pledge(shop, PledgeTerms(factor=10), now=datetime(2026, 5, 1, 2, 0, tzinfo=UTC))
    assert filing_of(client, typed(shop)).pledge_version_id == pledge.id
    assert filing_of(client, typed(shop, "filing-2", bought_on="2026-04-30")).pledge_version_id is None


def test_an_expired_pledge_is_not_cited(client: FlaskClient, shop: Merchant) -> None:
    with unit_of_work():
        pledge = publish_pledge(
            shop,
            PledgeTerms(factor=10),
            signer="王某",
            valid_from_on=date(2025, 6, 1),
            valid_to_on=date(2026, 5, 31),
            now=datetime(2025, 6, 1, 2, 0, tzinfo=UTC),
        )
    last_day = filing_of(client, typed(shop, "filing-1", bought_on="2026-05-31"))
    day_after = filing_of(client, typed(shop, "filing-2", bought_on="2026-06-01"))
    assert last_day.pledge_version_id == pledge.id
    assert day_after.pledge_version_id is None


# Bad input ------------------------------------------------------------------------


def test_an_empty_form_has_a_message_on_every_field_it_needs(client: FlaskClient, shop: Merchant) -> None:
    answer = send(client, {"merchant": shop.number, "submission_id": "k"})
    assert answer.status_code == 422
    assert set(errors_in(answer)) == set(FIRST_PART)
    answer = send(client, {"merchant": shop.number, "submission_id": "k"} | FIRST_PART)
    assert set(errors_in(answer)) == {"goods", "price", "settled", "bought_on", "narrative"}


def test_nothing_asked_for_is_said_on_the_step(client: FlaskClient, shop: Merchant) -> None:
    answer = send(client, typed(shop, wanted="nothing"))
    assert answer.status_code == 422
    assert set(errors_in(answer)) == {"requests"}


BAD_NUMBERS = ("0", "-1", "1000000000", "1,5", "NaN", "inf", "1e3", "一斤半吧", "0.0000001", "9" * 41)


@pytest.mark.parametrize("field", ["settled", "reweighed", "price"])
def test_a_number_that_cannot_be_used_is_refused_and_kept(
    client: FlaskClient, shop: Merchant, field: str
) -> None:
    for bad in BAD_NUMBERS:
        _require_refusal(client, shop, field, bad)


def _require_refusal(client: FlaskClient, shop: Merchant, field: str, bad: str) -> None:
    sent = typed(shop, **{field: bad})
    answer = send(client, sent)
    assert answer.status_code == 422
    assert list(errors_in(answer)) == [field]
    names = ["goods", "price", "settled", "reweighed", "narrative"]
    assert kept_in(answer, names) == {name: sent[name] for name in names}
    assert count_of(Filing) == 0


def test_full_width_digits_are_read_as_what_they_mean(client: FlaskClient, shop: Merchant) -> None:
    assert filing_of(client, typed(shop, settled="１．５")).settled_mg == 1_500_000


def test_more_found_than_paid_for_is_taken_without_a_shortage(client: FlaskClient, shop: Merchant) -> None:
    filing = filing_of(client, typed(shop, reweighed="1.2"))
    page = client.get(f"/complaints/cases/{filing.cases[0].number}")
    assert page.status_code == 200
    assert filing.judgement is not None
    assert filing.judgement["verdict"] == "within"


def test_a_purchase_without_a_second_weighing_is_taken(client: FlaskClient, shop: Merchant) -> None:
    filing = filing_of(client, typed(shop, reweighed=""))
    assert (filing.reweighed_mg, filing.judgement) == (None, None)
    assert client.get(f"/complaints/cases/{filing.cases[0].number}").status_code == 200


def test_a_day_of_purchase_that_cannot_be_is_refused(client: FlaskClient, shop: Merchant) -> None:
    for day in ("2026-06-02", "2026-13-01", "yesterday", "0000-00-00"):
        answer = send(client, typed(shop, bought_on=day))
        assert answer.status_code == 422
        assert list(errors_in(answer)) == ["bought_on"]
        assert kept_in(answer, ["bought_on"]) == {"bought_on": day}


@pytest.mark.parametrize(("length", "status"), [(1000, 303), (1001, 422), (20_000, 422)])
def test_a_narrative_has_room_for_a_thousand_characters(
    client: FlaskClient, shop: Merchant, length: int, status: int
) -> None:
    sent = typed(shop, narrative="称" * length)
    answer = send(client, sent)
    assert answer.status_code == status
    if status == 422:
        assert list(errors_in(answer)) == ["narrative"]
        assert kept_in(answer, ["narrative"]) == {"narrative": sent["narrative"]}


def test_an_answer_that_was_not_offered_is_refused(client: FlaskClient, shop: Merchant) -> None:
    for field in ("kind", "requests", "price_unit", "check_method", "filed_as"):
        answer = send(client, typed(shop, **{field: "something-else"}))
        assert answer.status_code == 422
        assert field in errors_in(answer)


def test_an_unknown_merchant_is_said_and_nothing_is_filed(client: FlaskClient, shop: Merchant) -> None:
    for number in ("M0000000000", "老王", "' OR 1=1 --", ""):
        assert client.get("/complaints/new", query_string={"merchant": number}).status_code == 200
        answer = begin(client, typed(shop) | {"merchant": number})
        assert answer.status_code == 422
        assert count_of(Draft) == count_of(Filing) == 0
        assert "name" in errors_in(answer)
        assert not number or str(escape(number)) in answer.text


def test_the_check_of_a_weighing_fills_the_form(client: FlaskClient, shop: Merchant) -> None:
    check = {"goods": "大虾", "price": "96", "settled": "0.48"}
    first = client.get("/complaints/new", query_string={"merchant": shop.number, **check})
    assert kept_in(first, list(check)) == check
    draft = draft_of(
        client.post("/complaints/new", data={"merchant": shop.number, "submission_id": "k"} | check)
    )
    told = client.post(f"{draft}/what", data=FIRST_PART | {"part": "first", "do": "next"})
    assert told.status_code == 303
    second = client.get(f"{draft}/what")
    assert kept_in(second, list(check)) == check
    assert errors_in(second) == {}


def test_a_merchant_far_away_is_answered_for_by_its_own_region(client: FlaskClient) -> None:
    far = make_merchant("远处水果店", address="中山路1号", region_code="370202", now=NOW)
    assert filed_cases(client, typed(far))[0].region_code == "370202"


def test_no_address_or_browser_is_kept_with_a_case(client: FlaskClient, shop: Merchant) -> None:
    client.environ_base |= {"REMOTE_ADDR": "203.0.113.78", "HTTP_X_FORWARDED_FOR": "203.0.113.77"}
    client.environ_base["HTTP_USER_AGENT"] = "Canary/7.7"
    filed_cases(client, typed(shop))
    assert count_of(Case) == 1
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert not [trace for trace in ("Canary", "203.0.113") if trace in dump]
