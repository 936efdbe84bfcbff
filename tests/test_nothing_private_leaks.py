"""Canaries: what a filer says of themselves is seeded, and looked for in everything others can open."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.accounts.access import access_of
from portal.accounts.models import Role
from portal.base import crypto
from portal.base.db import db, unit_of_work
from portal.complaints import queries
from portal.merchants import queries as merchant_queries
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Track
from tests.builders import make_instrument, make_member, make_merchant, make_office, make_pledge, sign_in
from tests.complaints.forms import filed_cases, typed
from tests.stories import open_and_decide, settle_and_pay

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
MOST_PAGES = 600
# What a crawler meets beside the links: pages of errors, and places nobody links to.
BESIDE = """
    /nowhere /merchants/M0000000000 /records/R-0 /instruments/I0 /api/v1/ /desk/ /merchant/ /weigh?settled=x
    /complaints/cases/TS-0000-0000 /complaints/filed/TS-0000-0000 /complaints/new?merchant=M0000000000
    /complaints/drafts/2222222222/who /complaints/evidence/2222222222 /complaints/recover
    /complaints/join/nothing /complaints/requests/nothing /complaints/feeds/nothing /complaints/voices/nothing
    /?page=99 /?q=%00
""".split()


@dataclass(frozen=True)
class Secrets:
    """One filer's own words, unlike anybody else's; `numbers` are the cases' public numbers."""

    key: str
    name: str
    phone: str
    address: str
    story: str
    message: str
    email: str
    numbers: dict[Track, str]

    @property
    def canaries(self) -> tuple[str, ...]:
        code = crypto.receipt_code(self.key)
        hidden = crypto.keyed_hash("receipt-hash", crypto.normalise_code(code))
        own = (self.name, self.phone, self.address, self.story, self.message, self.email)
        return (*own, code, crypto.normalise_code(code), hidden, self.key)


def file_secrets(
    app: Flask, merchant: Merchant, number: int, wanted: str, *, agrees: bool = False
) -> Secrets:
    """File through the form with words that occur nowhere else, with the phone in the story as well."""
    phone, email = f"1391234500{number}", f"canary{number}@filer.example"
    told = Secrets(
        key=f"canary-submission-{number}",
        name=f"金思雀{'甲乙丙丁'[number]}",
        phone=phone,
        address=f"鸟笼弄堂{number}幢七零{number}室",
        story=f"绝密口述第{number}则",
        message=f"悄悄补充第{number}句",
        email=email,
        numbers={},
    )
    narrative = f"{told.story}：我是{told.name}，电话{phone}，邮箱{email}，住{told.address}。"
    sent = typed(
        merchant, told.key, wanted, name=told.name, phone=phone, address=told.address, narrative=narrative
    )
    sent |= {"agrees_to_publication": "yes"} if agrees else {}
    told.numbers.update({case.track: case.number for case in filed_cases(app.test_client(), sent)})
    return told


@dataclass(frozen=True)
class World:
    """A shop with three filers: a complainant who agreed, one who did not, and somebody who did both."""

    shop: Merchant
    owner_id: int
    agreed: Secrets
    silent: Secrets
    reporter: Secrets

    @property
    def everybody(self) -> tuple[Secrets, ...]:
        return (self.agreed, self.silent, self.reporter)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(app: Flask) -> World:
    app.config["AUTHORITY_CHANNEL"] = True
    shop = make_merchant(now=NOW)
    make_pledge(shop, now=NOW)
    make_instrument(shop, now=NOW)
    officer_id = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    owner_id = make_member(Role.MERCHANT_OWNER, shop.id, login="shop@example.cn", name="店主", now=NOW)
    told = World(
        shop,
        owner_id,
        file_secrets(app, shop, 0, "want_mediation", agrees=True),
        file_secrets(app, shop, 1, "want_mediation"),
        file_secrets(app, shop, 2, "want_report"),
    )
    for filer in (told.agreed, told.silent):
        words = f"{filer.message}，{filer.phone}"
        settle_and_pay(filer.numbers[Track.MEDIATION], officer_id, words=words, now=NOW)
    reporter = told.reporter
    open_and_decide(reporter.numbers[Track.REPORT], officer_id, words=reporter.message, now=NOW)
    return told


def addresses_in(page: str) -> Iterator[str]:
    for tag in BeautifulSoup(page, "html.parser").find_all(href=True):
        parts = urlsplit(str(tag["href"]))
        if (
            not parts.netloc
            and parts.path.startswith("/")
            and not parts.path.startswith(("/static", "/bootstrap"))
        ):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def crawl(client: FlaskClient, seeds: Iterable[str]) -> dict[str, str]:
    """Return everything that can be reached by links, headers included, by its address."""
    waiting, seen = list(seeds), {}
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        # Filters upon filters have no end; one at a time shows every page there is.
        if address in seen or len(parse_qsl(urlsplit(address).query)) > 1 or "lang=" in address:
            continue
        answer = client.get(address)
        seen[address] = html.unescape(f"{answer.headers}\n{answer.get_data(as_text=True)}")
        if answer.location:
            waiting.append(answer.location)
        if answer.mimetype == "text/html":
            waiting.extend(addresses_in(answer.text))
    return seen


def public_seeds(app: Flask) -> list[str]:
    """Return every public address that needs no number."""
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and access_of(app, rule.endpoint)
    ]


