"""The words for `portal.rules.publication`."""

from flask_babel import lazy_gettext as _l

from portal.rules.publication import RecordKind

WORDS = {
    RecordKind.PLEDGE: _l("Pledge"),
    RecordKind.PLEDGE_WITHDRAWAL: _l("Pledge withdrawn"),
    RecordKind.COMPLAINT_OUTCOME: _l("Outcome of a complaint"),
    RecordKind.FINDING: _l("Finding"),
    RecordKind.COMPENSATION: _l("Compensation"),
    RecordKind.OVERDUE_PAYMENT: _l("Overdue payment"),
    RecordKind.ADVANCE_PAYMENT: _l("Advance payment"),
    RecordKind.PENALTY: _l("Administrative penalty"),
    RecordKind.STATUTORY_LISTING: _l("Statutory listing"),
    RecordKind.AWARD: _l("Demonstration award"),
    RecordKind.AWARD_WITHDRAWAL: _l("Award withdrawn"),
    RecordKind.WARNING: _l("Dishonesty warning"),
    RecordKind.WARNING_LIFTED: _l("Warning lifted"),
    RecordKind.REPAIR: _l("Credit repair"),
    RecordKind.INSTRUMENT: _l("Measuring instrument"),
    RecordKind.VERIFICATION: _l("Verification result"),
    RecordKind.INSPECTION: _l("Inspection result"),
    RecordKind.DRAW: _l("Random draw"),
    RecordKind.RISK_TIP: _l("Risk tip"),
    RecordKind.CORRECTION: _l("Correction"),
}
