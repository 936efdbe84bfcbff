"""The words of claims and payments."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.base.labels import add_labels
from portal.compensation.models import AccountKind, ClaimState, PaymentMethod, TransferKind

WORDS: dict[Enum, Any] = {
    ClaimState.OWED: _l("To be paid"),
    ClaimState.PAID: _l("Paid, says the merchant"),
    ClaimState.CONFIRMED: _l("Receipt confirmed"),
    PaymentMethod.CASH: _l("In cash"),
    PaymentMethod.TRANSFER: _l("By bank transfer"),
    PaymentMethod.PHONE: _l("By phone payment"),
    PaymentMethod.GOODS: _l("Made up in goods"),
    AccountKind.CLAIM_DUE: _l("Due to the buyer"),
    AccountKind.MERCHANT_OWED: _l("Owed by the merchant"),
    TransferKind.PROMISE: _l("Agreed"),
    TransferKind.PAYMENT: _l("Paid"),
}

add_labels(WORDS)
