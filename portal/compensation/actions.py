"""Open a claim, report it paid, confirm or deny the money; publish what was paid and what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import update

from portal.base import crypto
from portal.base.clock import day_of
from portal.base.db import db
from portal.compensation import ledger, queries
from portal.compensation.models import Claim, ClaimState, PaymentMethod
from portal.merchants import actions as merchant_actions
from portal.merchants.models import Merchant
from portal.rules.compensation import Basis, Owed
from portal.rules.errors import InputRefused, RuleError
from portal.rules.messages import say
from portal.rules.publication import RecordKind, compensation_facts, overdue_facts, public_on

NUMBER_SYMBOLS = 8
LONGEST_REFERENCE = 120
LARGEST_CLAIM_FEN = 10_000_000_00
AT_A_TIME = 200


class ClaimAlreadyOpen(RuleError):
    """The case has a claim already."""


class ClaimAlreadyPaid(RuleError):
    """The claim was paid; it cannot be paid, or denied, again."""


class NoPaymentReported(RuleError):
    """Nobody has said that this claim was paid."""


def claim_number(case_number: str) -> str:
    """Return the number of the claim of a case, the same each time."""
    symbols = crypto.code_from("claim-number", case_number, NUMBER_SYMBOLS)
    return f"PC-{symbols[:4]}-{symbols[4:]}"


def open_claim(
    *,
    case_number: str,
    merchant: Merchant,
    amount_fen: int,
    owed: Owed,
    due_on: date,
    has_consent: bool,
    now: datetime,
) -> Claim:
    """Open the claim that a case was settled for, and enter it in the ledger.

    The calculation is kept as it stands now. Raises ClaimAlreadyOpen for a second claim of a case.
    """
    if not 0 < amount_fen <= LARGEST_CLAIM_FEN:
        raise InputRefused(
            say(
                "The amount must be above zero and at most %(largest_fen)s.",
                largest_fen=LARGEST_CLAIM_FEN,
            )
        )
    if queries.claim_of_case(case_number) is not None:
        raise ClaimAlreadyOpen(say("An amount was agreed in this case already."))
    claim = Claim(
        number=claim_number(case_number),
        case_number=case_number,
        merchant_id=merchant.id,
        merchant_number=merchant.number,
        snapshot=owed.as_dict(),
        amount_fen=amount_fen,
        state=ClaimState.OWED,
        has_consent=has_consent,
        opened_at=now,
        due_on=due_on,
    )
    db.session.add(claim)
    db.session.flush()
    ledger.promise(claim, now=now)
    return claim


def report_payment(claim: Claim, *, method: PaymentMethod | str, reference: str, now: datetime) -> None:
    """Note that the merchant says it has paid; ClaimAlreadyPaid when it said so before."""
    if len(reference) > LONGEST_REFERENCE:
        raise InputRefused(
            say("This text is longer than %(most_count)s characters.", most_count=LONGEST_REFERENCE)
        )
    _step(claim, (ClaimState.OWED,), ClaimState.PAID)
    claim.paid_reported_at = now
    claim.method = PaymentMethod(method)
    claim.reference = reference.strip() or None
    db.session.flush()


def deny_receipt(claim: Claim, *, now: datetime) -> None:
    """Note that the buyer has no money yet; NoPaymentReported when nobody said it was paid."""
    if claim.state is ClaimState.OWED:
        raise NoPaymentReported(say("The merchant has not said yet that it paid."))
    _step(claim, (ClaimState.PAID,), ClaimState.OWED)
    claim.paid_reported_at = None
    db.session.flush()


def confirm_receipt(claim: Claim, *, now: datetime) -> None:
    """Enter that the buyer has the money and publish the payment; ClaimAlreadyPaid the second time."""
    _step(claim, (ClaimState.OWED, ClaimState.PAID), ClaimState.CONFIRMED)
    claim.confirmed_on = day_of(now)
    ledger.pay(claim, now=now)
    claim.record_number = _publish_payment(claim, now)
    db.session.flush()


def mark_overdue(*, now: datetime) -> int:
    """Publish the payments that are overdue and not published as such; return how many."""
    claims = queries.unpublished_overdue_claims(day_of(now), AT_A_TIME)
    for claim in claims:
        _publish_overdue(claim, now)
    return len(claims)


def _step(claim: Claim, from_states: Sequence[ClaimState], to_state: ClaimState) -> None:
    """Guard the step in the database: of two who click at once, one is told."""
    step = (
        update(Claim)
        .where(Claim.id == claim.id, Claim.state.in_(from_states))
        .values(state=to_state)
        .returning(Claim.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(step) is None:
        raise ClaimAlreadyPaid(say("This payment was noted already. Open the case again to see it."))
    db.session.refresh(claim)


def _publish_payment(claim: Claim, now: datetime) -> str:
    confirmed_on = day_of(now)
    paid_on = day_of(claim.paid_reported_at) if claim.paid_reported_at else confirmed_on
    facts = compensation_facts(
        claim=claim.number,
        amount_fen=claim.amount_fen,
        paid_on=paid_on,
        has_consent=claim.has_consent,
        basis=_basis_of(claim),
        payer="merchant",
        on_time=paid_on <= claim.due_on,
        settles=claim.overdue_record_number,
        case=claim.case_number,
    )
    # The record bears the day of the confirmation, so that it shows at least as long as a debt it settles.
    record = merchant_actions.publish_about(
        _merchant_of(claim),
        RecordKind.COMPENSATION,
        facts,
        occurred_on=public_on(confirmed_on, has_consent=claim.has_consent),
        now=now,
    )
    return record.number


def _publish_overdue(claim: Claim, now: datetime) -> None:
    is_first = claim.overdue_record_number is None
    day = queries.overdue_on(claim) if is_first else day_of(now)
    facts = overdue_facts(
        claim=claim.number,
        amount_fen=claim.amount_fen,
        due_on=claim.due_on,
        has_consent=claim.has_consent,
        case=claim.case_number,
    )
    record = merchant_actions.publish_about(
        _merchant_of(claim),
        RecordKind.OVERDUE_PAYMENT,
        facts,
        occurred_on=public_on(day, has_consent=claim.has_consent),
        now=now,
    )
    claim.overdue_record_number = record.number
    claim.overdue_shows_until = record.visible_until
    db.session.flush()


def _basis_of(claim: Claim) -> Basis | None:
    """Return why most of it is owed: the pledge before the bare refund; None for an amount simply agreed."""
    owed = {line.basis for line in Owed.from_dict(claim.snapshot).lines if not line.is_conditional}
    return next((basis for basis in (Basis.PLEDGE, Basis.MAKE_UP, Basis.REFUND) if basis in owed), None)


def _merchant_of(claim: Claim) -> Merchant:
    return db.session.get_one(Merchant, claim.merchant_id)
