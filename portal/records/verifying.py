"""Queries: the check that finds a rewritten, lost, moved or added record version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import zip_longest
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select

from portal.base.db import db
from portal.records import log, merkle
from portal.records.models import LogCheckpoint, LogLeaf, LogNode, PublicRecord, RecordVersion
from portal.records.proofs import log_size, note_of
from portal.records.queries import content_head
from portal.rules.messages import Message, say

BATCH = 500


def faults_in_log(read_outside: Callable[[], str], key: Ed25519PublicKey) -> Iterator[Message]:
    """Yield everything that contradicts the log; `read_outside` returns the outside checkpoint file's text.

    Every version, leaf and node is read once, in bounded memory, as of one moment: others may
    go on publishing. What the file says before that moment speaks of leaves that are there.
    """
    written = list(log.checkpoints_in(read_outside()))
    _hold_still()
    yield from _faults_in_versions()
    yield from _faults_in_records()
    yield from _faults_in_counts()
    yield from _faults_in_nodes()
    stored = [note_of(row) for row in db.session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size))]
    yield from _faults_in_file(stored, read_outside())
    yield from _faults_in_claims(list(dict.fromkeys([*stored, *written])), key)


def _hold_still() -> None:
    """Let all that follows read the database as of now; SQLite does so by itself."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _faults_in_versions() -> Iterator[Message]:
    query = (
        select(RecordVersion, PublicRecord, LogLeaf)
        .join(PublicRecord, PublicRecord.id == RecordVersion.record_id, isouter=True)
        .join(LogLeaf, LogLeaf.record_version_id == RecordVersion.id, isouter=True)
        .order_by(RecordVersion.leaf_index)
    )
    for version, record, leaf in _streamed(query):
        if record is None or leaf is None or leaf.index != version.leaf_index:
            yield say(
                "The version at leaf %(index_no)s lost its record or its leaf.", index_no=version.leaf_index
            )
            continue
        names = {"number": record.number, "version_no": version.version}
        if not _is_content_intact(version):
            yield say("Record %(number)s, version %(version_no)s: the content was changed.", **names)
        if _leaf_of(record, version) != leaf.leaf_hash:
            yield say("Record %(number)s, version %(version_no)s: it does not match its leaf.", **names)


def _is_content_intact(version: RecordVersion) -> bool:
    if version.content is None or version.salt is None:
        # Erased: the leaf still holds the hash, and nothing is left to compare.
        return version.content is None and version.salt is None
    return log.content_hash(version.salt, version.content) == version.content_hash


def _leaf_of(record: PublicRecord, version: RecordVersion) -> str:
    entry = log.entry(
        kind=record.kind.value,
        number=record.number,
        version=version.version,
        content_hash=version.content_hash,
    )
    return merkle.leaf_hash(entry).hex()


def _faults_in_records() -> Iterator[Message]:
    for (record,) in _streamed(select(PublicRecord).order_by(PublicRecord.id)):
        if record.current is None:
            yield say("Record %(number)s has no current version.", number=record.number)
        elif record.current.content is not None and not _agrees(record, record.current.content):
            yield say(
                "Record %(number)s: what is shown differs from its sealed version.", number=record.number
            )


def _agrees(record: PublicRecord, content: str) -> bool:
    try:
        sealed = log.read(content)
    except ValueError:
        return False
    return all(sealed.get(name) == value for name, value in content_head(record).items())


def _faults_in_counts() -> Iterator[Message]:
    leaves, last = db.session.execute(
        select(func.count(), func.max(LogLeaf.index)).select_from(LogLeaf)
    ).one()
    versions = db.session.scalar(select(func.count()).select_from(RecordVersion)) or 0
    if not leaves == log_size() == (0 if last is None else last + 1):
        yield say(
            "The log says it has %(size_count)s leaves and holds %(leaf_count)s.",
            size_count=log_size(),
            leaf_count=leaves,
        )
    if leaves != versions:
        yield say(
            "There are %(version_count)s versions for %(leaf_count)s leaves.",
            version_count=versions,
            leaf_count=leaves,
        )


def _faults_in_nodes() -> Iterator[Message]:
    for level in range(1, log_size().bit_length() + 1):
        children = _hashes(level - 1)
        expected = (merkle.inner_hash(left, right) for left, right in zip(children, children, strict=False))
        if any(one != other for one, other in zip_longest(expected, _hashes(level))):
            yield say("A stored hash at level %(level_no)s of the tree is wrong.", level_no=level)


def _hashes(level: int) -> Iterator[bytes]:
    query: Any = select(LogLeaf.leaf_hash).order_by(LogLeaf.index)
    if level:
        query = select(LogNode.hash).where(LogNode.level == level).order_by(LogNode.position)
    return (bytes.fromhex(value) for (value,) in _streamed(query))


def _faults_in_file(stored: list[log.Checkpoint], outside: str) -> Iterator[Message]:
    missing = {claim.size for claim in stored} - {claim.size for claim in log.checkpoints_in(outside)}
    if missing:
        yield say(
            "The checkpoint file outside the database lacks %(missing_count)s checkpoints.",
            missing_count=len(missing),
        )


def _faults_in_claims(claims: list[log.Checkpoint], key: Ed25519PublicKey) -> Iterator[Message]:
    roots = merkle.roots_at(_hashes(0), {claim.size for claim in claims})
    for claim in claims:
        if not log.is_signed_by(claim, key):
            yield say(
                "The checkpoint at size %(size_count)s does not bear our signature.", size_count=claim.size
            )
        elif roots.get(claim.size) != claim.root:
            yield say("The log is not the one signed at size %(size_count)s.", size_count=claim.size)


def _streamed(query: Any) -> Iterator[Any]:
    with closing(db.session.execute(query.execution_options(yield_per=BATCH))) as rows:
        yield from rows
