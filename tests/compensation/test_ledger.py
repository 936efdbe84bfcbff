"""The ledger only grows, always balances, and its check finds whatever does not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.base.db import db, unit_of_work
from portal.base.labels import render
from portal.compensation import actions, ledger, queries
from portal.compensation.models import Claim, ClaimState, TransferKind
from portal.merchants.actions import MerchantData, save_merchant
from portal.merchants.models import Merchant
from portal.rules.compensation import Owed
from portal.rules.errors import RuleError
from tests.conftest import make_app

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
OWED = Owed(lines=(), price_fen=2400, shortage_mg=100_000, shortage_value_fen=120, on=date(2026, 11, 28))


def shop(name: str = "老王水果店") -> Merchant:
    with unit_of_work():
        data = MerchantData(name=name, address="城东街1号", region_code="330102")
        return save_merchant(data, now=NOW).merchant


def claim_for(merchant: Merchant, case: str = "TS-ABCD-2345", amount_fen: int = 1320) -> Claim:
    with unit_of_work():
        return actions.open_claim(
            case_number=case,
            merchant=merchant,
            amount_fen=amount_fen,
            owed=OWED,
            due_on=date(2026, 12, 7),
            has_consent=False,
            now=NOW,
        )


@pytest.fixture
def claim(app: Flask) -> Claim:
    return claim_for(shop())


def tamper(statement: str) -> None:
    """Change the database's file as somebody who holds it would: without its triggers."""
    db.session.rollback()
    with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for line in [*(f"DROP TRIGGER {name}" for (name,) in triggers), statement]:
            connection.execute(line)
    db.session.expire_all()


TAMPERINGS = {
    "a changed amount": "UPDATE ledger_posting SET amount_fen = amount_fen + 1 WHERE amount_fen > 0",
    "a lost line": "DELETE FROM ledger_posting WHERE amount_fen > 0",
    "an entry without lines": "DELETE FROM ledger_posting",
    "a balanced pair too much": "UPDATE ledger_posting SET amount_fen = amount_fen * 2",
    "a claim said to be paid": "UPDATE claim SET state = 'confirmed'",
    "a changed claim": "UPDATE claim SET amount_fen = 5",
    "a lost claim": "DELETE FROM claim",
    "a second promise": "INSERT INTO ledger_transfer (key, kind, claim_number, at) "
    "SELECT 'promise:again', kind, claim_number, at FROM ledger_transfer",
    "a due account below zero": "UPDATE ledger_posting SET amount_fen = -amount_fen",
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_the_check_finds(claim: Claim, statement: str) -> None:
    assert ledger.check() == []
    tamper(statement)
    faults = ledger.check()
    assert faults
    assert all(render(fault.message) for fault in faults)


@pytest.mark.parametrize("table", ["ledger_account", "ledger_transfer", "ledger_posting"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
def test_no_line_of_the_ledger_can_be_changed_or_removed(claim: Claim, table: str, statement: str) -> None:
    with pytest.raises(DBAPIError, match="only grows"), unit_of_work():
        db.session.execute(text(statement.format(table)))


def test_the_ledger_only_grows_on_postgresql_too(postgres_app: Flask) -> None:
    claim_for(shop())
    assert ledger.check() == []
    for table in ("ledger_account", "ledger_transfer", "ledger_posting"):
        for statement in (f"UPDATE {table} SET id = id + 100", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="only grows"), unit_of_work():
                db.session.execute(text(statement))


def post(claim: Claim, lines: dict[str, int], kind: TransferKind = TransferKind.PAYMENT) -> None:
    with unit_of_work():
        ledger.post(kind, claim, lines, now=NOW)


@pytest.mark.parametrize(
    "lines",
    [
        {},
        {"claim:x:due": 0, "merchant:x:owed": 0},
        {"claim:x:due": 5},
        {"claim:x:due": 5, "merchant:x:owed": -4},
        {"claim:x:due": 2**63, "merchant:x:owed": -(2**63)},
    ],
)
def test_an_entry_that_does_not_balance_is_refused(claim: Claim, lines: dict[str, int]) -> None:
    with pytest.raises(ledger.Unbalanced):
        post(claim, lines)


def test_more_than_is_due_cannot_be_paid(claim: Claim) -> None:
    due, owed = ledger.due_code(claim.number), ledger.owed_code(claim.merchant_number)
    with pytest.raises(ledger.AccountOverdrawn):
        post(claim, {due: -1321, owed: 1321})
    assert queries.balance_of(due) == 1320


def test_an_entry_is_written_once(claim: Claim) -> None:
    lines = {ledger.due_code(claim.number): 1320, ledger.owed_code(claim.merchant_number): -1320}
    with pytest.raises(ledger.AlreadyWritten):
        post(claim, lines, TransferKind.PROMISE)


def test_the_command_says_that_the_ledger_balances_or_what_does_not(app: Flask, claim: Claim) -> None:
    good = app.test_cli_runner().invoke(args=["ledger", "check"])
    assert (good.exit_code, good.output) == (0, "the ledger balances, no faults\n")
    tamper("UPDATE ledger_posting SET amount_fen = amount_fen + 1 WHERE amount_fen > 0")
    bad = app.test_cli_runner().invoke(args=["ledger", "check"])
    assert bad.exit_code == 1
    assert claim.number in bad.output


@pytest.fixture(scope="module")
def long_lived_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    application = make_app(tmp_path_factory.mktemp("ledger"))
    with application.app_context():
        db.create_all()
        yield application
        db.session.remove()
        db.engine.dispose()


VERBS = ("report", "confirm", "deny")
steps = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(VERBS)), max_size=12)


def allowed(state: ClaimState, verb: str) -> ClaimState | None:
    """The plain model: what a verb makes of a state, None where it is refused."""
    return {
        (ClaimState.OWED, "report"): ClaimState.PAID,
        (ClaimState.OWED, "confirm"): ClaimState.CONFIRMED,
        (ClaimState.PAID, "confirm"): ClaimState.CONFIRMED,
        (ClaimState.PAID, "deny"): ClaimState.OWED,
    }.get((state, verb))


def act(claim: Claim, verb: str) -> bool:
    try:
        with unit_of_work():
            if verb == "report":
                actions.report_payment(claim, method="cash", reference="", now=NOW)
            elif verb == "confirm":
                actions.confirm_receipt(claim, now=NOW)
            else:
                actions.deny_receipt(claim, now=NOW)
    except RuleError:
        return False
    return True


_turn = iter(range(10_000))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(1, 10_000_000_00), min_size=3, max_size=3), plan=steps)
def test_whatever_is_done_the_ledger_agrees_with_a_plain_model(
    long_lived_app: Flask, amounts: list[int], plan: list[tuple[int, str]]
) -> None:
    turn = next(_turn)
    merchant = shop(f"店{turn}")
    claims = [claim_for(merchant, f"TS-{turn}-{i}", amount) for i, amount in enumerate(amounts)]
    model = [ClaimState.OWED] * 3
    for index, verb in plan:
        after = allowed(model[index], verb)
        assert act(claims[index], verb) is (after is not None)
        model[index] = after or model[index]
    due = [
        0 if state is ClaimState.CONFIRMED else amount for state, amount in zip(model, amounts, strict=True)
    ]
    assert [claim.state for claim in claims] == model
    assert [queries.balance_of(ledger.due_code(claim.number)) for claim in claims] == due
    assert queries.balance_of(ledger.owed_code(merchant.number)) == -sum(due)
    assert ledger.check() == []
