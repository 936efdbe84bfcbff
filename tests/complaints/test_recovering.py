"""A lost code is not a lost case, and nobody else's either."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.models import Role
from portal.base import crypto
from portal.base.db import db, unit_of_work
from portal.complaints import queries
from portal.complaints.following import recovering
from portal.complaints.following.models import RecoveryWay
from portal.complaints.models import Filing
from portal.complaints.words import KnownFact
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import Track
from portal.rules.errors import InputRefused, MoveNotAllowed
from tests.builders import make_case, make_member, make_merchant, make_office
from tests.complaints.following import fresh, holder, send
from tests.complaints.forms import code_on, errors_in, kept_in
from tests.conftest import make_app

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
PHRASE = "七只仙鹤 飞过西湖边"
ENOUGH = (KnownFact.GOODS, KnownFact.AMOUNT_PAID, KnownFact.CONTACT)


def filing_of(number: str) -> Filing:
    return fresh(number).filing


@pytest.fixture
def number(shop: Merchant) -> str:
    number = make_case(shop, now=NOW).number
    with unit_of_work():
        filing_in(number).recovery_hash = recovering.hash_phrase(PHRASE)
    return number


def filing_in(number: str) -> Filing:
    """Return the filing inside the unit of work at hand."""
    case = queries.case_by_number(number)
    assert case is not None
    return case.filing


def ask(client: FlaskClient, number: str, phrase: str, key: str = "lost-1"):  # type: ignore[no-untyped-def]
    return send(client, "/complaints/recover", key, number=number, phrase=phrase)


# The phrase -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [PHRASE, "七只仙鹤飞过西湖边", " 七只仙鹤　飞过西湖边 ", "七只仙鹤，飞过西湖边。"],
)
def test_a_phrase_is_recognised_however_it_is_typed(typed: str) -> None:
    assert recovering.check_phrase(recovering.hash_phrase(PHRASE), typed)


def test_width_and_case_do_not_matter() -> None:
    kept = recovering.hash_phrase("Blue Horse Radio Spoon")
    assert recovering.check_phrase(kept, "ｂｌｕｅ horse-radio SPOON")
    assert not recovering.check_phrase(kept, "blue horse radio fork")


@pytest.mark.parametrize(
    "weak", ["", "七只仙鹤", "1234567", "12345678", "password1", "aaaaaaaaaaaa", "        "]
)
def test_a_weak_phrase_is_refused(weak: str) -> None:
    with pytest.raises(InputRefused):
        recovering.hash_phrase(weak)


def test_an_endless_phrase_is_refused() -> None:
    with pytest.raises(InputRefused):
        recovering.hash_phrase("七只仙鹤" * 100)


def test_no_phrase_is_no_key() -> None:
    assert not recovering.check_phrase(None, "")
    assert not recovering.check_phrase(None, PHRASE)
    assert not recovering.check_phrase("", PHRASE)
    assert not recovering.check_phrase("no hash", PHRASE)


# By phrase ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelled", [str, str.lower, lambda n: n.replace("-", " "), lambda n: n.replace("-", "")]
)
def test_number_and_phrase_bring_a_new_code_shown_once(
    app: Flask, client: FlaskClient, number: str, spelled: object
) -> None:
    answer = ask(client, spelled(number), PHRASE)  # type: ignore[operator]
    assert (answer.status_code, answer.location) == (303, f"/complaints/filed/{number}")
    code = code_on(client.get(answer.location))
    assert code == crypto.receipt_code("lost-1")
    other = app.test_client()
    assert other.post("/complaints/follow", data={"code": code}).status_code == 303
    # On another device it is not shown again.
    assert code_on(other.get(f"/complaints/filed/{number}")) == ""


def test_the_old_code_and_the_old_sessions_open_nothing_any_more(
    app: Flask, client: FlaskClient, number: str
) -> None:
    old = holder(app)
    assert ask(client, number, PHRASE).status_code == 303
    assert old.get(f"/complaints/cases/{number}").status_code == 404
    again = app.test_client().post("/complaints/follow", data={"code": crypto.receipt_code("filing-1")})
    assert again.status_code == 422


def test_either_number_of_a_filing_will_do(client: FlaskClient, shop: Merchant) -> None:
    case = make_case(shop, key="filing-2", tracks=(Track.MEDIATION, Track.REPORT), now=NOW)
    with unit_of_work():
        filing_in(case.number).recovery_hash = recovering.hash_phrase(PHRASE)
    report = next(c.number for c in fresh(case.number).filing.cases if c.track is Track.REPORT)
    assert ask(client, report, PHRASE).status_code == 303


def test_unknown_number_no_phrase_and_wrong_phrase_are_told_the_same(
    client: FlaskClient, shop: Merchant, number: str
) -> None:
    without = make_case(shop, key="filing-2", now=NOW).number
    pages = []
    for key, (case, phrase) in enumerate(
        [("TS-2345-6789", PHRASE), (without, PHRASE), (number, "不是这一句话呀"), ("nonsense", "不知道")]
    ):
        answer = ask(client, case, phrase, f"lost-{key}")
        assert answer.status_code == 422
        assert code_on(answer) == ""
        assert kept_in(answer, ["number", "phrase"]) == {"number": case, "phrase": phrase}
        shown = answer.text.replace(case, "").replace(phrase, "")
        pages.append([line for line in shown.splitlines() if "submission_id" not in line])
    assert pages.count(pages[0]) == len(pages)


def test_the_three_refusals_take_the_same_time(client: FlaskClient, shop: Merchant, number: str) -> None:
    without = make_case(shop, key="filing-2", now=NOW).number
    taken: dict[str, list[float]] = {"TS-2345-6789": [], without: [], number: []}
    ask(client, number, "先试一次热身吧", "warm")
    for turn in range(9):
        for case, times in taken.items():
            began = perf_counter()
            ask(client, case, "不是这一句话呀", f"{case}-{turn}")
            times.append(perf_counter() - began)
    middles = sorted(median(times) for times in taken.values())
    assert middles[-1] < 2 * middles[0], taken


@pytest.mark.parametrize(("field", "typed"), [("number", ""), ("phrase", ""), ("number", "x" * 41)])
def test_what_is_missing_or_too_long_is_said_on_the_field(
    client: FlaskClient, number: str, field: str, typed: str
) -> None:
    sent = {"number": number, "phrase": PHRASE} | {field: typed}
    answer = send(client, "/complaints/recover", **sent)
    assert answer.status_code == 422
    assert list(errors_in(answer)) == [field]


def test_every_attempt_on_a_filing_is_logged_without_what_was_typed(client: FlaskClient, number: str) -> None:
    ask(client, number, "不是这一句话呀", "lost-1")
    ask(client, number, PHRASE, "lost-2")
    ask(client, "TS-2345-6789", PHRASE, "lost-3")
    log = [(r.way, r.is_granted, r.at, r.facts, r.reason) for r in filing_of(number).recoveries]
    assert log == [
        (RecoveryWay.PHRASE, False, NOW, [], None),
        (RecoveryWay.PHRASE, True, NOW, [], None),
    ]
    dump = "\n".join(db.engine.raw_connection().driver_connection.iterdump())
    assert "不是这一句话呀" not in dump
    assert "七只仙鹤" not in dump


def test_the_same_sending_twice_changes_the_code_once(client: FlaskClient, number: str) -> None:
    locations = {ask(client, number, PHRASE).location for _ in range(2)}
    assert locations == {f"/complaints/filed/{number}"}
    assert len(filing_of(number).recoveries) == 1


def test_the_answer_to_a_right_phrase_is_not_given_to_a_wrong_one(
    app: Flask, client: FlaskClient, number: str
) -> None:
    assert ask(client, number, PHRASE, "lost-1").status_code == 303
    stranger = app.test_client()
    answer = ask(stranger, number, "不是这一句话呀", "lost-1")
    assert answer.status_code == 409
    assert stranger.get(f"/complaints/cases/{number}").status_code == 303


def test_the_filer_reads_in_the_history_that_the_code_was_replaced(client: FlaskClient, number: str) -> None:
    ask(client, number, "不是这一句话呀", "lost-1")
    ask(client, number, PHRASE, "lost-2")
    page = client.get(f"/complaints/cases/{number}").text
    assert page.count("换了新的查询码") == 1


def test_tries_are_limited_for_an_address_and_for_a_case(tmp_path: object, shop: Merchant) -> None:
    app = make_app(tmp_path / "limited", RATELIMIT_ENABLED=True)  # type: ignore[operator]
    with app.app_context(), time_machine.travel(NOW, tick=False):
        db.create_all()
        clients = [app.test_client() for _ in range(3)]
        for turn, client in enumerate(clients):
            client.environ_base["REMOTE_ADDR"] = f"192.0.2.{turn + 1}"

        def tries(client: FlaskClient, case: str, count: int) -> list[int]:
            return [ask(client, case, "不是这一句话呀", f"{case}{n}").status_code for n in range(count)]

        # One address, many cases: ten an hour. One case, many addresses: five an hour.
        many = [tries(clients[0], f"TS-2345-678{n}", 1)[0] for n in "23456789AB"]
        assert many == [422] * 10
        assert tries(clients[0], "TS-2345-678C", 1) == [429]
        assert tries(clients[1], "TS-9999-2345", 5) == [422] * 5
        assert tries(clients[2], "ts 9999 2345", 1) == [429]
        db.session.remove()


# By an officer --------------------------------------------------------------------------


@pytest.fixture
def officer(app: Flask) -> int:

    return make_member(Role.OFFICER, make_office(now=NOW), now=NOW)


def by_officer(number: str, facts: tuple[KnownFact, ...], officer: int, *, at: datetime = NOW) -> str | None:
    with unit_of_work():
        return recovering.recover_by_officer(
            filing_in(number), facts_matched=facts, reason="电话核对", user_id=officer, now=at
        )


def test_three_facts_bring_a_new_code(app: Flask, number: str, officer: int) -> None:
    code = by_officer(number, ENOUGH, officer)
    assert code is not None
    assert app.test_client().post("/complaints/follow", data={"code": code}).status_code == 303
    old = app.test_client().post("/complaints/follow", data={"code": crypto.receipt_code("filing-1")})
    assert old.status_code == 422
    entry = filing_of(number).recoveries[0]
    assert (entry.way, entry.is_granted, entry.user_id) == (RecoveryWay.OFFICER, True, officer)
    assert entry.facts == [fact.value for fact in KnownFact if fact in ENOUGH]


@pytest.mark.parametrize("facts", [(), ENOUGH[:1], ENOUGH[:2], (KnownFact.GOODS,) * 3])
def test_fewer_than_three_facts_bring_nothing_and_are_logged(
    number: str, officer: int, facts: tuple[KnownFact, ...]
) -> None:
    before = filing_of(number).receipt_hash
    assert by_officer(number, facts, officer) is None
    filing = filing_of(number)
    assert filing.receipt_hash == before
    assert [entry.is_granted for entry in filing.recoveries] == [False]


def test_officers_try_three_times_a_day_at_most(number: str, officer: int) -> None:
    for _ in range(3):
        assert by_officer(number, (), officer) is None
    with pytest.raises(MoveNotAllowed):
        by_officer(number, ENOUGH, officer)
    assert len(filing_of(number).recoveries) == 3
    assert by_officer(number, ENOUGH, officer, at=NOW + timedelta(days=1)) is not None


def test_two_officers_asking_at_once_are_counted_one_after_the_other_on_postgres(postgres_app: Flask) -> None:
    asker = make_member(Role.OFFICER, make_office(now=NOW), now=NOW)
    number = make_case(make_merchant(now=NOW), now=NOW).number
    for _ in range(2):
        assert by_officer(number, (), asker) is None
    db.session.remove()
    told: list[object] = []

    def ask_too() -> None:
        with postgres_app.app_context():
            try:
                told.append(by_officer(number, ENOUGH, asker))
            except MoveNotAllowed as refused:
                told.append(refused)
            db.session.remove()

    other = threading.Thread(target=ask_too)
    with unit_of_work():
        recovering.recover_by_officer(
            filing_in(number), facts_matched=(), reason="电话核对", user_id=asker, now=NOW
        )
        other.start()
        # Long enough for the other one to count and to be done, were it not held back.
        other.join(1)
    other.join(10)
    assert [type(one) for one in told] == [MoveNotAllowed]


def test_an_e_mail_is_a_contact_the_merchant_does_not_know(shop: Merchant, officer: int) -> None:
    report = make_case(shop, key="report", tracks=(Track.REPORT,), name=None, now=NOW).number
    assert KnownFact.CONTACT not in recovering.facts_known(filing_of(report))
    with unit_of_work():
        filing_in(report).email = "zhang@example.cn"
    assert KnownFact.CONTACT in recovering.facts_known(filing_of(report))
    assert by_officer(report, (KnownFact.GOODS, KnownFact.UNIT_PRICE, KnownFact.CONTACT), officer)


def test_no_reason_no_code(number: str, officer: int) -> None:
    with pytest.raises(MoveNotAllowed), unit_of_work():
        recovering.recover_by_officer(
            filing_in(number), facts_matched=ENOUGH, reason=" ", user_id=officer, now=NOW
        )


def test_a_form_sent_twice_can_show_the_code_again(number: str, officer: int) -> None:
    with unit_of_work():
        code = recovering.recover_by_officer(
            filing_in(number),
            facts_matched=ENOUGH,
            reason="当面核对",
            user_id=officer,
            submission_id="desk-1",
            now=NOW,
        )
    assert recovering.new_code_of(filing_of(number), "desk-1") == code
    assert recovering.new_code_of(filing_of(number), "desk-2") is None


def test_only_facts_that_were_given_can_be_asked_for(shop: Merchant, number: str) -> None:
    facts = recovering.facts_known(filing_of(number))
    assert KnownFact.REWEIGHED in facts
    assert KnownFact.EVIDENCE not in facts
    assert KnownFact.AMOUNT_PAID not in facts


def test_the_log_of_recoveries_cannot_be_changed(number: str, officer: int) -> None:
    by_officer(number, (), officer)
    entry = filing_of(number).recoveries[0]
    with pytest.raises(Exception, match="only grows"), unit_of_work():
        db.session.merge(entry).is_granted = True
        db.session.flush()


def test_a_new_code_ends_a_feed_begun_with_the_old_one(client: FlaskClient, number: str) -> None:
    with unit_of_work():
        filing_in(number).feed_hash = "0" * 64
    assert ask(client, number, PHRASE).status_code == 303
    assert filing_of(number).feed_hash is None
