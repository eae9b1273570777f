"""What to show: a pure function of the session. Codes and numbers only; words live in
`assets/i18n`.
"""

from enum import StrEnum

from msgspec import Struct

from kiosk.flow.bill_view import bill_view
from kiosk.flow.event import Device, DeviceState, Fault
from kiosk.flow.phase import MORE_TIME_S, PHASES, Cause, Notice, Phase
from kiosk.flow.service import may_deliver, may_pay_bill
from kiosk.flow.session import Order, Session
from kiosk.flow.staff_view import staff_view
from kiosk.flow.view import BillView, StaffView
from vending.card import WalletUnit
from vending.cash import Business
from vending.messages import Account
from vending.order_no import terminal_of
from vending.tariff import Quote

GOODBYE_S = 8
"""How long the result, or the reason for none, stays after the card was taken; the next card ends
it at once.
"""

BILL_GOODBYE_S = 20
"""The same for a bill: nobody who takes a card shows that it was read. The next scan ends it."""


class Step(StrEnum):
    """The four steps that the customer sees at the top."""

    CARD = "card"
    CHECK = "check"
    PAY = "pay"
    TAKE = "take"


class Button(StrEnum):
    """What the customer can press. Each posts one event (see `kiosk.ui.bridge`)."""

    CONTINUE = "continue"
    CASH = "cash"
    FINISH = "finish"
    CANCEL = "cancel"
    MORE_TIME = "more-time"
    RESELL = "resell"
    DELIVER = "deliver"
    PAY_BILL = "pay-bill"


class Wait(StrEnum):
    """What the machine is busy with on the ``wait`` and ``write`` pages."""

    READING = "reading"
    LOOKING_UP = "looking-up"
    COUNTING = "counting"
    SELLING = "selling"
    WRITING = "writing"
    PROVING = "proving"
    ASKING_BILL = "asking-bill"
    POSTING = "posting"


class AccountView(Struct, frozen=True, kw_only=True):
    """Who buys, masked."""

    name_masked: str
    address_masked: str
    customer_no: str
    meter_no: str
    wallet_unit: WalletUnit
    meter_remaining: int | None
    """What the meter last wrote back, in wallet units; None when it has not."""
    balance_fen: int
    arrears_fen: int
    min_fen: int
    max_fen: int
    multiple_fen: int
    note_values_fen: tuple[int, ...]
    """The denominations that the machine takes."""


class TenderView(Struct, frozen=True, kw_only=True):
    """What is in and what it buys."""

    paid_fen: int
    notes: int
    last_note_fen: int | None
    """The note on its way into the box, or the last one that got there."""
    moving: bool
    """A note is on its way: the slot's picture moves."""
    quote: Quote | None
    room_fen: int
    """How much more may be put in."""


class OutcomeView(Struct, frozen=True, kw_only=True):
    """What the customer leaves with; also what the slip says, should it not come out."""

    order_no: str
    paid_fen: int
    sold: bool
    energy_wh: int | None
    wallet_money_fen: int | None
    balance_after_fen: int | None
    arrears_paid_fen: int | None
    slip_failed: bool
    printing: bool


class OwedView(Struct, frozen=True, kw_only=True):
    """What was paid earlier and is not delivered."""

    order_no: str
    terminal_no: str
    """Where it was paid."""
    here: bool
    """It was paid at this machine."""
    opened_at_ms: int
    paid_fen: int
    sold: bool
    energy_wh: int | None
    wallet_money_fen: int | None
    why: str | None
    """Code of a `Cause`: why it was not delivered then."""


class Screen(Struct, frozen=True, kw_only=True):
    """One complete picture of what the customer sees."""

    page: str
    phase: Phase
    language: str
    step: Step | None = None
    cause: Cause | None = None
    notice: Notice | None = None
    wait: Wait | None = None
    card_present: bool = False
    account: AccountView | None = None
    tender: TenderView | None = None
    outcome: OutcomeView | None = None
    owed: OwedView | None = None
    staff: StaffView | None = None
    bill: BillView | None = None
    business: Business = Business.ENERGY
    """What the visit is about."""
    bill_by_scan: bool = False
    """The code of a bill can be scanned here."""
    buttons: tuple[Button, ...] = ()
    countdown: bool = False
    """Show the seconds that are left."""
    more_time: bool = False
    """Ask "do you need more time?" over the page."""
    printer_down: bool = False
    """Say before paying that there will be no paper slip."""


