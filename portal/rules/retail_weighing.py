"""A re-weighed purchase: is it short by more than Order 66 permits.

《零售商品称重计量监督管理办法》, Art. 6, with d = settled weight − re-weighed weight:

    method              check scale                          within      not provable   over
    same instrument     weights, MPE ≤ 1/3 of the limit      d ≤ limit   -              d > limit
    better instrument   MPE ≤ 1/3 of the limit               d ≤ limit   -              d > limit
    equal instrument    MPE ≤ the limit                      d ≤ limit   d ≤ 2 × limit  d > 2 × limit

Where the annexes prescribe no deviation, the limit is the permitted error of the trader's own
scale (《商品量计量违法行为处罚规定》 Art. 6). A re-weigh on the same scale proves nothing, not
even that all is well, until the scale itself was tested with weights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from portal.rules.book import Confidence, Rule, rule_in_force, weakest
from portal.rules.errors import InputRefused
from portal.rules.goods import Goods
from portal.rules.judgement import RetailJudgement, judged
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import Basis, CheckMethod, DecidedBy, Quantity, Verdict
from portal.rules.retail_rows import TOPIC, RowChoice, bands_of, choose_row
from portal.rules.scales import ScaleSpec, mpe_mg, scale_rule


@dataclass(frozen=True)
class CheckScale:
    """What the goods were re-weighed with.

    `mpe_mg` is the largest permitted error of the other scale or, with the same instrument, of
    the weights; None = unknown, and then the named method is taken at its word.
    `weights_error_mg` is |weights − reading| of the same instrument tested with weights equal to
    the re-weighed reading; None = not tested.
    """

    method: CheckMethod
    mpe_mg: int | None = None
    weights_error_mg: int | None = None

    def as_inputs(self) -> dict[str, int | str | None]:
        """Return the check scale for a snapshot."""
        return {
            "method": self.method.value,
            "mpe_mg": self.mpe_mg,
            "weights_error_mg": self.weights_error_mg,
        }


FAIR_SCALE = CheckScale(CheckMethod.EQUAL)


@dataclass(frozen=True)
class Limit:
    """The deviation a shortage is compared with, and where it comes from."""

    mg: int | None
    basis: Basis
    rule: Rule
    confidence: Confidence
    reasons: tuple[Message, ...]


def judge_retail(
    *,
    goods: Goods,
    unit_price_fen_per_kg: int | None,
    settled_mg: int,
    reweighed_mg: int,
    check: CheckScale,
    on: date,
    instrument: ScaleSpec | None = None,
) -> RetailJudgement:
    """Judge a purchase by weight (mg) at a unit price (fen per kg); `instrument` is the trader's scale."""
    _refuse_impossible(unit_price_fen_per_kg, settled_mg, reweighed_mg, check)
    choice = choose_row(goods, unit_price_fen_per_kg, settled_mg, on)
    limit = _limit_for(choice, settled_mg, instrument, on)
    shortage_mg = max(0, settled_mg - reweighed_mg)
    method = method_for(check, limit.mg, on)
    verdict, said = _compare(shortage_mg, limit.mg, check, method, on)
    return judged(
        verdict,
        quantity=Quantity.MASS,
        limit=limit.mg,
        shortage=shortage_mg,
        rule=limit.rule,
        basis=limit.basis,
        confidence=limit.confidence,
        inputs={
            "goods_name": goods.name,
            "goods_group": goods.group.value if goods.group else None,
            "unit_price_fen_per_kg": unit_price_fen_per_kg,
            "settled_mg": settled_mg,
            "reweighed_mg": reweighed_mg,
            "check": check.as_inputs(),
            "method_used": method.value if method else None,
            "instrument": instrument.as_inputs() if instrument else None,
            "on": on.isoformat(),
        },
        reasons=[_what_was_found(shortage_mg), *choice.reasons, *limit.reasons, *said],
        row_by_name=choice.row_by_name,
        row_by_price=choice.row_by_price,
        deciding=choice.deciding,
    )


def method_for(check: CheckScale, limit_mg: int | None, on: date) -> CheckMethod | None:
    """Return the method of Art. 6 a check scale is good for, None when it is good for none.

    A known error of the check scale decides; an unknown one leaves the method as it was named.
    """
    if check.mpe_mg is None or limit_mg is None:
        return check.method
    shares = rule_in_force(TOPIC, "check_methods", on).values
    if check.mpe_mg * shares["better_share"] <= limit_mg:
        return CheckMethod.BETTER if check.method is CheckMethod.EQUAL else check.method
    is_equal = check.mpe_mg * shares["equal_share"] <= limit_mg
    return CheckMethod.EQUAL if is_equal and check.method is not CheckMethod.SAME_INSTRUMENT else None


def _refuse_impossible(price: int | None, settled_mg: int, reweighed_mg: int, check: CheckScale) -> None:
    if settled_mg <= 0 or reweighed_mg < 0 or (price is not None and price <= 0):
        raise InputRefused(say("The weights and the price must be greater than zero."))
    if min(check.mpe_mg or 0, check.weights_error_mg or 0) < 0:
        raise InputRefused(say("An error of a scale is typed without a minus sign."))


