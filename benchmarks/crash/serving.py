"""The portal as `flask serve` runs it, with an instance folder of its own, to be killed and started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from portal.cli.serve import _web_command

ROOT = Path(__file__).resolve().parents[2]
# What the processes may know of the machine; none of the portal's own settings comes in from outside.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
READY_SECONDS = 90
END_SECONDS = 20
WORKERS, EVERYTHING = "workers", "everything"


def settings_for(folder: Path, database_url: str) -> dict[str, str]:
    """Return the environment of a portal of its own; the office's own window, so that filing registers."""
    port = free_port()
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TRUSTED_PROXIES": "1",
        "AUTHORITY_CHANNEL": "1",
        "PYTHONUNBUFFERED": "1",
    }


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Served:
    """Web server, worker and office, each in a session of its own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)
        self.port = int(environ["PORT"])
        self.log = Path(environ["INSTANCE_PATH"]) / "server.log"
        # What the office committed and said so: claim and record numbers.
        self.settled: list[tuple[str, str]] = []
        self.kills = {WORKERS: 0, EVERYTHING: 0}
        self._children: list[subprocess.Popen[str]] = []
        self._sessions: set[int] = set()

    def start(self) -> None:
        """Start all three; whether they answer is asked by `wait_until_ready`."""
        python = sys.executable
        web = self._begin(_web_command(self.port))
        worker = self._begin([python, "-m", "flask", "--app", "app", "worker"])
        office = self._begin([python, "-m", "benchmarks.crash.office"], is_heard=True)
        self._children = [web, worker, office]
        threading.Thread(target=self._listen, args=(office,), daemon=True).start()

    def wait_until_ready(self) -> None:
        """Wait for an answer from `/readyz`; TimeoutError where none comes."""
        give_up_at = time.monotonic() + READY_SECONDS
        while not self._answers():
            if time.monotonic() > give_up_at or self._children[0].poll() is not None:
                raise TimeoutError(f"the portal does not answer; see {self.log}")
            time.sleep(0.1)

    def kill(self, kind: str) -> None:
        """Kill with SIGKILL: the web server's workers alone, or every process there is, and start again."""
        self.kills[kind] += 1
        if kind == WORKERS:
            for number in _children_of(self._children[0].pid):
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            return
        for child in self._children:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        for child in self._children:
            child.wait()
        self.start()

    def end(self) -> None:
        """End everything in peace."""
        for child in self._children:
            child.terminate()
        for child in self._children:
            try:
                child.wait(timeout=END_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def left_behind(self) -> list[int]:
        """Return the processes that outlived the one that began them."""
        return [number for number in _processes() if _session_of(number) in self._sessions]

    def _begin(self, command: list[str], *, is_heard: bool = False) -> subprocess.Popen[str]:
        with self.log.open("a") as log:
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environ,
                stdout=subprocess.PIPE if is_heard else log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._sessions.add(child.pid)
        return child

    def _listen(self, office: subprocess.Popen[str]) -> None:
        assert office.stdout is not None
        with office.stdout as lines:
            for line in lines:
                # A line that a kill tore was not said.
                if line.endswith("\n"):
                    claim_number, record_number = line.split()
                    self.settled.append((claim_number, record_number))

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _children_of(number: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _session_of(number: int) -> int:
    try:
        return os.getsid(number)
    except ProcessLookupError:
        return 0
