"""Queries: what was bought and measured, of any kind, as lines of a term and a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portal.complaints.models import Filing
from portal.instruments.weighing import CheckWith
from portal.rules.messages import Message, say
from portal.rules.purchases import Purchase, purchase_from_snapshot

Line = tuple[Message, Message]


def bought_lines(filing: Filing, *, clean: Callable[[str], str] = str) -> list[Line]:
    """Return the lines that say something: the kind, the goods, the day, what was measured and paid.

    `clean` takes out of typed words what the reader may not know.
    """
    lines = [
        (say("Kind of purchase"), say("%(kind)s", kind=filing.kind)),
        (say("Goods bought"), _text(clean(filing.goods))),
        (say("Bought on"), _bought_on(filing)),
        (say("Which device"), _text(clean(filing.device))),
        *_weighed(filing),
        *_measured(filing),
        (say("Amount paid"), _money(filing.amount_paid_fen)),
    ]
    return [(term, value) for term, value in lines if value is not None]


Lines = Sequence[tuple[Message, Message | None]]


def _bought_on(filing: Filing) -> Message:
    if not filing.bought_time:
        return say("%(bought_on)s", bought_on=filing.bought_on)
    return say("%(bought_on)s, %(clock)s", bought_on=filing.bought_on, clock=filing.bought_time)


def _weighed(filing: Filing) -> Lines:
    if filing.settled_mg is None or filing.unit_price_fen_per_kg is None:
        return ()
    found = say("not weighed again")
    if filing.reweighed_mg is not None:
        found = say("%(reweighed_mg)s", reweighed_mg=filing.reweighed_mg)
    method = CheckWith(filing.check_method) if filing.check_method else None
    return (
        (say("Unit price"), say("%(price_fen_per_kg)s", price_fen_per_kg=filing.unit_price_fen_per_kg)),
        (say("Settled weight"), say("%(settled_mg)s", settled_mg=filing.settled_mg)),
        (say("Weight found"), found),
        (say("How it was checked"), say("%(method)s", method=method) if method else None),
    )


def _measured(filing: Filing) -> Lines:
    if not filing.purchase:
        return ()
    purchase = purchase_from_snapshot(filing.purchase)
    how = say("%(reference)s", reference=purchase.reference) if purchase.received is not None else None
    return (
        (say("Quantity charged"), purchase.shown_amount),
        (say("Quantity found"), purchase.received_amount),
        (say("How it was measured"), how),
        (say("Kind of meter"), _kind_of_device(purchase)),
    )


def _kind_of_device(purchase: Purchase) -> Message | None:
    kind = purchase.meter or purchase.charger
    return say("%(kind)s", kind=kind) if kind else None


def _money(paid_fen: int | None) -> Message | None:
    return None if paid_fen is None else say("%(paid_fen)s", paid_fen=paid_fen)


def _text(typed: str) -> Message | None:
    return say("%(words)s", words=typed) if typed else None
