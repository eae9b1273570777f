"""Delivering what was paid before (补售电): found by the card, asked for by the menu or by a code.

The head office says what is owed. What was paid here is known here as well and goes on where it
stood; what was paid elsewhere is adopted: the head office has the money, the card is here.
"""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import FindOwed, ReadCard
from kiosk.flow.phase import ENDS, Notice, Phase, Why
from kiosk.flow.rules import ALL_PHASES, Step, on
from kiosk.flow.service import home, may_deliver, more_time_or, refuse, without_parked
from kiosk.flow.session import Order, Session
from kiosk.flow.vend import as_it_came_back, ask_about, sell, take_up
from vending.card import CardSnapshot
from vending.messages import Account, Ending, Owed, Reason
from vending.order_no import is_order_no

_AT_THE_DOOR = {Phase.IDLE, Phase.OUT_OF_SERVICE}
_BEFORE_DELIVERY = {Phase.CODE, Phase.OWED}
_TAKEN_UP = {Phase.VENDING, Phase.PROVING}


# -- asked for by the menu -----------------------------------------------------------------------


@on(_AT_THE_DOOR, ev.ResellPressed, to=Phase.RESELL)
def ask_for_card(session: Session, event: ev.ResellPressed) -> Step:
    """Somebody has paid before: the card, please."""
    if not may_deliver(session):
        return session, ()
    return session.to(Phase.RESELL, reselling=True, cause=None), ()


@on(Phase.RESELL, ev.CardInserted, to=Phase.READING)
def read_for_resell(session: Session, event: ev.CardInserted) -> Step:
    """Here it is."""
    return session.to(Phase.READING), (ReadCard(),)


@on(Phase.RESELL, ev.CancelPressed, to=_AT_THE_DOOR)
def never_mind(session: Session, event: ev.CancelPressed) -> Step:
    """There is no card to give back."""
    return home(session), ()


@on(Phase.RESELL, ev.TimedOut, to=_AT_THE_DOOR)
def no_card_came(session: Session, event: ev.TimedOut) -> Step:
    """Ask once, then assume that the customer has left."""
    return more_time_or(session, (home(session), ()))


@on(Phase.RESELL, ev.DeviceChanged, to=Phase.OUT_OF_SERVICE)
def cannot_deliver(session: Session, event: ev.DeviceChanged) -> Step:
    """Reader or line broke."""
    return (session, ()) if may_deliver(session) else (home(session), ())


def nothing_under_card(session: Session) -> Step:
    """Nothing is owed that the head office knows of by the card: perhaps under a code."""
    return session.to(Phase.CODE), ()


@on(Phase.CODE, ev.CodeEntered, to=Phase.LOOKING_UP)
def look_for_code(session: Session, event: ev.CodeEntered) -> Step:
    """The head office knows whether this card may have it."""
    if session.card is None or not is_order_no(event.order_no):
        return session, ()
    wish = FindOwed(card=session.card, code=event.order_no)
    return session.to(Phase.LOOKING_UP), (wish,)


@on(Phase.CODE, ev.CodeScanned, to=Phase.LOOKING_UP)
def scan_code(session: Session, event: ev.CodeScanned) -> Step:
    """The slip itself, instead of nineteen digits."""
    typed = ev.CodeEntered(order_no=event.text.strip(), at_ms=event.at_ms)
    return look_for_code(session, typed)


@on(Phase.LOOKING_UP, ev.OwedRefused, to=Phase.REFUSED)
def code_refused(session: Session, event: ev.OwedRefused) -> Step:
    """Nothing to deliver under this code, and why."""
    return refuse(session, event.reason)


@on(_BEFORE_DELIVERY, ev.CancelPressed, to=Phase.REFUSED)
def leave_it(session: Session, event: ev.CancelPressed) -> Step:
    """It stays owed."""
    return refuse(session, Why.CANCELLED)


@on(_BEFORE_DELIVERY, ev.TimedOut, to=Phase.REFUSED)
def hesitate(session: Session, event: ev.TimedOut) -> Step:
    """Ask once, then assume that the customer has left; it stays owed."""
    return more_time_or(session, refuse(session, Why.TIMED_OUT))


@on(_BEFORE_DELIVERY, ev.CardRemoved, to=_AT_THE_DOOR)
def gone(session: Session, event: ev.CardRemoved) -> Step:
    """It stays owed."""
    return home(session), ()


@on(Phase.OWED, ev.DeliverPressed, to={*_TAKEN_UP, Phase.REFUSED})
def deliver_now(session: Session, event: ev.DeliverPressed) -> Step:
    """That is what the customer came for."""
    return deliver(session)


# -- found by the card ---------------------------------------------------------------------------


