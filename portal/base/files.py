"""The sealed store: files that only the application can read, in a folder or an S3 bucket.

A file is put once under a random key and never changed. `seal` returns after the
bytes are on the disk (or the bucket has answered), so that a transaction may
then speak of the key; a key that no transaction came to speak of is swept away
an hour later.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.fernet import InvalidToken

from portal.base import crypto

KEEP_UNREFERENCED = timedelta(hours=1)
SWEEP_EVERY = timedelta(hours=1)
MOST_REMOVED_AT_ONCE = 1_000

KEY = re.compile(r"[0-9a-f]{40}")
CONNECT_SECONDS = 3
READ_SECONDS = 10
ATTEMPTS = 3
KEEP_FREE_BYTES = 512 * 1024 * 1024  # the database may lie on the same disk, and needs room


class StoreFault(Exception):
    """The sealed store could not do what was asked."""


class StoredFileMissing(StoreFault):
    """No file is stored under this key."""


class StoredFileDamaged(StoreFault):
    """What is stored under this key opens with none of the keys in use."""


class StoreUnreachable(StoreFault):
    """The disk or the bucket refuses, or does not answer; nothing is known to be stored."""


class Store(Protocol):
    """Where sealed bytes lie."""

    def put(self, key: str, sealed: bytes) -> None:
        """Store bytes durably, or raise."""

    def get(self, key: str) -> bytes:
        """Return the bytes, or raise StoredFileMissing."""

    def remove(self, key: str) -> None:
        """Take the bytes away, if they are there."""

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Yield the names of what was stored before a moment, half-written files among them."""


_store: Store | None = None


def use_store(config: Mapping[str, Any]) -> None:
    """Choose the store by the settings: the bucket of STORAGE_URL, or a folder of the instance."""
    global _store
    url = config.get("STORAGE_URL", "")
    _store = Bucket(url) if url else Folder(Path(config["INSTANCE_PATH"]) / "evidence")


def seal(data: bytes) -> str:
    """Store data encrypted under the newest key; return the random key that opens it."""
    key = secrets.token_hex(20)
    _chosen().put(key, crypto.encrypt(data))
    return key


def open_sealed(key: str) -> bytes:
    """Return what was sealed, or raise StoredFileMissing or StoredFileDamaged."""
    try:
        return crypto.decrypt(sealed_bytes(key))
    except InvalidToken:
        raise StoredFileDamaged(f"{key} opens with none of the keys in use") from None


def remove(key: str) -> None:
    """Take a file away; one that is gone already is no fault."""
    _chosen().remove(_checked(key))


def keys_older_than(moment: datetime) -> Iterator[str]:
    """Yield the keys of the files stored before a moment."""
    return (name for name in _chosen().older_than(moment) if KEY.fullmatch(name))


def sealed_bytes(key: str) -> bytes:
    """Return a file as it is stored, still sealed, for a backup."""
    return _chosen().get(_checked(key))


def put_sealed(key: str, sealed: bytes) -> None:
    """Store a file of a backup under its old key, still sealed."""
    _chosen().put(_checked(key), sealed)


def sweep(referenced: Callable[[], Collection[str]], *, older_than: datetime) -> int:
    """Remove the files stored before a moment that nothing refers to; return how many.

    The references are asked after the files were listed: what was committed in
    between is seen, and what was stored in between is not on the list.
    """
    names = list(_chosen().older_than(older_than))
    if not names:
        return 0
    kept = frozenset(referenced())
    unreferenced = [name for name in names if name not in kept][:MOST_REMOVED_AT_ONCE]
    for name in unreferenced:
        _chosen().remove(name)
    return len(unreferenced)


def _chosen() -> Store:
    if _store is None:
        raise StoreFault("no store was chosen; the factory calls use_store")
    return _store


def _checked(key: str) -> str:
    """Return a key that has a key's form; no other text becomes a path or an object's name."""
    if not KEY.fullmatch(key):
        raise StoredFileMissing("this is no key of a stored file")
    return key


