"""The words of the records' pages: labels of facts, headlines and tones by kind, the laws they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from portal.rules.complaint_terms import State
from portal.rules.intake_terms import PurchaseKind
from portal.rules.messages import say
from portal.rules.metrology_terms import AccuracyClass, CheckMethod, GoodsGroup, Verdict
from portal.rules.pledge import LEGAL_BASIS
from portal.rules.publication import RecordKind
from portal.rules.verification import InstrumentKind, VerificationResult


@dataclass(frozen=True)
class Law:
    """What a record rests on, in both languages."""

    source: str
    source_en: str
    article: str = ""
    article_en: str = ""
    is_verified: bool = True


LABELS = {
    "verdict": say("Verdict"),
    "outcome": say("Outcome"),
    "result": say("Result"),
    "amount_fen": say("Amount"),
    "goods": say("What was bought"),
    "goods_class": say("Kind of goods"),
    "settled_mg": say("Weight charged"),
    "reweighed_mg": say("Weight found"),
    "shortage_mg": say("Shortage"),
    "limit_mg": say("Permitted deviation"),
    "method": say("How it was checked"),
    "problem": say("Problem"),
    "narrative": say("What happened"),
    "found_on": say("Found on"),
    "closed_on": say("Closed on"),
    "month": say("Month"),
    "due_on": say("Due on"),
    "paid_on": say("Paid on"),
    "on_time": say("Paid in time"),
    "payer": say("Paid by"),
    "fund": say("Fund"),
    "recover_by": say("To be paid back by"),
    "recovered_on": say("Paid back on"),
    "settled_on": say("Settled on"),
    "settles": say("Settles"),
    "claim": say("Claim"),
    "case": say("Case"),
    "basis": say("Owed under"),
    "response_days": say("Days until the merchant answered"),
    "instrument": say("Instrument"),
    "kind": say("Kind of instrument"),
    "maker": say("Maker"),
    "model": say("Model"),
    "serial": say("Serial number"),
    "accuracy_class": say("Accuracy class"),
    "max_mg": say("Largest load"),
    "e_mg": say("Scale interval"),
    "location": say("Where it stands"),
    "state": say("State"),
    "filed": say("Filed with the regulator"),
    "compulsory": say("Verification required by law"),
    "certificate": say("Certificate"),
    "body": say("Verified by"),
    "verified_on": say("Verified on"),
    "matter": say("Matter"),
    "class": say("Class"),
    "list": say("List"),
    "decision": say("Decision"),
    "authority": say("Authority"),
    "office": say("Office"),
    "reason": say("Reason"),
    "title": say("Title"),
    "note": say("Note"),
    "from": say("From"),
    "valid_from": say("In force from"),
    "valid_to": say("In force through"),
    "valid_until": say("Valid until"),
    "until": say("Until"),
    "pledge": say("Pledge"),
    "warning": say("Warning"),
    "award": say("Award"),
    "repairs": say("Repairs"),
    "voids": say("Takes back"),
    "version": say("Version of the pledge"),
}

LINKED = {"pledge", "settles", "warning", "award", "repairs", "voids"}

# Keys that are published only with the filer's consent; without it a day is told as the first of its month.
CONSENTED = {"case", "found_on", "closed_on"}
COARSE_DAYS = {"paid_on", "due_on"}

ENUMS: dict[str, type[Enum]] = {
    "verdict": Verdict,
    "outcome": State,
    "result": VerificationResult,
    "method": CheckMethod,
    "goods_class": GoodsGroup,
    "kind": InstrumentKind,
    "accuracy_class": AccuracyClass,
}

# What a complaint was about, in words that decide nothing; "weighing" stands in records of before the kinds.
PROBLEMS = {
    PurchaseKind.RETAIL: say("The weight of goods"),
    PurchaseKind.JEWELLERY: say("The weight of gold or silver"),
    PurchaseKind.PREPACKAGED: say("The quantity in a package"),
    PurchaseKind.FUEL: say("The quantity of fuel"),
    PurchaseKind.TAXI: say("The distance a taximeter counted"),
    PurchaseKind.CHARGING: say("The energy a charger delivered"),
    PurchaseKind.METER: say("What a household meter counted"),
    PurchaseKind.INSTRUMENT: say("A measuring instrument"),
    PurchaseKind.OTHER: say("A quantity of another kind"),
}

WORDS = {
    **{("problem", kind.value): words for kind, words in PROBLEMS.items()},
    ("problem", "weighing"): say("Short weight"),
    ("matter", "metrology"): say("Measuring"),
    ("class", "light"): say("Light"),
    ("class", "general"): say("General"),
    ("class", "serious"): say("Serious"),
    ("class", "negative"): say("Spot check not passed"),
    ("list", "serious"): say("Seriously dishonest"),
    ("state", "in_use"): say("In use"),
    ("state", "out_of_use"): say("Out of use"),
    ("state", "replaced"): say("Replaced"),
    ("basis", "self_calibration"): say("Own calibration"),
    ("basis", "pledge"): say("The merchant's pledge"),
    ("basis", "refund"): say("The law: refund of what was charged too much"),
    ("basis", "make_up"): say("The law: what was missing is made up"),
    ("payer", "merchant"): say("The merchant"),
    ("payer", "fund"): say("A fund"),
}

YES, NO = say("Yes"), say("No")

TONES = {
    RecordKind.PLEDGE: "good",
    RecordKind.COMPLAINT_OUTCOME: "info",
    RecordKind.FINDING: "bad",
    RecordKind.COMPENSATION: "good",
    RecordKind.OVERDUE_PAYMENT: "bad",
    RecordKind.ADVANCE_PAYMENT: "attention",
    RecordKind.PENALTY: "bad",
    RecordKind.STATUTORY_LISTING: "bad",
    RecordKind.AWARD: "demonstration",
    RecordKind.WARNING: "bad",
    RecordKind.WARNING_LIFTED: "good",
    RecordKind.REPAIR: "good",
    RecordKind.VERIFICATION: "good",
    RecordKind.INSPECTION: "info",
    RecordKind.DRAW: "info",
    RecordKind.RISK_TIP: "attention",
}

# A finding within the deviation blames nobody; a scale that failed is no good news.
TURNED = {
    (RecordKind.FINDING, "within"): "good",
    (RecordKind.FINDING, "not_provable"): "neutral",
    (RecordKind.VERIFICATION, "failed"): "bad",
}

SENTENCES = {
    RecordKind.PLEDGE_WITHDRAWAL: say(
        "%(merchant)s withdrew its pledge. What was bought before stays covered."
    ),
    RecordKind.OVERDUE_PAYMENT: say("%(merchant)s did not pay compensation of %(amount_fen)s in time"),
    RecordKind.ADVANCE_PAYMENT: say("A fund paid %(amount_fen)s in advance for %(merchant)s"),
    RecordKind.COMPENSATION: say("%(merchant)s paid compensation of %(amount_fen)s"),
    RecordKind.COMPLAINT_OUTCOME: say("A complaint about %(merchant)s was closed: %(outcome)s"),
    RecordKind.PENALTY: say("An authority published a penalty against %(merchant)s"),
    RecordKind.STATUTORY_LISTING: say("%(merchant)s was put on a statutory list"),
    RecordKind.AWARD: say("%(merchant)s was recognised as a demonstration unit"),
    RecordKind.AWARD_WITHDRAWAL: say(
        "The recognition of %(merchant)s as a demonstration unit was withdrawn."
    ),
    RecordKind.WARNING: say("An office gave %(merchant)s a warning"),
    RecordKind.WARNING_LIFTED: say("The warning given to %(merchant)s was lifted"),
    RecordKind.REPAIR: say("An office checked that %(merchant)s put the matter right"),
    RecordKind.INSTRUMENT: say("%(merchant)s registered a measuring instrument: %(instrument)s"),
    RecordKind.INSPECTION: say("%(merchant)s was inspected"),
    RecordKind.DRAW: say("Merchants to inspect were drawn at random"),
    RecordKind.RISK_TIP: say("A risk tip was published"),
    RecordKind.CORRECTION: say("An earlier record about %(merchant)s was taken back"),
}

TURNED_SENTENCES = {
    (RecordKind.FINDING, "over"): say("At %(merchant)s a shortage over the permitted deviation was measured"),
    (RecordKind.FINDING, "within"): say("At %(merchant)s the weight was within the permitted deviation"),
    (RecordKind.FINDING, "not_provable"): say("At %(merchant)s a shortage could not be proven"),
    (RecordKind.VERIFICATION, "passed"): say(
        "An instrument of %(merchant)s passed its verification: %(instrument)s"
    ),
    (RecordKind.VERIFICATION, "failed"): say(
        "An instrument of %(merchant)s failed its verification: %(instrument)s"
    ),
}

_ORDER_121 = Law("市场监督管理投诉举报处理办法", "Measures for handling complaints and reports (Order 121)")
_ORDER_45 = Law("市场监督管理行政处罚信息公示规定", "Rules on publishing administrative penalties (Order 45)")
_METROLOGY_LAW = Law("计量法", "Metrology Law", "第九条", "Article 9")
LAWS = {
    RecordKind.COMPLAINT_OUTCOME: _ORDER_121,
    RecordKind.PENALTY: _ORDER_45,
    RecordKind.STATUTORY_LISTING: Law(
        "市场监督管理严重违法失信名单管理办法",
        "Measures on the list of seriously dishonest parties (Order 44)",
    ),
    RecordKind.REPAIR: Law("市场监督管理信用修复管理办法", "Measures on credit repair (Order 107)"),
    RecordKind.INSTRUMENT: _METROLOGY_LAW,
    RecordKind.VERIFICATION: _METROLOGY_LAW,
    RecordKind.PLEDGE: Law(
        LEGAL_BASIS.source, LEGAL_BASIS.source_en, LEGAL_BASIS.article, LEGAL_BASIS.article_en
    ),
}
RULE_TOPICS = ("retail_weighing", "prepackaged", "delivery", "scales")
