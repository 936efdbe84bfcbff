"""Queries: the copies of an official form, ready to print: head, fields, quotes, places to sign."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from portal.complaints.official import mediation, notices, registers
from portal.complaints.official.due import DueForm
from portal.complaints.official.fields import Part, Sheet, Signature, Value, field
from portal.complaints.official.history import event_of, issuing_office, office_name, telling
from portal.complaints.official.words import Holder, OfficialForm
from portal.rules.complaint_flow import State
from portal.rules.law_quotes import Quote, quotes
from portal.rules.messages import say

F = OfficialForm
PARTS: Mapping[OfficialForm, Callable[[DueForm, Holder], tuple[Part, ...]]] = {
    F.COMPLAINT_REGISTER: registers.complaint_register,
    F.REPORT_REGISTER: registers.report_register,
    F.REFERRAL: lambda due, holder: notices.referral(due),
    F.IDENTITY: lambda due, holder: notices.identity(due),
    F.ACCEPTANCE: lambda due, holder: notices.acceptance(due),
    F.REFUSAL: lambda due, holder: notices.refusal(due),
    F.MEDIATION: mediation.mediation,
    F.ENDING: mediation.ending,
    F.AGREEMENT: mediation.agreement,
    F.REPORT_RESULT: lambda due, holder: notices.report_result(due),
}
# What a notice has to say besides its fields, in the words of the law.
QUOTES: Mapping[OfficialForm, tuple[str, ...]] = {
    F.REFERRAL: ("pass_on",),
    F.IDENTITY: ("ask_identity",),
    F.REFUSAL: ("other_routes",),
    F.MEDIATION: ("tell_time_and_place", "challenge_mediator"),
    F.ENDING: ("unhappy_with_mediation", "other_routes"),
    F.AGREEMENT: ("agreement_copies",),
    F.REPORT_RESULT: ("tell_result",),
}
# The notices of which the file keeps how they were told.
TOLD = {F.IDENTITY, F.ACCEPTANCE, F.REFUSAL, F.MEDIATION, F.ENDING, F.REPORT_RESULT}
SEAL = Signature(say("Seal of the office"), is_seal=True)
REGISTERED_BY = Signature(say("Registered by (signature)"))
SIGNATURES: Mapping[OfficialForm, tuple[Signature, ...]] = {
    F.COMPLAINT_REGISTER: (Signature(say("Complainant (signature)")), REGISTERED_BY),
    F.REPORT_REGISTER: (Signature(say("Reporter (signature, if named)")), REGISTERED_BY),
    F.REFERRAL: (SEAL, Signature(say("Received by (signature)"))),
    F.AGREEMENT: (
        Signature(say("Complainant (signature or seal)")),
        Signature(say("Complained of (signature or seal)")),
        Signature(say("Mediator (signature)")),
        SEAL,
    ),
}


def sheets(due: DueForm, holders: Collection[Holder]) -> tuple[Sheet, ...]:
    """Return a copy of a form for each of those who are given one."""
    return tuple(_sheet(due, holder) for holder in holders)


def _sheet(due: DueForm, holder: Holder) -> Sheet:
    return Sheet(
        form=due.form,
        holder=holder,
        addressees=_addressees(due, holder),
        is_known=due.rule.is_known,
        parts=(_head(due), *PARTS[due.form](due, holder)),
        quotes=_quotes(due),
        signatures=_signatures(due),
        record=telling() if holder is Holder.FILE and due.form in TOLD else None,
    )


def _head(due: DueForm) -> Part:
    """Return office and numbers: a register bears the official one, a notice one of its own besides."""
    case = due.case
    official = say("Official number") if due.rule.moves else say("Number of the form")
    own = (field(say("Number of this document")),) if due.rule.moves else ()
    fields = (
        field(say("Unit"), issuing_office(due)),
        *own,
        field(official, case.official_number),
        field(say("Number of the case on this site"), case.number),
    )
    return Part(None, fields)


def _addressees(due: DueForm, holder: Holder) -> tuple[Value, ...]:
    """Return to whom a copy goes; the file's shows to whom the others went, a register's nobody."""
    if not due.rule.moves:
        return ()
    if holder is Holder.FILE:
        return tuple(
            one for other in due.rule.holders if other is not Holder.FILE for one in _addressees(due, other)
        )
    if holder is Holder.OFFICE:
        return tuple(name for name in (office_name(due.case.region_code),) if name)
    if holder is Holder.MERCHANT:
        return (due.case.respondent,)
    return (due.case.filing.name or say("The reporter, who gave no name"),)


def _quotes(due: DueForm) -> tuple[Quote, ...]:
    ids = list(QUOTES.get(due.form, ()))
    if due.form is F.REPORT_RESULT and due.case.filing.name is not None:
        # Only the former edition says this, and only of those who gave their name.
        ids.insert(0, "tell_real_name_reporter")
    if due.form is F.IDENTITY:
        is_before = event_of(due).from_state is State.RECEIVED
        ids.append("refused_without_identity" if is_before else "ended_without_identity")
    return quotes(*ids, on=due.edition_on)


def _signatures(due: DueForm) -> tuple[Signature, ...]:
    places = SIGNATURES.get(due.form, (SEAL,))
    if due.form is F.AGREEMENT and due.case.filing.representatives:
        # Those represented have to agree to what was settled (Order 121 Art. 12, Order 20 Art. 11).
        return (
            *places[:1],
            Signature(say("Complainants who are represented agree (signature)")),
            *places[1:],
        )
    return places