class Folder:
    """Files under `<folder>/<aa>/<key>`, readable by the application's user only."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, sealed: bytes) -> None:
        """Write, sync and rename within one folder, then sync the folder's own entry."""
        try:
            self._put(self.root / key[:2], key, sealed)
        except OSError as error:
            raise StoreUnreachable(f"a file cannot be stored: {error.strerror}") from error

    def _put(self, folder: Path, key: str, sealed: bytes) -> None:
        self._make(folder)
        if shutil.disk_usage(folder).free - len(sealed) < KEEP_FREE_BYTES:
            raise StoreUnreachable("the disk is nearly full; what is left is for the database")
        descriptor, partial = tempfile.mkstemp(prefix=".", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, folder / key)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(partial)
            raise
        _sync_folder(folder)

    def get(self, key: str) -> bytes:
        """Return the file's bytes."""
        try:
            return (self.root / key[:2] / key).read_bytes()
        except FileNotFoundError:
            raise StoredFileMissing(f"{key} is not in the store") from None
        except OSError as error:
            raise StoreUnreachable(f"a file cannot be read: {error.strerror}") from error

    def remove(self, key: str) -> None:
        """Unlink the file, whole or half-written."""
        # A half-written file's name says nothing of its folder; there are few of them.
        places = self.root.glob(f"*/{key}") if key.startswith(".") else [self.root / key[:2] / key]
        for path in places:
            path.unlink(missing_ok=True)

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Yield the names of files not touched since a moment."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < moment.timestamp():
                        yield path.name

    def _make(self, folder: Path) -> None:
        for path in (self.root, folder):
            if not path.is_dir():
                path.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Bucket:
    """Objects of an S3 bucket, named by `s3://[key:secret@]bucket[/prefix]?endpoint=…&region=…`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.scheme != "s3" or not parts.hostname or set(options) - {"endpoint", "region"}:
            raise StoreFault("STORAGE_URL must be s3://bucket?endpoint=https://…&region=…")
        self.name = parts.hostname
        self.prefix = parts.path.strip("/") + "/" if parts.path.strip("/") else ""
        self.endpoint = options.get("endpoint")
        self.region = options.get("region")
        self.access_key = unquote(parts.username) if parts.username else None
        self.secret_key = unquote(parts.password) if parts.password else None
        self._client: tuple[int, Any] | None = None

    def put(self, key: str, sealed: bytes) -> None:
        """Upload; S3 answers once the object is durable."""
        self._ask("put_object", Key=self.prefix + key, Body=sealed, ContentType="application/octet-stream")

    def get(self, key: str) -> bytes:
        """Download."""
        answer = self._ask("get_object", Key=self.prefix + key)
        try:
            body: bytes = answer["Body"].read()
        except Exception as error:
            raise StoreUnreachable(f"{self.name} broke off: {type(error).__name__}") from error
        return body

    def remove(self, key: str) -> None:
        """Delete; S3 says nothing where there was no such object."""
        self._ask("delete_object", Key=self.prefix + key)

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Yield the names of objects written before a moment, by the bucket's clock."""
        request: dict[str, Any] = {"Prefix": self.prefix}
        while True:
            page = self._ask("list_objects_v2", **request)
            for entry in page.get("Contents", ()):
                if entry["LastModified"].astimezone(UTC) < moment:
                    yield entry["Key"].removeprefix(self.prefix)
            if not page.get("IsTruncated"):
                return
            request["ContinuationToken"] = page["NextContinuationToken"]

    def _ask(self, operation: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._own_client(), operation)(Bucket=self.name, **arguments)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in {"NoSuchKey", "404"}:
                raise StoredFileMissing("the key is not in the bucket") from None
            raise StoreUnreachable(f"{self.name} refused {operation}: {code}") from error
        except BotoCoreError as error:
            raise StoreUnreachable(f"{self.name} does not answer: {type(error).__name__}") from error

    def _own_client(self) -> Any:
        """Return this process's client: connections do not survive a fork."""
        if self._client is None or self._client[0] != os.getpid():
            self._client = (os.getpid(), self._new_client())
        return self._client[1]

    def _new_client(self) -> Any:
        # Only where a bucket is used is boto3 needed, and installed (extra `prod`).
        import boto3
        from botocore.config import Config

        settings = Config(
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            s3={"addressing_style": "path" if self.endpoint else "auto"},
            # Stores other than Amazon's do not all know the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        # A session of our own: the module's default one is not safe between threads.
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=settings,
        )
