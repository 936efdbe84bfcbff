"""How a record reads: one plain sentence, its facts with words, and the law it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from portal.records.models import PublicRecord
from portal.rules import book
from portal.rules.complaint_terms import State
from portal.rules.messages import Message, say
from portal.rules.metrology_terms import CheckMethod, GoodsGroup, Verdict
from portal.rules.pledge import LEGAL_BASIS, PledgeTerms, describe, headline
from portal.rules.publication import RecordKind
from portal.rules.verification import InstrumentKind, VerificationResult


@dataclass(frozen=True)
class Fact:
    """A published fact with its words; `record_number` is set where the value names another record."""

    label: Message
    value: Message | str
    record_number: str | None = None


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
    "goods": say("Goods"),
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
}

WORDS = {
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


def sentence_of(record: PublicRecord) -> Message:
    """Return what happened, as a headline without a full stop."""
    facts = record.facts
    merchant = record.merchant_name
    if record.kind is RecordKind.PLEDGE:
        terms = _terms_of(facts)
        if terms is None:
            return say("%(merchant)s published a pledge", merchant=merchant)
        return say("%(merchant)s promised: %(pledge)s", merchant=merchant, pledge=headline(terms))
    if facts.get("title"):
        return say("%(kind)s: %(title)s", kind=record.kind, title=str(facts["title"]))
    found = facts.get("verdict") or facts.get("result")
    sentence = TURNED_SENTENCES.get((record.kind, str(found))) or SENTENCES.get(record.kind)
    if sentence is None:
        return say("A record about %(merchant)s", merchant=merchant)
    named = {key: facts.get(key, unknown) for key, unknown in (("amount_fen", 0), ("instrument", "–"))}
    outcome = _value("outcome", facts.get("outcome", ""))
    return say(sentence.text, merchant=merchant, outcome=outcome, **named)


def tone_of(record: PublicRecord) -> str:
    """Return the tone of a record's badge."""
    found = record.facts.get("verdict") or record.facts.get("result")
    return TURNED.get((record.kind, str(found))) or TONES.get(record.kind, "neutral")


def is_month_only(facts: Mapping[str, Any]) -> bool:
    """Say whether the days in the facts stand for their month, since the filer did not agree to more."""
    return "month" in facts and not CONSENTED & facts.keys()


def facts_of(facts: Mapping[str, Any]) -> list[Fact]:
    """Return the facts that have words, in the order in which a reader asks for them."""
    left_out = COARSE_DAYS if is_month_only(facts) else {"month"}
    return [
        Fact(label, _value(key, facts[key]), str(facts[key]) if key in LINKED else None)
        for key, label in LABELS.items()
        if facts.get(key) is not None and key not in left_out
    ]


def promises_of(record: PublicRecord) -> tuple[Message, ...]:
    """Return what a pledge promises, or what stays of one, as sentences; empty for other kinds."""
    if record.kind is RecordKind.PLEDGE_WITHDRAWAL:
        return (say("What was bought while the pledge was in force stays covered."),)
    terms = _terms_of(record.facts) if record.kind is RecordKind.PLEDGE else None
    return describe(terms) if terms else ()


def law_of(record: PublicRecord) -> Law | None:
    """Return the rule edition a finding was judged by, or what its kind rests on."""
    if record.kind is RecordKind.FINDING:
        return _rule_of(str(record.facts.get("rule", "")), str(record.facts.get("edition", "")))
    return LAWS.get(record.kind)


def _rule_of(rule_id: str, edition: str) -> Law | None:
    for topic in RULE_TOPICS:
        for rule in book.rules_of(topic):
            if (rule.id, rule.edition) == (rule_id, edition):
                is_verified = rule.confidence is not book.Confidence.R
                return Law(rule.source, rule.source_en, rule.article, rule.article_en, is_verified)
    return None


def _terms_of(facts: Mapping[str, Any]) -> PledgeTerms | None:
    stored = facts.get("terms")
    return PledgeTerms.from_dict(stored) if isinstance(stored, Mapping) else None


def _value(key: str, value: Any) -> Message | str:
    if isinstance(value, bool):
        return YES if value else NO
    if (key, value) in WORDS:
        return WORDS[key, value]
    if key in ENUMS and value in {member.value for member in ENUMS[key]}:
        return say("%(word)s", word=ENUMS[key](value))
    if key == "month":
        return say("%(in_month)s", in_month=date.fromisoformat(f"{value}-01"))
    if isinstance(value, int):
        return say(f"%({key})s", **{key: value})
    return _day_or_text(str(value))


def _day_or_text(text: str) -> Message | str:
    try:
        return say("%(day_on)s", day_on=date.fromisoformat(text)) if len(text) == 10 else text
    except ValueError:
        return text
