"""The words of how a lost code was asked back."""

from flask_babel import lazy_gettext as _l

from portal.complaints.following.models import RecoveryWay

WORDS = (
    (RecoveryWay.PHRASE, _l("by the filer's phrase")),
    (RecoveryWay.OFFICER, _l("by an officer")),
)
