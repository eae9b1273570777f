"""What the engine runs: a pure machine over an immutable session."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from kiosk.flow.command import Command
from kiosk.flow.event import Event, Restarted


class Staged(Protocol):
    """A session as the engine sees it."""

    @property
    def phase(self) -> str:
        """Where the session is."""

    @property
    def round(self) -> int:
        """Rises whenever the phase's time-out starts anew."""


S = TypeVar("S", bound=Staged)


@dataclass(frozen=True)
class Machine(Generic[S]):
    """A state machine: facts in, wishes out, no I/O."""

    fresh: S
    """The session of a terminal with an empty journal."""
    step: Callable[[S, Event], tuple[S, tuple[Command, ...]]]
    """Pure: the session after a fact, and what is wished for."""
    timeout_s: Callable[[S], float | None]
    """How long the session's phase may last; None: as long as it likes."""
    is_resting: Callable[[S], bool]
    """True: nobody is being served and nothing is pending."""
    standing: Callable[[Event], Hashable | None] = lambda event: None
    """What a fact says that holds until the next fact of the same key (a printer's state, a card in
    the slot); None: a moment. Devices tell each once, so the engine remembers them over a halt.
    """
    restarted: Callable[[str, str], Event] = lambda boot_id, software_version: Restarted(
        boot_id=boot_id, software_version=software_version
    )
    """The fact that the program started."""
    make_safe: tuple[Command, ...] = ()
    """What is wished for when the engine halts: nothing that needs the journal."""
