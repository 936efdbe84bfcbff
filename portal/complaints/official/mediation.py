"""Queries: what stands on forms 7, 8 and 9, of which both sides are given a copy.

Of who complained they tell the name, and those who speak for the complainant: what mediation needs
and nothing more (Order 121 Art. 37).
"""

from __future__ import annotations

from collections.abc import Iterator

from portal.complaints.deciding import claim_of
from portal.complaints.models import Case
from portal.complaints.official.due import DueForm
from portal.complaints.official.fields import Field, Part, boxes, field
from portal.complaints.official.history import (
    basis_field,
    day_of_move,
    day_words,
    event_of,
    ground_of,
    ground_words,
)
from portal.complaints.official.registers import money_paid, other_side, requests_field, sealed
from portal.complaints.official.words import Holder
from portal.rules.capitals import amount_in_capitals
from portal.rules.messages import say
from portal.rules.publication import redact

# How mediation may be held (Order 121 Art. 20, Order 20 Art. 18).
WAYS_OF_MEDIATING = (
    say("in person"),
    say("over the internet"),
    say("by phone"),
    say("by audio"),
    say("by video"),
)


def mediation(due: DueForm, _holder: Holder) -> tuple[Part, ...]:
    """Return the parts of form 7; time, place and mediators are not in the case and are written in."""
    consent = (field(say("Both sides agreed to mediation, noted on"), day_of_move(due)), basis_field(due))
    meeting = (
        boxes(say("How it is held"), ((way, False) for way in WAYS_OF_MEDIATING)),
        field(say("Time of mediation")),
        field(say("Place of mediation")),
        field(say("Mediators")),
        field(say("Phone of the office")),
    )
    return (Part(None, consent), _dispute(due.case), Part(say("Mediation"), meeting))


def ending(due: DueForm, holder: Holder) -> tuple[Part, ...]:
    """Return the parts of form 8; the office's own words go to the filer and into the file."""
    ground = ground_of(due)
    is_told_why = holder is not Holder.MERCHANT
    fields = (
        field(say("What was decided"), say("Mediation is ended")),
        field(say("Decided on"), day_of_move(due)),
        field(say("Ground"), ground_words(ground), lines_count=2),
        *((field(say("The office's reason"), event_of(due).reason, lines_count=2),) if is_told_why else ()),
        basis_field(due, ground),
    )
    return (Part(None, fields), _dispute(due.case))


def agreement(due: DueForm, _holder: Holder) -> tuple[Part, ...]:
    """Return the parts of form 9; whatever was agreed besides the amount is written in."""
    claim, amount_fen = claim_of(due.case), event_of(due).amount_fen
    to_pay = (
        (say("%(amount_fen)s", amount_fen=amount_fen), amount_in_capitals(amount_fen)) if amount_fen else ()
    )
    agreed = (
        field(say("Agreed on"), day_of_move(due)),
        field(say("Amount to be paid"), *to_pay),
        field(say("To be paid by"), day_words(claim.due_on) if claim else None),
        field(say("What else was agreed, and how it is carried out"), lines_count=4),
        basis_field(due),
    )
    return (_dispute(due.case), Part(say("Agreement"), agreed))


def _dispute(case: Case) -> Part:
    filing = case.filing
    fields = (
        field(say("The complainant"), filing.name),
        *_speakers(case),
        field(other_side(case), case.respondent),
        field(say("What was bought"), redact(filing.goods) or say("%(kind)s", kind=filing.kind)),
        field(say("Bought on"), day_words(filing.bought_on)),
        field(say("Amount in question"), money_paid(filing)),
        requests_field(filing),
    )
    return Part(say("The dispute"), fields)


def _speakers(case: Case) -> Iterator[Field]:
    """Name the proxy (Art. 11) or the representatives (Art. 12), as mediation is held with them."""
    proxy = sealed(case.filing.proxy)
    if proxy:
        yield field(say("Name of the proxy"), proxy.get("name"))
    names = [one.get("name") for one in sealed(case.filing.representatives) or ()]
    if names:
        yield field(say("Representatives"), *names)
