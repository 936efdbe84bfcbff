"""Any purchase but a weighing, as a shopper types it: read it, and judge what can be judged.

| kind | quantities | judged by |
|---|---|---|
| retail weighing, gold and silver | – | `instruments.weighing`, not here |
| prepackaged goods | mass, volume, length, area, count | Order 70 (`prepackaged`) |
| fuel | volume | JJG 443 (`delivery`) |
| taxi | distance | JJG 517 |
| charging | energy | JJG 1148, 1149; class 2 where the class is not known |
| household meter | volume or energy | JJG 162, 577, 596 |
| unlawful instrument, other | any | nothing: the facts are kept, no verdict |

A figure may be left out: a shopper need not know what was really received. What was measured by
the shopper is an own estimate and proves nothing; only a verified standard does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from portal.rules.delivery import judge_charger, judge_fuel, judge_meter, judge_taximeter
from portal.rules.errors import FieldsRefused, InputRefused
from portal.rules.goods import LONGEST_NAME
from portal.rules.intake_terms import MeasureUnit, PurchaseKind
from portal.rules.judgement import Judgement
from portal.rules.measures import Measure, parse_measure, unit_word
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import ChargerClass, FlowZone, MeterKind, Quantity, Reference
from portal.rules.prepackaged import PACKAGED, judge_package
from portal.rules.purchase_facts import Purchase, purchase_from_snapshot
from portal.rules.quantities import parse_amount_fen
from portal.rules.typed import (
    Tries,
    read_day_of_purchase,
    read_member,
    read_optional_member,
    read_time,
)

__all__ = [
    "Purchase",
    "judge_purchase",
    "may_measure",
    "purchase_from_snapshot",
    "quantities_of",
    "read_purchase",
    "usual_unit",
]

ELECTRICITY = frozenset({MeterKind.ELECTRICITY_CLASS_1, MeterKind.ELECTRICITY_CLASS_2})
WEIGHED = frozenset({PurchaseKind.RETAIL, PurchaseKind.JEWELLERY})
NAMED = frozenset({PurchaseKind.PREPACKAGED, PurchaseKind.OTHER})
QUANTITIES: dict[PurchaseKind, tuple[Quantity, ...]] = {
    PurchaseKind.PREPACKAGED: PACKAGED,
    PurchaseKind.FUEL: (Quantity.VOLUME,),
    PurchaseKind.TAXI: (Quantity.DISTANCE,),
    PurchaseKind.CHARGING: (Quantity.ENERGY,),
    PurchaseKind.METER: (Quantity.VOLUME, Quantity.ENERGY),
    PurchaseKind.INSTRUMENT: (*PACKAGED, Quantity.ENERGY),
    PurchaseKind.OTHER: (*PACKAGED, Quantity.ENERGY),
}
USUAL_UNITS = {
    PurchaseKind.PREPACKAGED: MeasureUnit.G,
    PurchaseKind.FUEL: MeasureUnit.L,
    PurchaseKind.TAXI: MeasureUnit.KM,
    PurchaseKind.CHARGING: MeasureUnit.KWH,
    PurchaseKind.METER: MeasureUnit.M3,
    PurchaseKind.INSTRUMENT: MeasureUnit.KG,
    PurchaseKind.OTHER: MeasureUnit.KG,
}


def judge_purchase(purchase: Purchase) -> Judgement | None:
    """Judge a purchase; None where nothing can be compared, or no rule was in force on that day."""
    if purchase.shown is None or purchase.received is None or purchase.quantity is None:
        return None
    try:
        found = _judged(purchase, purchase.quantity, purchase.shown, purchase.received)
    except InputRefused:
        return None
    return found and replace(found, reasons=(*found.reasons, *_caveats(purchase)))


def read_purchase(typed: Mapping[str, str | None], *, today: date) -> Purchase:
    """Read what was typed; FieldsRefused names every field that cannot be used.

    Keys: kind, goods, shown, shown_unit, received, received_unit (shown_unit when empty), reference,
    paid (yuan), bought_on (today when empty), time_of_day, device, charger, meter, zone,
    smallest_delivery (anything but empty is yes). Weighed kinds belong to `instruments.weighing`.
    """
    text = {name: (value or "").strip() for name, value in typed.items()}
    tries = Tries()
    kind = tries.read("kind", _kind, text.get("kind", ""))
    if kind is None:
        raise FieldsRefused(tries.errors)
    meter = tries.read("meter", _meter, kind, text.get("meter", ""))
    shown, received = _amounts(text, kind, meter, tries)
    goods = tries.read("goods", _goods, kind, text.get("goods", ""))
    device = tries.read("device", _short, text.get("device", ""))
    day = tries.read("bought_on", read_day_of_purchase, text.get("bought_on", ""), today)
    reference = tries.read(
        "reference", read_member, Reference, text.get("reference", ""), Reference.OWN_ESTIMATE
    )
    charger = tries.read("charger", read_optional_member, ChargerClass, text.get("charger", ""))
    zone = tries.read("zone", read_optional_member, FlowZone, text.get("zone", ""))
    time_of_day = tries.read("time_of_day", read_time, text.get("time_of_day", ""))
    paid_fen = tries.read("paid", parse_amount_fen, text["paid"]) if text.get("paid") else None
    if tries.errors or day is None:
        raise FieldsRefused(tries.errors)
    return Purchase(
        kind=kind,
        on=day,
        goods=goods or "",
        quantity=shown.quantity if shown else None,
        shown=shown.value if shown else None,
        received=received.value if received else None,
        reference=reference or Reference.OWN_ESTIMATE,
        paid_fen=paid_fen,
        time_of_day=time_of_day,
        device=device or "",
        charger=charger if kind is PurchaseKind.CHARGING else None,
        meter=meter,
        zone=zone if kind is PurchaseKind.METER else None,
        is_smallest_delivery=kind is PurchaseKind.FUEL and bool(text.get("smallest_delivery")),
    )


def may_measure(kind: PurchaseKind) -> bool:
    """Say whether an officer can record a finding: its form judges goods sold by weight alone."""
    return kind in WEIGHED


def quantities_of(kind: PurchaseKind, meter: MeterKind | None = None) -> tuple[Quantity, ...]:
    """Return the quantities a purchase of a kind may be measured in; none for weighed kinds."""
    if kind is PurchaseKind.METER and meter is not None:
        return (Quantity.ENERGY,) if meter in ELECTRICITY else (Quantity.VOLUME,)
    return QUANTITIES.get(kind, ())


def usual_unit(kind: PurchaseKind, meter: MeterKind | None = None) -> MeasureUnit:
    """Return the unit a field of this kind starts with."""
    return MeasureUnit.KWH if meter in ELECTRICITY else USUAL_UNITS[kind]


def _amounts(
    text: Mapping[str, str], kind: PurchaseKind, meter: MeterKind | None, tries: Tries
) -> tuple[Measure | None, Measure | None]:
    """Return what was shown and what was received; the second in the quantity of the first.

    Where no unit is given for the second, the first one's is meant: "500ml" and "490".
    """
    usual = usual_unit(kind, meter)
    shown_unit = tries.read("shown_unit", read_member, MeasureUnit, text.get("shown_unit", ""), usual)
    received_unit = tries.read(
        "received_unit", read_member, MeasureUnit, text.get("received_unit", ""), shown_unit or usual
    )
    shown = received = None
    quantities = quantities_of(kind, meter)
    if text.get("shown"):
        shown = tries.read("shown", parse_measure, text["shown"], shown_unit or usual, *quantities)
    if text.get("received"):
        if not text.get("shown"):
            tries.errors["shown"] = say("Please say what was shown as well, so that both can be compared.")
            return None, None
        first_text = text["shown"] if shown and not text.get("received_unit") else ""
        within = (shown.quantity,) if shown else quantities
        received = tries.read(
            "received", _second_amount, text["received"], first_text, received_unit or usual, within
        )
    return shown, received


def _second_amount(
    text: str, first_text: str, unit: MeasureUnit, quantities: tuple[Quantity, ...]
) -> Measure:
    """Read an amount that may be nothing at all; `first_text` lends its unit where this has none."""
    if first_text and not unit_word(text):
        text += unit_word(first_text)
    return parse_measure(text, unit, *quantities, may_be_zero=True)


def _judged(purchase: Purchase, quantity: Quantity, shown: int, received: int) -> Judgement | None:
    on, reference = purchase.on, purchase.reference
    if purchase.kind is PurchaseKind.PREPACKAGED:
        return judge_package(quantity=quantity, labelled=shown, actual=received, on=on, reference=reference)
    if purchase.kind is PurchaseKind.FUEL:
        return judge_fuel(
            shown_ul=shown,
            received_ul=received,
            on=on,
            reference=reference,
            is_smallest_delivery=purchase.is_smallest_delivery,
        )
    if purchase.kind is PurchaseKind.TAXI:
        return judge_taximeter(shown_m=shown, driven_m=received, on=on, reference=reference)
    if purchase.kind is PurchaseKind.CHARGING:
        charger = purchase.charger or ChargerClass.CLASS_2
        return judge_charger(
            shown_wh=shown, received_wh=received, charger=charger, on=on, reference=reference
        )
    if purchase.kind is PurchaseKind.METER and purchase.meter is not None:
        return judge_meter(
            kind=purchase.meter,
            shown=shown,
            received=received,
            on=on,
            zone=purchase.zone,
            reference=reference,
        )
    return None


def _caveats(purchase: Purchase) -> list[Message]:
    """Say what was assumed, and that an own estimate proves nothing."""
    caveats = []
    if purchase.kind is PurchaseKind.CHARGING and purchase.charger is None:
        caveats.append(say("The charger's class is not known, so the wider limit was used."))
    if purchase.kind is PurchaseKind.METER and purchase.meter not in ELECTRICITY and purchase.zone is None:
        caveats.append(say("The flow at which it was tested is not known, so the wider limit was used."))
    if purchase.reference is Reference.OWN_ESTIMATE:
        caveats.append(say("Your own estimate proves nothing. It shows whether a test is worth asking for."))
    return caveats


def _kind(value: str) -> PurchaseKind:
    if value in set(PurchaseKind) - WEIGHED:
        return PurchaseKind(value)
    raise InputRefused(say("Please choose one of the answers offered."))


def _meter(kind: PurchaseKind, value: str) -> MeterKind | None:
    if kind is not PurchaseKind.METER:
        return None
    if not value:
        raise InputRefused(say("Please say which meter it is."))
    return read_member(MeterKind, value, MeterKind.WATER_CLASS_2)


def _goods(kind: PurchaseKind, text: str) -> str:
    if not text and kind in NAMED:
        raise InputRefused(say("Please type what was bought, for example rice."))
    return _short(text)


def _short(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise InputRefused(
            say("This text is longer than %(most_count)s characters.", most_count=LONGEST_NAME)
        )
    return text