_STEPS: dict[Phase, Step] = {
    Phase.IDLE: Step.CARD,
    Phase.READING: Step.CARD,
    Phase.LOOKING_UP: Step.CHECK,
    Phase.ACCOUNT: Step.CHECK,
    Phase.CHOOSING: Step.PAY,
    Phase.TENDERING: Step.PAY,
    Phase.STACKING: Step.PAY,
    Phase.CLOSING: Step.PAY,
    Phase.VENDING: Step.TAKE,
    Phase.WRITING: Step.TAKE,
    Phase.PROVING: Step.TAKE,
    Phase.CARD_BACK: Step.TAKE,
    Phase.DONE: Step.TAKE,
    Phase.DOUBTFUL: Step.TAKE,
    Phase.RESELL: Step.CARD,
    Phase.CODE: Step.CHECK,
    Phase.OWED: Step.CHECK,
    Phase.BILL_ASK: Step.CARD,
    Phase.BILL_CARD: Step.CARD,
    Phase.BILL_LOOKUP: Step.CHECK,
    Phase.BILL: Step.CHECK,
    Phase.POSTING: Step.TAKE,
}

_WAITS: dict[Phase, Wait] = {
    Phase.READING: Wait.READING,
    Phase.LOOKING_UP: Wait.LOOKING_UP,
    Phase.CLOSING: Wait.COUNTING,
    Phase.VENDING: Wait.SELLING,
    Phase.WRITING: Wait.WRITING,
    Phase.PROVING: Wait.PROVING,
    Phase.BILL_CARD: Wait.READING,
    Phase.BILL_LOOKUP: Wait.ASKING_BILL,
    Phase.POSTING: Wait.POSTING,
}

_COUNTDOWNS = {
    Phase.ACCOUNT,
    Phase.CHOOSING,
    Phase.TENDERING,
    Phase.CARD_BACK,
    Phase.DONE,
    Phase.DOUBTFUL,
    Phase.REFUSED,
    Phase.RESELL,
    Phase.CODE,
    Phase.OWED,
    Phase.STAFF,
    Phase.BILL_ASK,
    Phase.BILL,
}

_GOODBYES = {Phase.DONE, Phase.REFUSED}
"""What they say has been read soon after the card was taken."""

_WORKS = {DeviceState.OK, DeviceState.LOW}

_PRINTER_GONE = {Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.CUTTER, Fault.HARDWARE, Fault.NO_ANSWER}


def screen(session: Session) -> Screen:
    """Return what ``session`` looks like to the customer."""
    row = PHASES[session.phase]
    return Screen(
        page=row.page,
        phase=session.phase,
        language=session.language,
        step=_STEPS.get(session.phase),
        cause=session.cause,
        notice=session.notice,
        wait=_WAITS.get(session.phase),
        card_present=session.card_present,
        account=_account_view(session),
        tender=_tender_view(session),
        outcome=_outcome_view(session),
        owed=_owed_view(session),
        staff=staff_view(session),
        bill=bill_view(session),
        business=Business.BILL if session.billing else Business.ENERGY,
        bill_by_scan=session.part(Device.SCANNER).state in _WORKS,
        buttons=buttons(session),
        countdown=session.phase in _COUNTDOWNS,
        more_time=session.asked_more_time,
        printer_down=printer_down(session),
    )


def buttons(session: Session) -> tuple[Button, ...]:
    """Return what may be pressed now, the main one last."""
    if session.asked_more_time:
        leave = Button.FINISH if session.paid_fen else Button.CANCEL
        return (leave, Button.MORE_TIME)
    cancel = (Button.CANCEL,) if PHASES[session.phase].may_cancel else ()
    match session.phase:
        case Phase.IDLE:
            return (Button.RESELL, *_pay_bill(session))
        case Phase.OUT_OF_SERVICE:
            resell = (Button.RESELL,) if may_deliver(session) else ()
            return (*resell, *_pay_bill(session))
        case Phase.OWED:
            return (*cancel, Button.DELIVER)
        case Phase.ACCOUNT:
            return (*cancel, Button.CONTINUE)
        case Phase.CHOOSING:
            return (*cancel, Button.CASH)
        case Phase.TENDERING | Phase.STACKING if session.paid_fen and not session.finishing:
            return (Button.FINISH,)
        case _:
            return cancel


