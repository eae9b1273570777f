"""Takes the place of real things for a while: a function wherever it is known, a method, a rule."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import ModuleType
from typing import Any

from kiosk.flow.event import Event
from kiosk.flow.phase import Phase
from kiosk.flow.rules import RULES, Action, Rule

_OURS = ("bench.explore.", "center.", "kiosk.")


class NothingToSwap(Exception):
    """What was to be replaced is not there any more: the code has changed, the bug must too."""


class Swaps:
    """Everything that was replaced comes back when the ``with`` block ends, last thing first."""

    def __init__(self) -> None:
        self._back = ExitStack()

    def __enter__(self) -> "Swaps":
        return self

    def __exit__(self, *_: object) -> None:
        self._back.close()

    def attribute(self, owner: Any, name: str, new: Any) -> None:
        """Replace a method or a constant of a class or a module."""
        if not hasattr(owner, name):
            raise NothingToSwap(f"{owner} has no {name}")
        if name in vars(owner):
            self._back.callback(setattr, owner, name, vars(owner)[name])
        else:  # inherited
            self._back.callback(delattr, owner, name)
        setattr(owner, name, new)

    def item(self, table: dict[Any, Any], key: Any, new: Any) -> None:
        """Replace an entry of a table."""
        self._back.callback(table.__setitem__, key, table[key])
        table[key] = new

    def function(self, old: Callable[..., Any], new: Callable[..., Any]) -> None:
        """Replace a function in every module, table and rule that knows it."""
        found = [*_names_of(old), *_entries_of(old), *_rules_of(old)]
        if not found:
            raise NothingToSwap(f"nobody knows {old}")
        for place, key in found:
            if isinstance(place, ModuleType):
                self.attribute(place, key, new)
            else:
                kept = place[key]
                self.item(place, key, kept._replace(act=new) if isinstance(kept, Rule) else new)

    def rule(self, phase: Phase, kind: type[Event], to: Phase, act: Action | None = None) -> None:
        """Let the rule for a fact in a phase also go to ``to``, or another rule take its place."""
        rule = RULES[phase, kind]
        self.item(RULES, (phase, kind), Rule(act or rule.act, rule.to | {to}))


def _modules() -> Iterator[ModuleType]:
    return (module for name, module in tuple(sys.modules.items()) if name.startswith(_OURS))


def _names_of(old: Callable[..., Any]) -> Iterator[tuple[Any, Any]]:
    for module in _modules():
        yield from ((module, name) for name, value in tuple(vars(module).items()) if value is old)


def _entries_of(old: Callable[..., Any]) -> Iterator[tuple[Any, Any]]:
    for module in _modules():
        for table in tuple(vars(module).values()):
            if isinstance(table, dict):
                yield from ((table, key) for key, value in tuple(table.items()) if value is old)


def _rules_of(old: Callable[..., Any]) -> Iterator[tuple[Any, Any]]:
    yield from ((RULES, key) for key, rule in tuple(RULES.items()) if rule.act is old)
