"""The words for `portal.rules.working_days`."""

from flask_babel import lazy_gettext as _l

from portal.rules.working_days import DayKind, Holiday

WORDS = {
    Holiday.NEW_YEAR: _l("New Year's Day"),
    Holiday.SPRING_FESTIVAL: _l("Spring Festival"),
    Holiday.TOMB_SWEEPING: _l("Tomb-Sweeping Day"),
    Holiday.LABOUR_DAY: _l("Labour Day"),
    Holiday.DRAGON_BOAT: _l("Dragon Boat Festival"),
    Holiday.MID_AUTUMN: _l("Mid-Autumn Festival"),
    Holiday.NATIONAL_DAY: _l("National Day"),
    DayKind.WORKING_DAY: _l("Working day"),
    DayKind.MAKE_UP_DAY: _l("Weekend day worked in exchange for a holiday"),
    DayKind.WEEKEND: _l("Weekend"),
    DayKind.HOLIDAY: _l("Holiday"),
    DayKind.EXCHANGED_REST: _l("Day off in exchange"),
}
