"""The unified social credit code (统一社会信用代码, GB 32100-2015), checked by its last character."""

from __future__ import annotations

import unicodedata

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from portal.rules.errors import InputRefused
from portal.rules.messages import say


def credit_code(text: str) -> str:
    """Return a typed code as 18 half-width capitals; InputRefused when it cannot be one."""
    folded = unicodedata.normalize("NFKC", text).upper()
    code = "".join(c for c in folded if c.isalnum())
    try:
        return str(uscc.validate(code))
    except InvalidChecksum as error:
        raise InputRefused(
            say("The check character of this credit code is wrong. Compare it with the licence.")
        ) from error
    except ValidationError as error:
        raise InputRefused(
            say("A credit code has 18 digits and capitals, without I, O, S, V and Z.")
        ) from error
