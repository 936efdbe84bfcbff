"""Every route says who may use it; nothing that changes anything goes without a CSRF token."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule

from portal.accounts.access import UNDECLARED, Access, Role, access_of
from portal.base.web import csrf
from tests.conftest import make_app

# Endpoints that take a POST without a CSRF token, each with its reason. There are none.
CSRF_EXEMPT: dict[str, str] = {}
# Endpoints of others that only ever give files away.
FILES = {"static", "bootstrap.static"}
KINDS = {"public", "receipt", "role", "signed_in"}


@pytest.fixture(scope="module")
def whole_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_app(tmp_path_factory.mktemp("routes"))


def methods_of(rule: Rule) -> set[str]:
    return set(rule.methods or ()) - {"HEAD", "OPTIONS"}


def routes(app: Flask) -> list[tuple[str, str, Access | None]]:
    """Return every endpoint and method, GET and POST apart, with what it asks."""
    return sorted(
        (rule.endpoint, method, access_of(app, rule.endpoint))
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in FILES
        for method in methods_of(rule)
    )


def test_every_endpoint_and_method_is_declared(whole_app: Flask) -> None:
    found = routes(whole_app)
    assert found
    assert [(endpoint, method) for endpoint, method, access in found if access is None] == []
    assert {access.kind for _, _, access in found if access} <= KINDS


def test_only_files_go_undeclared(whole_app: Flask) -> None:
    assert UNDECLARED == FILES
    for rule in whole_app.url_map.iter_rules():
        if rule.endpoint in FILES:
            assert methods_of(rule) == {"GET"}


def test_every_role_declaration_names_roles(whole_app: Flask) -> None:
    asked = [access for _, _, access in routes(whole_app) if access and access.kind == "role"]
    assert all(access.roles and set(access.roles) <= set(Role) for access in asked)


def test_nothing_but_get_and_post_is_served(whole_app: Flask) -> None:
    assert {method for _, method, _ in routes(whole_app)} <= {"GET", "POST"}


def test_the_list_of_endpoints_without_csrf_token_is_the_written_one(whole_app: Flask) -> None:
    # Flask-WTF keeps views as "module.function" and blueprints by name.
    assert {str(view) for view in csrf._exempt_views} == set(CSRF_EXEMPT)
    assert csrf._exempt_blueprints == set()


def test_every_post_without_a_csrf_token_is_refused(tmp_path: Path) -> None:
    app = make_app(tmp_path, WTF_CSRF_ENABLED=True)
    client = app.test_client()
    let_through = []
    for rule in app.url_map.iter_rules():
        if "POST" not in methods_of(rule) or rule.endpoint in CSRF_EXEMPT:
            continue
        values = {
            name: 1 if isinstance(converter, IntegerConverter) else "x"
            for name, converter in rule._converters.items()
        }
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values, method="POST")
        if client.post(path).status_code != 400:
            let_through.append(rule.endpoint)
    assert let_through == []


def private_pages(app: Flask) -> list[str]:
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in methods_of(rule)
        and not rule.arguments
        and (access_of(app, rule.endpoint) or Access("public")).kind in {"role", "signed_in"}
    ]


def test_every_private_page_sends_strangers_to_sign_in(app: Flask, client: FlaskClient) -> None:
    pages = private_pages(app)
    assert "/account/" in pages
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 303, path
        assert answer.location.startswith("/account/login?next="), path
        assert answer.headers["Cache-Control"] == "no-store", path
