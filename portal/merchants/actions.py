"""Actions: the verbs of merchants, split by what they do; import them from here."""

from portal.merchants.saving import (
    MarketData,
    MerchantData,
    Outcome,
    Saved,
    number_of,
    save_market,
    save_merchant,
)

__all__ = [
    "MarketData",
    "MerchantData",
    "Outcome",
    "Saved",
    "number_of",
    "save_market",
    "save_merchant",
]
