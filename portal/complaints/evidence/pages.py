"""Views: the pages that evidence stands on, whole or in the pieces that the script puts in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, jsonify, render_template
from flask_babel import gettext as _

from portal.base import cleaning
from portal.base.labels import byte_size, label
from portal.complaints import actions
from portal.complaints.drafts import pages as draft_pages
from portal.complaints.drafts.drafting import Draft
from portal.complaints.drafts.step_forms import DraftForm
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence import uploading
from portal.complaints.evidence.actions import Attached
from portal.complaints.evidence.uploading import Taken
from portal.complaints.queries import Case, Filing
from portal.rules.complaint_flow import Actor, MoveName
from portal.rules.intake import completeness, evidence_guide
from portal.rules.intake_terms import EvidenceSlot, Step


class RefusedForm(DraftForm):
    """The form of a page that is shown again: what was refused, and at which place."""

    slot: EvidenceSlot | None = None

    def refuse_files(self, sentences: Sequence[str], slot: EvidenceSlot | None) -> None:
        """Note why files were refused, for the top of the page and for their place."""
        self.form_errors.extend(sentences)
        self.slot = slot


def upload_limits() -> dict[str, Any]:
    """Return what a page with an upload says of its limits."""
    return {
        "accept": uploading.ACCEPT,
        "most_files": evidence.MOST_FILES,
        "most_bytes": cleaning.MOST_BYTES,
        "most_size": byte_size(cleaning.MOST_BYTES),
    }


def told(taken: Taken, code: int, holder: Draft | Filing, *, remove_from: str = "") -> Any:
    """Return for the script what became of the files, with the pieces of page that change."""
    rows = [
        {
            "number": one.file.number,
            "is_new": one.is_new,
            "row": render_template("complaints/evidence/_row.html", file=one.file, remove_from=remove_from),
        }
        for one in taken.added
    ]
    said = [*(_said_of(one) for one in taken.added), *taken.refused]
    return jsonify(added=rows, errors=taken.refused, said=" ".join(said), meter=meter(holder)), code


def _said_of(one: Attached) -> str:
    name = one.file.name or _("The file")
    if one.is_new:
        return _("%(name)s was added.", name=name)
    return _(
        "%(name)s is here already, under “%(slot)s”; it is kept once.", name=name, slot=label(one.file.slot)
    )


def flash_of(taken: Taken) -> None:
    """Say on the next page what was added."""
    for one in taken.added:
        flash(_said_of(one), "good" if one.is_new else "info")


def meter(holder: Draft | Filing) -> str:
    """Return the piece of page that counts what is there."""
    return render_template("complaints/evidence/_meter.html", **guided(holder))


def guided(holder: Draft | Filing) -> dict[str, Any]:
    """Return what the guided set of a draft or filing shows."""
    kind, files = evidence.kind_of(holder), evidence.files_of_filer(holder)
    return {
        "files": files,
        "guide": evidence_guide(kind),
        "completeness": completeness(kind, {file.slot for file in files}),
    }


def step_again(draft: Draft, sentences: Sequence[str], code: int, *, slot: EvidenceSlot | None = None) -> Any:
    """Show the evidence step again with why files were refused."""
    form = RefusedForm(formdata=None)
    form.refuse_files(sentences, slot)
    return draft_pages.step_page(draft, Step.EVIDENCE, form, code)


def case_page(case: Case, sentences: Sequence[str], code: int, *, slot: EvidenceSlot | None = None) -> Any:
    """Show the photos and papers of a case, with why files were refused."""
    form = RefusedForm(formdata=None)
    form.refuse_files(sentences, slot)
    page = render_template(
        "complaints/evidence/add_to_case.html",
        case=case,
        form=form,
        may_add=MoveName.ADD_MATERIAL in actions.open_moves(case, Actor.COMPLAINANT),
        **guided(case.filing),
    )
    return page, code
