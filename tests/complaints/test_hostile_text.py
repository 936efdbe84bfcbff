"""Text from strangers: whatever is typed is stored or refused; nothing breaks and nothing runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.complaints.drafts.step_forms import FORMS
from portal.instruments.forms import WEIGHING_FIELDS
from portal.merchants.models import Merchant
from portal.rules.intake_terms import Step
from tests.complaints.forms import begin, fill_in, of_step, page_of, send, typed, typed_of_kind

OWN = (
    "\x00",
    "a\x00b",
    "\u202e反过来\u202c",
    "零\u200b宽\ufeff字",
    "\U0001f980" * 10,
    "'; DROP TABLE filing; --",
    '" OR "1"="1',
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "%(name)s %s %d",
    "=cmd|' /C calc'!A0",
    "\r\nSet-Cookie: a=b",
    "NOT AND OR (",
    "*" * 80,
    "[" * 80,
)


def payloads(folder: Path) -> list[str]:
    """Return our own and the big list of naughty strings, as a browser can send them."""
    listed = json.loads((folder / "payloads" / "blns.json").read_text(encoding="utf-8"))
    return [*OWN, *(text.encode("utf-8", "replace").decode() for text in listed)]


def markup_made_by(texts: list[str], answer: TestResponse) -> list[str]:
    """Return the tags and attributes of a page that are not ours."""
    page = page_of(answer)
    scripts = [str(tag) for tag in page.find_all("script") if not tag.get("src", "").startswith("/")]
    handlers = [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    images = [str(tag) for tag in page.find_all(["iframe", "object", "embed", "svg:script"])]
    links = [
        tag[name]
        for name in ("href", "src", "action")
        for tag in page.find_all(attrs={name: True})
        if not str(tag[name]).startswith(("/", "#", "?", "tel:", "https://", "http://localhost"))
    ]
    raw = [text for text in texts if "<" in text and ">" in text and text.strip() in answer.text]
    return scripts + handlers + images + [str(link) for link in links] + raw


def require_harmless(texts: list[str], answer: TestResponse) -> None:
    assert answer.status_code < 500, texts
    assert markup_made_by(texts, answer) == [], texts


def test_planted_markup_is_seen(app: Flask, client: FlaskClient) -> None:
    planted = app.response_class("<p><script>alert(1)</script><a href='javascript:x'>x</a>")
    answer = TestResponse(planted.iter_encoded(), "200 OK", planted.headers, client.get("/").request)
    assert len(markup_made_by(["<script>alert(1)</script>"], answer)) == 3


@pytest.mark.parametrize("path", ["/", "/records/"])
def test_no_search_breaks_on_any_text(
    client: FlaskClient, shop: Merchant, data_path: Path, path: str
) -> None:
    for text in payloads(data_path):
        require_harmless([text], client.get(path, query_string={"q": text}))


def test_no_filter_breaks_on_any_text(client: FlaskClient, shop: Merchant) -> None:
    names = ("region", "sector", "status", "pledge", "kind", "year", "sort", "page", "merchant", "lang")
    for text in OWN:
        for path in ("/", "/records/"):
            require_harmless([text], client.get(path, query_string=dict.fromkeys(names, text)))


def bundles(texts: list[str], names: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield forms that together bear every text once, each field another one."""
    for start in range(0, len(texts), len(names)):
        yield dict(zip(names, texts[start : start + len(names)], strict=False))


def test_the_weighing_helper_bears_any_text_in_every_field(
    client: FlaskClient, shop: Merchant, data_path: Path
) -> None:
    good = {"goods": "苹果", "price": "10", "settled": "1", "reweighed": "0.9"}
    names = (*WEIGHING_FIELDS, "merchant")
    for sent in bundles(payloads(data_path), names):
        require_harmless(list(sent.values()), client.get("/weigh", query_string=good | sent))
    for text in OWN:
        for name in ("goods", "settled", "bought_on", "merchant"):
            require_harmless([text], client.get("/weigh", query_string={**good, name: text}))


