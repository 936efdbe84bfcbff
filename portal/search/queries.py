"""find(): words and filters in, keys out; and the reading side of the index that follows the table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Row, func, select

from portal.base.db import db
from portal.search import analyzer, following
from portal.search.engine import FINGERPRINT_MODULUS, Entry, Hits, IndexBroken, IndexState, Question
from portal.search.engine import Engine as SearchEngine
from portal.search.models import SearchCounter, SearchDocument
from portal.search.whoosh_engine import WhooshEngine

ENGINES: dict[str, Callable[[Path], SearchEngine]] = {"whoosh": WhooshEngine}

MOST_COUNTED = 10_000
MOST_PER_PAGE = 200
MOST_SUGGESTIONS = 5
MOST_COMPARED = 30
LEAST_LIKENESS = 0.3

# What a reader puts up with while the index catches up; the worker does the rest.
READER_WAITS_SECONDS = 0.3
READER_WORKS_SECONDS = 1.5
WORKER_WAITS_SECONDS = 10.0
WORKER_WORKS_SECONDS = 600.0

# Folded texts kept per process, characters; a longer index reads some of them again.
KEPT_CHARACTERS = 12_000_000


@dataclass(frozen=True)
class SearchRequest:
    """A search. Filters: any of a facet's values, all of the facets; `excluded` takes values out.

    `sort` is relevance (name before address before text), date (newest first) or name.
    """

    kind: str
    words: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1
    per_page: int = 20
    today: date = date.min


@dataclass(frozen=True)
class FacetCount:
    """How many of the answer bear a value, that facet's own filter left out."""

    value: str
    count: int


@dataclass(frozen=True)
class SearchAnswer:
    """The keys of one page; `total` is exact up to 10,000 and then says 10,000."""

    keys: tuple[str, ...] = ()
    total: int = 0
    is_exact: bool = True
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()


class _Home:
    """The index of one database, and the texts of its rows read so far."""

    def __init__(self, engine: SearchEngine) -> None:
        self.engine = engine
        self.texts: dict[int, tuple[str, str, str]] = {}
        self.kept_characters = 0


_homes: WeakKeyDictionary[Engine, _Home] = WeakKeyDictionary()


def use_index(engine_name: str, instance_path: str) -> None:
    """Keep this database's index under INSTANCE_PATH/search/<engine>/; called once by the factory."""
    folder = Path(instance_path) / "search" / engine_name
    _homes[db.engine] = _Home(ENGINES[engine_name](folder))


def find(request: SearchRequest) -> SearchAnswer:
    """Return what the words and filters find, never what is removed or no longer visible.

    Only the first 100 characters of the words count. Nothing in them is an operator
    except quotation marks, which hold words together.
    """
    home = _homes[db.engine]
    state = _table_state(db.session.connection())
    if state is None:
        return SearchAnswer()
    question = _question(request)
    hits = _search(home, state, question)
    shown = _visible_rows(hits.sequences, request)
    total = hits.total - (len(hits.sequences) - len(shown))
    return SearchAnswer(
        keys=tuple(row.key for row in shown),
        total=min(total, MOST_COUNTED),
        is_exact=total <= MOST_COUNTED,
        facets={name: tuple(FacetCount(v, c) for v, c in counts) for name, counts in hits.facets.items()},
        suggestions=_suggestions(home.engine, request, question)
        if hits.total == 0 and question.words
        else (),
    )


def catch_up() -> bool:
    """Bring the index up to the table and tidy it; tell whether it is up to date."""
    engine = _homes[db.engine].engine
    with _open_table() as table:
        is_current = table.state() == engine.reload()
    if not is_current:
        is_current = following.catch_up(
            engine, _open_table, wait_seconds=WORKER_WAITS_SECONDS, work_seconds=WORKER_WORKS_SECONDS
        )
    with engine.writing(0) as is_held:
        if is_held and engine.reload() is not None:
            engine.tidy()
    return is_current


def rebuild(progress: Callable[[int], None]) -> bool:
    """Fill the index anew beside the old one; `progress` is told how many rows were read."""
    return following.rebuild(
        _homes[db.engine].engine, _open_table, wait_seconds=WORKER_WAITS_SECONDS, progress=progress
    )


def document_count() -> int:
    """Return how many rows the index follows, removed ones included."""
    return db.session.scalar(select(func.count()).select_from(SearchDocument)) or 0


def _question(request: SearchRequest) -> Question:
    words, terms = analyzer.terms_of(request.words)
    per_page = min(max(request.per_page, 1), MOST_PER_PAGE)
    last_page = math.ceil(MOST_COUNTED / per_page)
    return Question(
        kind=request.kind,
        words=words,
        terms=terms,
        filters=request.filters,
        excluded=request.excluded,
        sort=request.sort,
        offset=(min(max(request.page, 1), last_page) - 1) * per_page,
        limit=per_page,
        day=request.today.toordinal(),
    )


