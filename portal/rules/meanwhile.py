"""What a filer does while waiting, so that the facts can still be found.

Goods are kept as they are because a shortage is shown on goods in their original state
(集贸市场计量监督管理办法, Order 94 Art. 12); nobody may change the instrument while a dispute is mediated
or arbitrated (计量法实施细则 Art. 35). The rest is plain good sense and bears no article.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.rules.intake_terms import PurchaseKind
from portal.rules.messages import Message, say


@dataclass(frozen=True)
class Advice:
    """One thing to do meanwhile; source and article are empty where no law names it."""

    sentence: Message
    source: str = ""
    source_en: str = ""
    article: str = ""
    article_en: str = ""


KEEP_GOODS = Advice(
    say(
        "Keep the goods in their original state: do not wash, cut or eat them, and leave them in the bag "
        "they came in. Fresh goods lose water, so have them re-weighed soon."
    ),
    "集贸市场计量监督管理办法（国家市场监督管理总局令第94号）",
    "Measures for the Supervision of Metrology in Markets (SAMR Order 94)",
    "第十二条",
    "Art. 12",
)
KEEP_PROOF = Advice(
    say("Keep the receipt, the payment record and the photos. Do not delete them from your phone.")
)
LEAVE_SCALE = Advice(
    say(
        "Neither side may change the scale or meter while the dispute is being settled. If you see that it "
        "is adjusted or taken away, write to the office or call 12315."
    ),
    "中华人民共和国计量法实施细则",
    "Rules for the Implementation of the Metrology Law",
    "第三十五条",
    "Art. 35",
)
GOODS = frozenset({PurchaseKind.RETAIL, PurchaseKind.JEWELLERY, PurchaseKind.PREPACKAGED})


def meanwhile(kind: PurchaseKind) -> tuple[Advice, ...]:
    """Return what to do while waiting, by what was bought; only goods can be kept."""
    return (KEEP_GOODS, KEEP_PROOF, LEAVE_SCALE) if kind in GOODS else (KEEP_PROOF, LEAVE_SCALE)
