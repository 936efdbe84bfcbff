"""What the transparency log holds, as bytes and text: contents, entries, signed checkpoints.

A record version's content is canonical JSON (RFC 8785). Its hash is salted, so that nobody
can confirm an erased content by guessing. The log entry, whose hash is the Merkle leaf,
holds that hash and the version's name, never a text. A checkpoint is a signed note
(C2SP tlog-checkpoint and signed-note, Ed25519).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT = 1
ED25519 = b"\x01"

_NOTE = re.compile(
    r"^(?P<origin>[^\n]+)\n(?P<size>\d+)\n(?P<root>[A-Za-z0-9+/=]{44})\n"
    r"\n— (?P<name>\S+) (?P<signature>[A-Za-z0-9+/=]+)\n",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Checkpoint:
    """The tree at one size, under a signature (key id and Ed25519 signature)."""

    origin: str
    size: int
    root: bytes
    signature: bytes

    @property
    def body(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"

    @property
    def note(self) -> str:
        """Return the signed note."""
        return f"{self.body}\n— {self.origin} {_b64(self.signature)}\n"


def canonical(value: object) -> str:
    """Return the one JSON text of a value, days as ISO text; TypeError for what has no exact text."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_day_text)


def _day_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a record cannot hold {type(value).__name__}")


def content_hash(salt: str, content: str) -> str:
    """Return the salted SHA-256 of a content, in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(salt) + content.encode()).hexdigest()


def entry(*, kind: str, number: str, version: int, content_hash: str) -> bytes:
    """Return the bytes whose hash is a version's leaf."""
    fields = {
        "content_hash": content_hash,
        "format": FORMAT,
        "kind": kind,
        "number": number,
        "version": version,
    }
    return canonical(fields).encode()


def sign(origin: str, size: int, root: bytes, key: Ed25519PrivateKey) -> Checkpoint:
    """Return the signed checkpoint of a tree."""
    unsigned = Checkpoint(origin, size, root, b"")
    signature = key_id(origin, key.public_key()) + key.sign(unsigned.body.encode())
    return Checkpoint(origin, size, root, signature)


def is_signed_by(checkpoint: Checkpoint, key: Ed25519PublicKey) -> bool:
    """Say whether a checkpoint bears this key's signature."""
    if checkpoint.signature[:4] != key_id(checkpoint.origin, key):
        return False
    try:
        key.verify(checkpoint.signature[4:], checkpoint.body.encode())
    except InvalidSignature:
        return False
    return True


def key_id(origin: str, key: Ed25519PublicKey) -> bytes:
    """Return the four bytes by which a note names its key."""
    return hashlib.sha256(origin.encode() + b"\n" + ED25519 + key.public_bytes_raw()).digest()[:4]


def verifier_key(origin: str, key: Ed25519PublicKey) -> str:
    """Return the public key as signed-note tools expect it: name+id+key."""
    return f"{origin}+{key_id(origin, key).hex()}+{_b64(ED25519 + key.public_bytes_raw())}"


def checkpoints_in(text: str) -> Iterator[Checkpoint]:
    """Yield every whole checkpoint in a text; a torn one, left by a power cut, is passed over."""
    for match in _NOTE.finditer(text):
        try:
            root = base64.b64decode(match["root"], validate=True)
            signature = base64.b64decode(match["signature"], validate=True)
        except binascii.Error:
            continue
        yield Checkpoint(match["origin"], int(match["size"]), root, signature)


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a record holds whole numbers in the smallest unit, no floats")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


def read(content: str) -> dict[str, Any]:
    """Return a canonical content as a dictionary."""
    return dict(json.loads(content))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
