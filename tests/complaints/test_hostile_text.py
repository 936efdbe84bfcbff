"""Text from strangers: whatever is typed is stored or refused; nothing breaks and nothing runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

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


def markup_made_by(text: str, answer: TestResponse) -> list[str]:
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
    raw = [text] if "<" in text and ">" in text and text.strip() in answer.text else []
    return scripts + handlers + images + [str(link) for link in links] + raw


def require_harmless(text: str, answer: TestResponse) -> None:
    assert answer.status_code < 500, repr(text)
    assert markup_made_by(text, answer) == [], repr(text)


def test_planted_markup_is_seen(app: Flask, client: FlaskClient) -> None:
    planted = app.response_class("<p><script>alert(1)</script><a href='javascript:x'>x</a>")
    answer = TestResponse(planted.iter_encoded(), "200 OK", planted.headers, client.get("/").request)
    assert len(markup_made_by("<script>alert(1)</script>", answer)) == 3


@pytest.mark.parametrize("path", ["/", "/records/"])
def test_no_search_breaks_on_any_text(
    client: FlaskClient, shop: Merchant, data_path: Path, path: str
) -> None:
    for text in payloads(data_path):
        require_harmless(text, client.get(path, query_string={"q": text}))


def test_no_filter_breaks_on_any_text(client: FlaskClient, shop: Merchant) -> None:
    names = ("region", "sector", "status", "pledge", "kind", "year", "sort", "page", "merchant", "lang")
    for text in OWN:
        for path in ("/", "/records/"):
            require_harmless(text, client.get(path, query_string=dict.fromkeys(names, text)))


def test_the_weighing_helper_bears_any_text_in_every_field(
    client: FlaskClient, shop: Merchant, data_path: Path
) -> None:
    names = ("goods", "goods_group", "price", "price_unit", "settled", "settled_unit", "reweighed",
             "reweighed_unit", "check_method", "scale_e", "bought_on", "merchant")  # fmt: skip
    good = {"goods": "苹果", "price": "10", "settled": "1", "reweighed": "0.9"}
    for text in payloads(data_path):
        require_harmless(text, client.get("/weigh", query_string=dict.fromkeys(names, text)))
    for text in OWN:
        for name in names:
            require_harmless(text, client.get("/weigh", query_string={**good, name: text}))


def test_the_complaint_form_bears_any_text_in_every_field(
    client: FlaskClient, shop: Merchant, data_path: Path
) -> None:
    good = typed(shop)
    more = ("goods_group", "price_unit", "settled_unit", "reweighed_unit", "scale_e", "bought_on", "requests",
            "agrees_to_publication", "lang", "something_else")  # fmt: skip
    for number, text in enumerate(OWN):
        for name in (*good, *more):
            sent = {**good, "submission_id": f"{number}-{name}", name: text}
            require_harmless(text, send(client, sent))
    for text in payloads(data_path):
        sent = dict.fromkeys((*good, *more), text) | {"merchant": shop.number}
        require_harmless(text, send(client, sent))


def test_what_was_taken_is_shown_as_plain_text(client: FlaskClient, shop: Merchant, data_path: Path) -> None:
    texts = [text for text in payloads(data_path) if "<" in text or text in OWN]
    for number, text in enumerate(texts):
        words = dict.fromkeys(("goods", "narrative", "name", "phone", "address"), "说明" + text)
        words["goods"] = ("苹果" + text)[:60]
        words["phone"] = text[:40] or "1"
        answer = send(client, typed(shop, f"s-{number}", **words))
        require_harmless(text, answer)
        if answer.status_code == 303:
            require_harmless(text, client.get(answer.location))
            require_harmless(text, client.get(answer.location.replace("/filed/", "/cases/")))
    assert BeautifulSoup(client.get("/complaints/follow").text, "html.parser").find("form")


def test_a_code_of_any_text_opens_nothing(client: FlaskClient, shop: Merchant, data_path: Path) -> None:
    for text in payloads(data_path):
        answer = client.post("/complaints/follow", data={"code": text})
        require_harmless(text, answer)
        assert answer.status_code == 422
