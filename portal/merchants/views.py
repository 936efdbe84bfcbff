"""The front page's search, a merchant's page and the text of its pledge: all open to everybody."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.accounts.access import public
from portal.base import clock
from portal.base.labels import label
from portal.base.web import url_with
from portal.merchants import queries
from portal.merchants.finding import Card, Wanted, find_merchants
from portal.merchants.reading import merchant_file, pledge_file
from portal.records.finding import region_rows
from portal.rules import regions
from portal.rules.credit import CreditStatus
from portal.rules.pledge import PledgeKind
from portal.rules.sectors import Sector

Row = tuple[str, int, str, bool]
Answer = str | tuple[str, int]

merchants = Blueprint("merchants", __name__)

MOST_WORDS = 100
SORTS = ("relevance", "name", "date")
PLEDGES = ("in_force", "joins_advance", *(kind.value for kind in PledgeKind))
CHOICES = {
    "sector": tuple(sector.value for sector in Sector),
    "status": tuple(status.value for status in CreditStatus),
    "pledge": PLEDGES,
}


@merchants.get("/")
@public
def find() -> str:
    """Show the search for merchants and what it found."""
    wanted = _wanted(request.args)
    found = find_merchants(wanted, today=clock.today())
    return render_template(
        "merchants/find.html",
        wanted=wanted,
        found=found,
        is_empty=wanted.is_everything and not found.total and not queries.has_any_merchant(),
        card_places=[_place_words(card) for card in found.cards],
        facet_rows=_facet_rows(wanted, found.facets),
        chips_rows=_chips(wanted),
        active_count=sum(len(on) for on in wanted.filters.values()),
        words_only_url=url_for("merchants.find", q=wanted.words),
        sorts=_sort_rows(wanted),
    )


@merchants.get("/merchants/<number>")
@public
def show(number: str) -> Answer:
    """Show everything the public may know of a merchant."""
    merchant = queries.merchant_by_number(number.upper())
    if merchant is None:
        return _not_found(
            _("No merchant here has this number. It may be mistyped: look for the name instead.")
        )
    return render_template("merchants/show.html", file=merchant_file(merchant, today=clock.today()))


@merchants.get("/merchants/<number>/pledges/<int:version>")
@public
def pledge(number: str, version: int) -> Answer:
    """Show one version of a pledge in full, in force or not."""
    merchant = queries.merchant_by_number(number.upper())
    file = merchant and pledge_file(merchant, version, today=clock.today())
    if not file:
        return _not_found(_("There is no such pledge. The merchant's page shows the one in force."))
    return render_template("merchants/pledge.html", file=file)


def _not_found(sentence: str) -> Answer:
    return render_template("errors/page.html", code=404, sentence=sentence), 404


def _sorts(words: str) -> tuple[str, ...]:
    """Return the orders to offer, the usual one first; nothing matches best where nothing is looked for."""
    return SORTS if words else ("date", "name")


def _place_words(card: Card) -> tuple[str, ...]:
    region = regions.region(card.merchant.region_code)
    return (label(Sector(card.merchant.sector)), region.name if region else "")


def _wanted(args: MultiDict[str, str]) -> Wanted:
    filters = {
        name: tuple(dict.fromkeys(value for value in args.getlist(name) if value in allowed))
        for name, allowed in CHOICES.items()
    }
    region = args.get("region", "")
    filters["region"] = (region,) if regions.region(region) else ()
    words = args.get("q", "").strip()[:MOST_WORDS]
    sorts = _sorts(words)
    sort = args.get("sort", "")
    return Wanted(
        words=words,
        filters=filters,
        sort=sort if sort in sorts else sorts[0],
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )


def _facet_rows(
    wanted: Wanted, facets: Mapping[str, Mapping[str, int]]
) -> list[tuple[str, list[tuple[str, int, str, bool]]]]:
    """Return each filter's title and rows of (words, count, address, is on)."""
    chosen = wanted.filters["region"][0] if wanted.filters["region"] else None
    region = [
        (_words("region", code), count, url_with(region=_toggled_region(code, chosen)), code == chosen)
        for code, count in region_rows(facets["region"], chosen)
    ]
    rest = [(_title(name), _plain_rows(name, wanted, facets[name])) for name in CHOICES]
    return [(_title("region"), region), *rest]


def _plain_rows(name: str, wanted: Wanted, counts: Mapping[str, int]) -> list[Row]:
    on = wanted.filters[name]
    shown = [value for value in CHOICES[name] if counts.get(value) or value in on]
    return [
        (_words(name, value), counts.get(value, 0), url_with(**{name: _toggled(on, value)}), value in on)
        for value in shown
    ]


def _toggled(on: tuple[str, ...], value: str) -> list[str] | None:
    rest = [v for v in on if v != value]
    return (rest if value in on else [*rest, value]) or None


def _toggled_region(code: str, chosen: str | None) -> str | None:
    """Return the region a click leads to: the chosen one leads back to the one above it."""
    if code != chosen:
        return code
    path = regions.path(code)
    return path[-2].code if len(path) > 1 else None


def _chips(wanted: Wanted) -> list[tuple[str, str]]:
    words = [(_("“%(words)s”", words=wanted.words), url_with(q=None))] if wanted.words else []
    values = [
        (_words(name, value), url_with(**{name: [v for v in on if v != value] or None}))
        for name, on in wanted.filters.items()
        for value in on
    ]
    return words + values


def _title(name: str) -> str:
    return {
        "region": _("Region"),
        "sector": _("Sector"),
        "status": _("Credit status"),
        "pledge": _("Pledge"),
    }[name]


def _words(name: str, value: str) -> str:
    """Return the words of a filter's value."""
    if name == "region":
        region = regions.region(value)
        return region.name if region else value
    if name == "sector":
        return label(Sector(value))
    if name == "status":
        return label(CreditStatus(value))
    if value == "in_force":
        return _("Has a pledge in force")
    if value == "joins_advance":
        return _("A fund pays in advance")
    return label(PledgeKind(value))


def _sort_rows(wanted: Wanted) -> list[tuple[str, str, bool]]:
    return [(_sort_words(sort), url_with(sort=sort), sort == wanted.sort) for sort in _sorts(wanted.words)]


def _sort_words(sort: str) -> str:
    return {"relevance": _("Best match"), "name": _("Name"), "date": _("Last verified")}[sort]
