"""Queries: what else a filer told, as lines: how it came about, which promise, and who acts for whom."""

from __future__ import annotations

import json
from typing import Any

from portal.base.db import db
from portal.complaints.drafts.relying import Promise, promise_relied_on
from portal.complaints.models import Filing
from portal.merchants.models import PledgeVersion
from portal.rules.intake_terms import FiledAs
from portal.rules.messages import Message, say

Line = tuple[Message, Message | str]


def circumstance_lines(filing: Filing) -> list[Line]:
    """Return what decides whether a complaint can be accepted (Order 121 Art. 16); not for the merchant."""
    bought_for, handled, known_on = filing.bought_for, filing.handled, filing.known_on
    return given(
        (say("What was it for"), say("%(bought_for)s", bought_for=bought_for) if bought_for else None),
        (say("Taken up already"), say("%(handled)s", handled=handled) if handled else None),
        (say("Noticed on"), say("%(known_on)s", known_on=known_on) if known_on else None),
    )


def promise_of(filing: Filing) -> Promise | None:
    """Return the promise a filer relies on, in the words of the version in force on that day."""
    if filing.pledge_version_id is None or not filing.pledge_clause:
        return None
    version = db.session.get(PledgeVersion, filing.pledge_version_id)
    return promise_relied_on(version, filing.pledge_clause)


def promise_lines(filing: Filing) -> list[tuple[Message, Message]]:
    """Return that promise as a line; empty where none was named."""
    promise = promise_of(filing)
    return [(say("Promise relied on"), promise.words)] if promise else []


def standing_lines(filing: Filing) -> list[Line]:
    """Return for whom and with whom somebody files: proxy and paper, or those who join (Art. 11, 12)."""
    proxy, people = _sealed(filing.proxy) or {}, _sealed(filing.representatives) or []
    way = FiledAs.PROXY if proxy else FiledAs.JOINT if filing.joint_count else None
    paper = say("at hand") if filing.has_power_of_attorney else say("not at hand")
    return given(
        (say("Filed"), say("%(way)s", way=way) if way else None),
        (say("Name of the proxy"), proxy.get("name")),
        (say("Phone of the proxy"), proxy.get("phone")),
        (say("Matter of the power of attorney"), proxy.get("matter")),
        (say("What the proxy may do"), proxy.get("power")),
        (say("How long it holds"), proxy.get("term")),
        (say("Signed power of attorney"), paper if proxy else None),
        (say("How many complain together"), str(filing.joint_count) if filing.joint_count else None),
        (
            say("Representatives"),
            "; ".join(" ".join(part for part in one.values() if part) for one in people),
        ),
    )


def given(*lines: tuple[Message, Message | str | None]) -> list[Line]:
    """Return the lines that say something."""
    return [(term, value) for term, value in lines if value]


def _sealed(text: str | None) -> Any:
    return json.loads(text) if text else None
