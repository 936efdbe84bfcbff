"""Cases in every state that a filer meets after sending, for the pages that show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from playwright.sync_api import Page

from portal.base import crypto
from portal.base.db import unit_of_work
from portal.complaints import actions, queries
from portal.complaints.following import asking, feeds, recovering, voices
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Actor, MoveName
from tests.builders import make_case, move_case

PHRASE = "七只仙鹤飞过西湖边"


@dataclass(frozen=True)
class Followed:
    """What stands in the addresses of the pages after sending."""

    lost: str
    asked: str
    question: int
    question_token: str
    answered_token: str
    join: str
    voice: str
    feed: str


def make_followed(shop: Merchant, now: datetime) -> Followed:
    """Make a filing with a phrase, two questions, a complaint with a voice, and a feed."""
    lost = make_case(shop, key="lost", is_registered=False, now=now).number
    asked = make_case(shop, key="asked", now=now).number
    answered = make_case(shop, key="answered", now=now).number
    joined = make_case(shop, key="joined", now=now).number
    move_case(joined, MoveName.ACCEPT, now=now)
    tokens = []
    for number in (asked, answered):
        with unit_of_work():
            case = queries.case_by_number(number)
            event = actions.move(
                case, MoveName.ASK_PARTY, actor=Actor.OFFICER, reason="请补充小票。", now=now
            )
            tokens.append(str(asking.token_of(event)))
    with unit_of_work():
        actions.move(
            queries.case_by_number(answered), MoveName.ADD_MATERIAL, actor=Actor.COMPLAINANT, now=now
        )
        filing = queries.case_by_number(lost).filing
        filing.recovery_hash = recovering.hash_phrase(PHRASE)
        fed = queries.case_by_number(answered).filing
        feeds.begin_feed(fed, submission_id="feed")
        case = queries.case_by_number(joined)
        voice = voices.join_case(case, submission_id="voice", bought_on=None, words="我也少了。", now=now)
        return Followed(
            lost=lost,
            asked=asked,
            question=queries.case_by_number(asked).party_requests[0].id,
            question_token=tokens[0],
            answered_token=tokens[1],
            join=voices.offer_token(case, now=now),
            voice=voices.voice_key(voice),
            feed=str(feeds.token_from(fed, "feed")),
        )


def hold_receipts(page: Page, lost: str, *keys: str) -> None:
    """Type the codes of some filings, and ask a lost one back, so that its new code is shown."""
    for key in keys:
        page.goto("/complaints/follow")
        page.fill("main [name=code]", crypto.receipt_code(key))
        page.locator("main form.fm-form button").first.click()
    page.goto("/complaints/recover")
    page.fill("main [name=number]", lost)
    page.fill("main [name=phrase]", PHRASE)
    page.locator("main form.fm-form button").first.click()
