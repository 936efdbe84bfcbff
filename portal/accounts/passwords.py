"""Passwords: judged offline, hashed with argon2 by Flask-Security, generated for the demo."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence

from flask_security import hash_password, verify_password
from passlib.pwd import genphrase
from zxcvbn import zxcvbn

from portal.rules.errors import RuleError
from portal.rules.messages import Message, say

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 128
# zxcvbn's 3 of 4: "safely unguessable", about 10^8 guesses against a slow hash.
LEAST_SCORE = 3
# zxcvbn reads no more than this.
JUDGED_CHARACTERS = 72


class PasswordTooWeak(RuleError):
    """A password is short, long or easily guessed."""


def fault_of(password: str, *, about: Sequence[str] = ()) -> Message | None:
    """Return what is wrong with a new password, or None; `about` holds words of its owner's own."""
    text = _normal(password)
    if len(text) < LEAST_CHARACTERS:
        return say("Use at least %(least_count)s characters.", least_count=LEAST_CHARACTERS)
    if len(text) > MOST_CHARACTERS:
        return say("Use no more than %(most_count)s characters.", most_count=MOST_CHARACTERS)
    judged = zxcvbn(text[:JUDGED_CHARACTERS], user_inputs=[word for word in about if word])
    if judged["score"] < LEAST_SCORE:
        return say(
            "This password is easy to guess. Several unrelated words in a row are easy to keep "
            "and hard to guess."
        )
    return None


def require_strong(password: str, *, about: Sequence[str] = ()) -> None:
    """Raise PasswordTooWeak when a new password will not do."""
    fault = fault_of(password, about=about)
    if fault is not None:
        raise PasswordTooWeak(fault)


def hashed(password: str) -> str:
    """Return the argon2 hash of a password."""
    return str(hash_password(_normal(password)))


def is_right(password: str, password_hash: str | None) -> bool:
    """Say whether a password is the one hashed; where there is none, take as long to say no."""
    matches = verify_password(_normal(password), password_hash or _hash_of_nobody())
    return bool(matches) and password_hash is not None


def generated() -> str:
    """Return a fresh password of five short words (about 51 bits), to be printed once."""
    return str(genphrase(length=5, wordset="eff_short", sep="-"))


@functools.cache
def _hash_of_nobody() -> str:
    return hashed(generated())


def _normal(password: str) -> str:
    # argon2 would take a NUL, other schemes cut the password there.
    return unicodedata.normalize("NFKC", password[: 4 * MOST_CHARACTERS]).replace("\x00", "")
