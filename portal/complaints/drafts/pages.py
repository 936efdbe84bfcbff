"""Views: the pages of the complaint form, and the parts of them that follow what is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from portal.accounts.access import held_receipts
from portal.base import clock, mail
from portal.base.labels import render
from portal.complaints.drafts import drafting
from portal.complaints.drafts.answers import DraftReading, read_draft
from portal.complaints.drafts.drafting import Draft
from portal.complaints.drafts.finding import merchants_found
from portal.complaints.drafts.previewing import preview_of
from portal.complaints.drafts.relying import promises_of
from portal.complaints.drafts.step_forms import FORMS, AskForm, DraftForm, WhatForm, WhereForm, WhoForm
from portal.complaints.following.similar import similar_cases
from portal.complaints.following.voice_views import SimilarOffer, offers_of
from portal.instruments.forms import WEIGHING_FIELDS
from portal.instruments.reading import bar_of, title_of
from portal.rules.complaint_flow import Track
from portal.rules.goods import LONGEST_NAME
from portal.rules.intake import (
    completeness,
    evidence_guide,
    first_incomplete_step,
    most_representatives,
    next_step,
    previous_step,
    progress,
    said_of,
)
from portal.rules.intake_answers import LONGEST_NARRATIVE
from portal.rules.intake_needs import LEAST_JOINT, MOST_JOINT
from portal.rules.intake_terms import FiledAs, PurchaseKind, Step
from portal.rules.messages import Message
from portal.rules.redaction import has_personal_number
from portal.rules.retention import evidence_kept_years, identity_kept_years

# No field of a weighing takes more signs.
LONGEST_CARRIED = LONGEST_NAME


def prefilled(sent: Mapping[str, str]) -> dict[str, Any]:
    """Return what a check of a weighing hands over to the second step; what no field takes is left out."""
    told = {name: sent[name] for name in WEIGHING_FIELDS if 0 < len(sent.get(name, "")) <= LONGEST_CARRIED}
    if told:
        told["kind"] = PurchaseKind.RETAIL.value
    return told


def form_with(draft: Draft, here: Step) -> DraftForm:
    """Return a step's form with what it was told so far."""
    form = FORMS[here](data=drafting.typed_in(draft, here))
    if isinstance(form, WhatForm):
        form.part.data = request.args.get("part", "")
    return form


def form_of(draft: Draft, here: Step, sent: Mapping[str, str]) -> DraftForm:
    """Return a step's form as it was sent, with the choices that were offered."""
    form = FORMS[here](sent)
    if isinstance(form, WhatForm | AskForm | WhoForm):
        _fit(form, read_draft(drafting.answers_of(draft), today=clock.today()))
    return form


def _fit(form: DraftForm, reading: DraftReading) -> None:
    """Ask what belongs to the kind of purchase and the tracks, and no more."""
    if isinstance(form, WhatForm):
        kind = next((one for one in PurchaseKind if one.value == form.kind.data), None)
        if kind is not None and form.asked is None:
            form.ask_of(kind)
    elif isinstance(form, AskForm):
        form.offer(reading)
    elif isinstance(form, WhoForm):
        if not asks_for_standing(reading):
            form.ask_as_report()
        if not mail.is_on():
            form.leave_out({"email"})


def asks_for_standing(reading: DraftReading) -> bool:
    """Say whether "who" asks what a complaint needs: also while nothing was asked for yet."""
    return Track.MEDIATION in (reading.tracks or reading.screening.tracks)


def new_notices(form: DraftForm, reading: DraftReading) -> bool:
    """Say whether something is closed that did not stand on the page yet, or everything is."""
    if not isinstance(form, WhatForm):
        return False
    noticed = set((form.noticed.data or "").split())
    codes = {notice.code.value for notice in reading.screening.notices}
    return reading.screening.is_stopped or bool(codes - noticed)


def live_part(here: Step, reading: DraftReading) -> str:
    """Return the parts of a page that follow what is typed; nothing is kept."""
    return render_template(
        "complaints/steps/_live.html",
        this_step=here,
        reading=reading,
        said=_said(reading),
        **_verdict(reading),
    )


def where_page(draft: Draft | None, form: WhereForm, code: int, reading: DraftReading | None = None) -> Any:
    """Show the first step: of a draft, or of one that is not begun yet."""
    reading = reading or read_draft({Step.WHERE.value: form.typed}, today=clock.today())
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("q", "market", "stall", "code")}
    found = merchants_found(asked, today=clock.today()) if any(asked.values()) else None
    page = render_template(
        "complaints/steps/where.html",
        form=form,
        draft=draft,
        reading=reading,
        merchant=None if "change" in request.args or found else reading.merchant,
        unknown=form.merchant.data if form.merchant.data and not reading.merchant else "",
        asked=asked,
        found=found,
        carried=prefilled(request.values),
        drafts=_held_drafts() if draft is None else [],
        **_frame(draft, reading, Step.WHERE),
    )
    return page, code


def _held_drafts() -> list[tuple[Draft, DraftReading]]:
    """Return the drafts this session may open, with what each is about."""
    return [
        (draft, read_draft(drafting.answers_of(draft), today=clock.today()))
        for draft in drafting.drafts_by_receipts(held_receipts())
    ]


