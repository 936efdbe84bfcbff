"""The transparency log: proofs, checkpoints, and every way of rewriting it that must be found."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import text

from portal.base import crypto
from portal.base.db import db, unit_of_work
from portal.base.labels import render
from portal.records import actions, log, merkle, proofs, queries, sealing, verifying
from portal.records.models import LogCheckpoint, LogLeaf, LogNode, PublicRecord, RecordVersion
from tests.builders import publish_record

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
ORIGIN = "records.example.org"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return tmp_path / "outside.txt"


def checkpoint(outside: Path) -> log.Checkpoint | None:
    with unit_of_work():
        return sealing.sign_checkpoint(origin=ORIGIN, path=str(outside), now=NOW)


def text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def faults(outside: Path) -> list[str]:
    key = crypto.signing_key().public_key()
    return [render(fault) for fault in verifying.faults_in_log(lambda: text_of(outside), key)]


def tamper(*statements: str) -> None:
    """Change the database's file as somebody who holds it would: without keys, triggers or promises."""
    db.session.rollback()
    with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for statement in [*(f"DROP TRIGGER {name}" for (name,) in triggers), *statements]:
            connection.execute(statement)


def filled(count: int) -> list[str]:
    return [publish_record(facts={"goods": f"goods {index}"}, now=NOW) for index in range(count)]


def rebuild_everything() -> None:
    """Make every hash in the database agree again, as a careful forger would."""
    with unit_of_work():
        for model in (LogNode, LogLeaf, LogCheckpoint):
            db.session.query(model).delete()
        for version in db.session.query(RecordVersion).order_by(RecordVersion.leaf_index):
            record = db.session.get_one(PublicRecord, version.record_id)
            version.content_hash = log.content_hash(version.salt or "", version.content or "")
            entry = log.entry(
                kind=record.kind.value,
                number=record.number,
                version=version.version,
                content_hash=version.content_hash,
            )
            leaf = merkle.leaf_hash(entry)
            db.session.add(
                LogLeaf(index=version.leaf_index, leaf_hash=leaf.hex(), record_version_id=version.id)
            )
            for level, position, node in merkle.new_nodes(version.leaf_index, leaf, proofs.stored_node):
                db.session.add(LogNode(level=level, position=position, hash=node.hex()))
            db.session.flush()


def test_an_honest_log_has_no_faults(app: Flask, outside: Path) -> None:
    assert faults(outside) == []
    numbers = filled(5)
    checkpoint(outside)
    filled(6)
    with unit_of_work():
        actions.withdraw_record(numbers[0], "decision set aside", now=NOW)
    publish_record(facts={"goods": "better"}, replaces=numbers[1], now=NOW)
    assert faults(outside) == []
    checkpoint(outside)
    assert faults(outside) == []


def test_an_erased_content_leaves_the_log_whole(app: Flask, outside: Path) -> None:
    filled(3)
    checkpoint(outside)
    with unit_of_work():
        db.session.execute(text("UPDATE record_version SET content = NULL, salt = NULL WHERE leaf_index = 1"))
    assert faults(outside) == []


def test_a_rewritten_content_is_found(app: Flask, outside: Path) -> None:
    filled(7)
    checkpoint(outside)
    tamper("UPDATE record_version SET content = replace(content, 'goods 3', 'goods 9')")
    assert len(faults(outside)) == 1


@pytest.mark.parametrize("leaf", range(7))
def test_a_rewrite_with_every_hash_recomputed_is_found_by_the_outside_file(
    app: Flask, outside: Path, leaf: int
) -> None:
    filled(7)
    checkpoint(outside)
    tamper(
        f"UPDATE record_version SET content = replace(content, 'goods {leaf}', 'nothing')"
        f" WHERE leaf_index = {leaf}"
    )
    rebuild_everything()
    assert len(faults(outside)) == 1
    checkpoint(outside)
    # Signing the forged log does not help: the earlier checkpoint still stands outside.
    assert len(faults(outside)) >= 1
    outside.unlink()
    assert faults(outside) != []


def test_a_cut_tail_is_found(app: Flask, outside: Path) -> None:
    filled(7)
    checkpoint(outside)
    tamper(
        'DELETE FROM log_leaf WHERE "index" = 6',
        "DELETE FROM record_version WHERE leaf_index = 6",
        "DELETE FROM public_record WHERE id = 7",
        "UPDATE log_head SET size = 6",
    )
    assert len(faults(outside)) == 1


@pytest.mark.parametrize(
    "statements",
    [
        ['DELETE FROM log_leaf WHERE "index" = 3'],
        ["DELETE FROM record_version WHERE leaf_index = 3"],
        ["DELETE FROM public_record WHERE id = 4"],
        [
            'UPDATE log_leaf SET leaf_hash = (SELECT leaf_hash FROM log_leaf WHERE "index" = 2)'
            ' WHERE "index" = 3'
        ],
        ['UPDATE log_node SET hash = (SELECT leaf_hash FROM log_leaf WHERE "index" = 2) WHERE level = 1'],
        ["DELETE FROM log_node WHERE level = 2"],
        ["INSERT INTO log_node (level, position, hash) VALUES (2, 1, 'ab')"],
        ["UPDATE record_version SET salt = NULL WHERE leaf_index = 3"],
        ["UPDATE record_version SET content = 'not JSON' WHERE leaf_index = 3"],
        ["UPDATE public_record SET merchant_name = 'somebody else' WHERE id = 4"],
        ["UPDATE public_record SET kind = 'award' WHERE id = 4"],
        ["UPDATE public_record SET visible_until = '2020-01-01' WHERE id = 4"],
        ["UPDATE public_record SET withdrawn_at = '2026-01-01 00:00:00' WHERE id = 4"],
        ["UPDATE public_record SET number = 'R2222222222' WHERE id = 4"],
        ["UPDATE public_record SET current_version = 2 WHERE id = 4"],
        ["UPDATE log_head SET size = 6"],
        ["UPDATE log_checkpoint SET root = '" + "00" * 32 + "'"],
        ["UPDATE log_checkpoint SET signature = '" + "00" * 68 + "'"],
    ],
    ids=lambda statements: statements[0][:70],
)
def test_every_single_change_is_found(app: Flask, outside: Path, statements: list[str]) -> None:
    filled(7)
    checkpoint(outside)
    tamper(*statements)
    assert faults(outside) != []


