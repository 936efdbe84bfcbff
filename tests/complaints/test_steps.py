"""The stepped form: the way through it, what is kept between the steps, and whose a draft is."""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import Tag
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.base.db import db
from portal.complaints import queries
from portal.complaints.drafts import drafting
from portal.complaints.models import Draft, Filing
from portal.merchants.models import Merchant
from portal.rules.intake_terms import PurchaseKind
from tests.builders import make_merchant
from tests.complaints.conftest import NOW
from tests.complaints.forms import (
    FIRST_PART,
    OF_KIND,
    begin,
    draft_of,
    errors_in,
    fill_in,
    kept_in,
    of_step,
    page_of,
    post,
    send,
    typed,
    typed_of_kind,
)

STEPS = ("where", "what", "evidence", "ask", "who", "preview")


@pytest.fixture
def draft(client: FlaskClient, shop: Merchant) -> str:
    """Begin a draft and return its address."""
    return draft_of(begin(client, typed(shop)))


def name_of(address: str) -> str:
    return address.rsplit("/", 1)[1].split("?")[0].split("#")[0]


def fields_on(client: FlaskClient, address: str) -> set[str]:
    shown = page_of(client.get(address)).select("main [name]:not([type=hidden], button)")
    return {str(field["name"]) for field in shown}


def test_each_step_leads_to_the_next_and_its_title_says_where_one_is(
    client: FlaskClient, shop: Merchant
) -> None:
    draft, answer = fill_in(client, typed(shop))
    assert name_of(answer.location) == "preview"
    for number, step in enumerate(STEPS, start=1):
        page = page_of(client.get(f"{draft}/{step}?lang=en"))
        heading, title = page.select_one("h1"), page.select_one("title")
        assert isinstance(heading, Tag)
        assert isinstance(title, Tag)
        assert heading.get_text() in title.get_text()
        assert f"Step {number} of 6" in title.get_text()
        assert heading.has_attr("autofocus")
        current = page.select_one(".fm-stepper [aria-current=step]")
        assert isinstance(current, Tag)
        assert "current step" in current.get_text()


def test_an_error_stands_in_the_title_and_takes_the_focus(client: FlaskClient, draft: str) -> None:
    page = page_of(post(client, draft, "what", lang="en"))
    title = page.select_one("title")
    assert isinstance(title, Tag)
    assert title.get_text().startswith("请修改：")
    assert [tag["id"] for tag in page.select("[autofocus]")] == ["error-summary"]


@pytest.mark.parametrize("kind", list(PurchaseKind))
def test_each_kind_asks_for_its_own_figures(client: FlaskClient, draft: str, kind: PurchaseKind) -> None:
    answer = post(client, draft, "what", **FIRST_PART | {"kind": kind.value, "part": "first"})
    assert name_of(answer.location) == "what"
    asked = fields_on(client, answer.location)
    assert set(OF_KIND[kind.value]) <= asked
    weighed = {"price", "settled", "reweighed", "check_method"}
    assert (weighed <= asked) is (kind.value in ("retail_weighing", "gold_and_silver"))
    assert ("received" in asked) is not (weighed <= asked)
    assert ("meter" in asked) is (kind is PurchaseKind.METER)
    assert {"device", "paid", "bought_on", "time_of_day", "known_on", "narrative"} <= asked


@pytest.mark.parametrize("kind", list(PurchaseKind))
def test_every_kind_of_purchase_can_be_filed(client: FlaskClient, shop: Merchant, kind: PurchaseKind) -> None:
    answer = send(client, typed_of_kind(shop, kind.value))
    assert answer.status_code == 303, errors_in(answer)
    case = queries.case_by_number(name_of(answer.location))
    assert case is not None
    assert case.filing.kind is kind
    assert client.get(f"/complaints/cases/{case.number}").status_code == 200


def test_a_unit_of_another_quantity_is_not_offered(client: FlaskClient, draft: str) -> None:
    post(client, draft, "what", **FIRST_PART | {"kind": "fuel", "part": "first"})
    units = page_of(client.get(f"{draft}/what")).select("select[name=shown_unit] option")
    assert [option["value"] for option in units] == ["measured_ml", "measured_l", "measured_m3"]
    chosen = page_of(client.get(f"{draft}/what")).select_one("select[name=shown_unit] option[selected]")
    assert isinstance(chosen, Tag)
    assert chosen["value"] == "measured_l"


def test_a_figure_without_a_unit_of_its_kind_is_refused(client: FlaskClient, draft: str) -> None:
    answer = post(client, draft, "what", **of_step("what", typed_of_kind(None, "fuel", shown="30千克")))
    assert list(errors_in(answer)) == ["shown"]


def test_the_order_of_the_steps_does_not_matter(client: FlaskClient, shop: Merchant) -> None:
    sent = typed(shop)
    draft = draft_of(begin(client, sent))
    for step in ("ask", "who", "evidence", "what"):
        answer = post(client, draft, step, **of_step(step, sent))
        assert answer.status_code == 303, errors_in(answer)
    assert client.post(f"{draft}/send", data={"submission_id": "filing-1"}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Filing)) == 1


