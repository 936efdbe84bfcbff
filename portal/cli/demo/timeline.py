"""The demo's calendar: everything happens in the order of its moment, through the portal's actions."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import click

from portal.base.clock import SHANGHAI
from portal.base.db import unit_of_work

LENGTH_DAYS = 548
BATCH = 120

Act = Callable[[datetime], None]


class Timeline:
    """What is to happen, soonest first; `random` is the demo's only source of chance."""

    def __init__(self, last_day: date, seed: int) -> None:
        self.last_day = last_day
        self.first_day = last_day - timedelta(days=LENGTH_DAYS)
        self.random = random.Random(f"{seed} {last_day.isoformat()}")
        self._order = itertools.count()
        self._heap: list[tuple[datetime, int, Act]] = []

    @property
    def first_moment(self) -> datetime:
        """The moment before anything happens."""
        return moment(self.first_day - timedelta(days=1), 8)

    def at(self, when: datetime, act: Act) -> None:
        """Put an act down for a moment; one after the last day is never carried out."""
        if when.astimezone(SHANGHAI).date() <= self.last_day:
            heapq.heappush(self._heap, (when, next(self._order), act))

    def run(self) -> None:
        """Carry everything out, in batches that are each one transaction."""
        with click.progressbar(length=len(self._heap), label="Making the demo") as bar:
            while self._heap:
                batch = [heapq.heappop(self._heap) for _ in range(min(BATCH, len(self._heap)))]
                with unit_of_work():
                    for when, _order, act in batch:
                        act(when)
                bar.update(len(batch))


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of a day's clock in Asia/Shanghai, as UTC."""
    return datetime.combine(day, time(hour, minute), SHANGHAI).astimezone(UTC)


def office_day(day: date) -> date:
    """Return the day, or the Friday before a weekend: officers do not decide on Sundays."""
    return day - timedelta(days=max(0, day.weekday() - 4))
