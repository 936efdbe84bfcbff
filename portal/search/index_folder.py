"""The files around an engine's index: which one is live, who may write, what has reached the disk.

`current.json` names the live index, which lies in a folder of its own; `lock` is held by the writer.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import zlib
from collections.abc import Iterator, Mapping
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
    """Return what names the live index, or None where there is none that can be read."""
    try:
        found = json.loads((folder / "current.json").read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def point_at(folder: Path, name: str, identity: str, generation: int) -> None:
    """Name the live index and what of it is known to be on the disk, at once and durably."""
    before = pointer_in(folder)
    known = before["sums"] if before and before["folder"] == name else {}
    content = {
        "folder": name,
        "identity": identity,
        "generation": generation,
        "analyzer": analyzer.VERSION,
        "boot": boot_id(),
        "sums": _settled(folder / name, known),
    }
    _write_pointer(folder, content)


def renew_boot(folder: Path) -> None:
    """Say that this run of the machine writes, before it does."""
    pointer = pointer_in(folder)
    if pointer and pointer["boot"] != boot_id():
        _write_pointer(folder, pointer | {"boot": boot_id()})


def boot_id() -> str:
    """Return what changes when the machine starts again, and its unwritten files are lost."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def is_whole(path: Path, sums: Mapping[str, list[int]], prefix: str) -> bool:
    """Compare the files whose names begin so with what was written."""
    return all(_sum_of(path / name) == wanted for name, wanted in sums.items() if name.startswith(prefix))


def _settled(path: Path, known: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """Have an index's new files reach the disk; return size and checksum of every file."""
    sums = {}
    for file in path.iterdir():
        if not file.is_file():
            continue
        if file.name not in known:
            _sync(file)
        sums[file.name] = known.get(file.name) or _sum_of(file)
    _sync(path)
    return sums


def _sum_of(file: Path) -> list[int]:
    content = file.read_bytes()
    return [len(content), zlib.crc32(content)]


def _write_pointer(folder: Path, content: dict[str, Any]) -> None:
    fresh = folder / "current.json.new"
    with open(fresh, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, folder / "current.json")
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
