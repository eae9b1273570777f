"""The tools that the product stands on are the ones that were chosen, and sound."""

import re
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import PySide6
import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PySide6.QtCore import QCoreApplication, QObject

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("build", "center", "dev", "fonts", "kiosk")
PINNED = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[\w.+!]+)(?: ; (?P<marker>[^\\]+?))?(?: \\)?")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")

CALLS = 1_000
# The interpreter itself may take or drop a few; a broken binding loses one for every call.
STRAY_REFERENCES = 50


def lock_lines(name: str) -> list[str]:
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").splitlines()


def locked(name: str) -> dict[str, str]:
    """Version by normalised name."""
    found = (PINNED.fullmatch(line) for line in lock_lines(name))
    return {canonicalize_name(match["name"]): match["version"] for match in found if match}


def extras() -> dict[str, list[Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    base = [Requirement(text) for text in project["dependencies"]]
    wanted = {"": base}
    for extra, texts in project["optional-dependencies"].items():
        wanted[extra] = base + [Requirement(text) for text in texts]
    return wanted


def declared(extra: str) -> list[Requirement]:
    """What an extra asks for, with the extras of our own that it includes."""
    found = []
    for requirement in extras()[extra]:
        if requirement.name == "electricity-vending":
            found += [nested for name in requirement.extras for nested in declared(name)]
        else:
            found.append(requirement)
    return found


def test_qt_is_the_release_that_was_chosen() -> None:
    assert PySide6.__version__ == "6.11.3"


@pytest.mark.parametrize("constant", [None, True, False])
def test_qt_calls_leave_reference_counts_alone(
    constant: bool | None, qapp: QCoreApplication
) -> None:
    """PySide6 6.12.0 loses one reference per call on Python 3.11 until the process aborts."""
    thing = QObject()
    thing.blockSignals(bool(constant))
    call: Callable[[], object] = thing.signalsBlocked
    if constant is None:
        call = partial(thing.setObjectName, "void")
    assert call() is constant
    before = sys.getrefcount(constant)
    for _ in range(CALLS):
        call()
    assert abs(sys.getrefcount(constant) - before) < STRAY_REFERENCES


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(name: str) -> None:
    lines = lock_lines(name)
    assert [line for line in lines if not (PINNED.fullmatch(line) or HASH.fullmatch(line))] == []
    assert PINNED.fullmatch(lines[0])
    unhashed = [
        line
        for line, following in pairwise([*lines, ""])
        if PINNED.fullmatch(line) and not HASH.fullmatch(following)
    ]
    assert unhashed == []


@pytest.mark.parametrize("extra", ["kiosk", "center", "dev"])
def test_locks_satisfy_what_the_project_declares(extra: str) -> None:
    versions = locked(extra)
    wanted = declared(extra)
    assert len(wanted) > 5
    for requirement in wanted:
        version = versions[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}"


@pytest.mark.parametrize("name", ["build", "center", "kiosk"])
def test_machines_get_the_versions_that_were_tested_together(name: str) -> None:
    tested = locked("dev")
    own_tools = {"pip", "wheel"}
    differing = {
        package: version
        for package, version in locked(name).items()
        if package not in own_tools and tested.get(package) != version
    }
    assert differing == {}


def test_a_kiosk_installs_no_server_and_a_server_no_qt() -> None:
    assert locked("kiosk").keys().isdisjoint({"uvicorn", "starlette", "alembic"})
    assert locked("center").keys().isdisjoint({"pyside6-essentials", "shiboken6", "pyscard"})


def test_the_environment_is_the_locked_one() -> None:
    differing = {}
    for line in lock_lines("dev"):
        pinned = PINNED.fullmatch(line)
        if pinned and (not pinned["marker"] or Marker(pinned["marker"]).evaluate()):
            installed = metadata.version(pinned["name"])
            if installed != pinned["version"]:
                differing[pinned["name"]] = installed
    assert differing == {}
