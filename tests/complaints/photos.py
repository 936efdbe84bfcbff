"""Photos to add, what a test sends them with, and what lies in the store afterwards."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from portal.base.db import unit_of_work
from portal.complaints.drafts import drafting
from portal.complaints.evidence import actions as evidence
from portal.complaints.models import Draft
from portal.rules.intake_terms import EvidenceSlot
from tests.complaints.conftest import NOW

JSON = {"Accept": "application/json"}
GOODS = EvidenceSlot.GOODS


def photo(seed: int = 1, *, side: int = 240) -> bytes:
    """Return a small JPEG of grain; another seed is another photo."""
    grain = Image.frombytes("RGB", (80, 80), random.Random(seed).randbytes(80 * 80 * 3))
    out = io.BytesIO()
    grain.resize((side, side)).save(out, "JPEG", quality=90)
    return out.getvalue()


def make_draft(key: str = "draft-1") -> Draft:
    with unit_of_work():
        return drafting.begin_draft(key, now=NOW)


def hold(client: FlaskClient, *receipt_hashes: str) -> None:
    """Put receipts into the client's session as if their codes had been typed."""
    with client.session_transaction() as session:
        session["receipts"] = [[one, int(NOW.timestamp())] for one in receipt_hashes]


def attached(draft: Draft, data: bytes, name: str = "秤.jpg", slot: EvidenceSlot = GOODS) -> str:
    """Add a file to a draft past the pages; return its number."""
    prepared = evidence.prepare(data, name=name)
    with unit_of_work():
        return evidence.attach(draft, prepared, slot, now=NOW).file.number


def send_files(
    client: FlaskClient, address: str, *sent: tuple[bytes, str], slot: str = GOODS.value, **options: Any
) -> TestResponse:
    """Send files as a form does."""
    parts: MultiDict[str, Any] = MultiDict([("slot", slot)])
    for content, name in sent:
        parts.add("file", FileStorage(io.BytesIO(content), filename=name, name="file"))
    boundary, body = encode_multipart(parts)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return client.post(address, data=body, content_type=kind, **options)


def stored(app: Flask) -> set[str]:
    """Return the names of everything in the sealed store, half-written files among them."""
    root = Path(app.config["INSTANCE_PATH"]) / "evidence"
    return {path.name for path in root.rglob("*") if path.is_file()}
