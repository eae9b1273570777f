"""The customer session as a pure state machine: facts in, wishes out.

Laws: the session is a function of the facts alone. A fact that has no rule in a phase is journalled
and not obeyed. What holds in every phase (a device's state, the card in the slot, the language) is
observed first. A wish that expects an answer stays pending until the answer comes; `Restarted`
turns every pending wish into its question.
"""

from collections.abc import Hashable

from msgspec.structs import replace

from kiosk.flow import (
    bill,
    box,
    cash,
    clearing,
    deliver,
    health,
    identify,
    posting,
    resell,
    service,
    staff,
    vend,
    wear,
    workshop,
)
from kiosk.flow.command import CloseAcceptor, Command
from kiosk.flow.event import AboutCard, CardInserted, CardRemoved, DeviceChanged, Event, TimedOut
from kiosk.flow.phase import Phase
from kiosk.flow.rules import RULES, Step
from kiosk.flow.session import Session

RULE_FILES = (
    service,
    identify,
    resell,
    bill,
    cash,
    vend,
    posting,
    deliver,
    staff,
    clearing,
    workshop,
)
"""Importing them fills the table."""

MOST_PENDING = 128
"""More than one purchase of the most notes can leave open; the oldest question is given up."""
MAKE_SAFE: tuple[Command, ...] = (CloseAcceptor(),)
"""What is wished for when the engine must stop: no more money is taken."""


class ForbiddenMove(Exception):
    """A rule went to a phase that it did not declare: a fault of ours."""


def step(session: Session, event: Event) -> Step:
    """Return the session after ``event`` and what is wished for. Raises `ForbiddenMove`."""
    observed, noticed = service.observe(_settled(session, event), event)
    ruled, obeyed = _ruled(session, wear.observe(session, observed, event), event)
    wishes = (*noticed, *obeyed)
    counted = box.counted(ruled, event, wishes)
    after, told = health.tell_change(session, counted, event.at_ms)
    return _with_pending(after, (*wishes, *told))


def _ruled(session: Session, observed: Session, event: Event) -> Step:
    """Do what the rule for the phase and the kind of fact says, if there is one."""
    rule = RULES.get((session.phase, type(event)))
    if rule is None or _is_stale(session, event):
        return observed, ()
    after, wishes = rule.act(observed, event)
    if after.phase not in rule.to:
        raise ForbiddenMove(f"{session.phase} {type(event).__name__} -> {after.phase}")
    return after, wishes


def is_resting(session: Session) -> bool:
    """Tell whether nobody is being served and nothing is pending."""
    return session.phase in {Phase.IDLE, Phase.OUT_OF_SERVICE} and not session.pending


def standing(event: Event) -> Hashable | None:
    """Return the key under which a fact holds until the next of the same key, or None."""
    if isinstance(event, DeviceChanged):
        return event.device
    return "card" if isinstance(event, CardInserted | CardRemoved) else None


def _settled(session: Session, event: Event) -> Session:
    """Take the wishes that ``event`` answers off the list."""
    left = tuple(
        w for w in session.pending if not (isinstance(event, w.answers) and w.matches(event))
    )
    return session if len(left) == len(session.pending) else session.but(pending=left)


def _is_stale(session: Session, event: Event) -> bool:
    """Tell whether a time-out belongs to a phase that is over, or an answer to another card."""
    match event:
        case TimedOut():
            return (event.phase, event.round) != (session.phase, session.round)
        case AboutCard():
            return event.card_serial not in {"", session.card.serial if session.card else ""}
        case _:
            return False


def _with_pending(session: Session, wishes: tuple[Command, ...]) -> Step:
    """Equal wishes are settled by the same answer, so one of them stands for all."""
    expecting = tuple(wish for wish in wishes if wish.answers)
    if not expecting:
        return session, wishes
    earlier = tuple(wish for wish in session.pending if wish not in expecting)
    return replace(session, pending=(*earlier, *expecting)[-MOST_PENDING:]), wishes
