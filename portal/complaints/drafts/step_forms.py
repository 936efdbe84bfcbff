"""Forms: the form of each step; what was typed into it is read by `answers`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from portal.complaints.drafts.forms import DraftForm as DraftForm
from portal.complaints.drafts.forms import at_most
from portal.complaints.drafts.party_forms import AskForm as AskForm
from portal.complaints.drafts.party_forms import WhoForm as WhoForm
from portal.complaints.drafts.what_form import WhatForm as WhatForm
from portal.rules.intake_terms import Step


class WhereForm(DraftForm):
    """Which merchant it is about."""

    submission_id = HiddenField(validators=[Length(max=80)])
    merchant = HiddenField(validators=at_most(20))
    name = StringField(_l("Name of the merchant"), validators=at_most(120))
    place = StringField(
        _l("Where it is"),
        validators=at_most(200),
        description=_l("Street, market, the stall's number: so that an officer can find it."),
    )
    county = StringField(
        _l("City and county"), validators=at_most(60), description=_l("For example 杭州市西湖区.")
    )


class EvidenceForm(DraftForm):
    """The evidence step has no text of its own."""


FORMS: dict[Step, type[DraftForm]] = {
    Step.WHERE: WhereForm,
    Step.WHAT: WhatForm,
    Step.EVIDENCE: EvidenceForm,
    Step.ASK: AskForm,
    Step.WHO: WhoForm,
    Step.PREVIEW: DraftForm,
}
