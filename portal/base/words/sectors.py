"""The words for `portal.rules.sectors`."""

from flask_babel import lazy_gettext as _l

from portal.rules.sectors import Sector

WORDS = {
    Sector.MARKET: _l("Markets"),
    Sector.SHOP: _l("Shops and supermarkets"),
    Sector.RESTAURANT: _l("Restaurants"),
    Sector.FUEL: _l("Fuel, gas and charging stations"),
    Sector.OPTICIAN: _l("Opticians"),
    Sector.MEDICAL: _l("Pharmacies and medical care"),
    Sector.JEWELLERY: _l("Gold and jewellery"),
    Sector.GRAIN: _l("Grain and oil"),
    Sector.FARM_INPUTS: _l("Seed, feed and fertiliser"),
    Sector.PREPACKAGED: _l("Makers of prepackaged goods"),
    Sector.TAXI: _l("Taxis"),
    Sector.UTILITIES: _l("Water, power, gas and heat"),
    Sector.OTHER: _l("Other trades"),
}
