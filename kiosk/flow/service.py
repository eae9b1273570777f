"""What holds in every phase; going in and out of service; the way home; starting again."""

from msgspec.structs import replace

from kiosk.flow import box
from kiosk.flow import event as ev
from kiosk.flow.command import (
    AskNote,
    CloseAcceptor,
    Command,
    InquireBill,
    InquireVend,
    PayBill,
    ReadCard,
    ReleaseCard,
    RequestResell,
    RequestVend,
    StackNote,
    Tell,
)
from kiosk.flow.event import Device, DeviceState, Fault
from kiosk.flow.phase import PHASES, Cause, Phase, Why
from kiosk.flow.rules import ALL_PHASES, Step, on
from kiosk.flow.session import BillOrder, Order, PartStatus, Session
from vending.messages import Alarm, OrderAbandoned

_WORKING = {DeviceState.OK, DeviceState.LOW}
_OUTLIVES_A_CUSTOMER = (
    CloseAcceptor,
    StackNote,
    RequestVend,
    RequestResell,
    InquireVend,
    PayBill,
    InquireBill,
)
"""Wishes whose answers matter even when nobody waits for them any more."""
_MACHINE_AT_WORK = {
    Phase.READING,
    Phase.LOOKING_UP,
    Phase.STACKING,
    Phase.CLOSING,
    Phase.VENDING,
    Phase.WRITING,
    Phase.PROVING,
    Phase.BILL_CARD,
    Phase.BILL_LOOKUP,
    Phase.POSTING,
}
"""Nobody reads or decides here: a new language gives a device no more time to answer."""
_CASH_ONLY = {None, Why.ACCEPTOR_DOWN, Why.BOX_FULL}
"""Reasons to be out of service that stop nothing but banknotes. Not a clearing, nor a box
that was disturbed: then staff are, or must come, to the machine."""
_ALARMING = {Fault.BOX_FULL, Fault.CHEATED, Fault.JAM_IN_STACKER}
"""Not a box that is out: that depends on whether it was announced (`kiosk.flow.box`)."""


def observe(session: Session, event: ev.Event) -> Step:
    """Take note of what holds whatever the phase is."""
    seen, told = _observe(session, event)
    boxed, alarmed = box.observe(seen, event)
    return boxed, (*told, *alarmed)


def _observe(session: Session, event: ev.Event) -> Step:
    match event:
        case ev.DeviceChanged():
            return _observe_part(session, event)
        case ev.CardInserted():
            return session.but(card_present=True), ()
        case ev.CardRemoved():
            return session.but(card_present=False), ()
        case ev.LanguageChosen():
            more_time = session.phase not in _MACHINE_AT_WORK
            return session.but(language=event.language, round=session.round + more_time), ()
        case ev.SignedInAt():
            highest = max(session.orders_made, event.last_order_sequence)
            return session.but(orders_made=highest), ()
        case ev.NoteStacked() | ev.NoteUnknown():
            return session.but(note_end=event), ()
        case ev.NoteEscrowed() | ev.AcceptorClosed():
            return session.but(note_end=None), ()
        case _:
            return session, ()


def _observe_part(session: Session, event: ev.DeviceChanged) -> Step:
    before = session.part(event.device)
    parts = {**session.parts, event.device: PartStatus(event.state, event.fault)}
    news = event.fault in _ALARMING and event.fault != before.fault
    alarm = Alarm(code=event.fault, detail=event.device, at_ms=event.at_ms)
    told = (Tell(report=alarm),) if news else ()
    back = event.device is Device.HEAD_OFFICE and before.state not in _WORKING
    heard = session.but(parts=parts)
    if not back or event.state not in _WORKING:
        return heard, told
    asking, asked = ask_about_parked(heard)
    return asking, (*told, *asked)


def ask_about_parked(session: Session) -> Step:
    """Orders that wait here may have been sold, or posted, or have ended, elsewhere."""
    asked = tuple(replace(order, vend_asked=True) for order in session.parked)
    sales = tuple(InquireVend(order_no=order.order_no) for order in asked)
    bills = tuple(InquireBill(order_no=bill.order_no) for bill in bills_in_doubt(session))
    return session.but(parked=asked), (*sales, *bills)


def bills_in_doubt(session: Session) -> tuple[BillOrder, ...]:
    """Return the payments of bills that wait, the one that the screen still tells of included."""
    shown = session.bill if session.phase is Phase.DOUBTFUL else None
    return (*session.parked_bills, shown) if shown else session.parked_bills


def without_parked(session: Session, order_no: str) -> Session:
    """Forget a parked order."""
    orders = tuple(order for order in session.parked if order.order_no != order_no)
    bills = tuple(bill for bill in session.parked_bills if bill.order_no != order_no)
    return session.but(parked=orders, parked_bills=bills)


