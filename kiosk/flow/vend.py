"""Selling: one request under the order's number, then only questions about it."""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import (
    Command,
    InquireVend,
    ProveCard,
    ReleaseCard,
    RequestResell,
    RequestVend,
    Tell,
    WriteCard,
)
from kiosk.flow.phase import Cause, Notice, Phase, Why
from kiosk.flow.rules import ALL_PHASES, Step, on
from kiosk.flow.service import refuse
from kiosk.flow.session import Order, Session
from kiosk.flow.slip import print_slip
from vending.card import CardSnapshot
from vending.messages import OrderParked, Reason, ResellRequest, Vend, VendRequest

_ENDED = {Reason.ORDER_CANCELLED, Reason.ORDER_REFUNDED}

FIRST_PAUSE_S = 3
"""Before the first inquiry; each further one waits twice as long."""


def take_up(session: Session, order: Order) -> Step:
    """Go on with a paid order from wherever it got to. Also the way of every resumed order."""
    in_hand = session.but(order=order, cause=None, finishing=False, escrow=None)
    if not session.card_present:
        return in_hand.to(Phase.CARD_BACK), ()
    if order.vend:
        return prove(in_hand, order, order.vend)
    if order.vend_asked:
        return in_hand.to(Phase.VENDING), (InquireVend(order_no=order.order_no),)
    return sell(in_hand, order)


def ask_about(session: Session, order: Order) -> Step:
    """Ask what became of the order before anything else is done about it."""
    asked = replace(order, vend_asked=True)
    wish = InquireVend(order_no=order.order_no)
    return session.to(Phase.VENDING, order=asked, cause=None, finishing=False, escrow=None), (wish,)


def as_it_came_back(order: Order, card: CardSnapshot) -> Order:
    """Take the card as it is now for the one before the write, while there was nothing to write.

    The meter may have written to it since. Another count needs the head office's word.
    """
    same = (card.serial, card.purchase_count) == (order.card.serial, order.card.purchase_count)
    return replace(order, card=card) if same and order.vend is None else order


def sell(session: Session, order: Order) -> Step:
    """Ask the head office to sell; what is claimed, by its own books."""
    asked = replace(order, vend_asked=True, refused=None)
    if order.claimed:
        return session.to(Phase.VENDING, order=asked, cause=None), (_claim(order),)
    request = VendRequest(
        order_no=order.order_no,
        opened_at_ms=order.opened_at_ms,
        customer_no=order.account.customer_no,
        meter_no=order.account.meter_no,
        card_serial=order.card.serial,
        purchase_count=order.card.purchase_count,
        notes=order.notes,
    )
    wish = RequestVend(order_no=order.order_no, request=request)
    return session.to(Phase.VENDING, order=asked, cause=None), (wish,)


def _claim(order: Order) -> RequestResell:
    request = ResellRequest(
        order_no=order.order_no,
        customer_no=order.card.customer_no,
        meter_no=order.card.meter_no,
        card_serial=order.card.serial,
        purchase_count=order.card.purchase_count,
    )
    return RequestResell(order_no=order.order_no, request=request)


def prove(session: Session, order: Order, vend: Vend) -> Step:
    """Read the card back before deciding anything about it."""
    wish = ProveCard(order_no=order.order_no, vend=vend, before=order.card)
    return session.to(Phase.PROVING, order=order, cause=None), (wish,)


def write(session: Session, order: Order, vend: Vend) -> Step:
    """Write the vend to the card in the slot, or wait for it."""
    sold = replace(order, vend=vend)
    if not session.card_present:
        return session.to(Phase.CARD_BACK, order=sold), ()
    trying = replace(sold, writes=order.writes + 1)
    wish = WriteCard(order_no=order.order_no, vend=vend, before=order.card)
    return session.to(Phase.WRITING, order=trying), (wish,)


def park(session: Session, order: Order, why: Cause, at_ms: int) -> Step:
    """Stop trying for now. The order stays open, the money stays with it, the customer is told."""
    report = OrderParked(
        order_no=order.order_no,
        paid_fen=order.paid_fen,
        sold=order.vend is not None,
        verdict=order.verdict,
        why=str(why),
        at_ms=at_ms,
        seals=order.seals,
    )
    told = session.to(
        Phase.DOUBTFUL, order=order, cause=why, notice=None, printing=True, slip_failed=False
    )
    slip = print_slip(told, order, at_ms, reason=why)
    return told, (Tell(report=report), slip, ReleaseCard())