def test_two_tabs_take_nothing_from_each_other(client: FlaskClient, shop: Merchant) -> None:
    first = draft_of(begin(client, typed(shop, "tab-1")))
    second = draft_of(begin(client, typed(shop, "tab-2")))
    post(client, first, "what", **of_step("what", typed(shop, narrative="第一件事")))
    post(client, second, "what", **of_step("what", typed(shop, narrative="第二件事")))
    post(client, first, "ask", requests="refund_price")
    post(client, second, "ask", wants_checking="y")
    # The same step of one draft in two tabs: the other steps stay as they are.
    post(client, first, "who", **of_step("who", typed(shop, name="李四")))
    assert kept_in(client.get(f"{first}/what"), ["narrative"]) == {"narrative": "第一件事"}
    assert kept_in(client.get(f"{second}/what"), ["narrative"]) == {"narrative": "第二件事"}
    assert kept_in(client.get(f"{first}/who"), ["name"]) == {"name": "李四"}
    assert kept_in(client.get(f"{second}/who"), ["name"]) == {"name": ""}


def test_a_page_opened_again_and_again_changes_nothing(client: FlaskClient, shop: Merchant) -> None:
    draft, _answer = fill_in(client, typed(shop))
    kept = db.session.scalars(select(Draft)).one().answers
    for step in STEPS * 2:
        assert client.get(f"{draft}/{step}").status_code == 200
    db.session.expire_all()
    assert db.session.scalars(select(Draft)).one().answers == kept


def test_a_change_asked_for_on_the_last_page_leads_back_there(client: FlaskClient, shop: Merchant) -> None:
    sent = typed(shop)
    draft, _answer = fill_in(client, sent)
    changes = page_of(client.get(f"{draft}/preview")).select("a[href*='then=preview']")
    assert {name_of(str(link["href"])) for link in changes} == set(STEPS) - {"preview"}
    for step in ("where", "what", "evidence", "ask", "who"):
        answer = post(
            client, draft, step, "?then=preview", **of_step(step, sent) if step != "evidence" else {}
        )
        assert name_of(answer.location) == "preview", step
    part = post(client, draft, "what", "?then=preview", part="first", **FIRST_PART)
    assert part.location.endswith("/what?then=preview")
    assert post(client, draft, "evidence", "?then=//evil.test").location == f"{draft}/ask"


def test_going_back_keeps_what_was_typed_and_what_was_passed(client: FlaskClient, shop: Merchant) -> None:
    sent = typed(shop)
    draft, _answer = fill_in(client, sent)
    answer = post(client, draft, "who", **of_step("who", sent) | {"do": "back", "name": "王五", "phone": ""})
    assert name_of(answer.location) == "ask"
    assert kept_in(client.get(f"{draft}/who"), ["name", "phone"]) == {"name": "王五", "phone": ""}
    assert post(client, draft, "evidence", do="back").location == f"{draft}/what"
    assert post(client, draft, "who", **of_step("who", sent)).location == f"{draft}/preview"
    assert client.post(f"{draft}/send", data={"submission_id": "filing-1"}).status_code == 303


def test_the_check_without_script_keeps_the_step_and_shows_the_verdict(
    client: FlaskClient, draft: str, shop: Merchant
) -> None:
    sent = of_step("what", typed(shop, narrative="")) | {"do": "check"}
    answer = post(client, draft, "what", **sent)
    assert answer.location == f"{draft}/what#checked"
    assert page_of(client.get(answer.location)).select_one("#verdict .fm-verdict") is not None


def test_a_part_follows_what_is_typed_and_keeps_nothing(
    client: FlaskClient, draft: str, shop: Merchant
) -> None:
    before = db.session.scalars(select(Draft)).one().answers
    sent = of_step("what", typed(shop, narrative="")) | {"do": "check", "lang": "en"}
    answer = client.post(f"{draft}/what?lang=en", data=sent, headers={"X-Part": "live"})
    assert answer.status_code == 200
    assert "Over the permitted deviation" in answer.text
    assert "<html" not in answer.text
    asked = client.post(f"{draft}/ask?lang=en", data={"requests": "refund_price"}, headers={"X-Part": "live"})
    assert "You file a complaint" in asked.text
    db.session.expire_all()
    assert db.session.scalars(select(Draft)).one().answers == before


def test_a_merchant_not_listed_is_filed_by_name_and_place(client: FlaskClient) -> None:
    sent = typed(None, name_of_merchant="路边摊", place="文三路口", county="杭州市西湖区")
    case = queries.case_by_number(name_of(send(client, sent).location))
    assert case is not None
    assert (case.filing.respondent_name, case.filing.respondent_place) == ("路边摊", "文三路口")
    assert (case.merchant_id, case.region_code) == (None, "330106")


@pytest.mark.parametrize("county", ["", "火星市", "浙江省", "杭州市"])
def test_a_place_without_a_county_is_asked_again(client: FlaskClient, county: str) -> None:
    sent = typed(None, name_of_merchant="路边摊", place="三岔路口", county=county)
    assert list(errors_in(begin(client, sent))) == ["county"]


def test_the_merchant_can_be_changed_in_the_draft(client: FlaskClient, draft: str) -> None:
    other = make_merchant("李记水产", address="文三路9号", now=NOW)
    page = page_of(client.get(f"{draft}/where?q=李记"))
    assert "李记水产" in page.get_text()
    assert post(client, draft, "where", merchant=other.number).location == f"{draft}/what"
    assert "李记水产" in client.get(f"{draft}/what").text
    assert drafting.typed_in(db.session.scalars(select(Draft)).one(), drafting.Step.WHERE)["name"] is None


def test_the_day_of_purchase_starts_as_today(client: FlaskClient, draft: str) -> None:
    post(client, draft, "what", part="first", **FIRST_PART)
    shown = kept_in(client.get(f"{draft}/what"), ["bought_on"])
    assert shown == {"bought_on": date(2026, 6, 1).isoformat()}
