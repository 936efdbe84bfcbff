"""The words for `portal.rules.clocks` and `portal.rules.deadlines`."""

from flask_babel import lazy_gettext as _l

from portal.rules.deadlines import Clock, Lateness, Unit

WORDS = {
    Clock.ACCEPT: _l("Decide whether to accept the complaint"),
    Clock.MEDIATE: _l("Mediation"),
    Clock.TELL_MEDIATION_ENDED: _l("Tell both sides that mediation has ended"),
    Clock.VERIFY_CLUE: _l("Verify the clue"),
    Clock.TAKE_UP_REPORT: _l("Decide whether to take up the report"),
    Clock.CHECK_REPORT: _l("Verify the report and decide whether to open a case"),
    Clock.TELL_REPORTER: _l("Tell the reporter whether a case was opened"),
    Clock.DECIDE_CASE: _l("Decide the case"),
    Clock.STATE_DEFENCE: _l("Statement and defence of the party"),
    Clock.AGREE_COMPETENCE: _l("Agree which office is competent"),
    Clock.CLAIM_AGE: _l("Complain within three years"),
    Clock.OBJECT_TO_ARBITRATION: _l("Object to a metrological arbitration"),
    Clock.ASK_RETEST: _l("Ask for a re-test"),
    Clock.ANSWER_FALSE_DISCLOSURE: _l("Answer a report of false company disclosure"),
    Clock.ANSWER_REQUEST: _l("Answer a request for more material"),
    Clock.MERCHANT_ANSWER: _l("First answer of the merchant"),
    Clock.PERFORM_SETTLEMENT: _l("Keep the settlement"),
    Clock.PRESUME_RECEIPT: _l("Say whether the money arrived"),
    Clock.ANSWER_BEFORE_WARNING: _l("Answer before a warning"),
    Clock.OBJECT_TO_AWARD: _l("Object to an announced award"),
    Unit.WORKING_DAY: _l("working days"),
    Unit.CALENDAR_DAY: _l("calendar days"),
    Unit.YEAR: _l("years"),
    Lateness.ON_TIME: _l("On time"),
    Lateness.DUE_TODAY: _l("Due today"),
    Lateness.LATE: _l("Late"),
    Lateness.VERY_LATE: _l("Very late"),
}
