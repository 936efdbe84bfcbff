"""What a filing will show: to everybody, to the merchant, to the authority alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.complaints.drafts.answers import DraftReading
from portal.complaints.drafts.making import as_it_stands
from portal.complaints.following.read_back import read_back
from portal.complaints.told import Line
from portal.records.presenting import labels_of
from portal.rules.complaint_flow import Track
from portal.rules.intake_terms import Step
from portal.rules.messages import Message, say
from portal.rules.publication import RecordKind, shown_of
from portal.rules.purchases import may_measure

# What may become a record of its own, when, and in this order.
_WHEN = {
    RecordKind.FINDING: say("If an officer measures a shortage over the limit"),
    RecordKind.COMPENSATION: say("When an amount agreed here is paid"),
    RecordKind.OVERDUE_PAYMENT: say("If it is not paid in time"),
    RecordKind.COMPLAINT_OUTCOME: say("When the complaint ends after it was accepted"),
}
# Facts that a record page tells elsewhere than in its list.
_ELSEWHERE = {"rule": say("The rule it was judged by"), "sector": say("Line of business")}


@dataclass(frozen=True)
class Preview:
    """Lines by who will read them; `published` holds the keys of each record that may follow."""

    merchant: Message | str | None
    published: Mapping[RecordKind, tuple[str, ...]]
    public_notes: tuple[Message, ...]
    merchant_notes: tuple[Message, ...]
    authority: Mapping[Step, tuple[Line, ...]]

    @property
    def public(self) -> tuple[tuple[Message, tuple[Message, ...]], ...]:
        """When something is published, and the words of each fact it tells."""
        return tuple((_WHEN[kind], _words_of(keys)) for kind, keys in self.published.items())


def preview_of(reading: DraftReading, *, now: datetime) -> Preview:
    """Return what will be seen of a draft, and by whom."""
    return Preview(
        merchant=_merchant(reading) if Track.MEDIATION in reading.tracks else None,
        published=_published(reading),
        public_notes=_public_notes(reading),
        merchant_notes=_merchant_notes(reading),
        authority=_authority(reading, now),
    )


def _has_consent(reading: DraftReading) -> bool:
    return bool(reading.answers.agrees_to_publication)


def _merchant(reading: DraftReading) -> Message | str:
    if reading.merchant:
        return reading.merchant.name
    return say("Not on the register. Nothing is published unless an officer finds it there.")


def _published(reading: DraftReading) -> dict[RecordKind, tuple[str, ...]]:
    """Return the keys of every record that may follow; of a report there is none."""
    kind = reading.answers.kind
    if Track.MEDIATION not in reading.tracks or kind is None:
        return {}
    shown = {one: shown_of(one, has_consent=_has_consent(reading)) for one in _WHEN}
    if not may_measure(kind):
        # No officer's finding, and so no rule from which the amount follows.
        del shown[RecordKind.FINDING]
        shown[RecordKind.COMPENSATION] = tuple(
            key for key in shown[RecordKind.COMPENSATION] if key != "basis"
        )
    return {one: keys for one, keys in shown.items() if keys}


def _words_of(keys: tuple[str, ...]) -> tuple[Message, ...]:
    return (*labels_of(keys).values(), *(words for key, words in _ELSEWHERE.items() if key in keys))


def _public_notes(reading: DraftReading) -> tuple[Message, ...]:
    never = say("Never public: your name, phone, address, words and photos.")
    if Track.MEDIATION not in reading.tracks:
        return (
            say("Nothing of a report is public. Only a penalty the authority decides is published."),
            never,
        )
    if _has_consent(reading):
        return (never,)
    less = say("You did not agree to publication: no day, nothing of the purchase, and not how it ended.")
    return (less, never)


def _merchant_notes(reading: DraftReading) -> tuple[Message, ...]:
    notes = []
    if Track.MEDIATION in reading.tracks:
        notes.append(
            say(
                "The merchant reads what was bought and measured, what you ask for and your words, without "
                "what says who you are; never your phone, address or ID number. Photos only if an officer "
                "shows them."
            )
        )
    if Track.REPORT in reading.tracks:
        notes.append(say("The merchant never learns of the report, nor who sent it."))
        if Track.MEDIATION in reading.tracks:
            notes.append(say("Sentences of yours that speak of a report are left out for the merchant."))
    return tuple(notes)


def _authority(reading: DraftReading, now: datetime) -> dict[Step, tuple[Line, ...]]:
    """Return what is sent, step by step, in the very lines in which it is read back afterwards."""
    answers = reading.answers
    sent = read_back(as_it_stands(reading, now=now), reading.tracks)
    is_told = answers.kind is not None and answers.bought_on is not None
    story = [(say("What happened"), answers.narrative)] if answers.narrative else []
    return {
        Step.WHERE: tuple(sent.where),
        Step.WHAT: (*(sent.bought if is_told else ()), *story),
        Step.ASK: tuple(sent.asked),
        Step.WHO: tuple(sent.who),
    }
