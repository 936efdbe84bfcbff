"""The re-weigh helper and the page of a scale: both open to everybody, neither needs a session."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from portal.accounts.access import public
from portal.base import clock
from portal.base.labels import day, label, mass, unit_price
from portal.instruments import queries
from portal.instruments.forms import WEIGHING_FIELDS, ReweighForm
from portal.instruments.queries import Fitness
from portal.instruments.reading import bar_of, title_of
from portal.instruments.weighing import Weighing, bought_on
from portal.merchants import queries as merchant_queries
from portal.rules.compensation import Basis
from portal.rules.credit_file import InstrumentFact
from portal.rules.metrology_terms import GoodsGroup
from portal.rules.pledge import PledgeTerms, headline
from portal.rules.quantities import MassUnit
from portal.rules.verification import InstrumentStatus

Answer = str | tuple[str, int]

instruments = Blueprint("instruments", __name__)

# Worked examples: what a shopper would type.
EXAMPLES: tuple[dict[str, str], ...] = (
    {"goods": "大虾", "price": "96", "settled": "0.48", "reweighed": "0.45"},
    {"goods": "苹果", "price": "8", "settled": "1", "reweighed": "0.975"},
    {"goods": "茶叶", "price": "400", "settled": "0.5", "reweighed": "0.499"},
)


@instruments.get("/weigh")
@public
def weigh() -> Answer:
    """Show the helper, and what a weighing in the address comes to."""
    today = clock.today()
    number = request.args.get("merchant", "").strip().upper()
    merchant = merchant_queries.merchant_by_number(number) if number else None
    pledge = None
    if merchant:
        pledge = merchant_queries.pledge_on(
            merchant.id, bought_on(request.args.get("bought_on"), today=today)
        )
    form = ReweighForm(request.args, meta={"csrf": False})
    is_asked = "settled" in request.args
    terms = PledgeTerms.from_dict(pledge.terms) if pledge else None
    weighing = form.parsed(today=today, terms=terms) if is_asked else None
    if not form.bought_on.data:
        form.bought_on.data = today.isoformat()
    page = render_template(
        "instruments/weigh.html",
        form=form,
        is_asked=is_asked,
        number=number,
        merchant=merchant,
        pledge=pledge,
        pledge_headline=headline(terms) if terms else None,
        examples=[] if is_asked else _examples(number if merchant else ""),
        **(_result(weighing, form, number if merchant else "") if weighing else {"weighing": None}),
    )
    return (page, 422) if is_asked and weighing is None else page


@instruments.get("/instruments/<number>")
@public
def show(number: str) -> Answer:
    """Show what the public records say of a measuring instrument."""
    page = queries.instrument_page(number.upper(), today=clock.today())
    if page is None:
        sentence = _(
            "No instrument on record has this number. It may be mistyped: please compare it with the plate."
        )
        return render_template("errors/page.html", code=404, sentence=sentence), 404
    return render_template(
        "instruments/show.html",
        page=page,
        status_sentence=_status_sentence(page.fact),
        goods_words=_goods_words,
        fitness_tone=_fitness_tone,
        worst_words=_worst_words,
    )


def _examples(merchant_number: str) -> list[tuple[dict[str, str], str]]:
    """Return the worked examples with their addresses."""
    units = dict.fromkeys(("price_unit", "settled_unit", "reweighed_unit"), MassUnit.KG.value)
    merchant = {"merchant": merchant_number} if merchant_number else {}
    return [(example, f"{request.path}?{urlencode(merchant | example | units)}") for example in EXAMPLES]


def _result(weighing: Weighing, form: ReweighForm, merchant_number: str) -> dict[str, Any]:
    judgement, owed = weighing.judgement, weighing.owed
    if judgement is None or owed is None:
        return {"weighing": None}
    lines = {line.basis: line for line in owed.lines}
    return {
        "weighing": weighing,
        "judgement": judgement,
        "owed": owed,
        "title": title_of(weighing),
        "bar": bar_of(judgement),
        "read_back": _read_back(weighing),
        "owed_lines": [line for line in owed.lines if line.basis is not Basis.FRAUD_IF_ESTABLISHED],
        "fraud": lines.get(Basis.FRAUD_IF_ESTABLISHED),
        "needs_scale_e": judgement.limit is None and weighing.scale is None,
        "complaint_url": _complaint_url(form, merchant_number),
    }


def _read_back(weighing: Weighing) -> list[tuple[str, str]]:
    """Return what was typed as we read it, in legal units only."""
    group = label(weighing.goods.group) if weighing.goods.group else _("not in the table, so by unit price")
    return [
        (_("What was bought"), weighing.goods.name),
        (_("Kind of goods, our guess") if weighing.is_group_guessed else _("Kind of goods"), group),
        (_("Unit price"), unit_price(weighing.unit_price_fen_per_kg)),
        (_("Paid for"), mass(weighing.settled_mg)),
        (_("Found"), mass(weighing.reweighed_mg or 0)),
        (_("Re-weighed on"), label(weighing.check_method) if weighing.check_method else ""),
        (_("Bought on"), day(weighing.bought_on)),
        *([(_("e of the stall's scale"), mass(weighing.scale.e_mg))] if weighing.scale else []),
    ]


def _complaint_url(form: ReweighForm, merchant_number: str) -> str:
    typed = {name: form[name].data for name in WEIGHING_FIELDS if form[name].data}
    merchant = {"merchant": merchant_number} if merchant_number else {}
    return "/complaints/new?" + urlencode(merchant | typed)


def _status_sentence(fact: InstrumentFact) -> str:
    """Say what a status means to somebody standing at the stall."""
    until = day(fact.valid_until) if fact.valid_until else ""
    return {
        InstrumentStatus.VALID: _("It was verified, and the verification still holds."),
        InstrumentStatus.DUE_SOON: _("It was verified; the verification holds until %(day)s.", day=until),
        InstrumentStatus.OVERDUE: _(
            "Its verification ran out on %(day)s. It should be verified again before it is used for trade.",
            day=until,
        ),
        InstrumentStatus.FAILED: _("It did not pass its last verification and must not be used for trade."),
        InstrumentStatus.OUT_OF_USE: _("Its owner says that it is not in use."),
        InstrumentStatus.AWAITING: _("It is registered; no verification is on record yet."),
        InstrumentStatus.NOT_FILED: _("It is known here but not yet filed with the authority."),
        InstrumentStatus.REPLACED: _("It was replaced by another instrument."),
    }[fact.status]


def _goods_words(fit: Fitness) -> str:
    """Return the row of the table that a line is about, in a shopper's words."""
    if fit.group is None:
        words = _("Goods over %(price)s", price=unit_price(fit.over_fen_per_kg or 0))
    else:
        words = {
            GoodsGroup.VEGETABLE: _("Grain, vegetables, fruit"),
            GoodsGroup.AQUATIC: _("Meat, eggs, poultry, seafood, cakes, sweets, seasonings"),
            GoodsGroup.DRIED_VEGETABLE: _("Dried vegetables, mountain and sea delicacies"),
        }[fit.group]
    return _("%(goods)s (sold here)", goods=words) if fit.is_sold_here else words


def _fitness_tone(fit: Fitness) -> tuple[str, str]:
    """Return the words and the tone of whether a scale is accurate enough."""
    if fit.suitability.fits:
        return _("Yes"), "good"
    return _("Too coarse"), "attention" if fit.is_sold_here else "neutral"


def _worst_words(fit: Fitness) -> str:
    """Return the first load at which a scale may err by more than the goods permit."""
    if not fit.suitability.misfits:
        return "–"
    worst = fit.suitability.misfits[0]
    return _(
        "From %(over)s to %(to)s it may err by %(error)s; %(limit)s is permitted.",
        over=mass(worst.over_mg),
        to=mass(worst.to_mg),
        error=mass(worst.mpe_mg),
        limit=mass(worst.limit_mg),
    )
