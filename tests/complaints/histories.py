"""Cases of both tracks, taken by the demo's own stories to every state, and by words of its own further."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.base.db import unit_of_work
from portal.base.labels import render
from portal.cli.demo.stories import MEDIATION_STORIES, REPORT_STORIES, Step
from portal.complaints import actions, queries
from portal.complaints.models import Case
from portal.complaints.official import due as official_forms
from portal.complaints.official.fields import Both, Field, Sheet, Value
from portal.complaints.official.sheets import sheets
from portal.complaints.official.words import Holder, OfficialForm
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import EndingGround, MoveName, RefusalGround, State, Track
from portal.rules.intake_terms import PurchaseKind
from portal.rules.messages import Message
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
# Received under Order 20.
BEFORE = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
REGISTER = STORIES[Track.MEDIATION, State.RECEIVED]
ASK = Step(MoveName.ASK_PARTY, 1, reason="请提供身份证明材料。")
WHO: dict[str, Any] = {
    "name": "金思雀",
    "phone": "13912345000",
    "address": "鸟笼弄堂7幢701室",
    "email": "canary@filer.example",
    "id_number_last_four": "203X",
    "narrative": "绝密口述：回家一称少了。",
}

# The forms of each state, by their number in the official list, as the desk may print them.
DUE: dict[tuple[Track, State], set[int]] = {
    (Track.MEDIATION, State.FILED): {1},
    (Track.MEDIATION, State.RECEIVED): {1},
    (Track.MEDIATION, State.ACCEPTED): {1, 5},
    (Track.MEDIATION, State.MEDIATING): {1, 5, 7},
    (Track.MEDIATION, State.TESTING): {1, 5, 7},
    (Track.MEDIATION, State.SETTLED): {1, 5, 7, 9},
    (Track.MEDIATION, State.ENDING): {1, 5, 7, 8},
    (Track.MEDIATION, State.CLOSED): {1, 5, 7, 9},
    (Track.MEDIATION, State.NOT_PERFORMED): {1, 5, 7, 9},
    (Track.MEDIATION, State.ENDED): {1, 5, 7, 8},
    (Track.MEDIATION, State.REFUSED): {1, 6},
    (Track.MEDIATION, State.WITHDRAWN): {1},
    (Track.REPORT, State.FILED): {2},
    (Track.REPORT, State.RECEIVED): {2},
    (Track.REPORT, State.CHECKING): {2},
    (Track.REPORT, State.TESTING): {2},
    (Track.REPORT, State.CHECK_EXTENDED): {2},
    (Track.REPORT, State.EXTENDED_TESTING): {2},
    (Track.REPORT, State.OPENED): {2, 10},
    (Track.REPORT, State.CASE_TESTING): {2, 10},
    (Track.REPORT, State.CASE_EXTENDED): {2, 10},
    (Track.REPORT, State.DECIDED): {2, 10},
    (Track.REPORT, State.NOT_OPENED): {2, 10},
    (Track.REPORT, State.NOT_COMPETENT): {2},
    (Track.REPORT, State.MERGED): {2},
    (Track.REPORT, State.WITHDRAWN): {2},
}


def file_case(
    merchant: Merchant | None, track: Track = Track.MEDIATION, *, now: datetime, **told: Any
) -> Case:
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


def file_in(
    state: State,
    track: Track,
    merchant: Merchant | None,
    user_id: int,
    *,
    now: datetime,
    **told: Any,
) -> Case:
    """File a case and take it to a state."""
    case = file_case(merchant, track, now=now, **told)
    return reach(case, STORIES[track, state], user_id, now=now)


def copy(case: Case, form: OfficialForm, holder: Holder) -> Sheet:
    """Return one copy as the desk prints it."""
    due = official_forms.due_at_desk(case, form)
    assert due is not None
    return sheets(due, (holder,))[0]


def every_copy(case: Case) -> list[Sheet]:
    """Return every copy the desk may print."""
    due = [official_forms.due_at_desk(case, form) for form in OfficialForm]
    return [sheet for one in due if one for sheet in sheets(one, one.rule.holders)]


def told_in(sheet: Sheet) -> dict[str, str]:
    """Return the fields of a printed copy by their label, what stands in each as one text."""
    parts = [*sheet.parts, *([sheet.record] if sheet.record else [])]
    return {render(field.label): _text_of(field) for part in parts for field in part.fields}


def text_of(sheet: Sheet) -> str:
    """Return everything on a printed copy."""
    quoted = [f"{quote.text} {quote.source}{quote.article}" for quote in sheet.quotes]
    signed = [render(place.label) for place in sheet.signatures]
    told = [f"{label} {text}" for label, text in told_in(sheet).items()]
    return "\n".join([*(_words(one) for one in sheet.addressees), *told, *quoted, *signed])


def _text_of(field: Field) -> str:
    ticked = [render(label) for label, is_ticked in field.boxes if is_ticked]
    return " ".join([*ticked, *(_words(value) for value in field.values)])


def _words(value: Value) -> str:
    if isinstance(value, Message):
        return render(value)
    return value.zh if isinstance(value, Both) else value
