"""What every page shares: language, headers, filters, error pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import Babel, get_locale, gettext
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from portal.base import clock, labels
from portal.base.once import new_submission_id
from portal.rules.errors import RuleError

LANGUAGES = {"zh_Hans_CN": "中文", "en": "English"}
# What may stand in an address under `lang`, and the BCP 47 tag for <html lang>.
LANGUAGE_TAGS = {"zh_Hans_CN": "zh-Hans-CN", "en": "en"}

# The functions of `labels` that templates use on numbers with a unit.
UNIT_FILTERS = "mass volume length area money unit_price day moment percent byte_size".split()

# Laid down by the demo: what it made stays a demo, whatever the settings say later.
DEMO_MARK = "demo"

View = TypeVar("View", bound=Callable[..., Any])

babel = Babel()
csrf = CSRFProtect()


class RowNumber(IntegerConverter):
    """A whole number in an address, short enough for every database's integer column."""

    regex = r"\d{1,9}"


def open_to_all(view: View) -> View:
    """Declare a view as open to everyone; `accounts.access` has the other declarations."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def choose_language() -> str:
    """Return the language in the address, else the one the visitor chose before, else Chinese."""
    if not has_request_context():
        return "zh_Hans_CN"
    for wanted in (request.args.get("lang"), request.cookies.get("lang")):
        if wanted in LANGUAGES:
            return wanted
    return "zh_Hans_CN"


def url_with(**changes: Any) -> str:
    """Return this page's address with some of its query changed; None takes a key out."""
    args = {key: values for key, values in request.args.to_dict(flat=False).items() if key != "lang"}
    if "page" not in changes and "lang" not in changes:
        args.pop("page", None)
    for key, value in changes.items():
        if value is None:
            args.pop(key, None)
        else:
            args[key] = [str(item) for item in (value if isinstance(value, list | tuple) else [value])]
    query = urlencode(args, doseq=True)
    return request.path + ("?" + query if query else "")


def public_url(endpoint: str, **values: Any) -> str:
    """Return an absolute address under PUBLIC_URL; the Host header is never trusted."""
    return current_app.config["PUBLIC_URL"] + url_for(endpoint, **values)


def seen_elsewhere(location: str) -> BaseResponse:
    """Redirect after a POST so that a reload sends nothing twice."""
    return redirect(location, code=303)


def init_web(app: Flask) -> None:
    """Attach language, headers, filters and error pages to the application."""
    app.url_map.converters["int"] = RowNumber
    babel.init_app(app, locale_selector=choose_language)
    csrf.init_app(app)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.before_request(_add_missing_slash)
    app.before_request(_refuse_control_characters)
    app.after_request(_remember_language)
    app.after_request(_set_headers)
    app.template_filter("label")(labels.label)
    app.template_filter("say")(labels.render)
    for name in UNIT_FILTERS:
        app.template_filter(name)(getattr(labels, name))
    app.context_processor(_page_values)
    app.register_error_handler(HTTPException, _error_page)
    app.register_error_handler(CSRFError, _csrf_page)
    app.register_error_handler(RuleError, _rule_page)
    app.register_error_handler(Exception, _crash_page)


def _page_values() -> dict[str, Any]:
    locale = str(get_locale())
    return {
        "url_with": url_with,
        "public_url": public_url,
        "languages": LANGUAGES,
        "language": locale,
        "language_tag": LANGUAGE_TAGS.get(locale, "zh-Hans-CN"),
        "is_demo": Path(current_app.instance_path, DEMO_MARK).exists(),
        "new_submission_id": new_submission_id,
        "today": clock.today(),
    }


def _add_missing_slash() -> BaseResponse | None:
    """Redirect as the router would, but by the path alone: it takes the host from the Host header."""
    error = request.routing_exception
    if not isinstance(error, RequestRedirect):
        return None
    parts = urlsplit(error.new_url)
    location = parts._replace(scheme="", netloc="", path="/" + parts.path.lstrip("/")).geturl()
    return redirect(location, code=error.code)


def _refuse_control_characters() -> None:
    """Refuse NUL in the address; form fields answer for themselves."""
    if "\x00" in request.path or any(
        "\x00" in value for values in request.args.listvalues() for value in values
    ):
        abort(400)


def _remember_language(response: Response) -> Response:
    wanted = request.args.get("lang")
    if wanted in LANGUAGES and wanted != request.cookies.get("lang"):
        response.set_cookie(
            "lang",
            wanted,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def _set_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self), payment=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if response.mimetype == "text/html":
        # The language chosen before is in a cookie.
        response.vary.add("Cookie")
    if g.get("is_private"):
        headers["Cache-Control"] = "no-store"
    return response


def mark_private() -> None:
    """Mark this response as one no cache may keep."""
    g.is_private = True


def _error_page(error: HTTPException) -> Any:
    if error.code is not None and 300 <= error.code < 400:
        return error
    code = error.code or 500
    return render_template("errors/page.html", code=code, sentence=None), code


def _csrf_page(_error: CSRFError) -> Any:
    sentence = gettext(
        "This page was open too long, or cookies are off. Go back, reload the page and send it again."
    )
    return render_template("errors/page.html", code=400, sentence=sentence), 400


def _rule_page(error: RuleError) -> Any:
    return render_template("errors/page.html", code=409, sentence=labels.render(error.message)), 409


def _crash_page(error: Exception) -> Any:
    if current_app.testing or current_app.debug:
        raise error
    current_app.logger.exception("unhandled error at %s", request.endpoint)
    return render_template("errors/page.html", code=500, sentence=None), 500
