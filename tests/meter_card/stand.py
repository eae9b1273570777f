"""What the meter-card tests share: bench cards, a head office for seals, and a desk under test."""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bench.card import Card, Chip
from bench.card_slot import CardSlot
from bench.issue_card import TEST_KEYS as ISSUER_KEYS
from bench.issue_card import CardIssue, issue
from bench.meter import Meter, MeterState
from center.keys.port import CardIdentity
from center.keys.soft import TEST_KEYS, SoftKeyService
from kiosk.flow import event as ev
from kiosk.meter_card.adapters import make_adapters
from kiosk.meter_card.port import (
    CardDesk,
    CardGone,
    CardMute,
    MeterCardAdapter,
    WriteOrder,
    WriteTalk,
)
from kiosk.meter_card.remote import WorkerCard
from kiosk.meter_card.supervisor import Limits
from vending.card import (
    CardKind,
    CardSnapshot,
    SealAnswer,
    SealRequest,
    SealStage,
    Verdict,
    WalletUnit,
)
from vending.messages import Vend
from vending.tariff import Quote

DEADLINE_S = 20.0
ORDER_NO = "1100012601010000019"
COUNT = 7
AMOUNT = 9_205
ENERGY = CardIssue(
    serial=bytes.fromhex("1A00C40099000909"),
    meter_no="001900450099",
    customer_no="330100200099",
    wallet_unit=WalletUnit.ENERGY,
    purchase_count=COUNT,
    wallet_amount=18_410,
    meter_remaining=2_365,
)
MONEY = CardIssue(
    serial=bytes.fromhex("1A00C40088000808"),
    meter_no="001900450088",
    customer_no="330100200088",
    wallet_unit=WalletUnit.MONEY,
    purchase_count=12,
    wallet_amount=5_000,
    meter_remaining=120,
)
OPENING = CardIssue(
    serial=bytes.fromhex("1A00C40077000707"),
    meter_no="001900450077",
    customer_no="330100200077",
    wallet_unit=WalletUnit.ENERGY,
    purchase_count=1,
    wallet_amount=10_000,
    kind=CardKind.OPENING,
    meter_remaining=10_000,
)
"""Its first purchase also writes the parameter file: it becomes a purchase card."""

WRITTEN_BYTES = {"purchase": 49 + 8, "opening": 45 + 49 + 8}
KEYS = SoftKeyService(TEST_KEYS, allow_test_keys=True)
NOTHING = Quote(
    paid_fen=0,
    balance_before_fen=0,
    arrears_fen=0,
    energy_fen=0,
    energy_wh=0,
    balance_after_fen=0,
    lines=(),
)


def vend_for(before: CardSnapshot, amount: int = AMOUNT) -> Vend:
    return Vend(
        order_no=ORDER_NO,
        purchase_count=before.purchase_count + 1,
        wallet_unit=before.wallet_unit,
        wallet_amount=amount,
        quote=NOTHING,
        sold_at_ms=0,
    )


def order_for(before: CardSnapshot, amount: int = AMOUNT) -> WriteOrder:
    return WriteOrder(order_no=ORDER_NO, vend=vend_for(before, amount), before=before)


def head_office(request: SealRequest, order: WriteOrder) -> SealAnswer:
    """What the head office's key service answers."""
    if request.stage is SealStage.AUTHENTICATE:
        return KEYS.authenticate(request)
    card = CardIdentity(
        serial=order.before.serial,
        meter_no=order.before.meter_no,
        customer_no=order.before.customer_no,
    )
    return KEYS.seal(request, order.vend, card)


def meter_of(wanted: CardIssue) -> Meter:
    """The meter that took every purchase so far: what it credits next is the judge."""
    state = MeterState(
        meter_no=wanted.meter_no,
        wallet_unit=wanted.wallet_unit,
        customer_no=wanted.customer_no,
        card_serial=wanted.serial,
        opened=True,
        purchase_count=wanted.purchase_count,
        remaining=wanted.meter_remaining,
    )
    return Meter(state, ISSUER_KEYS)


class SlotChannel:
    """A bench slot as a powered card, without a line in between."""

    def __init__(self, slot: CardSlot) -> None:
        self._slot = slot

    def power_on(self) -> bytes:
        self._slot.receive(b"\x00")
        self._slot.receive(b"\x01")
        reply = self._slot.receive(b"\x04")
        if reply is None:
            raise CardMute("no answer to reset")
        if not reply.payload:
            raise CardGone("no card")
        return reply.payload

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        reply = self._slot.receive(apdu)
        if reply is None:
            raise CardMute("silence")
        if len(reply.payload) < 2:
            raise CardGone("gone")
        return reply.payload[:-2], int.from_bytes(reply.payload[-2:])


