"""Actions: the verbs of merchants, one file a subject; import them from here."""

from portal.merchants.pledging import NoPledgeInForce, publish_pledge, withdraw_pledge
from portal.merchants.responding import note_closing, note_response
from portal.merchants.saving import (
    MarketData,
    MerchantData,
    Outcome,
    Saved,
    number_of,
    save_market,
    save_merchant,
)
from portal.merchants.standing import publish_about, refresh_standing

__all__ = [
    "MarketData",
    "MerchantData",
    "NoPledgeInForce",
    "Outcome",
    "Saved",
    "note_closing",
    "note_response",
    "number_of",
    "publish_about",
    "publish_pledge",
    "refresh_standing",
    "save_market",
    "save_merchant",
    "withdraw_pledge",
]
