"""Every state has words, every sentence is translated, every placeholder survives translation."""

from __future__ import annotations

import importlib
import io
import re
import subprocess
import sys
from enum import Enum
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from portal.base.labels import has_label

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
# Enums that are never shown: codes inside rule data.
UNSHOWN: set[str] = set()


def rule_enums() -> list[type[Enum]]:
    found = {}
    for path in sorted((ROOT / "portal" / "rules").glob("[a-z]*.py")):
        module = importlib.import_module(f"portal.rules.{path.stem}")
        for thing in vars(module).values():
            if (
                isinstance(thing, type)
                and issubclass(thing, Enum)
                and thing.__module__.startswith("portal.rules")
            ):
                found[f"{thing.__module__}.{thing.__qualname__}"] = thing
    return [found[name] for name in sorted(found) if found[name].__qualname__ not in UNSHOWN]


@pytest.mark.parametrize("kind", rule_enums(), ids=lambda kind: kind.__qualname__)
def test_every_member_has_a_label(kind: type[Enum]) -> None:
    missing = [member for member in kind if not has_label(member)]
    assert missing == []


def test_every_message_is_translated_and_none_is_fuzzy() -> None:
    catalogue = read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="zh_Hans_CN")
    missing = [
        m.id
        for m in catalogue
        if m.id and (not m.string or (isinstance(m.string, tuple) and not all(m.string)))
    ]
    assert missing == []
    assert [m.id for m in catalogue if m.id and m.fuzzy] == []


def test_every_message_in_the_sources_is_in_the_catalogue(tmp_path: Path) -> None:
    fresh = tmp_path / "messages.pot"
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "translations/babel.cfg",
    ]
    command += ["-k", "say:1", "-k", "_l", "-k", "lazy_gettext", "-o", str(fresh), "."]
    subprocess.run(command, cwd=ROOT, check=True)
    wanted = {
        m.id if isinstance(m.id, str) else m.id[0] for m in read_po(io.BytesIO(fresh.read_bytes())) if m.id
    }
    catalogue = read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="zh_Hans_CN")
    held = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id}
    assert wanted - held == set()


def test_placeholders_are_the_same_in_every_language() -> None:
    catalogue = read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="zh_Hans_CN")
    named = re.compile(r"%\((\w+)\)[sd]")
    wrong = [
        m.id
        for m in catalogue
        if m.id and isinstance(m.id, str) and set(named.findall(m.id)) != set(named.findall(str(m.string)))
    ]
    assert wrong == []