def step_page(draft: Draft, here: Step, form: Any, code: int, *, reading: DraftReading | None = None) -> Any:
    """Show a step of a draft."""
    reading = reading or read_draft(drafting.answers_of(draft), today=clock.today())
    if here is Step.WHERE:
        return where_page(draft, form, code, reading)
    page = render_template(
        f"complaints/steps/{here.value}.html",
        form=form,
        draft=draft,
        reading=reading,
        **_more(draft, here, form, reading),
        **_frame(draft, reading, here),
    )
    return page, code


def _frame(draft: Draft | None, reading: DraftReading, here: Step) -> dict[str, Any]:
    """Return what stands around every step."""
    today = clock.today()
    shown = progress(reading.answers, here, today=today)
    return {
        "this_step": here,
        "progress": shown,
        "at_step": next((one for one in shown if one.step is here), shown[-1]),
        "before": previous_step(here, reading.answers, today=today),
        "following": next_step(here, reading.answers, today=today),
        "then": "preview" if request.args.get("then") == Step.PREVIEW.value else None,
        "versions": drafting.versions_of(draft) if draft else {},
        "kept_until": draft.changed_at + drafting.DRAFT_KEPT if draft else None,
        "is_complaint_open": Track.MEDIATION in reading.screening.tracks,
    }


def _more(draft: Draft, here: Step, form: Any, reading: DraftReading) -> dict[str, Any]:
    """Return what a step's page shows beside its fields."""
    if isinstance(form, WhatForm):
        return _more_of_what(form, reading)
    if isinstance(form, AskForm):
        form.offer(reading)
        return {
            "said": _said(reading),
            # A clerk holds what others filed a moment ago: of that the next person learns nothing.
            "offers": _offers(reading, own=() if draft.typed_by_id else held_receipts()),
            "promises": (promises := promises_of(reading.pledge)),
            "promise_hints": {one.id: " ".join(map(render, one.details)) for one in promises if one.details},
        }
    if isinstance(form, WhoForm):
        form.filed_as.data = form.filed_as.data or FiledAs.SELF.value
        return {
            "said": _said(reading),
            "is_mail_on": mail.is_on(),
            "kept_years": {
                "identity": identity_kept_years(clock.today()),
                "evidence": evidence_kept_years(clock.today()),
            },
            "is_complaint": asks_for_standing(reading),
            "least_joint": LEAST_JOINT,
            "most_joint": MOST_JOINT,
            "most_representatives": most_representatives(clock.today()),
        }
    if here is Step.EVIDENCE:
        chosen = reading.answers.kind or PurchaseKind.OTHER
        return {
            "files": draft.evidence,
            "guide": evidence_guide(chosen),
            "completeness": completeness(chosen, [file.slot for file in draft.evidence]),
        }
    return {
        "preview": preview_of(reading, now=clock.now()),
        "said": _said(reading),
        "incomplete": first_incomplete_step(reading.answers, today=clock.today()),
        "files": draft.evidence,
        "is_personal": has_personal_number(reading.answers.narrative or ""),
    }


def _more_of_what(form: WhatForm, reading: DraftReading) -> dict[str, Any]:
    chosen = next((one for one in PurchaseKind if one.value == form.kind.data), None)
    form.fit_to(chosen)
    form.bought_on.data = form.bought_on.data or clock.today().isoformat()
    is_refused = any(form[name].errors for name in form.FIRST)
    is_first = form.asked is not None or is_refused or reading.screening.is_stopped
    return {
        "kind": chosen,
        "is_first_part": is_first or chosen is None,
        "is_personal": has_personal_number(form.narrative.data or ""),
        "longest_narrative": LONGEST_NARRATIVE,
        **_verdict(reading),
    }


def _offers(reading: DraftReading, *, own: tuple[str, ...]) -> list[SimilarOffer]:
    """Return the cases that may be about the same: accepted 投诉, and those of the filer's own receipts."""
    weighing, purchase, answers = reading.weighing, reading.purchase, reading.answers
    if answers.bought_on is None:
        return []
    found = similar_cases(
        reading.merchant.id if reading.merchant else None,
        weighing.goods.name if weighing else purchase.goods if purchase else answers.goods or "",
        weighing.goods.group if weighing else None,
        answers.bought_on,
        answers.narrative or "",
        clock.today(),
        own,
    )
    return offers_of(found)


def _said(reading: DraftReading) -> tuple[Message, ...]:
    """Say which tracks are filed, with their clocks; nothing before something was asked for."""
    if not reading.tracks:
        return ()
    return said_of(reading.answers, reading.screening, today=clock.today(), region_code=reading.region_code)


def _verdict(reading: DraftReading) -> dict[str, Any]:
    """Return the verdict on what stands in the step, for the page to show."""
    judgement = reading.judgement
    title = title_of(reading.weighing) if reading.weighing else ""
    return {
        "judgement": judgement,
        "checked": reading.weighing or reading.purchase,
        "title": title or (_("What the rule book says") if judgement else ""),
        "bar": bar_of(judgement) if judgement else None,
    }
