"""The public pages of records: list, one record, tombstones, the log, the figures, the commands."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.base import clock
from portal.base.db import unit_of_work
from portal.records import actions, indexing, jobs, merkle, presenting, queries
from portal.rules.publication import RecordKind
from portal.search.queries import SearchRequest, find
from tests.builders import publish_record

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
FINDING = {
    "verdict": "over",
    "month": "2026-05",
    "rule": "retail_weighing",
    "goods": "大闸蟹",
    "settled_mg": 500_000,
    "reweighed_mg": 470_000,
    "shortage_mg": 30_000,
    "limit_mg": 5_000,
}


def lately(days: int = 30) -> date:
    return clock.today() - timedelta(days=days)


def finding(**changes: object) -> str:
    wanted: dict = {"occurred_on": lately(), "now": NOW} | changes
    return publish_record(RecordKind.FINDING, FINDING, **wanted)


def payment(**changes: object) -> str:
    facts = {"claim": "C1", "amount_fen": 12_345, "paid_on": lately().isoformat()}
    wanted: dict = {"occurred_on": lately(), "now": NOW} | changes
    return publish_record(RecordKind.COMPENSATION, facts, **wanted)


def sign(app: Flask) -> None:
    with unit_of_work():
        jobs.sign_checkpoint(origin="log.test", path=app.config["CHECKPOINT_FILE"], now=NOW)


def page(client: FlaskClient, path: str, status: int = 200) -> BeautifulSoup:
    response = client.get(path)
    assert response.status_code == status, path
    return BeautifulSoup(response.text, "html.parser")


def listed(client: FlaskClient, query: str = "") -> list[str]:
    """Return the numbers in the list for a query."""
    links = page(client, "/records/" + query).select(".fm-result-title a")
    return [str(link["href"]).rsplit("/", 1)[1] for link in links]


def test_an_empty_portal_says_so_and_offers_a_way_on(client: FlaskClient) -> None:
    soup = page(client, "/records/?lang=en")
    assert "Nothing is published yet" in soup.text
    assert soup.select('.fm-empty a[href="/"]')


def test_records_are_found_by_words_kind_region_sector_and_year(app: Flask, client: FlaskClient) -> None:
    crab = finding()
    paid = payment(
        merchant_number="M2222222222", merchant_name="东门加油站", region_code="330203", sector="fuel"
    )
    year = lately().year
    assert set(listed(client)) == {crab, paid}
    assert listed(client, "?q=大闸蟹") == [crab]
    assert listed(client, "?q=东门") == [paid]
    assert listed(client, "?q=dmjyz") == [paid]
    assert listed(client, f"?q={crab}") == [crab]
    assert listed(client, "?kind=finding") == [crab]
    assert set(listed(client, "?kind=finding&kind=compensation")) == {crab, paid}
    assert listed(client, "?region=330200") == [paid]
    assert listed(client, "?sector=fuel") == [paid]
    assert set(listed(client, f"?year={year}")) == {crab, paid}
    assert listed(client, "?merchant=M2222222222") == [paid]
    assert listed(client, "?q=大闸蟹&sector=fuel") == []


def test_counts_stand_beside_each_filter_and_leave_its_own_choice_out(
    app: Flask, client: FlaskClient
) -> None:
    finding()
    finding()
    payment(region_code="330203")
    soup = page(client, "/records/?kind=finding&lang=en")
    counts = [count.text for count in soup.select(".fm-facet")[0].select(".fm-facet-count")]
    assert sorted(counts) == ["1", "2"]
    assert [chip["href"] for chip in soup.select("a.fm-chip")] == ["/records/"]


@pytest.mark.parametrize(
    "query",
    [
        "?kind=nonsense",
        "?region=999999",
        "?year=１９",
        "?year=20260",
        "?page=-1",
        "?page=99999999",
        "?merchant=%00x"[:12],
    ],
)
def test_nonsense_in_the_address_is_left_aside(app: Flask, client: FlaskClient, query: str) -> None:
    number = finding()
    assert listed(client, query) == [number]


def test_an_empty_answer_never_looks_like_good_news(app: Flask, client: FlaskClient) -> None:
    finding()
    soup = page(client, "/records/?q=没有这个&kind=finding&lang=en")
    assert "neither good nor bad news" in soup.text
    assert soup.select('.fm-empty a[href^="/records/?q="]')


def test_a_long_list_has_pages(app: Flask, client: FlaskClient) -> None:
    numbers = {finding() for _ in range(23)}
    first, second = listed(client), listed(client, "?page=2")
    assert (len(first), len(second)) == (20, 3)
    assert set(first + second) == numbers


def test_a_record_reads_as_sentences_with_its_source(app: Flask, client: FlaskClient) -> None:
    soup = page(client, f"/records/{finding()}?lang=en")
    assert soup.h1 is not None
    assert soup.h1.text == "At 老王水果 a shortage over the permitted deviation was measured"
    facts = {term.text: term.find_next("dd").text for term in soup.select("#facts dt")}
    assert facts["Shortage"] == "30 g"
    assert facts["Weight charged"] == "500 g"
    assert soup.select('a[href="/merchants/M1"]')


def test_a_record_is_found_in_lower_case_too(app: Flask, client: FlaskClient) -> None:
    page(client, f"/records/{finding().lower()}")


def test_a_fact_that_names_a_record_links_to_it(app: Flask, client: FlaskClient) -> None:
    award = publish_record(RecordKind.AWARD, {}, occurred_on=lately(), now=NOW)
    end = publish_record(RecordKind.AWARD_WITHDRAWAL, {"award": award}, occurred_on=lately(), now=NOW)
    assert page(client, f"/records/{end}").select(f'#facts a[href="/records/{award}"]')


def test_every_kind_has_a_page_in_both_languages(app: Flask, client: FlaskClient) -> None:
    for kind in RecordKind:
        number = publish_record(kind, {}, occurred_on=lately(), now=NOW)
        for language in ("en", "zh_Hans_CN"):
            page(client, f"/records/{number}?lang={language}")
    assert len(listed(client)) == 20


def test_a_failed_verification_has_its_own_words(app: Flask, client: FlaskClient) -> None:
    facts = {"instrument": "I1", "result": "failed"}
    number = publish_record(RecordKind.VERIFICATION, facts, occurred_on=lately(), now=NOW)
    soup = page(client, f"/records/{number}?lang=en")
    assert soup.h1 is not None
    assert "failed its verification: I1" in soup.h1.text
    assert "Verification failed" in soup.select("#facts")[0].text


def test_an_unknown_number_gets_a_kind_page(client: FlaskClient) -> None:
    assert "mistyped" in page(client, "/records/R2222222222?lang=en", 404).text


def test_a_withdrawn_record_leaves_a_tombstone_and_is_in_no_list(app: Flask, client: FlaskClient) -> None:
    number = finding()
    with unit_of_work():
        actions.withdraw_record(number, "decision 12 set aside", now=NOW)
    soup = page(client, f"/records/{number}", 410)
    assert "decision 12 set aside" in soup.text
    assert "老王水果" not in soup.text
    assert "30 g" not in soup.text
    assert listed(client) == []
    page(client, f"/records/{number}/proof.json", 410)
    assert "老王水果" not in page(client, "/stats").text


def test_an_expired_record_is_gone_before_any_job_has_run(app: Flask, client: FlaskClient) -> None:
    number = finding(visible_until=lately(1))
    assert listed(client) == []
    soup = page(client, f"/records/{number}", 410)
    assert "老王水果" not in soup.text
    assert find(SearchRequest("record", today=clock.today())).total == 0


def test_the_expiry_job_empties_the_search_and_repeats_nothing(app: Flask) -> None:
    finding(visible_until=lately(1))
    kept = finding(visible_until=clock.today())
    with unit_of_work():
        assert indexing.expire(clock.today()) == 1
    with unit_of_work():
        jobs.expire(clock.now())
        assert indexing.expire(clock.today()) == 0
    assert find(SearchRequest("record", today=lately(60))).keys == (kept,)


def test_a_correction_shows_both_versions(app: Flask, client: FlaskClient) -> None:
    number = publish_record(RecordKind.RISK_TIP, {"goods": "青蟹"}, occurred_on=lately(), now=NOW)
    publish_record(RecordKind.RISK_TIP, {"goods": "梭子蟹"}, occurred_on=lately(), replaces=number, now=NOW)
    text = page(client, f"/records/{number}").text
    assert "青蟹" in text
    assert listed(client, "?q=梭子蟹") == [number]
    assert listed(client, "?q=青蟹") == []


def test_a_downloaded_proof_can_be_checked_without_the_portal(app: Flask, client: FlaskClient) -> None:
    numbers = [finding() for _ in range(5)]
    assert client.get(f"/records/{numbers[2]}/proof.json").status_code == 404
    sign(app)
    response = client.get(f"/records/{numbers[2]}/proof.json")
    assert "attachment" in response.headers["Content-Disposition"]
    bundle = response.get_json()
    content = bytes.fromhex(bundle["salt"]) + bundle["content"].encode()
    assert hashlib.sha256(content).hexdigest() == bundle["content_hash"]
    names = ("content_hash", "format", "kind", "number", "version")
    entry = json.dumps({name: bundle[name] for name in names}, separators=(",", ":"), sort_keys=True)
    leaf = hashlib.sha256(b"\0" + entry.encode()).digest()
    assert leaf.hex() == bundle["leaf_hash"]
    root = bytes.fromhex(bundle["root"])
    path = [bytes.fromhex(step) for step in bundle["path"]]
    assert merkle.is_included(leaf, bundle["leaf_index"], bundle["tree_size"], path, root)
    assert base64.b64encode(root).decode() == bundle["checkpoint"].split("\n")[2]
    assert json.loads(bundle["content"])["facts"]["goods"] == "大闸蟹"


def test_an_unknown_record_has_no_proof(client: FlaskClient) -> None:
    page(client, "/records/R2222222222/proof.json", 404)


def test_the_log_pages_show_the_signed_checkpoint(app: Flask, client: FlaskClient) -> None:
    assert client.get("/log/checkpoint").status_code == 404
    page(client, "/log/")
    finding()
    sign(app)
    response = client.get("/log/checkpoint")
    assert response.mimetype == "text/plain"
    assert response.text.startswith("log.test\n1\n")
    assert response.text in Path(app.config["CHECKPOINT_FILE"]).read_text()
    assert response.text.split("\n")[2] in page(client, "/log/").text


def test_a_record_page_says_where_it_stands_in_the_log(app: Flask, client: FlaskClient) -> None:
    number = finding()
    assert "no signature covers it yet" in page(client, f"/records/{number}?lang=en").text
    sign(app)
    assert "entry 1 of the log" in page(client, f"/records/{number}?lang=en").text


def test_the_figures_stand_beside_what_they_are_a_part_of(app: Flask, client: FlaskClient) -> None:
    assert "Nothing is published yet" in page(client, "/stats?lang=en").text
    finding()
    finding()
    payment()
    soup = page(client, "/stats?lang=en")
    rows = [[cell.text for cell in row.select("th, td")] for row in soup.select("#kinds tbody tr")]
    assert [row[1:] for row in rows] == [["2", "of 3"], ["1", "of 3"]]
    month = [row for row in soup.select("#months tbody tr") if row.th and row.th.text == f"{lately():%B %Y}"]
    assert [cell.text for cell in month[0].select("td")] == ["2", "0", "1", "0", "0", "3"]
    assert len(soup.select("#months tbody tr")) == 12


def test_text_from_outside_is_escaped(app: Flask, client: FlaskClient) -> None:
    evil = "<script>alert(1)</script>{{7*7}}"
    number = publish_record(
        RecordKind.RISK_TIP, {"goods": evil}, merchant_name=evil, occurred_on=lately(), now=NOW
    )
    for path in ("/records/", f"/records/{number}", f"/records/?q={evil}"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "{{7*7}}" in text or "7*7" not in text


def test_the_commands_sign_verify_expire_and_export(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    number = finding()
    finding(visible_until=lately(1))
    assert run(args=["log", "checkpoint"]).output.count("— ") == 1
    assert "nothing was added" in run(args=["log", "checkpoint"]).output
    assert "2 entries, signed up to 2, no faults" in run(args=["log", "verify"]).output
    assert run(args=["records", "expire"]).output == "expired 1\n"
    rows = [json.loads(line) for line in run(args=["records", "export"]).output.splitlines()]
    assert [row["number"] for row in rows] == [number]
    Path(app.config["CHECKPOINT_FILE"]).unlink()
    result = run(args=["log", "verify"])
    assert result.exit_code == 1
    assert "1 faults found" in result.output


def test_a_record_without_words_for_a_fact_still_shows_it_as_sealed(app: Flask, client: FlaskClient) -> None:
    number = publish_record(RecordKind.DRAW, {"seed": "2026-0601"}, occurred_on=lately(), now=NOW)
    assert "2026-0601" in page(client, f"/records/{number}").text
    record = queries.record_by_number(number)
    assert record is not None
    assert presenting.facts_of(record.facts) == []


@pytest.mark.parametrize(
    ("kind", "facts", "tone"),
    [
        (RecordKind.FINDING, {"verdict": "over"}, "bad"),
        (RecordKind.FINDING, {"verdict": "within"}, "good"),
        (RecordKind.FINDING, {"verdict": "not_provable"}, "neutral"),
        (RecordKind.VERIFICATION, {"result": "passed"}, "good"),
        (RecordKind.VERIFICATION, {"result": "failed"}, "bad"),
        (RecordKind.CORRECTION, {}, "neutral"),
    ],
)
def test_a_badge_bears_the_tone_of_what_was_found(
    app: Flask, kind: RecordKind, facts: dict[str, str], tone: str
) -> None:
    record = queries.record_by_number(publish_record(kind, facts, occurred_on=lately(), now=NOW))
    assert record is not None
    assert presenting.tone_of(record) == tone


def test_without_consent_a_day_is_told_as_its_month(app: Flask, client: FlaskClient) -> None:
    day = date(2026, 5, 1)
    facts = {"claim": "C1", "amount_fen": 100, "paid_on": day.isoformat(), "month": "2026-05"}
    until = clock.today()
    vague = publish_record(RecordKind.COMPENSATION, facts, occurred_on=day, visible_until=until, now=NOW)
    told = publish_record(
        RecordKind.COMPENSATION, facts | {"case": "T1"}, occurred_on=day, visible_until=until, now=NOW
    )
    text = page(client, f"/records/{vague}?lang=en").select_one("#main").text
    assert "May 2026" in text
    assert "May 1, 2026" not in text
    assert "May 1, 2026" in page(client, f"/records/{told}?lang=en").select_one("#main").text


def test_a_tip_is_headed_by_its_title(app: Flask, client: FlaskClient) -> None:
    number = publish_record(RecordKind.RISK_TIP, {"title": "Wet string"}, occurred_on=lately(), now=NOW)
    heading = page(client, f"/records/{number}?lang=en").h1
    assert heading is not None
    assert heading.text.endswith(": Wet string")
