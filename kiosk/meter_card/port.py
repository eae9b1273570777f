"""All that a meter-card vendor must read, and the card desk as the rest of the kiosk sees it.

An adapter knows one family of cards. It runs inside the card worker, a process of its own, and
talks to the card through a `CardChannel` that the worker powers up before and down after every
operation. It holds no keys: whatever the card wants sealed goes to the head office and comes back
(`SealRequest`, `SealAnswer`). It decides nothing about money; it reads, writes what it is told, and
says what reading back proves.

`CardDesk` is the other end: what the executor calls. Every call returns at once.
"""

from collections.abc import Generator, Mapping
from typing import ClassVar, Protocol

from msgspec import Struct

from kiosk.flow.event import CardFault, Event
from vending.card import CardSnapshot, SealAnswer, SealRequest, Verdict, WalletUnit
from vending.messages import Vend

# -- what can go wrong -----------------------------------------------------------------------------


class CardError(Exception):
    """The card or the reader failed. ``fault`` is for the customer, the text for the log."""

    fault: ClassVar[CardFault]


class CardGone(CardError):
    """The card left the slot, before or in the middle of an exchange."""

    fault = CardFault.PULLED


class CardMute(CardError):
    """The card does not answer within its deadline."""

    fault = CardFault.MUTE


class CardForeign(CardError):
    """A chip card, but none that this adapter knows."""

    fault = CardFault.FOREIGN


class CardNotIssued(CardError):
    """The right kind of card, and nobody has issued it yet."""

    fault = CardFault.NOT_ISSUED


class CardDamaged(CardError):
    """The card's files do not make sense."""

    fault = CardFault.DAMAGED


class CardRefused(CardError):
    """The card broke the protocol: it answered what it must not. ``status`` is its status word."""

    fault = CardFault.DAMAGED

    def __init__(self, step: str, status: int) -> None:
        """``step`` names what was asked of the card."""
        super().__init__(f"{step}: card answered {status:04X}")
        self.status = status


class ReaderFailed(CardError):
    """Not the card's fault: the reader, its line or its service."""

    fault = CardFault.READER


class AdapterMisused(Exception):
    """Our own fault: an adapter was asked for what can never be right."""


# -- the card --------------------------------------------------------------------------------------


class CardChannel(Protocol):
    """A card that is powered up."""

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Exchange one APDU; return the data and the status word (SW1 SW2, 16 bits).

        T=0: ``61xx`` and ``6Cxx`` come back as they are. Raises CardGone, CardMute or ReaderFailed;
        after any of these nobody knows whether the card obeyed.
        """


class CardIo(CardChannel, Protocol):
    """A slot for one chip card. Owned by the card worker, used from one thread."""

    @property
    def name(self) -> str:
        """What maintenance calls the reader; known once `is_present` has answered."""

    @property
    def is_stuck(self) -> bool:
        """True: a call into the reader never came back; only a new process helps."""

    def is_present(self) -> bool:
        """Tell whether a card is in the slot. Raises ReaderFailed."""

    def power_on(self) -> bytes:
        """Reset the card from cold and return its answer to reset.

        Raises CardGone (no card), CardMute (wrong way round, or not a chip card) or ReaderFailed.
        """

    def power_off(self) -> None:
        """Take the card's power away. Never raises: nobody could do anything about it."""

    def eject(self) -> None:
        """Let the customer have the card; without a motor, do nothing. Raises ReaderFailed."""

    def close(self) -> None:
        """Power off and give the reader back. Never raises."""


class CardImage(Struct, frozen=True, kw_only=True):
    """A card as it was read at one moment: the raw files, and what they say."""

    serial: str
    """16 hexadecimal digits, capitals."""
    files: Mapping[str, bytes]
    """Raw files by the name that the layout gives them."""
    snapshot: CardSnapshot | None
    """None: the files do not make sense, see ``damage``."""
    damage: str = ""
    """What does not make sense, without personal data."""

    def __repr__(self) -> str:
        """Without what the files say: they name a customer."""
        return f"CardImage({self.serial}, damage={self.damage!r})"


class WriteOrder(Struct, frozen=True, kw_only=True):
    """What must reach the card."""

    order_no: str
    vend: Vend
    before: CardSnapshot
    """The card as it was read when the order was opened: its count is N, the vend's is N+1."""


class WriteStep(Struct, frozen=True, kw_only=True):
    """One command that changes the card."""

    file: str
    header: bytes
    """CLA INS P1 P2 Lc, where Lc already counts the MAC."""
    data: bytes

    def __repr__(self) -> str:
        """Without the data: it names a customer."""
        return f"WriteStep({self.file}, {len(self.data)} bytes)"

    @property
    def sealed_text(self) -> str:
        """What the head office seals, hexadecimal: header and plain data."""
        return (self.header + self.data).hex().upper()


