"""What lies ahead of a case on the day it is received: the legal periods one after another.

The later periods begin with an act of the office; here each is counted from the last day on which that
act can come in time, so the days are the latest that the law allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.rules.complaint_terms import Track
from portal.rules.deadlines import Clock, Deadline, due_on, has_clock
from portal.rules.messages import Message, say

# Each clock with the one on whose last day it begins at the latest.
AHEAD: dict[Track, tuple[tuple[Clock, Clock | None], ...]] = {
    Track.MEDIATION: ((Clock.ACCEPT, None), (Clock.MEDIATE, Clock.ACCEPT)),
    Track.REPORT: (
        (Clock.TAKE_UP_REPORT, None),
        (Clock.CHECK_REPORT, None),
        (Clock.DECIDE_CASE, Clock.CHECK_REPORT),
    ),
}


@dataclass(frozen=True)
class Milestone:
    """One period ahead; `after` is the clock at whose end it begins, None where it is the day of receipt."""

    clock: Clock
    after: Clock | None
    deadline: Deadline

    @property
    def sentence(self) -> Message:
        """Return what happens by the last day of the period."""
        return say(_SENTENCES[self.clock].text, due_on=self.deadline.due_on)


_SENTENCES = {
    Clock.ACCEPT: say(
        "By %(due_on)s at the latest the office decides whether it accepts your complaint, and tells you."
    ),
    Clock.MEDIATE: say(
        "If it accepts, it mediates until %(due_on)s at the latest. Time of testing is not counted."
    ),
    Clock.TAKE_UP_REPORT: say(
        "By %(due_on)s at the latest the authority decides whether to take up the report."
    ),
    Clock.CHECK_REPORT: say(
        "By %(due_on)s the authority verifies the facts and decides whether to open a case. This can be "
        "extended once, and time of testing is not counted."
    ),
    Clock.DECIDE_CASE: say(
        "If it opens a case, it decides by %(due_on)s. This can be extended; time of testing is not counted."
    ),
}


def outlook(track: Track, received_on: date, *, region_code: str, today: date) -> tuple[Milestone, ...]:
    """Return the legal periods ahead of a case received on a day, in their order."""
    ends: dict[Clock, date] = {}
    found = []
    for clock, after in AHEAD[track]:
        if not has_clock(clock, received_on, region_code=region_code):
            continue
        deadline = due_on(
            clock,
            ends[after] if after else received_on,
            region_code=region_code,
            received_on=received_on,
            today=today,
        )
        ends[clock] = deadline.due_on
        found.append(Milestone(clock, after, deadline))
    return tuple(found)
