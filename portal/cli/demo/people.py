"""The demo's offices and sign-ins; nobody in it exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import click
from flask import current_app

from portal.accounts import actions, queries
from portal.accounts.models import Office, Role
from portal.base import clock
from portal.base.db import unit_of_work
from portal.cli.demo import traders

OFFICES = (
    ("330000", "省市场监督管理局（演示）", None),
    ("330100", "市市场监督管理局（演示）", "330000"),
    ("330106", "西湖区市场监督管理局（演示）", "330100"),
    ("330110", "余杭区市场监督管理局（演示）", "330100"),
    ("330400", "嘉兴市市场监督管理局（演示）", "330000"),
    ("330402", "南湖区市场监督管理局（演示）", "330400"),
)


@dataclass(frozen=True)
class Person:
    """A demo sign-in and what it may do; `subject` is a region code or a stall's name."""

    login: str
    name: str
    role: Role
    subject: str = ""


PEOPLE = (
    Person("officer@demo.example", "陈立（演示）", Role.OFFICER, "330106"),
    Person("leader@demo.example", "周敏（演示）", Role.LEADER, "330106"),
    Person("clerk@demo.example", "许静（演示）", Role.INTAKE_CLERK, "330106"),
    Person("officer2@demo.example", "何川（演示）", Role.OFFICER, "330402"),
    Person("province@demo.example", "沈岚（演示）", Role.AUDITOR, "330000"),
    Person("admin@demo.example", "管理员（演示）", Role.ADMINISTRATOR),
    Person("laowang@demo.example", "老王（演示）", Role.MERCHANT_OWNER, "老王水果"),
    Person("ahfen@demo.example", "阿芬（演示）", Role.MERCHANT_OWNER, "阿芬蔬菜"),
)


def add_offices(now: datetime) -> None:
    """Add the offices, from the province down."""
    made: dict[str, Office] = {}
    for region_code, name, parent in OFFICES:
        made[region_code] = actions.add_office(name, region_code, made[parent] if parent else None, now)
    for person in PEOPLE:
        actions.add_user(person.login, None, now, name=person.name)


def add_people(now: datetime) -> None:
    """Give the demo's people their roles."""
    for person in PEOPLE:
        user = queries.user_by_login(person.login)
        if user is None:
            raise click.ClickException(f"{person.login} has gone")
        actions.add_member(user, person.role, None, _subject_id(person), now)


def _subject_id(person: Person) -> int:
    if person.role is Role.ADMINISTRATOR:
        return 0
    if person.role is Role.MERCHANT_OWNER:
        return traders.first_stall(person.subject).id
    office = queries.office_by_region(person.subject)
    if office is None:
        raise click.ClickException(f"there is no office for {person.subject}")
    return office.id


def user_id(login: str) -> int:
    """Return a demo person's number, for the demo's own events."""
    user = queries.user_by_login(login)
    if user is None:
        raise click.ClickException(f"{login} has gone")
    return user.id


def renew_and_print() -> None:
    """Give everybody a fresh password; print it with a code where a second factor is needed."""
    rows = []
    now = clock.now()
    for person in PEOPLE:
        with unit_of_work():
            user = queries.user_by_login(person.login)
            if user is None:
                continue
            password = actions.renew_sign_in(user, now)
            rows.append((person, password, actions.current_totp_code(user, now)))
    if not rows:
        return
    click.echo("\n  Sign-ins of this demo, new at every start:\n")
    for person, password, code in rows:
        click.echo(
            f"  {person.role.value:15} {person.login:24} {password}{'   code ' + code if code else ''}"
        )
    click.echo("\n  A code is good for half a minute and once; `make codes` prints the next ones.")
    click.echo(f"  Sign in at {current_app.config['PUBLIC_URL']}/account/login")


def print_codes() -> None:
    """Print a code that is good now for everybody who needs one."""
    now = clock.now()
    for person in PEOPLE:
        user = queries.user_by_login(person.login)
        if user is not None:
            click.echo(
                f"{person.role.value:15} {person.login:24} {actions.current_totp_code(user, now) or '-'}"
            )
