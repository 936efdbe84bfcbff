"""The forms of the merchant's own side."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from portal.base.labels import label, render
from portal.compensation.actions import LONGEST_REFERENCE
from portal.compensation.models import PaymentMethod
from portal.rules.errors import RuleError
from portal.rules.pledge import LARGEST_FACTOR, MULTIPLES, PledgeKind, PledgeTerms, PledgeTrigger
from portal.rules.quantities import parse_amount_fen
from portal.workspace.actions import LONGEST_WORDING

NEEDED = InputRequired(_l("Please fill this in."))
TOO_LONG = Length(
    max=LONGEST_WORDING,
    message=_l("Please keep it to %(most_count)s characters.", most_count=LONGEST_WORDING),
)
LONGEST_DAYS = 60


class OwnForm(FlaskForm):  # type: ignore[misc]
    """What every form here carries."""

    submission_id = HiddenField(validators=[InputRequired(), Length(max=80)])


class ReplyForm(OwnForm):
    answer = TextAreaField(
        _l("Your answer"),
        validators=[NEEDED, TOO_LONG],
        description=_l("The buyer and the office read it. Say what happened and what you will do."),
    )

    def validate_answer(self, field: TextAreaField) -> None:
        _require_words(field)


class OfferForm(OwnForm):
    amount = StringField(
        _l("What you offer to pay"), validators=[NEEDED], description=_l("In yuan, for example 35.80.")
    )
    note = TextAreaField(_l("A word to the buyer"), validators=[TOO_LONG])

    amount_fen: int = 0

    def validate_amount(self, field: StringField) -> None:
        self.amount_fen = _amount_fen(field)


class PaidForm(OwnForm):
    method = RadioField(_l("How did you pay?"), validators=[NEEDED], choices=[])
    reference = StringField(
        _l("Number of the payment"),
        validators=[Length(max=LONGEST_REFERENCE, message=_l("This is too long."))],
        description=_l("As it stands on the transfer or in the phone, so that the buyer can find it."),
    )

    def offer_choices(self) -> None:
        """Fill the list in the reader's language."""
        self.method.choices = [SelectChoice(m.value, label(m)) for m in PaymentMethod]


class ReviewForm(OwnForm):
    wording = TextAreaField(
        _l("Why should a person look again?"),
        validators=[NEEDED, TOO_LONG],
        description=_l("Name the record you mean, and what is wrong with it or what you have done since."),
    )

    def validate_wording(self, field: TextAreaField) -> None:
        _require_words(field)


class WithdrawForm(OwnForm):
    is_sure = BooleanField(
        _l("I withdraw the pledge. What was bought before today stays covered."),
        validators=[InputRequired(_l("Tick this to withdraw the pledge."))],
    )


class PledgeForm(OwnForm):
    kind = RadioField(_l("What do you promise?"), validators=[NEEDED], choices=[])
    factor = StringField(
        _l("How many times"), description=_l("A whole number: 10 for “ten for one”. Only for the first two.")
    )
    fixed = StringField(_l("The fixed sum"), description=_l("Only for a fixed sum."))
    floor = StringField(_l("You pay at least"))
    cap = StringField(_l("You pay at most"))
    trigger = RadioField(_l("When do you pay?"), validators=[NEEDED], choices=[])
    free_reweigh = BooleanField(_l("We re-weigh for free when asked"))
    response_days = StringField(_l("You answer within"), validators=[NEEDED])
    payment_days = StringField(_l("You pay within"), validators=[NEEDED])
    valid_from = StringField(_l("In force from"), validators=[NEEDED])
    valid_to = StringField(_l("In force through"), description=_l("Left empty, it runs for twelve months."))
    scope = StringField(
        _l("What it covers"),
        validators=[Length(max=300, message=_l("This is too long."))],
        description=_l("Left empty, everything you sell by measure."),
    )
    signer = StringField(
        _l("Who signs for the shop"),
        validators=[NEEDED, Length(max=100, message=_l("This is too long."))],
        description=_l("Kept here; the public pledge names the shop only."),
    )

    def offer_choices(self) -> None:
        """Fill the lists in the reader's language."""
        self.kind.choices = [SelectChoice(k.value, label(k)) for k in PledgeKind]
        self.trigger.choices = [SelectChoice(t.value, label(t)) for t in PledgeTrigger]

    def terms(self) -> PledgeTerms | None:
        """Return the terms typed, or None with the messages on their fields; call after validate()."""
        try:
            return PledgeTerms(**self._values())
        except RuleError as error:
            self.form_errors.append(render(error.message))
        except ValidationError:
            pass
        return None

    def dates(self) -> tuple[date, date | None] | None:
        """Return the first and the last day typed, or None with the messages on their fields."""
        first, last = _day(self.valid_from), _day(self.valid_to)
        is_wrong = self.valid_from.errors or self.valid_to.errors
        return None if is_wrong or first is None else (first, last)

    def _values(self) -> dict[str, Any]:
        kind = PledgeKind(self.kind.data)
        typed: dict[str, Any] = {
            "response_days": _read(self.response_days, _days),
            "payment_days": _read(self.payment_days, _days),
        }
        if kind in MULTIPLES:
            typed["factor"] = _read(self.factor, _factor)
        if kind is PledgeKind.FIXED:
            typed["fixed_fen"] = _read(self.fixed, _amount_fen)
        else:
            typed["floor_fen"] = _read(self.floor, _amount_fen) if _said(self.floor) else 0
            typed["cap_fen"] = _read(self.cap, _amount_fen) if _said(self.cap) else None
        if any(value is REFUSED for value in typed.values()):
            raise ValidationError
        return typed | {
            "kind": kind,
            "trigger": PledgeTrigger(self.trigger.data),
            "free_reweigh": bool(self.free_reweigh.data),
        }


REFUSED = object()


def _read(field: StringField, parse: Any) -> Any:
    """Return a field as a number, or REFUSED with its message on the field."""
    try:
        return parse(field)
    except ValidationError as error:
        field.errors = [*field.errors, str(error)]
        return REFUSED


def _said(field: StringField) -> str:
    return (field.data or "").strip()


def _amount_fen(field: StringField) -> int:
    try:
        return parse_amount_fen(field.data or "")
    except RuleError as error:
        raise ValidationError(render(error.message)) from error


def _whole(field: StringField, most: int, message: str) -> int:
    text = unicodedata.normalize("NFKC", _said(field))
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= most):
        raise ValidationError(message)
    return int(text)


def _factor(field: StringField) -> int:
    message = _("Type a whole number from 1 to %(most)s.", most=f"{LARGEST_FACTOR:,}")
    return _whole(field, LARGEST_FACTOR, message)


def _days(field: StringField) -> int:
    return _whole(field, LONGEST_DAYS, _("Type a whole number from 1 to %(most)s.", most=LONGEST_DAYS))


def _day(field: StringField) -> date | None:
    text = unicodedata.normalize("NFKC", _said(field))
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        field.errors = [*field.errors, _("Type the day as year-month-day, for example 2026-12-31.")]
        return None


def _require_words(field: TextAreaField) -> None:
    if not _said(field):
        raise ValidationError(_("Please fill this in."))