def _limit_for(choice: RowChoice, settled_mg: int, instrument: ScaleSpec | None, on: date) -> Limit:
    if choice.limit_mg is not None:
        reason = say(
            "At %(settled_mg)s this row permits %(limit_mg)s.",
            settled_mg=settled_mg,
            limit_mg=choice.limit_mg,
        )
        return Limit(choice.limit_mg, Basis.RETAIL_TABLE, choice.rule, choice.confidence, (reason,))
    if choice.deciding is DecidedBy.NOTHING:
        return Limit(None, Basis.RETAIL_TABLE, choice.rule, choice.confidence, ())
    return _limit_of_instrument(choice, settled_mg, instrument, on)


def _limit_of_instrument(choice: RowChoice, settled_mg: int, instrument: ScaleSpec | None, on: date) -> Limit:
    """Take the permitted error of the trader's scale where no deviation is prescribed."""
    rule = rule_in_force(TOPIC, "no_prescribed_deviation", on)
    confidence = weakest(Confidence.D, choice.confidence)
    ends = [
        say("The row ends at %(row_end_mg)s; above it no deviation is prescribed.", row_end_mg=band_to_mg)
        for band_to_mg, _ in bands_of(choice)[-1:]
    ]
    if instrument is None:
        ask = say(
            "The permitted error of the trader's scale decides then. Copy e and Max from its plate, "
            "for example e = 5 g, Max = 15 kg."
        )
        return Limit(None, Basis.INSTRUMENT_MPE, rule, confidence, (*ends, ask))
    scale = scale_rule(instrument.accuracy, on)
    both = replace(
        rule,
        source=f"{rule.source}；{scale.source}",
        source_en=f"{rule.source_en}; {scale.source_en}",
        article=f"{rule.article}；{scale.article}",
        article_en=f"{rule.article_en}; {scale.article_en}",
        edition=f"{rule.edition}; {scale.edition}",
    )
    limit_mg = mpe_mg(instrument, settled_mg, on)
    if limit_mg is None:
        reason = say("A load of %(load_mg)s is outside what this scale may weigh.", load_mg=settled_mg)
    else:
        reason = say(
            "It is compared with the permitted error of the trader's scale: %(limit_mg)s at e = %(e_mg)s.",
            limit_mg=limit_mg,
            e_mg=instrument.e_mg,
        )
    return Limit(limit_mg, Basis.INSTRUMENT_MPE, both, weakest(confidence, scale.confidence), (*ends, reason))


def _what_was_found(shortage_mg: int) -> Message:
    if shortage_mg == 0:
        return say("You got no less than you paid for: there is no shortage.")
    return say("Missing: %(shortage_mg)s.", shortage_mg=shortage_mg)


def _compare(
    shortage_mg: int, limit_mg: int | None, check: CheckScale, method: CheckMethod | None, on: date
) -> tuple[Verdict, tuple[Message, ...]]:
    """Compare a shortage with a limit by one of the methods of Art. 6."""
    doubt = _doubt_about_the_scale(check, method, limit_mg)
    if doubt:
        return Verdict.NOT_PROVABLE, (doubt,)
    if shortage_mg == 0:
        return Verdict.WITHIN, ()
    if limit_mg is None:
        return Verdict.NOT_PROVABLE, ()
    if method is None:
        return Verdict.NOT_PROVABLE, (
            say(
                "This check scale is not accurate enough to decide. Its own error may exceed %(limit_mg)s.",
                limit_mg=limit_mg,
            ),
        )
    if shortage_mg <= limit_mg:
        return Verdict.WITHIN, (say("The shortage is not more than is permitted."),)
    shares = rule_in_force(TOPIC, "check_methods", on).values
    if method is not CheckMethod.EQUAL:
        return Verdict.OVER, (
            say("The shortage is more than is permitted."),
            *_taken_at_its_word(check, limit_mg // shares["better_share"]),
        )
    allowed_mg = limit_mg * shares["equal_allowance"]
    both_may_err = say(
        "Both scales may err by as much, so with this check a shortage is proven above %(allowed_mg)s.",
        allowed_mg=allowed_mg,
    )
    if shortage_mg <= allowed_mg:
        return Verdict.NOT_PROVABLE, (both_may_err, say("A more accurate scale can decide it."))
    return Verdict.OVER, (
        both_may_err,
        say("The shortage is more than is permitted."),
        *_taken_at_its_word(check, limit_mg // shares["equal_share"]),
    )


def _doubt_about_the_scale(
    check: CheckScale, method: CheckMethod | None, limit_mg: int | None
) -> Message | None:
    """Say why a re-weigh on the trader's own scale proves nothing, if so."""
    if check.method is not CheckMethod.SAME_INSTRUMENT:
        return None
    if check.weights_error_mg is None:
        return say(
            "The same scale repeats its own error. Test it with weights, or re-weigh on another scale."
        )
    if method is None:
        return say("These weights are not accurate enough to test the scale for these goods.")
    if check.weights_error_mg > (limit_mg or 0):
        return say(
            "Tested with weights, this scale is off by %(error_mg)s. Re-weigh on another scale.",
            error_mg=check.weights_error_mg,
        )
    return None


def _taken_at_its_word(check: CheckScale, share_mg: int) -> tuple[Message, ...]:
    if check.mpe_mg is not None:
        return ()
    return (say("This holds if the check itself may err by no more than %(share_mg)s.", share_mg=share_mg),)
