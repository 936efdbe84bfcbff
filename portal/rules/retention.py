"""How long a filer's data is kept after the end; the periods are ours (PIPL Art. 19: the shortest needed)."""

from __future__ import annotations

from datetime import date

from portal.rules.settings import value_of


def identity_kept_years(on: date) -> int:
    """Return how many years after the end a filer's identity and words are kept."""
    return value_of("identity_kept_years", on)


def evidence_kept_years(on: date) -> int:
    """Return how many years after the end photos and papers are kept."""
    return value_of("evidence_kept_years", on)


def identity_kept_since(today: date) -> date:
    """Return the first day of closing whose filers are still kept today."""
    return years_before(today, identity_kept_years(today))


def evidence_kept_since(today: date) -> date:
    """Return the first day of closing whose photos are still kept today."""
    return years_before(today, evidence_kept_years(today))


def years_before(day: date, years: int) -> date:
    """Return the same date so many years before; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
