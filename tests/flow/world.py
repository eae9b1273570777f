"""A card, its account, what the head office sells for it; and a walk through the flow."""

from collections.abc import Iterable
from typing import Self, TypeVar

import msgspec
from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import Command, RequestVend, StackNote, Tell
from kiosk.flow.event import Device, DeviceState, Event, Fault
from kiosk.flow.limits import wallet_amount
from kiosk.flow.machine import step
from kiosk.flow.notes import local_quote
from kiosk.flow.phase import PHASES, Phase
from kiosk.flow.policy import Policy
from kiosk.flow.screen import Button, screen, timeout_s
from kiosk.flow.session import BillOrder, Order, Session, fresh
from vending.card import CardKind, CardSnapshot, MeterReturn, SealRequest, SealStage, WalletUnit
from vending.messages import Account, Limits, Owed, Report, Vend
from vending.order_no import make_order_no
from vending.tariff import Quote, Tariff, TariffStep

W = TypeVar("W", bound=Command)
R = TypeVar("R", bound=Report)

Way = tuple[Phase, type[Event], Phase]
"""From a phase, by a kind of fact, to a phase."""

START_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z."""
POLICY = Policy(terminal_no="310042")
TARIFF = Tariff("resident", (TariffStep(2_160_000, 5_380), TariffStep(None, 5_880)))
LIMITS = Limits(min_fen=500, max_fen=50_000, multiple_fen=500)


def card_of(number: int = 1, unit: WalletUnit = WalletUnit.ENERGY, count: int = 7) -> CardSnapshot:
    """The card of customer ``number`` as the meter gave it back."""
    back = MeterReturn(purchase_count=count, remaining=900, overdraft=0, written_at="2601010000")
    return CardSnapshot(
        layout=f"sg-user-{unit}",
        serial=f"{number:016X}",
        meter_no=f"{number:012d}",
        customer_no=f"{number:010d}",
        kind=CardKind.PURCHASE,
        wallet_unit=unit,
        wallet_amount=0,
        purchase_count=count,
        returned=back,
        digest=f"{number:064x}",
    )


def account_of(card: CardSnapshot, limits: Limits = LIMITS, arrears_fen: int = 0) -> Account:
    """The account that belongs to ``card``."""
    return Account(
        customer_no=card.customer_no,
        meter_no=card.meter_no,
        name_masked="王**",
        address_masked="**路 3 号",
        wallet_unit=card.wallet_unit,
        purchase_count=card.purchase_count,
        tariff=TARIFF,
        used_this_year_wh=0,
        balance_fen=12,
        arrears_fen=arrears_fen,
        limits=limits,
    )


def vend_of(order: Order) -> Vend:
    """What the head office sells for what is in."""
    quote = local_quote(order.account, order.paid_fen)
    assert quote is not None
    return Vend(
        order_no=order.order_no,
        purchase_count=order.card.purchase_count + 1,
        wallet_unit=order.card.wallet_unit,
        wallet_amount=wallet_amount(order.account, order.paid_fen),
        quote=quote,
        sold_at_ms=START_MS,
    )


def owed_of(order: Order, *, by_machine: bool = True, here: bool = True) -> Owed:
    """What the head office says about an order that waits for its card."""
    number = order.order_no if here else make_order_no("310099", START_MS, 7)
    vend = order.vend and replace(order.vend, order_no=number)
    return Owed(
        order_no=number,
        opened_at_ms=order.opened_at_ms,
        paid_fen=order.paid_fen,
        vend=vend,
        account=order.account,
        card_serial=order.card.serial,
        why="card-gone",
        seals=order.seals,
        by_machine=by_machine,
    )


def quote_of(account: Account, paid_fen: int) -> Quote:
    found = local_quote(account, paid_fen)
    assert found is not None
    return found


def seal_request(order: Order, stage: SealStage = SealStage.AUTHENTICATE) -> SealRequest:
    return SealRequest(
        order_no=order.order_no,
        serial=order.card.serial,
        meter_no=order.card.meter_no,
        stage=stage,
        challenge="00" * 8,
    )


def part(device: Device, state: DeviceState = DeviceState.OK, fault: Fault = Fault.NONE) -> Event:
    return ev.DeviceChanged(device=device, state=state, fault=fault)


class Walk:
    """Feeds facts with rising dates, answers nothing by itself, checks the screen at each step."""

    def __init__(self, policy: Policy = POLICY, card: CardSnapshot | None = None) -> None:
        self.session: Session = fresh(policy)
        self.card = card or card_of()
        self.account = account_of(self.card)
        self.wishes: tuple[Command, ...] = ()
        """Of the last fact."""
        self.history: list[Command] = []
        self.facts: list[Event] = []
        self.ways: set[Way] = set()
        self.notes = 0
        self.at_ms = START_MS

    # -- feeding and looking ---------------------------------------------------------------------

    def feed(self, *facts: Event) -> Self:
        for fact in facts:
            self.at_ms += 1_000
            dated = replace(fact, at_ms=self.at_ms)
            self.facts.append(dated)
            before = self.session.phase
            self.session, self.wishes = step(self.session, dated)
            self.ways.add((before, type(fact), self.session.phase))
            self.history += self.wishes
            check_screen(self.session)
        return self

    def at(self, phase: Phase) -> Self:
        assert self.session.phase is phase
        return self

    @property
    def order(self) -> Order:
        assert self.session.order is not None
        return self.session.order

    def wish(self, kind: type[W]) -> W:
        """The one wish of this very kind that the last fact led to."""
        (found,) = [wish for wish in self.wishes if type(wish) is kind]
        assert isinstance(found, kind)
        return found

    def kinds(self) -> list[str]:
        return [type(wish).__name__ for wish in self.wishes if not isinstance(wish, Tell)]

    def told(self, kind: type[R]) -> list[R]:
        """Every report of this kind so far."""
        reports = [wish.report for wish in self.history if isinstance(wish, Tell)]
        return [report for report in reports if isinstance(report, kind)]

    def wished(self, kind: type[W]) -> list[W]:
        """Every wish of this very kind so far."""
        return [w for w in self.history if type(w) is kind and isinstance(w, kind)]

    def time_out(self) -> Self:
        assert timeout_s(self.session) is not None
        return self.feed(ev.TimedOut(phase=str(self.session.phase), round=self.session.round))

    # -- the usual way ---------------------------------------------------------------------------

    def open_shop(self) -> Self:
        return self.open_parts().at(Phase.IDLE)

    def open_parts(self) -> Self:
        """All is well with the machine."""
        parts = (Device.CARD_READER, Device.ACCEPTOR, Device.PRINTER, Device.HEAD_OFFICE)
        return self.feed(*(part(device) for device in parts))

    def insert(self, card: CardSnapshot | None = None) -> Self:
        return self.feed(ev.CardInserted(), ev.CardRead(card=card or self.card))

    def revisit(self) -> "Walk":
        """The card of a parked order comes back, and the head office says that it is owed."""
        self.insert().at(Phase.LOOKING_UP)
        parked = next(o for o in self.session.parked if o.card.serial == self.card.serial)
        return self.feed(ev.OwedFound(owed=owed_of(parked)))

    def to_account(self) -> "Walk":
        self.open_shop().insert().at(Phase.LOOKING_UP)
        return self.feed(ev.AccountFound(account=self.account)).at(Phase.ACCOUNT)

    def to_tender(self) -> "Walk":
        return self.to_account().feed(ev.ContinuePressed(), ev.CashChosen()).at(Phase.TENDERING)

    def offer(self, value_fen: int) -> str:
        """Put a note into escrow; return its id."""
        self.notes += 1
        note_id = f"boot-{self.notes}"
        self.feed(ev.NoteEscrowed(note_id=note_id, value_fen=value_fen))
        return note_id

    def pay(self, *values_fen: int) -> Self:
        for value_fen in values_fen:
            note_id = self.offer(value_fen)
            assert self.wish(StackNote).note_id == note_id
            self.feed(ev.NoteStacked(note_id=note_id, value_fen=value_fen))
        return self

    def to_vending(self, *values_fen: int) -> "Walk":
        self.to_tender().pay(*(values_fen or (10_000,)))
        self.feed(ev.FinishPressed()).at(Phase.CLOSING).feed(ev.AcceptorClosed())
        assert self.wish(RequestVend).request.notes == self.order.notes
        return self.at(Phase.VENDING)

    def approve(self) -> "Walk":
        return self.feed(ev.VendApproved(vend=vend_of(self.order)))

    def to_writing(self) -> "Walk":
        return self.to_vending().approve().at(Phase.WRITING)

    def end_write(self) -> "Walk":
        return self.feed(ev.CardWriteEnded(order_no=self.order.order_no)).at(Phase.PROVING)

    def take_card(self) -> Self:
        return self.feed(ev.CardRemoved())

    def restart(self) -> Self:
        return self.feed(ev.Restarted(boot_id="2"))


def money_walk() -> Walk:
    """With a card whose wallet counts fen."""
    return Walk(card=card_of(unit=WalletUnit.MONEY))


PRESSES: dict[Button, type[Event]] = {
    Button.CONTINUE: ev.ContinuePressed,
    Button.CASH: ev.CashChosen,
    Button.FINISH: ev.FinishPressed,
    Button.CANCEL: ev.CancelPressed,
    Button.MORE_TIME: ev.MoreTimePressed,
    Button.RESELL: ev.ResellPressed,
    Button.DELIVER: ev.DeliverPressed,
    Button.PAY_BILL: ev.BillPressed,
}
_PAYING = {Phase.TENDERING, Phase.STACKING, Phase.CLOSING}
_NEEDS_ACCOUNT = {Phase.ACCOUNT, Phase.CHOOSING}
_NEEDS_BILL = {Phase.BILL, Phase.POSTING}
_NEEDS_OUTCOME = {Phase.CARD_BACK, Phase.DONE, Phase.DOUBTFUL}
_NEEDS_CAUSE = {Phase.OUT_OF_SERVICE, Phase.REFUSED, Phase.DOUBTFUL}


def check_screen(session: Session) -> None:
    """The picture is whole: what the page needs is there, and every button does something."""
    picture = screen(session)
    row = PHASES[session.phase]
    assert picture.page == row.page
    assert (picture.account is not None) or session.phase not in _NEEDS_ACCOUNT
    assert (picture.bill is not None) or session.phase not in _NEEDS_BILL
    assert (picture.account or picture.bill) or session.phase not in _PAYING
    if session.bill:
        assert picture.bill
        assert picture.outcome is None
    else:
        assert (picture.outcome is not None) == (session.phase in _NEEDS_OUTCOME)
    assert (picture.cause is not None) or session.phase not in _NEEDS_CAUSE
    assert picture.countdown <= (timeout_s(session) is not None)
    assert picture.more_time <= row.asks_more_time
    assert (Button.CANCEL in picture.buttons) <= row.may_cancel
    for button in picture.buttons:
        before = session
        after, wishes = step(before, PRESSES[button]())
        assert (after, wishes) != (before, ()), f"{button} does nothing in {session.phase}"
    assert msgspec.json.decode(msgspec.json.encode(picture)) is not None


def notes_of(orders: Iterable[Order | BillOrder]) -> list[str]:
    return [note.note_id for order in orders for note in order.notes]
