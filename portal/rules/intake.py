"""The steps of the complaint form: what each still lacks, and the way through them.

| step | done when |
|---|---|
| where | the merchant is known by number, or by name and place |
| what | the concern, the kind, the day and the facts are given, and no figure is wrong |
| evidence | it was passed: evidence is never required (a guide only) |
| ask | something is asked of the merchant, or of the authority |
| who | what the tracks need is given; a report alone may stay anonymous |
| preview | never by itself: it is what is left before sending |

Where the answers show that nothing can be filed here, the form ends after "what".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.rules.complaint_terms import Track
from portal.rules.errors import InputRefused
from portal.rules.intake_answers import Answers
from portal.rules.intake_copy import CopyFacts, CopyLine, copy_text, statutory_channels
from portal.rules.intake_evidence import Completeness, GuideLine, completeness, evidence_guide
from portal.rules.intake_needs import TrackNeed, is_anonymous_allowed, most_representatives, needs_of
from portal.rules.intake_screening import Notice, Screening, said_of, screen, tracks_for
from portal.rules.intake_terms import BoughtFor, Detail, FiledAs, Step, StepState
from portal.rules.messages import Message, say
from portal.rules.purchases import WEIGHED

__all__ = [
    "Answers",
    "Completeness",
    "CopyFacts",
    "CopyLine",
    "GuideLine",
    "Missing",
    "Notice",
    "Screening",
    "StepProgress",
    "TrackNeed",
    "completeness",
    "copy_text",
    "evidence_guide",
    "first_incomplete_step",
    "is_anonymous_allowed",
    "missing_in",
    "most_representatives",
    "needs_of",
    "next_step",
    "previous_step",
    "progress",
    "said_of",
    "screen",
    "statutory_channels",
    "steps",
    "tracks_for",
]


@dataclass(frozen=True)
class Missing:
    """One thing a step lacks: the field of `Answers` it belongs to, and what to do."""

    field: str
    sentence: Message


@dataclass(frozen=True)
class StepProgress:
    """How far one step is, as the named progress reads it out; `step_no` counts from 1."""

    step: Step
    state: StepState
    step_no: int
    of_count: int


def steps(answers: Answers, *, today: date) -> tuple[Step, ...]:
    """Return the steps this draft goes through, in order."""
    if screen(answers, today=today).is_stopped:
        return (Step.WHERE, Step.WHAT)
    return tuple(Step)


def next_step(step: Step, answers: Answers, *, today: date) -> Step | None:
    """Return the step after one, or None at the end."""
    return _beside(step, answers, today, 1)


def previous_step(step: Step, answers: Answers, *, today: date) -> Step | None:
    """Return the step before one, or None at the beginning."""
    return _beside(step, answers, today, -1)


def missing_in(step: Step, answers: Answers, *, today: date) -> tuple[Missing, ...]:
    """Return what a step still lacks, in the order of its page; nothing where it is done."""
    return tuple(_MISSING[step](answers, today))


def first_incomplete_step(answers: Answers, *, today: date) -> Step | None:
    """Return the first step that lacks something, or None where the draft can be sent.

    A draft of which nothing can be filed here comes back to "what", where that is said.
    """
    way = steps(answers, today=today)
    found = next((step for step in way if missing_in(step, answers, today=today)), None)
    return found if found or Step.PREVIEW in way else way[-1]


def progress(answers: Answers, current: Step, *, today: date) -> tuple[StepProgress, ...]:
    """Return each step with its state, for the named progress."""
    way = steps(answers, today=today)
    return tuple(
        StepProgress(step, _state_of(step, current, answers, today), number, len(way))
        for number, step in enumerate(way, start=1)
    )


def _beside(step: Step, answers: Answers, today: date, offset: int) -> Step | None:
    way = steps(answers, today=today)
    if step not in way:
        return way[-1]
    place = way.index(step) + offset
    return way[place] if 0 <= place < len(way) else None


def _state_of(step: Step, current: Step, answers: Answers, today: date) -> StepState:
    if step is current:
        return StepState.CURRENT
    is_done = step is not Step.PREVIEW and not missing_in(step, answers, today=today)
    return StepState.DONE if is_done else StepState.TO_DO


def _missing_where(answers: Answers, today: date) -> list[Missing]:
    if _is_given(answers.merchant_number):
        return []
    missing = []
    if not _is_given(answers.place_name):
        missing.append(Missing("place_name", say("Please say which merchant it is.")))
    if not _is_given(answers.place):
        missing.append(Missing("place", say("Please say where it is, so that it can be found.")))
    return missing


def _missing_what(answers: Answers, today: date) -> list[Missing]:
    missing = []
    if answers.concern is None:
        missing.append(Missing("concern", say("Please say what it is about.")))
    if answers.kind is None:
        missing.append(Missing("kind", say("Please say what was bought.")))
    if answers.bought_for is None:
        missing.append(Missing("bought_for", say("Please say what it was bought for.")))
    if answers.handled is None and answers.bought_for is not BoughtFor.NOTHING_BOUGHT:
        missing.append(Missing("handled", say("Please say whether somebody has taken it up already.")))
    if answers.bought_on is None:
        missing.append(Missing("bought_on", say("Please say on which day it was.")))
    # Weighed goods are filed with their figures; of the rest a shopper may not know any.
    if answers.kind in WEIGHED and not answers.is_measured:
        missing.append(
            Missing("is_measured", say("Please give the goods, the price and the weight paid for."))
        )
    if not _is_given(answers.narrative):
        missing.append(Missing("narrative", say("Please say what happened.")))
    return missing


def _missing_evidence(answers: Answers, today: date) -> list[Missing]:
    return _unseen(Step.EVIDENCE, answers)


def _missing_ask(answers: Answers, today: date) -> list[Missing]:
    screening = screen(answers, today=today)
    try:
        tracks_for(answers, screening)
    except InputRefused as refused:
        if screening.tracks == {Track.REPORT}:
            return [Missing("wants_checking", say("Please tick this, so that it is filed as a report."))]
        return [Missing("requests", refused.message)]
    return []


def _missing_who(answers: Answers, today: date) -> list[Missing]:
    try:
        tracks = tracks_for(answers, screen(answers, today=today))
    except InputRefused:
        return _unseen(Step.WHO, answers)
    needs = needs_of(tracks, on=today, filed_as=answers.filed_as)
    missing = [
        Missing(field, need.sentence)
        for need in needs
        if need.is_required
        for field in _FIELDS.get(need.detail, ())
        if not _has(answers, field)
    ]
    if Track.MEDIATION in tracks:
        missing += _missing_proxy(answers) + _missing_joint(answers, today) + _missing_consents(answers)
    return missing or _unseen(Step.WHO, answers)


def _missing_proxy(answers: Answers) -> list[Missing]:
    """Ask who the proxy is; the paper that shows it goes to the office."""
    if answers.filed_as is not FiledAs.PROXY:
        return []
    missing = []
    if not answers.has_proxy_name:
        missing.append(Missing("has_proxy_name", say("Please write the name of the proxy.")))
    if not answers.has_proxy_phone:
        sentence = say("Please write a number on which the officer can call the proxy.")
        missing.append(Missing("has_proxy_phone", sentence))
    return missing


def _missing_joint(answers: Answers, today: date) -> list[Missing]:
    if answers.filed_as is not FiledAs.JOINT:
        return []
    most, missing = most_representatives(today), []
    if answers.joint_count is None:
        missing.append(Missing("joint_count", say("Please say how many people complain together.")))
    if answers.representative_count > most:
        sentence = say("A joint complaint may name at most %(most_count)s representatives.", most_count=most)
        missing.append(Missing("representative_count", sentence))
    return missing


def _missing_consents(answers: Answers) -> list[Missing]:
    """Ask for a yes or a no to each: official form 1 (投诉登记表) has a box for both."""
    sentence = say("Please answer yes or no. Either answer is fine.")
    return [
        Missing(name, sentence)
        for name in ("agrees_to_publication", "agrees_to_delegation")
        if getattr(answers, name) is None
    ]


def _missing_nothing(answers: Answers, today: date) -> list[Missing]:
    return []


def _unseen(step: Step, answers: Answers) -> list[Missing]:
    return [] if step in answers.seen else [Missing("seen", say("Please look at this step."))]


def _has(answers: Answers, field: str) -> bool:
    value = getattr(answers, field)
    return _is_given(value) if isinstance(value, str) else bool(value)


def _is_given(text: str | None) -> bool:
    return bool(text and text.strip())


# What "who" asks itself; the rest of a track's needs belongs to earlier steps.
_FIELDS = {
    Detail.NAME: ("name",),
    Detail.PHONE: ("phone",),
    Detail.ADDRESS: ("address",),
    Detail.POWER_OF_ATTORNEY: ("has_power_of_attorney",),
    Detail.PROXY_MATTER: ("has_proxy_matter",),
    Detail.PROXY_POWER: ("has_proxy_power",),
    Detail.PROXY_TERM: ("has_proxy_term",),
}

_MISSING: dict[Step, Callable[[Answers, date], list[Missing]]] = {
    Step.WHERE: _missing_where,
    Step.WHAT: _missing_what,
    Step.EVIDENCE: _missing_evidence,
    Step.ASK: _missing_ask,
    Step.WHO: _missing_who,
    Step.PREVIEW: _missing_nothing,
}
