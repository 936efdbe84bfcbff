"""What a run leaves behind, and what was found wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.crash.filers import Noted


@dataclass
class Evidence:
    """What a run leaves behind to be judged."""

    environ: dict[str, str]
    notes: list[Noted]
    settled: list[tuple[str, str]]
    kills_wanted: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    left_behind: list[int] = field(default_factory=list)
    # How many stored files nobody referred to before the sweep: the kills left them.
    orphans: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Fault:
    """One thing that must not be, and the check that found it."""

    check: str
    sentence: str
