"""Settings are read once and refused when they cannot be used."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from portal.base import config


def load(folder: Path, **environ: str) -> dict[str, object]:
    return config.load({"INSTANCE_PATH": str(folder), **environ})


def test_keys_are_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = load(tmp_path), load(tmp_path)
    assert first["SECRET_KEYS"] == second["SECRET_KEYS"]
    assert stat.S_IMODE((tmp_path / "secret_keys").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://portal.example"),
        ("PUBLIC_URL", "portal.example"),
        ("DATABASE_URL", "mysql://x"),
        ("SECRET_KEYS", "short"),
        ("PORT", "eighty"),
        ("DEMO", "maybe"),
        ("SEARCH_ENGINE", "grep"),
        ("STORAGE_URL", "https://bucket.example"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(config.ConfigError, match=name if name != "SECRET_KEYS" else "32 characters"):
        load(tmp_path, **{name: value})


def test_plain_http_is_for_loopback_and_then_cookies_have_plain_names(tmp_path: Path) -> None:
    plain = load(tmp_path, PUBLIC_URL="http://127.0.0.1:8000")
    safe = load(tmp_path, PUBLIC_URL="https://portal.example/")
    assert (plain["SESSION_COOKIE_NAME"], plain["SESSION_COOKIE_SECURE"]) == ("session", False)
    assert (safe["SESSION_COOKIE_NAME"], safe["SESSION_COOKIE_SECURE"]) == ("__Host-session", True)
    assert safe["PUBLIC_URL"] == "https://portal.example"


def test_an_emptied_key_file_is_an_error_not_a_new_key(tmp_path: Path) -> None:
    (tmp_path / "secret_keys").write_text("\n")
    with pytest.raises(config.ConfigError, match="is empty"):
        load(tmp_path)


def test_postgres_addresses_name_the_driver(tmp_path: Path) -> None:
    url = load(tmp_path, DATABASE_URL="postgres://u@h/db")["SQLALCHEMY_DATABASE_URI"]
    assert url == "postgresql+psycopg://u@h/db"
