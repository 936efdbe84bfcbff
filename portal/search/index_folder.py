"""The files around an engine's index: which one is live, who may write, what has reached the disk.

`current.json` names the live index, which lies in a folder of its own; `lock` is held by the writer.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.search import analyzer


@contextmanager
def locked(folder: Path, wait_seconds: float) -> Iterator[bool]:
    """Hold the folder's write lock; give False when it was not to be had in time."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _lock(descriptor, wait_seconds)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, wait_seconds: float) -> bool:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.01)


def pointer_in(folder: Path) -> dict[str, Any] | None:
    """Return what names the live index."""
    try:
        found = json.loads((folder / "current.json").read_text())
    except FileNotFoundError:
        return None
    return found if isinstance(found, dict) else None


def point_at(folder: Path, name: str, identity: str, generation: int) -> None:
    """Name the live index and the generation known to be on the disk, at once and durably."""
    content = {
        "folder": name,
        "identity": identity,
        "generation": generation,
        "analyzer": analyzer.VERSION,
        "boot": boot_id(),
    }
    fresh = folder / "current.json.new"
    with open(fresh, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, folder / "current.json")
    _sync(folder)


def renew_boot(folder: Path) -> None:
    """Say that this run of the machine writes, before it does."""
    pointer = pointer_in(folder)
    if pointer and pointer["boot"] != boot_id():
        point_at(folder, pointer["folder"], pointer["identity"], pointer["generation"])


def boot_id() -> str:
    """Return what changes when the machine starts again, and its unwritten files are lost."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def sync_folder(path: Path) -> None:
    """Have every file of an index reach the disk."""
    for file in path.iterdir():
        if file.is_file() and not file.name.endswith("LOCK"):
            _sync(file)
    _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
