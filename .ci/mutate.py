"""`make mutate`: how many small faults, planted in the rule book one at a time, do its tests notice?

For each topic a sample of the possible faults, the same at each run, is planted: another
comparison, another sign, a number one higher, a condition turned round. Each runs in a
process of its own that meets the changed module where it imports the rule; no file is
touched. Words of messages, decorators and annotations are left as they are.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

# Loaded here once, so that each process begins with them.
import holidays  # noqa: F401
import hypothesis  # noqa: F401
import pytest

ROOT = Path(__file__).resolve().parent.parent
RULES = "portal.rules."
SEED = 121
TIMEOUT_SECONDS = 120
NOWHERE = -1

# What is changed, and the tests that should notice.
TOPICS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "metrology": (
        ("metrology", "metrology_terms", "retail_rows", "retail_weighing", "scales", "prepackaged"),
        ("test_metrology_*.py",),
    ),
    "deadlines": (
        ("deadlines", "working_days", "clocks", "history"),
        ("test_deadlines.py", "test_complaint_flow.py"),
    ),
    "compensation": (("compensation",), ("test_compensation.py",)),
}

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
OUT_OF_SIGHT = {"annotation", "returns", "decorator_list"}


@dataclass(frozen=True)
class Fault:
    """One place in one module where a fault can be planted."""

    module: str
    place: int
    line: int
    words: str


class Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves one module of the rule book with a fault in it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def find_spec(self, name: str, path: object, target: object = None) -> object:
        """Claim the one module."""
        if name != RULES + self.fault.module:
            return None
        return importlib.util.spec_from_loader(name, self, origin=str(_path(self.fault.module)))

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source."""
        tree = ast.parse(_path(self.fault.module).read_text())
        if self.fault.place != NOWHERE:
            _plant(list(_places(tree))[self.fault.place])
        module.__file__ = str(_path(self.fault.module))
        exec(compile(ast.fix_missing_locations(tree), module.__file__, "exec"), module.__dict__)


def _path(module: str) -> Path:
    return ROOT / "portal" / "rules" / f"{module}.py"


def _places(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that can be changed, in the order of the text."""
    if _can_change(node):
        yield node
    for name, value in ast.iter_fields(node):
        if name in OUT_OF_SIGHT:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _places(child)


def _can_change(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return type(node.ops[0]) in SWAPS
    if isinstance(node, ast.BinOp | ast.BoolOp):
        return type(node.op) in SWAPS
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int)  # True and False are numbers too
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _plant(node: ast.AST) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = SWAPS[type(node.ops[0])]()  # type: ignore[call-overload]
    elif isinstance(node, ast.BinOp | ast.BoolOp):
        node.op = SWAPS[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.Constant):
        node.value = (not node.value) if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]
    elif isinstance(node, ast.UnaryOp):
        # `not not x` is the truth of x.
        node.operand = ast.UnaryOp(ast.Not(), node.operand)


def faults_in(module: str) -> list[Fault]:
    """Return every fault that can be planted in a module."""
    source = _path(module).read_text()
    return [
        Fault(module, place, node.lineno, ast.get_source_segment(source, node) or "")  # type: ignore[attr-defined]
        for place, node in enumerate(_places(ast.parse(source)))
    ]


def start(fault: Fault, tests: Sequence[str]) -> int:
    """Run the tests over a planted fault in a process of its own; return its number."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    sys.meta_path.insert(0, Planted(fault))
    # Hypothesis is loaded before its plugin could rewrite its asserts, which is no matter here.
    options = [
        "-x",
        "-q",
        "--noconftest",
        "-p",
        "no:xdist",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ]
    # The rules' tests need no fixture but for one, which compares words with a file.
    os._exit(int(pytest.main([*options, "-k", "not official_text", *tests])))


def survivors(faults: Sequence[Fault], tests: Sequence[str], workers: int) -> list[Fault]:
    """Plant each fault and return those that no test noticed; one that never ends counts as noticed."""
    left, running, alive = list(reversed(faults)), {}, []
    while left or running:
        while left and len(running) < workers:
            fault = left.pop()
            running[start(fault, tests)] = (fault, time.monotonic())
        time.sleep(0.02)
        for child, (fault, began) in list(running.items()):
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                del running[child]
                if os.waitstatus_to_exitcode(status) == 0:
                    alive.append(fault)
            elif time.monotonic() - began > TIMEOUT_SECONDS:
                os.kill(child, signal.SIGKILL)
    return alive


def main() -> None:
    """Print one line a topic, and every fault that lived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", nargs="*", default=list(TOPICS))
    parser.add_argument("--most", type=int, default=20, help="faults planted in each file at most")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    os.chdir(ROOT)
    for topic in given.topics:
        modules, patterns = TOPICS[topic]
        tests = [str(p) for pattern in patterns for p in sorted((ROOT / "tests" / "rules").glob(pattern))]
        # Served by the same hands and unchanged, the rule must pass.
        if not survivors([Fault(modules[0], NOWHERE, 0, "")], tests, 1):
            sys.exit(f"{topic}: the tests fail without any fault")
        chosen = []
        for module in modules:
            found = faults_in(module)
            chosen += random.Random(SEED).sample(found, min(given.most, len(found)))
        alive = survivors(chosen, tests, given.workers)
        for fault in sorted(alive, key=lambda fault: (fault.module, fault.line)):
            print(f"  lived: {fault.module}.py:{fault.line}  {fault.words.splitlines()[0][:90]}")
        killed = len(chosen) - len(alive)
        print(f"{topic}: {killed}/{len(chosen)} = {100 * killed // len(chosen)} %", flush=True)


if __name__ == "__main__":
    main()
