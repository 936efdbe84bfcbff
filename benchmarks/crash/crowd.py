"""Many filers at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from benchmarks.crash.filers import Filer, Noted, Refused, habits_of


class Crowd:
    """So many people filing at once, until so many filings are made."""

    def __init__(
        self, port: int, merchants: Sequence[str], *, filings: int, clients: int, photo_every: int
    ) -> None:
        self.port = port
        self.merchants = merchants
        self.notes = [
            Noted(index, habits_of(index, photo_every), f"第{index}次:回家一称少了六十克。")
            for index in range(filings)
        ]
        self.done = 0
        self._waiting = iter(self.notes)
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._file_on, daemon=True) for _ in range(clients)]

    def start(self) -> None:
        """Let everybody begin."""
        for thread in self._threads:
            thread.start()

    @property
    def is_busy(self) -> bool:
        """Say whether anybody is still filing."""
        return any(thread.is_alive() for thread in self._threads)

    def wait(self) -> None:
        """Wait until everybody is done."""
        for thread in self._threads:
            thread.join()

    def _file_on(self) -> None:
        while (noted := self._next()) is not None:
            filer = Filer(self.port, noted, self.merchants[noted.index % len(self.merchants)])
            try:
                filer.file()
            except Refused as refused:
                noted.faults.append(str(refused))
            noted.requests = filer.visitor.requests
            with self._lock:
                self.done += 1

    def _next(self) -> Noted | None:
        with self._lock:
            return next(self._waiting, None)
