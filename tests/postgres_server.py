"""A temporary PostgreSQL server for the tests, run by an unprivileged user from installed binaries."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def binaries() -> Path | None:
    """Return the folder with `initdb` and `postgres`, the newest version first, or None."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


@contextmanager
def running_server() -> Iterator[str]:
    """Start a server on a free loopback port, yield its address, and take it away again."""
    folder = binaries()
    if folder is None:
        raise FileNotFoundError("PostgreSQL's initdb and postgres are not installed")
    home = Path(tempfile.mkdtemp(prefix="full-measure-pg-"))
    home.chmod(0o755)
    data = home / "data"
    data.mkdir()
    prefix = _unprivileged(data)
    subprocess.run(
        [*prefix, folder / "initdb", "-D", data, "-U", "portal", "-A", "trust", "-E", "UTF8"],
        check=True,
        capture_output=True,
        cwd=home,
    )
    port = _free_port()
    options = [
        "-D",
        data,
        "-p",
        str(port),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        f"unix_socket_directories={data}",
    ]
    server = subprocess.Popen(
        [*prefix, folder / "postgres", *options],
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_open(port, server)
        yield f"postgresql://portal@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged(data: Path) -> list[str]:
    """Return the words that run a command as another user: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return []
    user = "postgres" if subprocess.run(["id", "postgres"], capture_output=True).returncode == 0 else "nobody"
    shutil.chown(data, user)
    return ["setpriv", f"--reuid={user}", "--regid=" + _group_of(user), "--clear-groups"]


def _group_of(user: str) -> str:
    return subprocess.run(["id", "-gn", user], capture_output=True, text=True, check=True).stdout.strip()


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _wait_until_open(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server lets somebody in; an open port alone may still be starting up."""
    for _ in range(200):
        if server.poll() is not None:
            raise RuntimeError("the temporary PostgreSQL server ended at once")
        try:
            psycopg.connect(f"postgresql://portal@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the temporary PostgreSQL server does not answer")
