"""Public records, the log that seals them, and what they add up to: all open to everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from portal.accounts.access import public
from portal.base import clock, crypto
from portal.base.labels import day, label, month, render
from portal.base.web import url_with
from portal.records import log, presenting, proofs, queries
from portal.records.finding import Wanted, find_records, region_rows
from portal.records.queries import PublicRecord
from portal.records.statistics import statistics_on
from portal.rules import regions
from portal.rules.messages import Message
from portal.rules.publication import RecordKind
from portal.rules.sectors import Sector

Answer = str | tuple[str, int]

records = Blueprint("records", __name__)

MOST_WORDS = 100
FIRST_YEAR = 2000
SORTS = ("date", "relevance")
CHOICES = {
    "kind": tuple(kind.value for kind in RecordKind),
    "sector": tuple(sector.value for sector in Sector),
}


# The records ------------------------------------------------------------------


@records.get("/records/")
@public
def index() -> str:
    """Show the search over public records and what it found."""
    wanted = _wanted(request.args)
    found = find_records(wanted, today=clock.today())
    return render_template(
        "records/index.html",
        wanted=wanted,
        found=found,
        cards=[_card(record) for record in found.records],
        is_empty=wanted.is_everything and not found.total,
        facet_rows=_facet_rows(wanted, found.facets),
        chips_rows=_chips(wanted, found.records),
        active_count=sum(len(on) for on in wanted.filters.values()),
        words_only_url=url_for("records.index", q=wanted.words, merchant=wanted.merchant_number or None),
        sorts=[(_sort_words(sort), url_with(sort=sort), sort == wanted.sort) for sort in SORTS],
    )


@records.get("/records/<number>")
@public
def show(number: str) -> Answer:
    """Show one record with its facts, its versions and its place in the log."""
    record = queries.record_by_number(number.upper())
    if record is None:
        sentence = _("No public record has this number. It may be mistyped: look for the merchant instead.")
        return render_template("errors/page.html", code=404, sentence=sentence), 404
    if not queries.is_visible(record, clock.today()):
        return render_template("records/gone.html", record=record), 410
    return render_template(
        "records/show.html",
        record=record,
        tone=presenting.tone_of(record),
        sentence=presenting.sentence_of(record),
        promises=presenting.promises_of(record),
        fact_rows=_fact_rows(record.facts),
        law=presenting.law_of(record),
        versions=queries.versions_of(record),
        proof=proofs.proof_of(record.current),
        when=_when(record),
        place_words=_place_words(record),
        fact_rows_of=_fact_rows,
    )


@records.get("/records/<number>/proof.json")
@public
def proof(number: str) -> Response | Answer:
    """Send what anybody needs to check by computer that this record is in the signed log."""
    record = queries.record_by_number(number.upper())
    if record is None or not queries.is_visible(record, clock.today()):
        return show(number)
    bundle = proofs.bundle_of(record)
    if bundle is None:
        sentence = _("This version is so new that no signed checkpoint covers it yet. Try again in a minute.")
        return render_template("errors/page.html", code=404, sentence=sentence), 404
    response = jsonify(bundle)
    response.headers["Content-Disposition"] = f'attachment; filename="{record.number}-proof.json"'
    return response


# The log and the figures --------------------------------------------------------


@records.get("/log/")
@public
def show_log() -> str:
    """Explain the log and show where it stands."""
    checkpoint = proofs.last_checkpoint()
    origin = current_app.config["LOG_ORIGIN"]
    return render_template(
        "records/show_log.html",
        size=proofs.log_size(),
        checkpoint=checkpoint,
        note=proofs.note_of(checkpoint).note if checkpoint else None,
        verifier_key=log.verifier_key(origin, crypto.signing_key().public_key()),
    )


@records.get("/log/checkpoint")
@public
def checkpoint() -> Response:
    """Send the newest signed checkpoint as text."""
    row = proofs.last_checkpoint()
    if row is None:
        return Response(_("The log has no signed checkpoint yet.") + "\n", 404, mimetype="text/plain")
    return Response(proofs.note_of(row).note, mimetype="text/plain")


@records.get("/stats")
@public
def stats() -> str:
    """Show what the published records add up to, each figure with what it is a part of."""
    figures = statistics_on(clock.today())
    return render_template(
        "records/stats.html",
        figures_of=figures,
        kind_link=_kind_link,
        month_words=month,
        month_heads=[label(kind) for kind in figures.month_kinds],
    )


# Words for the pages ---------------------------------------------------------------


def _kind_link(kind: RecordKind) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url_for("records.index", kind=kind.value), label(kind))


def _wanted(args: MultiDict[str, str]) -> Wanted:
    filters = {
        name: tuple(dict.fromkeys(value for value in args.getlist(name) if value in allowed))
        for name, allowed in CHOICES.items()
    }
    region, year = args.get("region", ""), args.get("year", "")
    filters["region"] = (region,) if regions.region(region) else ()
    is_year = year.isascii() and year.isdecimal() and FIRST_YEAR <= int(year) <= clock.today().year
    filters["year"] = (year,) if is_year else ()
    merchant, sort = args.get("merchant", "").upper(), args.get("sort", "")
    words = args.get("q", "").strip()[:MOST_WORDS]
    return Wanted(
        words=words,
        merchant_number=merchant if merchant.isascii() and merchant.isalnum() and len(merchant) == 11 else "",
        filters=filters,
        sort=sort if sort in SORTS else "relevance" if words else "date",
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )


def _card(record: PublicRecord) -> dict[str, Any]:
    return {
        "record": record,
        "sentence": presenting.sentence_of(record),
        "tone": presenting.tone_of(record),
        "when": _when(record),
        "place_words": _place_words(record),
    }


def _when(record: PublicRecord) -> str:
    """Return the day a record bears, or its month where no more may be told."""
    if presenting.is_month_only(record.facts):
        return month(record.occurred_on)
    return day(record.occurred_on)


def _place_words(record: PublicRecord) -> list[str]:
    """Return the region and the sector of a record in words; what is unknown is left out."""
    region = regions.region(record.region_code)
    words = [region.name] if region else []
    if record.sector in CHOICES["sector"]:
        words.append(label(Sector(record.sector)))
    return words


def _fact_rows(facts: dict[str, Any]) -> list[tuple[str, str | Markup]]:
    return [(render(fact.label), _fact_value(fact)) for fact in presenting.facts_of(facts)]


def _fact_value(fact: presenting.Fact) -> str | Markup:
    words = render(fact.value) if isinstance(fact.value, Message) else fact.value
    if fact.record_number is None:
        return words
    address = url_for("records.show", number=fact.record_number)
    return Markup('<a class="fm-code" href="{}">{}</a>').format(address, words)


def _facet_rows(wanted: Wanted, facets: Any) -> list[tuple[str, list[tuple[str, int, str, bool]]]]:
    """Return each filter's title and rows of (words, count, address, is on)."""
    chosen = wanted.filters["region"][0] if wanted.filters["region"] else None
    region = [
        (_words("region", code), count, url_with(region=_region_after(code, chosen)), code == chosen)
        for code, count in region_rows(facets["region"], chosen)
    ]
    years = sorted({*facets["year"], *wanted.filters["year"]}, reverse=True)
    return [
        (_("Kind"), _rows("kind", CHOICES["kind"], wanted, facets["kind"])),
        (_("Region"), region),
        (_("Sector"), _rows("sector", CHOICES["sector"], wanted, facets["sector"])),
        (_("Year"), _rows("year", tuple(years), wanted, facets["year"])),
    ]


