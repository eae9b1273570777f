"""Every state that a customer can meet, as screens made by the flow from sample sessions.

The gallery draws them and the layout tests measure them, with ordinary and with extreme content.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from kiosk.flow.event import CardFault, Device, DeviceState, Fault
from kiosk.flow.phase import Cause, Notice, Phase, Why
from kiosk.flow.policy import Policy
from kiosk.flow.screen import Screen, screen
from kiosk.flow.session import Order, PartStatus, Session
from kiosk.ui.config import UiConfig
from vending.card import CardKind, CardSnapshot, MeterReturn, WalletUnit
from vending.messages import Account, Limits, Note, Reason, Vend
from vending.order_no import make_order_no
from vending.tariff import Quote, Tariff, TariffStep, quote

if TYPE_CHECKING:
    from kiosk.engine.staff import StaffDesk
    from kiosk.engine.workshop import Workshop
    from kiosk.ui.window import Window

AT_MS = 1_763_956_800_000
TERMINAL_NO = "330106"
CONFIG = UiConfig(
    terminal_no=TERMINAL_NO,
    service_phone="400 820 5598",
    operator_name="城东供电公司",
    motion=False,
)
LONG_CONFIG = UiConfig(
    terminal_no=TERMINAL_NO,
    service_phone="0571-8820 5598 转 3306",
    operator_name="钱塘江南岸经济技术开发区供电服务有限公司",
    motion=False,
)

TARIFF = Tariff(
    "residential",
    (TariffStep(2_760_000, 5380), TariffStep(4_800_000, 5880), TariffStep(None, 8380)),
)


class Sample(NamedTuple):
    """A named state."""

    name: str
    screen: Screen
    act: "Callable[[Window], None] | None" = None
    """What somebody does on the page, for what the screen alone does not tell."""
    desk: "StaffDesk | None" = None
    workshop: "Workshop | None" = None

    def play(self, window: "Window", screen: Screen, deadline_s: float | None = None) -> None:
        """Show ``screen``, this sample's or one much like it, as if its page had just come up."""
        window.desk, window.workshop = self.desk, self.workshop
        if window.page:
            window.page.leave()
        window.show_screen(screen, deadline_s)
        if self.act:
            self.act(window)


class Person(NamedTuple):
    """Who stands in front of the machine."""

    account: Account
    card: CardSnapshot


def person(
    *,
    unit: WalletUnit = WalletUnit.ENERGY,
    name: str = "王*玥",
    address: str = "杭州市上城区望江街道**小区3幢2单元***室",
    arrears_fen: int = 0,
    remaining: int | None = 3_215,
    balance_fen: int = 37,
    limits: Limits | None = None,
) -> Person:
    """Return an ordinary resident unless told otherwise."""
    limits = limits or Limits(min_fen=1000, max_fen=200_000, multiple_fen=500)
    account = Account(
        customer_no="3300451276",
        meter_no="330104007866",
        name_masked=name,
        address_masked=address,
        wallet_unit=unit,
        purchase_count=17,
        tariff=TARIFF,
        used_this_year_wh=2_700_000,
        balance_fen=balance_fen,
        arrears_fen=arrears_fen,
        limits=limits,
    )
    return Person(account, _card(account, remaining))


def _card(account: Account, remaining: int | None) -> CardSnapshot:
    returned = None
    if remaining is not None:
        returned = MeterReturn(
            purchase_count=17, remaining=remaining, overdraft=0, written_at="2511230915"
        )
    return CardSnapshot(
        layout="sg-user-energy",
        serial="0011223344556677",
        meter_no=account.meter_no,
        customer_no=account.customer_no,
        kind=CardKind.PURCHASE,
        wallet_unit=account.wallet_unit,
        wallet_amount=0,
        purchase_count=17,
        returned=returned,
        digest="00" * 32,
    )


RESIDENT = person()
DEBTOR = person(arrears_fen=3520, name="欧阳*", remaining=None)
MONEY_USER = person(unit=WalletUnit.MONEY, remaining=2_315, balance_fen=0)
EXTREME = person(
    name="阿卜杜热合曼·买买提***",
    address="新疆维吾尔自治区巴音郭楞蒙古自治州和静县巴音布鲁克镇**************路1288号**花园二期12幢3单元****室",
    arrears_fen=1_234_567,
    remaining=99_999_999,
    balance_fen=9_999_999,
    limits=Limits(min_fen=10_000, max_fen=9_999_900, multiple_fen=10_000),
)


