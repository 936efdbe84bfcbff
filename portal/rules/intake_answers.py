"""What the steps of the form asked, as far as it was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.rules.intake_terms import BoughtFor, Concern, FiledAs, Handled, PurchaseKind, Step

LONGEST_NARRATIVE = 1000


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The answers of one draft; every one may still be missing.

    `is_measured` says that the figures of a purchase were read without an error (`purchases`, or
    `instruments.weighing` for retail and jewellery). `requests` holds what is asked of the merchant,
    `wants_checking` that the authority shall look into a breach. `known_on` is the day the filer
    came to know, the day of purchase where it is not given. A consent is None until it was answered.
    `seen` holds the steps passed by "next".
    """

    merchant_number: str | None = None
    place_name: str | None = None
    place: str | None = None
    concern: Concern | None = None
    kind: PurchaseKind | None = None
    goods: str | None = None
    is_measured: bool = False
    bought_on: date | None = None
    known_on: date | None = None
    bought_for: BoughtFor | None = None
    handled: Handled | None = None
    narrative: str | None = None
    requests: tuple[str, ...] = ()
    wants_checking: bool = False
    filed_as: FiledAs = FiledAs.SELF
    name: str | None = None
    phone: str | None = None
    address: str | None = None
    has_power_of_attorney: bool = False
    has_proxy_name: bool = False
    has_proxy_phone: bool = False
    has_proxy_matter: bool = False
    has_proxy_power: bool = False
    has_proxy_term: bool = False
    joint_count: int | None = None
    representative_count: int = 0
    agrees_to_publication: bool | None = None
    agrees_to_delegation: bool | None = None
    seen: frozenset[Step] = frozenset()
