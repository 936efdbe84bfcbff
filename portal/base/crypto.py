"""Keys, codes and encrypted columns; every key is derived from SECRET_KEYS by its purpose."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

# No 0/O, 1/I/L: a code must survive being read aloud and copied by hand.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RECEIPT_SYMBOLS = 24

_keys: tuple[str, ...] = ()


def use_keys(keys: Sequence[str]) -> None:
    """Set the installation's keys, newest first."""
    global _keys
    _keys = tuple(keys)


def derive(key: str, purpose: str) -> bytes:
    """Return 32 bytes for one purpose from one key."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"full-measure/" + purpose.encode()).derive(key.encode())


def keyed_hash(purpose: str, text: str, *, key: str | None = None) -> str:
    """Return the hexadecimal HMAC of a text under the newest key, or the given one."""
    return hmac.new(derive(key or _keys[0], purpose), text.encode(), hashlib.sha256).hexdigest()


def keyed_hashes(purpose: str, text: str) -> tuple[str, ...]:
    """Return the HMAC under every key in use, newest first, for look-ups across a rotation."""
    return tuple(keyed_hash(purpose, text, key=key) for key in _keys)


def code_from(purpose: str, text: str, symbols: int, *, key: str | None = None) -> str:
    """Return a code of so many symbols computed from a text, the same each time."""
    number = int(keyed_hash(purpose, text, key=key), 16)
    return _symbols(number, symbols)


def codes_from(purpose: str, text: str, symbols: int) -> tuple[str, ...]:
    """Return the code of a text under every key in use, newest first."""
    return tuple(code_from(purpose, text, symbols, key=key) for key in _keys)


def plain_code(text: str, symbols: int) -> str:
    """Return a code of so many symbols that is the same on every installation (plain SHA-256)."""
    return _symbols(int(hashlib.sha256(text.encode()).hexdigest(), 16), symbols)


def receipt_code(submission_id: str) -> str:
    """Return a submission's receipt code: 24 symbols (118 bits) and a check symbol, in groups of five."""
    return _in_groups(code_from("receipt", submission_id, RECEIPT_SYMBOLS))


def receipt_codes(submission_id: str) -> tuple[str, ...]:
    """Return a submission's receipt code under every key in use, newest first."""
    return tuple(_in_groups(body) for body in codes_from("receipt", submission_id, RECEIPT_SYMBOLS))


def kept_code(codes: Sequence[str], purpose: str, kept_hash: str | None) -> str | None:
    """Return the one of some codes whose hash is kept, whichever key was the newest then; else None."""
    for code in codes:
        if kept_hash in keyed_hashes(purpose, normalise_code(code)):
            return code
    return None


def normalise_code(text: str) -> str:
    """Return a typed code as stored: half-width capitals, without spaces and dashes of any kind."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if c in CODE_ALPHABET)


def is_receipt_code(text: str) -> bool:
    """Say whether a normalised code has the right length and check symbol."""
    return len(text) == RECEIPT_SYMBOLS + 1 and text[-1] == _check_symbol(text[:-1])


def _in_groups(body: str) -> str:
    whole = body + _check_symbol(body)
    return "-".join(whole[i : i + 5] for i in range(0, len(whole), 5))


def _symbols(number: int, count: int) -> str:
    out = []
    for _ in range(count):
        number, index = divmod(number, len(CODE_ALPHABET))
        out.append(CODE_ALPHABET[index])
    return "".join(out)


def _check_symbol(body: str) -> str:
    # 31 is prime, so a weighted sum catches every single slip and every swap of neighbours.
    total = sum((i + 1) * CODE_ALPHABET.index(c) for i, c in enumerate(body))
    return CODE_ALPHABET[total % len(CODE_ALPHABET)]


def signing_key() -> Ed25519PrivateKey:
    """Return the key that signs log checkpoints."""
    return Ed25519PrivateKey.from_private_bytes(derive(_keys[-1], "log-signature"))


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derive(key, "column"))) for key in _keys])


def encrypt(data: bytes) -> bytes:
    """Return data sealed under the newest key."""
    return _fernet().encrypt(data)


def decrypt(data: bytes) -> bytes:
    """Return data opened with whichever key in use sealed it."""
    return _fernet().decrypt(data)


class EncryptedText(TypeDecorator[str]):
    """A text column that only the application can read."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        return None if value is None else encrypt(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        return None if value is None else decrypt(value).decode()
