"""Bugs of the machine: its acceptor's driver, its card adapter, its journal and its outbox."""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, func, select, update

from bench.explore.disk import Image, SimDatabase
from bench.explore.kiosk import SimKiosk
from kiosk.backend import outbox
from kiosk.backend.outbox import DONE, Outbox
from kiosk.backend.port import OfficeError
from kiosk.backend.schedule import Waiting
from kiosk.devices.acceptor.ccnet import machine
from kiosk.devices.acceptor.ccnet import note as notes
from kiosk.devices.acceptor.ccnet.host import Post
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.machine import CcnetMachine
from kiosk.devices.acceptor.ccnet.note import Memory, NoteEnd, OpenNote
from kiosk.engine.database import JournalError
from kiosk.engine.engine import Engine
from kiosk.flow.event import Event
from kiosk.meter_card.adapters.sg_user import codec, verdict
from kiosk.meter_card.layouts.codec import number
from tests.explore.bugs import bug
from tests.explore.swap import Swaps
from vending.card import Verdict
from vending.messages import Report

# -- the acceptor --------------------------------------------------------------------------------


@bug("The acceptor may forget a note before the journal holds it: a power cut takes the note.")
def acknowledged_before_commit(swaps: Swaps) -> None:
    def post_verdict(self: Any, *, acknowledge: bool, now_s: float) -> None:
        if self._desk.verdict:
            self._out.append(Post(self._desk.verdict))
            self._desk.settled()
            if acknowledge:
                self._link.acknowledge(now_s)

    swaps.attribute(CcnetMachine, "_post_verdict", post_verdict)


@bug("An empty path after STACK counts as money: who got the note back has paid with nothing.")
def empty_path_is_stacked(swaps: Swaps) -> None:
    def path_empty(self: OpenNote, polls_as_proof: int) -> NoteEnd | None:
        self.idle_seen += 1
        if self.idle_seen < polls_as_proof:
            return None
        return self.stacked("") if self.stack_sent else self.returned()

    swaps.attribute(OpenNote, "path_empty", path_empty)


@bug("A note of which nobody can tell counts as returned: it lies in the box and is nobody's.")
def unknown_is_returned(swaps: Swaps) -> None:
    def unknown(self: OpenNote, why: str) -> NoteEnd:
        return self.returned()

    swaps.attribute(OpenNote, "unknown", unknown)


@bug("A note in the stacker after a power cut counts as returned: it is swallowed for nothing.")
def stacker_is_returned(swaps: Swaps) -> None:
    real = notes.judge_power_up

    def judge(note: OpenNote, *, in_stacker: bool, in_validator: bool) -> NoteEnd | None:
        found = real(note, in_stacker=in_stacker, in_validator=in_validator)
        return note.returned() if in_stacker else found

    swaps.function(real, judge)


@bug(
    "The driver waits ten minutes for a note's end: it comes when the order is sold.",
    guard="A note that comes so late is set aside.",
)
def driver_waits_long(swaps: Swaps) -> None:
    swaps.attribute(machine, "Limits", partial(Limits, settle_s=600.0, ask_s=600.0))


@bug("A stacked report that is repeated counts as another note: staff look for a ghost.")
def repeated_report_is_news(swaps: Swaps) -> None:
    real = Memory.settle

    def settle(self: Memory, end: NoteEnd) -> None:
        real(self, end)
        self.echo = False

    swaps.attribute(Memory, "settle", settle)


# -- the card ------------------------------------------------------------------------------------


def _written_in(swaps: Swaps, order: tuple[str, ...]) -> None:
    real = codec.plan_of

    def plan_of(layout: Any, image: Any, wanted: Any) -> Any:
        plan = real(layout, image, wanted)
        steps = sorted(plan.steps, key=lambda step: order.index(step.file))
        return replace(plan, steps=tuple(steps))

    swaps.function(real, plan_of)


@bug("The wallet is written first: what else is torn then cannot be told from rubbish.")
def wallet_first(swaps: Swaps) -> None:
    _written_in(swaps, (codec.WALLET, codec.RETURNED, codec.PARAMETERS))


@bug(
    "The return file is cleared last: a card pulled then is credit that the meter refuses.",
    guard="Until the return file is clear the verdict is torn and the meter refuses.",
)
def return_file_last(swaps: Swaps) -> None:
    _written_in(swaps, (codec.PARAMETERS, codec.WALLET, codec.RETURNED))


