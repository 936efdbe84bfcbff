"""What must be there after the last kill: everything that was acknowledged, once, and nothing beside it."""

from __future__ import annotations

import hashlib
import io
import logging
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.serving import make_server

import portal.compensation.words  # noqa: F401 - a state in a fault needs its words
from benchmarks.crash.filers import TRACKS, Noted
from benchmarks.crash.outcome import Evidence, Fault
from benchmarks.crash.visitor import BROKEN, TOKEN, Visitor
from portal.base import clock, crypto, files
from portal.base.db import db
from portal.base.labels import render
from portal.compensation import ledger
from portal.compensation.models import Claim, ClaimState
from portal.complaints.evidence import actions as evidence
from portal.complaints.evidence import jobs as evidence_jobs
from portal.complaints.filing import receipt_hash
from portal.complaints.models import Case, Draft, Filing
from portal.records import verifying
from portal.records.queries import record_by_number

READERS = 4
EVERY_INDEX = """SELECT bt_index_check(c.oid, true) FROM pg_class c JOIN pg_am a ON a.oid = c.relam
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE a.amname = 'btree' AND c.relkind = 'i' AND n.nspname = 'public'"""


Check = Callable[[Flask, Evidence], Iterator[str]]


def judge(app: Flask, run: Evidence, *, only: str = "") -> list[Fault]:
    """Return everything that is wrong; a check that breaks off has found something too."""
    faults = []
    for name, check in CHECKS.items():
        if only not in {"", name}:
            continue
        with app.app_context():
            try:
                faults += [Fault(name, sentence) for sentence in check(app, run)]
            except Exception as error:
                faults.append(Fault(name, f"broke off: {type(error).__name__}: {error}"[:300]))
            finally:
                db.session.remove()
    return faults


def _filings() -> dict[str, Filing]:
    """Return every filing by its receipt hash."""
    query = select(Filing).options(
        selectinload(Filing.cases).selectinload(Case.events), selectinload(Filing.evidence)
    )
    return {filing.receipt_hash: filing for filing in db.session.scalars(query)}


def every_filer_was_answered(_app: Flask, run: Evidence) -> Iterator[str]:
    """Nobody read an error page, lost a step that was acknowledged, or went without a number and a code."""
    for noted in run.notes:
        yield from (f"filer {noted.index}: {fault}" for fault in noted.faults)
        if not noted.acknowledged or not noted.shown:
            yield f"filer {noted.index} was never shown a number and a code"


def acknowledged_filings_are_kept(_app: Flask, run: Evidence) -> Iterator[str]:
    """Each acknowledged number is a case of that submission, with the words that were sent."""
    filings = _filings()
    for noted in run.notes:
        filing = filings.get(receipt_hash(noted.submission_id))
        if filing is None:
            if noted.acknowledged or noted.shown:
                yield f"filer {noted.index}: {noted.acknowledged} was acknowledged and is lost"
            continue
        told = {*noted.acknowledged, *(number for numbers, _ in noted.shown for number in numbers)}
        lost = told - {case.number for case in filing.cases}
        if lost:
            yield f"filer {noted.index}: {sorted(lost)} was acknowledged and is lost"
        if filing.narrative != noted.narrative:
            yield f"filer {noted.index}: the filing has the words of another"


def nothing_is_double(_app: Flask, run: Evidence) -> Iterator[str]:
    """One filing a submission, one case a track, a history for each case, and no draft left open."""
    filings = _filings()
    expected = {receipt_hash(noted.submission_id): noted for noted in run.notes}
    yield from (f"a filing nobody sent, or sent twice: {h[:12]}" for h in set(filings) - set(expected))
    for text, count in Counter(filing.narrative for filing in filings.values()).items():
        if count > 1:
            yield f"{count} filings say {text!r}"
    for key, filing in filings.items():
        prefixes = sorted(case.number[:2] for case in filing.cases)
        if key in expected and prefixes != sorted(TRACKS[expected[key].habits.wanted]):
            yield f"filer {expected[key].index}: the cases are {prefixes}"
        for case in filing.cases:
            if len(case.events) != 1:
                yield f"{case.number} has {len(case.events)} events instead of one"
    orphaned = select(Case.number).outerjoin(Filing, Filing.id == Case.filing_id).where(Filing.id.is_(None))
    yield from (f"{number} belongs to no filing" for number in db.session.scalars(orphaned))
    for draft in db.session.scalars(select(Draft).options(selectinload(Draft.evidence))):
        if draft.sent_to is None or draft.evidence:
            yield f"draft {draft.number} was left over, or kept files after it was sent"


