"""Models: public records, their versions, and the log that makes a silent rewrite show."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from portal.base.db import Model, UTCDateTime, enum_column
from portal.base.triggers import append_only
from portal.records import log
from portal.rules.publication import RecordKind


class RecordVersion(Model):
    """One published text of a record; `content` and `salt` may be erased, nothing may be changed."""

    __tablename__ = "record_version"
    __table_args__ = (UniqueConstraint("record_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("public_record.id"))
    version: Mapped[int]
    content: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leaf_index: Mapped[int] = mapped_column(unique=True)

    @property
    def facts(self) -> dict[str, Any]:
        """The published facts; empty once erased."""
        return dict(log.read(self.content)["facts"]) if self.content else {}


class PublicRecord(Model):
    """A decided thing anyone may read; who or what it is about repeats its latest version, for queries."""

    __tablename__ = "public_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(11), unique=True)
    kind: Mapped[RecordKind] = enum_column(RecordKind, index=True)
    merchant_number: Mapped[str | None] = mapped_column(String(11), index=True)
    merchant_name: Mapped[str] = mapped_column(String(200))
    region_code: Mapped[str] = mapped_column(String(6), index=True)
    sector: Mapped[str] = mapped_column(String(40), index=True)
    occurred_on: Mapped[date] = mapped_column(index=True)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    visible_until: Mapped[date | None] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawal_reason: Mapped[str | None] = mapped_column(String(300))
    current_version: Mapped[int] = mapped_column(default=1)

    current: Mapped[RecordVersion] = relationship(
        primaryjoin=lambda: and_(
            PublicRecord.id == foreign(remote(RecordVersion.record_id)),
            PublicRecord.current_version == RecordVersion.version,
        ),
        viewonly=True,
        uselist=False,
        lazy="joined",
    )

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of the latest version."""
        return self.current.facts


class LogHead(Model):
    """The one row that says how long the log is; its lock puts leaves in the order of commits."""

    __tablename__ = "log_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(default=0)


class LogLeaf(Model):
    """A leaf of the Merkle tree, by its place from 0."""

    __tablename__ = "log_leaf"

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leaf_hash: Mapped[str] = mapped_column(String(64))
    record_version_id: Mapped[int] = mapped_column(ForeignKey("record_version.id"), unique=True)


class LogNode(Model):
    """The hash over a complete subtree of 2^level leaves, kept so that a proof takes a few reads."""

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))


class LogCheckpoint(Model):
    """A signed statement of the log's root at one size; also written outside the database."""

    __tablename__ = "log_checkpoint"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(200))
    root: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(140))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)


append_only(RecordVersion, erasable=("content", "salt"))
append_only(LogLeaf)
append_only(LogNode)
append_only(LogCheckpoint)
