"""The queue's filters: read from an address, and shown as links with the counts they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import TypeVar

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.base.labels import label
from portal.base.web import url_with
from portal.complaints.queries import QueueFilter
from portal.desk.queries import FacetKey, day_before, states_shown
from portal.rules.complaint_flow import State, Track

Args = MultiDict[str, str]
FacetRow = tuple[str, int, str, bool]
Choice = TypeVar("Choice", bound=Enum)

LONGEST_WORDS = 100
# The filters with a fixed list of values, in the order of the page.
FIXED = {
    "who": ("mine", "nobody"),
    "due": ("late", "today"),
    "registered": ("no",),
    "again": ("yes",),
    "closed": ("yes",),
}


def wanted_by(args: Args, *, regions: tuple[str, ...], user_id: int, today: date) -> QueueFilter:
    """Return the filter an address asks for; a value nobody knows asks for nothing."""
    due = args.get("due")
    track = _member(Track, args.get("track"))
    state = _member(State, args.get("state"))
    return QueueFilter(
        region_prefixes=regions,
        track=track,
        state=state if state in states_shown(track) else None,
        officer_id=user_id if args.get("who") == "mine" else None,
        is_unassigned=args.get("who") == "nobody",
        # What is asked to be taken up again is closed.
        is_open="yes" not in (args.get("closed"), args.get("again")),
        due_from=today if due == "today" else None,
        due_by={"today": today, "late": day_before(today)}.get(due or ""),
        is_unregistered=True if args.get("registered") == "no" else None,
        wants_reopening=args.get("again") == "yes",
        words=args.get("q", "").strip()[:LONGEST_WORDS],
    )


def facet_rows(
    counts: Mapping[FacetKey, int], args: Args, wanted: QueueFilter, *, is_leader: bool
) -> list[tuple[str, list[FacetRow]]]:
    """Return each filter's title and rows of (words, count, address, is on)."""
    values = {
        "track": tuple(track.value for track in Track),
        "who": FIXED["who"],
        "due": FIXED["due"],
        "registered": FIXED["registered"],
        "state": tuple(state.value for state in states_shown(wanted.track)),
        "again": FIXED["again"] if is_leader else (),
        "closed": FIXED["closed"],
    }
    on = in_use(args, wanted)
    found = []
    for name, known in values.items():
        if not known:
            continue
        shown = [value for value in known if counts[name, value] or on.get(name) == value]
        rows = [_facet_row(name, value, counts, on) for value in shown]
        found.append((_titles()[name], rows))
    return found


def chips(args: Args, wanted: QueueFilter) -> list[tuple[str, str]]:
    """Return the filters in use, each with the address without it."""
    words = [(_("“%(words)s”", words=wanted.words), url_with(q=None))] if wanted.words else []
    return words + [
        (_words(name, value), url_with(**{name: None})) for name, value in in_use(args, wanted).items()
    ]


def in_use(args: Args, wanted: QueueFilter) -> dict[str, str]:
    """Return the values in use by the name of their filter."""
    on = {name: args[name] for name, known in FIXED.items() if args.get(name) in known}
    on |= {"track": wanted.track.value} if wanted.track else {}
    on |= {"state": wanted.state.value} if wanted.state else {}
    return on


def _facet_row(name: str, value: str, counts: Mapping[FacetKey, int], on: Mapping[str, str]) -> FacetRow:
    is_on = on.get(name) == value
    # A state belongs to a track; another track begins without one.
    changes: dict[str, str | None] = {name: None if is_on else value}
    if name == "track":
        changes["state"] = None
    return _words(name, value), counts[name, value], url_with(**changes), is_on


def _member(kind: type[Choice], value: str | None) -> Choice | None:
    return next((member for member in kind if member.value == value), None)


def _titles() -> dict[str, str]:
    return {
        "track": _("Track"),
        "who": _("Officer"),
        "due": _("Time"),
        "registered": _("Registration"),
        "state": _("State"),
        "again": _("After the end"),
        "closed": _("Closed cases"),
    }


def _words(name: str, value: str) -> str:
    if name == "track":
        return label(Track(value))
    if name == "state":
        return label(State(value))
    if name == "again":
        return _("Asks to be looked at again")
    return {
        "mine": _("My cases"),
        "nobody": _("Nobody has it yet"),
        "late": _("Late"),
        "today": _("Due today"),
        "no": _("Not yet registered with the authority"),
        "yes": _("Closed"),
    }[value]
