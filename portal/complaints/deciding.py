"""Actions: what an officer finds, what the sides agree on, and how it is carried out."""

from __future__ import annotations

from datetime import date, datetime

from portal.base.clock import day_of
from portal.base.db import db
from portal.compensation import actions as compensation_actions
from portal.compensation import queries as compensation_queries
from portal.compensation.models import Claim
from portal.complaints.models import Case, Finding
from portal.complaints.moving import clocks_of, move
from portal.merchants import actions as merchant_actions
from portal.merchants.models import Merchant, PledgeVersion
from portal.rules.compensation import Owed, check_claim, owed_for
from portal.rules.complaint_flow import Actor, MoveName, Need, Track
from portal.rules.deadlines import Clock
from portal.rules.errors import MoveNotAllowed
from portal.rules.messages import say
from portal.rules.metrology import Judgement, Verdict, judgement_from_snapshot
from portal.rules.pledge import PledgeTerms
from portal.rules.publication import RecordKind, finding_facts, public_on


def record_finding(
    case: Case,
    judgement: Judgement,
    *,
    settled_mg: int,
    reweighed_mg: int,
    actor: Actor,
    user_id: int,
    now: datetime,
) -> Finding:
    """Record what was measured and the verdict, with the rule as it stands now.

    In a 投诉 a shortage over the limit is published at once, as a fact about the merchant. A
    finding on a 举报 is not: its target learns of it by a decision, never by the record (Art. 37).
    """
    move(case, MoveName.RECORD_FINDING, actor=actor, user_id=user_id, also_given=[Need.FINDING], now=now)
    finding = Finding(
        case_id=case.id,
        verdict=judgement.verdict.value,
        shortage_mg=judgement.shortage,
        settled_mg=settled_mg,
        reweighed_mg=reweighed_mg,
        snapshot=judgement.snapshot(),
        found_by_id=user_id,
        found_at=now,
        found_on=day_of(now),
    )
    case.findings.append(finding)
    if judgement.verdict is Verdict.OVER and case.track is Track.MEDIATION:
        finding.record_number = _publish_finding(case, judgement, finding, now)
    db.session.flush()
    return finding


def _publish_finding(case: Case, judgement: Judgement, finding: Finding, now: datetime) -> str:
    has_consent = case.filing.agrees_to_publication
    facts = finding_facts(
        verdict=judgement.verdict.value,
        found_on=finding.found_on,
        has_consent=has_consent,
        rule=judgement.rule_id,
        edition=judgement.edition,
        article=judgement.article,
        goods_class=judgement.inputs.get("goods_group"),
        case=case.number,
        goods=case.filing.goods,
        settled_mg=finding.settled_mg,
        reweighed_mg=finding.reweighed_mg,
        shortage_mg=finding.shortage_mg,
        limit_mg=judgement.limit,
    )
    day = public_on(finding.found_on, has_consent=has_consent)
    record = merchant_actions.publish_about(
        require_merchant(case), RecordKind.FINDING, facts, occurred_on=day, now=now
    )
    return record.number


def require_merchant(case: Case) -> Merchant:
    """Return whom a case is about; MoveNotAllowed while nobody has said which listed merchant it is."""
    if case.merchant is None:
        raise MoveNotAllowed(say("Say first which merchant on the register this is about."))
    return case.merchant


def owed_in(case: Case) -> Owed:
    """Return what the case owes: by its latest finding, else what would be owed if the filing is right.

    Where nothing was sold by weight, no amount follows from a rule.
    """
    filing = case.filing
    finding = case.findings[-1] if case.findings else None
    if filing.unit_price_fen_per_kg is None or filing.settled_mg is None:
        paid_fen = filing.amount_paid_fen or 0
        return Owed((), price_fen=paid_fen, shortage_mg=0, shortage_value_fen=0, on=filing.bought_on)
    judgement = judgement_from_snapshot(finding.snapshot) if finding else None
    reweighed_mg = finding.reweighed_mg if finding else filing.reweighed_mg
    is_decided = judgement is not None and judgement.verdict is not Verdict.NOT_PROVABLE
    established = judgement.inputs.get("unit_price_fen_per_kg") if judgement else None
    return owed_for(
        unit_price_fen_per_kg=established or filing.unit_price_fen_per_kg,
        settled_mg=finding.settled_mg if finding else filing.settled_mg,
        reweighed_mg=filing.settled_mg if reweighed_mg is None else reweighed_mg,
        is_over=judgement is not None and judgement.verdict is Verdict.OVER,
        terms=terms_in(case),
        on=filing.bought_on,
        is_provable=is_decided,
    )


def terms_in(case: Case) -> PledgeTerms | None:
    """Return the terms of the pledge in force when the goods were bought."""
    if case.filing.pledge_version_id is None:
        return None
    version = db.session.get_one(PledgeVersion, case.filing.pledge_version_id)
    return PledgeTerms.from_dict(version.terms)