# -- the head office's answers -------------------------------------------------------------------


@on(Phase.VENDING, ev.VendApproved, to={Phase.WRITING, Phase.CARD_BACK, Phase.PROVING})
def sold(session: Session, event: ev.VendApproved) -> Step:
    """Deliver it; read the card first if it may hold it already."""
    order = session.order
    if order is None or order.order_no != event.vend.order_no:
        return remember_vend(session, event)
    if session.card_present and (order.claimed or order.vend or order.verdict):
        return prove(session, replace(order, vend=event.vend), event.vend)
    return write(session, order, event.vend)


@on(ALL_PHASES - {Phase.VENDING, Phase.DOUBTFUL}, ev.VendApproved)
def remember_vend(session: Session, event: ev.VendApproved) -> Step:
    """A late approval belongs to its order, wherever that waits."""
    known = tuple(_with_vend(order, event.vend) for order in session.parked)
    order = session.order and _with_vend(session.order, event.vend)
    return session.but(parked=known, order=order), ()


def _with_vend(order: Order, vend: Vend) -> Order:
    ours = order.vend_asked and order.vend is None and order.order_no == vend.order_no
    return replace(order, vend=vend) if ours else order


@on(Phase.DOUBTFUL, ev.VendApproved, to=Phase.WRITING)
def sold_at_last(session: Session, event: ev.VendApproved) -> Step:
    """The answer came while the customer still stands there with the card in the slot: deliver.

    Only if it is news: what was sold before is in doubt for what is on the card.
    """
    order = session.order
    ours = order is not None and order.order_no == event.vend.order_no
    if order and ours and order.vend is None and session.card_present:
        return write(session, order, event.vend)
    return remember_vend(session, event)


@on(Phase.VENDING, ev.VendRefused, to={Phase.DOUBTFUL, Phase.REFUSED})
def not_sold(session: Session, event: ev.VendRefused) -> Step:
    """A definite no after the money is in: staff decide, nothing is sold meanwhile.

    An order that staff have ended is over here, and so is one whose money was taken elsewhere: the
    head office has its money and its end.
    """
    order = session.order
    if order is None or order.order_no != event.order_no:
        return session, ()
    if event.reason in _ENDED or order.is_adopted:
        return refuse(session.but(order=None), event.reason)
    refused = replace(order, refused=event.reason)
    return park(session, refused, event.reason, event.at_ms)


@on(Phase.VENDING, ev.VendNotSold, to=Phase.DOUBTFUL)
def sell_again(session: Session, event: ev.VendNotSold) -> Step:
    """Certainly not sold yet: the same request under the same number is safe."""
    order = session.order
    if order is None or order.order_no != event.order_no:
        return session, ()
    if _is_asked(session, order):
        return session, ()
    if order.inquiries >= session.policy.inquiries:
        return park(session, order, Why.NOT_SOLD, event.at_ms)
    return sell(session, replace(order, inquiries=order.inquiries + 1))


def _is_asked(session: Session, order: Order) -> bool:
    """Tell whether the sale was asked for again and not answered: an old inquiry's answer came."""
    asked = (w for w in session.pending if isinstance(w, RequestVend | RequestResell))
    return any(wish.order_no == order.order_no for wish in asked)


@on(Phase.VENDING, ev.VendUnknown, to=Phase.DOUBTFUL)
def ask_again(session: Session, event: ev.VendUnknown) -> Step:
    """No answer: ask what became of it, a bounded number of times."""
    order = session.order
    if order is None or order.order_no != event.order_no:
        return session, ()
    if order.inquiries >= session.policy.inquiries:
        return park(session, order, Why.SALE_UNKNOWN, event.at_ms)
    pause_s = FIRST_PAUSE_S << order.inquiries
    asked = replace(order, inquiries=order.inquiries + 1)
    wish: Command = InquireVend(order_no=order.order_no, after_s=pause_s)
    return session.but(order=asked, notice=Notice.ASKING_AGAIN), (wish,)


@on(Phase.VENDING, ev.TimedOut, to=Phase.DOUBTFUL)
def stop_asking(session: Session, event: ev.TimedOut) -> Step:
    """The customer has waited long enough."""
    order = session.order
    return park(session, order, Why.SALE_UNKNOWN, event.at_ms) if order else (session, ())
