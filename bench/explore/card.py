"""The card desk without processes: the real supervisor and the real worker, turned by hand."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import BinaryIO, cast

from bench import card_slot as line
from bench.card_slot import CardSlot, SlotEvent, SlotEventKind
from bench.explore.fuse import Fuse
from bench.explore.world import Life, Timer, World
from kiosk.meter_card import messages as ms
from kiosk.meter_card.adapters import make_adapters
from kiosk.meter_card.port import (
    CardGone,
    CardMute,
    Inbox,
    MeterCardAdapter,
    ReaderFailed,
    WriteOrder,
)
from kiosk.meter_card.supervisor import Action, Kill, Limits, Post, Send, Start, Supervisor
from kiosk.meter_card.worker import Worker
from vending.card import CardSnapshot, SealAnswer
from vending.messages import Vend

START_MS = 400
PIPE_MS = 5
WATCH_MS = 100
BUSY_MS: dict[type[ms.Request], int] = {
    ms.Read: 300,
    ms.Write: 250,
    ms.GiveSeals: 450,
    ms.Prove: 350,
    ms.Release: 100,
}
"""How long a worker is busy with a request, roughly as measured on cards."""

_TURNS_LIMIT = 64
_STATUS_WORD_BYTES = 2

Turn = Callable[[float], list[Action]]


class WorkerDied(BaseException):
    """The worker's process ended here."""


@cache
def _adapters() -> Sequence[MeterCardAdapter]:
    return make_adapters()