def sg_user() -> MeterCardAdapter:
    (adapter,) = make_adapters()
    return adapter


class Bench:
    """A slot, a card in it and the adapter, in one thread: for trying every way to fail."""

    def __init__(self, chip: Chip) -> None:
        self.chip = chip
        self.slot = CardSlot()
        self.slot.insert(chip)
        self.channel = SlotChannel(self.slot)
        self.adapter = sg_user()

    def snapshot(self) -> CardSnapshot:
        snapshot = self.adapter.read(self.channel, self.channel.power_on()).snapshot
        assert snapshot is not None
        return snapshot

    def write(self, order: WriteOrder) -> str:
        return converse(self.adapter.write(self.channel, self.channel.power_on(), order), order)

    def verdict(self, order: WriteOrder) -> Verdict:
        image = self.adapter.read(self.channel, self.channel.power_on())
        return self.adapter.classify(image, order)

    def put_back(self) -> None:
        """The card comes back after it was pulled or lost power; the slot's faults are over."""
        self.slot.recover()
        if not self.slot.present:
            self.slot.insert(self.chip)


def converse(talk: WriteTalk, order: WriteOrder) -> str:
    """Let a write run to its end with the head office answering."""
    try:
        request = next(talk)
        while True:
            request = talk.send(head_office(request, order))
    except StopIteration as end:
        return str(end.value)


def issued(wanted: CardIssue) -> Card:
    return issue(wanted)


E = TypeVar("E", bound=ev.Event)


class Facts:
    """The inbox of a test: facts in their order, each waited for with a deadline."""

    def __init__(self) -> None:
        self._queue: queue.Queue[ev.Event] = queue.Queue()
        self.seen: list[ev.Event] = []

    def post(self, event: ev.Event) -> None:
        self._queue.put(event)

    def next(self, *kinds: type[E]) -> E:
        """Return the next fact of these kinds; facts of other kinds are passed over."""
        while True:
            event = self._queue.get(timeout=DEADLINE_S)
            self.seen.append(event)
            if isinstance(event, kinds):
                return event

    def rest(self) -> list[ev.Event]:
        """Return everything that has come, now and before."""
        while not self._queue.empty():
            self.seen.append(self._queue.get())
        return self.seen

    def count(self, kind: type[ev.Event]) -> int:
        return sum(isinstance(event, kind) for event in self.rest())


class DeskStand:
    """A desk under test and what it says."""

    def __init__(self, desk: WorkerCard) -> None:
        self.desk = desk
        self.port: CardDesk = desk
        self.facts = Facts()

    def until_ok(self) -> None:
        while self.facts.next(ev.DeviceChanged).state is not ev.DeviceState.OK:
            pass

    def read(self) -> CardSnapshot:
        self.desk.read()
        fact = self.facts.next(ev.CardRead, ev.CardUnreadable)
        assert isinstance(fact, ev.CardRead), fact
        return fact.card

    def unreadable(self) -> ev.CardFault:
        self.desk.read()
        fact = self.facts.next(ev.CardRead, ev.CardUnreadable)
        assert isinstance(fact, ev.CardUnreadable), fact
        return fact.fault

    def write(
        self, order: WriteOrder, at_seals: Callable[[SealRequest], None] = lambda _: None
    ) -> str:
        """Write; ``at_seals`` is called before each answer of the head office."""
        self.desk.write(order.order_no, order.vend, order.before)
        while True:
            fact = self.facts.next(ev.SealsWanted, ev.CardWriteEnded)
            if isinstance(fact, ev.CardWriteEnded):
                return fact.detail
            assert isinstance(fact, ev.SealsWanted)
            at_seals(fact.request)
            self.desk.continue_write(order.order_no, head_office(fact.request, order))

    def prove(self, order: WriteOrder) -> Verdict:
        self.desk.prove(order.order_no, order.vend, order.before)
        return self.facts.next(ev.CardProved).verdict


@contextmanager
def desk_at(
    url: str, limits: Limits | None = None, apdu_timeout_s: float = 1.0
) -> Iterator[DeskStand]:
    """A started desk whose reader works."""
    desk = WorkerCard(url, limits=limits, apdu_timeout_s=apdu_timeout_s)
    stand = DeskStand(desk)
    desk.start(stand.facts)
    try:
        stand.until_ok()
        yield stand
    finally:
        desk.stop(5.0)
