"""From the card in the slot to the account on the screen."""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import LookUpAccount, ReadCard
from kiosk.flow.event import CardFault
from kiosk.flow.policy import Policy
from kiosk.flow.rules import Step, on
from kiosk.flow.service import home, more_time_or, refuse
from kiosk.flow.session import Notice, Order, Phase, Session, Why
from kiosk.flow.vend import as_it_came_back, take_up
from vending.card import CardSnapshot
from vending.messages import Account, Reason

_ASKING = {Phase.LOOKING_UP, Phase.ACCOUNT, Phase.CHOOSING}


@on(Phase.IDLE, ev.CardInserted, to=Phase.READING)
def read(session: Session, event: ev.CardInserted) -> Step:
    """A customer."""
    return session.to(Phase.READING), (ReadCard(),)


@on(Phase.READING, ev.CardRead, to={Phase.LOOKING_UP, Phase.REFUSED, Phase.VENDING, Phase.PROVING})
def look_up(session: Session, event: ev.CardRead) -> Step:
    """Deliver first what this card has already paid for; or ask whose card it is."""
    waiting = parked_for(session, event.card)
    if waiting is None:
        if len(session.parked) >= session.policy.parked_orders:
            return refuse(session, Why.TOO_MANY_OPEN)
        looking = session.to(Phase.LOOKING_UP, card=event.card)
        return looking, (LookUpAccount(card=event.card),)
    others = tuple(order for order in session.parked if order.order_no != waiting.order_no)
    resumed = session.but(
        parked=others, card=event.card, account=waiting.account, notice=Notice.RESUMED
    )
    order = as_it_came_back(waiting, event.card)
    return take_up(resumed, replace(order, inquiries=0, writes=0))


def parked_for(session: Session, card: CardSnapshot) -> Order | None:
    """Return the oldest parked order of this very card, if any."""
    same = (order for order in session.parked if order.card.serial == card.serial)
    return next(same, None)


@on(Phase.READING, ev.CardUnreadable, to=Phase.REFUSED)
def say_unreadable(session: Session, event: ev.CardUnreadable) -> Step:
    """Say what is wrong with the card."""
    return refuse(session, event.fault)


@on(Phase.READING, ev.TimedOut, to=Phase.REFUSED)
def say_reader_slow(session: Session, event: ev.TimedOut) -> Step:
    """The reader did not answer; the card is not to blame."""
    return refuse(session, CardFault.READER)


@on({Phase.READING, *_ASKING}, ev.CardRemoved, to={Phase.IDLE, Phase.OUT_OF_SERVICE})
def gone(session: Session, event: ev.CardRemoved) -> Step:
    """The customer took the card before paying anything."""
    return home(session), ()


@on(Phase.LOOKING_UP, ev.AccountFound, to={Phase.ACCOUNT, Phase.REFUSED})
def show_account(session: Session, event: ev.AccountFound) -> Step:
    """Show who buys, if card and account agree."""
    objection = disagreement(session.card, event.account) if session.card else Reason.WRONG_METER
    if objection:
        return refuse(session, objection)
    return session.to(Phase.ACCOUNT, account=narrowed(event.account, session.policy)), ()


def narrowed(account: Account, policy: Policy) -> Account:
    """Apply the site's own limits to the account's; they can only be stricter."""
    limits = account.limits
    least_fen = max(limits.min_fen, policy.min_fen)
    most_fen = min(limits.max_fen, policy.max_fen or limits.max_fen)
    return replace(account, limits=replace(limits, min_fen=least_fen, max_fen=most_fen))


def disagreement(card: CardSnapshot, account: Account) -> Reason | None:
    """Return why this card cannot buy for this account now, or None.

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


@on(Phase.LOOKING_UP, ev.AccountRefused, to=Phase.REFUSED)
def say_refused(session: Session, event: ev.AccountRefused) -> Step:
    """The head office's reason, in the customer's words."""
    return refuse(session, event.reason)


@on(Phase.LOOKING_UP, ev.OfficeUnreachable, to=Phase.REFUSED)
@on(Phase.LOOKING_UP, ev.TimedOut, to=Phase.REFUSED)
def say_unreachable(session: Session, event: ev.Event) -> Step:
    """No answer, nothing paid: try later."""
    return refuse(session, Why.OFFICE_UNREACHABLE)


@on(Phase.ACCOUNT, ev.ContinuePressed, to=Phase.CHOOSING)
def choose(session: Session, event: ev.ContinuePressed) -> Step:
    """It is me."""
    return session.to(Phase.CHOOSING), ()


@on(_ASKING, ev.CancelPressed, to=Phase.REFUSED)
def cancel(session: Session, event: ev.CancelPressed) -> Step:
    """Take the card, come again."""
    return refuse(session, Why.CANCELLED)


@on({Phase.ACCOUNT, Phase.CHOOSING}, ev.TimedOut, to=Phase.REFUSED)
def hesitate(session: Session, event: ev.TimedOut) -> Step:
    """Ask once, then assume that the customer has left."""
    return more_time_or(session, refuse(session, Why.TIMED_OUT))


@on(Phase.REFUSED, ev.CardRemoved)
def leave(session: Session, event: ev.CardRemoved) -> Step:
    """A reader with a motor gives the card back at once: the reason stays to be read."""
    return session.to(Phase.REFUSED), ()


@on(Phase.REFUSED, ev.TimedOut, to={Phase.IDLE, Phase.OUT_OF_SERVICE})
def wait_for_the_slot(session: Session, event: ev.TimedOut) -> Step:
    """A forgotten card blocks the slot; the screen goes on asking to take it."""
    return (session.to(Phase.REFUSED), ()) if session.card_present else (home(session), ())


@on(Phase.REFUSED, ev.CardInserted, to=Phase.READING)
def next_customer(session: Session, event: ev.CardInserted) -> Step:
    """The slot was empty and somebody comes while the last words still stand."""
    return home(session).to(Phase.READING, cause=None), (ReadCard(),)
