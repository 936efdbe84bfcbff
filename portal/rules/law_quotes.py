"""Sentences of law, word for word, as the official forms quote them: `data/law_quotes.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.rules.book import Rule, rules_of

TOPIC = "law_quotes"


@dataclass(frozen=True)
class Quote:
    """A passage of law with where it stands; `text_en` is our translation."""

    text: str
    text_en: str
    source: str
    source_en: str
    article: str
    article_en: str


def quotes(*rule_ids: str, on: date) -> tuple[Quote, ...]:
    """Return the passages in force on a day, in the order asked; an edition without one has none."""
    held = {rule.id: rule for rule in rules_of(TOPIC) if rule.is_in_force(on)}
    return tuple(_quote(held[rule_id]) for rule_id in rule_ids if rule_id in held)


def _quote(rule: Rule) -> Quote:
    return Quote(
        text=rule.values["text"].strip(),
        text_en=rule.values["text_en"].strip(),
        source=rule.source,
        source_en=rule.source_en,
        article=rule.article,
        article_en=rule.article_en,
    )
