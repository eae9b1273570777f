"""The table of rules: (phase, kind of fact) -> what to do, and the phases that may follow."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from kiosk.flow.command import Command
from kiosk.flow.event import Event
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session

Step = tuple[Session, tuple[Command, ...]]
Action = Callable[[Session, Any], Step]
A = TypeVar("A", bound=Action)

STAY = frozenset[Phase]()
"""A rule that never changes the phase."""


class Rule(NamedTuple):
    """What one kind of fact does in one phase."""

    act: Action
    to: frozenset[Phase]


RULES: dict[tuple[Phase, type[Event]], Rule] = {}
ALL_PHASES = frozenset(Phase)


class RuleTwice(Exception):
    """Two rules claim the same phase and fact."""


def on(
    phases: Phase | Iterable[Phase], kind: type[Event], to: Phase | Iterable[Phase] = STAY
) -> Callable[[A], A]:
    """Register the decorated action for ``kind`` in ``phases``.

    It may stay in its phase or go to one of ``to``, nowhere else.
    """
    sources = (phases,) if isinstance(phases, Phase) else tuple(phases)
    targets = frozenset((to,) if isinstance(to, Phase) else to)

    def register(act: A) -> A:
        for phase in sources:
            if (phase, kind) in RULES:
                raise RuleTwice(f"{phase} {kind.__name__}")
            RULES[phase, kind] = Rule(act, targets | {phase})
        return act

    return register
