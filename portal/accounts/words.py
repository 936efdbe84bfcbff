"""The words of roles and of what they are bound to."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.accounts.models import EndOfSignIn, Role, SubjectKind

WORDS: dict[Enum, Any] = {
    Role.MERCHANT_OWNER: _l("Merchant owner"),
    Role.MERCHANT_STAFF: _l("Merchant staff"),
    Role.MARKET_ORGANISER: _l("Market organiser"),
    Role.FAIR_SCALE_DESK: _l("Fair-scale desk"),
    Role.FUND_MANAGER: _l("Fund manager"),
    Role.FUND_APPROVER: _l("Fund approver"),
    Role.INTAKE_CLERK: _l("Intake clerk"),
    Role.OFFICER: _l("Officer"),
    Role.INSPECTOR: _l("Inspector"),
    Role.LEADER: _l("Leader"),
    Role.PUBLISHER: _l("Publisher"),
    Role.AUDITOR: _l("Auditor"),
    Role.ADMINISTRATOR: _l("Administrator"),
    SubjectKind.OFFICE: _l("Office"),
    SubjectKind.MERCHANT: _l("Merchant"),
    SubjectKind.MARKET: _l("Market"),
    SubjectKind.FUND: _l("Fund"),
    SubjectKind.INSTALLATION: _l("Whole installation"),
    EndOfSignIn.SIGNED_OUT: _l("You signed out"),
    EndOfSignIn.SIGNED_IN_ANEW: _l("You signed in anew on the same device"),
    EndOfSignIn.ENDED_BY_OWNER: _l("You signed it out from another device"),
    EndOfSignIn.PASSWORD_CHANGED: _l("The password was changed"),
    EndOfSignIn.SECOND_FACTOR_CHANGED: _l("The second factor was changed"),
    EndOfSignIn.RIGHTS_ENDED: _l("Your rights here were ended"),
    EndOfSignIn.IDLE: _l("Not used for a long time"),
    EndOfSignIn.TOO_OLD: _l("Signed in for a long time"),
    EndOfSignIn.RESTORED: _l("This website came back from a backup"),
}
