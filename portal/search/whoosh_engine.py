"""The Whoosh engine: the portal's own analyzer and set arithmetic over Whoosh's postings and columns.

Whoosh 2.7.4 is dormant. It is used as a store of immutable segments, each read
once; positions, scoring and its query language are not used. It never syncs, so
the files are synced here, and an index that was not synced before the machine
went down is filled anew.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from whoosh import columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.writing import SegmentWriter

from portal.search import analyzer
from portal.search.answering import nearest, search
from portal.search.engine import Entry, Hits, IndexBroken, IndexState, Question, ReadTexts
from portal.search.filing import NO_DATE, UNLIMITED, fields_of, identifier
from portal.search.index_folder import boot_id, is_whole, locked, point_at, pointer_in, renew_boot
from portal.search.snapshot import Segment, Snapshot

INDEX_NAME = "portal"
MOST_SEGMENTS = 16
TIDY_FROM_SEGMENTS = 5
BUILD_MEMORY_MB = 96


class Tokens(fields.FieldType):  # type: ignore[misc]
    """A field of ready-made terms, kept without positions or counts."""

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.analyzer = self.vector = self.column_type = None
        self.scorable = self.stored = self.unique = self.spelling = False

    def index(self, value: Iterable[str], **_options: Any) -> list[tuple[bytes, int, float, bytes]]:
        return [(token.encode(), 1, 1.0, b"") for token in value]

    def from_bytes(self, value: bytes) -> bytes:
        return value


def _schema() -> fields.Schema:
    return fields.Schema(
        id=Tokens(),
        name=Tokens(),
        place=Tokens(),
        text=Tokens(),
        sound=Tokens(),
        facet=Tokens(),
        sequence=fields.COLUMN(columns.NumericColumn("q", default=-1)),
        date=fields.COLUMN(columns.NumericColumn("q", default=NO_DATE)),
        visible_until=fields.COLUMN(columns.NumericColumn("i", default=UNLIMITED)),
        # Whoosh misreads the offsets it writes for large columns.
        order=fields.COLUMN(columns.VarBytesColumn(allow_offsets=False)),
    )


class WhooshEngine:
    """One index folder, as this process sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loaded: _Loaded | None = None
        self._loading = threading.RLock()

    def state(self) -> IndexState | None:
        loaded = self._loaded
        return loaded.state if loaded else self.reload()

    def reload(self) -> IndexState | None:
        with self._loading:
            try:
                self._loaded = _load(self.folder, self._loaded)
            except Exception:  # Whoosh meets a torn file with any error there is.
                self._loaded = None
            return self._loaded.state if self._loaded else None

    def writing(self, wait_seconds: float) -> AbstractContextManager[bool]:
        return locked(self.folder, wait_seconds)

    def begin(self, identity: str) -> None:
        self.replace(identity, ())

    def replace(self, identity: str, entries: Iterable[Entry]) -> None:
        name = f"index-{secrets.token_hex(6)}"
        _create(self.folder / name)
        writer = _writer(self.folder / name)
        try:
            for entry in entries:
                writer.add_document(**fields_of(entry))
        except BaseException:
            _cancel(writer)
            shutil.rmtree(self.folder / name, ignore_errors=True)
            raise
        writer.commit(merge=False)
        point_at(self.folder, name, identity, _generation(self.folder / name))
        self._remove_others(name)
        self.reload()

    def add(self, entries: Sequence[Entry]) -> None:
        prepared = [fields_of(entry) for entry in entries]
        loaded = self._for_writing()
        renew_boot(self.folder)
        many = len(loaded.snapshot.segments) >= MOST_SEGMENTS
        writer = _writer(loaded.path)
        try:
            for entry, values in zip(entries, prepared, strict=True):
                for number in loaded.snapshot.numbers_of(identifier(entry)):
                    writer.delete_document(number)
                writer.add_document(**values)
            writer.commit(merge=many)
        except BaseException:
            # What a failed document left in the writer would be filed under the next one.
            _cancel(writer)
            raise
        self._written(loaded)

    def tidy(self) -> None:
        loaded = self._for_writing()
        is_full_of_holes = loaded.snapshot.deleted_count * 2 > loaded.snapshot.size
        if len(loaded.snapshot.segments) < TIDY_FROM_SEGMENTS and not is_full_of_holes:
            return
        renew_boot(self.folder)
        _writer(loaded.path).commit(optimize=is_full_of_holes)
        self._written(loaded)

    def fingerprint(self) -> tuple[int, int]:
        return self._for_writing().snapshot.fingerprint()

    def search(self, question: Question, read_texts: ReadTexts) -> Hits:
        loaded = self._loaded
        if loaded is None:
            return Hits([], 0)
        with self._breakage_told(loaded):
            return search(loaded.snapshot, question, read_texts)

    def nearest(self, kind: str, words: str, day: int, limit: int) -> list[int]:
        loaded = self._loaded
        if loaded is None:
            return []
        with self._breakage_told(loaded):
            return nearest(loaded.snapshot, kind, words, day, limit)

    @contextmanager
    def _breakage_told(self, loaded: _Loaded) -> Iterator[None]:
        try:
            yield
        except IndexBroken:
            self._discard(loaded)
            raise

    def _discard(self, loaded: _Loaded) -> None:
        """Forget an index that could not be read; whoever writes next fills a new one."""
        self._loaded = None
        pointer = pointer_in(self.folder)
        if pointer and pointer["folder"] == loaded.path.name:
            with suppress(OSError):
                (self.folder / "current.json").unlink()

    def _for_writing(self) -> _Loaded:
        self.reload()
        if self._loaded is None:
            raise IndexBroken
        return self._loaded

    def _written(self, loaded: _Loaded) -> None:
        generation = _generation(loaded.path)
        point_at(self.folder, loaded.path.name, loaded.state.identity, generation)
        self.reload()

    def _remove_others(self, name: str) -> None:
        for path in self.folder.glob("index-*"):
            if path.name != name:
                shutil.rmtree(path, ignore_errors=True)