def has_too_many_open(session: Session) -> bool:
    """Tell whether so many paid orders wait that no new one may be opened."""
    open_orders = len(session.parked) + len(session.parked_bills)
    return open_orders >= session.policy.parked_orders


def out_of_service_cause(session: Session) -> Why | None:
    """Return why nobody can be served, or None. Cash is the only way to pay, so it must work.

    A period that is being closed goes before all else: it waits for a person, not for a part.
    """
    if not session.cash.is_open:
        return Why.CLEARING if session.cash.operator else Why.BOX_DISTURBED
    parts = [session.part(d) for d in (Device.CARD_READER, Device.ACCEPTOR, Device.HEAD_OFFICE)]
    if any(part.state is DeviceState.STARTING for part in parts):
        return Why.STARTING
    reader, acceptor, office = parts
    if reader.state not in _WORKING:
        return Why.READER_DOWN
    if acceptor.state not in _WORKING:
        return Why.BOX_FULL if acceptor.fault is Fault.BOX_FULL else Why.ACCEPTOR_DOWN
    if office.state not in _WORKING:
        return Why.OFFICE_DOWN
    return None


def may_buy(session: Session) -> bool:
    """Tell whether energy can be bought now."""
    return out_of_service_cause(session) is None and not has_too_many_open(session)


def may_pay_bill(session: Session) -> bool:
    """Tell whether a bill can be paid now: that needs no card."""
    return session.policy.bills and no_bill_cause(session) is None


def no_bill_cause(session: Session) -> Why | None:
    """Return why no bill can be paid now, or None."""
    if not session.cash.is_open or not acceptor_works(session):
        return Why.CASH_UNAVAILABLE
    if session.part(Device.HEAD_OFFICE).state not in _WORKING:
        return Why.OFFICE_UNREACHABLE
    return Why.TOO_MANY_OPEN if has_too_many_open(session) else None


def may_deliver(session: Session) -> bool:
    """Tell whether what was paid earlier can be delivered now: that needs no room for notes."""
    return out_of_service_cause(session) in _CASH_ONLY and all(
        session.part(device).state in _WORKING
        for device in (Device.CARD_READER, Device.HEAD_OFFICE)
    )


def acceptor_works(session: Session) -> bool:
    """Tell whether notes can be taken now: the slot works and nobody is at the box."""
    return session.cash.is_open and session.part(Device.ACCEPTOR).state in _WORKING


def card_is_in_slot(session: Session) -> bool:
    """Tell whether a card must be taken before anybody else is served.

    A reader that is out of order does not tell when the card is gone: nobody waits for that.
    """
    return session.card_present and session.part(Device.CARD_READER).state in _WORKING


def home(session: Session) -> Session:
    """Forget the customer, keep the machine's own state, and open or close the shop.

    An order left in doubt joins the parked ones; one whose money was taken elsewhere does not: the
    head office tells of it again at the card's next visit, wherever that is.
    """
    order = session.order if session.phase is Phase.DOUBTFUL else None
    parked = (*session.parked, order) if order and not order.is_adopted else session.parked
    lasting = tuple(w for w in session.pending if isinstance(w, _OUTLIVES_A_CUSTOMER))
    bare = session.with_nobody().but(
        parked=parked, parked_bills=bills_in_doubt(session), pending=lasting
    )
    cause = out_of_service_cause(bare)
    return bare.to(Phase.OUT_OF_SERVICE if cause else Phase.IDLE, cause=cause)


def leave_staff(session: Session) -> Step:
    """Staff have left: serve customers again, the one whose card is in the slot first."""
    waiting = session.card_present and may_deliver(session)
    return read_waiting_card(session) if waiting else (home(session), ())


def read_waiting_card(session: Session) -> Step:
    """Whose card lies in the slot is next."""
    return home(session).to(Phase.READING, cause=None), (ReadCard(),)


def refuse(session: Session, cause: Cause) -> Step:
    """Explain, and let the customer take the card. Nothing was paid."""
    return session.to(Phase.REFUSED, cause=cause, notice=None, escrow=None), (ReleaseCard(),)


def leave(session: Session, cause: Cause) -> Step:
    """Let somebody go who came for a bill and paid nothing: with a reason, unless it was his own
    wish and no card is in the slot.
    """
    goes = cause in {Why.CANCELLED, Why.TIMED_OUT} and not session.card_present
    return (home(session), ()) if goes else refuse(session, cause)