def one_answer_each(_app: Flask, run: Evidence) -> Iterator[str]:
    """Number and code were the same each time they were shown."""
    for noted in run.notes:
        if len(set(noted.shown)) > 1 or len(set(noted.acknowledged)) > 1:
            yield f"filer {noted.index} was shown {set(noted.shown)} and {set(noted.acknowledged)}"
        for numbers, code in noted.shown:
            if code != crypto.receipt_code(noted.submission_id) or noted.acknowledged[0] not in numbers:
                yield f"filer {noted.index}: {numbers} was shown with a code of something else"


def every_code_opens_its_case(app: Flask, run: Evidence) -> Iterator[str]:
    """Each code that was shown, typed at /complaints/follow over HTTP, leads to its case."""
    shown = [(noted, noted.shown[-1]) for noted in run.notes if noted.shown]
    readers = threading.local()

    def look(entry: tuple[Noted, tuple[tuple[str, ...], str]]) -> str:
        noted, (numbers, code) = entry
        if not hasattr(readers, "one"):
            readers.one = Visitor(port, f"10.255.0.{threading.get_ident() % 250}")
            readers.token = readers.one.get("/complaints/follow").hidden(TOKEN)
        try:
            answer = readers.one.post("/complaints/follow", {"code": code, "csrf_token": readers.token})
            page = readers.one.get(answer.location) if answer.status == 303 else answer
        except BROKEN as broken:
            return f"filer {noted.index}: {broken!r}"
        if answer.location.rsplit("/", 1)[-1] in numbers and page.status == 200:
            return ""
        return f"filer {noted.index}: the code was answered {answer.status} {answer.location} {page.status}"

    with _answering(app) as port, ThreadPoolExecutor(READERS) as pool:
        yield from filter(None, pool.map(look, shown))


@contextmanager
def _answering(app: Flask) -> Iterator[int]:
    """Serve the application in this process, on a free port."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def photos_are_whole(_app: Flask, run: Evidence) -> Iterator[str]:
    """Each photo that was acknowledged hangs on its filing; each stored file opens and is what it was."""
    filings = _filings()
    for noted in run.notes:
        filing = filings.get(receipt_hash(noted.submission_id))
        kept = [file.sha256 for file in filing.evidence] if filing else []
        if kept != ([noted.photo_sha256] if noted.photo_sha256 else []):
            yield f"filer {noted.index}: sent {noted.photo_sha256[:12] or 'no photo'}, kept {len(kept)}"
    for filing in filings.values():
        if filing.evidence_sha256 != [file.sha256 for file in filing.evidence]:
            yield f"filing {filing.id} names other files than it has"
        for file in filing.evidence:
            yield from _faults_in_file(file)


def _faults_in_file(file: evidence.EvidenceFile) -> Iterator[str]:
    try:
        if hashlib.sha256(files.open_sealed(file.sealed_key)).hexdigest() != file.sha256:
            yield f"the original of {file.number} is another file"
        for key in (file.clean_key, file.thumbnail_key):
            with Image.open(io.BytesIO(files.open_sealed(key))) as picture:
                picture.load()
    except (files.StoreFault, OSError) as error:
        yield f"a stored file of {file.number} does not open: {error}"


def no_file_is_orphaned(app: Flask, run: Evidence) -> Iterator[str]:
    """An hour later the sweep has taken every stored file that no row speaks of, and no other."""
    root = Path(app.config["INSTANCE_PATH"]) / "evidence"
    referenced = evidence.referenced_keys()
    before = _stored(root)
    run.orphans = len(before - referenced)
    later = clock.now() + files.KEEP_UNREFERENCED + timedelta(seconds=5)
    for _ in range(len(before) // files.MOST_REMOVED_AT_ONCE + 1):
        evidence_jobs.sweep_files(evidence_jobs.last_moment(later))
    yield from (f"{name} was left by a kill and not swept" for name in _stored(root) - referenced)
    yield from (f"{name} was swept, and a row speaks of it" for name in (before & referenced) - _stored(root))


def _stored(root: Path) -> set[str]:
    return {path.name for path in root.rglob("*") if path.is_file()}


def database_is_sound(_app: Flask, _run: Evidence) -> Iterator[str]:
    """The database finds its own pages and indexes whole, and every reference leads to a row."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        yield from _faults_in_sqlite(str(db.engine.url.database))
        return
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
        connection.exec_driver_sql(EVERY_INDEX)
    for table in db.metadata.sorted_tables:
        for key in table.foreign_keys:
            there = key.column.table.alias()
            column = there.c[key.column.name]
            broken = select(func.count()).select_from(table.outerjoin(there, key.parent == column))
            count = db.session.scalar(broken.where(key.parent.is_not(None), column.is_(None)))
            if count:
                yield f"{count} broken references from {key.parent}"


