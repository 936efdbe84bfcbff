"""Administrative division codes (GB/T 2260): province, city and county in pairs of digits."""

from __future__ import annotations


def prefix_of(region_code: str) -> str:
    """Return the digits that every code below a region begins with (330100 → 3301)."""
    prefix = region_code
    while prefix.endswith("00") and len(prefix) % 2 == 0:
        prefix = prefix[:-2]
    return prefix


def is_within(region_code: str | None, office_code: str) -> bool:
    """Say whether a region is the office's own or below it."""
    return bool(region_code) and str(region_code).startswith(prefix_of(office_code))
