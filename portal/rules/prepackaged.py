"""Prepackaged goods: the permitted shortage T of one pack, and the test of a lot.

SAMR Order 70, Art. 8 and Annex 3 (one pack); JJF 1070 (lots). One pack never judges a lot.
Contents are in mg, µL, µm, mm² or pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import ceil, isqrt
from typing import Any

from portal.rules.book import Rule, rule_in_force, rule_of_edition
from portal.rules.errors import InputRefused
from portal.rules.judgement import Judgement, amount, judged
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import Basis, Quantity, Reference, Rounding, Verdict

TOPIC = "prepackaged"
MILLION = 1_000_000
PACKAGED = (Quantity.MASS, Quantity.VOLUME, Quantity.LENGTH, Quantity.AREA, Quantity.COUNT)


def permitted_shortage_exact(quantity: Quantity, labelled: int, on: date) -> Fraction | None:
    """Return T before rounding, or None above the last row of the table (Annex 3)."""
    row = _row_for(_rule(quantity, on).values["ladder"], labelled)
    if row is None:
        return None
    return Fraction(row["fixed"]) if "fixed" in row else Fraction(labelled * row["ppm"], MILLION)


def permitted_shortage(
    quantity: Quantity, labelled: int, on: date, *, rounding: Rounding = Rounding.HALF_EVEN
) -> int | None:
    """Return T in the smallest unit, rounded as the annex says, or None above its last row."""
    exact = permitted_shortage_exact(quantity, labelled, on)
    if exact is None:
        return None
    values = _rule(quantity, on).values
    if _row_for(values["ladder"], labelled).get("rounded_up"):
        return ceil(exact)
    if "rounding_steps" not in values:
        return int(exact)
    return _rounded(exact, _row_for(values["rounding_steps"], labelled)["step"], rounding)


def judge_package(
    *,
    quantity: Quantity,
    labelled: int,
    actual: int,
    on: date,
    rounding: Rounding = Rounding.HALF_EVEN,
    reference: Reference = Reference.STANDARD,
) -> Judgement:
    """Judge the net content of one pack against its label (Order 70 Art. 8)."""
    if labelled <= 0 or actual < 0:
        raise InputRefused(say("The labelled and the measured content must be greater than zero."))
    shortage = max(0, labelled - actual)
    limit = permitted_shortage(quantity, labelled, on, rounding=rounding)
    return judged(
        _verdict_on(shortage, limit, reference),
        quantity=quantity,
        limit=limit,
        shortage=shortage,
        rule=_rule(quantity, on),
        basis=Basis.PREPACKAGED,
        inputs={
            "labelled": labelled,
            "actual": actual,
            "rounding": rounding.value,
            "reference": reference.value,
            "on": on.isoformat(),
        },
        reasons=_reasons_on(quantity, shortage, limit, reference),
    )


def judge_lot(
    *,
    quantity: Quantity,
    labelled: int,
    contents: Sequence[int],
    lot_count: int,
    on: date,
    edition: str | None = None,
    rounding: Rounding = Rounding.HALF_EVEN,
) -> Judgement:
    """Judge a lot from a sample's contents by JJF 1070; NOT_PROVABLE while the edition has no table.

    `limit` is λ·s rounded down, `shortage` the mean's shortage rounded up; comparing is exact.
    """
    if labelled <= 0 or not contents or min(contents) < 0:
        raise InputRefused(say("The labelled and the measured content must be greater than zero."))
    rule = (
        rule_of_edition(TOPIC, "lot_sampling", edition)
        if edition
        else rule_in_force(TOPIC, "lot_sampling", on)
    )
    plan = _plan_for(rule, lot_count)
    tolerance = permitted_shortage(quantity, labelled, on, rounding=rounding)
    missing = max(0, ceil(Fraction(labelled * len(contents) - sum(contents), len(contents))))
    inputs = {
        "labelled": labelled,
        "contents": list(contents),
        "lot_count": lot_count,
        "rounding": rounding.value,
        "on": on.isoformat(),
    }
    if plan is None or tolerance is None:
        reason = say("The sampling table of this edition has not been entered, so the lot cannot be judged.")
        limit, verdict, reasons = None, Verdict.NOT_PROVABLE, [reason]
    elif len(contents) != plan.get("sample", lot_count):
        raise InputRefused(
            say(
                "A lot of %(lot_count)s asks for a sample of %(sample_count)s.",
                lot_count=lot_count,
                sample_count=plan.get("sample", lot_count),
            )
        )
    else:
        faults = _faults_in(plan, labelled, contents, tolerance)
        limit = _mean_allowance(plan, contents)
        verdict = Verdict.OVER if faults else Verdict.WITHIN
        reasons = faults or [say("The sample meets the rule for the mean and for single packs.")]
    return judged(
        verdict,
        quantity=quantity,
        limit=limit,
        shortage=missing,
        rule=rule,
        basis=Basis.LOT_SAMPLING,
        inputs=inputs,
        reasons=reasons,
    )


def figure_height_um(quantity: Quantity, labelled: int, on: date) -> int:
    """Return the smallest height of the figures of a net content, in µm (Order 70 Annex 2)."""
    values = rule_in_force(TOPIC, "figure_height", on).values
    if quantity not in (Quantity.MASS, Quantity.VOLUME):
        return int(values["otherwise_um"])
    return int(_row_for(values["by_content"], labelled)["height_um"])


def _rule(quantity: Quantity, on: date) -> Rule:
    if quantity not in PACKAGED:
        raise InputRefused(say("Packs are marked by mass, volume, length, area or count."))
    return rule_in_force(TOPIC, f"prepackaged_{quantity.value}", on)


def _row_for(rows: Sequence[Any], value: int) -> Any:
    """Return the first row whose upper end holds the value; a row without an end holds all."""
    return next((row for row in rows if value <= row.get("to", value)), None)


def _rounded(exact: Fraction, step: int, rounding: Rounding) -> int:
    """Round to a whole number of steps."""
    steps = exact / step
    if rounding is Rounding.UP:
        return ceil(steps) * step
    if rounding is Rounding.HALF_UP:
        return int(steps + Fraction(1, 2)) * step
    return round(steps) * step


def _verdict_on(shortage: int, limit: int | None, reference: Reference) -> Verdict:
    if shortage == 0:
        return Verdict.WITHIN
    if limit is None:
        return Verdict.NOT_PROVABLE
    if shortage <= limit:
        return Verdict.WITHIN
    return Verdict.OVER if reference is Reference.STANDARD else Verdict.NOT_PROVABLE


def _reasons_on(quantity: Quantity, shortage: int, limit: int | None, reference: Reference) -> list[Message]:
    if limit is None:
        reasons = [say("The table of permitted shortages ends below this content.")]
    else:
        reasons = [
            say("One pack may hold up to %(limit)s less than its label.", limit=amount(quantity, limit))
        ]
    if shortage == 0:
        reasons.append(say("The pack holds no less than its label: there is no shortage."))
        return reasons
    reasons.append(say("Missing: %(shortage)s.", shortage=amount(quantity, shortage)))
    if limit is not None and shortage > limit and reference is Reference.OWN_ESTIMATE:
        reasons.append(say("A kitchen scale or cup is no verified measure. Ask for a test with a standard."))
    reasons.append(
        say("One pack says nothing about the whole lot. The net content is counted without the packaging.")
    )
    return reasons


def _plan_for(rule: Rule, lot_count: int) -> Any:
    if lot_count < 1:
        raise InputRefused(say("A lot holds at least one pack."))
    return next((plan for plan in rule.values["plans"] if lot_count <= plan.get("lot_to", lot_count)), None)


def _faults_in(plan: Any, labelled: int, contents: Sequence[int], tolerance: int) -> list[Message]:
    over_twice = sum(labelled - content > 2 * tolerance for content in contents)
    over_once = sum(labelled - content > tolerance for content in contents) - over_twice
    faults = []
    if over_once > plan["over_once"]:
        faults.append(
            say(
                "%(found_count)s packs miss more than T; %(allowed_count)s may.",
                found_count=over_once,
                allowed_count=plan["over_once"],
            )
        )
    if over_twice > plan["over_twice"]:
        faults.append(say("%(found_count)s packs miss more than twice T; none may.", found_count=over_twice))
    if not _mean_is_enough(plan, labelled, contents):
        faults.append(say("The mean content is below the label by more than sampling explains."))
    return faults


def _mean_is_enough(plan: Any, labelled: int, contents: Sequence[int]) -> bool:
    """Test q̄ ≥ Qn − λ·s without rounding, by comparing squares."""
    missing = labelled * len(contents) - sum(contents)
    return missing <= 0 or "lambda_milli" not in plan or missing**2 <= _allowance_squared(plan, contents)


def _mean_allowance(plan: Any, contents: Sequence[int]) -> int:
    """Return λ·s in the smallest unit, rounded down."""
    if "lambda_milli" not in plan:
        return 0
    return isqrt(int(_allowance_squared(plan, contents))) // len(contents)


def _allowance_squared(plan: Any, contents: Sequence[int]) -> Fraction:
    """Return (n·λ·s)², with s² = (n·Σq² − (Σq)²) / (n·(n−1))."""
    n = len(contents)
    spread = n * sum(content**2 for content in contents) - sum(contents) ** 2
    return Fraction(plan["lambda_milli"], 1000) ** 2 * n * Fraction(spread, n - 1)
