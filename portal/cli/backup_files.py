"""The sealed files of a backup: copied out as they are stored, brought back, and opened one by one."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import click

from portal.base import files
from portal.complaints.evidence import actions as evidence

FOLDER = "evidence"
ENTRY = re.compile(rf"{FOLDER}/[0-9a-f]{{40}}")

# Whatever keeps keys of stored files says here which it still needs.
KEEPERS: tuple[Callable[[], Collection[str]], ...] = (evidence.referenced_keys,)


def referenced_keys() -> list[str]:
    """Return every key the database speaks of, in order."""
    return sorted({key for keeper in KEEPERS for key in keeper()})


def copy_out(target: Path, keys: Iterable[str]) -> list[str]:
    """Write the stored files into a folder, still sealed; return the keys of those that are gone."""
    folder = target / FOLDER
    folder.mkdir(mode=0o700)
    gone = []
    for key in keys:
        try:
            sealed = files.sealed_bytes(key)
        except files.StoredFileMissing:
            gone.append(key)
            continue
        descriptor = os.open(folder / key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
    return gone


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a backup, by its name inside the folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path) for path in found}


def sha256(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def bring_back(source: Path, names: Iterable[str], written: list[str]) -> None:
    """Put a backup's files into the store; `written` tells as it goes which were not there before."""
    for name in names:
        key = name.removeprefix(FOLDER + "/")
        try:
            files.sealed_bytes(key)
        except files.StoredFileMissing:
            written.append(key)
            files.put_sealed(key, (source / name).read_bytes())


def check_each_opens(known_missing: Collection[str]) -> None:
    """Open every file that the database speaks of, or raise ClickException."""
    faults = []
    for key in referenced_keys():
        if key in known_missing:
            continue
        try:
            files.open_sealed(key)
        except files.StoreFault as fault:
            faults.append(str(fault))
    for fault_text in faults:
        click.echo(fault_text, err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} stored files did not come back")


def take_back(written: Iterable[str]) -> None:
    """Remove the files that a failed restore put into the store."""
    for key in written:
        files.remove(key)
