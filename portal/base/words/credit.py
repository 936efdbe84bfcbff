"""The words for `portal.rules.credit`."""

from flask_babel import lazy_gettext as _l

from portal.rules.credit import CreditStatus

WORDS = {
    CreditStatus.DEMONSTRATION: _l("Demonstration unit"),
    CreditStatus.TRUST: _l("Keeps faith"),
    CreditStatus.NO_BASIS: _l("Not rated yet"),
    CreditStatus.WATCH: _l("Under watch"),
    CreditStatus.WARNING: _l("Credit warning"),
}
