"""A card slot: what a reader and its motor do with a card, and everything that can go wrong in it.

`receive` takes one frame's payload and returns the answer: no thread, no socket and no clock are
involved, so a simulation can run it by itself. `serve` puts the same slot on a TCP port for the
kiosk's card worker.

Controls of one byte: 00 power off, 01 power on, 02 warm reset (none is answered), 04 get the ATR,
10 status (00 empty, 01 card present), 11 eject. A longer payload is a command APDU. Where there is
no card, or a command finds no power, the answer is empty. A mute card does not answer at all, and
neither does one that is in the wrong way round when it is asked for its ATR.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bench.card import Card, Chip
from bench.card_memory import PowerLost, TornByte
from bench.card_server import CardServer

POWER_OFF = b"\x00"
POWER_ON = b"\x01"
RESET = b"\x02"
GET_ATR = b"\x04"
STATUS = b"\x10"
EJECT = b"\x11"

_EMPTY = b"\x00"
_PRESENT = b"\x01"
_EVENTS_KEPT = 4096


class SlotEventKind(StrEnum):
    """What a slot tells its observers."""

    INSERTED = "inserted"
    PULLED = "pulled"
    EJECTED = "ejected"
    RESET = "reset"
    APDU = "apdu"
    FAILED = "failed"
    """An APDU that got no answer: no card, no power, or a mute card."""


@dataclass(frozen=True)
class SlotEvent:
    """Something that happened in the slot."""

    kind: SlotEventKind
    apdu: bytes = b""
    answer: bytes = b""


@dataclass(frozen=True)
class Reply:
    """An answer, and how long the slot takes to give it."""

    payload: bytes
    delay_s: float = 0.0


Observer = Callable[[SlotEvent], object]


@dataclass(frozen=True)
class _Tear:
    count: int
    torn: TornByte
    pulled: bool


@dataclass
class _Faults:
    """What is wrong, until `CardSlot.recover`."""

    hung: bool = False
    mute: bool = False
    delay_s: float = 0.0
    apdus_to_pull: int | None = None
    tear: _Tear | None = None


class CardSlot:
    """One slot for one card. Safe from every thread; observers are called without its lock."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._faults = _Faults()
        self._chip: Chip | None = None
        self._powered = False
        self._atr = b""
        self._ejected: Chip | None = None
        self._events: deque[SlotEvent] = deque(maxlen=_EVENTS_KEPT)
        self._observers: list[Observer] = []
        self._servers: list[CardServer] = []

    # -- the hand that holds the card ------------------------------------------------------------

    @property
    def present(self) -> bool:
        """Tell whether there is a card in the slot."""
        with self._changed:
            return self._chip is not None

    @property
    def ejected(self) -> Chip | None:
        """The card that the motor gave back last, until another one is inserted."""
        with self._changed:
            return self._ejected

    @property
    def events(self) -> tuple[SlotEvent, ...]:
        """What happened, the oldest first; the latest few thousand are kept."""
        with self._changed:
            return tuple(self._events)

    @property
    def apdus(self) -> tuple[bytes, ...]:
        """Every command that a card answered, the oldest first."""
        return tuple(event.apdu for event in self.events if event.kind is SlotEventKind.APDU)

    def insert(self, chip: Chip) -> None:
        """Put a card in. Raises ValueError when there is one already."""
        with self._changed:
            if self._chip is not None:
                raise ValueError("there is a card in the slot already")
            self._chip, self._ejected = chip, None
            self._atr = chip.reset()
            chip.power_off()
            self._arm()
        self._tell(SlotEvent(SlotEventKind.INSERTED))

    def pull(self) -> Chip | None:
        """Pull the card out, whatever it is doing; None: there was none."""
        chip = self._take_out()
        if chip is not None:
            self._tell(SlotEvent(SlotEventKind.PULLED))
        return chip

    # -- faults ----------------------------------------------------------------------------------

    def pull_at_apdu(self, number: int) -> None:
        """Pull the card just before the ``number``-th APDU from now (1: the next) reaches it."""
        with self._changed:
            self._faults.apdus_to_pull = number

    def tear_after_bytes(
        self, count: int, *, pulled: bool = True, torn: TornByte = TornByte.OLD
    ) -> None:
        """Cut the power of this card, or the next one inserted, after ``count`` more written
        bytes. ``pulled``: because somebody pulled it; otherwise it stays, without power.
        """
        with self._changed:
            self._faults.tear = _Tear(count, torn, pulled)
            self._arm()

    def mute(self) -> None:
        """The card answers no APDU any more; the slot still answers for itself."""
        with self._changed:
            self._faults.mute = True

    def slow(self, delay_s: float) -> None:
        """The card takes this long for each APDU."""
        with self._changed:
            self._faults.delay_s = delay_s

    def hang(self) -> None:
        """The whole slot answers nothing any more."""
        with self._changed:
            self._faults.hung = True

    def recover(self) -> None:
        """Undo every fault."""
        with self._changed:
            self._disarm()
            self._faults = _Faults()

    # -- the line --------------------------------------------------------------------------------

    def receive(self, payload: bytes) -> Reply | None:
        """Take one frame's payload; None: there is no answer, now or ever."""
        with self._changed:
            reply, events = self._handle(payload)
        for event in events:
            self._tell(event)
        return reply

    def serve(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        wait: Callable[[float], object] | None = None,
    ) -> str:
        """Listen, and return the URL to connect to. ``wait`` passes the time of a slow card."""
        server = CardServer(self.receive, host, port, wait)
        with self._changed:
            self._servers.append(server)
        return server.url

    def close(self) -> None:
        """Stop listening and hang up. The card stays where it is."""
        with self._changed:
            servers, self._servers = self._servers, []
        for server in servers:
            server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- who watches -----------------------------------------------------------------------------

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Call ``observer`` after everything that happens; return what ends that."""
        with self._changed:
            self._observers.append(observer)
        return lambda: self._forget(observer)

    def wait_for(self, predicate: Callable[["CardSlot"], bool], timeout_s: float) -> bool:
        """Wait until ``predicate`` holds for this slot; False: it did not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: predicate(self), timeout_s)

    # -- inside ----------------------------------------------------------------------------------

    def _handle(self, payload: bytes) -> tuple[Reply | None, list[SlotEvent]]:
        if self._faults.hung:
            return None, []
        if payload == POWER_OFF:
            self._power_off()
            return None, []
        if payload in (POWER_ON, RESET):
            return None, self._power_on()
        if payload == GET_ATR:
            return self._answer_to_reset(), []
        if payload == STATUS:
            return Reply(_EMPTY if self._chip is None else _PRESENT), []
        if payload == EJECT:
            return Reply(_EMPTY), self._eject()
        return self._exchange(payload)

    def _power_on(self) -> list[SlotEvent]:
        if self._chip is None:
            return []
        self._powered = True
        return [SlotEvent(SlotEventKind.RESET, answer=self._chip.reset())]

    def _power_off(self) -> None:
        if self._chip is not None:
            self._chip.power_off()
        self._powered = False

    def _answer_to_reset(self) -> Reply | None:
        if self._chip is None:
            return Reply(b"")
        return Reply(self._atr) if self._atr else None

    def _eject(self) -> list[SlotEvent]:
        chip = self._take_out()
        if chip is None:
            return []
        self._ejected = chip
        return [SlotEvent(SlotEventKind.EJECTED)]

    def _take_out(self) -> Chip | None:
        with self._changed:
            self._power_off()
            self._disarm()
            chip, self._chip = self._chip, None
            return chip

    def _exchange(self, apdu: bytes) -> tuple[Reply | None, list[SlotEvent]]:
        events = [SlotEvent(SlotEventKind.PULLED)] if self._pulled_now() else []
        if self._chip is None or not self._powered:
            return Reply(b""), [*events, SlotEvent(SlotEventKind.FAILED, apdu)]
        if self._faults.mute:
            return None, [SlotEvent(SlotEventKind.FAILED, apdu)]
        try:
            answer = self._chip.transmit(apdu)
        except PowerLost:
            return Reply(b""), [*self._lost_power(), SlotEvent(SlotEventKind.FAILED, apdu)]
        return Reply(answer, self._faults.delay_s), [SlotEvent(SlotEventKind.APDU, apdu, answer)]

    def _pulled_now(self) -> bool:
        if self._chip is None or self._faults.apdus_to_pull is None:
            return False
        self._faults.apdus_to_pull -= 1
        if self._faults.apdus_to_pull > 0:
            return False
        self._faults.apdus_to_pull = None
        return self._take_out() is not None

    def _lost_power(self) -> list[SlotEvent]:
        tear, self._faults.tear = self._faults.tear, None
        if tear is None or not tear.pulled:
            self._power_off()
            return []
        self._take_out()
        return [SlotEvent(SlotEventKind.PULLED)]

    def _arm(self) -> None:
        tear = self._faults.tear
        if tear is not None and isinstance(self._chip, Card):
            self._chip.tear_after(tear.count, tear.torn)

    def _disarm(self) -> None:
        """A card that leaves the slot leaves the slot's faults behind."""
        if self._faults.tear is not None and isinstance(self._chip, Card):
            self._chip.forget_tear()
            self._faults.tear = None

    def _tell(self, event: SlotEvent) -> None:
        with self._changed:
            self._events.append(event)
            observers = tuple(self._observers)
            self._changed.notify_all()
        for observer in observers:
            observer(event)

    def _forget(self, observer: Observer) -> None:
        with self._changed:
            if observer in self._observers:
                self._observers.remove(observer)
