"""The second factor: a six-digit code from an authenticator app (RFC 6238), and recovery codes."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

import segno
from flask_security.totp import Totp
from passlib.exc import TokenError
from passlib.totp import TOTP, AppWallet

from portal.base import crypto

STEP_S = 30
# One step before and after this one: phones' clocks differ.
WINDOW_S = 30
RECOVERY_CODES = 8
RECOVERY_SYMBOLS = 10
ISSUER = "Full Measure"

_factory: SealedTotp | None = None


class SealedTotp(Totp):
    """Flask-Security's one-time codes, sealed under keys that may be rotated in any order."""

    def __init__(self, keys: Sequence[str], issuer: str) -> None:
        tags = {_tag(key): base64.b64encode(crypto.derive(key, "second-factor")).decode() for key in keys}
        wallet = AppWallet(secrets=tags, default_tag=_tag(keys[0]))
        self._totp = TOTP.using(issuer=issuer, wallet=wallet)

    def counter_of(self, code: str, secret: str, now: datetime, last: int | None) -> int | None:
        """Return the time step a code belongs to, or None when it is wrong, late or used before."""
        try:
            found = self._totp.verify(
                code, secret, time=int(now.timestamp()), window=WINDOW_S, last_counter=last
            )
        except (TokenError, ValueError):
            return None
        return int(found.counter)

    def code_at(self, secret: str, counter: int) -> str:
        """Return the code of a time step."""
        return str(self._totp.from_source(secret).generate(time=counter * STEP_S).token)


def use_keys(keys: Sequence[str]) -> None:
    """Set the keys that seal the secrets, newest first."""
    global _factory
    _factory = SealedTotp(keys, ISSUER)


def _tag(key: str) -> str:
    return "k" + hashlib.sha256(crypto.derive(key, "second-factor-tag")).hexdigest()[:12]


def _codes() -> SealedTotp:
    if _factory is None:
        raise RuntimeError("second_factor.use_keys was not called")
    return _factory


def new_secret() -> str:
    """Return a fresh secret, sealed."""
    return str(_codes().generate_totp_secret())


def counter_of(code: str, sealed_secret: str, now: datetime, *, last: int | None) -> int | None:
    """Return the time step a typed code belongs to, or None when it is wrong, late or used before."""
    digits = "".join(c for c in code if c.isdecimal())
    if len(digits) != 6:
        return None
    return _codes().counter_of(digits, sealed_secret, now, last)


def current_code(sealed_secret: str, now: datetime, *, last: int | None) -> str:
    """Return the code that works now: this step's, or the next one's when this was used already."""
    step = int(now.timestamp()) // STEP_S
    return _codes().code_at(sealed_secret, step + 1 if last == step else step)


def secret_to_type(sealed_secret: str) -> str:
    """Return the secret in groups, for an app that cannot scan."""
    return str(_codes().get_totp_pretty_key(sealed_secret))


def picture(sealed_secret: str, login: str) -> str:
    """Return the secret as a QR code, an SVG element without a style attribute."""
    uri = _codes().get_totp_uri(login, sealed_secret)
    return str(segno.make(uri, error="m").svg_inline(scale=5, border=4, light="#fff", omitsize=False))


def new_recovery_codes() -> tuple[str, ...]:
    """Return fresh recovery codes, to be shown once."""
    return tuple(_recovery_code() for _ in range(RECOVERY_CODES))


def _recovery_code() -> str:
    symbols = "".join(secrets.choice(crypto.CODE_ALPHABET) for _ in range(RECOVERY_SYMBOLS))
    return f"{symbols[:5]}-{symbols[5:]}"


def recovery_hash(code: str) -> str:
    """Return the keyed hash a recovery code is stored as."""
    return crypto.keyed_hash("recovery-code", crypto.normalise_code(code))


def matching_recovery_hash(code: str, hashes: Sequence[str]) -> str | None:
    """Return the stored hash a typed recovery code belongs to, or None."""
    wanted = crypto.keyed_hashes("recovery-code", crypto.normalise_code(code))
    return next((stored for stored in hashes if stored in wanted), None)
