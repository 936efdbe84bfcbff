"""The table the index follows: one row a document, and the counter that numbers every change."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.base.db import Model


class SearchDocument(Model):
    """What may be found: written in the transaction of the thing it stands for."""

    __tablename__ = "search_document"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    facets: Mapped[dict[str, Any]] = mapped_column(JSON)
    visible_until: Mapped[date | None]
    is_removed: Mapped[bool] = mapped_column(default=False)
    # Names this version of the row: no two versions ever bear the same number.
    sequence: Mapped[int] = mapped_column(BigInteger, unique=True)


class SearchCounter(Model):
    """The last sequence given out, in one row, and the identity of this database."""

    __tablename__ = "search_counter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_sequence: Mapped[int] = mapped_column(BigInteger)
    identity: Mapped[str] = mapped_column(String(32))
