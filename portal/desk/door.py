"""Views: what every page of the desk asks first: which case, by which role, and once only."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, request
from flask_babel import gettext as _

from portal.accounts import queries as account_queries
from portal.accounts.access import (
    Role,
    acting_memberships,
    may_see_office,
    require_member,
    require_office,
)
from portal.base import clock
from portal.base.once import do_once
from portal.base.web import seen_elsewhere
from portal.complaints import actions as complaint_actions
from portal.complaints import queries as complaint_queries
from portal.desk.reading import Case
from portal.rules.complaint_flow import Actor, MoveName

ACTOR_OF_ROLE = {
    Role.LEADER: Actor.LEADER,
    Role.OFFICER: Actor.OFFICER,
    Role.INTAKE_CLERK: Actor.INTAKE_CLERK,
}
# Who works at the desk, who decides there, and who reads along.
WORKERS = tuple(ACTOR_OF_ROLE)
DECIDERS = (Role.OFFICER, Role.LEADER)
READERS = (*WORKERS, Role.AUDITOR)


def wanted_case(number: str) -> Case:
    """Return a case of the offices seen, or answer 404."""
    found = complaint_queries.case_by_number(number)
    if found is None:
        abort(404)
    if request.method == "POST" and not may_see_office(found.region_code):
        # A second click on a transfer that went through is answered as the first one was.
        abort(seen_elsewhere(once(number, _not_found)))
    require_office(found.region_code)
    return found


def case_again(number: str) -> Case:
    """Return the case as it stands now, under the lock of the transaction."""
    found = complaint_queries.case_by_number(number)
    if found is None or not may_see_office(found.region_code):
        abort(404)
    return found


def _not_found() -> str:
    abort(404)


def once(about: str, act: Callable[[], str]) -> str:
    """Carry out what a form asks, and answer the same form again with where the first one led."""
    sent = request.form.to_dict(flat=False)
    body = {key: value for key, value in sent.items() if key not in {"csrf_token", "submission_id"}}
    whose = {"path": request.path, "case": about.upper(), "user": require_member().user_id}
    key = f"desk:{request.form.get('submission_id', '')[:70]}"
    return do_once(key, {**whose, "sent": body}, act, now=clock.now())


def roles() -> set[Role]:
    """Return the roles by which this page was opened."""
    return {membership.role for membership in acting_memberships()}


def actors() -> list[Actor]:
    """Return as whom the person signed in may act here, the most powerful first."""
    held = roles()
    return [actor for role, actor in ACTOR_OF_ROLE.items() if role in held]


def open_moves(found: Case) -> dict[MoveName, Actor]:
    """Return the moves open now, each with the actor who may make it."""
    opened = {
        name: actor for actor in reversed(actors()) for name in complaint_actions.open_moves(found, actor)
    }
    return {name: opened[name] for name in MoveName if name in opened}


def done_words(name: str) -> str:
    """Return what is said after a move was made."""
    return _("Done: %(move)s.", move=name)


def office_names() -> list[str]:
    """Return the names of the offices by which this page was opened."""
    offices = account_queries.offices_of(acting_memberships())
    return [office.name for office in offices.values()]
