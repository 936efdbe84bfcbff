"""The house rules, kept by machine: imports point left, third parties stay home, one commit, one clock."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINE = (
    "rules base search accounts records merchants instruments compensation complaints inspections "
    "workspace desk cli factory app"
).split()
HOMES = {
    "flask": {"views.py", "api.py", "access.py", "web.py", "health.py"},
    "wtforms": {"forms.py"},
    "flask_wtf": {"forms.py", "web.py"},
    "sqlalchemy": {"models.py", "queries.py", "actions.py", "db.py"},
    "whoosh": {"whoosh_engine.py"},
    "PIL": {"pictures.py"},
    "pi_heif": {"pictures.py"},
    "pypdfium2": {"pictures.py"},
    "boto3": {"files.py"},
    "botocore": {"files.py"},
}
# Files with a name of their own that may use a third party, each with its reason.
EXCEPTIONS = {
    "flask": {"cli", "factory.py", "accounts/security.py"},
    "sqlalchemy": {"base/crypto.py", "base/once.py", "base/jobs.py", "base/health.py"},
}
WRITERS = {"actions.py"}
PURE = {"models.py", "queries.py", "actions.py"}
# A template that is not in a package's folder: base.html, components, errors, and what goes by mail.
FOR_ALL = {"components", "errors", "mail"}
TAKES_IN = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def sources() -> list[Path]:
    return [*sorted((ROOT / "portal").rglob("*.py")), ROOT / "app.py"]


def layer_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    name = parts[1] if parts[0] == "portal" and len(parts) > 1 else parts[0]
    return name.removesuffix(".py")


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def wrong_direction(path: Path) -> list[str]:
    here = layer_of(path)
    if here == "__init__":
        return []
    faults = []
    for name, line in imports_of(path):
        if not name.startswith("portal."):
            continue
        there = name.split(".")[1]
        if LINE.index(there) > LINE.index(here):
            faults.append(f"{path.relative_to(ROOT)}:{line} imports {name}, which stands to its right")
    return faults


def test_every_import_points_left() -> None:
    assert [fault for path in sources() for fault in wrong_direction(path)] == []


def test_the_direction_test_catches_a_planted_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = tmp_path / "portal" / "records" / "queries.py"
    planted.parent.mkdir(parents=True)
    planted.write_text("def f():\n    from portal.complaints import queries\n")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert wrong_direction(planted)


def templates() -> list[Path]:
    return sorted(
        path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt", ".xml"}
    )


def wrong_templates(path: Path) -> list[str]:
    """Return the templates a template takes in that stand to the right of its package's folder."""
    here = path.relative_to(ROOT / "templates").parts
    faults = []
    for name in TAKES_IN.findall(COMMENT.sub("", path.read_text())):
        there = name.split("/")
        if len(there) == 1 or there[0] in FOR_ALL:
            continue
        if len(here) == 1 or here[0] in FOR_ALL or LINE.index(there[0]) > LINE.index(here[0]):
            faults.append(f"{'/'.join(here)} takes in {name}, which stands to its right")
    return faults


def test_every_template_takes_in_only_what_stands_left() -> None:
    assert [fault for path in templates() for fault in wrong_templates(path)] == []


@pytest.mark.parametrize(
    ("name", "words", "is_fault"),
    [
        ("complaints/filed.html", '{% include "desk/_handed_over.html" %}', True),
        ("complaints/steps/who.html", '{%- from "workspace/_frame.html" import words with context %}', True),
        ("components/page.html", '{% import "complaints/_bought.html" as bought %}', True),
        ("base.html", "{% include 'accounts/private.html' %}", True),
        ("desk/case.html", '{% extends "accounts/private.html" %}', False),
        ("desk/case.html", '{% from "desk/_nav.html" import desk_nav %}', False),
        ("complaints/receipt.txt", '{% include "mail/_foot.txt" %}', False),
        ("accounts/sign_in.html", '{# {% include "desk/_nav.html" %} #}{% extends "base.html" %}', False),
    ],
)
def test_a_planted_template_is_judged_by_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str, is_fault: bool
) -> None:
    planted = tmp_path / "templates" / name
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_text(words)
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert bool(wrong_templates(planted)) is is_fault


