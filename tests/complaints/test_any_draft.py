"""Any answers typed into the steps are refused on a field, or make a filing that reads back as typed."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.base.db import db
from portal.complaints.drafts.answers import read_draft
from portal.complaints.drafts.making import filing_data
from portal.complaints.drafts.step_forms import FORMS
from portal.complaints.models import Draft, Filing
from portal.complaints.words import Request
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Track
from portal.rules.intake import first_incomplete_step, missing_in
from portal.rules.intake_terms import BoughtFor, FiledAs, Handled, PurchaseKind, Step
from tests.complaints.forms import OF_KIND, errors_in, of_step, page_of, typed, typed_of_kind

TODAY = date(2026, 6, 1)
# Signs of every kind but surrogates, which no browser can send.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
WORDS = st.text(st.sampled_from("苹果大虾abc ，。１２"), min_size=1, max_size=30).filter(str.strip)
FEN = st.integers(1, 1_000_000)
MG = st.integers(1, 100_000_000)
CALM = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def decimal(count: int, places: int) -> str:
    """Return a whole number of the smallest unit as people write it in the larger one."""
    whole, rest = divmod(count, 10**places)
    return f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".") or "0"


@st.composite
def usable(draw: st.DrawFn) -> dict[str, Any]:
    """Draw answers that can be filed, for every kind of purchase."""
    kind = draw(st.sampled_from(PurchaseKind))
    bought_on = TODAY - timedelta(days=draw(st.integers(0, 700)))
    sent: dict[str, Any] = {
        "kind": kind.value,
        "bought_for": draw(st.sampled_from(BoughtFor)).value,
        "handled": draw(st.sampled_from(Handled)).value,
        "bought_on": bought_on.isoformat(),
        "time_of_day": draw(st.sampled_from(["", "08:05", "23:59"])),
        "paid": draw(st.one_of(st.just(""), FEN.map(lambda fen: decimal(fen, 2)))),
        "device": draw(st.one_of(st.just(""), WORDS)),
        "narrative": draw(WORDS),
        "requests": draw(st.lists(st.sampled_from([one.value for one in Request]), unique=True)),
        "name": draw(WORDS),
        "phone": draw(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)),
        "address": draw(WORDS),
        "filed_as": FiledAs.SELF.value,
        "agrees_to_publication": draw(st.sampled_from(["yes", "no"])),
        "agrees_to_delegation": draw(st.sampled_from(["yes", "no"])),
    }
    if draw(st.booleans()) or not sent["requests"]:
        sent["wants_checking"] = "y"
    if kind.value in ("retail_weighing", "gold_and_silver"):
        sent |= {
            "goods": draw(WORDS),
            "price": decimal(draw(FEN), 2),
            "settled": decimal(draw(MG), 6),
            "reweighed": draw(st.one_of(st.just(""), MG.map(lambda mg: decimal(mg, 6)))),
        }
    return sent


@given(usable(), st.permutations(["what", "evidence", "ask", "who"]))
@CALM
def test_answers_that_can_be_used_are_filed_as_they_were_typed(
    app: Flask, shop: Merchant, drawn: dict[str, Any], order: list[str]
) -> None:
    before = count(Filing)
    key = f"any-{before}"
    sent = typed_of_kind(shop, drawn["kind"], key) | drawn
    client = app.test_client()
    draft = client.post("/complaints/new", data=of_step("where", sent)).location.rsplit("/", 1)[0]
    # The order of the steps does not matter; "ask" needs to be known before who is asked for a name.
    for step in order:
        answer = client.post(f"{draft}/{step}", data=told_in(step, sent))
        assert answer.status_code == 303, (step, errors_in(answer))
    answer = client.post(f"{draft}/send", data={"submission_id": key})
    assert answer.status_code == 303, answer.text
    assert "/filed/" in answer.location
    assert count(Filing) == before + 1
    filing = db.session.scalars(select(Filing).order_by(Filing.id.desc()).limit(1)).one()
    reads_back(filing, sent)
    # Reading is idempotent: sent again it is the same answer, and nothing more is filed.
    assert client.post(f"{draft}/send", data={"submission_id": key}).location == answer.location
    assert count(Filing) == before + 1


def told_in(step: str, sent: dict[str, Any]) -> dict[str, Any]:
    return of_step(step, sent) if step != "evidence" else {"do": "next"}


def reads_back(filing: Filing, sent: dict[str, Any]) -> None:
    is_complaint = (
        bool(sent["requests"]) and sent["bought_for"] == "for_household" and sent["handled"] == "not_handled"
    )
    is_report = bool(sent.get("wants_checking")) or not is_complaint
    tracks = {Track.MEDIATION} if is_complaint else set()
    tracks |= {Track.REPORT} if is_report else set()
    assert {case.track for case in filing.cases} == tracks
    assert filing.kind.value == sent["kind"]
    assert filing.bought_on.isoformat() == sent["bought_on"]
    assert filing.bought_time == sent["time_of_day"]
    assert (decimal(filing.amount_paid_fen, 2) if filing.amount_paid_fen else "") == sent["paid"]
    assert filing.narrative == sent["narrative"].strip()
    assert filing.device == (sent["device"].strip() if sent["device"] else "")
    assert (filing.name, filing.phone, filing.address) == (
        sent["name"].strip(),
        sent["phone"],
        sent["address"].strip(),
    )
    assert set(filing.requests) == (set(sent["requests"]) if is_complaint else set())
    for consent in ("agrees_to_publication", "agrees_to_delegation"):
        assert getattr(filing, consent) is (is_complaint and sent[consent] == "yes")
    if "price" in sent:
        assert decimal(filing.unit_price_fen_per_kg or 0, 2) == per_kg(sent)
        assert decimal(filing.settled_mg or 0, 6) == sent["settled"]
        assert (decimal(filing.reweighed_mg, 6) if filing.reweighed_mg else "") == sent["reweighed"]
        assert (filing.judgement is not None) is bool(sent["reweighed"])
    else:
        assert (filing.settled_mg, filing.reweighed_mg) == (None, None)
        assert filing.purchase is not None
        assert filing.purchase["kind"] == sent["kind"]
        assert (filing.purchase["shown"] is not None) is bool(sent.get("shown"))


def per_kg(sent: dict[str, Any]) -> str:
    """Return the price in yuan a kilogram; jewellery's is typed by the gram."""
    if sent.get("price_unit") != "unit_g":
        return str(sent["price"])
    return decimal(round(float(sent["price"]) * 100) * 1000, 2)


