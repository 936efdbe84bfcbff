"""flask credit explain MERCHANT: the same answer as the merchant's page, in words."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from portal.base import clock
from portal.base.labels import day, label, render
from portal.merchants import queries
from portal.merchants.models import Merchant
from portal.rules.credit import Reason
from portal.rules.credit_codes import credit_code
from portal.rules.errors import InputRefused

credit = AppGroup("credit", help="What a credit status rests on.")


@credit.command("explain")
@click.argument("merchant")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day to answer for; today when not given.")
@click.option("--lang", type=click.Choice(["zh_Hans_CN", "en"]), default="zh_Hans_CN", show_default=True)
def explain(merchant: str, on: datetime | None, lang: str) -> None:
    """Say why MERCHANT (its number or credit code) has its status: records, ends, repairs."""
    found = _merchant(merchant)
    asked_on = on.date() if on else clock.today()
    answer = queries.credit_answer(found, asked_on)
    with force_locale(lang):
        click.echo(f"{found.name} ({found.number}), {day(asked_on)}: {label(answer.status)}")
        for reason in answer.reasons:
            click.echo(_line(reason))


def _merchant(text: str) -> Merchant:
    found = queries.merchant_by_number(text.strip().upper())
    if found is None:
        try:
            found = queries.merchant_by_uscc(credit_code(text))
        except InputRefused:
            found = None
    if found is None:
        raise click.ClickException(f"no merchant has the number or credit code {text}")
    return found


def _line(reason: Reason) -> str:
    parts = [render(reason.message)]
    if reason.record_number:
        parts.append(f"[{reason.record_number}]")
    if reason.ends_on:
        parts.append(f"→ {reason.ends_on.isoformat()}")
    if reason.repair:
        parts.append(f"({render(reason.repair)})")
    return "- " + " ".join(parts)