def third_party_faults(path: Path) -> list[str]:
    inside = str(path.relative_to(ROOT / "portal")) if path.is_relative_to(ROOT / "portal") else path.name
    faults = []
    for name, line in imports_of(path):
        top = name.split(".")[0]
        if top not in HOMES or path.name in HOMES[top]:
            continue
        if any(
            inside == allowed or inside.startswith(allowed + "/") for allowed in EXCEPTIONS.get(top, set())
        ):
            continue
        if top == "sqlalchemy" and is_action_file(path):
            continue
        if top == "flask" and is_split_off(path, "Views:"):
            continue
        if top in {"wtforms", "flask_wtf"} and is_split_off(path, "Forms:"):
            continue
        faults.append(f"{inside}:{line} imports {name}; its home is {', '.join(sorted(HOMES[top]))}")
    return faults


def is_action_file(path: Path) -> bool:
    """A package's actions may be split by verb; such a file says so in its first line."""
    return is_split_off(path, "Actions:", "Queries:", "Models:")


def is_split_off(path: Path, *kinds: str) -> bool:
    return (ast.get_docstring(ast.parse(path.read_text())) or "").startswith(kinds)


def test_third_parties_stay_in_their_homes() -> None:
    assert [fault for path in sources() for fault in third_party_faults(path)] == []


def test_pure_files_know_nothing_of_the_web() -> None:
    faults = []
    for path in sources():
        if path.name in PURE or is_action_file(path):
            names = {name.split(".")[0] for name, _ in imports_of(path)}
            faults += [
                f"{path.relative_to(ROOT)} imports {n}" for n in names & {"flask", "flask_wtf", "wtforms"}
            ]
    assert faults == []


def test_views_hold_no_sql_and_no_models() -> None:
    faults = []
    for path in sources():
        if path.name != "views.py" and not is_split_off(path, "Views:"):
            continue
        for name, line in imports_of(path):
            if name.startswith("sqlalchemy") or (name.startswith("portal.") and ".models" in name):
                faults.append(f"{path.relative_to(ROOT)}:{line} imports {name} - ask queries.py")
    assert faults == []


def test_only_the_base_commits() -> None:
    # Whoosh's writer has a commit of its own: the index is a cache outside every transaction.
    found = {str(p.relative_to(ROOT)) for p in sources() if ".commit(" in p.read_text()}
    assert found - {"portal/search/whoosh_engine.py"} == {"portal/base/db.py"}


def test_only_the_clock_reads_the_time() -> None:
    asked = ("datetime.now(", "date.today(", "utcnow(", "time.time(")
    found = {str(p.relative_to(ROOT)) for p in sources() if any(word in p.read_text() for word in asked)}
    assert found == {"portal/base/clock.py"}


def test_only_the_edges_ask_the_clock() -> None:
    allowed = {"views.py", "api.py", "jobs.py", "web.py", "access.py", "security.py"}
    faults = []
    for path in sources():
        if (
            path.name in allowed
            or layer_of(path) in {"cli", "factory", "base"}
            or is_split_off(path, "Views:")
        ):
            continue
        text = path.read_text()
        faults += [f"{path.relative_to(ROOT)} asks {w}" for w in ("clock.now(", "clock.today(") if w in text]
    assert faults == []


def test_the_rule_book_loads_neither_flask_nor_sqlalchemy() -> None:
    names = sorted(p.stem for p in (ROOT / "portal" / "rules").glob("[a-z]*.py"))
    code = (
        "import importlib, sys\n"
        f"[importlib.import_module('portal.rules.' + n) for n in {names!r}]\n"
        "print(sorted({'flask', 'sqlalchemy', 'flask_babel', 'wtforms'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_no_import_is_relative() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert found == []


def test_the_package_root_stays_empty() -> None:
    assert (ROOT / "portal" / "__init__.py").read_text() == ""


def test_templates_do_not_bend_the_content_security_policy() -> None:
    """No inline style, no inline handler, no third-party address, no unescaped output."""
    words = (' style="', " onclick=", " onchange=", " onsubmit=", "javascript:", "|safe", "| safe", "//cdn")
    # icons.html marks its own constant shapes as safe; nothing from outside passes through it.
    found = [
        f"{path.relative_to(ROOT)} has {word.strip()}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for word in words
        if word in path.read_text() and (path.name, word) != ("icons.html", "| safe")
    ]
    assert found == []
