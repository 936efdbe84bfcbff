"""Queries: the queue as an officer reads it, and everything of one case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from portal.accounts.models import Membership, Office, Role, SubjectKind, User
from portal.accounts.regions import is_within
from portal.base.db import db
from portal.complaints import queries as complaint_queries
from portal.complaints.models import Case
from portal.complaints.queries import PAGE_SIZE, QueueFilter
from portal.rules.complaint_flow import (
    State,
    Track,
    paused_in,
    states,
)
from portal.rules.deadlines import (
    Lateness,
    lateness_by,
)

CASE_WORKERS = (Role.OFFICER, Role.LEADER)
FacetKey = tuple[str, str]


@dataclass(frozen=True)
class QueueRow:
    """One case in the queue; `lateness` is None where no clock runs or the clock stands still."""

    case: Case
    officer_name: str | None
    lateness: Lateness | None
    days_left_count: int | None
    is_paused: bool


@dataclass(frozen=True)
class Queue:
    """One page of the queue, and how many cases each other filter would find."""

    rows: tuple[QueueRow, ...]
    total: int
    page: int
    counts: Mapping[FacetKey, int]

    @property
    def pages(self) -> int:
        """The number of pages."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def first(self) -> int:
        """The place of the first row on this page, from 1."""
        return (self.page - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        """The place of the last row on this page."""
        return self.first + len(self.rows) - 1


def queue_page(wanted: QueueFilter, *, user_id: int, page: int, today: date) -> Queue:
    """Return one page of the queue with names, lateness and the counts of the filters."""
    found = complaint_queries.queue(wanted, page=page)
    names = names_of(case.officer_id for case in found.cases)
    rows = tuple(_row(case, names, today) for case in found.cases)
    return Queue(rows, found.total, page, _counts(wanted, user_id, today))


def _row(case: Case, names: Mapping[int, str], today: date) -> QueueRow:
    is_paused = case.due_clock is not None and case.due_clock in paused_in(case.track, case.state)
    has_day = case.due_on is not None and not is_paused
    return QueueRow(
        case=case,
        officer_name=names.get(case.officer_id) if case.officer_id else None,
        lateness=lateness_by(case.due_on, today) if case.due_on and has_day else None,
        days_left_count=(case.due_on - today).days if case.due_on and has_day else None,
        is_paused=is_paused,
    )


def _counts(wanted: QueueFilter, user_id: int, today: date) -> dict[FacetKey, int]:
    """Count each value of each filter with that filter's own choice left out."""
    alternatives = alternatives_to(wanted, user_id, today)
    return dict(zip(alternatives, complaint_queries.counts_of(list(alternatives.values())), strict=True))


def alternatives_to(wanted: QueueFilter, user_id: int, today: date) -> dict[FacetKey, QueueFilter]:
    """Return the filter that each value on the page would lead to."""
    whose = replace(wanted, officer_id=None, is_unassigned=False)
    when = replace(wanted, due_from=None, due_by=None)
    found = {
        ("who", "mine"): replace(whose, officer_id=user_id),
        ("who", "nobody"): replace(whose, is_unassigned=True),
        ("due", "late"): replace(when, due_by=day_before(today)),
        ("due", "today"): replace(when, due_from=today, due_by=today),
        ("registered", "no"): replace(wanted, is_unregistered=True),
        ("again", "yes"): replace(wanted, wants_reopening=True, is_open=False),
        ("closed", "yes"): replace(wanted, wants_reopening=False, is_open=False),
    }
    found |= {("track", track.value): replace(wanted, track=track, state=None) for track in Track}
    found |= {("state", state.value): replace(wanted, state=state) for state in states_shown(wanted.track)}
    return found


def states_shown(track: Track | None) -> tuple[State, ...]:
    """Return the states of a track, or of both."""
    if track is not None:
        return states(track)
    return tuple(state for state in State if any(state in states(one) for one in Track))


def day_before(day: date) -> date:
    """Return the last day that is late on a day."""
    return date.fromordinal(day.toordinal() - 1)


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of people by their numbers."""
    wanted = {number for number in user_ids if number is not None}
    if not wanted:
        return {}
    return {
        row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    }


def officers_for(region_code: str) -> tuple[User, ...]:
    """Return the people who may work on a case of a region: of its own office, then of those above it."""
    query = select(Office, User).where(
        Membership.subject_kind == SubjectKind.OFFICE,
        Membership.subject_id == Office.id,
        Membership.user_id == User.id,
        Membership.role.in_(CASE_WORKERS),
        Membership.ended_at.is_(None),
    )
    rows = db.session.execute(query.order_by(Office.region_code.desc(), User.name, User.id))
    found = {user.id: user for office, user in rows if is_within(region_code, office.region_code)}
    return tuple(found.values())