def test_a_checkpoint_of_another_key_is_found(app: Flask, outside: Path) -> None:
    filled(2)
    forged = log.sign(ORIGIN, 2, b"\0" * 32, Ed25519PrivateKey.generate())
    outside.write_text(forged.note)
    assert len(faults(outside)) == 1


def test_a_lost_outside_file_is_found(app: Flask, outside: Path) -> None:
    filled(2)
    checkpoint(outside)
    outside.unlink()
    assert len(faults(outside)) == 1


def test_a_torn_note_is_passed_over_and_later_ones_are_read(app: Flask, outside: Path) -> None:
    filled(2)
    first = checkpoint(outside)
    filled(1)
    assert first is not None
    outside.write_text(outside.read_text() + first.note[:40])
    second = checkpoint(outside)
    assert list(log.checkpoints_in(outside.read_text())) == [first, second]
    assert faults(outside) == []


def test_nothing_new_needs_no_checkpoint(app: Flask, outside: Path) -> None:
    assert checkpoint(outside) is None
    filled(1)
    assert checkpoint(outside) is not None
    assert checkpoint(outside) is None
    assert outside.read_text().count("— ") == 1


def test_a_version_is_proved_once_a_checkpoint_covers_it(app: Flask, outside: Path) -> None:
    numbers = filled(6)
    record = queries.record_by_number(numbers[4])
    assert record is not None
    assert proofs.proof_of(record.current) is None
    checkpoint(outside)
    filled(3)
    record = queries.record_by_number(numbers[4])
    assert record is not None
    proof = proofs.proof_of(record.current)
    assert proof is not None
    assert (proof.index, proof.checkpoint.size) == (4, 6)
    assert merkle.is_included(
        proof.leaf_hash, proof.index, proof.checkpoint.size, proof.path, proof.checkpoint.root
    )


def test_a_leaf_holds_no_text_and_needs_its_salt(app: Flask) -> None:
    number = filled(1)[0]
    record = queries.record_by_number(number)
    assert record is not None
    version = record.current
    entry = log.entry(kind="risk_tip", number=number, version=1, content_hash=version.content_hash)
    assert b"goods 0" not in entry
    assert proofs.stored_node(0, 0) == hashlib.sha256(b"\0" + entry).digest()
    assert version.salt is not None
    assert version.content is not None
    salted = bytes.fromhex(version.salt) + version.content.encode()
    assert version.content_hash == hashlib.sha256(salted).hexdigest()
    assert version.content_hash != hashlib.sha256(version.content.encode()).hexdigest()


def test_equal_contents_get_different_salts(app: Flask) -> None:
    publish_record(now=NOW)
    publish_record(now=NOW)
    rows = list(queries.export_rows(NOW.date()))
    assert rows[0]["salt"] != rows[1]["salt"]


def test_a_checkpoint_is_a_signed_note_as_other_tools_read_it() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    note = log.sign("example.com/log", 7, bytes(32), key).note
    body, signature_line = note.split("\n\n")
    assert body == "example.com/log\n7\n" + base64.b64encode(bytes(32)).decode()
    dash, name, blob = signature_line.rstrip("\n").split(" ")
    assert (dash, name) == ("—", "example.com/log")
    decoded = base64.b64decode(blob)
    raw = key.public_key().public_bytes_raw()
    assert decoded[:4] == hashlib.sha256(b"example.com/log\n\x01" + raw).digest()[:4]
    key.public_key().verify(decoded[4:], (body + "\n").encode())
    assert log.verifier_key("example.com/log", key.public_key()).split("+")[:2] == [
        "example.com/log",
        decoded[:4].hex(),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": "秤"}, '{"a":"秤","b":1}'),
        ({"a": [True, None, '\u2028"']}, '{"a":[true,null,"\u2028\\""]}'),
    ],
)
def test_canonical_json_has_one_text(value: object, expected: str) -> None:
    assert log.canonical(value) == expected


@pytest.mark.parametrize("value", [1.5, [0.1], {"a": {"b": float("nan")}}, {"a": {1, 2}}])
def test_what_has_no_exact_text_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        log.canonical(value)


def test_publishing_and_signing_go_on_while_the_log_is_verified(app: Flask, outside: Path) -> None:
    filled(4)
    checkpoint(outside)
    reads = []

    def read_while_others_write() -> str:
        reads.append(text_of(outside))
        with app.app_context():
            filled(2)
            checkpoint(outside)
        return reads[-1] if len(reads) == 1 else text_of(outside)

    key = crypto.signing_key().public_key()
    assert list(verifying.faults_in_log(read_while_others_write, key)) == []
    assert len(reads) == 2