def more_time_or(session: Session, leave: Step) -> Step:
    """Ask "do you need more time?" once; the second silence leaves."""
    if session.asked_more_time or not PHASES[session.phase].asks_more_time:
        return leave
    return session.but(asked_more_time=True, round=session.round + 1), ()


# -- in and out of service -----------------------------------------------------------------------


@on(Phase.IDLE, ev.DeviceChanged, to=Phase.OUT_OF_SERVICE)
def close_shop(session: Session, event: ev.DeviceChanged) -> Step:
    """Nobody is served while something needed for it is missing."""
    cause = out_of_service_cause(session)
    return (session.to(Phase.OUT_OF_SERVICE, cause=cause), ()) if cause else (session, ())


@on(Phase.OUT_OF_SERVICE, ev.DeviceChanged, to={Phase.IDLE, Phase.READING})
def open_shop(session: Session, event: ev.DeviceChanged) -> Step:
    """Serve again as soon as all is well; a card that waited in the slot is read at once."""
    cause = out_of_service_cause(session)
    if session.card_present and may_deliver(session):
        return session.to(Phase.READING, cause=None), (ReadCard(),)
    if cause:
        return session.but(cause=cause), ()
    return session.to(Phase.IDLE, cause=None), ()


@on({p for p in Phase if PHASES[p].asks_more_time}, ev.MoreTimePressed)
def give_more_time(session: Session, event: ev.MoreTimePressed) -> Step:
    """The time-out starts anew."""
    return session.to(session.phase), ()


# -- starting again ------------------------------------------------------------------------------

_MONEY_MAY_MOVE = {Phase.TENDERING, Phase.STACKING, Phase.CLOSING}
_OFFICE_MAY_ACT = {Phase.VENDING, Phase.POSTING}
_CARD_MAY_BE_WRITTEN = {Phase.WRITING, Phase.PROVING, Phase.CARD_BACK}


def wake(session: Session, event: ev.Restarted) -> Step:
    """Return the session of a program that knows of no device yet, and what it must ask about."""
    lasting = _questions(session.pending)
    policy = event.policy or session.policy
    return session.but(policy=policy, parts={}, card_present=False, pending=()), lasting


@on(
    ALL_PHASES - {Phase.TESTING},
    ev.Restarted,
    to={Phase.CLOSING, Phase.VENDING, Phase.CARD_BACK, Phase.OUT_OF_SERVICE},
)
def start_again(session: Session, event: ev.Restarted) -> Step:
    """Ask about everything that is pending; finish or park the order in hand.

    What the card holds is asked when the reader reports a card: until then there is none to ask.
    """
    woken, lasting = wake(session, event)
    if woken.phase in _MONEY_MAY_MOVE:
        return woken.to(Phase.CLOSING, cause=Why.TIMED_OUT), once_closed(lasting)
    if woken.phase in _OFFICE_MAY_ACT and woken.payment:
        return woken.to(woken.phase), _about(lasting, woken.payment)
    if woken.phase in _CARD_MAY_BE_WRITTEN and woken.order:
        return woken.to(Phase.CARD_BACK, cause=None), lasting
    return home(woken), lasting


def _questions(pending: tuple[Command, ...]) -> tuple[Command, ...]:
    """Return what outlives a customer as questions, one about each note and order."""
    found: dict[tuple[type[Command], str], Command] = {}
    for ask in (ask for wish in pending for ask in wish.ask()):
        # A note that may have been swallowed is not asked about as one that was given back.
        if isinstance(ask, _OUTLIVES_A_CUSTOMER) and not (
            isinstance(ask, AskNote) and ask.returning and _subject(ask) in found
        ):
            found[_subject(ask)] = ask
    return tuple(found.values())


def _subject(ask: Command) -> tuple[type[Command], str]:
    return type(ask), getattr(ask, "note_id", "") or getattr(ask, "order_no", "")


def once_closed(asks: tuple[Command, ...]) -> tuple[Command, ...]:
    """Notes are asked about before the acceptor is closed, and it is closed once."""
    return (*(ask for ask in asks if not isinstance(ask, CloseAcceptor)), CloseAcceptor())


def _about(asks: tuple[Command, ...], payment: Order | BillOrder) -> tuple[Command, ...]:
    """The order in hand is asked about, whatever else is."""
    kind = InquireBill if isinstance(payment, BillOrder) else InquireVend
    own = kind(order_no=payment.order_no)
    return asks if _subject(own) in {_subject(ask) for ask in asks} else (*asks, own)


def abandon(session: Session, at_ms: int) -> tuple[Command, ...]:
    """Return the report that an order on which nothing was paid is over."""
    if session.payment is None:
        return ()
    return (Tell(report=OrderAbandoned(order_no=session.payment.order_no, at_ms=at_ms)),)
