"""Words for states, and numbers as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from flask_babel import force_locale, get_locale, gettext
from flask_babel import lazy_gettext as _l

from portal.base.clock import SHANGHAI
from portal.rules.messages import Message

# By class and value: members of two (str, Enum) classes with one value are equal, and would share words.
LABELS: dict[tuple[type[Enum], Any], Any] = {}


def add_labels(words: Mapping[Enum, Any] | Iterable[tuple[Enum, Any]]) -> None:
    """Register the words of some enums; a package to the right of base calls it for its own.

    Pairs serve where two members are equal and would be one key of a mapping.
    """
    for member, text in words.items() if isinstance(words, Mapping) else words:
        LABELS[type(member), member.value] = text


for _file in sorted(Path(__file__).with_name("words").glob("[a-z]*.py")):
    add_labels(import_module(f"portal.base.words.{_file.stem}").WORDS)


def has_label(member: Enum) -> bool:
    """Say whether an enum member has its own words."""
    return (type(member), member.value) in LABELS


def label(member: Enum) -> str:
    """Return the words for an enum member in the reader's language."""
    return str(LABELS[type(member), member.value])


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak a named language inside, whoever reads now: for what is written to somebody else."""
    with force_locale(language):
        yield


def label_in(language: str, member: Enum) -> str:
    """Return the words for an enum member in a named language, whoever reads now."""
    with in_language(language):
        return label(member)


def render(message: Message) -> str:
    """Return a message as a sentence in the reader's language."""
    return gettext(message.text, **{name: shown(name, value) for name, value in message.values.items()})


def shown(name: str, value: object) -> str:
    """Return a value as text, by the unit at the end of its name."""
    if isinstance(value, Message):
        return render(value)
    if isinstance(value, Enum):
        return label(value)
    for ending, form in FORMS:
        if name.endswith(ending) and value is not None:
            return form(value)
    return str(value)


def mass(value_mg: int) -> str:
    """Return a mass in grams below a kilogram, in kilograms from there (legal units only)."""
    if abs(value_mg) < 1_000_000:
        return f"{_plain(Decimal(value_mg) / 1000)} {gettext('g')}"
    return f"{_plain(Decimal(value_mg) / 1_000_000)} {gettext('kg')}"


def volume(value_ul: int) -> str:
    """Return a volume in millilitres below a litre, in litres from there."""
    if abs(value_ul) < 1_000_000:
        return f"{_plain(Decimal(value_ul) / 1000)} mL"
    return f"{_plain(Decimal(value_ul) / 1_000_000)} L"


def length(value_um: int) -> str:
    """Return a length in millimetres, centimetres or metres."""
    if abs(value_um) < 10_000:
        return f"{_plain(Decimal(value_um) / 1000)} mm"
    if abs(value_um) < 1_000_000:
        return f"{_plain(Decimal(value_um) / 10_000)} cm"
    return f"{_plain(Decimal(value_um) / 1_000_000)} m"


def area(value_mm2: int) -> str:
    """Return an area in square centimetres below a tenth of a square metre, in square metres from there."""
    if abs(value_mm2) < 100_000:
        return f"{_plain(Decimal(value_mm2) / 100)} cm²"
    return f"{_plain(Decimal(value_mm2) / 1_000_000)} m²"


def energy(value_wh: int) -> str:
    """Return an energy in kilowatt-hours."""
    return f"{_plain(Decimal(value_wh) / 1000)} kWh"


def distance(value_m: int) -> str:
    """Return a distance in metres below a kilometre, in kilometres from there."""
    if abs(value_m) < 1000:
        return f"{value_m} m"
    return f"{_plain(Decimal(value_m) / 1000)} km"


def percent(value_ppm: int) -> str:
    """Return parts per million as a percentage."""
    return f"{_plain(Decimal(value_ppm) / 10_000)}%"


def byte_size(value_bytes: int) -> str:
    """Return a file's size in bytes, KB or MB (of 1,024), rounded up to a tenth."""
    for unit, factor in (("MB", 1024 * 1024), ("KB", 1024)):
        if value_bytes >= factor:
            return f"{_plain(Decimal(-(-value_bytes * 10 // factor)) / 10)} {unit}"
    return f"{value_bytes} B"


def pixels(value_pixels: int) -> str:
    """Return a number of pixels as cameras are sold: in millions, in Chinese in ten thousands."""
    if _locale() == "en":
        return f"{_plain(Decimal(value_pixels) / 1_000_000)} million pixels"
    return f"{_plain(Decimal(value_pixels) / 10_000)} 万像素"


def money(value_fen: int) -> str:
    """Return an amount in yuan with two decimals."""
    sign = "-" if value_fen < 0 else ""
    yuan, fen = divmod(abs(value_fen), 100)
    amount = f"{sign}{yuan:,}.{fen:02d}"
    return gettext("¥%(amount)s", amount=amount)


def unit_price(value_fen_per_kg: int) -> str:
    """Return a unit price in yuan per kilogram."""
    return gettext("%(price)s per kg", price=money(value_fen_per_kg))


def day(value: date) -> str:
    """Return a civil day in the reader's language."""
    return babel_date(value, format="long", locale=_locale())


def month(value: date) -> str:
    """Return the month of a day in the reader's language."""
    pattern = "MMMM y" if _locale() == "en" else "y年M月"
    return babel_date(value, pattern, locale=_locale())


def moment(value: datetime) -> str:
    """Return a moment as Shanghai's wall clock shows it."""
    local = value.astimezone(SHANGHAI)
    if _locale() == "en":
        return babel_datetime(local, "d MMM y, HH:mm", locale="en")
    return babel_datetime(local, "y年M月d日 HH:mm", locale="zh_Hans_CN")


def _locale() -> str:
    return str(get_locale() or "zh_Hans_CN")


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


FORMS: tuple[tuple[str, Any], ...] = (
    ("_fen_per_kg", unit_price),
    ("_mg", mass),
    ("_ul", volume),
    ("_um", length),
    ("_mm2", area),
    ("_wh", energy),
    ("_ppm", percent),
    ("_fen", money),
    ("_bytes", byte_size),
    ("_pixels", pixels),
    ("_on", day),
    ("_month", month),
    ("_at", moment),
    ("_m", distance),
)

YES_NO = {True: _l("Yes"), False: _l("No")}
