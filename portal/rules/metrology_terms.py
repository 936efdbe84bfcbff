"""The closed lists of words that weighing and measuring rules speak in."""

from __future__ import annotations

from enum import Enum


class Verdict(str, Enum):
    """The three answers a check can give; none of them says that a law was broken."""

    WITHIN = "within"
    NOT_PROVABLE = "not_provable"
    OVER = "over"


class Basis(str, Enum):
    """What a shortage was compared with."""

    RETAIL_TABLE = "retail_table"
    INSTRUMENT_MPE = "instrument_mpe"
    PREPACKAGED = "prepackaged"
    LOT_SAMPLING = "lot_sampling"
    SCALE_TEST = "scale_test"
    DELIVERY = "delivery"


class Quantity(str, Enum):
    """A kind of quantity; each is counted in one smallest unit."""

    MASS = "mass"  # mg
    VOLUME = "volume"  # µL
    LENGTH = "length"  # µm
    AREA = "area"  # mm²
    COUNT = "count"  # pieces
    DISTANCE = "distance"  # m
    ENERGY = "energy"  # Wh


class GoodsGroup(str, Enum):
    """The goods named in Order 66's annexes, those they leave out, and the rest."""

    GRAIN = "grain"
    VEGETABLE = "vegetable"
    FRUIT = "fruit"
    MEAT = "meat"
    EGG = "egg"
    POULTRY = "poultry"
    AQUATIC = "aquatic"
    PASTRY = "pastry"
    CANDY = "candy"
    SEASONING = "seasoning"
    DRIED_VEGETABLE = "dried_vegetable"
    DELICACY = "delicacy"
    LIVE_POULTRY = "live_poultry"
    LIVE_FISH = "live_fish"
    SOAKED = "soaked"
    GOLD_JEWELLERY = "gold_jewellery"
    SILVER_JEWELLERY = "silver_jewellery"
    OTHER_FOOD = "other_food"
    NOT_FOOD = "not_food"


class DecidedBy(str, Enum):
    """Why a row of the retail table applies, or why none does."""

    NAME = "by_name"
    PRICE = "by_price"
    LEFT_OUT = "left_out"
    NOTHING = "by_nothing"


class CheckMethod(str, Enum):
    """The three ways of checking a retail weighing, Order 66 Art. 6."""

    SAME_INSTRUMENT = "same_instrument"
    BETTER = "better_instrument"
    EQUAL = "equal_instrument"


class AccuracyClass(str, Enum):
    """The accuracy class of a shop scale."""

    III = "class_iii"
    IIII = "class_iiii"


class Stage(str, Enum):
    """When an instrument is tested: on verification, or while it is in use."""

    VERIFICATION = "on_verification"
    IN_SERVICE = "in_service"


class Rounding(str, Enum):
    """How a permitted shortage that falls between two steps is rounded."""

    HALF_EVEN = "half_even"
    HALF_UP = "half_up"
    UP = "round_up"


class Reference(str, Enum):
    """What the true quantity was measured with."""

    STANDARD = "verified_standard"
    OWN_ESTIMATE = "own_estimate"


class ChargerClass(str, Enum):
    """The accuracy class of an electric-vehicle charger."""

    CLASS_1 = "charger_class_1"
    CLASS_2 = "charger_class_2"


class MeterKind(str, Enum):
    """A household meter with its accuracy class."""

    WATER_CLASS_2 = "water_class_2"
    GAS_CLASS_1_5 = "gas_class_1_5"
    ELECTRICITY_CLASS_1 = "electricity_class_1"
    ELECTRICITY_CLASS_2 = "electricity_class_2"


class FlowZone(str, Enum):
    """The part of a water or gas meter's flow range in which it was tested."""

    UPPER = "upper_zone"
    LOWER = "lower_zone"
