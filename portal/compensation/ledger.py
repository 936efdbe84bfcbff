"""Actions: the double-entry ledger, integer fen, which only grows; and its check.

| transfer | claim:<number>:due | merchant:<number>:owed |
|---|---|---|
| promise | + amount | - amount |
| payment | - amount | + amount |

A claim's due account holds what the buyer is still to get; a merchant's account, below zero, what it owes.
A mistake is mended by an entry that reverses it, never by changing one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.base.db import db
from portal.compensation import queries
from portal.compensation.models import (
    AccountKind,
    Claim,
    ClaimState,
    LedgerAccount,
    LedgerPosting,
    LedgerTransfer,
    TransferKind,
)
from portal.rules.errors import RuleError
from portal.rules.messages import Message, say

MOST_FEN = 2**62


class Unbalanced(RuleError):
    """The lines of a transfer do not add up to nothing."""


class AccountOverdrawn(RuleError):
    """An account would fall below zero that may not."""


class AlreadyWritten(RuleError):
    """This transfer stands in the ledger already."""


@dataclass(frozen=True)
class Fault:
    """Something in the ledger that cannot be right: what it is about, and the sentence."""

    subject: str
    message: Message


def promise(claim: Claim, *, now: datetime) -> LedgerTransfer:
    """Enter what a merchant agreed to pay."""
    return post(TransferKind.PROMISE, claim, _lines(claim, claim.amount_fen), now=now)


def pay(claim: Claim, *, now: datetime) -> LedgerTransfer:
    """Enter that the buyer has the money; the key lets it be entered once for each claim."""
    return post(TransferKind.PAYMENT, claim, _lines(claim, -claim.amount_fen), now=now)


def _lines(claim: Claim, amount_fen: int) -> dict[str, int]:
    return {due_code(claim.number): amount_fen, owed_code(claim.merchant_number): -amount_fen}


def due_code(claim_number: str) -> str:
    """Return the account of what a buyer is still to get on a claim."""
    return f"claim:{claim_number}:due"


def owed_code(merchant_number: str) -> str:
    """Return the account of what a merchant owes."""
    return f"merchant:{merchant_number}:owed"


def post(kind: TransferKind, claim: Claim, lines: Mapping[str, int], *, now: datetime) -> LedgerTransfer:
    """Write one transfer (fen by account code).

    Unbalanced, AccountOverdrawn or AlreadyWritten when it cannot be right.
    """
    if len(lines) < 2 or sum(lines.values()) != 0 or not all(0 < abs(v) < MOST_FEN for v in lines.values()):
        raise Unbalanced(say("This entry does not balance."))
    key = f"{kind.value}:{claim.number}"
    if db.session.scalar(select(LedgerTransfer.id).where(LedgerTransfer.key == key)) is not None:
        raise AlreadyWritten(say("This payment is in the ledger already."))
    accounts = {code: _account(code) for code in lines}
    transfer = LedgerTransfer(key=key, kind=kind, claim_number=claim.number, at=now)
    db.session.add(transfer)
    db.session.flush()
    for code, amount_fen in lines.items():
        transfer.postings.append(
            LedgerPosting(transfer_id=transfer.id, account_id=accounts[code].id, amount_fen=amount_fen)
        )
    db.session.flush()
    for account in accounts.values():
        if not account.may_go_negative and queries.balance_of(account.code) < 0:
            raise AccountOverdrawn(say("More would be paid than is due."))
    return transfer


def _account(code: str) -> LedgerAccount:
    account = queries.account_by_code(code)
    if account is None:
        is_merchant = code.startswith("merchant:")
        account = LedgerAccount(
            code=code,
            kind=AccountKind.MERCHANT_OWED if is_merchant else AccountKind.CLAIM_DUE,
            may_go_negative=is_merchant,
        )
        db.session.add(account)
        db.session.flush()
    return account


def check() -> list[Fault]:
    """Return everything in the ledger that cannot be right; an empty list when it balances."""
    return [*_unbalanced_transfers(), *_wrong_sum(), *_overdrawn_accounts(), *_wrong_claims(), *_strays()]


def _unbalanced_transfers() -> Iterator[Fault]:
    sums = (
        select(
            LedgerTransfer.key,
            func.coalesce(func.sum(LedgerPosting.amount_fen), 0),
            func.count(LedgerPosting.id),
        )
        .outerjoin(LedgerPosting, LedgerPosting.transfer_id == LedgerTransfer.id)
        .group_by(LedgerTransfer.id, LedgerTransfer.key)
        .order_by(LedgerTransfer.id)
    )
    for key, total, lines in db.session.execute(sums):
        if total != 0:
            yield Fault(
                key, say("%(key)s: the lines add up to %(total_fen)s.", key=key, total_fen=int(total))
            )
        if lines < 2:
            yield Fault(key, say("%(key)s: the entry has fewer than two lines.", key=key))


def _wrong_sum() -> Iterator[Fault]:
    total = int(db.session.scalar(select(func.coalesce(func.sum(LedgerPosting.amount_fen), 0))) or 0)
    if total != 0:
        yield Fault("ledger", say("The whole ledger adds up to %(total_fen)s.", total_fen=total))


def _balances() -> dict[str, int]:
    sums = (
        select(LedgerAccount.code, func.sum(LedgerPosting.amount_fen))
        .join(LedgerPosting, LedgerPosting.account_id == LedgerAccount.id)
        .group_by(LedgerAccount.id, LedgerAccount.code)
    )
    return {code: int(total) for code, total in db.session.execute(sums)}


def _overdrawn_accounts() -> Iterator[Fault]:
    guarded = select(LedgerAccount.code).where(LedgerAccount.may_go_negative.is_(False))
    balances = _balances()
    for code in db.session.scalars(guarded):
        if balances.get(code, 0) < 0:
            yield Fault(code, say("%(code)s has fallen below zero.", code=code))


def _wrong_claims() -> Iterator[Fault]:
    balances = _balances()
    written = _written()
    owed: dict[str, int] = defaultdict(int)
    for claim in db.session.scalars(select(Claim).order_by(Claim.id)):
        is_settled = claim.state is ClaimState.CONFIRMED
        open_fen = 0 if is_settled else claim.amount_fen
        owed[claim.merchant_number] += open_fen
        counts = written.pop(claim.number, {})
        if counts.get(TransferKind.PROMISE, 0) != 1:
            yield Fault(claim.number, say("%(claim)s was not entered exactly once.", claim=claim.number))
        if counts.get(TransferKind.PAYMENT, 0) != int(is_settled):
            yield Fault(claim.number, _wrong_payments(claim, counts.get(TransferKind.PAYMENT, 0)))
        if balances.get(due_code(claim.number), 0) != open_fen:
            yield Fault(claim.number, _wrong_balance(due_code(claim.number), balances, open_fen))
    for merchant_number, open_fen in owed.items():
        code = owed_code(merchant_number)
        if balances.get(code, 0) != -open_fen:
            yield Fault(code, _wrong_balance(code, balances, -open_fen))


def _strays() -> Iterator[Fault]:
    """Find what stands in the ledger for a claim or a merchant that nothing here knows."""
    claims = set(db.session.scalars(select(Claim.number)))
    for number in sorted(set(_written()) - claims):
        yield Fault(number, say("%(claim)s stands in the ledger and is no claim.", claim=number))
    known = {due_code(number) for number in claims}
    known |= {owed_code(number) for number in db.session.scalars(select(Claim.merchant_number))}
    for code in sorted(set(_balances()) - known):
        yield Fault(code, say("%(code)s belongs to no claim.", code=code))


def _written() -> dict[str, dict[TransferKind, int]]:
    rows = select(LedgerTransfer.claim_number, LedgerTransfer.kind, func.count()).group_by(
        LedgerTransfer.claim_number, LedgerTransfer.kind
    )
    counts: dict[str, dict[TransferKind, int]] = defaultdict(dict)
    for number, kind, count in db.session.execute(rows):
        counts[number][kind] = count
    return counts


def _wrong_payments(claim: Claim, count: int) -> Message:
    return say(
        "%(claim)s is “%(state)s” and has %(payments_count)s payments in the ledger.",
        claim=claim.number,
        state=claim.state,
        payments_count=count,
    )


def _wrong_balance(code: str, balances: Mapping[str, int], wanted_fen: int) -> Message:
    return say(
        "%(code)s holds %(found_fen)s and should hold %(wanted_fen)s.",
        code=code,
        found_fen=balances.get(code, 0),
        wanted_fen=wanted_fen,
    )
