"""The words for `portal.rules.verification`."""

from flask_babel import lazy_gettext as _l

from portal.rules.verification import InstrumentKind, InstrumentStatus, VerificationMode

KINDS_AND_STATES = {
    InstrumentKind.PRICE_SCALE: _l("Price-computing scale"),
    InstrumentKind.INDICATING_SCALE: _l("Electronic scale"),
    InstrumentKind.FUEL_DISPENSER: _l("Fuel dispenser"),
    InstrumentKind.GAS_DISPENSER: _l("CNG or LNG dispenser"),
    InstrumentKind.TAXIMETER: _l("Taximeter"),
    InstrumentKind.WATER_METER_SMALL: _l("Water meter up to DN 25"),
    InstrumentKind.WATER_METER_LARGE: _l("Water meter DN 25 to DN 50"),
    InstrumentKind.GAS_METER_NATURAL: _l("Gas meter, natural gas"),
    InstrumentKind.GAS_METER_MANUFACTURED: _l("Gas meter, manufactured gas"),
    InstrumentKind.ELECTRICITY_METER: _l("Household electricity meter"),
    InstrumentKind.HEAT_METER: _l("Heat meter"),
    InstrumentKind.EV_CHARGER: _l("Charging pile for vehicles"),
    InstrumentKind.GLASS_THERMOMETER: _l("Glass thermometer"),
    InstrumentKind.BLOOD_PRESSURE_METER: _l("Blood-pressure meter"),
    InstrumentKind.LENS_METER: _l("Lens meter"),
    InstrumentKind.EYE_REFRACTOMETER: _l("Eye refractometer"),
    InstrumentKind.WEIGHTS: _l("Standard weights"),
    InstrumentKind.OTHER: _l("Other instrument"),
    InstrumentStatus.VALID: _l("Verified and in date"),
    InstrumentStatus.DUE_SOON: _l("Due soon"),
    InstrumentStatus.OVERDUE: _l("Overdue"),
    InstrumentStatus.FAILED: _l("Failed"),
    InstrumentStatus.OUT_OF_USE: _l("Out of use"),
    InstrumentStatus.AWAITING: _l("Awaiting verification"),
    InstrumentStatus.NOT_FILED: _l("Not filed"),
    InstrumentStatus.REPLACED: _l("Replaced"),
}
# Apart from the states: a failed verification and a failed instrument share the value "failed".
RESULTS = {
    VerificationMode.PERIODIC: _l("Periodic verification"),
    VerificationMode.FIRST_ONLY: _l("First verification only, replaced at the end of its term"),
}

WORDS = (*KINDS_AND_STATES.items(), *RESULTS.items())
