"""What a filer does while waiting, so that the facts can still be found: by what was bought, and where.

| what | where it is from (`data/meanwhile.toml`) |
|---|---|
| goods kept in their original state | Order 94 Art. 12, for goods bought in a market alone |
| the scene at a fuel pump, arbitration verification | 加油站计量监督管理办法 Art. 8 |
| the instrument's technical state is not changed | 计量法实施细则 Art. 35 |

The rest is plain good sense and bears no article.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.rules.book import rules_of
from portal.rules.intake_terms import PurchaseKind
from portal.rules.messages import Message, say

TOPIC = "meanwhile"


@dataclass(frozen=True)
class Advice:
    """One thing to do meanwhile; source and article are empty where no law names it."""

    sentence: Message
    source: str = ""
    source_en: str = ""
    article: str = ""
    article_en: str = ""


KEEP_GOODS = {
    PurchaseKind.RETAIL: say(
        "Keep the goods in their original state: do not wash, cut or eat them, and leave them in the bag "
        "they came in. Fresh goods lose water, so have them re-weighed soon."
    ),
    PurchaseKind.JEWELLERY: say(
        "Keep the piece as it was sold, with its tag and certificate: do not have it resized, cleaned, "
        "melted or exchanged."
    ),
    PurchaseKind.PREPACKAGED: say(
        "Leave the packages closed if you can. Keep an opened one with its label and everything that was in "
        "it."
    ),
    PurchaseKind.OTHER: say("Keep what you bought as it is, if it can be kept."),
}
KEEP_SCENE = say(
    "If you are still at the pump, leave everything as it is. You may ask the market regulator for an "
    "arbitration verification of the pump, and claim on its result."
)
KEEP_PROOF = say("Keep the receipt, the payment record and the photos. Do not delete them from your phone.")
LEAVE_INSTRUMENT = say(
    "Neither side may change the scale, pump or meter while the dispute is mediated or arbitrated. If you "
    "see that it is adjusted or taken away, write to the office or call 12315."
)


def meanwhile(kind: PurchaseKind, *, is_in_market: bool, on: date) -> tuple[Advice, ...]:
    """Return what to do while waiting, with the law of a day; `is_in_market` is of the merchant."""
    found = []
    if kind in KEEP_GOODS:
        found.append(_by_law("goods_in_a_market" if is_in_market else "", KEEP_GOODS[kind], on))
    if kind is PurchaseKind.FUEL:
        found.append(_by_law("fuel_pump", KEEP_SCENE, on))
    found.append(Advice(KEEP_PROOF))
    # The weight in a package was measured by nobody's scale at the counter.
    if kind is not PurchaseKind.PREPACKAGED:
        found.append(_by_law("disputed_instrument", LEAVE_INSTRUMENT, on))
    return tuple(found)


def _by_law(rule_id: str, sentence: Message, on: date) -> Advice:
    """Return a sentence with the article it stands on, without one where none is in force that day."""
    rule = next((one for one in rules_of(TOPIC) if one.id == rule_id and one.is_in_force(on)), None)
    if rule is None:
        return Advice(sentence)
    return Advice(sentence, rule.source, rule.source_en, rule.article, rule.article_en)
