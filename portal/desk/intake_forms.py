"""Forms: how somebody came to the office, and a 12315 ticket."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from portal.base import labels
from portal.complaints.drafts.office_intake import BY_PERSON
from portal.complaints.registering import plain_number
from portal.desk.forms import NEEDED, DeskForm, no_longer_than
from portal.rules.intake_terms import Channel

LONGEST_TICKET = 5000


class IntakeForm(DeskForm):
    """How the person came."""

    channel = RadioField(
        _l("How did the person come?"),
        validators=[InputRequired(_l("Please say how the person came to you."))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel.choices = [SelectChoice(one.value, labels.label(one)) for one in BY_PERSON]

    @property
    def chosen_channel(self) -> Channel:
        """The channel that was chosen."""
        return Channel(self.channel.data)


class TicketForm(DeskForm):
    """A ticket as the 12315 platform shows it."""

    official_number = StringField(
        _l("Official number"),
        validators=[NEEDED, no_longer_than(60)],
        description=_l("As it stands on the ticket."),
    )
    received_on = DateField(
        _l("Day 12315 received it"),
        validators=[InputRequired(_l("Please give a day."))],
        description=_l("The legal time counts from this day, not from the typing."),
    )
    text = TextAreaField(
        _l("Text of the ticket"),
        validators=[NEEDED, no_longer_than(LONGEST_TICKET)],
        description=_l(
            "Paste it whole. It becomes the description, which you shorten in the second step if needed."
        ),
    )

    def validate_official_number(self, field: Field) -> None:
        """Refuse a number of nothing but spaces and signs."""
        if not any(sign.isalnum() for sign in plain_number(field.data or "")):
            raise ValidationError(_l("Please fill this in."))