def _pay_bill(session: Session) -> tuple[Button, ...]:
    return (Button.PAY_BILL,) if may_pay_bill(session) else ()


def timeout_s(session: Session) -> int | None:
    """Return how long the session may stay as it is."""
    if session.asked_more_time:
        return MORE_TIME_S
    if session.phase in _GOODBYES and not session.card_present:
        return BILL_GOODBYE_S if session.billing else GOODBYE_S
    return PHASES[session.phase].timeout_s


def printer_down(session: Session) -> bool:
    """Tell whether a slip can be promised."""
    part = session.part(Device.PRINTER)
    return part.state is DeviceState.OFFLINE or part.fault in _PRINTER_GONE


def _account_view(session: Session) -> AccountView | None:
    account = session.account
    if account is None:
        return None
    returned = session.card.returned if session.card else None
    return AccountView(
        name_masked=account.name_masked,
        address_masked=account.address_masked,
        customer_no=account.customer_no,
        meter_no=account.meter_no,
        wallet_unit=account.wallet_unit,
        meter_remaining=returned.remaining if returned else None,
        balance_fen=account.balance_fen,
        arrears_fen=account.arrears_fen,
        min_fen=account.limits.min_fen,
        max_fen=account.limits.max_fen,
        multiple_fen=account.limits.multiple_fen,
        note_values_fen=session.policy.note_values_fen,
    )


def _tender_view(session: Session) -> TenderView | None:
    order, account = session.order, session.account
    if order is None or account is None:
        return None
    last = session.escrow or (order.notes[-1] if order.notes else None)
    return TenderView(
        paid_fen=order.paid_fen,
        notes=len(order.notes),
        last_note_fen=last.value_fen if last else None,
        moving=session.phase is Phase.STACKING,
        quote=order.vend.quote if order.vend else session.quote,
        room_fen=_room_fen(account, order),
    )


def _room_fen(account: Account, order: Order) -> int:
    return max(0, account.limits.max_fen - order.paid_fen)


def _outcome_view(session: Session) -> OutcomeView | None:
    order = session.order
    if order is None or session.phase not in {Phase.DONE, Phase.DOUBTFUL, Phase.CARD_BACK}:
        return None
    vend = order.vend
    energy = vend is not None and vend.wallet_unit is WalletUnit.ENERGY
    money = vend is not None and vend.wallet_unit is WalletUnit.MONEY
    return OutcomeView(
        order_no=order.order_no,
        paid_fen=order.paid_fen,
        sold=vend is not None,
        energy_wh=vend.quote.energy_wh if vend and energy else None,
        wallet_money_fen=vend.wallet_amount if vend and money else None,
        balance_after_fen=vend.quote.balance_after_fen if vend else None,
        arrears_paid_fen=vend.quote.arrears_fen if vend else None,
        slip_failed=session.slip_failed,
        printing=session.printing,
    )


def _owed_view(session: Session) -> OwedView | None:
    owed = session.owed
    if owed is None:
        return None
    vend = owed.vend
    energy = vend is not None and vend.wallet_unit is WalletUnit.ENERGY
    money = vend is not None and vend.wallet_unit is WalletUnit.MONEY
    return OwedView(
        order_no=owed.order_no,
        terminal_no=terminal_of(owed.order_no),
        here=terminal_of(owed.order_no) == session.policy.terminal_no,
        opened_at_ms=owed.opened_at_ms,
        paid_fen=owed.paid_fen,
        sold=vend is not None,
        energy_wh=vend.quote.energy_wh if vend and energy else None,
        wallet_money_fen=vend.wallet_amount if vend and money else None,
        why=owed.why,
    )
