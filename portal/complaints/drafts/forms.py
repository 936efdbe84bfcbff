"""Forms: what the steps of the form have in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from portal.base.labels import LABELS, render
from portal.complaints.drafts.answers import DraftReading
from portal.rules.intake import missing_in
from portal.rules.intake_terms import Step
from portal.rules.messages import Message

TOO_LONG = _l("This is too long.")
# Fields of the page itself: nothing of a filing.
NOT_TYPED = frozenset({"csrf_token", "submission_id", "part", "noticed"})
# Answers whose field on the page bears another name.
FIELD_OF = {
    "place_name": "name",
    "is_measured": "settled",
    "has_proxy_name": "proxy_name",
    "has_proxy_phone": "proxy_phone",
    "has_proxy_matter": "proxy_matter",
    "has_proxy_power": "proxy_power",
    "has_proxy_term": "proxy_term",
    "representative_count": "representative_1_name",
}


def at_most(count: int) -> list[Any]:
    """Return the validators of a field that may stay empty."""
    return [Optional(), Length(max=count, message=TOO_LONG)]


def members(kind: Any, *, empty: Any = None) -> list[SelectChoice]:
    """Return an enum's members as choices; their words are lazy."""
    first = [] if empty is None else [SelectChoice("", empty)]
    return first + [SelectChoice(member.value, LABELS[kind, member.value]) for member in kind]


class DraftForm(FlaskForm):  # type: ignore[misc]
    """One step; every field may stay empty until the step is left by "next"."""

    # What this page does not ask: it is neither looked at nor forgotten.
    left_out: frozenset[str] = frozenset()

    def leave_out(self, names: Collection[str]) -> None:
        """Take out the fields that this page does not ask."""
        known = frozenset(name for name in names if name in self._fields)
        self.left_out |= known
        for name in known:
            del self._fields[name]

    @property
    def typed(self) -> dict[str, Any]:
        """Return what was typed, by field; nothing is worked out."""
        return {name: value for name, value in self.data.items() if name not in NOT_TYPED}

    def take(self, errors: Mapping[str, Message]) -> None:
        """Put messages on the fields they name."""
        for name, message in errors.items():
            self._put(name, render(message))

    def refuse(self, step: Step, reading: DraftReading, *, today: date) -> bool:
        """Put what cannot be used and what is missing on the fields; say whether there was any."""
        asked = self.asked
        missing = {one.field: one.sentence for one in missing_in(step, reading.answers, today=today)}
        unusable = reading.errors.get(step, {})
        if unusable:
            # What cannot be read is said on its own field; that nothing was measured follows from it.
            missing.pop("is_measured", None)
        found = {**missing, **unusable}
        self.take({name: said for name, said in found.items() if asked is None or name in asked})
        return bool(self.errors)

    @property
    def asked(self) -> frozenset[str] | None:
        """The fields the page asked for, or None for all of them."""
        return None

    def _put(self, name: str, sentence: str) -> None:
        """Put a sentence on a field that has none yet; one without a field stands at the top."""
        field = self._fields.get(FIELD_OF.get(name, name))
        if field is None:
            if name != "seen":
                self.form_errors.append(sentence)
        elif not field.errors:
            field.errors = [sentence]
