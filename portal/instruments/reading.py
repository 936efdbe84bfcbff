"""A judged weighing as a shopper reads it: the verdict in big words, and the bar beside it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from portal.instruments.weighing import Weighing
from portal.rules.judgement import Judgement
from portal.rules.metrology_terms import Verdict


@dataclass(frozen=True)
class Bar:
    """The bar of a shortage against what is permitted, in whole percents of its length."""

    shortage_share: int
    limit_share: int


def title_of(weighing: Weighing) -> str:
    """Return the verdict in big words; it never says that a law was broken. Empty when nothing was judged."""
    if weighing.judgement is None:
        return ""
    verdict = weighing.judgement.verdict
    if weighing.surplus_mg and verdict is Verdict.WITHIN:
        return _("You got more than you paid for")
    if weighing.reweighed_mg == weighing.settled_mg and verdict is Verdict.WITHIN:
        return _("Full measure: nothing is missing")
    return {
        Verdict.WITHIN: _("Within the permitted deviation"),
        Verdict.OVER: _("Over the permitted deviation"),
        Verdict.NOT_PROVABLE: _("Cannot be decided this way"),
    }[verdict]


def bar_of(judgement: Judgement) -> Bar | None:
    """Return the bar, long enough for twice what is permitted; none where nothing can be compared."""
    limit, shortage = judgement.limit, judgement.shortage
    if not limit or not shortage:
        return None
    full = max(2 * limit, shortage * 11 // 10)
    return Bar(max(1, shortage * 100 // full), max(1, limit * 100 // full))
