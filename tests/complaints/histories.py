"""Cases of both tracks, taken by the demo's own stories to every state, and by words of its own further."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.base.db import unit_of_work
from portal.cli.demo.stories import MEDIATION_STORIES, REPORT_STORIES, Step
from portal.complaints import actions, queries
from portal.complaints.models import Case
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import EndingGround, MoveName, RefusalGround, State, Track
from portal.rules.intake_terms import PurchaseKind
from tests.builders import make_measured_case
from tests.stories import measured

STORIES: dict[tuple[Track, State], Sequence[Step]] = {
    **{(Track.MEDIATION, state): steps for state, steps, _count, _age in MEDIATION_STORIES},
    **{(Track.REPORT, state): steps for state, steps, _count, _age in REPORT_STORIES},
}
GROUNDS = {
    MoveName.REFUSE: RefusalGround.NOT_CONSUMER_DISPUTE,
    MoveName.END_MEDIATION: EndingGround.NO_AGREEMENT,
}
WHO: dict[str, Any] = {
    "name": "金思雀",
    "phone": "13912345000",
    "address": "鸟笼弄堂7幢701室",
    "email": "canary@filer.example",
    "id_number_last_four": "203X",
    "narrative": "绝密口述：回家一称少了。",
}


def file_case(merchant: Merchant | None, track: Track = Track.MEDIATION, *, now: datetime, **told: Any) -> Case:
    """File about a listed or an unlisted merchant, with all that can be told of the filer."""
    fields = {"key": f"{track.value}-1", "tracks": (track,), "is_registered": False, **WHO, **told}
    return make_measured_case(PurchaseKind.OTHER, merchant, now=now, **fields)


def reach(case: Case, steps: Sequence[Step], user_id: int, *, now: datetime) -> Case:
    """Make the moves of a story, an hour apart."""
    for no, step in enumerate(steps):
        with unit_of_work():
            found = queries.case_by_number(case.number)
            assert found is not None
            _take(found, step, user_id, now + timedelta(hours=no))
    found = queries.case_by_number(case.number)
    assert found is not None
    return found


def _take(case: Case, step: Step, user_id: int, now: datetime) -> None:
    staff: dict[str, Any] = {"actor": step.actor, "user_id": user_id, "now": now}
    if step.name is MoveName.SETTLE:
        actions.settle(case, amount_fen=12_345, reason="商家自愿", **staff)
    elif step.name is MoveName.REPORT_PAID:
        actions.report_paid(case, method="cash", reference="", user_id=None, now=now)
    elif step.name is MoveName.CONFIRM_PERFORMED:
        actions.confirm_performed(case, now=now)
    elif step.name is MoveName.RECORD_FINDING:
        actions.record_finding(case, measured(now), settled_mg=1_000_000, reweighed_mg=940_000, **staff)
    else:
        number = f"GF{case.number[3:]}" if step.name is MoveName.REGISTER else None
        ground = GROUNDS.get(step.name)
        given = {"official_number": number, "ground": ground, "also_given": step.given}
        actions.move(case, step.name, reason=step.reason, **given, **staff)
