"""Fuel, taxi rides, charging and household meters: did the customer get what was shown.

A dispenser or meter may err by a share of the amount it shows. Only the side that costs
the customer gives a verdict; an error the other way is said in the reasons. The share is
taken of the amount shown: where something is missing that is the larger amount, so the choice
never counts against the trader.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.rules.book import Rule, rule_in_force
from portal.rules.errors import InputRefused
from portal.rules.judgement import Judgement, amount, judged
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import (
    Basis,
    ChargerClass,
    FlowZone,
    MeterKind,
    Quantity,
    Reference,
    Stage,
    Verdict,
)

TOPIC = "delivery"
MILLION = 1_000_000

_STAGED = {MeterKind.WATER_CLASS_2, MeterKind.GAS_CLASS_1_5}


def judge_fuel(
    *,
    shown_ul: int,
    received_ul: int,
    on: date,
    reference: Reference = Reference.STANDARD,
    is_smallest_delivery: bool = False,
) -> Judgement:
    """Judge fuel shown and received, in µL, against JJG 443; a car's tank is not a measure."""
    rule = rule_in_force(TOPIC, "fuel_dispenser", on)
    share = rule.values["smallest_delivery_ppm" if is_smallest_delivery else "over_ppm"]
    return _judge(
        rule,
        {"over_ppm": share, "under_ppm": share},
        quantity=Quantity.VOLUME,
        shown=shown_ul,
        received=received_ul,
        on=on,
        reference=reference,
        inputs={"is_smallest_delivery": is_smallest_delivery},
    )


def judge_taximeter(
    *, shown_m: int, driven_m: int, on: date, reference: Reference = Reference.STANDARD
) -> Judgement:
    """Judge a taximeter's distance in metres (JJG 517, −4 % … +1 %)."""
    rule = rule_in_force(TOPIC, "taximeter", on)
    return _judge(
        rule,
        rule.values,
        quantity=Quantity.DISTANCE,
        shown=shown_m,
        received=driven_m,
        on=on,
        reference=reference,
        inputs={},
    )


def judge_charger(
    *,
    shown_wh: int,
    received_wh: int,
    charger: ChargerClass,
    on: date,
    reference: Reference = Reference.STANDARD,
) -> Judgement:
    """Judge a charger's energy in Wh by its class (JJG 1148, 1149)."""
    rule = rule_in_force(TOPIC, charger.value, on)
    return _judge(
        rule,
        rule.values,
        quantity=Quantity.ENERGY,
        shown=shown_wh,
        received=received_wh,
        on=on,
        reference=reference,
        inputs={"charger": charger.value},
    )


def judge_meter(
    *,
    kind: MeterKind,
    shown: int,
    received: int,
    on: date,
    stage: Stage = Stage.IN_SERVICE,
    zone: FlowZone | None = None,
    reference: Reference = Reference.STANDARD,
) -> Judgement:
    """Judge a household meter; µL for water and gas, Wh for electricity.

    Where the flow zone of a water or gas meter is not known, the wider limit is used.
    """
    if kind not in _STAGED:
        rule = rule_in_force(TOPIC, kind.value, on)
        limits, quantity = rule.values, Quantity.ENERGY
    else:
        rule = rule_in_force(TOPIC, f"{kind.value}.{stage.value}", on)
        limits, quantity = rule.values[(zone or FlowZone.LOWER).value], Quantity.VOLUME
    return _judge(
        rule,
        limits,
        quantity=quantity,
        shown=shown,
        received=received,
        on=on,
        reference=reference,
        inputs={"meter": kind.value, "stage": stage.value, "zone": zone.value if zone else None},
    )


def _judge(
    rule: Rule,
    limits: Mapping[str, Any],
    *,
    quantity: Quantity,
    shown: int,
    received: int,
    on: date,
    reference: Reference,
    inputs: dict[str, Any],
) -> Judgement:
    if shown <= 0 or received < 0:
        raise InputRefused(say("The amount shown and the amount received must be greater than zero."))
    limit = shown * limits["over_ppm"] // MILLION
    return judged(
        _verdict_on(shown - received, limit, reference),
        quantity=quantity,
        limit=limit,
        shortage=max(0, shown - received),
        rule=rule,
        basis=Basis.DELIVERY,
        inputs=inputs
        | {"shown": shown, "received": received, "reference": reference.value, "on": on.isoformat()},
        reasons=_reasons_on(quantity, shown, received, limits, reference),
    )


def _verdict_on(missing: int, limit: int, reference: Reference) -> Verdict:
    if missing <= limit:
        return Verdict.WITHIN
    return Verdict.OVER if reference is Reference.STANDARD else Verdict.NOT_PROVABLE


def _reasons_on(
    quantity: Quantity, shown: int, received: int, limits: Mapping[str, Any], reference: Reference
) -> list[Message]:
    limit = shown * limits["over_ppm"] // MILLION
    reasons = [
        say(
            "It may show up to %(limit)s more than it gives (%(share_ppm)s of what it shows).",
            limit=amount(quantity, limit),
            share_ppm=limits["over_ppm"],
        )
    ]
    if shown <= received:
        reasons.append(say("You got no less than was shown: there is no shortage."))
    else:
        reasons.append(say("Missing: %(shortage)s.", shortage=amount(quantity, shown - received)))
    if received - shown > shown * limits["under_ppm"] // MILLION:
        reasons.append(
            say("It shows too little by more than is permitted. You lose nothing, but it needs adjusting.")
        )
    if shown - received > limit and reference is Reference.OWN_ESTIMATE:
        reasons.append(
            say(
                "A car's tank or display, or a phone, is no verified measure. Ask for a test with a standard."
            )
        )
    return reasons
