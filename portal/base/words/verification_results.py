"""The words for the results of `portal.rules.verification`.

They stand apart from its states: "failed" is a member of both enums, and one would hide the other.
"""

from flask_babel import lazy_gettext as _l

from portal.rules.verification import VerificationResult

WORDS = {
    VerificationResult.PASSED: _l("Passed"),
    VerificationResult.FAILED: _l("Verification failed"),
}
