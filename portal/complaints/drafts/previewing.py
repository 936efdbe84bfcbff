"""What a filing will show: to everybody, to the merchant, to the authority alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.complaints.drafts.answers import DraftReading
from portal.complaints.words import Request
from portal.rules.complaint_flow import Track
from portal.rules.intake_terms import FiledAs, Step
from portal.rules.messages import Message, say

Line = tuple[Message, Any]


@dataclass(frozen=True)
class Preview:
    """Lines of (label, value) by who will read them; a value is text, a message or an enum."""

    public: tuple[Line, ...]
    public_notes: tuple[Message, ...]
    merchant_notes: tuple[Message, ...]
    authority: Mapping[Step, tuple[Line, ...]]


def preview_of(reading: DraftReading) -> Preview:
    """Return what will be seen of a draft, and by whom."""
    return Preview(
        public=_public(reading),
        public_notes=_public_notes(reading),
        merchant_notes=_merchant_notes(reading),
        authority={step: tuple(line for line in lines(reading) if line[1]) for step, lines in _LINES.items()},
    )


def _public(reading: DraftReading) -> tuple[Line, ...]:
    if Track.MEDIATION not in reading.tracks:
        return ()
    has_consent = reading.told(Step.WHO, "agrees_to_publication") == "yes"
    day = say("its day") if has_consent else say("its month only")
    lines: list[Line] = [
        (
            say("Merchant"),
            reading.merchant.name if reading.merchant else say("nothing: it is not on the register"),
        ),
        (say("A shortage over the limit, if an officer measures one"), day),
        (say("A payment agreed here, as an amount"), day),
    ]
    if has_consent:
        lines.append((say("How the complaint ended"), say("settled or not, without your words")))
    return tuple(lines)


def _public_notes(reading: DraftReading) -> tuple[Message, ...]:
    never = say("Never public: your name, phone, address, words and photos.")
    if Track.MEDIATION not in reading.tracks:
        return (
            say("Nothing of a report is public. Only a penalty the authority decides is published."),
            never,
        )
    if reading.told(Step.WHO, "agrees_to_publication") == "yes":
        return (never,)
    return (say("You did not agree to publication: only counts, and facts about the merchant."), never)


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


def _where(reading: DraftReading) -> list[Line]:
    merchant = reading.merchant
    return [
        (say("Merchant"), merchant.name if merchant else reading.told(Step.WHERE, "name")),
        (say("Where it is"), merchant.address if merchant else reading.told(Step.WHERE, "place")),
    ]


def _what(reading: DraftReading) -> list[Line]:
    answers, weighing, purchase = reading.answers, reading.weighing, reading.purchase
    lines: list[Line] = [(say("Kind"), answers.kind), (say("What was bought"), answers.goods)]
    if weighing:
        lines += [
            (say("Unit price"), say("%(price_fen_per_kg)s", price_fen_per_kg=weighing.unit_price_fen_per_kg)),
            (say("Paid for"), say("%(settled_mg)s", settled_mg=weighing.settled_mg)),
        ]
        if weighing.reweighed_mg is not None:
            lines.append((say("Found"), say("%(reweighed_mg)s", reweighed_mg=weighing.reweighed_mg)))
            lines.append((say("Re-weighed on"), weighing.check_method))
    if purchase:
        lines += [(say("Shown"), purchase.shown_amount), (say("Received"), purchase.received_amount)]
    return [
        *lines,
        (say("Which device"), reading.told(Step.WHAT, "device")),
        (say("Amount paid"), reading.told(Step.WHAT, "paid")),
        (
            say("Day of purchase"),
            say("%(bought_on)s", bought_on=answers.bought_on) if answers.bought_on else None,
        ),
        (say("Time of day"), reading.told(Step.WHAT, "time_of_day")),
        (say("What was it for"), answers.bought_for),
        (say("Taken up already"), answers.handled),
        (say("What happened"), answers.narrative),
    ]


def _ask(reading: DraftReading) -> list[Line]:
    return [
        *((say("You ask for"), Request(one)) for one in reading.answers.requests),
        (say("The authority shall look into it"), say("yes") if reading.answers.wants_checking else None),
    ]


def _who(reading: DraftReading) -> list[Line]:
    told, answers = reading.told, reading.answers
    is_named = bool(answers.name)
    return [
        (say("Filed"), answers.filed_as if answers.filed_as is not FiledAs.SELF else None),
        (say("Your name"), answers.name or say("not given: anonymous")),
        (say("Your phone"), answers.phone),
        (say("Your postal address"), answers.address),
        (say("Your e-mail"), told(Step.WHO, "email")),
        (say("ID number ends with"), told(Step.WHO, "id_number_last_four")),
        (say("Phrase to bring a lost code back"), say("kept") if told(Step.WHO, "recovery_hash") else None),
        (
            say("Publication of the outcome"),
            _yes_no(told(Step.WHO, "agrees_to_publication")) if is_named else None,
        ),
        (
            say("Mediation by a consumer association"),
            _yes_no(told(Step.WHO, "agrees_to_delegation")) if is_named else None,
        ),
    ]


def _yes_no(text: str) -> Message | None:
    return {"yes": say("yes"), "no": say("no")}.get(text)


_LINES = {Step.WHERE: _where, Step.WHAT: _what, Step.ASK: _ask, Step.WHO: _who}
