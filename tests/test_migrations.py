"""The migrations build what the models say, on both databases, on rows already there."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from portal.base.db import db
from tests.conftest import make_app

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


def revisions() -> list[str]:
    walk = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return [revision.revision for revision in reversed(list(walk))]


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, db.metadata)


def triggers() -> set[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[db.engine.dialect.name]
    with db.engine.connect() as connection:
        return set(connection.scalars(sa.text(query)))


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    application = make_app(tmp_path, database_url=url)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


def test_the_migrations_build_the_schema_of_the_models(unmigrated: Flask) -> None:
    upgrade()
    assert differences() == []


def test_the_migrations_build_the_triggers_of_the_models(unmigrated: Flask) -> None:
    upgrade()
    migrated = triggers()
    downgrade(revision="base")
    db.create_all()
    assert migrated == triggers()
    assert migrated, "the append-only tables have triggers"


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_every_migration_goes_up_on_a_populated_database(unmigrated: Flask) -> None:
    first, *later = revisions()
    upgrade(revision=first)
    with db.engine.begin() as connection:
        connection.execute(sa.text(ONE_MARKET))
        connection.execute(sa.text(ONE_MERCHANT))
        for key, number in (("a", "'12315-7'"), ("b", "'12315 - 7'"), ("c", "NULL")):
            connection.execute(sa.text(A_FILING.format(key=key)), {"nothing": b"", "no": False})
            connection.execute(sa.text(A_CASE.format(key=key, number=number)), {"yes": True, "no": False})
    for revision in later:
        upgrade(revision=revision)
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT name FROM merchant")) == "老王水果"
        assert connection.scalar(sa.text("SELECT respondent_name FROM filing")) == "老王水果"
        # Of two filings with one official number the first one holds it.
        held = connection.execute(sa.text("SELECT number, filing_id FROM official_number")).all()
        assert [tuple(row) for row in held] == [("12315-7", 1)]


# Written as the first migration knew the tables: they must survive every later one.
ONE_MARKET = """
INSERT INTO market (number, name, address, region_code, organiser, created_at, changed_at)
VALUES ('KTEST', '东门集贸市场', '', '330106', '', '2026-01-01', '2026-01-01')
"""
ONE_MERCHANT = """
INSERT INTO merchant (number, place_key, name, address, region_code, sector, category, scope, market_id,
                      credit_status, credit_reasons, created_at, changed_at)
VALUES ('MTEST', 'x', '老王水果', '', '330106', 'market', '', '', 1, 'no_basis', '[]', '2026-01-01',
        '2026-01-01')
"""
A_FILING = """
INSERT INTO filing (receipt_hash, merchant_id, region_code, filed_at, bought_on, goods, unit_price_fen_per_kg,
                    settled_mg, requests, narrative, agrees_to_publication, agrees_to_delegation)
VALUES ('{key}', 1, '330106', '2026-01-02', '2026-01-02', '苹果', 1000, 1000000, '[]', :nothing, :no, :no)
"""
A_CASE = """
INSERT INTO complaint_case (number, filing_id, merchant_id, region_code, track, state, is_open, filed_at,
                            changed_at, official_number, is_due_provisional)
VALUES ('TS-{key}', (SELECT id FROM filing WHERE receipt_hash = '{key}'), 1, '330106', 'mediation',
        'received', :yes, '2026-01-02', '2026-01-02', {number}, :no)
"""