def seen_by_visitors(app: Flask) -> dict[str, str]:
    """Return everything a visitor can open, and everything that is given away in whole."""
    seen = crawl(app.test_client(), [*public_seeds(app), *BESIDE])
    exported = app.test_cli_runner().invoke(args=["records", "export"])
    assert exported.exit_code == 0, exported.output
    seen["flask records export"] = exported.output
    tables = db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
    for table in [name for name in tables if re.match("public_record|record|log|search|checkpoint", name)]:
        rows = db.session.execute(text(f'SELECT * FROM "{table}"')).all()
        seen[f"table {table}"] = "\n".join(
            " ".join(
                value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in row
            )
            for row in rows
        )
    return seen


def seen_by_the_merchant(app: Flask, world: World) -> dict[str, str]:
    client = app.test_client()
    sign_in(client, world.owner_id)
    numbers = [number for filer in world.everybody for number in filer.numbers.values()]
    return crawl(client, ["/merchant/", "/account/", *(f"/merchant/cases/{number}" for number in numbers)])


def found_in(seen: dict[str, str], canaries: Iterable[str]) -> list[tuple[str, str]]:
    return [
        (address, canary)
        for address, page in seen.items()
        for canary in canaries
        if canary in page and canary not in unquote(address)
    ]


def test_no_visitor_reads_anything_of_a_filer(
    app: Flask, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    seen = {**seen_by_visitors(app), "log lines": caplog.text}
    assert 30 < len(seen) < MOST_PAGES
    assert any(address.startswith("/records/") and "苹果" in page for address, page in seen.items())
    assert found_in(seen, [canary for filer in world.everybody for canary in filer.canaries]) == []
    # Without consent not even the number of the case is public.
    hidden = [*world.silent.numbers.values(), *world.reporter.numbers.values()]
    assert found_in(seen, hidden) == []
    assert found_in(seen, world.agreed.numbers.values()) != []


def test_the_search_finds_nothing_by_a_filers_words(app: Flask, world: World) -> None:
    client = app.test_client()
    for filer in world.everybody:
        for canary in filer.canaries:
            for path in ("/", "/records/"):
                page = client.get(path, query_string={"q": canary})
                cards = BeautifulSoup(page.text, "html.parser").select(".fm-results > li")
                assert [card.get_text(" ", strip=True) for card in cards] == [], (path, canary)


def test_the_merchant_reads_nothing_of_who_filed(app: Flask, world: World) -> None:
    seen = seen_by_the_merchant(app, world)
    assert any(number in page for number in world.silent.numbers.values() for page in seen.values())
    for filer in world.everybody:
        private = {filer.name, filer.phone, filer.address, filer.email, *filer.canaries[6:]}
        assert found_in(seen, private) == []


def test_a_report_leaves_no_trace_with_its_target(app: Flask) -> None:
    app.config["AUTHORITY_CHANNEL"] = True
    shop = make_merchant(now=NOW)
    make_pledge(shop, now=NOW)
    officer_id = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    owner_id = make_member(Role.MERCHANT_OWNER, shop.id, login="shop@example.cn", name="店主", now=NOW)
    figures = merchant_queries.response_figures(shop.id, today=NOW.date())
    before = without_tokens(workspace_and_page(app, shop, owner_id))
    reporter = file_secrets(app, shop, 3, "want_report", agrees=True)
    number = reporter.numbers[Track.REPORT]
    open_and_decide(number, officer_id, words=reporter.message, now=NOW)
    after = without_tokens(workspace_and_page(app, shop, owner_id))
    assert queries.case_by_number(number).findings
    assert found_in(after, (*reporter.canaries, number)) == []
    assert after == before
    assert merchant_queries.response_figures(shop.id, today=NOW.date()) == figures


def test_the_complaint_beside_a_report_does_not_name_it(app: Flask, world: World) -> None:
    both = file_secrets(app, world.shop, 3, "want_both")
    client = app.test_client()
    sign_in(client, world.owner_id)
    seen = crawl(client, ["/merchant/", f"/merchant/cases/{both.numbers[Track.MEDIATION]}"])
    assert both.numbers[Track.MEDIATION] in seen["/merchant/"]
    assert found_in(seen, [both.numbers[Track.REPORT]]) == []
    assert client.get(f"/merchant/cases/{both.numbers[Track.REPORT]}").status_code == 404


def workspace_and_page(app: Flask, shop: Merchant, owner_id: int) -> dict[str, str]:
    client = app.test_client()
    sign_in(client, owner_id)
    own = (
        "/merchant/",
        "/merchant/credit",
        "/merchant/pledge",
        f"/merchants/{shop.number}",
        "/",
        "/records/",
        "/stats",
    )
    return {address: client.get(address).text for address in own}


def without_tokens(pages: dict[str, str]) -> dict[str, str]:
    """Leave out what is random in every page: the ids of its forms."""
    hidden = re.compile(
        r'name="(csrf_token|submission_id)"[^>]*>|<input[^>]*name="(csrf_token|submission_id)"[^>]*>'
    )
    return {address: hidden.sub("", page) for address, page in pages.items()}


def test_a_planted_canary_is_found_by_the_same_crawler(app: Flask, world: World) -> None:
    make_merchant(f"{world.silent.name}水果店", address=world.silent.address, now=NOW)
    db.session.rollback()
    found = {canary for _, canary in found_in(seen_by_visitors(app), world.silent.canaries)}
    assert found == {world.silent.name, world.silent.address}


def test_a_canary_planted_in_the_workspace_is_found(app: Flask, world: World) -> None:
    with unit_of_work():
        db.session.get_one(Merchant, world.shop.id).name = world.silent.story
    assert found_in(seen_by_the_merchant(app, world), [world.silent.story]) != []