class WritePlan(Struct, frozen=True, kw_only=True):
    """How a card gets from its present image to the planned one; no steps: it is there already."""

    steps: tuple[WriteStep, ...]
    """In writing order. The last one commits: until it is done a meter credits nothing."""
    after: Mapping[str, bytes]
    """The files after the last step."""

    def __repr__(self) -> str:
        """Without the files: they name a customer."""
        return f"WritePlan({', '.join(step.file for step in self.steps)})"


# -- the adapter -----------------------------------------------------------------------------------


class AdapterInfo(Struct, frozen=True, kw_only=True):
    """What an adapter declares about itself."""

    id: str
    version: str
    layouts: tuple[str, ...]
    wallet_units: frozenset[WalletUnit]
    """What the wallets of its cards may count. Without it a limit or a sum means nothing."""
    atr_patterns: tuple[str, ...]
    """Answers to reset, hexadecimal; ``.`` is any digit."""
    write_order: tuple[str, ...]
    """Files in the order in which they are written; the last one commits."""
    needs_seals: bool
    """True: writing needs the head office's keys while the card is powered."""


class Probe(Struct, frozen=True, kw_only=True):
    """How sure an adapter is that a card is one of its own."""

    adapter: str
    score: int
    """0 (not mine) to 100 (certain). Two equal best scores: no adapter touches the card."""


WriteTalk = Generator[SealRequest, SealAnswer, str]
"""A write under way: yields what it wants sealed, is sent the answer, returns a journal line.

Closing it gives the write up. Whatever it returns or raises proves nothing about the card.
"""


class MeterCardAdapter(Protocol):
    """One family of meter cards."""

    @property
    def info(self) -> AdapterInfo:
        """Constant for the life of the adapter."""

    def probe(self, card: CardChannel, atr: bytes) -> Probe:
        """Say how sure you are. Reads only, presents no code, changes nothing. Raises CardError."""

    def read(self, card: CardChannel, atr: bytes) -> CardImage:
        """Read all files that matter. Changes nothing.

        A card whose files do not make sense is returned as an image without a snapshot. Raises
        CardForeign, CardNotIssued, CardRefused and what `CardChannel.transmit` raises.
        """

    def plan(self, image: CardImage, order: WriteOrder) -> WritePlan:
        """Work out the steps from ``image`` to the order. Pure.

        Raises CardDamaged when the card is beyond repair, and AdapterMisused when vend, card and
        layout contradict each other.
        """

    def write(self, card: CardChannel, atr: bytes, order: WriteOrder) -> WriteTalk:
        """Read the card and, if the order is not on it yet and it is the order's card, write it."""

    def classify(self, image: CardImage, order: WriteOrder) -> Verdict:
        """Judge a freshly read image against an order. Pure. Raises AdapterMisused."""


# -- the desk --------------------------------------------------------------------------------------


class Inbox(Protocol):
    """Where facts go. Safe from every thread."""

    def post(self, event: Event) -> None:
        """Hand over a fact; returns at once."""


class CardDesk(Protocol):
    """The card reader as the executor sees it.

    Every call returns at once and ends in its fact within its deadline, even when the reader hangs
    or the card worker dies. Besides the facts that answer a call: `CardInserted` and `CardRemoved`,
    once each for every stay of a card, and `DeviceChanged` for the reader.
    """

    def start(self, inbox: Inbox) -> None:
        """Begin to watch the slot. A card that is in it already is reported as inserted."""

    def read(self) -> None:
        """Read the card. Ends in `CardRead` or `CardUnreadable`."""

    def write(self, order_no: str, vend: Vend, before: CardSnapshot) -> None:
        """Write the vend. `SealsWanted` may come twice; ends in `CardWriteEnded`: no proof yet."""

    def continue_write(self, order_no: str, answer: SealAnswer) -> None:
        """Hand the head office's seals to the write under way; the write goes on to its end."""

    def abort_write(self, order_no: str) -> None:
        """Give the write under way up: it ends in `CardWriteEnded`."""

    def prove(self, order_no: str, vend: Vend, before: CardSnapshot) -> None:
        """Reset, read from the start, judge. Ends in `CardProved`; unreadable is UNKNOWN."""

    def release(self) -> None:
        """Let the customer have the card. No fact answers; `CardRemoved` follows in time."""

    def reset(self) -> None:
        """Start the card worker and the reader anew; the next card is powered up from cold. Never
        during a write: then when it has ended. Calls that only read are made again.
        """

    def stop(self, timeout_s: float) -> None:
        """End worker and threads. Nothing is posted afterwards."""
