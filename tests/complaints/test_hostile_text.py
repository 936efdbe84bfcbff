"""Text from strangers: whatever is typed is stored or refused; nothing breaks and nothing runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.instruments.forms import WEIGHING_FIELDS
from portal.merchants.models import Merchant
from tests.complaints.forms import page_of, send, typed

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


def test_the_complaint_form_bears_any_text_in_every_field(
    client: FlaskClient, shop: Merchant, data_path: Path
) -> None:
    good = typed(shop)
    more = ("requests", "agrees_to_publication", "lang", "something_else")
    names = tuple(dict.fromkeys((*good, *WEIGHING_FIELDS, *more)))
    for sent in bundles(payloads(data_path), names):
        require_harmless(list(sent.values()), send(client, good | sent | {"merchant": shop.number}))
    for number, text in enumerate(OWN):
        for name in ("merchant", "submission_id", "goods", "name", "narrative", "wanted"):
            sent = {**good, "submission_id": f"{number}-{name}", name: text}
            require_harmless([text], send(client, sent))


def test_what_was_taken_is_shown_as_plain_text(client: FlaskClient, shop: Merchant, data_path: Path) -> None:
    texts = [text[:50] for text in payloads(data_path) if "<" in text or text in OWN]
    taken = 0
    for sent in bundles(texts, ("goods", "name", "phone", "address", "narrative")):
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
