"""What the visible records add up to: counts by kind and by month, always with what they are a part of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.records import queries
from portal.rules.publication import RecordKind

MONTHS = 12


@dataclass(frozen=True)
class KindCount:
    """How many of all visible records are of one kind."""

    kind: RecordKind
    count: int


@dataclass(frozen=True)
class MonthCount:
    """The records of one month (by the day the matter bears), in all and by the kinds shown."""

    month: date
    total: int
    by_kind: tuple[int, ...]


@dataclass(frozen=True)
class Statistics:
    """The figures of one day."""

    asked_on: date
    total: int
    kinds: tuple[KindCount, ...]
    month_kinds: tuple[RecordKind, ...]
    months: tuple[MonthCount, ...]


SHOWN_BY_MONTH = (
    RecordKind.FINDING,
    RecordKind.COMPLAINT_OUTCOME,
    RecordKind.COMPENSATION,
    RecordKind.OVERDUE_PAYMENT,
    RecordKind.VERIFICATION,
)


def statistics_on(today: date) -> Statistics:
    """Return the figures as they stand on a day, the months newest first."""
    counts = queries.kind_counts(today=today)
    kinds = sorted(counts, key=lambda kind: (-counts[kind], kind.value))
    months = _last_months(today)
    by_month = queries.month_counts(today=today, since=date(*months[-1], 1))
    return Statistics(
        asked_on=today,
        total=sum(counts.values()),
        kinds=tuple(KindCount(kind, counts[kind]) for kind in kinds),
        month_kinds=SHOWN_BY_MONTH,
        months=tuple(_month(month, by_month.get(month, {})) for month in months),
    )


def _month(month: tuple[int, int], counts: dict[RecordKind, int]) -> MonthCount:
    return MonthCount(
        month=date(*month, 1),
        total=sum(counts.values()),
        by_kind=tuple(counts.get(kind, 0) for kind in SHOWN_BY_MONTH),
    )


def _last_months(today: date) -> list[tuple[int, int]]:
    last = today.year * 12 + today.month - 1
    return [((last - back) // 12, (last - back) % 12 + 1) for back in range(MONTHS)]
