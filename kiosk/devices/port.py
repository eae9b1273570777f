"""What the kiosk needs of its devices. Drivers implement these; the executor calls them.

Every call returns at once; what came of it arrives as a fact in the inbox. A driver owns one thread
and its transport, reports each change of state once (`DeviceChanged`) and decides nothing about
money.
"""

from collections.abc import Callable
from typing import Protocol

from kiosk.flow.event import Event
from kiosk.flow.paper import Paper


class Inbox(Protocol):
    """Where facts go. Safe from every thread."""

    def post(self, event: Event) -> None:
        """Hand over a fact; returns at once."""

    def post_durably(self, event: Event, timeout_s: float) -> bool:
        """Hand over a fact and wait until the journal holds it.

        False: it is not durable (yet). A driver then must not acknowledge to its device what the
        fact says, so that the device says it again; posting the same note's fact twice is harmless.
        """


class Acceptor(Protocol):
    """A banknote acceptor with escrow.

    Facts: `NoteEscrowed`, `NoteStacked`, `NoteReturned`, `NoteRejected`, `NoteUnknown`,
    `AcceptorClosed`, `DeviceChanged`. A stacked note is posted durably before the device is told
    that its report was heard.
    """

    def start(self, inbox: Inbox) -> None:
        """Begin to poll. The first `DeviceChanged` tells the state found."""

    def open(self, values_fen: tuple[int, ...]) -> None:
        """Accept these denominations; each note stops in escrow. If it fails: a `DeviceChanged`."""

    def close(self) -> None:
        """Inhibit, keep polling until the path is empty, then post `AcceptorClosed`.

        A note that was past escrow is reported before that.
        """

    def stack(self, note_id: str) -> None:
        """Swallow. Ends in `NoteStacked`, `NoteReturned` or `NoteUnknown`, never in silence."""

    def give_back(self, note_id: str) -> None:
        """Return the note in escrow. Ends in `NoteReturned`, `NoteStacked` or `NoteUnknown`."""

    def ask_note(self, note_id: str, value_fen: int, *, returning: bool = False) -> None:
        """Tell what became of a note that an earlier run of the program wanted swallowed, or
        ``returning``: given back.

        Judged by the power-up report: still in escrow (posts `NoteEscrowed` again under the same
        id), returned, stacked or unknown.
        """

    def reset(self) -> None:
        """Start the device anew when its path is empty. A note is never lost by it: what was on
        its way is reported as after a power cut.
        """

    def stop(self, timeout_s: float) -> None:
        """Close, wait for an empty path as long as allowed, end the thread."""


class Printer(Protocol):
    """A receipt printer. Facts: `SlipPrinted`, `SlipFailed`, `DeviceChanged`."""

    def start(self, inbox: Inbox) -> None:
        """Begin to watch the printer's state."""

    def print_slip(self, slip: Paper) -> None:
        """Print and cut. Ends in `SlipPrinted` (confirmed by the printer) or `SlipFailed`, each
        with the paper's number.
        """

    def reset(self) -> None:
        """Start the device anew, after a job under way."""

    def stop(self, timeout_s: float) -> None:
        """End the thread; a job under way is finished first if time allows."""


class Scanner(Protocol):
    """A reader of QR and bar codes. Facts: `CodeScanned`, `DeviceChanged`."""

    def start(self, inbox: Inbox) -> None:
        """Begin to listen. The first `DeviceChanged` tells the state found."""

    def reset(self) -> None:
        """Open the line anew."""

    def stop(self, timeout_s: float) -> None:
        """End the thread."""


Post = Callable[[Event], None]
