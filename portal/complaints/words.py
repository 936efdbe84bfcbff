"""The words of what a filer may ask for and want."""

from __future__ import annotations

import enum

from flask_babel import lazy_gettext as _l

from portal.base.labels import add_labels


class Request(str, enum.Enum):
    """What a complainant may ask for: the seven of official form 1 (投诉登记表, 2026-04)."""

    MAKE_UP_QUANTITY = "make_up_quantity"
    REFUND = "refund_price"
    RETURN = "return_goods"
    EXCHANGE = "exchange"
    COMPENSATION = "compensate_loss"
    REPAIR = "repair"
    REDO = "redo"


class Wanted(str, enum.Enum):
    """What a filer wants; it decides which tracks are opened."""

    MEDIATION = "want_mediation"
    REPORT = "want_report"
    BOTH = "want_both"


add_labels(
    (
        (Request.MAKE_UP_QUANTITY, _l("Make up the quantity")),
        (Request.REFUND, _l("Refund the price")),
        (Request.RETURN, _l("Take the goods back")),
        (Request.EXCHANGE, _l("Exchange the goods")),
        (Request.COMPENSATION, _l("Compensate the loss")),
        (Request.REPAIR, _l("Repair")),
        (Request.REDO, _l("Do it again")),
        (Wanted.MEDIATION, _l("Settle my own dispute (complaint)")),
        (Wanted.REPORT, _l("Look into a breach (report)")),
        (Wanted.BOTH, _l("Both")),
    )
)
