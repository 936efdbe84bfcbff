"""What to photograph for each kind of purchase. A guide: nothing of it is ever required."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from portal.rules.intake_terms import EvidenceSlot, PurchaseKind
from portal.rules.messages import Message, say


@dataclass(frozen=True)
class GuideLine:
    """One line of the guide; only what `is_wanted` counts for the meter."""

    slot: EvidenceSlot
    sentence: Message
    is_wanted: bool


@dataclass(frozen=True)
class Completeness:
    """How much of what is wanted is there."""

    count_done: int
    count_wanted: int
    missing: tuple[EvidenceSlot, ...]

    @property
    def is_complete(self) -> bool:
        """Say whether everything wanted is there."""
        return not self.missing


def evidence_guide(kind: PurchaseKind) -> tuple[GuideLine, ...]:
    """Return what helps to prove a purchase of a kind, what helps most first; OTHER comes last."""
    last = GuideLine(EvidenceSlot.OTHER, say("Anything else that shows what happened."), False)
    return (*_GUIDES[kind], last)


def completeness(kind: PurchaseKind, slots_present: Collection[EvidenceSlot]) -> Completeness:
    """Count how much of what is wanted is there."""
    wanted = [line.slot for line in evidence_guide(kind) if line.is_wanted]
    missing = tuple(slot for slot in wanted if slot not in slots_present)
    return Completeness(len(wanted) - len(missing), len(wanted), missing)


def _line(slot: EvidenceSlot, sentence: Message, *, is_wanted: bool = True) -> GuideLine:
    return GuideLine(slot, sentence, is_wanted)


_RECEIPT = _line(EvidenceSlot.RECEIPT, say("The receipt or the payment record, with day and amount."))
_STALL = _line(EvidenceSlot.STALL_SIGN, say("The sign with the name and number of the stall or shop."))

_GUIDES: dict[PurchaseKind, tuple[GuideLine, ...]] = {
    PurchaseKind.RETAIL: (
        _line(EvidenceSlot.SCALE_DISPLAY, say("The scale's display: weight, unit price and amount.")),
        _line(EvidenceSlot.GOODS, say("The goods as you got them, with their bag.")),
        _STALL,
        _RECEIPT,
        _line(EvidenceSlot.REWEIGH, say("The second weighing: the same goods and the display in one photo.")),
    ),
    PurchaseKind.JEWELLERY: (
        _line(EvidenceSlot.SCALE_DISPLAY, say("The balance's display with the piece on it.")),
        _line(EvidenceSlot.GOODS, say("The piece with its label or hallmark.")),
        _STALL,
        _RECEIPT,
        _line(EvidenceSlot.REWEIGH, say("The second weighing: the piece and the display in one photo.")),
    ),
    PurchaseKind.PREPACKAGED: (
        _line(
            EvidenceSlot.GOODS, say("The pack from all sides: net content, maker and batch must be legible.")
        ),
        _line(
            EvidenceSlot.REWEIGH, say("The content without its packaging on a scale, display in the photo.")
        ),
        _RECEIPT,
        _STALL,
    ),
    PurchaseKind.FUEL: (
        _line(EvidenceSlot.SCALE_DISPLAY, say("The pump's display: litres, unit price and amount.")),
        _line(EvidenceSlot.STALL_SIGN, say("The sign of the station and the number of the pump.")),
        _RECEIPT,
        _line(
            EvidenceSlot.REWEIGH,
            say("A test with a metal measure, if there was one. A car's tank is no measure."),
            is_wanted=False,
        ),
    ),
    PurchaseKind.TAXI: (
        _line(EvidenceSlot.SCALE_DISPLAY, say("The taximeter's display at the end of the ride.")),
        _line(EvidenceSlot.RECEIPT, say("The taxi's receipt, with its number, the distance and the amount.")),
        _line(EvidenceSlot.STALL_SIGN, say("The taxi's number or the driver's licence card in the car.")),
        _line(
            EvidenceSlot.REWEIGH,
            say("The route and its length from a map on your phone. It is a hint, no proof."),
            is_wanted=False,
        ),
    ),
    PurchaseKind.CHARGING: (
        _line(EvidenceSlot.SCALE_DISPLAY, say("The charger's display: energy and amount.")),
        _line(EvidenceSlot.STALL_SIGN, say("The number of the charger and the name of the station.")),
        _line(EvidenceSlot.RECEIPT, say("The order in the app, with start, end, energy and amount.")),
        _line(
            EvidenceSlot.REWEIGH,
            say("What the car says it took. It is a hint, no proof."),
            is_wanted=False,
        ),
    ),
    PurchaseKind.METER: (
        _line(EvidenceSlot.SCALE_DISPLAY, say("The meter: its reading, its number and its class.")),
        _line(EvidenceSlot.RECEIPT, say("The bills of the time in question.")),
        _line(
            EvidenceSlot.REWEIGH,
            say("A test of the meter, or your own readings day by day."),
            is_wanted=False,
        ),
    ),
    PurchaseKind.INSTRUMENT: (
        _line(
            EvidenceSlot.SCALE_DISPLAY,
            say("The instrument with its plate and the verification label, or its absence."),
        ),
        _STALL,
        _line(
            EvidenceSlot.REWEIGH,
            say("What shows that it cheats, for example the same goods with two readings."),
            is_wanted=False,
        ),
        _line(EvidenceSlot.RECEIPT, say("A receipt, if you bought something."), is_wanted=False),
    ),
    PurchaseKind.OTHER: (
        _line(EvidenceSlot.GOODS, say("What you bought, and what it was measured with.")),
        _STALL,
        _RECEIPT,
        _line(EvidenceSlot.REWEIGH, say("A second measuring, if there was one."), is_wanted=False),
    ),
}
