"""The macros of templates/components, drawn on one sample sheet (tests/base/templates)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template
from flask_bootstrap import Bootstrap5
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.base.config import PROJECT_ROOT
from portal.base.web import init_web
from portal.rules.complaint_terms import State
from portal.rules.credit import CreditStatus
from portal.rules.deadlines import Lateness
from portal.rules.metrology_terms import Verdict
from portal.rules.verification import InstrumentStatus, VerificationResult
from tests.conftest import WatchedSessions

TEMPLATES = PROJECT_ROOT / "templates"
STYLESHEET = PROJECT_ROOT / "portal" / "static" / "css" / "full-measure.css"
ERROR_CODES = (400, 401, 403, 404, 409, 410, 413, 422, 429, 500)


class SampleForm(FlaskForm):
    submission_id = HiddenField()
    weight = StringField("结算重量", [InputRequired("请填结算重量。")], description="小票上的重量")
    price = StringField("单价", [InputRequired("请填单价。")])
    goods = StringField("买了什么")
    story = TextAreaField("经过", [Length(max=500)])
    when = SelectField("哪天", choices=[SelectChoice("a", "今天"), SelectChoice("b", "昨天")])
    track = RadioField(
        "你想要",
        [InputRequired("请选一项。")],
        choices=[SelectChoice("mediation", "投诉"), SelectChoice("report", "举报")],
    )
    kinds = SelectMultipleField(
        "情况",
        choices=[SelectChoice("a", "分量不足"), SelectChoice("b", "不肯复秤")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    agree = BooleanField("同意公开处理结果")


@pytest.fixture(scope="module")
def bare_app() -> Flask:
    application = Flask(
        "portal", root_path=str(PROJECT_ROOT / "portal"), static_folder=str(PROJECT_ROOT / "portal/static")
    )
    application.config.update(
        SECRET_KEY="a-key-for-tests-only",
        DEMO=True,
        PUBLIC_URL="http://127.0.0.1:8000",
        SESSION_COOKIE_SECURE=False,
        WTF_CSRF_CHECK_DEFAULT=False,
        BABEL_TRANSLATION_DIRECTORIES=str(PROJECT_ROOT / "translations"),
    )
    init_web(application)
    Bootstrap5(application)
    samples = FileSystemLoader(str(Path(__file__).with_name("templates")))
    application.jinja_loader = ChoiceLoader([FileSystemLoader(str(TEMPLATES)), samples])
    return application


def sheet(app: Flask, *, is_wrong: bool = False, language: str = "zh_Hans_CN") -> BeautifulSoup:
    with app.test_request_context(f"/records/?lang={language}"):
        form = SampleForm(meta={"csrf": False})
        if is_wrong:
            form.process(None)
            form.validate()
        return BeautifulSoup(render_template("design_sheet.html", form=form), "html.parser")


def macro(app: Flask, file: str, call: str) -> BeautifulSoup:
    name = call.split("(")[0]
    source = f'{{% from "components/{file}.html" import {name} with context %}}{{{{ {call} }}}}'
    with app.test_request_context("/?q=a&page=2"):
        return BeautifulSoup(app.jinja_env.from_string(source).render(**page_values(app)), "html.parser")


def page_values(app: Flask) -> dict[str, object]:
    values: dict[str, object] = {}
    app.update_template_context(values)
    return values


def test_no_page_carries_a_style_or_script_the_policy_forbids(bare_app: Flask) -> None:
    page = sheet(bare_app, is_wrong=True)
    assert not page.select("[style], style, script, [onclick], [onchange]")
    assert not [link["href"] for link in page.select("link[href]") if "//" in link["href"]]


def test_no_id_stands_twice_on_a_page(bare_app: Flask) -> None:
    ids = [element["id"] for element in sheet(bare_app, is_wrong=True).select("[id]")]
    assert sorted(set(ids)) == sorted(ids)


def test_every_reference_to_an_id_finds_it(bare_app: Flask) -> None:
    page = sheet(bare_app, is_wrong=True)
    ids = {element["id"] for element in page.select("[id]")}
    wanted = {link["href"][1:] for link in page.select("a[href^='#']")}
    for element in page.select("[aria-describedby]"):
        wanted.update(element["aria-describedby"].split())
    wanted.update(label["for"] for label in page.select("label[for]"))
    assert wanted - ids == set()
    assert {"weight", "weight-hint", "weight-unit", "weight-error", "track"} <= wanted


def test_every_control_has_a_label(bare_app: Flask) -> None:
    page = sheet(bare_app)
    labelled = {label["for"] for label in page.select("label[for]")}
    controls = page.select("input:not([type=hidden]), select, textarea")
    assert {control["id"] for control in controls} <= labelled


def test_a_wrong_form_names_each_field_once_and_takes_the_focus(bare_app: Flask) -> None:
    summary = sheet(bare_app, is_wrong=True).select_one("#error-summary")
    assert summary is not None
    assert summary.has_attr("autofocus")
    assert summary["role"] == "alert"
    assert [link["href"] for link in summary.select("a")] == ["#weight", "#price", "#when", "#track"]


def test_a_wrong_field_is_marked_for_screen_readers(bare_app: Flask) -> None:
    page = sheet(bare_app, is_wrong=True)
    weight = page.select_one("#weight")
    assert weight is not None
    assert weight["aria-invalid"] == "true"
    assert weight["aria-describedby"].split() == ["weight-hint", "weight-unit", "weight-error"]


def test_a_sound_form_shows_no_error(bare_app: Flask) -> None:
    page = sheet(bare_app)
    assert not page.select("#error-summary, [aria-invalid], .fm-field-error")


def test_a_form_carries_its_token_and_submission_id_once(bare_app: Flask) -> None:
    form = sheet(bare_app).select_one("form[method=post]")
    assert form is not None
    names = [field["name"] for field in form.select("input[type=hidden]")]
    assert names == ["csrf_token", "submission_id"]
    assert all(field["value"] for field in form.select("input[type=hidden]"))


def test_what_was_typed_is_written_as_text(bare_app: Flask) -> None:
    box = macro(bare_app, "forms", "search_box('q', '<b>&\"', 'Name')").select_one("input")
    assert box is not None
    assert box["value"] == '<b>&"'
    assert macro(bare_app, "badges", "badge('<i>x</i>', 'good')").find("i") is None


@pytest.mark.parametrize(
    "states", [CreditStatus, Verdict, Lateness, InstrumentStatus, VerificationResult, State]
)
def test_every_state_a_badge_shows_has_a_tone(bare_app: Flask, states: type) -> None:
    with bare_app.test_request_context("/"):
        tones = bare_app.jinja_env.get_template("components/badges.html").module.tones
    assert {state.value for state in states} <= set(tones)


def test_every_tone_has_its_picture_and_its_style(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"):
        tones = bare_app.jinja_env.get_template("components/badges.html").module.tones
        shapes = bare_app.jinja_env.get_template("components/icons.html").module.shapes
    styles = STYLESHEET.read_text()
    for tone, picture in tones.values():
        assert picture in shapes
        assert f".fm-tone-{tone} {{" in styles


def test_an_unknown_state_is_drawn_as_neutral(bare_app: Flask) -> None:
    badge = macro(bare_app, "badges", "badge('?', 'a_state_of_next_year')").select_one(".fm-badge")
    assert badge is not None
    assert "fm-tone-none" in badge["class"]


def test_a_page_link_keeps_the_question_and_changes_the_page(bare_app: Flask) -> None:
    pages = macro(bare_app, "lists", "pagination(2, 9)")
    assert [link["href"] for link in pages.select("[rel]")] == ["/?q=a&page=1", "/?q=a&page=3"]
    assert [link.text for link in pages.select("li a")] == ["1", "2", "3", "9"]
    assert [link.text for link in pages.select("[aria-current]")] == ["2"]


def test_a_single_page_needs_no_page_links(bare_app: Flask) -> None:
    assert macro(bare_app, "lists", "pagination(1, 1)").text.strip() == ""


def test_a_code_is_read_out_sign_by_sign(bare_app: Flask) -> None:
    code = macro(bare_app, "receipts", "spelled('K7-Q')")
    assert [part.text for part in code.select(".fm-code > span")] == ["K7-Q", "K 7 - Q"]


def test_the_place_in_the_site_is_marked_in_the_navigation(bare_app: Flask) -> None:
    here = sheet(bare_app).select(".fm-nav [aria-current]")
    assert [link["href"] for link in here] == ["/records/"]


@pytest.mark.parametrize(("language", "other"), [("zh_Hans_CN", "en"), ("en", "zh_Hans_CN")])
def test_the_language_switch_leads_to_this_page_in_the_other_language(
    bare_app: Flask, language: str, other: str
) -> None:
    link = sheet(bare_app, language=language).select_one(".fm-language")
    assert link is not None
    assert link["href"] == f"/records/?lang={other}"


@pytest.mark.parametrize("code", ERROR_CODES)
def test_every_error_page_says_what_happened_and_leads_on(bare_app: Flask, code: int) -> None:
    with bare_app.test_request_context("/nowhere"):
        page = BeautifulSoup(render_template("errors/page.html", code=code, sentence=None), "html.parser")
    main = page.select_one("main")
    assert main is not None
    assert main.select_one("h1")
    assert main.select_one(".fm-lead")
    assert {"/", "/records/", "/complaints/follow"} <= {link["href"] for link in main.select("a")}


def test_an_error_page_prefers_the_sentence_it_was_given(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"):
        page = BeautifulSoup(render_template("errors/page.html", code=409, sentence="A <b>"), "html.parser")
    lead = page.select_one(".fm-lead")
    assert lead is not None
    assert lead.text == "A <b>"


def test_public_pages_do_not_touch_the_session(bare_app: Flask) -> None:
    sessions = bare_app.session_interface = WatchedSessions()
    answer = bare_app.test_client().get("/nowhere")
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers
    assert sessions.reads == 0


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *((ink, ground, 4.5) for ink in ("ink", "ink-2", "ink-3", "pine") for ground in ("paper", "sheet")),
        *((name, f"{name}-wash", 4.5) for name in ("pine", "indigo", "amber", "vermilion")),
        ("ink-2", "grey-wash", 4.5),
        ("sheet", "pine-deep", 4.5),
        ("brass-light", "pine-deep", 4.5),
        *((edge, ground, 3.0) for edge in ("line-strong", "focus") for ground in ("paper", "sheet")),
    ],
)
def test_the_colours_stand_out_enough(ink: str, ground: str, least: float) -> None:
    tokens = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", STYLESHEET.read_text()))
    light, dark = sorted((luminance(tokens[ink]), luminance(tokens[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least