class SimCardIo:
    """A `CardIo` on the bench's slot: what `TcpCardIo` does, without a socket."""

    is_stuck = False
    name = "simulated"

    def __init__(self, slot: CardSlot, fuse: Fuse, life: Life, *, motor: bool) -> None:
        self._slot = slot
        self._fuse = fuse
        self._life = life
        self._motor = motor
        self.apdus_to_live: int | None = None
        """The worker dies just before this APDU from now reaches the card (1: the next)."""

    def is_present(self) -> bool:
        """Ask the slot."""
        reply = self._say(line.STATUS)
        if reply is None:
            raise ReaderFailed("the slot does not answer")
        return reply == b"\x01"

    def power_on(self) -> bytes:
        """Power off, power on, ask for the answer to reset."""
        self._say(line.POWER_OFF)
        self._say(line.POWER_ON)
        atr = self._say(line.GET_ATR)
        if atr is None:
            raise CardMute("no answer to reset")
        if not atr:
            raise CardGone("no card in the slot")
        return atr

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Exchange one APDU."""
        self._fuse.burn("card: command not sent")
        self._maybe_die()
        answer = self._say(apdu)
        self._fuse.burn("card: command answered")
        if answer is None:
            raise CardMute(f"no answer to command {apdu[1]:02X}")
        if len(answer) < _STATUS_WORD_BYTES:
            raise CardGone(f"card gone in command {apdu[1]:02X}")
        return answer[:-_STATUS_WORD_BYTES], int.from_bytes(answer[-_STATUS_WORD_BYTES:])

    def power_off(self) -> None:
        """Take the power away, unless this process has ended itself."""
        if self._life.alive:
            self._say(line.POWER_OFF)

    def eject(self) -> None:
        """Push the card out, where there is a motor."""
        self._fuse.burn("card: not released")
        if self._motor:
            self._say(line.EJECT)
        self._fuse.burn("card: released")

    def close(self) -> None:
        """Power off."""
        self.power_off()

    def _maybe_die(self) -> None:
        if self.apdus_to_live is None:
            return
        self.apdus_to_live -= 1
        if self.apdus_to_live <= 0:
            self.apdus_to_live = None
            raise WorkerDied

    def _say(self, payload: bytes) -> bytes | None:
        reply = self._slot.receive(payload)
        return None if reply is None else reply.payload


class _Pipe:
    """Where a worker's replies go: takes the place of a binary file."""

    def __init__(self, say: Callable[[bytes], None]) -> None:
        self._say = say

    def write(self, data: bytes) -> int:
        self._say(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""


class SimWorker:
    """One life of the card worker's process."""

    def __init__(
        self,
        world: World,
        slot: CardSlot,
        fuse: Fuse,
        *,
        motor: bool,
        heard: Callable[[ms.Reply], None],
        died: Callable[[str], None],
    ) -> None:
        self.life = Life()
        self.hung = False
        self.io = SimCardIo(slot, fuse, self.life, motor=motor)
        self._world = world
        self._heard = heard
        self._died = died
        self._busy_until_us = 0
        replies = cast("BinaryIO", _Pipe(self._reply))
        self._worker = Worker(self.io, _adapters(), replies, 0.0)
        self._watch = Timer(world, self.life, self._look)
        self._forget = slot.observe(self._slot_changed)
        world.after(START_MS, self.life, self._begin)

    def end(self) -> None:
        """The process is gone."""
        self.life.alive = False
        self._forget()

    def die(self, why: str) -> None:
        """The process ends by itself."""
        if self.life.alive:
            self.end()
            self._died(why)

    def receive(self, request: bytes) -> None:
        """Take a line from the kiosk."""
        decoded = ms.decode_request(request)
        due_us = max(self._world.now_us + PIPE_MS * 1_000, self._busy_until_us)
        self._world.at(due_us, self.life, lambda: self._obey(decoded))

    def _begin(self) -> None:
        self._heard(ms.Ready(0))
        self._look()

    def _obey(self, request: ms.Request) -> None:
        if self.hung:
            return
        self._busy_until_us = self._world.now_us + BUSY_MS.get(type(request), 1) * 1_000
        try:
            self._worker.obey(request)
        except WorkerDied:
            self.die("killed")
            return
        self._watch.wake()

    def _look(self) -> None:
        if self.hung:
            return
        if self._world.now_us < self._busy_until_us:
            self._watch.set_s(self._busy_until_us / 1_000_000)
        else:
            self._worker.watch()

    def _slot_changed(self, event: SlotEvent) -> None:
        if event.kind in {SlotEventKind.INSERTED, SlotEventKind.PULLED, SlotEventKind.EJECTED}:
            self._watch.wake(WATCH_MS)

    def touch(self) -> None:
        """The slot was broken or mended: the next look shows it."""
        self._watch.wake(WATCH_MS)

    def _reply(self, data: bytes) -> None:
        reply = ms.decode_reply(data)
        due_us = max(self._world.now_us + PIPE_MS * 1_000, self._busy_until_us)
        self._world.at(due_us, self.life, lambda: self._heard(reply))


class SimCardDesk:
    """Implements `kiosk.meter_card.port.CardDesk` for one run of the kiosk."""

    def __init__(
        self, world: World, life: Life, fuse: Fuse, slot: CardSlot, *, motor: bool
    ) -> None:
        self.worker: SimWorker | None = None
        self._world = world
        self._life = life
        self._fuse = fuse
        self._slot = slot
        self._motor = motor
        self._supervisor = Supervisor(Limits())
        self._timer = Timer(world, life, lambda: self._turn(self._supervisor.tick))
        self._inbox: Inbox | None = None

    def start(self, inbox: Inbox) -> None:
        """See `CardDesk.start`."""
        self._inbox = inbox
        self._soon(self._supervisor.start)

    def read(self) -> None:
        """See `CardDesk.read`."""
        self._soon(self._supervisor.read)

    def write(self, order_no: str, vend: Vend, before: CardSnapshot) -> None:
        """See `CardDesk.write`."""
        order = WriteOrder(order_no=order_no, vend=vend, before=before)
        self._soon(lambda now_s: self._supervisor.write(order, now_s))

    def continue_write(self, order_no: str, answer: SealAnswer) -> None:
        """See `CardDesk.continue_write`."""
        self._soon(lambda now_s: self._supervisor.continue_write(order_no, answer, now_s))

    def abort_write(self, order_no: str) -> None:
        """See `CardDesk.abort_write`."""
        self._soon(lambda now_s: self._supervisor.abort_write(order_no, now_s))

    def prove(self, order_no: str, vend: Vend, before: CardSnapshot) -> None:
        """See `CardDesk.prove`."""
        order = WriteOrder(order_no=order_no, vend=vend, before=before)
        self._soon(lambda now_s: self._supervisor.prove(order, now_s))

    def release(self) -> None:
        """See `CardDesk.release`."""
        self._soon(self._supervisor.release)

    def reset(self) -> None:
        """See `CardDesk.reset`."""
        self._soon(self._supervisor.reset)

    def stop(self, timeout_s: float) -> None:
        """See `CardDesk.stop`."""
        self.end()

    def end(self) -> None:
        """The kiosk is gone, and its worker with it."""
        if self.worker:
            self.worker.end()

    # -- the thread ------------------------------------------------------------------------------

    def _soon(self, turn: Turn) -> None:
        self._world.after(1, self._life, lambda: self._turn(turn))

    def _turn(self, turn: Turn) -> None:
        for action in turn(self._world.now_s):
            self._do(action)
        self._timer.set_s(self._supervisor.wake_at_s())

    def _do(self, action: Action) -> None:
        match action:
            case Post():
                assert self._inbox is not None
                self._inbox.post(action.event)
            case Send():
                if self.worker and self.worker.life.alive:
                    self.worker.receive(ms.encode(action.request))
            case Kill():
                self.end()
            case Start():
                self._start_worker(action.life)

    def _start_worker(self, number: int) -> None:
        self.end()
        self.worker = SimWorker(
            self._world,
            self._slot,
            self._fuse,
            motor=self._motor,
            heard=lambda reply: self._turn(lambda s: self._supervisor.heard(number, reply, s)),
            died=lambda why: self._soon(lambda s: self._supervisor.died(number, why, s)),
        )
