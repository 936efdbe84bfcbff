"""Actions: put a record version into the log, and sign what the log says."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.base import crypto
from portal.base.db import db
from portal.records import log, merkle
from portal.records.models import LogCheckpoint, LogHead, LogLeaf, LogNode, PublicRecord, RecordVersion
from portal.records.proofs import last_checkpoint, stored_node

HEAD = 1


def locked_head() -> LogHead:
    """Return the log's head, held until the commit so that leaves stand in the order of commits."""
    head = db.session.scalar(select(LogHead).where(LogHead.id == HEAD).with_for_update())
    if head is None:
        head = LogHead(id=HEAD, size=0)
        db.session.add(head)
        db.session.flush()
    return head


def append_version(
    record: PublicRecord, content: dict[str, Any], *, head: LogHead, now: datetime
) -> RecordVersion:
    """Seal a content as the record's current version and append its leaf."""
    text = log.canonical(content)
    salt = secrets.token_hex(32)
    version = RecordVersion(
        record_id=record.id,
        version=record.current_version,
        content=text,
        salt=salt,
        content_hash=log.content_hash(salt, text),
        published_at=now,
        leaf_index=head.size,
    )
    db.session.add(version)
    db.session.flush()
    _append_leaf(record, version, head)
    return version


def _append_leaf(record: PublicRecord, version: RecordVersion, head: LogHead) -> None:
    entry = log.entry(
        kind=record.kind.value,
        number=record.number,
        version=version.version,
        content_hash=version.content_hash,
    )
    leaf, index = merkle.leaf_hash(entry), head.size
    db.session.add(LogLeaf(index=index, leaf_hash=leaf.hex(), record_version_id=version.id))
    for level, position, node in merkle.new_nodes(index, leaf, stored_node):
        db.session.add(LogNode(level=level, position=position, hash=node.hex()))
    head.size = index + 1
    db.session.flush()


def sign_checkpoint(*, origin: str, path: str, now: datetime) -> log.Checkpoint | None:
    """Sign the log as it stands and write that outside the database; None when nothing was added since.

    The outside copy comes first: it speaks of leaves that are committed already, so it
    stays true even if the power fails before the row is.
    """
    size = locked_head().size
    last = last_checkpoint()
    if size == 0 or (last is not None and last.size == size):
        return None
    checkpoint = log.sign(origin, size, merkle.root(size, stored_node), crypto.signing_key())
    append_outside(path, [checkpoint])
    db.session.add(
        LogCheckpoint(
            size=size,
            origin=origin,
            root=checkpoint.root.hex(),
            signature=checkpoint.signature.hex(),
            signed_at=now,
        )
    )
    return checkpoint


def append_outside(path: str, checkpoints: list[log.Checkpoint]) -> None:
    """Append signed notes to a file and wait until the disk holds them."""
    with open(path, "a", encoding="utf-8") as file:
        for checkpoint in checkpoints:
            # The empty line before ends a note that a power cut tore.
            file.write("\n" + checkpoint.note)
        file.flush()
        os.fsync(file.fileno())
