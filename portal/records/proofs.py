"""Queries: where the log stands, and proofs that a version is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.base.db import db
from portal.records import log, merkle
from portal.records.models import LogCheckpoint, LogHead, LogLeaf, LogNode, PublicRecord, RecordVersion


@dataclass(frozen=True)
class Proof:
    """What proves one version to be in the log: its leaf, the way to the root, the signed root."""

    index: int
    leaf_hash: bytes
    path: tuple[bytes, ...]
    checkpoint: log.Checkpoint


def stored_node(level: int, position: int) -> bytes:
    """Return the stored hash over a complete subtree; LookupError where the log does not reach."""
    query = (
        select(LogLeaf.leaf_hash).where(LogLeaf.index == position)
        if level == 0
        else select(LogNode.hash).where(LogNode.level == level, LogNode.position == position)
    )
    found = db.session.scalar(query)
    if found is None:
        raise LookupError(f"the log holds no node {position} at level {level}")
    return bytes.fromhex(found)


def log_size() -> int:
    """Return how many leaves the log has."""
    return db.session.scalar(select(LogHead.size)) or 0


def last_checkpoint() -> LogCheckpoint | None:
    """Return the newest checkpoint, or None before the first."""
    return db.session.scalar(select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1))


def note_of(row: LogCheckpoint) -> log.Checkpoint:
    """Return a stored checkpoint as the signed note it is."""
    return log.Checkpoint(row.origin, row.size, bytes.fromhex(row.root), bytes.fromhex(row.signature))


def proof_of(version: RecordVersion) -> Proof | None:
    """Return the proof that a version is in the newest signed tree; None until one covers it."""
    row = last_checkpoint()
    if row is None or row.size <= version.leaf_index:
        return None
    return Proof(
        index=version.leaf_index,
        leaf_hash=stored_node(0, version.leaf_index),
        path=tuple(merkle.inclusion_proof(version.leaf_index, row.size, stored_node)),
        checkpoint=note_of(row),
    )


def bundle_of(record: PublicRecord) -> dict[str, Any] | None:
    """Return what checks a record's current version without this portal; None until it is signed."""
    version = record.current
    proof = proof_of(version)
    if proof is None:
        return None
    return {
        "format": log.FORMAT,
        "number": record.number,
        "kind": record.kind.value,
        "version": version.version,
        "content": version.content,
        "salt": version.salt,
        "content_hash": version.content_hash,
        "leaf_index": proof.index,
        "leaf_hash": proof.leaf_hash.hex(),
        "tree_size": proof.checkpoint.size,
        "path": [step.hex() for step in proof.path],
        "root": proof.checkpoint.root.hex(),
        "checkpoint": proof.checkpoint.note,
    }
