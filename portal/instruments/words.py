"""The words of instruments and of the ways to re-weigh."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.base.labels import add_labels
from portal.instruments.models import InstrumentState, Regime
from portal.instruments.weighing import CheckWith

WORDS: dict[Enum, Any] = {
    Regime.LEGACY: _l("Made before the 2026 rules"),
    Regime.JJF2184: _l("Made to JJF 2184-2025"),
    InstrumentState.IN_USE: _l("In use"),
    InstrumentState.OUT_OF_USE: _l("Out of use"),
    InstrumentState.REPLACED: _l("Replaced"),
    CheckWith.FAIR_SCALE: _l("Fair scale or another stall's scale"),
    CheckWith.BETTER_SCALE: _l("A more accurate scale"),
    CheckWith.SAME_TESTED: _l("The stall's scale, tested with weights"),
    CheckWith.SAME_UNTESTED: _l("The stall's scale, not tested"),
    CheckWith.OWN_SCALE: _l("My own kitchen or hand scale"),
}

add_labels(WORDS)
