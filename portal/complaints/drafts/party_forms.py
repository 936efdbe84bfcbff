"""Forms: what is asked for, and who asks."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.base.labels import label, render
from portal.complaints.drafts.answers import DraftReading
from portal.complaints.drafts.forms import DraftForm, at_most, members
from portal.complaints.drafts.relying import promises_of
from portal.complaints.words import Request
from portal.rules.intake_terms import FiledAs


class AskForm(DraftForm):
    """What is asked of the merchant and of the authority."""

    requests = SelectMultipleField(
        _l("What do you ask of the merchant?"),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[Optional()],
    )
    wants_checking = BooleanField(
        _l("The authority shall look into it, so that it does not happen to others")
    )
    pledge_clause = RadioField(_l("Which promise do you rely on?"), choices=[], validators=[Optional()])

    def offer(self, reading: DraftReading) -> None:
        """Fill the lists; the promises are those of the pledge in force on the day of purchase."""
        self.requests.choices = [SelectChoice(request.value, label(request)) for request in Request]
        promises = promises_of(reading.pledge)
        if not promises:
            self.leave_out({"pledge_clause"})
        self.pledge_clause.choices = [
            SelectChoice("", _("None in particular")),
            *(SelectChoice(one.id, render(one.words)) for one in promises),
        ]


class WhoForm(DraftForm):
    """Who files, and what they agree to."""

    OF_A_REPORT = frozenset({"name", "phone", "address", "email", "recovery_phrase", "csrf_token"})

    filed_as = RadioField(
        _l("For whom do you file?"),
        choices=members(FiledAs),
        default=FiledAs.SELF.value,
        validators=[Optional()],
    )
    name = StringField(_l("Your name"), validators=at_most(60))
    phone = StringField(_l("Your phone"), validators=at_most(40))
    address = StringField(_l("Your postal address"), validators=at_most(200))
    email = StringField(
        _l("Your e-mail"),
        validators=[*at_most(120), Email(message=_l("Please look at this address again."))],
        description=_l("If you want to hear of news by e-mail. The letters hold nothing private."),
    )
    id_number = StringField(
        _l("Your ID number"),
        validators=at_most(30),
        description=_l("Not needed now. We keep only its last four characters and a mark to tell it again."),
    )
    proxy_name = StringField(_l("Name of the proxy"), validators=at_most(60))
    proxy_phone = StringField(_l("Phone of the proxy"), validators=at_most(40))
    proxy_matter = StringField(_l("Matter of the power of attorney"), validators=at_most(120))
    proxy_power = StringField(_l("What the proxy may do"), validators=at_most(120))
    proxy_term = StringField(_l("How long it holds"), validators=at_most(60))
    has_power_of_attorney = BooleanField(_l("A signed power of attorney is at hand"))
    joint_count = StringField(_l("How many people complain together?"), validators=at_most(4))
    representative_1_name = StringField(_l("First representative"), validators=at_most(60))
    representative_1_phone = StringField(_l("Phone of the first representative"), validators=at_most(40))
    representative_2_name = StringField(_l("Second representative"), validators=at_most(60))
    representative_2_phone = StringField(_l("Phone of the second representative"), validators=at_most(40))
    agrees_to_publication = RadioField(
        _l("May the outcome be published, without anything about you?"),
        choices=[SelectChoice("yes", _l("Yes, I agree")), SelectChoice("no", _l("No, I do not agree"))],
        validators=[Optional()],
    )
    agrees_to_delegation = RadioField(
        _l("May a consumer association mediate in the authority's name?"),
        choices=[SelectChoice("yes", _l("Yes, I agree")), SelectChoice("no", _l("No, I do not agree"))],
        validators=[Optional()],
    )
    recovery_phrase = StringField(
        _l("A phrase to bring a lost code back"),
        validators=at_most(100),
        description=_l("Four words or more that only you know. Write nothing that others can guess."),
    )

    def ask_as_report(self) -> None:
        """Ask only what a report may say of its sender; all of it may stay empty."""
        self.leave_out(set(self._fields) - self.OF_A_REPORT)