@on(Phase.LOOKING_UP, ev.OwedFound, to={*_TAKEN_UP, Phase.OWED, Phase.REFUSED})
def found_owed(session: Session, event: ev.OwedFound) -> Step:
    """It goes before any new purchase, free of further steps; by the menu it is shown first."""
    found = session.but(owed=event.owed, account=event.owed.account)
    if not event.owed.by_machine:
        return refuse(found, Reason.STAFF_ONLY)
    return (found.to(Phase.OWED), ()) if session.reselling else deliver(found)


def deliver(session: Session) -> Step:
    """Go on with the order that is owed, from wherever it got to."""
    owed, card = session.owed, session.card
    if owed is None or card is None:
        return refuse(session, Why.OFFICE_UNREACHABLE)
    ours = next((each for each in session.parked if each.order_no == owed.order_no), None)
    resumed = without_parked(session, owed.order_no).but(notice=Notice.RESUMED, reselling=False)
    if ours and _is_as_it_was(ours, owed, card):
        return take_up(resumed, _told(ours, owed, card))
    objection = None if owed.vend else disagreement(card, owed.account)
    if objection:
        return refuse(session, objection)
    return sell(resumed, _claimed(owed, card, ours))


def _is_as_it_was(ours: Order, owed: Owed, card: CardSnapshot) -> bool:
    """Tell whether our request still fits: the same card, and no purchase has taken its count."""
    if not ours.card.serial == owed.card_serial == card.serial:
        return False
    if owed.vend:
        return ours.card.purchase_count + 1 == owed.vend.purchase_count
    return ours.vend is not None or ours.card.purchase_count == card.purchase_count


def _told(ours: Order, owed: Owed, card: CardSnapshot) -> Order:
    """Take over what the head office says. Others may have written since we judged the card."""
    holds = owed.vend is None or ours.seals == owed.seals
    return replace(
        as_it_came_back(ours, card),
        vend=owed.vend,
        verdict=ours.verdict if holds else None,
        seals=owed.seals,
        inquiries=0,
        writes=0,
        claimed=ours.claimed and owed.vend is None,
    )


def _claimed(owed: Owed, card: CardSnapshot, ours: Order | None) -> Order:
    """Return the order as the head office will sell it to the card at hand."""
    before = replace(card, purchase_count=owed.vend.purchase_count - 1) if owed.vend else card
    adopted = Order(
        order_no=owed.order_no,
        opened_at_ms=owed.opened_at_ms,
        account=owed.account,
        card=before,
        adopted_fen=owed.paid_fen,
    )
    known = replace(ours, card=before, vend=None, inquiries=0, writes=0) if ours else adopted
    return replace(known, claimed=True, seals=owed.seals, verdict=None)


def disagreement(card: CardSnapshot, account: Account) -> Reason | None:
    """Return why nothing can be sold for this account to this card now, or None.

    The meter must have taken the purchase before (it refuses a card whose return file lags), and
    the counts of card and head office must be equal.
    """
    if (card.meter_no, card.customer_no) != (account.meter_no, account.customer_no):
        return Reason.WRONG_METER
    if card.wallet_unit is not account.wallet_unit:
        return Reason.WALLET_MISMATCH
    if card.purchase_count != account.purchase_count:
        return Reason.COUNT_MISMATCH
    loaded = card.returned.purchase_count if card.returned else 0
    return Reason.NOT_LOADED if loaded != account.purchase_count else None


# -- known here only, or over --------------------------------------------------------------------


def parked_for(session: Session, serial: str) -> Order | None:
    """Return the oldest parked order of the card with this chip, if any."""
    same = (order for order in session.parked if order.card.serial == serial)
    return next(same, None) if serial else None


def resume(session: Session, order: Order, *, asking: bool) -> Step:
    """Go on with a parked order that the head office did not name as owed.

    ``asking``: it answers, so it is asked first what became of the order; it may be over.
    """
    resumed = without_parked(session, order.order_no).but(
        account=order.account, notice=Notice.RESUMED, reselling=False
    )
    back = as_it_came_back(order, session.card) if session.card else order
    rested = replace(back, inquiries=0, writes=0)
    return ask_about(resumed, rested) if asking else take_up(resumed, rested)


@on(Phase.VENDING, ev.OrderEnded, to={Phase.READING, Phase.REFUSED})
def over(session: Session, event: ev.OrderEnded) -> Step:
    """It came to its end elsewhere: forget it. A customer whose energy is there may buy anew.

    The card is read again: while the head office was asked it may have been changed.
    """
    order = session.order
    if order is None or order.order_no != event.order_no:
        return forget(session, event)
    done = session.but(order=None, owed=None, notice=None)
    if event.how is Ending.DELIVERED and session.card_present:
        return done.to(Phase.READING), (ReadCard(),)
    return refuse(done, ENDS[event.how])


@on(ALL_PHASES - {Phase.VENDING, Phase.POSTING, Phase.DOUBTFUL}, ev.OrderEnded)
def forget(session: Session, event: ev.OrderEnded) -> Step:
    """A parked order came to its end elsewhere."""
    return without_parked(session, event.order_no), ()