class _Loaded:
    """An index folder as of one generation."""

    def __init__(self, path: Path, identity: str, generation: int, snapshot: Snapshot) -> None:
        self.path = path
        self.generation = generation
        self.snapshot = snapshot
        self.state = IndexState(identity, snapshot.cursor)


def _load(folder: Path, before: _Loaded | None) -> _Loaded | None:
    """Open what `current.json` names, keeping the segments that were already read."""
    for _attempt in range(10):
        try:
            return _load_index(folder, before)
        except FileNotFoundError:
            # A writer took files away while they were being opened.
            time.sleep(0.02)
    return None


def _load_index(folder: Path, before: _Loaded | None) -> _Loaded | None:
    pointer = pointer_in(folder)
    if pointer is None or pointer["analyzer"] != analyzer.VERSION:
        return None
    path = folder / pointer["folder"]
    if before and before.path != path:
        before = None
    generation = _generation(path)
    is_settled = generation == pointer["generation"]
    if generation < pointer["generation"] or not (is_settled or pointer["boot"] == boot_id()):
        return None
    if before and before.generation == generation:
        return before
    if not is_whole(path, pointer["sums"], f"_{INDEX_NAME}_{generation}."):
        return None
    storage = FileStorage(str(path))
    toc = TOC.read(storage, INDEX_NAME, generation)
    known = {segment.name: segment for segment in before.snapshot.segments} if before else {}
    segments = [_segment(path, pointer, storage, found, known) for found in toc.segments]
    removed = [set(found.deleted_docs()) for found in toc.segments]
    return _Loaded(path, pointer["identity"], generation, Snapshot(segments, removed))


def _segment(
    path: Path, pointer: dict[str, Any], storage: FileStorage, found: Any, known: dict[str, Segment]
) -> Segment:
    name = found.segment_id()
    if name in known:
        return known[name]
    if not is_whole(path, pointer["sums"], f"{name}."):
        raise IndexBroken
    codec = found.codec()
    per_document = codec.per_document_reader(storage, found)
    try:
        schema = _schema()
        read = {
            name: list(per_document.column_reader(name, schema[name].column_type))
            if per_document.has_column(name)
            else [schema[name].column_type.default_value()] * found.doc_count_all()
            for name in ("sequence", "date", "visible_until", "order")
        }
    finally:
        per_document.close()
    terms = codec.terms_reader(storage, found)
    return Segment(name, terms, _numbers_in(terms), found.doc_count_all(), read)


def _numbers_in(terms: Any) -> Any:
    """Return a function from field and term to the document numbers filed under it."""
    existence = formats.Existence()

    def numbers(field: str, token: bytes) -> list[int]:
        if (field, token) not in terms:
            return []
        matcher = terms.matcher(field, token, existence)
        if not hasattr(matcher, "_read_ids"):
            return list(matcher.all_ids())
        found: list[int] = []
        # Block by block: the public iterator costs ten times as much.
        while matcher.is_active():
            matcher._read_ids()
            found += matcher._ids
            matcher._next_block()
        return found

    return numbers


def _cancel(writer: SegmentWriter) -> None:
    # A writer that failed half way may fail at clearing up too; its files are nobody's.
    with suppress(Exception):
        writer.cancel()


def _writer(path: Path) -> SegmentWriter:
    codec = W3Codec(blocklimit=2048, compression=1)
    # Otherwise it looks for a file of field lengths, in vain, once a posting.
    codec.length_stats = False
    index = FileIndex(FileStorage(str(path)), indexname=INDEX_NAME)
    # Without a lock of its own: the folder's is held, and ends with the process that holds it.
    return SegmentWriter(index, _lk=False, compound=False, codec=codec, limitmb=BUILD_MEMORY_MB)


def _create(path: Path) -> None:
    path.mkdir(parents=True)
    FileIndex.create(FileStorage(str(path)), _schema(), INDEX_NAME)


def _generation(path: Path) -> int:
    return int(TOC._latest_generation(FileStorage(str(path)), INDEX_NAME))
