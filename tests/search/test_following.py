"""The index is a cache: it follows the table, mends itself, and never shows what is not to be shown."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from benchmarks.search import small_app
from portal.base.db import db, unit_of_work
from portal.search import analyzer, queries
from portal.search.actions import put_document, remove_document
from portal.search.queries import SearchRequest, find

TODAY = date(2026, 6, 1)


def put(key: str, name: str, *, visible_until: date | None = None, kind: str = "merchant") -> None:
    with unit_of_work():
        put_document(kind, key, name=name, place="", text="", facets={}, visible_until=visible_until)


def found(words: str = "", *, today: date = TODAY) -> set[str]:
    db.session.rollback()
    return set(find(SearchRequest("merchant", words, today=today, per_page=200)).keys)


def engine_here() -> queries.SearchEngine:
    return queries._homes[db.engine].engine


def live_folder(index: Path) -> str:
    """Name the index in use; it changes when the index is filled anew."""
    (folder,) = index.glob("index-*")
    return folder.name


def forget_loaded(index: Path) -> None:
    """Do as a fresh process does: know nothing but the folder."""
    queries.use_index(index.name, str(index.parent.parent))


@pytest.mark.usefixtures("index")
def test_an_empty_portal_finds_nothing() -> None:
    assert find(SearchRequest("merchant", "老王", today=TODAY)) == queries.SearchAnswer()


@pytest.mark.usefixtures("index")
def test_a_document_is_found_as_soon_as_it_is_committed() -> None:
    put("M1", "老王水果")
    assert found("老王") == {"M1"}
    put("M2", "老王蔬菜")
    assert found("老王") == {"M1", "M2"}


def test_what_is_rolled_back_is_never_indexed(index: Path) -> None:
    put("M1", "老王水果")
    assert found() == {"M1"}
    folder = live_folder(index)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        put_document("merchant", "M2", name="老王蔬菜", place="", text="", facets={})
        db.session.flush()
        assert find(SearchRequest("merchant", "老王", today=TODAY)).keys == ("M1",)
        raise ZeroDivisionError
    assert found("老王") == {"M1"}
    assert live_folder(index) == folder


def test_a_changed_document_is_found_by_its_new_words_only(index: Path) -> None:
    put("M1", "老王水果")
    assert found("水果") == {"M1"}
    folder = live_folder(index)
    put("M1", "老王蔬菜")
    assert found("水果") == set()
    assert found("蔬菜") == {"M1"}
    assert live_folder(index) == folder


@pytest.mark.usefixtures("index")
def test_the_same_key_twice_in_one_transaction_leaves_the_last() -> None:
    with unit_of_work():
        for name in ("老王水果", "老王蔬菜"):
            put_document("merchant", "M1", name=name, place="", text="", facets={})
    assert (found("水果"), found("蔬菜"), found()) == (set(), {"M1"}, {"M1"})


@pytest.mark.usefixtures("index")
def test_an_unchanged_document_does_not_move_the_sequence() -> None:
    put("M1", "老王水果")
    before = queries._table_state(db.session.connection())
    put("M1", "老王水果")
    assert queries._table_state(db.session.connection()) == before


@pytest.mark.usefixtures("index")
def test_a_removed_document_is_gone_and_can_come_back() -> None:
    put("M1", "老王水果")
    put("M2", "老王蔬菜")
    with unit_of_work():
        remove_document("merchant", "M1")
        remove_document("merchant", "M9")
    assert found("老王") == {"M2"}
    put("M1", "老王水果")
    assert found("老王") == {"M1", "M2"}


@pytest.mark.usefixtures("index")
def test_a_document_is_visible_to_the_end_of_its_last_day() -> None:
    put("M1", "老王水果", visible_until=TODAY)
    put("M2", "老王蔬菜")
    assert found("老王", today=TODAY) == {"M1", "M2"}
    answer = find(SearchRequest("merchant", "老王", today=TODAY + timedelta(days=1)))
    assert (answer.keys, answer.total) == (("M2",), 1)


@pytest.mark.usefixtures("index")
def test_a_stale_index_never_shows_what_was_removed_changed_or_has_expired() -> None:
    for number in range(4):
        put(f"M{number}", f"老王水果{number}")
    assert len(found("老王")) == 4
    with engine_here().writing(0) as is_held:
        assert is_held
        with unit_of_work():
            remove_document("merchant", "M0")
            put_document("merchant", "M1", name="小李蔬菜", place="", text="", facets={})
            put_document(
                "merchant",
                "M2",
                name="老王水果2",
                place="",
                text="",
                facets={},
                visible_until=date(2026, 1, 1),
            )
        db.session.rollback()
        answer = find(SearchRequest("merchant", "老王", today=TODAY))
        assert (answer.keys, answer.total) == (("M3",), 1)
    assert found("老王") == {"M3"}
    assert found("小李") == {"M1"}


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("column", ["is_removed = 1", "visible_until = '2026-05-31'"])
def test_the_row_decides_whatever_the_index_says(column: str) -> None:
    put("M1", "老王水果")
    put("M2", "老王蔬菜")
    assert found() == {"M1", "M2"}
    with unit_of_work():
        db.session.execute(db.text(f"UPDATE search_document SET {column} WHERE key = 'M1'"))
    answer = find(SearchRequest("merchant", "老王", today=TODAY))
    assert (answer.keys, answer.total) == (("M2",), 1)


@pytest.mark.usefixtures("index")
def test_a_reader_does_not_wait_long_for_somebody_elses_writing() -> None:
    put("M1", "老王水果")
    assert found() == {"M1"}
    with engine_here().writing(0):
        put("M2", "老王蔬菜")
        started = time.monotonic()
        assert found() == {"M1"}
        assert time.monotonic() - started < 2


def test_a_deleted_folder_fills_itself_again(index: Path) -> None:
    put("M1", "老王水果")
    assert found() == {"M1"}
    shutil.rmtree(index)
    forget_loaded(index)
    assert found("老王") == {"M1"}


def test_a_deleted_folder_does_no_harm_to_a_running_process(index: Path) -> None:
    put("M1", "老王水果")
    assert found() == {"M1"}
    shutil.rmtree(index)
    assert found("老王") == {"M1"}
    put("M2", "老王蔬菜")
    assert found("老王") == {"M1", "M2"}


DAMAGES = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "noise": lambda content: os.urandom(len(content)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_torn_index_is_filled_anew(index: Path, damage: str) -> None:
    with unit_of_work():
        for number in range(30):
            name, facets = f"老王水果{number}号", {"date": number + 1}
            put_document(
                "merchant", f"M{number}", name=name, place="", text="", facets=facets, visible_until=TODAY
            )
    assert queries.rebuild(lambda _count: None)
    whole = find(SearchRequest("merchant", "老王", today=TODAY, sort="date"))
    kinds = {
        "".join(path.suffixes)
        for path in index.glob("index-*/*")
        if path.suffix in {".col", ".trm", ".pst", ".toc"}
    }
    assert len(kinds) == 8
    for kind in sorted(kinds):
        (path,) = index.glob(f"index-*/*{kind}")
        path.write_bytes(DAMAGES[damage](path.read_bytes()))
        forget_loaded(index)
        assert engine_here().reload() is None, kind
        assert find(SearchRequest("merchant", "老王", today=TODAY, sort="date")) == whole
    (index / "current.json").write_bytes(DAMAGES[damage]((index / "current.json").read_bytes()))
    forget_loaded(index)
    assert find(SearchRequest("merchant", "老王", today=TODAY, sort="date")) == whole


def test_files_torn_under_a_running_process_are_filled_anew(index: Path) -> None:
    for number in range(30):
        put(f"M{number}", f"老王水果{number}号")
    assert queries.rebuild(lambda _count: None)
    for path in index.glob("index-*/*.pst"):
        os.truncate(path, 0)
    assert len(found("老王")) == 30


def test_an_index_that_never_reached_the_disk_is_not_trusted(index: Path) -> None:
    put("M1", "老王水果")
    assert found() == {"M1"}
    pointer = index / "current.json"
    before = pointer.read_text()
    put("M2", "老王蔬菜")
    assert found() == {"M1", "M2"}
    pointer.write_text(before.replace('"boot": "', '"boot": "another '))
    forget_loaded(index)
    assert engine_here().reload() is None
    assert found("老王") == {"M1", "M2"}


def test_an_index_of_another_analyzer_is_filled_anew(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("M1", "老王水果")
    assert found() == {"M1"}
    monkeypatch.setattr(analyzer, "VERSION", analyzer.VERSION + 1)
    forget_loaded(index)
    assert engine_here().reload() is None
    assert found("老王") == {"M1"}


def copy_of(database: Path, to: Path) -> None:
    with sqlite3.connect(database) as source, sqlite3.connect(to) as target:
        source.backup(target)
    source.close()
    target.close()


@pytest.mark.parametrize("written_after", [0, 1, 5])
def test_a_database_put_back_from_a_backup_is_indexed_anew(index: Path, written_after: int) -> None:
    database = index.parent.parent / "portal.db"
    put("M1", "老王水果")
    put("M2", "老王蔬菜")
    copy_of(database, database.with_suffix(".backup"))
    for number in range(3, 6):
        put(f"M{number}", f"后来{number}")
    assert len(found()) == 5
    db.session.remove()
    db.engine.dispose()
    copy_of(database.with_suffix(".backup"), database)
    for number in range(written_after):
        put(f"N{number}", f"新来{number}")
    new = {f"N{number}" for number in range(written_after)}
    assert found() == {"M1", "M2"} | new
    assert found("后来") == set()
    assert found("新来") == new


def test_another_database_under_the_same_index_is_indexed_anew(index: Path) -> None:
    put("M1", "老王水果")
    put("M2", "老王蔬菜")
    assert len(found()) == 2
    with unit_of_work():
        db.session.execute(db.text("UPDATE search_counter SET identity = 'another'"))
    folder = live_folder(index)
    assert found("老王") == {"M1", "M2"}
    assert live_folder(index) != folder
    assert engine_here().state() == queries._table_state(db.session.connection())


def test_a_failed_add_is_done_again_whole(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("M1", "老王水果")
    assert found() == {"M1"}
    engine = engine_here()
    put("M2", "甲乙丙丁")
    put("M3", "老李蔬菜")
    with queries._open_table() as table, engine.writing(1):
        entries = table.changes_after(engine.state().cursor, 10)
        broken = [entries[0], entries[1].__class__(**{**vars(entries[1]), "date": "no number"})]
        with pytest.raises(Exception, match="int"):
            engine.add(broken)
    assert found("甲乙") == {"M2"}
    assert found("老李") == {"M3"}
    assert found() == {"M1", "M2", "M3"}


def test_rebuilding_replaces_the_index_and_tells_its_progress(index: Path) -> None:
    for number in range(7):
        put(f"M{number}", f"老王{number}")
    assert len(found()) == 7
    before = {path.name for path in index.glob("index-*")}
    counts: list[int] = []
    assert queries.rebuild(counts.append)
    assert sum(counts) == 7
    after = {path.name for path in index.glob("index-*")}
    assert len(after) == 1
    assert not before & after
    assert len(found("老王")) == 7


def test_many_small_changes_are_tidied_and_stay_findable(index: Path) -> None:
    for number in range(40):
        put(f"M{number % 25}", f"老王{number}号")
        assert len(found("老王")) == min(number + 1, 25)
    assert queries.catch_up()
    wanted = {f"M{number % 25}": f"老王{number}号" for number in range(40)}
    for key, name in wanted.items():
        assert found(name) == {key}
    assert len(list(index.glob("index-*/*.trm"))) <= 16


def write_some(folder: str, engine: str, worker: int, count: int) -> None:
    with small_app(folder, engine).app_context():
        for number in range(count):
            put(f"W{worker}-{number}", f"老王{worker}号{number}")
            db.session.rollback()
            find(SearchRequest("merchant", "老王", today=TODAY))


def test_several_processes_write_and_search_at_once_and_nothing_is_lost(index: Path) -> None:
    put("M1", "老王水果")
    context = multiprocessing.get_context("spawn")
    arguments = [(str(index.parent.parent), index.name, worker, 8) for worker in range(4)]
    workers = [context.Process(target=write_some, args=given) for given in arguments]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    assert queries.catch_up()
    assert len(found("老王")) == 4 * 8 + 1


def test_several_threads_write_and_search_at_once_and_nothing_is_lost(index: Path) -> None:
    failures: list[BaseException] = []
    app = small_app(str(index.parent.parent), index.name)

    def work(worker: int) -> None:
        try:
            with app.app_context():
                for number in range(8):
                    put(f"T{worker}-{number}", f"老王{worker}号{number}")
                    db.session.rollback()
                    find(SearchRequest("merchant", "老王 号", today=TODAY))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        db.engine.dispose()
    assert failures == []
    assert queries.catch_up()
    assert len(found("老王")) == 32


def index_for_ever(folder: str, engine: str) -> None:
    with small_app(folder, engine).app_context():
        number = 0
        while True:
            put(f"K{number % 50}", f"老王{number}")
            queries.catch_up()
            number += 1


def test_a_writer_killed_at_any_moment_leaves_an_index_that_mends_itself(index: Path) -> None:
    put("M1", "老王水果")
    context = multiprocessing.get_context("spawn")
    for pause_seconds in (0.05, 0.11, 0.17):
        before = db.session.scalar(db.text("SELECT last_sequence FROM search_counter"))
        writer = context.Process(target=index_for_ever, args=(str(index.parent.parent), index.name))
        writer.start()
        while db.session.scalar(db.text("SELECT last_sequence FROM search_counter")) == before:
            db.session.rollback()
            time.sleep(0.02)
        time.sleep(pause_seconds)
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
        forget_loaded(index)
        assert queries.catch_up()
        db.session.rollback()
        keys = set(db.session.scalars(db.text("SELECT key FROM search_document")))
        assert found("老王") == keys
