"""The staff's desk behind the page: one thread that asks the head office and reads the journal.

Whoever signs in gets a token from the head office; it is kept here, for as long as the flow is in
its staff phases, and nowhere else. While the head office does not answer, the roster that the
terminal keeps lets people in, without a token: what only the head office decides must wait. What
was done, and by whom, is posted as a fact.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from kiosk.backend.port import OfficeError, StaffOffice
from kiosk.devices.port import Post
from kiosk.engine.database import JournalError
from kiosk.engine.jobs import Jobs
from kiosk.engine.pins import PinsBusy
from kiosk.engine.staff import StoryLine
from kiosk.flow import staff_event, wear
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session
from vending.roster import RosterPerson
from vending.staff import (
    Action,
    ActionAnswer,
    ActionForbidden,
    ActionRequest,
    Evidence,
    Forbidden,
    NotSignedIn,
    StaffAnswer,
    StaffNotKnown,
    StaffRefused,
    StaffSignedIn,
    StaffSignIn,
    StuckAnswer,
    StuckQuery,
)

_logger = logging.getLogger(__name__)

T = TypeVar("T")

NO_ANSWER = "no-answer"
NO_TOKEN = ""
"""Of somebody whom the head office has not confirmed."""
_AT_THE_MACHINE = {Phase.STAFF, Phase.TESTING}


class Stories(Protocol):
    """Where the story of an order is read."""

    def story(self, order_no: str) -> Iterator[StoryLine]:
        """Return its lines, the oldest first. Raises JournalError."""


class KnownStaff(Protocol):
    """Whom the terminal knows without the head office (`kiosk.engine.roster.RosterKeeper`)."""

    def is_good(self) -> bool:
        """Tell whether anybody may sign in by it now."""

    def check(self, name: str, pin: str) -> RosterPerson | None:
        """Return who this is; None: name or PIN are wrong. Raises PinsBusy."""


class OfficeStaffDesk:
    """Implements `kiosk.engine.staff.StaffDesk`. Safe from every thread."""

    def __init__(
        self,
        office: StaffOffice,
        known: KnownStaff,
        stories: Stories,
        post: Post,
        wall_ms: Callable[[], int],
    ) -> None:
        self._office = office
        self._known = known
        self._stories = stories
        self._post = post
        self._wall_ms = wall_ms
        self._refusals_ms: tuple[int, ...] = ()
        """Failures without the head office, as the journal has them ..."""
        self._own_refusals_ms: tuple[int, ...] = ()
        """... and as this desk saw them: the journal may be a moment behind."""
        self._first: StaffSignedIn | None = None
        self._second: StaffSignedIn | None = None
        self._visit = 0
        """Who signs in, signs in for one visit: an answer that comes after it is nobody's."""
        self._jobs = Jobs("staff")

    def start(self) -> None:
        """Start the thread."""
        self._jobs.start()

    def stop(self, timeout_s: float) -> None:
        """End after the present question."""
        self._jobs.stop(timeout_s)

    def watch(self, session: Session, _: float | None) -> None:
        """Listen to the engine: whoever was signed in is so no longer than the page is open."""
        self._refusals_ms = session.care.refusals_ms
        if session.phase not in _AT_THE_MACHINE:
            self._forget()

    # -- what the page asks for ------------------------------------------------------------------

    def sign_in(self, name: str, pin: str, then: Callable[[StaffAnswer | None], None]) -> None:
        """Sign in the first person, or the second beside one who is signed in."""
        visit = self._visit
        self._jobs.do(lambda: then(self._sign_in(StaffSignIn(name=name, pin=pin), visit)))

    def stuck_orders(self, order_no: str, then: Callable[[StuckAnswer | None], None]) -> None:
        """Which orders are stuck here; with a number: that one, wherever it was paid."""
        self._jobs.do(lambda: then(self._stuck_orders(order_no)))

    def story(self, order_no: str, then: Callable[[tuple[StoryLine, ...]], None]) -> None:
        """What the journal tells about an order, the oldest first."""
        self._jobs.do(lambda: then(self._story(order_no)))

    def act(
        self,
        order_no: str,
        action: Action,
        evidence: Evidence,
        then: Callable[[ActionAnswer | None], None],
    ) -> None:
        """Take one of the ways out."""
        self._jobs.do(lambda: then(self._act(order_no, action, evidence)))

    def stir(self) -> None:
        """Somebody is still busy: the page stays open."""
        self._post(staff_event.StaffStirred())

    def leave(self) -> None:
        """Sign everybody out."""
        self._forget()
        self._post(staff_event.StaffLeft())

    # -- the thread ------------------------------------------------------------------------------

    def _ask(self, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except OfficeError:
            return None

    def _forget(self) -> None:
        self._first = self._second = None
        self._visit += 1

    def _sign_in(self, message: StaffSignIn, visit: int) -> StaffAnswer | None:
        answer: StaffAnswer | None = self._ask(lambda: self._office.staff_sign_in(message))
        offline = answer is None
        if offline:
            answer = self._by_roster(message)
        is_over = visit != self._visit
        match answer:
            case StaffRefused(reason=reason) if offline or not is_over:  # a failure always counts
                self._post(staff_event.StaffTurnedAway(reason=reason, offline=offline))
            case StaffSignedIn() if not is_over:
                self._let_in(answer, offline=offline)
        return None if is_over else answer

    def _by_roster(self, message: StaffSignIn) -> StaffAnswer | None:
        """Without the head office; None: that is not possible now."""
        if not self._known.is_good():
            return None
        now_ms = self._wall_ms()
        until_ms = self._locked_until_ms(now_ms)
        if until_ms is not None:
            return StaffRefused(reason=NotSignedIn.LOCKED, locked_until_ms=until_ms)
        try:
            person = self._known.check(message.name, message.pin)
        except PinsBusy:
            return None
        if person is None:
            self._own_refusals_ms = wear.refused(self._own_refusals_ms, now_ms)
            return StaffRefused(
                reason=NotSignedIn.WRONG, locked_until_ms=self._locked_until_ms(now_ms)
            )
        return StaffSignedIn(
            name=person.name, role=person.role, token=NO_TOKEN, until_ms=0, last_sign_in_ms=None
        )

    def _locked_until_ms(self, now_ms: int) -> int | None:
        for refusals_ms in (self._refusals_ms, self._own_refusals_ms):
            until_ms = wear.locked_until_ms(refusals_ms, now_ms)
            if until_ms is not None:
                return until_ms
        return None

    def _let_in(self, person: StaffSignedIn, *, offline: bool) -> None:
        second = self._first is not None and self._first.name != person.name
        if second:
            self._second = person
        else:
            self._first = person
        self._post(
            staff_event.StaffSignedIn(
                staff=person.name,
                role=person.role,
                second=second,
                offline=offline,
                last_ms=person.last_sign_in_ms,
            )
        )

    def _stuck_orders(self, order_no: str) -> StuckAnswer | None:
        """Who signed in without the head office has to sign in again: it must know who asks."""
        first = self._first
        if first is None or first.token == NO_TOKEN:
            return StaffNotKnown()
        query = StuckQuery(token=first.token, order_no=order_no)
        answer = self._ask(lambda: self._office.stuck_orders(query))
        if isinstance(answer, StaffNotKnown):
            self._first = self._second = None  # too old: the next one to sign in is the first
        return answer

    def _story(self, order_no: str) -> tuple[StoryLine, ...]:
        if self._first is None:
            return ()
        try:
            return tuple(self._stories.story(order_no))
        except JournalError as error:
            _logger.warning("the story of an order cannot be read: %s", error)
            return ()

    def _act(self, order_no: str, action: Action, evidence: Evidence) -> ActionAnswer | None:
        first, second = self._first, self._second
        if first is None or first.token == NO_TOKEN:
            return ActionForbidden(why=Forbidden.SIGN_IN_AGAIN)
        request = ActionRequest(
            token=first.token,
            witness_token=second.token if second else "",
            order_no=order_no,
            action=action,
            evidence=evidence,
        )
        answer = self._ask(lambda: self._office.staff_action(request))
        self._second = None  # stood beside this one step
        if answer == ActionForbidden(why=Forbidden.SIGN_IN_AGAIN):
            self._first = None
        self._post(
            staff_event.StaffActed(
                staff=first.name,
                order_no=order_no,
                action=action,
                refused=_refusal(answer),
                witness=second.name if second else "",
            )
        )
        return answer


def _refusal(answer: ActionAnswer | None) -> str:
    match answer:
        case None:
            return NO_ANSWER
        case ActionForbidden(why=why):
            return str(why)
        case _:
            return str(getattr(answer, "reason", ""))