def _faults_in_sqlite(path: str) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as connection:
        for (said,) in connection.execute("PRAGMA integrity_check"):
            if said != "ok":
                yield said
        yield from (f"a broken reference: {row}" for row in connection.execute("PRAGMA foreign_key_check"))


def ledger_balances(_app: Flask, run: Evidence) -> Iterator[str]:
    """`flask ledger check` finds nothing, and every payment that was acknowledged stands in it."""
    yield from (render(fault.message) for fault in ledger.check())
    paid = select(Claim.number).where(Claim.state == ClaimState.CONFIRMED)
    lost = {claim for claim, _ in run.settled} - set(db.session.scalars(paid))
    yield from (f"the payment of {claim} was acknowledged and is lost" for claim in sorted(lost))


def log_verifies(app: Flask, run: Evidence) -> Iterator[str]:
    """`flask log verify` finds nothing, and every record that was acknowledged is published."""
    outside = Path(app.config["CHECKPOINT_FILE"])
    read = lambda: outside.read_text(encoding="utf-8") if outside.exists() else ""  # noqa: E731
    yield from (render(fault) for fault in verifying.faults_in_log(read, crypto.signing_key().public_key()))
    for _, number in run.settled:
        if record_by_number(number) is None:
            yield f"record {number} was acknowledged and is lost"


def the_kills_were_real(_app: Flask, run: Evidence) -> Iterator[str]:
    """As many kills as asked for fell while people were filing, and nothing outlived its parent."""
    if sum(run.kills.values()) < run.kills_wanted:
        yield f"{run.kills} kills instead of {run.kills_wanted}"
    if run.left_behind:
        yield f"processes left behind: {run.left_behind}"


CHECKS: dict[str, Check] = {
    "answers": every_filer_was_answered,
    "kept": acknowledged_filings_are_kept,
    "double": nothing_is_double,
    "same answer": one_answer_each,
    "codes": every_code_opens_its_case,
    "photos": photos_are_whole,
    "orphans": no_file_is_orphaned,
    "database": database_is_sound,
    "ledger": ledger_balances,
    "log": log_verifies,
    "kills": the_kills_were_real,
}


def replies_lost_after_commit(app: Flask, notes: Sequence[Noted]) -> int:
    """Return how many sendings were committed, and killed before their reply: the window that matters."""
    with app.app_context():
        filed = {key: filing.filed_at.timestamp() for key, filing in _filings().items()}
        db.session.remove()
        return sum(
            0 < filed.get(receipt_hash(noted.submission_id), noted.sent_at) < noted.sent_at
            for noted in notes
            if noted.sent_at and not noted.habits.loses_reply and not noted.habits.presses_twice
        )