def session(
    who: Person | None, phase: Phase, *, notes: tuple[int, ...] = (), **more: object
) -> Session:
    """Return the session of ``who`` in ``phase`` with ``notes`` (fen) in the box."""
    policy = Policy(terminal_no=TERMINAL_NO)
    start = Session(policy=policy, phase=phase, card_present=who is not None)
    if who is None:
        return start.but(**more)
    known = start.but(card=who.card, account=who.account)
    if phase in _BEFORE_PAYING:
        return known.but(**more)
    order = Order(
        order_no=make_order_no(TERMINAL_NO, AT_MS, 128),
        opened_at_ms=AT_MS,
        account=who.account,
        card=who.card,
        notes=tuple(Note(note_id=f"n{at}", value_fen=value) for at, value in enumerate(notes)),
    )
    return known.but(order=order, quote=_quote(who.account, sum(notes))).but(**more)


_BEFORE_PAYING = frozenset(
    {
        Phase.READING,
        Phase.LOOKING_UP,
        Phase.ACCOUNT,
        Phase.CHOOSING,
        Phase.REFUSED,
        Phase.CODE,
        Phase.OWED,
    }
)


def _quote(account: Account, paid_fen: int) -> Quote:
    return quote(
        TARIFF,
        used_wh=account.used_this_year_wh,
        arrears_fen=account.arrears_fen,
        balance_fen=account.balance_fen,
        paid_fen=paid_fen,
    )


def sold(state: Session) -> Session:
    """Return ``state`` with its order sold."""
    order, bought = state.order, state.quote
    if order is None or bought is None:
        raise ValueError("only an order can be sold")
    money = order.account.wallet_unit is WalletUnit.MONEY
    vend = Vend(
        order_no=order.order_no,
        purchase_count=18,
        wallet_unit=order.account.wallet_unit,
        wallet_amount=bought.energy_fen if money else bought.energy_wh // 10,
        quote=bought,
        sold_at_ms=AT_MS,
    )
    return state.but(order=replace(order, vend=vend))


PAPER_OUT = {Device.PRINTER: PartStatus(DeviceState.FAULT, Fault.PAPER_OUT)}
THREE_NOTES = (10_000, 5_000, 2_000)
FORTY_NOTES = (10_000,) * 40


def samples() -> list[Sample]:
    """Return every state, in the order of a purchase."""
    return [
        *_begin(),
        *_choose(),
        *_tender(),
        *_deliver(),
        *(Sample(f"refused-{cause.value}", screen(_refused(cause))) for cause in REFUSALS),
        *(Sample(f"doubtful-{cause.value}", screen(_doubtful(cause))) for cause in DOUBTS),
        *(Sample(f"out-of-service-{cause.value}", screen(_closed(cause))) for cause in CLOSURES),
    ]


def _begin() -> Iterator[Sample]:
    yield Sample("idle", screen(session(None, Phase.IDLE)))
    yield Sample("idle-no-paper", screen(session(None, Phase.IDLE, parts=PAPER_OUT)))
    yield Sample("wait-reading", screen(session(RESIDENT, Phase.READING)))
    yield Sample("wait-looking-up", screen(session(RESIDENT, Phase.LOOKING_UP)))
    yield Sample("account", screen(session(RESIDENT, Phase.ACCOUNT)))
    yield Sample("account-debtor", screen(session(DEBTOR, Phase.ACCOUNT, parts=PAPER_OUT)))
    yield Sample("account-money", screen(session(MONEY_USER, Phase.ACCOUNT)))
    yield Sample("account-extreme", screen(session(EXTREME, Phase.ACCOUNT, parts=PAPER_OUT)))
    yield Sample(
        "account-more-time", screen(session(RESIDENT, Phase.ACCOUNT, asked_more_time=True))
    )


def _choose() -> Iterator[Sample]:
    yield Sample("choose", screen(session(RESIDENT, Phase.CHOOSING)))
    yield Sample("choose-debtor", screen(session(DEBTOR, Phase.CHOOSING, parts=PAPER_OUT)))
    yield Sample("choose-extreme", screen(session(EXTREME, Phase.CHOOSING, parts=PAPER_OUT)))


def _tender() -> Iterator[Sample]:
    paying = Phase.TENDERING
    yield Sample("tender-empty", screen(session(RESIDENT, paying)))
    yield Sample("tender", screen(session(RESIDENT, paying, notes=THREE_NOTES)))
    yield Sample("tender-empty-debtor", screen(session(DEBTOR, paying)))
    yield Sample("tender-debtor", screen(session(DEBTOR, paying, notes=(5000,))))
    yield Sample("tender-money", screen(session(MONEY_USER, paying, notes=(10_000,))))
    yield Sample("tender-working-out", screen(session(RESIDENT, paying, notes=(5000,), quote=None)))
    full = session(RESIDENT, paying, notes=(10_000,) * 20)
    yield Sample("tender-full", screen(full))
    yield Sample("tender-extreme", screen(session(EXTREME, paying, notes=FORTY_NOTES * 5)))
    moving = session(RESIDENT, Phase.STACKING, notes=(10_000,))
    yield Sample("tender-moving", screen(moving.but(escrow=Note(note_id="n9", value_fen=5000))))
    more = session(RESIDENT, paying, notes=THREE_NOTES, asked_more_time=True)
    yield Sample("tender-more-time", screen(more))
    for notice in Notice:
        notes = () if notice is Notice.NOTE_UNRECOGNISED else (10_000,)
        who = EXTREME if notice is Notice.NOTE_OVERSTOCK else RESIDENT
        state = session(who, paying, notes=notes, notice=notice)
        yield Sample(f"tender-{notice.value}", screen(state))
    yield Sample("wait-counting", screen(session(RESIDENT, Phase.CLOSING, notes=THREE_NOTES)))


