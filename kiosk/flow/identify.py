"""From the card in the slot to the account on the screen."""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import LookUpAccount, ReadCard
from kiosk.flow.event import CardFault
from kiosk.flow.phase import Cause, Phase, Why
from kiosk.flow.policy import Policy
from kiosk.flow.resell import disagreement, nothing_under_card, parked_for, resume
from kiosk.flow.rules import Step, on
from kiosk.flow.service import (
    acceptor_works,
    ask_about_parked,
    card_is_in_slot,
    has_too_many_open,
    home,
    may_deliver,
    more_time_or,
    refuse,
)
from kiosk.flow.session import Order, Session
from vending.messages import Account, Reason

_ASKING = {Phase.LOOKING_UP, Phase.ACCOUNT, Phase.CHOOSING}
_ASKED = {Phase.REFUSED, Phase.VENDING}


@on(Phase.IDLE, ev.CardInserted, to=Phase.READING)
def read(session: Session, event: ev.CardInserted) -> Step:
    """A customer."""
    return session.to(Phase.READING), (ReadCard(),)


@on(Phase.READING, ev.CardRead, to=Phase.LOOKING_UP)
def look_up(session: Session, event: ev.CardRead) -> Step:
    """Whose card is it, and was something paid for it that is not delivered?"""
    return session.to(Phase.LOOKING_UP, card=event.card), (LookUpAccount(card=event.card),)


@on(Phase.READING, ev.CardUnreadable, to={Phase.REFUSED, Phase.VENDING})
def say_unreadable(session: Session, event: ev.CardUnreadable) -> Step:
    """Say what is wrong with the card; one that our own write has torn is written once more."""
    torn = parked_for(session, event.serial)
    if torn and torn.vend:
        return resume(session, torn, asking=True)
    return refuse(session, event.fault)


@on(Phase.READING, ev.TimedOut, to=Phase.REFUSED)
def say_reader_slow(session: Session, event: ev.TimedOut) -> Step:
    """The reader did not answer; the card is not to blame."""
    return refuse(session, CardFault.READER)


@on(Phase.OUT_OF_SERVICE, ev.CardInserted, to=Phase.READING)
def read_all_the_same(session: Session, event: ev.CardInserted) -> Step:
    """Without notes nothing can be bought here, but what was paid before can be delivered."""
    return (session.to(Phase.READING), (ReadCard(),)) if may_deliver(session) else (session, ())


@on({Phase.READING, *_ASKING}, ev.CardRemoved, to={Phase.IDLE, Phase.OUT_OF_SERVICE})
def gone(session: Session, event: ev.CardRemoved) -> Step:
    """The customer took the card before paying anything."""
    return home(session), ()


@on(Phase.LOOKING_UP, ev.AccountFound, to={Phase.ACCOUNT, Phase.CODE, *_ASKED})
def show_account(session: Session, event: ev.AccountFound) -> Step:
    """Show who buys, if card and account agree and nothing that was paid before is open."""
    parked = _to_take_up(session)
    if parked:
        return resume(session, parked, asking=True)
    if session.reselling:
        return nothing_under_card(session)
    objection = _objection(session, event.account)
    if objection is Why.TOO_MANY_OPEN:
        return _asking_about_parked(refuse(session, objection))
    if objection:
        return refuse(session, objection)
    shown = session.to(Phase.ACCOUNT, account=narrowed(event.account, session.policy)), ()
    return _asking_about_parked(shown) if _parked(session) else shown


def _parked(session: Session) -> Order | None:
    return parked_for(session, session.card.serial) if session.card else None


def _to_take_up(session: Session, reason: Reason | None = None) -> Order | None:
    """Return the card's parked order, if we may go on with it though nobody says that it is owed.

    A replaced card gets nothing any more. And what the head office has refused to sell, or cannot
    sell over a purchase that the meter has not taken, it names by itself as soon as it can be sold.
    """
    order = _parked(session)
    if order is None or reason is Reason.CARD_REPLACED:
        return None
    cannot_be_sold = order.refused or reason is Reason.NOT_LOADED
    return None if order.vend is None and cannot_be_sold else order


def _objection(session: Session, account: Account) -> Cause | None:
    """Return why nobody can buy for this account here and now, or None."""
    if session.card is None:
        return Reason.WRONG_METER
    if has_too_many_open(session):
        return Why.TOO_MANY_OPEN
    if not acceptor_works(session):
        return Why.CASH_UNAVAILABLE
    return disagreement(session.card, account)


def _asking_about_parked(step: Step) -> Step:
    """Whatever else happens: orders that wait here may have ended elsewhere."""
    after, wishes = step
    asking, asked = ask_about_parked(after)
    return asking, (*wishes, *asked)


def narrowed(account: Account, policy: Policy) -> Account:
    """Apply the site's own limits to the account's; they can only be stricter."""
    limits = account.limits
    least_fen = max(limits.min_fen, policy.min_fen)
    most_fen = min(limits.max_fen, policy.max_fen or limits.max_fen)
    return replace(account, limits=replace(limits, min_fen=least_fen, max_fen=most_fen))


@on(Phase.LOOKING_UP, ev.AccountRefused, to=_ASKED)
def say_refused(session: Session, event: ev.AccountRefused) -> Step:
    """The head office's reason, in the customer's words.

    Also to who came for an earlier payment: that may be just what cannot be delivered now.
    """
    parked = _to_take_up(session, event.reason)
    if parked:
        return resume(session, parked, asking=True)
    refused = refuse(session, event.reason)
    return _asking_about_parked(refused) if _parked(session) else refused


@on(Phase.LOOKING_UP, ev.OfficeUnreachable, to={Phase.PROVING, *_ASKED})
@on(Phase.LOOKING_UP, ev.TimedOut, to={Phase.PROVING, *_ASKED})
def say_unreachable(session: Session, event: ev.Event) -> Step:
    """No answer: what is on the card can still be proved; a purchase has to wait."""
    parked = _parked(session)
    if parked:
        return resume(session, parked, asking=False)
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
    return (session.to(Phase.REFUSED), ()) if card_is_in_slot(session) else (home(session), ())


@on(Phase.REFUSED, ev.CardInserted, to=Phase.READING)
def next_customer(session: Session, event: ev.CardInserted) -> Step:
    """The slot was empty and somebody comes while the last words still stand."""
    return home(session).to(Phase.READING, cause=None), (ReadCard(),)