def _search(home: _Home, wanted: IndexState, question: Question) -> Hits:
    for _attempt in range(2):
        try:
            if home.engine.state() != wanted and home.engine.reload() != wanted:
                _follow(home.engine)
            return home.engine.search(question, lambda sequences: _texts(home, sequences))
        except IndexBroken:
            continue
    return home.engine.search(question, lambda sequences: _texts(home, sequences))


def _follow(engine: SearchEngine) -> None:
    following.catch_up(
        engine, _open_table, wait_seconds=READER_WAITS_SECONDS, work_seconds=READER_WORKS_SECONDS
    )


def _visible_rows(sequences: Sequence[int], request: SearchRequest) -> list[Any]:
    """Return the rows that still are these versions and may be shown today, in the order given."""
    columns = (SearchDocument.sequence, SearchDocument.key, SearchDocument.name)
    # Not by kind as well: the planner would go through all of a kind.
    query = (
        select(*columns)
        .where(SearchDocument.sequence.in_(sequences))
        .where(SearchDocument.is_removed.is_(False))
        .where(SearchDocument.visible_until.is_(None) | (SearchDocument.visible_until >= request.today))
    )
    rows = {row.sequence: row for row in db.session.execute(query)} if sequences else {}
    return [rows[sequence] for sequence in sequences if sequence in rows]


def _suggestions(engine: SearchEngine, request: SearchRequest, question: Question) -> tuple[str, ...]:
    near = engine.nearest(request.kind, question.words, question.day, MOST_COMPARED)
    liked: dict[str, float] = {}
    for row in _visible_rows(near, request):
        folded = analyzer.fold(row.name)
        likeness = analyzer.likeness(question.words, folded)
        if analyzer.letter_tokens(question.words):
            likeness = max(likeness, analyzer.sound_likeness(question.words, analyzer.readings(folded)))
        if likeness >= LEAST_LIKENESS:
            liked.setdefault(row.name, likeness)
    return tuple(sorted(liked, key=lambda name: (-liked[name], len(name), name))[:MOST_SUGGESTIONS])


def _texts(home: _Home, sequences: Sequence[int]) -> Mapping[int, tuple[str, str, str]]:
    """Return the folded texts of these versions; a version never changes, so it is kept."""
    missing = [sequence for sequence in sequences if sequence not in home.texts]
    if not missing:
        return home.texts
    columns = (SearchDocument.sequence, SearchDocument.name, SearchDocument.place, SearchDocument.text)
    found: dict[int, tuple[str, str, str]] = {}
    for at in range(0, len(missing), 900):
        query = select(*columns).where(SearchDocument.sequence.in_(missing[at : at + 900]))
        for sequence, name, place, text in db.session.execute(query):
            found[sequence] = analyzer.fold(name), analyzer.fold(place), analyzer.fold(text)
    known = {sequence: home.texts[sequence] for sequence in sequences if sequence in home.texts}
    characters = sum(len(text) for texts in found.values() for text in texts)
    if home.kept_characters + characters > KEPT_CHARACTERS:
        home.texts, home.kept_characters = {}, 0
    home.texts.update(found)
    home.kept_characters += characters
    return {**known, **found}


@contextmanager
def _open_table() -> Iterator[_CommittedRows]:
    """Read on a connection of its own: a caller's uncommitted rows must not reach the index."""
    with db.engine.connect() as connection:
        yield _CommittedRows(connection)


class _CommittedRows:
    """The table, as following.py reads it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def state(self) -> IndexState | None:
        return _table_state(self._connection)

    def changes_after(self, sequence: int, limit: int) -> list[Entry]:
        table = SearchDocument.__table__
        query = select(table).where(table.c.sequence > sequence).order_by(table.c.sequence).limit(limit)
        return [_entry(row) for row in self._connection.execute(query)]

    def fingerprint(self, until: int) -> tuple[int, int]:
        column = SearchDocument.sequence
        total = func.coalesce(func.sum(column % FINGERPRINT_MODULUS), 0)
        query = select(func.count(), total).where(column <= until)
        count, sum_of_rests = self._connection.execute(query).one()
        return count, int(sum_of_rests)


def _table_state(connection: Connection) -> IndexState | None:
    row = connection.execute(select(SearchCounter.identity, SearchCounter.last_sequence)).first()
    return IndexState(row.identity, row.last_sequence) if row else None


def _entry(row: Row[Any]) -> Entry:
    if row.is_removed:
        return Entry(row.kind, row.key, row.sequence, is_removed=True)
    name = analyzer.fold(row.name)
    return Entry(
        kind=row.kind,
        key=row.key,
        sequence=row.sequence,
        name=name,
        place=analyzer.fold(row.place),
        text=analyzer.fold(row.text),
        reading=analyzer.readings(name),
        facets=tuple(_facet_pairs(row.facets)),
        date=row.facets.get("date"),
        visible_until=row.visible_until.toordinal() if row.visible_until else None,
    )


def _facet_pairs(facets: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in facets.items():
        if name == "date" or value is None:
            continue
        for one in value if isinstance(value, list) else [value]:
            yield name, str(one)
