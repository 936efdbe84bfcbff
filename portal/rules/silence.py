"""What follows when a filer does not answer a question of the office in time.

The period is this portal's own, so silence by itself decides nothing. Before a 投诉 is accepted,
missing material is a ground of refusal (Order 121 Art. 16(5), before it Order 20 Art. 15(5)); in
every other case the office goes on with what it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.rules.complaint_terms import RefusalGround, State, Track
from portal.rules.grounds import Ground, ground_text, refusal_grounds
from portal.rules.messages import Message, say

MISSING = frozenset({RefusalGround.MATERIAL_MISSING, RefusalGround.MATERIAL_MISSING_OR_FALSE})


@dataclass(frozen=True)
class Silence:
    """What silence means, with the ground of refusal it may come to, or None."""

    sentence: Message
    ground: Ground | None


def effect_of_silence(track: Track, asked_in: State, received_on: date) -> Silence:
    """Say what follows if no answer comes to a question asked in a state of a case."""
    if track is Track.REPORT:
        return Silence(
            say(
                "If no answer comes, the authority goes on checking your report with what it has. "
                "You may still add something later."
            ),
            None,
        )
    if asked_in is not State.RECEIVED:
        return Silence(
            say(
                "If no answer comes, the office goes on with what it has. You may still add something "
                "while the case is open."
            ),
            None,
        )
    ground = next(ground for ground in refusal_grounds(received_on) if ground in MISSING)
    return Silence(
        say(
            "If no answer comes, the office decides with what it has. It may then not accept your "
            "complaint because material that the law asks for is missing."
        ),
        ground_text(ground, received_on),
    )