def fields_of(step: str) -> tuple[str, ...]:
    """Return the names a step's form takes, and some that none does."""
    names = [name for name in FORMS[Step(step)]() if name.short_name != "csrf_token"]
    return (*(field.short_name for field in names), "do", "lang", "then", "something_else")


@pytest.mark.parametrize("kind", ["retail_weighing", "fuel"])
def test_every_step_bears_any_text_in_every_field(
    client: FlaskClient, shop: Merchant, data_path: Path, kind: str
) -> None:
    sent = typed_of_kind(shop, kind)
    draft, _answer = fill_in(client, sent)
    for step in ("where", "what", "ask", "who"):
        names = fields_of(step)
        good = of_step(step, sent)
        for texts in bundles(payloads(data_path), names):
            for address in (f"{draft}/{step}", f"{draft}/{step}?then=preview"):
                answer = client.post(address, data=good | texts)
                require_harmless(list(texts.values()), answer)
                assert answer.status_code in (303, 422)
            require_harmless(list(texts.values()), client.get(f"{draft}/{step}"))
        require_harmless(payloads(data_path), client.get(f"{draft}/preview"))
        # Back to what can be filed, for the next step.
        assert client.post(f"{draft}/{step}", data=good).status_code == 303, step
    assert client.post(f"{draft}/send", data={"submission_id": "filing-1"}).status_code == 303


def test_every_part_bears_any_text(client: FlaskClient, shop: Merchant, data_path: Path) -> None:
    sent = typed(shop)
    draft, _answer = fill_in(client, sent)
    for step in ("what", "ask"):
        for texts in bundles(payloads(data_path), fields_of(step)):
            part = client.post(
                f"{draft}/{step}", data=of_step(step, sent) | texts, headers={"X-Part": "live"}
            )
            require_harmless(list(texts.values()), part)


def test_the_first_page_bears_any_text(client: FlaskClient, shop: Merchant, data_path: Path) -> None:
    names = ("q", "market", "stall", "code", "merchant", "name", "place", "county", *WEIGHING_FIELDS)
    for text in payloads(data_path):
        for name in ("q", "market", "stall", "code"):
            require_harmless([text], client.get("/complaints/new", query_string={name: text}))
    for texts in bundles(payloads(data_path), names):
        require_harmless(list(texts.values()), client.get("/complaints/new", query_string=texts))
        require_harmless(list(texts.values()), client.post("/complaints/new", data=texts))


def test_a_draft_of_any_number_is_not_found(client: FlaskClient, shop: Merchant) -> None:
    begin(client, typed(shop))
    for text in OWN:
        for path in (f"/complaints/drafts/{quote(text)}/what", f"/complaints/drafts/X/{quote(text)}"):
            assert client.get(path).status_code in (400, 404)


def test_what_is_typed_is_sent_with_any_text(client: FlaskClient, shop: Merchant, data_path: Path) -> None:
    for number, texts in enumerate(bundles(payloads(data_path), ("goods", "name", "address", "narrative"))):
        require_harmless(list(texts.values()), send(client, typed(shop, f"any-{number}") | texts))


def test_what_was_taken_is_shown_as_plain_text(client: FlaskClient, shop: Merchant, data_path: Path) -> None:
    texts = [text[:50] for text in payloads(data_path) if "<" in text or text in OWN]
    taken = 0
    for sent in bundles(texts, ("goods", "name", "address", "narrative")):
        words = {name: ("苹果" + text)[:40] for name, text in sent.items()}
        answer = send(client, typed(shop, f"s-{taken}", **words))
        require_harmless(list(words.values()), answer)
        assert answer.status_code == 303
        for address in (answer.location, answer.location.replace("/filed/", "/cases/")):
            require_harmless(list(words.values()), client.get(address))
        taken += 1
    assert taken > 10


def test_a_code_of_any_text_opens_nothing(client: FlaskClient, shop: Merchant, data_path: Path) -> None:
    for text in payloads(data_path):
        answer = client.post("/complaints/follow", data={"code": text})
        assert answer.status_code == 422, repr(text)
