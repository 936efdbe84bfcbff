"""One purchase as facts, and those facts as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import Any

from portal.rules.intake_terms import PurchaseKind
from portal.rules.judgement import amount
from portal.rules.messages import Message
from portal.rules.metrology_terms import ChargerClass, FlowZone, MeterKind, Quantity, Reference


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """What was bought; `shown` and `received` in the smallest unit of `quantity`, None where not known.

    `shown` is what the label, the display or the bill says, `received` what was found.
    `device` is the pump, charger, meter or taxi as the shopper names it.
    """

    kind: PurchaseKind
    on: date
    goods: str = ""
    quantity: Quantity | None = None
    shown: int | None = None
    received: int | None = None
    reference: Reference = Reference.OWN_ESTIMATE
    paid_fen: int | None = None
    time_of_day: time | None = None
    device: str = ""
    charger: ChargerClass | None = None
    meter: MeterKind | None = None
    zone: FlowZone | None = None
    is_smallest_delivery: bool = False

    @property
    def shown_amount(self) -> Message | None:
        """Return what was shown as a message with its unit, or None."""
        return _amount(self.quantity, self.shown)

    @property
    def received_amount(self) -> Message | None:
        """Return what was received as a message with its unit, or None."""
        return _amount(self.quantity, self.received)

    @property
    def may_be_mistyped(self) -> bool:
        """Say whether the two amounts differ so much that a unit may be wrong."""
        if self.shown is None or self.received is None:
            return False
        low, high = sorted((self.shown, self.received))
        return low * 2 < high

    def snapshot(self) -> dict[str, Any]:
        """Return the purchase ready for JSON."""
        return {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}


def purchase_from_snapshot(record: Mapping[str, Any]) -> Purchase:
    """Rebuild the purchase a snapshot was taken of."""
    held = {name: read(record[name]) for name, read in _READERS.items() if record.get(name) is not None}
    plain = {name: record[name] for name in record.keys() - _READERS.keys()}
    return Purchase(**plain | held)


def _amount(quantity: Quantity | None, value: int | None) -> Message | None:
    return None if quantity is None or value is None else amount(quantity, value)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | time) else value


_READERS: dict[str, Any] = {
    "kind": PurchaseKind,
    "on": date.fromisoformat,
    "quantity": Quantity,
    "reference": Reference,
    "time_of_day": time.fromisoformat,
    "charger": ChargerClass,
    "meter": MeterKind,
    "zone": FlowZone,
}
