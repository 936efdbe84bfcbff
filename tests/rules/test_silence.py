"""What silence means is stated by track, state and edition, and never more than the law says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.rules.complaint_flow import MOVES, ORDER_121_FROM, MoveName, State, Track
from portal.rules.silence import effect_of_silence

BEFORE = ORDER_121_FROM - timedelta(days=1)


@pytest.mark.parametrize(
    ("received_on", "article"),
    [(BEFORE, "第十五条第五项"), (ORDER_121_FROM, "第十六条第五项"), (date(2026, 11, 23), "第十六条第五项")],
)
def test_before_acceptance_missing_material_is_a_ground_of_its_edition(
    received_on: date, article: str
) -> None:
    effect = effect_of_silence(Track.MEDIATION, State.RECEIVED, received_on)
    assert effect.ground is not None
    assert effect.ground.article == article


def test_everywhere_else_silence_has_no_ground_in_law() -> None:
    asked = [
        (move.track, state) for move in MOVES if move.name is MoveName.ASK_PARTY for state in move.from_states
    ]
    others = [pair for pair in asked if pair != (Track.MEDIATION, State.RECEIVED)]
    assert len(others) < len(asked)
    for track, state in others:
        assert effect_of_silence(track, state, ORDER_121_FROM).ground is None


def test_a_reporter_is_told_nothing_of_a_refusal() -> None:
    report = effect_of_silence(Track.REPORT, State.RECEIVED, ORDER_121_FROM)
    complaint = effect_of_silence(Track.MEDIATION, State.RECEIVED, ORDER_121_FROM)
    assert report.sentence != complaint.sentence
