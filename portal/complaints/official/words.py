"""The ten official forms of April 2026, who gets a copy of each, and their words."""

from __future__ import annotations

import enum

from flask_babel import lazy_gettext as _l

from portal.base.labels import add_labels


class OfficialForm(str, enum.Enum):
    """The ten forms in the order of the official list; the value stands in addresses."""

    COMPLAINT_REGISTER = "complaint_register"
    REPORT_REGISTER = "report_register"
    REFERRAL = "referral_notice"
    IDENTITY = "identity_notice"
    ACCEPTANCE = "acceptance_decision"
    REFUSAL = "refusal_decision"
    MEDIATION = "mediation_notice"
    ENDING = "mediation_ending_decision"
    AGREEMENT = "mediation_agreement"
    REPORT_RESULT = "report_result_notice"

    @property
    def order(self) -> int:
        """The form's number in the official list, from 1."""
        return list(OfficialForm).index(self) + 1

    @property
    def official_title(self) -> str:
        """The form's title as the official list has it."""
        return TITLES[self.order - 1]


TITLES = (
    "投诉登记表",
    "举报登记表",
    "投诉/举报分送通知书",
    "限期提供身份证明材料通知书",
    "投诉受理决定书",
    "投诉不予受理决定书",
    "投诉调解通知书",
    "投诉终止调解决定书",
    "投诉调解书",
    "举报处理结果告知书",
)


class Holder(str, enum.Enum):
    """Who is given a copy."""

    FILER = "copy_for_the_filer"
    MERCHANT = "copy_for_the_merchant"
    OFFICE = "copy_for_the_other_office"
    FILE = "copy_for_the_file"


add_labels(
    (
        (OfficialForm.COMPLAINT_REGISTER, _l("Complaint registration form")),
        (OfficialForm.REPORT_REGISTER, _l("Report registration form")),
        (OfficialForm.REFERRAL, _l("Notice passing on a complaint or report")),
        (OfficialForm.IDENTITY, _l("Notice to prove your identity within a time")),
        (OfficialForm.ACCEPTANCE, _l("Decision to accept a complaint")),
        (OfficialForm.REFUSAL, _l("Decision not to accept a complaint")),
        (OfficialForm.MEDIATION, _l("Notice of mediation")),
        (OfficialForm.ENDING, _l("Decision to end mediation")),
        (OfficialForm.AGREEMENT, _l("Mediation document")),
        (OfficialForm.REPORT_RESULT, _l("Notice of the result of a report")),
        (Holder.FILER, _l("Copy for the person who filed")),
        (Holder.MERCHANT, _l("Copy for the merchant")),
        (Holder.OFFICE, _l("Copy for the office that takes over")),
        (Holder.FILE, _l("Copy for the office's file")),
    )
)
