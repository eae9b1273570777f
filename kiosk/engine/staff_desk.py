"""The staff's desk behind the page: one thread that asks the head office and reads the journal.

Whoever signs in gets a token from the head office; it is kept here, for as long as the flow is in
its staff phase, and nowhere else. What was done, and by whom, is posted as a fact.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from kiosk.backend.port import OfficeError, StaffOffice
from kiosk.devices.port import Post
from kiosk.engine.database import JournalError
from kiosk.engine.staff import StoryLine
from kiosk.flow import staff_event
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session
from vending.staff import (
    Action,
    ActionAnswer,
    ActionForbidden,
    ActionRequest,
    Evidence,
    Forbidden,
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
Job = Callable[[], None]

MOST_JOBS = 16
"""Questions that may wait: a hand presses no faster than the head office answers."""
NO_ANSWER = "no-answer"


class Stories(Protocol):
    """Where the story of an order is read."""

    def story(self, order_no: str) -> Iterator[StoryLine]:
        """Return its lines, the oldest first. Raises JournalError."""


class OfficeStaffDesk:
    """Implements `kiosk.engine.staff.StaffDesk`. Safe from every thread."""

    def __init__(self, office: StaffOffice, stories: Stories, post: Post) -> None:
        self._office = office
        self._stories = stories
        self._post = post
        self._first: StaffSignedIn | None = None
        self._second: StaffSignedIn | None = None
        self._visit = 0
        """Who signs in, signs in for one visit: an answer that comes after it is nobody's."""
        self._jobs: queue.Queue[Job | None] = queue.Queue(MOST_JOBS)
        self._thread = threading.Thread(target=self._run, name="staff", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End after the present question."""
        self._put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def watch(self, session: Session, _: float | None) -> None:
        """Listen to the engine: whoever was signed in is so no longer than the page is open."""
        if session.phase is not Phase.STAFF:
            self._forget()

    # -- what the page asks for ------------------------------------------------------------------

    def sign_in(self, name: str, pin: str, then: Callable[[StaffAnswer | None], None]) -> None:
        """Sign in the first person, or the second beside one who is signed in."""
        visit = self._visit
        self._put(lambda: then(self._sign_in(StaffSignIn(name=name, pin=pin), visit)))

    def stuck_orders(self, order_no: str, then: Callable[[StuckAnswer | None], None]) -> None:
        """Which orders are stuck here; with a number: that one, wherever it was paid."""
        self._put(lambda: then(self._stuck_orders(order_no)))

    def story(self, order_no: str, then: Callable[[tuple[StoryLine, ...]], None]) -> None:
        """What the journal tells about an order, the oldest first."""
        self._put(lambda: then(self._story(order_no)))

    def act(
        self,
        order_no: str,
        action: Action,
        evidence: Evidence,
        then: Callable[[ActionAnswer | None], None],
    ) -> None:
        """Take one of the ways out."""
        self._put(lambda: then(self._act(order_no, action, evidence)))

    def stir(self) -> None:
        """Somebody is still busy: the page stays open."""
        self._post(staff_event.StaffStirred())

    def leave(self) -> None:
        """Sign everybody out."""
        self._forget()
        self._post(staff_event.StaffLeft())

    # -- the thread ------------------------------------------------------------------------------

    def _put(self, job: Job | None) -> None:
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            _logger.warning("the staff's page asks faster than it is answered")

    def _run(self) -> None:
        while job := self._jobs.get():
            try:
                job()
            except Exception as error:  # noqa: BLE001  # others wait for this thread
                # Without its text: that may hold what somebody typed.
                _logger.error("the staff's desk failed: %s", type(error).__name__)

    def _ask(self, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except OfficeError:
            return None

    def _forget(self) -> None:
        self._first = self._second = None
        self._visit += 1

    def _sign_in(self, message: StaffSignIn, visit: int) -> StaffAnswer | None:
        answer = self._ask(lambda: self._office.staff_sign_in(message))
        if visit != self._visit:
            return None
        match answer:
            case StaffRefused(reason=reason):
                self._post(staff_event.StaffTurnedAway(reason=reason))
            case StaffSignedIn():
                self._let_in(answer)
        return answer

    def _let_in(self, person: StaffSignedIn) -> None:
        second = self._first is not None and self._first.name != person.name
        if second:
            self._second = person
        else:
            self._first = person
        self._post(staff_event.StaffSignedIn(staff=person.name, role=person.role, second=second))

    def _stuck_orders(self, order_no: str) -> StuckAnswer | None:
        first = self._first
        if first is None:
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
        if first is None:
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
