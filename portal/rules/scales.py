"""Shop scales of class III and IIII: the largest error they may show, and a test of one reading.

The table is JJG 539's (OIML R 76): steps of load in verification intervals e, limits in halves of e.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.rules.book import Rule, rule_in_force
from portal.rules.errors import InputRefused
from portal.rules.judgement import Judgement, judged
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import AccuracyClass, Basis, Quantity, Stage, Verdict

TOPIC = "scales"


@dataclass(frozen=True)
class ScaleSpec:
    """What a scale's plate says: verification interval e, accuracy class, largest load."""

    e_mg: int
    accuracy: AccuracyClass = AccuracyClass.III
    max_mg: int | None = None

    def __post_init__(self) -> None:
        if self.e_mg <= 0 or (self.max_mg is not None and self.max_mg < self.e_mg):
            raise InputRefused(
                say("Please copy e and Max from the scale's plate, for example e = 5 g, Max = 15 kg.")
            )

    def as_inputs(self) -> dict[str, int | str | None]:
        """Return the plate for a snapshot."""
        return {"e_mg": self.e_mg, "accuracy": self.accuracy.value, "max_mg": self.max_mg}


def scale_rule(accuracy: AccuracyClass, on: date) -> Rule:
    """Return the table of permissible errors in force for a class of scale."""
    return rule_in_force(TOPIC, accuracy.value, on)


def mpe_mg(scale: ScaleSpec, load_mg: int, on: date, *, stage: Stage = Stage.IN_SERVICE) -> int | None:
    """Return the largest permitted error at a load, or None above the scale's range (JJG 539)."""
    if scale.max_mg is not None and load_mg > scale.max_mg:
        return None
    for step in scale_rule(scale.accuracy, on).values["steps"]:
        if load_mg <= step["to_e"] * scale.e_mg:
            half_e: int = step["in_service_half_e" if stage is Stage.IN_SERVICE else "verification_half_e"]
            return half_e * scale.e_mg // 2
    return None


def load_steps_mg(scale: ScaleSpec, on: date) -> list[int]:
    """Return the loads after which the permitted error changes, smallest first."""
    steps: list[int] = [step["to_e"] * scale.e_mg for step in scale_rule(scale.accuracy, on).values["steps"]]
    if scale.max_mg is None:
        return steps
    return sorted({min(step, scale.max_mg) for step in steps})


def judge_scale(
    *, scale: ScaleSpec, load_mg: int, shown_mg: int, on: date, stage: Stage = Stage.IN_SERVICE
) -> Judgement:
    """Judge one reading against a known load, such as a verified weight; all in mg.

    The verdict is on the side that costs the buyer; the reasons say when the scale shows too little.
    """
    if load_mg <= 0 or shown_mg < 0:
        raise InputRefused(say("The load and the reading must be greater than zero."))
    limit = mpe_mg(scale, load_mg, on, stage=stage)
    error = shown_mg - load_mg
    return judged(
        _verdict_on(error, limit),
        quantity=Quantity.MASS,
        limit=limit,
        shortage=max(0, error),
        rule=scale_rule(scale.accuracy, on),
        basis=Basis.SCALE_TEST,
        inputs={
            "instrument": scale.as_inputs(),
            "load_mg": load_mg,
            "shown_mg": shown_mg,
            "stage": stage.value,
            "on": on.isoformat(),
        },
        reasons=_reasons_on(scale, load_mg, shown_mg, limit, stage),
    )


def _verdict_on(error_mg: int, limit_mg: int | None) -> Verdict:
    if limit_mg is None:
        return Verdict.NOT_PROVABLE
    return Verdict.OVER if error_mg > limit_mg else Verdict.WITHIN


def _reasons_on(
    scale: ScaleSpec, load_mg: int, shown_mg: int, limit_mg: int | None, stage: Stage
) -> list[Message]:
    if limit_mg is None:
        return [say("A load of %(load_mg)s is outside what this scale may weigh.", load_mg=load_mg)]
    reasons = [
        say(
            "A scale with e = %(e_mg)s may be off by %(limit_mg)s at this load.",
            e_mg=scale.e_mg,
            limit_mg=limit_mg,
        ),
        say("The table used is the one for a scale %(stage)s.", stage=stage),
        say("It showed %(shown_mg)s for %(load_mg)s.", shown_mg=shown_mg, load_mg=load_mg),
    ]
    if load_mg - shown_mg > limit_mg:
        reasons.append(
            say("It shows too little by more than is permitted. You lose nothing, but it needs adjusting.")
        )
    return reasons