def _deliver() -> Iterator[Sample]:
    paid = sold(session(RESIDENT, Phase.DONE, notes=THREE_NOTES))
    wait = session(RESIDENT, Phase.VENDING, notes=THREE_NOTES)
    yield Sample("wait-selling", screen(wait))
    yield Sample("wait-asking-again", screen(wait.but(notice=Notice.ASKING_AGAIN)))
    yield Sample("write", screen(sold(wait).but(phase=Phase.WRITING)))
    again = sold(wait).but(phase=Phase.WRITING, notice=Notice.WRITING_AGAIN)
    yield Sample("write-again", screen(again))
    yield Sample("write-resumed", screen(again.but(notice=Notice.RESUMED)))
    yield Sample("write-proving", screen(sold(wait).but(phase=Phase.PROVING)))
    yield Sample("done-printing", screen(paid.but(printing=True)))
    yield Sample("done", screen(paid))
    yield Sample("done-card-taken", screen(paid.but(card_present=False)))
    yield Sample("done-no-slip", screen(paid.but(slip_failed=True, notice=Notice.NO_SLIP)))
    money = sold(session(MONEY_USER, Phase.DONE, notes=(10_000,)))
    yield Sample("done-money", screen(money))
    debtor = sold(session(DEBTOR, Phase.DONE, notes=(10_000,)))
    yield Sample("done-debtor", screen(debtor))
    extreme = sold(session(EXTREME, Phase.DONE, notes=FORTY_NOTES * 24))
    yield Sample("done-extreme", screen(extreme))
    yield Sample(
        "done-extreme-no-slip", screen(extreme.but(slip_failed=True, notice=Notice.NO_SLIP))
    )
    back = sold(session(RESIDENT, Phase.CARD_BACK, notes=THREE_NOTES)).but(card_present=False)
    yield Sample("card-back", screen(back))
    for cause in (Why.CARD_GONE, CardFault.MUTE, CardFault.PULLED):
        yield Sample(f"card-back-{cause.value}", screen(back.but(cause=cause)))
    changed = back.but(cause=Why.CARD_CHANGED, card_present=True)
    yield Sample("card-back-card-changed", screen(changed))


CLOSURES: tuple[Cause, ...] = (
    Why.STARTING,
    Why.READER_DOWN,
    Why.ACCEPTOR_DOWN,
    Why.BOX_FULL,
    Why.CLEARING,
    Why.BOX_DISTURBED,
    Why.OFFICE_DOWN,
    Why.RECORDS_DAMAGED,
    Why.NO_SPACE,
    Why.CLOCK_WRONG,
    Why.NOT_SET_UP,
    Why.OUT_OF_ORDER,
    Reason.TERMINAL_UNKNOWN,
    Reason.TERMINAL_BLOCKED,
)
DOUBTS: tuple[Cause, ...] = (
    Why.SALE_UNKNOWN,
    Why.NOT_SOLD,
    Why.WRITE_FAILED,
    Why.CARD_GONE,
    Why.CARD_DOUBTFUL,
    Why.CARD_CHANGED,
    Why.SEALS_FAILED,
    *Reason,
)
REFUSALS: tuple[Cause, ...] = (
    *CardFault,
    *Reason,
    Why.OFFICE_UNREACHABLE,
    Why.CASH_UNAVAILABLE,
    Why.TOO_MANY_OPEN,
    Why.CARD_CHANGED,
    Why.CANCELLED,
    Why.TIMED_OUT,
)
OUT_ALREADY = frozenset({CardFault.PULLED, CardFault.MUTE, Reason.NOT_LOADED, Reason.WRONG_METER})
"""Shown with the card gone, so that both pictures of a page are seen."""


def _refused(cause: Cause) -> Session:
    state = session(RESIDENT, Phase.REFUSED, cause=cause)
    return state.but(card_present=cause not in OUT_ALREADY)


def _doubtful(cause: Cause) -> Session:
    state = session(RESIDENT, Phase.DOUBTFUL, notes=THREE_NOTES, cause=cause)
    no_slip = cause is Why.SALE_UNKNOWN
    return state.but(
        card_present=cause is not Why.CARD_GONE,
        slip_failed=no_slip,
        notice=Notice.NO_SLIP if no_slip else None,
    )


def _closed(cause: Cause) -> Session:
    return session(None, Phase.OUT_OF_SERVICE, cause=cause)