FIELDS = sorted(
    (
        {*typed(None), *(name for told in OF_KIND.values() for name in told)}
        | {"known_on", "paid", "time_of_day", "joint_count", "proxy_name", "recovery_phrase", "id_number"}
        | {"has_power_of_attorney", "filed_as", "part", "noticed", "pledge_clause", "wants_checking"}
    )
    - {"submission_id", "merchant"}
)


@given(
    st.sampled_from(list(PurchaseKind)),
    st.dictionaries(st.sampled_from(FIELDS), TEXT, min_size=1, max_size=6),
)
@CALM
def test_any_text_is_refused_on_a_field_or_filed_but_never_breaks(
    app: Flask, shop: Merchant, kind: PurchaseKind, texts: dict[str, str]
) -> None:
    before = count(Filing)
    key = f"text-{count(Draft)}"
    sent = typed_of_kind(shop, kind.value, key) | texts
    client = app.test_client()
    draft = client.post("/complaints/new", data=of_step("where", sent)).location.rsplit("/", 1)[0]
    is_refused = False
    for step in ("what", "evidence", "ask", "who"):
        answer = client.post(f"{draft}/{step}", data=told_in(step, sent))
        assert answer.status_code in (303, 422), step
        if answer.status_code == 422:
            is_refused = True
            assert page_of(answer).select("#error-summary li"), step
            assert errors_in(answer), (step, texts)
    answer = client.post(f"{draft}/send", data={"submission_id": key})
    assert answer.status_code in (303, 422)
    is_filed = answer.status_code == 303
    assert count(Filing) == before + is_filed
    # What was refused was not kept, so it cannot have been filed.
    assert not (is_refused and is_filed)
    if is_filed:
        assert client.get(answer.location).status_code == 200
        filing = db.session.scalars(select(Filing).order_by(Filing.id.desc()).limit(1)).one()
        assert filing.name == sent["name"].strip()
        narrative = sent["narrative"].replace("\r\n", "\n").strip()
        assert unicodedata.normalize("NFC", filing.narrative) == unicodedata.normalize("NFC", narrative)


JSONABLE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXT),
    lambda one: st.one_of(st.lists(one, max_size=3), st.dictionaries(TEXT, one, max_size=3)),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([step.value for step in Step]),
        st.dictionaries(st.sampled_from([*FIELDS, "merchant", "county", "place"]), JSONABLE, max_size=8),
    )
)
@CALM
def test_a_draft_of_anything_is_read_without_breaking(app: Flask, kept: dict[str, Any]) -> None:
    reading = read_draft(kept, today=TODAY)
    assert read_draft(kept, today=TODAY) == reading
    lacking = first_incomplete_step(reading.answers, today=TODAY)
    if lacking is None and not reading.errors:
        assert filing_data(reading).narrative
    else:
        assert (
            reading.errors
            or missing_in(lacking or Step.WHO, reading.answers, today=TODAY)
            or not reading.tracks
        )


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_names_of_fields_are_those_of_the_forms() -> None:
    """The test above types into real fields: a name no form has would prove nothing."""
    known = {name for form in FORMS.values() for name in vars(form) if not name.startswith("_")}
    assert set(FIELDS) <= known, set(FIELDS) - known
