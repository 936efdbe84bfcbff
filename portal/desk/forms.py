"""The forms of the desk: what a move needs, what was measured, who works on a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.models import Office, User
from portal.base.labels import label, render
from portal.compensation.models import PaymentMethod
from portal.complaints.moving import LONGEST_REASON
from portal.complaints.words import KnownFact
from portal.desk.typed import amount_of
from portal.merchants.models import Merchant
from portal.rules.complaint_flow import EndingGround, MoveName, Need, RefusalGround
from portal.rules.errors import ClaimExceedsShortage, InputRefused, RuleError
from portal.workspace.actions import LONGEST_WORDING

NEEDED = InputRequired(_l("Please fill this in."))


def no_longer_than(count: int) -> Length:
    """Return the check that a text is not too long."""
    return Length(max=count, message=_l("This is too long."))


class DeskForm(FlaskForm):  # type: ignore[misc]
    """What every form here carries."""

    submission_id = HiddenField(validators=[Length(max=80)])


class MoveForm(DeskForm):
    """Every field a move can ask for; `move_form` takes out those a move does not need."""

    official_number = StringField(
        _l("Official number"),
        validators=[NEEDED, no_longer_than(60)],
        description=_l("As the statutory channel gave it, for example on the 12315 platform."),
    )
    received_on = DateField(
        _l("Day of receipt"),
        validators=[InputRequired(_l("Please give a day."))],
        description=_l("The legal time counts from the day the statutory channel received it."),
    )
    ground = RadioField(_l("Legal ground"), validators=[InputRequired(_l("Please choose a ground."))])
    office = SelectField(
        _l("Office that takes over"),
        coerce=int,
        validators=[InputRequired(_l("Please choose an office."))],
    )
    other_case = StringField(
        _l("Number of the other report"),
        validators=[NEEDED, no_longer_than(20)],
        description=_l("Both reports must be about the same merchant."),
    )
    amount = StringField(_l("Amount"), validators=[NEEDED, no_longer_than(40)])
    method = SelectField(
        _l("How it was paid"),
        choices=[SelectChoice(method.value, "") for method in PaymentMethod],
    )
    reference = StringField(_l("Reference of the payment"), validators=[Optional(), no_longer_than(120)])
    reason = TextAreaField(_l("Reason"), validators=[NEEDED, no_longer_than(LONGEST_REASON)])
    both_consent = BooleanField(
        _l("Both sides agree"),
        validators=[InputRequired(_l("Without the consent of both sides this is not possible."))],
    )
    approval = BooleanField(
        _l("The head of the office has decided so"),
        validators=[InputRequired(_l("This needs the decision of the head of the office."))],
    )

    def validate_amount(self, field: Field) -> None:
        """Refuse an amount that is none."""
        checked(field, amount_of)

    @property
    def amount_fen(self) -> int | None:
        """The amount in fen, or None where this move has none."""
        return amount_of(self.amount.data) if "amount" in self else None

    @property
    def chosen_ground(self) -> RefusalGround | EndingGround | None:
        """The ground that was chosen."""
        if "ground" not in self:
            return None
        known = {ground.value: ground for kind in (RefusalGround, EndingGround) for ground in kind}
        return known.get(self.ground.data)

    def refuse(self, fault: RuleError) -> int:
        """Show why a rule refused, on its field where it has one; return the status of the answer."""
        if isinstance(fault, ClaimExceedsShortage):
            self.reason.errors = [render(fault.message)]
            return 422
        self.form_errors.append(render(fault.message))
        return 422 if isinstance(fault, InputRefused) else 409

    def text(self, name: str) -> str:
        """Return what was typed in a field, empty where this move has no such field."""
        return (self[name].data or "").strip() if name in self else ""


FIELDS_OF_NEED: dict[Need, tuple[str, ...]] = {
    Need.OFFICIAL_NUMBER: ("official_number", "received_on"),
    Need.OFFICE: ("office",),
    Need.GROUND: ("ground",),
    Need.AMOUNT: ("amount",),
    Need.BOTH_CONSENT: ("both_consent",),
    Need.APPROVAL: ("approval",),
    Need.OTHER_CASE: ("other_case",),
    Need.REASON: ("reason",),
}
# What the portal asks besides what the table of moves names.
FIELDS_OF_MOVE: dict[MoveName, tuple[str, ...]] = {
    MoveName.REPORT_PAID: ("method", "reference"),
    MoveName.TAKE_IN: ("reason",),
    MoveName.SETTLE: ("reason",),
}


def move_form(
    name: MoveName,
    needs: frozenset[Need],
    *,
    grounds: Sequence[RefusalGround | EndingGround],
    offices: Sequence[Office],
    defaults: dict[str, Any],
) -> MoveForm:
    """Return the form of one move, with the fields it needs and no other."""
    form = MoveForm(data=defaults)
    wanted = {field for need in needs for field in FIELDS_OF_NEED.get(need, ())}
    wanted |= {"submission_id", *FIELDS_OF_MOVE.get(name, ())}
    for field in [field.short_name for field in form]:
        if field not in wanted and field != "csrf_token":
            del form[field]
    if "ground" in form:
        form.ground.choices = [SelectChoice(ground.value, label(ground)) for ground in grounds]
    if "office" in form:
        form.office.choices = [SelectChoice(office.id, office.name) for office in offices]
    if "method" in form:
        form.method.choices = [SelectChoice(method.value, label(method)) for method in PaymentMethod]
    if Need.REASON not in needs and "reason" in form:
        form.reason.validators = [Optional(), no_longer_than(LONGEST_REASON)]
        form.reason.flags.required = False
    return form


class AssignForm(DeskForm):
    """Who is to work on a case."""

    officer = SelectField(
        _l("Officer"), coerce=int, validators=[InputRequired(_l("Please choose a person."))]
    )

    def offer(self, officers: Sequence[User]) -> None:
        """Set the people to choose from."""
        self.officer.choices = [SelectChoice(user.id, user.name) for user in officers]


class NamingForm(DeskForm):
    """Which of the merchants found it is."""

    merchant = RadioField(_l("Merchant"), validate_choice=False)

    def offer(self, merchants: Sequence[Merchant]) -> None:
        """Set the merchants to choose from."""
        self.merchant.choices = [SelectChoice(one.number, one.name) for one in merchants]

    def refuse_choice(self) -> None:
        """Say that a merchant is to be chosen."""
        self.merchant.errors = [_("Please choose a merchant.")]


class OriginalForm(DeskForm):
    """That the sealed original is needed."""

    is_needed = BooleanField(
        _l("I need the original for this case, and keep it to myself"),
        validators=[InputRequired(_l("Please confirm that you need it."))],
    )


class ReleaseForm(DeskForm):
    """That a picture was looked at before the merchant sees it."""

    is_looked_at = BooleanField(
        _l("I looked at it: nothing in it says who complained"),
        validators=[InputRequired(_l("Please look at it first, and confirm."))],
    )


class LeaveClosedForm(DeskForm):
    """Why a leader leaves a case closed that its filer asked to be taken up again."""

    answer = TextAreaField(
        _l("Answer to the filer"),
        validators=[NEEDED, no_longer_than(LONGEST_REASON)],
        description=_l("The filer reads it in the case; the merchant does not."),
    )


class NewCodeForm(DeskForm):
    """What somebody who lost the code told rightly."""

    facts = SelectMultipleField(
        _l("Told rightly, without help"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    reason = TextAreaField(
        _l("Reason"),
        validators=[NEEDED, no_longer_than(LONGEST_REASON)],
        description=_l("How the person came to you, and why you believe them."),
    )

    def offer(self, facts: Sequence[KnownFact]) -> None:
        """Set the facts that can be asked for."""
        self.facts.choices = [SelectChoice(fact.value, label(fact)) for fact in facts]

    @property
    def chosen(self) -> list[KnownFact]:
        """The facts that were told rightly."""
        return [fact for fact in KnownFact if fact.value in (self.facts.data or ())]


class MessageForm(DeskForm):
    """What an officer writes in a case."""

    text = TextAreaField(_l("Message"), validators=[NEEDED, no_longer_than(LONGEST_REASON)])


class ReviewForm(DeskForm):
    """What an officer answers a merchant who asked that a person look again."""

    answer = TextAreaField(_l("Answer"), validators=[NEEDED, no_longer_than(LONGEST_WORDING)])


def checked(field: Field, read: Callable[[str], int]) -> None:
    """Say on the field why what was typed cannot be read."""
    try:
        read(field.data or "")
    except InputRefused as fault:
        raise ValidationError(render(fault.message)) from fault
