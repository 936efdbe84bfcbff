"""The facts of a filing as plain lines, ready to be copied to 12315.

The fields are those of official form 1 (投诉登记表, 2026-04). The ID number itself is never among
them: whoever files at 12315 types it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import Enum

from portal.rules.book import Rule, rule_in_force
from portal.rules.complaint_terms import Track
from portal.rules.intake_terms import EvidenceSlot
from portal.rules.judgement import Judgement, amount
from portal.rules.messages import Message, say


@dataclass(frozen=True)
class CopyLine:
    """One line to copy: its label, and a value that is text as typed or a message to render."""

    label: Message
    value: Message | str


@dataclass(frozen=True, kw_only=True)
class CopyFacts:
    """What is known of a filing; empty values make no line. Amounts in the unit their name says.

    `shown` and `received` come as messages (`judgement.amount`), since their unit depends on the goods.
    """

    track: Track
    respondent_name: str
    respondent_address: str = ""
    respondent_phone: str = ""
    happened_on: date | None = None
    time_of_day: time | None = None
    place: str = ""
    goods: str = ""
    shown: Message | None = None
    received: Message | None = None
    judgement: Judgement | None = None
    paid_fen: int | None = None
    narrative: str = ""
    evidence: tuple[EvidenceSlot, ...] = ()
    requests: tuple[Enum, ...] = ()
    name: str = ""
    phone: str = ""
    address: str = ""
    agrees_to_publication: bool | None = None
    agrees_to_delegation: bool | None = None


def copy_text(facts: CopyFacts) -> tuple[CopyLine, ...]:
    """Return the lines to copy, in the order of form 1; a report carries no request and no consent."""
    lines = [*_who(facts), *_whom(facts), *_what(facts)]
    return tuple(CopyLine(label, value) for label, value in lines if value)


def statutory_channels(on: date) -> tuple[tuple[Message, ...], Rule]:
    """Return the four statutory channels and the rule that names them (Order 121 Art. 8, 40)."""
    channels = (
        say("The national 12315 platform on the internet"),
        say("The telephone 12315"),
        say("A letter to the postal address the authority has published"),
        say("The authority's window"),
    )
    return channels, rule_in_force("intake", "statutory_channels", on)


Line = tuple[Message, "Message | str | None"]


def _who(facts: CopyFacts) -> list[Line]:
    lines: list[Line] = [
        (say("Complainant's name"), facts.name),
        (say("Complainant's phone"), facts.phone),
        (say("Complainant's address"), facts.address),
    ]
    if facts.track is Track.MEDIATION:
        lines += [
            (say("May complaint information be published"), _yes_no(facts.agrees_to_publication)),
            (say("May mediation be delegated"), _yes_no(facts.agrees_to_delegation)),
        ]
    return lines


def _whom(facts: CopyFacts) -> list[Line]:
    return [
        (say("Merchant's name"), facts.respondent_name),
        (say("Merchant's address"), facts.respondent_address),
        (say("Merchant's phone"), facts.respondent_phone),
    ]


def _what(facts: CopyFacts) -> list[Line]:
    lines: list[Line] = [
        (say("When it happened"), _when(facts)),
        (say("Place"), facts.place),
        (say("Goods or service"), facts.goods),
        (
            say("Amount paid"),
            None if facts.paid_fen is None else say("%(paid_fen)s", paid_fen=facts.paid_fen),
        ),
        (say("Quantity charged"), facts.shown),
        (say("Quantity found"), facts.received),
        *_check(facts.judgement),
        (say("What happened"), facts.narrative.strip()),
        (say("Evidence"), _listed(facts.evidence)),
    ]
    if facts.track is Track.MEDIATION:
        lines.append((say("Request"), _listed(facts.requests)))
    return lines


def _check(judgement: Judgement | None) -> list[Line]:
    if judgement is None:
        return []
    return [
        (say("Shortage"), amount(judgement.quantity, judgement.shortage)),
        (say("Permitted deviation"), judgement.limit_amount),
        (say("Result of the check"), say("%(verdict)s", verdict=judgement.verdict)),
    ]


def _when(facts: CopyFacts) -> Message | None:
    if facts.happened_on is None:
        return None
    if facts.time_of_day is None:
        return say("%(happened_on)s", happened_on=facts.happened_on)
    clock = facts.time_of_day.strftime("%H:%M")
    return say("%(happened_on)s, %(clock)s", happened_on=facts.happened_on, clock=clock)


def _yes_no(value: bool | None) -> Message | None:
    if value is None:
        return None
    return say("Yes") if value else say("No")


def _listed(members: Sequence[Enum]) -> Message | None:
    """Return labels as one message, or None for none."""
    if not members:
        return None
    first, *rest = members
    if not rest:
        return say("%(first)s", first=first)
    return say("%(first)s; %(rest)s", first=first, rest=_listed(rest))
