"""The words for `portal.rules.signals`."""

from flask_babel import lazy_gettext as _l

from portal.rules.signals import SignalKind

WORDS = {
    SignalKind.SAME_PHONE: _l("Other names gave the same phone"),
    SignalKind.SAME_ADDRESS: _l("Other names gave the same address"),
    SignalKind.SAME_ID_NUMBER: _l("Another name came with the same ID number"),
    SignalKind.MANY_FILINGS: _l("The same person filed often within a short time"),
    SignalKind.MANY_ABOUT_MERCHANT: _l("The same person filed often about this merchant"),
    SignalKind.MANY_ABOUT_GOODS: _l("The same person filed often about the same goods"),
}
