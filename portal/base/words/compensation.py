"""The words for `portal.rules.compensation`."""

from flask_babel import lazy_gettext as _l

from portal.rules.compensation import Basis

WORDS = {
    Basis.MAKE_UP: _l("Making up under the pledge"),
    Basis.REFUND: _l("Refund of what was missing"),
    Basis.PLEDGE: _l("Payment under the pledge"),
    Basis.FRAUD_IF_ESTABLISHED: _l("Damages, only if fraud is established"),
}
