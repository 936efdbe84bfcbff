"""The closed lists of words of the stepped complaint form."""

from __future__ import annotations

from enum import Enum


class PurchaseKind(str, Enum):
    """What was bought, by the rule that judges it."""

    RETAIL = "retail_weighing"
    JEWELLERY = "gold_and_silver"
    PREPACKAGED = "prepackaged_goods"
    FUEL = "fuel"
    TAXI = "taximeter"
    CHARGING = "charging"
    METER = "household_meter"
    INSTRUMENT = "unlawful_instrument"  # no valid verification, or a cheating function
    OTHER = "other_purchase"


class Step(str, Enum):
    """The steps of the form, in their order."""

    WHERE = "where"
    WHAT = "what"
    EVIDENCE = "evidence"
    ASK = "ask"
    WHO = "who"
    PREVIEW = "preview"


class StepState(str, Enum):
    """How far a step is."""

    DONE = "step_done"
    CURRENT = "step_current"
    TO_DO = "step_to_do"


class Channel(str, Enum):
    """How a filing reached us."""

    ONLINE = "online"
    PHONE = "phone"
    PAPER = "paper"
    WALK_IN = "walk_in"
    TICKET_12315 = "ticket_12315"


class EvidenceSlot(str, Enum):
    """The guided set of photos and papers."""

    SCALE_DISPLAY = "photo_of_scale"
    GOODS = "photo_of_goods"
    STALL_SIGN = "photo_of_stall_sign"
    RECEIPT = "receipt_or_payment"
    REWEIGH = "photo_of_reweighing"
    OTHER = "other_evidence"


class Handled(str, Enum):
    """Who has taken up the same dispute already (Order 121 Art. 16(2))."""

    NOT_HANDLED = "not_handled"
    BY_COURT = "handled_by_court"
    BY_ARBITRATION = "handled_by_arbitration"
    BY_AUTHORITY = "handled_by_authority"
    BY_ASSOCIATION = "handled_by_association"


class BoughtFor(str, Enum):
    """What it was bought for (Order 121 Art. 16(3))."""

    HOUSEHOLD = "for_household"
    BUSINESS = "for_business"
    NOTHING_BOUGHT = "nothing_bought"


class Concern(str, Enum):
    """What it is about; only the quantity is ours."""

    QUANTITY = "concern_quantity"
    FOOD_SAFETY = "concern_food_safety"
    PRICE = "concern_price"
    QUALITY = "concern_quality"
    COUNTERFEIT = "concern_counterfeit"
    SERVICE = "concern_service"
    OTHER = "concern_other"


class StopCode(str, Enum):
    """Why a track is closed before anything is filed."""

    NOT_METROLOGY = "stop_not_metrology"
    NOT_FOR_HOUSEHOLD = "stop_not_for_household"
    NOTHING_BOUGHT = "stop_nothing_bought"
    ALREADY_HANDLED = "stop_already_handled"
    OVER_THREE_YEARS = "stop_over_three_years"


class FiledAs(str, Enum):
    """For whom somebody files (Order 121 Art. 11 and 12)."""

    SELF = "for_myself"
    PROXY = "as_proxy"
    JOINT = "jointly"


class Detail(str, Enum):
    """What a track needs of the person who files (Order 121 Art. 10 to 12 and 28)."""

    RESPONDENT = "detail_respondent"
    REQUEST = "detail_request"
    FACTS = "detail_facts"
    CLUE = "detail_clue"
    NAME = "detail_name"
    PHONE = "detail_phone"
    ADDRESS = "detail_address"
    POWER_OF_ATTORNEY = "detail_power_of_attorney"
    PROXY_MATTER = "detail_proxy_matter"
    PROXY_POWER = "detail_proxy_power"
    PROXY_TERM = "detail_proxy_term"
    PROXY_IDENTITY = "detail_proxy_identity"
    REPRESENTATIVES = "detail_representatives"


class MeasureUnit(str, Enum):
    """A unit that an amount other than a stall's weight may be typed in."""

    G = "measured_g"
    KG = "measured_kg"
    ML = "measured_ml"
    L = "measured_l"
    M3 = "measured_m3"
    MM = "measured_mm"
    CM = "measured_cm"
    M = "measured_m"
    KM = "measured_km"
    CM2 = "measured_cm2"
    DM2 = "measured_dm2"
    M2 = "measured_m2"
    KWH = "measured_kwh"
    PIECES = "measured_pieces"