@bug("Any count from N+1 on proves the order: a torn wallet passes for the purchase.")
def any_count_proves(swaps: Swaps) -> None:
    real = verdict.classify

    def classify(layout: Any, image: Any, order: Any) -> Verdict:
        count = number(layout.files[codec.WALLET], "purchase_count", image.files[codec.WALLET])
        found = real(layout, image, order)
        return Verdict.WRITTEN if count >= order.vend.purchase_count else found

    swaps.function(real, classify)


# -- the journal ---------------------------------------------------------------------------------


@bug("What a fact leads to is done before the fact is kept: a power cut forgets why it was done.")
def wishes_before_append(swaps: Swaps) -> None:
    """One fact late: it goes to the journal when the next one comes."""
    real_turn, real_append = Engine.turn, Engine._append

    def append(self: Any, event: Event, reports: list[Report]) -> bool:
        self.__dict__["late"] = (event, reports)
        return True

    def turn(self: Any, event: Event) -> bool:
        late = self.__dict__.pop("late", None)
        if late and not real_append(self, *late):
            return False
        return real_turn(self, event)

    swaps.attribute(Engine, "turn", turn)
    swaps.attribute(Engine, "_append", append)


@bug("A fact that the disk did not take is obeyed all the same: at the next start nobody knows it.")
def full_disk_ignored(swaps: Swaps) -> None:
    def append(self: Any, event: Event, reports: list[Report]) -> bool:
        try:
            self._journal.append(event, reports)
        except JournalError:
            return True
        if reports:
            self._on_reports()
        return True

    swaps.attribute(Engine, "_append", append)


@dataclass
class _Cache:
    """What the disk really holds of a kiosk's files, while the system still keeps the rest."""

    image: Image
    commits: int = 0


@bug("The journal does not wait for the disk (synchronous off): a power cut takes the last facts.")
def commits_not_durable(swaps: Swaps) -> None:
    """The disk holds what it held some commits ago; only the mains show the difference."""
    caches: dict[Any, _Cache] = {}
    real_commit, real_blow = SimDatabase._after_commit, SimKiosk._blow

    def after_commit(self: Any) -> None:
        cache = caches.setdefault(self._disk, _Cache(self._disk.image()))
        cache.commits += 1
        if cache.commits % 4 == 0:
            cache.image = self._disk.image()
        real_commit(self)

    def blow(self: Any, what: str) -> None:
        real_blow(self, what)
        cache = caches.get(self.hardware.disk)
        if self.mains and cache:
            self._image = cache.image

    swaps.attribute(SimDatabase, "_after_commit", after_commit)
    swaps.attribute(SimKiosk, "_blow", blow)


# -- the outbox ----------------------------------------------------------------------------------


@bug("What waits in the outbox is forgotten when the program ends: the head office never knows.")
def outbox_dropped_at_restart(swaps: Swaps) -> None:
    real = Outbox._load

    def load(self: Any, connection: Connection) -> None:
        if "began" not in self.__dict__:
            self.began = True
            self._loaded_no = connection.scalar(select(func.max(outbox.outbox.c.report_no))) or 0
        real(self, connection)

    swaps.attribute(Outbox, "_load", load)


@bug("A report that failed three times is given up: the head office never knows.")
def outbox_gives_up(swaps: Swaps) -> None:
    real = Outbox._put_off

    def put_off(self: Any, waiting: Waiting, now_ms: int) -> None:
        real(self, waiting, now_ms)
        if waiting.attempts >= 2:
            _forget(self, waiting.report_no)
            self._schedule.delivered(waiting)

    swaps.attribute(Outbox, "_put_off", put_off)


def _forget(box: Any, report_no: int) -> None:
    done = update(outbox.outbox).where(outbox.outbox.c.report_no == report_no).values(state=DONE)
    with box._store.transaction() as connection:
        connection.execute(done)


@bug("A report counts as delivered before the head office took it: it is lost with its message.")
def outbox_done_before_answer(swaps: Swaps) -> None:
    def attempt(self: Any, waiting: Waiting, now_ms: int) -> None:
        envelope = self._envelope(waiting.report_no)
        self._done(waiting)
        with suppress(OfficeError):
            self._deliver(envelope)

    swaps.attribute(Outbox, "_try", attempt)
