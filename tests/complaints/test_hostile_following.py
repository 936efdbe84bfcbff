"""Text from strangers in every box after the filing: stored or refused; nothing breaks and nothing runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from portal.base.db import db
from portal.complaints.following import asking, voices
from portal.complaints.models import CaseEvent
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import MoveName, RefusalGround
from tests.builders import make_case
from tests.complaints.following import fresh, holder, move, send
from tests.complaints.test_hostile_text import OWN, payloads, require_harmless

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


def some(folder: Path) -> list[str]:
    """Return our own payloads and every tenth of the big list."""
    return [*OWN, *payloads(folder)[len(OWN) :: 10]]


def test_messages_and_answers_bear_any_text(app: Flask, shop: Merchant, data_path: Path) -> None:
    number = make_case(shop, now=NOW).number
    filer, taken = holder(app), 0
    for place, text in enumerate(some(data_path)):
        asked = move(number, MoveName.ASK_PARTY, reason=("请补充" + text)[:200])
        token = asking.token_of(db.session.get_one(CaseEvent, asked))
        require_harmless([text], filer.get(f"/complaints/requests/{token}"))
        answer = send(filer, f"/complaints/requests/{token}", f"a-{place}", text=text)
        require_harmless([text], answer)
        taken += answer.status_code == 303
        written = send(filer, f"/complaints/cases/{number}/add_material", f"m-{place}", text=text)
        require_harmless([text], written)
    require_harmless(some(data_path), filer.get(f"/complaints/cases/{number}"))
    assert taken > 10


def test_codes_blocks_addresses_and_phrases_bear_any_text(
    app: Flask, client: FlaskClient, shop: Merchant, data_path: Path
) -> None:
    number = make_case(shop, now=NOW).number
    filer = holder(app, just_filed=True)
    for place, text in enumerate(some(data_path)):
        for answer in (
            client.post("/complaints/follow", data={"code": text}),
            filer.post(f"/complaints/filed/{number}/code", data={"block": text}),
            send(client, "/complaints/recover", f"r-{place}", number=text, phrase="七只仙鹤"),
            client.get(
                "/complaints/requests/" + text.replace("/", "")[:60].replace("?", "").replace("#", "")
            ),
            client.get(f"/complaints/cases/{number}/survey", query_string={"satisfied": text}),
        ):
            require_harmless([text], answer)
    for place, text in enumerate(OWN):
        require_harmless(
            [text], send(client, "/complaints/recover", f"p-{place}", number=number, phrase=text)
        )
    assert fresh(number).filing.recoveries
    assert not any(entry.is_granted for entry in fresh(number).filing.recoveries)


def test_voices_and_surveys_bear_any_text(app: Flask, client: FlaskClient, shop: Merchant) -> None:
    joined, ended = (make_case(shop, key=key, now=NOW).number for key in ("joined", "ended"))
    move(joined, MoveName.ACCEPT)
    move(ended, MoveName.REFUSE, ground=RefusalGround.OTHER, reason="不受理。")
    token = voices.offer_token(fresh(joined), now=NOW)
    filer, taken = holder(app, "ended"), 0
    for place, text in enumerate(OWN):
        answer = send(client, f"/complaints/join/{token}", f"v-{place}", words=text, bought_on=text)
        require_harmless([text], answer)
        answer = send(client, f"/complaints/join/{token}", f"w-{place}", words=text)
        require_harmless([text], answer)
        if answer.status_code == 303:
            taken += 1
            require_harmless([text], client.get(answer.location))
        survey = send(
            filer, f"/complaints/cases/{ended}/survey", f"s-{place}", satisfied="no", reasons=text, words=text
        )
        require_harmless([text], survey)
    assert taken == len(OWN)
