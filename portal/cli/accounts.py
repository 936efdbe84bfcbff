"""`flask accounts …`: offices, invitations, resets, and the end of a membership."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from portal.accounts import actions, links, queries
from portal.accounts.models import INSTALLATION_ID, SUBJECT_OF_ROLE, Role, SubjectKind, User
from portal.base import clock
from portal.base.db import unit_of_work
from portal.base.web import public_url
from portal.merchants import queries as merchant_queries

accounts = AppGroup("accounts", help="People, offices and their sign-ins.")

ROLES = click.Choice([role.value for role in Role], case_sensitive=False)


@accounts.command("office")
@click.argument("region_code")
@click.argument("name")
def office(region_code: str, name: str) -> None:
    """Add the office that answers for REGION_CODE, or give it a new NAME."""
    if not (region_code.isdecimal() and len(region_code) == 6):
        raise click.UsageError("REGION_CODE has six digits, such as 330106")
    with unit_of_work():
        parent = queries.office_above(region_code)
        actions.add_office(name, region_code, parent, clock.now())
    click.echo(f"{region_code} {name}")


@accounts.command("invite")
@click.argument("role", type=ROLES)
@click.argument("email")
@click.option("--office", "region_code", help="The region code of the office.")
@click.option("--merchant", help="The merchant's number.")
@click.option("--market", help="The market's number.")
def invite(role: str, email: str, region_code: str | None, merchant: str | None, market: str | None) -> None:
    """Print a one-time link by which EMAIL may take up ROLE."""
    wanted = Role(role.lower())
    if "@" not in email:
        raise click.UsageError("EMAIL must be an e-mail address; it becomes the sign-in name")
    with unit_of_work():
        subject_id = _subject_id(wanted, region_code, merchant, market)
        token = links.invite(wanted, email.strip(), subject_id, clock.now())
    _print_link("accounts.accept_invitation", token, links.INVITATION_LASTS.days * 24)


@accounts.command("reset")
@click.argument("name")
@click.option("--second-factor", is_flag=True, help="Forget the second factor too: a lost phone.")
def reset(name: str, second_factor: bool) -> None:
    """Print a one-time link by which the person who signs in as NAME may set a new password."""
    with unit_of_work():
        user = _person(name)
        if second_factor:
            actions.reset_second_factor(user, clock.now())
        token = links.reset_link(user, clock.now())
    _print_link("accounts.reset_password", token, int(links.RESET_LASTS.total_seconds() // 3600))


@accounts.command("end")
@click.argument("name")
@click.argument("role", type=ROLES, required=False)
@click.option("--because", default="", help="The reason, kept with the membership.")
def end(name: str, role: str | None, because: str) -> None:
    """End ROLE, or every role, of the person who signs in as NAME; the next request knows."""
    with unit_of_work():
        user = _person(name)
        held = [m for m in queries.memberships_of(user.id) if role is None or m.role.value == role.lower()]
        for membership in held:
            actions.end_membership(membership, clock.now(), because=because)
    click.echo(f"ended {len(held)}")


@accounts.command("suspend")
@click.argument("name")
def suspend(name: str) -> None:
    """Close the sign-in of the person who signs in as NAME, and end what is open; the roles stay."""
    with unit_of_work():
        actions.suspend(_person(name), clock.now())
    click.echo(f"suspended {name}")


@accounts.command("reinstate")
@click.argument("name")
def reinstate(name: str) -> None:
    """Open the sign-in of NAME again."""
    with unit_of_work():
        actions.reinstate(_person(name))
    click.echo(f"reinstated {name}")


@accounts.command("list")
def list_people() -> None:
    """Print who holds which role."""
    for membership in queries.all_memberships():
        kind, number = membership.subject_kind.value, membership.subject_id
        click.echo(
            f"{membership.user.login}\t{membership.user.name}\t{membership.role.value}\t{kind} {number}"
        )


def _person(name: str) -> User:
    user = queries.user_by_login(name)
    if user is None:
        raise click.ClickException(f"nobody signs in as {name}")
    return user


def _print_link(endpoint: str, token: str, hours: int) -> None:
    with current_app.test_request_context():
        click.echo(public_url(endpoint, token=token))
    click.echo(f"It works once, within {hours} hours. Send it to its owner alone.", err=True)


def _subject_id(role: Role, region_code: str | None, merchant: str | None, market: str | None) -> int:
    kind = SUBJECT_OF_ROLE[role]
    if kind is SubjectKind.INSTALLATION:
        return INSTALLATION_ID
    if kind is SubjectKind.OFFICE:
        return _id_or_refuse(queries.office_by_region(region_code or ""), role, "--office REGION_CODE")
    if kind is SubjectKind.MERCHANT:
        return _id_or_refuse(merchant_queries.merchant_by_number(merchant or ""), role, "--merchant NUMBER")
    if kind is SubjectKind.MARKET:
        return _id_or_refuse(merchant_queries.market_by_number(market or ""), role, "--market NUMBER")
    raise click.UsageError(f"{role.value} is bound to a fund, and there are no funds yet")


def _id_or_refuse(subject: object | None, role: Role, option: str) -> int:
    if subject is None:
        hint = " (make the office first: flask accounts office)" if "office" in option else ""
        raise click.UsageError(f"{role.value} needs {option} of one that exists{hint}")
    return int(subject.id)  # type: ignore[attr-defined]
