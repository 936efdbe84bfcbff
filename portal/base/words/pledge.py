"""The words for `portal.rules.pledge`."""

from flask_babel import lazy_gettext as _l

from portal.rules.pledge import ClauseOutcome, PledgeKind, PledgeTrigger

WORDS = {
    PledgeKind.MULTIPLE_OF_SHORTAGE_VALUE: _l("A multiple of what was missing"),
    PledgeKind.MULTIPLE_OF_PRICE: _l("A multiple of the price"),
    PledgeKind.FIXED: _l("A fixed sum"),
    PledgeKind.MAKE_UP: _l("Making up what is missing"),
    PledgeTrigger.OVER_DEVIATION: _l("Over the permitted deviation"),
    PledgeTrigger.ANY_SHORTAGE: _l("Any shortage"),
    ClauseOutcome.KEPT: _l("Kept"),
    ClauseOutcome.BROKEN: _l("Broken"),
    ClauseOutcome.IN_DISPUTE: _l("In dispute"),
}
