"""A supervisor with a clock and a worker that does what a test says."""

from dataclasses import dataclass, field

from kiosk.flow import event as ev
from kiosk.meter_card import messages as ms
from kiosk.meter_card.port import WriteOrder
from kiosk.meter_card.supervisor import (
    Action,
    Kill,
    Limits,
    Post,
    Send,
    Start,
    Supervisor,
)
from tests.meter_card.stand import vend_for
from vending.card import (
    CardKind,
    CardSnapshot,
    SealAnswer,
    SealRequest,
    SealStage,
    WalletUnit,
)

LIMITS = Limits()
CARD = CardSnapshot(
    layout="sg-user-energy",
    serial="1A00C40099000909",
    meter_no="001900450099",
    customer_no="330100200099",
    kind=CardKind.PURCHASE,
    wallet_unit=WalletUnit.ENERGY,
    wallet_amount=1,
    purchase_count=7,
    returned=None,
    digest="00",
)
SEALS = SealAnswer(stage=SealStage.AUTHENTICATE)


def order(number: str) -> WriteOrder:
    return WriteOrder(order_no=number, vend=vend_for(CARD), before=CARD)


def seal_request(number: str) -> SealRequest:
    return SealRequest(
        order_no=number, serial=CARD.serial, meter_no="", stage=SealStage.SEAL, challenge="00"
    )


@dataclass
class World:
    """A supervisor, its clock, and the worker that it believes to have."""

    keeper: Supervisor = field(default_factory=lambda: Supervisor(LIMITS))
    now_s: float = 1000.0
    life: int = 0
    alive: bool = False
    unanswered: list[ms.Request] = field(default_factory=list)
    said: list[ms.Request] = field(default_factory=list)
    facts: list[ev.Event] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    def do(self, actions: list[Action]) -> list[ev.Event]:
        """Do what the supervisor says; return the facts in it."""
        posted = []
        for action in actions:
            match action:
                case Start():
                    assert not self.alive, "two workers at once"
                    assert action.life > self.life
                    self.life, self.alive, self.unanswered = action.life, True, []
                    self.starts.append(self.now_s)
                case Kill():
                    assert action.life == self.life
                    self.alive = False
                case Send():
                    assert self.alive, "talks to the dead"
                    again = action.request in self.said
                    assert not (again and isinstance(action.request, ms.Write)), "writes again"
                    self.unanswered.append(action.request)
                    self.said.append(action.request)
                case Post():
                    posted.append(action.event)
        self.facts += posted
        return posted

    def start(self) -> list[ev.Event]:
        return self.do(self.keeper.start(self.now_s))

    def hear(self, reply: ms.Reply) -> list[ev.Event]:
        return self.do(self.keeper.heard(self.life, reply, self.now_s))

    def ready(self) -> list[ev.Event]:
        return (
            self.hear(ms.Ready(4711)) + self.hear(ms.Reader(True)) + self.hear(ms.Presence(False))
        )

    def die(self) -> list[ev.Event]:
        self.alive = False
        return self.do(self.keeper.died(self.life, "exit code -11", self.now_s))

    def pass_time(self, seconds: float) -> list[ev.Event]:
        """Let time pass and wake the supervisor whenever it wants to be woken."""
        end_s, posted = self.now_s + seconds, []
        while (wake_s := self.keeper.wake_at_s()) <= end_s:
            self.now_s = max(self.now_s, wake_s)
            posted += self.do(self.keeper.tick(self.now_s))
        self.now_s = end_s
        return posted
