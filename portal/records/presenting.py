"""How a record reads: one plain sentence, its facts with words, and the law it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.records.models import PublicRecord
from portal.records.wording import (
    COARSE_DAYS,
    CONSENTED,
    ENUMS,
    LABELS,
    LAWS,
    LINKED,
    NO,
    RULE_TOPICS,
    SENTENCES,
    TONES,
    TURNED,
    TURNED_SENTENCES,
    WORDS,
    YES,
    Law,
)
from portal.rules import book
from portal.rules.messages import Message, say
from portal.rules.pledge import PledgeTerms, describe, headline
from portal.rules.publication import RecordKind


@dataclass(frozen=True)
class Fact:
    """A published fact with its words; `record_number` is set where the value names another record."""

    label: Message
    value: Message | str
    record_number: str | None = None


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


def labels_of(keys: Iterable[str]) -> dict[str, Message]:
    """Return the words of the keys that have some, in the order in which a reader asks for them."""
    held = dict.fromkeys(keys)
    left_out = COARSE_DAYS if is_month_only(held) else {"month"}
    return {key: label for key, label in LABELS.items() if key in held and key not in left_out}


def facts_of(facts: Mapping[str, Any]) -> list[Fact]:
    """Return the facts that have words, in the order in which a reader asks for them."""
    return [
        Fact(label, _value(key, facts[key]), str(facts[key]) if key in LINKED else None)
        for key, label in labels_of(key for key, value in facts.items() if value is not None).items()
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
