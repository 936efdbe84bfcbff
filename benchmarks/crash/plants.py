"""Planted faults: each is what a portal that loses, doubles or changes something would leave behind."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, inspect, select, text, update

from benchmarks.crash.outcome import Evidence
from portal.base import crypto, files
from portal.base.db import Model, db, unit_of_work
from portal.compensation.models import LedgerPosting
from portal.complaints.evidence.models import EvidenceFile
from portal.complaints.filing import receipt_hash
from portal.complaints.models import Case, CaseEvent, Draft, Filing, OfficialNumber
from portal.records.models import RecordVersion


def lose_filing(_app: Flask, run: Evidence) -> None:
    """Take a filing and all that hangs on it, as a commit that never reached the disk would."""
    filing = _filing_with(run, has_photo=False)
    cases = select(Case.id).where(Case.filing_id == filing.id)
    db.session.execute(delete(CaseEvent).where(CaseEvent.case_id.in_(cases)))
    db.session.execute(delete(Case).where(Case.filing_id == filing.id))
    db.session.execute(delete(OfficialNumber).where(OfficialNumber.filing_id == filing.id))
    db.session.execute(delete(Filing).where(Filing.id == filing.id))


def double_filing(_app: Flask, run: Evidence) -> None:
    """File once more what was filed already, under another code and other numbers."""
    filing = _filing_with(run, has_photo=False)
    cases = list(filing.cases)
    copy = _copy(filing, receipt_hash=receipt_hash("another submission"))
    for case in cases:
        double = _copy(case, number=case.number[:-4] + "ZZZZ", filing_id=copy.id)
        for event in db.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)):
            _copy(event, case_id=double.id)


def lose_case(_app: Flask, run: Evidence) -> None:
    """Take one of the two cases of a filing, with its history."""
    both = next(noted for noted in run.notes if noted.habits.wanted == "both")
    case_id = _filing_of(both.submission_id).cases[0].id
    db.session.execute(delete(CaseEvent).where(CaseEvent.case_id == case_id))
    db.session.execute(delete(Case).where(Case.id == case_id))


def lose_event(_app: Flask, _run: Evidence) -> None:
    """Take the history of one case."""
    db.session.execute(
        delete(CaseEvent).where(CaseEvent.id == select(CaseEvent.id).limit(1).scalar_subquery())
    )


def change_receipt(_app: Flask, run: Evidence) -> None:
    """Let a code that was shown open nothing."""
    _filing_of(run.notes[0].submission_id).receipt_hash = receipt_hash("another submission")


def swap_words(_app: Flask, run: Evidence) -> None:
    """Give two filings the words of each other."""
    one, other = (_filing_of(noted.submission_id) for noted in run.notes[:2])
    one.narrative, other.narrative = other.narrative, one.narrative


def show_other_code(_app: Flask, run: Evidence) -> None:
    """Have shown another code after a retry than the first time."""
    numbers, _ = run.notes[0].shown[0]
    run.notes[0].shown.append((numbers, crypto.receipt_code("another submission")))


def reopen_draft(_app: Flask, _run: Evidence) -> None:
    """Leave a draft unsent beside its filing."""
    first = select(Draft.id).limit(1).scalar_subquery()
    db.session.execute(update(Draft).where(Draft.id == first).values(sent_to=None))


def lose_photo_row(_app: Flask, _run: Evidence) -> None:
    """Take the row of a photo that was acknowledged."""
    db.session.execute(delete(EvidenceFile).where(EvidenceFile.id == _photo().id))


def lose_stored_file(app: Flask, _run: Evidence) -> None:
    """Take a stored file that a row speaks of."""
    _path_of(app, _photo().clean_key).unlink()


def damage_stored_file(app: Flask, _run: Evidence) -> None:
    """Cut a stored file short, as a write that was never synced would."""
    path = _path_of(app, _photo().thumbnail_key)
    path.write_bytes(path.read_bytes()[:-100])


def swap_stored_file(_app: Flask, _run: Evidence) -> None:
    """Put another file where an original was."""
    files.put_sealed(_photo().sealed_key, crypto.encrypt(b"another photo"))


def leave_orphan(app: Flask, _run: Evidence) -> None:
    """Leave a file that no sweep can take yet, and that nothing refers to."""
    path = _path_of(app, "0" * 40)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left over")
    tomorrow = time.time() + 86_400
    os.utime(path, (tomorrow, tomorrow))


def unbalance_ledger(_app: Flask, _run: Evidence) -> None:
    """Change one line of the ledger."""
    _let_change(LedgerPosting)
    posting = db.session.scalars(select(LedgerPosting).limit(1)).one()
    posting.amount_fen += 1


def rewrite_record(_app: Flask, _run: Evidence) -> None:
    """Change a public record in silence."""
    _let_change(RecordVersion)
    version = db.session.scalars(select(RecordVersion).limit(1)).one()
    version.content = str(version.content).replace("{", "{ ", 1)


def forget_payment(_app: Flask, run: Evidence) -> None:
    """Have acknowledged a payment, and a record of it, that are not there."""
    run.settled.append(("PC-2222-2222", "no such record"))


def break_reference(_app: Flask, _run: Evidence) -> None:
    """Let a case speak of a merchant that is not there."""
    if db.engine.dialect.name == "sqlite":
        _past_the_portal(
            "UPDATE complaint_case SET merchant_id = 999999 WHERE id = (SELECT min(id) FROM complaint_case)"
        )
        return
    db.session.execute(text("SET LOCAL session_replication_role = replica"))
    first = select(Case.id).limit(1).scalar_subquery()
    db.session.execute(update(Case).where(Case.id == first).values(merchant_id=999_999))


def break_index(_app: Flask, _run: Evidence) -> None:
    """Let an index of SQLite say other than its table, as pages written in the wrong order would."""
    _past_the_portal(
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, '(changed_at)', '(created_at)') "
        "WHERE name = 'ix_filing_draft_changed_at'",
    )


def _past_the_portal(*statements: str) -> None:
    """Carry out statements over a connection that checks nothing."""
    path = str(db.engine.url.database)
    with closing(sqlite3.connect(path, timeout=5)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def _filing_with(run: Evidence, *, has_photo: bool) -> Filing:
    noted = next(noted for noted in run.notes if bool(noted.photo_sha256) is has_photo)
    return _filing_of(noted.submission_id)


def _filing_of(submission_id: str) -> Filing:
    return db.session.scalars(select(Filing).where(Filing.receipt_hash == receipt_hash(submission_id))).one()


def _photo() -> EvidenceFile:
    return db.session.scalars(select(EvidenceFile).limit(1)).one()


def _path_of(app: Flask, key: str) -> Path:
    return Path(app.config["INSTANCE_PATH"]) / "evidence" / key[:2] / key


def _copy(row: Any, **changed: object) -> Any:
    values = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    copy = type(row)(**{**values, "id": None, **changed})
    db.session.add(copy)
    db.session.flush()
    return copy


def _let_change(model: type[Model]) -> None:
    """Take off the guard of an append-only table."""
    name = f"{model.__tablename__}_no_update"
    where = "" if db.engine.dialect.name == "sqlite" else f' ON "{model.__tablename__}"'
    db.session.execute(text(f"DROP TRIGGER {name}{where}"))


Plant = Callable[[Flask, Evidence], None]

# Each with the check that must notice it.
PLANTS: dict[str, tuple[Plant, str]] = {
    "lost-filing": (lose_filing, "kept"),
    "lost-case": (lose_case, "kept"),
    "swapped-words": (swap_words, "kept"),
    "double-filing": (double_filing, "double"),
    "lost-event": (lose_event, "double"),
    "open-draft": (reopen_draft, "double"),
    "other-code": (show_other_code, "same answer"),
    "changed-receipt": (change_receipt, "codes"),
    "lost-photo-row": (lose_photo_row, "photos"),
    "lost-file": (lose_stored_file, "photos"),
    "damaged-file": (damage_stored_file, "photos"),
    "swapped-file": (swap_stored_file, "photos"),
    "orphan": (leave_orphan, "orphans"),
    "broken-reference": (break_reference, "database"),
    "broken-index": (break_index, "database"),
    "unbalanced-ledger": (unbalance_ledger, "ledger"),
    "lost-payment": (forget_payment, "ledger"),
    "rewritten-record": (rewrite_record, "log"),
}


def plant(app: Flask, run: Evidence, name: str) -> str:
    """Plant a fault and return the check that must notice it."""
    act, check = PLANTS[name]
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
        if act is break_index and not is_sqlite:
            raise ValueError("an index can be broken in SQLite only")
        if act in {break_index, break_reference} and is_sqlite:
            db.engine.dispose()
            act(app, run)
        else:
            with unit_of_work():
                act(app, run)
        db.session.remove()
        db.engine.dispose()
    return check
