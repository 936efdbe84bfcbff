"""The words for `portal.rules.redaction`."""

from flask_babel import lazy_gettext as _l

from portal.rules.redaction import PersonalKind

WORDS = {
    PersonalKind.ID_NUMBER: _l("Identity number"),
    PersonalKind.BANK_CARD: _l("Bank card"),
    PersonalKind.PHONE: _l("Telephone number"),
    PersonalKind.EMAIL: _l("E-mail address"),
    PersonalKind.PLATE: _l("Number plate"),
    PersonalKind.ACCOUNT: _l("Chat or payment account"),
    PersonalKind.NAME: _l("Name of a person"),
    PersonalKind.ADDRESS: _l("Home address"),
}
