"""Queries: what each move would do to a case, what it needs, and under which article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from portal.complaints.actions import clocks_of, owed_in
from portal.complaints.models import Case
from portal.rules import purchases
from portal.rules.complaint_flow import (
    MOVES,
    Actor,
    EndingGround,
    Ground,
    MoveName,
    Need,
    RefusalGround,
    State,
    Track,
    article_of,
    ending_grounds,
    ground_text,
    move_for,
    refusal_grounds,
)
from portal.rules.deadlines import Clock, has_clock
from portal.rules.errors import MoveNotAllowed
from portal.rules.messages import Message, say

NOT_WEIGHED = say(
    "This form judges goods sold by weight. For anything else, write what was measured as a message or "
    "in the reason of the next step; it can be accepted, mediated, settled and ended without it."
)


@dataclass(frozen=True)
class Effect:
    """What a move would do to a case now; `refusal` says why it is not possible."""

    to_state: State | None
    starts: tuple[Clock, ...]
    stops: tuple[Clock, ...]
    pauses: tuple[Clock, ...]
    resumes: tuple[Clock, ...]
    extends: tuple[Clock, ...]
    article: str
    article_en: str
    refusal: Message | None = None


def effect_of(case: Case, name: MoveName, actor: Actor, *, today: date) -> Effect:
    """Say what a move would do: the next state, the clocks it touches, its article."""
    try:
        row = move_for(case.track, case.state, name, actor, received_on=case.received_on)
    except MoveNotAllowed as fault:
        return Effect(None, (), (), (), (), (), "", "", refusal=fault.message)
    running = {c.clock for c in clocks_of(case, today=today) if c.stopped_on is None}
    edition_on = case.received_on or today
    article, article_en = article_of(row, case.received_on)
    return Effect(
        to_state=row.to_state,
        starts=tuple(c for c in row.starts if has_clock(c, edition_on, region_code=case.region_code)),
        stops=tuple(clock for clock in row.stops if clock in running),
        pauses=tuple(clock for clock in row.pauses if clock in running),
        resumes=tuple(clock for clock in row.resumes if clock in running),
        extends=tuple(clock for clock in row.extends if clock in running),
        article=article,
        article_en=article_en,
    )


def finding_effect(case: Case, actor: Actor, *, today: date) -> Effect:
    """Say what a finding would do; refused where the form of a finding does not fit what was bought."""
    effect = effect_of(case, MoveName.RECORD_FINDING, actor, today=today)
    return effect if may_measure(case) else replace(effect, refusal=NOT_WEIGHED)


def needs_of(case: Case, name: MoveName, actor: Actor) -> frozenset[Need] | None:
    """Return what a move needs, or needed before it was made; None where the track has no such move."""
    rows = [move for move in MOVES if move.track is case.track and move.name is name]
    rows.sort(key=lambda move: (case.state not in move.from_states, actor not in move.actors))
    return rows[0].needs if rows else None


def articles_of(case: Case, names: Iterable[MoveName]) -> list[tuple[MoveName, str, str]]:
    """Return moves with their articles, Chinese and English; empty where no law names one."""
    found = []
    for name in names:
        rows = [m for m in MOVES if m.track is case.track and m.name is name and case.state in m.from_states]
        found.append((name, *article_of(rows[0], case.received_on)))
    return found


def grounds_for(case: Case, name: MoveName, today: date) -> tuple[RefusalGround | EndingGround, ...]:
    """Return the grounds a move can have under the edition of the day of receipt."""
    edition_on = case.received_on or today
    if name is MoveName.REFUSE:
        return refusal_grounds(edition_on)
    return ending_grounds(edition_on) if name is MoveName.END_MEDIATION else ()


def ground_words(case: Case, name: MoveName, today: date) -> dict[str, Ground]:
    """Return the official wording of each ground by its value."""
    edition_on = case.received_on or today
    return {ground.value: ground_text(ground, edition_on) for ground in grounds_for(case, name, today)}


def may_measure(case: Case) -> bool:
    """Say whether the form of a finding fits what was bought."""
    return purchases.may_measure(case.filing.kind)


def listed(names: Iterable[MoveName], case: Case) -> list[MoveName]:
    """Return the moves that stand in the list of a case: naming the merchant stands beside its name."""
    left_out = {MoveName.NAME_MERCHANT}
    if not may_measure(case):
        left_out.add(MoveName.RECORD_FINDING)
    return [name for name in names if name not in left_out]


# What puts something on a merchant's page, or opens a claim against it.
NEEDS_MERCHANT = {MoveName.RECORD_FINDING, MoveName.PROPOSE, MoveName.SETTLE}


def lacks_merchant(case: Case, name: MoveName) -> bool:
    """Say whether a move may fail because nobody said yet which listed merchant it is."""
    return case.merchant is None and name in NEEDS_MERCHANT and case.track is Track.MEDIATION


def amount_proposed(case: Case, name: MoveName) -> str:
    """Return the amount the calculation gives, in yuan, for the field of a settlement or a proposal."""
    if name not in {MoveName.SETTLE, MoveName.PROPOSE}:
        return ""
    total_fen = owed_in(case).total_fen
    return f"{total_fen // 100}.{total_fen % 100:02d}" if total_fen else ""