def _rows(
    name: str, values: tuple[str, ...], wanted: Wanted, counts: dict[str, int]
) -> list[tuple[str, int, str, bool]]:
    on = wanted.filters[name]
    shown = [value for value in values if counts.get(value) or value in on]
    return [
        (
            _words(name, value),
            counts.get(value, 0),
            url_with(**{name: _toggled(name, on, value)}),
            value in on,
        )
        for value in shown
    ]


def _toggled(name: str, on: tuple[str, ...], value: str) -> list[str] | None:
    """Return a filter's values after a click; of the years one at most is chosen."""
    rest = [other for other in on if other != value] if name != "year" else []
    return (rest if value in on else [*rest, value]) or None


def _region_after(code: str, chosen: str | None) -> str | None:
    """Return the region a click leads to: the chosen one leads back to the one above it."""
    if code != chosen:
        return code
    path = regions.path(code)
    return path[-2].code if len(path) > 1 else None


def _chips(wanted: Wanted, found: tuple[PublicRecord, ...]) -> list[tuple[str, str]]:
    chips = [(_("“%(words)s”", words=wanted.words), url_with(q=None))] if wanted.words else []
    if wanted.merchant_number:
        names = {record.merchant_name for record in found if record.merchant_number == wanted.merchant_number}
        chips.append((min(names, default=wanted.merchant_number), url_with(merchant=None)))
    return chips + [
        (_words(name, value), url_with(**{name: [other for other in on if other != value] or None}))
        for name, on in wanted.filters.items()
        for value in on
    ]


def _words(name: str, value: str) -> str:
    """Return the words of a filter's value."""
    if name == "kind":
        return label(RecordKind(value))
    if name == "sector":
        return label(Sector(value))
    region = regions.region(value) if name == "region" else None
    return region.name if region else value


def _sort_words(sort: str) -> str:
    return str({"relevance": _("Best match"), "date": _("Newest first")}[sort])