def settle(
    case: Case, *, amount_fen: int, reason: str = "", actor: Actor, user_id: int, now: datetime
) -> Claim | None:
    """Record that both sides agreed on an amount, and open the claim for it.

    More than the calculation allows needs the officer's reason (ClaimExceedsShortage). Nothing to
    pay, as where the goods are exchanged, opens no claim.
    """
    owed = owed_in(case)
    if amount_fen:
        check_claim(amount_fen, owed, reason)
    move(
        case,
        MoveName.SETTLE,
        actor=actor,
        user_id=user_id,
        amount_fen=amount_fen,
        reason=reason,
        also_given=[Need.BOTH_CONSENT],
        now=now,
    )
    return _open_claim(case, amount_fen, owed, now) if amount_fen else None


def accept_offer(case: Case, *, now: datetime) -> Claim | None:
    """Record that the complainant takes the amount last offered; it is then owed as any settlement."""
    amount_fen = offered_fen(case)
    if amount_fen is None:
        raise MoveNotAllowed(say("No amount has been offered in this case."))
    move(
        case,
        MoveName.ACCEPT_OFFER,
        actor=Actor.COMPLAINANT,
        amount_fen=amount_fen,
        also_given=[Need.OFFER],
        now=now,
    )
    return _open_claim(case, amount_fen, owed_in(case), now) if amount_fen else None


def decline_offer(case: Case, *, now: datetime) -> None:
    """Record that the complainant does not take the amount last offered; another may follow."""
    if offered_fen(case) is None:
        raise MoveNotAllowed(say("No amount has been offered in this case."))
    move(case, MoveName.DECLINE_OFFER, actor=Actor.COMPLAINANT, also_given=[Need.OFFER], now=now)


def offered_fen(case: Case) -> int | None:
    """Return the amount last offered or proposed and not declined, in fen, or None."""
    said = [e for e in case.events if e.move in {MoveName.OFFER, MoveName.PROPOSE, MoveName.DECLINE_OFFER}]
    return said[-1].amount_fen if said else None


def _open_claim(case: Case, amount_fen: int, owed: Owed, now: datetime) -> Claim:
    claim = compensation_actions.open_claim(
        case_number=case.number,
        merchant=require_merchant(case),
        amount_fen=amount_fen,
        owed=owed,
        due_on=_payment_due_on(case, now),
        has_consent=case.filing.agrees_to_publication,
        now=now,
    )
    case.claim_number = claim.number
    return claim


def _payment_due_on(case: Case, now: datetime) -> date:
    clocks = clocks_of(case, today=day_of(now))
    running = [c for c in clocks if c.clock is Clock.PERFORM_SETTLEMENT and c.stopped_on is None]
    return running[-1].deadline.due_on


def report_paid(
    case: Case,
    *,
    method: str,
    reference: str,
    actor: Actor = Actor.MERCHANT,
    user_id: int | None,
    now: datetime,
) -> None:
    """Record the merchant's word that it has paid; the complainant is then asked."""
    compensation_actions.report_payment(_claim_of(case), method=method, reference=reference, now=now)
    move(case, MoveName.REPORT_PAID, actor=actor, user_id=user_id, now=now)


def confirm_performed(
    case: Case, *, actor: Actor = Actor.COMPLAINANT, user_id: int | None = None, now: datetime
) -> None:
    """Record the complainant's word that the money came; the case closes and the payment is published."""
    if case.claim_number is not None:
        compensation_actions.confirm_receipt(_claim_of(case), now=now)
    move(case, MoveName.CONFIRM_PERFORMED, actor=actor, user_id=user_id, now=now)


def is_receipt_presumed(case: Case, *, today: date) -> bool:
    """Say whether the time has passed in which the complainant could say that no money came."""
    clocks = clocks_of(case, today=today)
    asked = [c for c in clocks if c.clock is Clock.PRESUME_RECEIPT and c.stopped_on is None]
    return bool(asked) and asked[-1].deadline.due_on < today


def presume_performed(case: Case, *, now: datetime) -> None:
    """Close a case as paid because the complainant did not answer in time; else MoveNotAllowed."""
    if not is_receipt_presumed(case, today=day_of(now)):
        raise MoveNotAllowed(say("The complainant still has time to say whether the money came."))
    compensation_actions.confirm_receipt(_claim_of(case), now=now)
    move(case, MoveName.PRESUME_PERFORMED, actor=Actor.SYSTEM, also_given=[Need.TIME_UP], now=now)


def deny_receipt(case: Case, *, now: datetime) -> None:
    """Record the complainant's word that no money came."""
    compensation_actions.deny_receipt(_claim_of(case), now=now)
    move(case, MoveName.DENY_RECEIPT, actor=Actor.COMPLAINANT, now=now)


def claim_of(case: Case) -> Claim | None:
    """Return the claim a case was settled for, or None."""
    return compensation_queries.claim_by_number(case.claim_number) if case.claim_number else None


def _claim_of(case: Case) -> Claim:
    claim = claim_of(case)
    if claim is None:
        raise MoveNotAllowed(say("Nothing is to be paid in this case."))
    return claim
