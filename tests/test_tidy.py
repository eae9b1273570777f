"""The rules of the house that no other tool checks, as an ordinary test.

Each rule is a function from a file to its offences, so it can be shown to catch what it is for.
Words that are forbidden are put together from pieces, or this file would offend.
"""

import ast
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("vending", "kiosk", "center", "bench")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

# Money is integer fen and energy integer Wh: whatever counts either has no float near it.
EXACT = ("vending", "kiosk/flow", "center/ledger", "center/orders", "center/cash", "center/utility")

FORBIDDEN_ADDRESSES = (
    "pypi" + ".org",
    "python" + "hosted",
    "npm" + "js",
    "index" + "-url",
    "find" + "-links",
    "debian" + ".org",
    "/opt/" + "pypi",
    "/opt/" + "wheels",
    "/ro" + "ot/",
    "/wo" + "rk/main",
    "/wo" + "rk/shared",
)
UNFINISHED = re.compile(
    "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImple" + "mentedError"))
)
WAITING_CALLS = {"sle" + "ep", "q" + "Wait", "q" + "Sleep"}
MOCK_MODULES = {"mo" + "ck", "unittest" + ".mock", "pytest" + "_mock"}
MARKDOWN_LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


class Source(NamedTuple):
    """One file of the project: its path from the root, and its text."""

    path: str
    text: str


Rule = Callable[[Source], Iterator[str]]


def tree(source: Source) -> ast.Module:
    return ast.parse(source.text, source.path)


def python_only(rule: Rule) -> Rule:
    @wraps(rule)
    def checked(source: Source) -> Iterator[str]:
        if source.path.endswith(".py"):
            yield from rule(source)

    return checked


def in_tests(source: Source) -> bool:
    return source.path.startswith("tests/")


def last_name(node: ast.expr) -> str:
    """What is called in the end: ``time.x`` and ``x`` are both ``x``."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@python_only
def long_file(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > MAX_FILE_LINES:
        yield f"{source.path}: {lines} lines"


@python_only
def long_function(source: Source) -> Iterator[str]:
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f"{source.path}:{node.lineno}: {node.name} has {lines} lines"


def address(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        for forbidden in FORBIDDEN_ADDRESSES:
            if forbidden in line:
                yield f"{source.path}:{number}: {forbidden}"


def unfinished(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := UNFINISHED.search(line):
            yield f"{source.path}:{number}: {found[0]}"


@python_only
def waiting_test(source: Source) -> Iterator[str]:
    if not in_tests(source):
        return
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.Call) and last_name(node.func) in WAITING_CALLS:
            yield f"{source.path}:{node.lineno}: waits for time to pass"


def imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = {alias.name for alias in node.names}
    if isinstance(node, ast.Import) or not node.module:
        return names
    return {node.module, *(f"{node.module}.{name}" for name in names)}


@python_only
def mock(source: Source) -> Iterator[str]:
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.Import | ast.ImportFrom) and MOCK_MODULES & imported(node):
            yield f"{source.path}:{node.lineno}: a fake says more"


@python_only
def inexact(source: Source) -> Iterator[str]:
    if not source.path.startswith(tuple(f"{folder}/" for folder in EXACT)):
        return
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{source.path}:{node.lineno}: {node.value}"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield f"{source.path}:{node.lineno}: float"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"{source.path}:{node.lineno}: / makes a float, // does not"


@python_only
def undocumented(source: Source) -> Iterator[str]:
    if not in_tests(source) and ast.get_docstring(tree(source)) is None:
        yield f"{source.path}: no docstring"


def dead_link(source: Source) -> Iterator[str]:
    if source.path.endswith(".md"):
        for target in MARKDOWN_LINK.findall(source.text):
            if not (ROOT / source.path).parent.joinpath(target).exists():
                yield f"{source.path}: {target}"


RULES = (
    long_file,
    long_function,
    address,
    unfinished,
    waiting_test,
    mock,
    inexact,
    undocumented,
    dead_link,
)
BAD = [
    (long_file, Source("kiosk/x.py", "\n" * (MAX_FILE_LINES + 1))),
    (long_function, Source("kiosk/x.py", "def f():\n" + "    f()\n" * MAX_FUNCTION_LINES)),
    (address, Source("requirements/x.txt", "--index" + "-url https://packages.example")),
    (unfinished, Source("kiosk/x.py", "# TO" + "DO: later")),
    (waiting_test, Source("tests/test_x.py", "time.sle" + "ep(1)")),
    (mock, Source("tests/test_x.py", "from unittest import mo" + "ck")),
    (inexact, Source("vending/x.py", "PRICE = 0.5")),
    (inexact, Source("center/ledger/x.py", "def f(x: float) -> int: ...")),
    (inexact, Source("kiosk/flow/x.py", "half = paid_fen / 2")),
    (undocumented, Source("bench/x.py", "VALUE = 1")),
    (dead_link, Source("docs/x.md", "[text](nowhere.md)")),
]


def project_paths() -> list[Path]:
    """Everything that git has, or would take: what is ignored is not the project."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run(
        [*command, "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def read(path: Path) -> Source | None:
    """The file as text, or None when it is not text."""
    data = (ROOT / path).read_bytes()
    return None if b"\0" in data else Source(path.as_posix(), data.decode("utf-8"))


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    return [source for path in project_paths() if (source := read(path)) is not None]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_is_tidy(rule: Rule, sources: list[Source]) -> None:
    assert [offence for source in sources for offence in rule(source)] == []


@pytest.mark.parametrize(("rule", "source"), BAD)
def test_a_rule_catches_what_it_is_for(rule: Rule, source: Source) -> None:
    assert list(rule(source))


def test_every_package_is_one() -> None:
    folders = {path.parent for path in project_paths() if path.suffix == ".py"}
    inside = {folder for folder in folders if folder.parts and folder.parts[0] in PACKAGES}
    assert {folder for folder in inside if not (ROOT / folder / "__init__.py").is_file()} == set()


def test_this_version_is_in_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## {re.escape(project['version'])}\b", changelog, re.MULTILINE)
