"""Settings from the environment; the README's table lists them all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal.base import crypto, mail

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent


class ConfigError(Exception):
    """A setting cannot be used; the text says which and what would do."""


def load(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the Flask configuration for an environment, or raise ConfigError."""
    instance = Path(environ.get("INSTANCE_PATH", PROJECT_ROOT / "instance")).resolve()
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A folder that was there already may be open to others; database and index must not be.
    with suppress(PermissionError):
        instance.chmod(0o700)
    port = _integer(environ, "PORT", 8000)
    public_url = _public_url(environ.get("PUBLIC_URL", f"http://127.0.0.1:{port}"))
    is_plain = public_url.startswith("http://")
    keys = _secret_keys(environ, instance)
    cookie_prefix = "" if is_plain else "__Host-"
    return {
        "INSTANCE_PATH": str(instance),
        "SQLALCHEMY_DATABASE_URI": _database_url(environ, instance),
        # What a statement carried (names, phones) stays out of the log when it fails.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "SECRET_KEYS": keys,
        "SECRET_KEY": crypto.derive(keys[0], "session").hex(),
        "SECRET_KEY_FALLBACKS": [crypto.derive(key, "session").hex() for key in keys[1:]],
        "PUBLIC_URL": public_url,
        "PORT": port,
        "DEMO": _flag(environ, "DEMO", default=False),
        "AUTHORITY_CHANNEL": _flag(environ, "AUTHORITY_CHANNEL", default=False),
        "SEARCH_ENGINE": _choice(environ, "SEARCH_ENGINE", ("whoosh",)),
        "REDIS_URL": environ.get("REDIS_URL", ""),
        **_mail(environ, public_url),
        "STORAGE_URL": _storage_url(environ),
        "TRUSTED_PROXIES": _integer(environ, "TRUSTED_PROXIES", 0),
        "LOG_ORIGIN": environ.get("LOG_ORIGIN", urlsplit(public_url).netloc),
        "CHECKPOINT_FILE": environ.get("CHECKPOINT_FILE", str(instance / "checkpoints.txt")),
        "BACKUP_PATH": environ.get("BACKUP_PATH", str(instance / "backups")),
        "METRICS_TOKEN": environ.get("METRICS_TOKEN", ""),
        "DATA_PATH": environ.get("DATA_PATH", ""),
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": str(PROJECT_ROOT / "translations"),
        "SESSION_COOKIE_NAME": cookie_prefix + "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": not is_plain,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "COOKIE_PREFIX": cookie_prefix,
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 512 * 1024,
        "MAX_FORM_PARTS": 500,
    }


def _database_url(environ: Mapping[str, str], instance: Path) -> str:
    url = environ.get("DATABASE_URL") or f"sqlite:///{instance / 'portal.db'}"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise ConfigError("DATABASE_URL must begin with sqlite:/// or postgresql://")


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    is_loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback):
        return url.rstrip("/")
    raise ConfigError("PUBLIC_URL must be https, or http on this machine's own loopback address")


def _secret_keys(environ: Mapping[str, str], instance: Path) -> tuple[str, ...]:
    """Return the keys, newest first; make and keep one where none is given."""
    given = environ.get("SECRET_KEYS", "")
    if given:
        keys = tuple(key.strip() for key in given.split(",") if key.strip())
        if any(len(key) < 32 for key in keys):
            raise ConfigError("each of SECRET_KEYS must have at least 32 characters")
        return keys
    path = instance / "secret_keys"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_keys(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return _kept_keys(path)


def _kept_keys(path: Path) -> tuple[str, ...]:
    keys = tuple(path.read_text().split())
    if not keys:
        raise ConfigError(f"{path} is empty; put the keys back, or remove it when nothing was encrypted yet")
    return keys


def _mail(environ: Mapping[str, str], public_url: str) -> dict[str, str]:
    given = {name: environ.get(name, "").strip() for name in ("SMTP_URL", "MAIL_FROM")}
    try:
        mail.settings_from({**given, "PUBLIC_URL": public_url})
    except mail.MailSettingsRefused as error:
        raise ConfigError(str(error)) from None
    return given


def _storage_url(environ: Mapping[str, str]) -> str:
    url = environ.get("STORAGE_URL", "").strip()
    if url and not url.startswith("s3://"):
        raise ConfigError("STORAGE_URL must be s3://bucket?endpoint=https://...&region=..., or unset")
    return url


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environ.get(name, "").strip().lower()
    if text in {"", "0", "1", "true", "false", "yes", "no"}:
        return default if text == "" else text in {"1", "true", "yes"}
    raise ConfigError(f"{name} must be 0 or 1")


def _integer(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if text and not text.isdecimal():
        raise ConfigError(f"{name} must be a whole number")
    return int(text) if text else default


def _choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = environ.get(name, "").strip() or choices[0]
    if text not in choices:
        raise ConfigError(f"{name} must be one of {', '.join(choices)}")
    return text
