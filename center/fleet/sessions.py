"""Who is signed in. Sessions live in memory: after a restart every terminal signs in again."""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Protocol

from center.fleet.challenge import Challenges
from center.fleet.registry import Terminal
from center.fleet.seal import SealedRequest, TurnedAway
from center.fleet.window import NumberWindow
from vending.messages import SignIn
from vending.wire import LARGEST_NUMBER, ProblemCode

RECHECK_S = 2.0
"""How long a terminal that was just blocked may go on."""


class Terminals(Protocol):
    """What sessions need to know about terminals."""

    def get(self, terminal_no: str) -> Terminal | None:
        """Return one terminal; None: there is none."""


class Session:
    """One terminal's session. Its lock guards the numbers; nothing slow happens under it."""

    def __init__(
        self, terminal_no: str, public_key: str, challenge: str, checked_at_s: float
    ) -> None:
        self.session_id = secrets.token_hex(16)
        self.terminal_no = terminal_no
        self.public_key = public_key
        self.challenge = challenge
        self.checked_at_s = checked_at_s
        self._window = NumberWindow()
        self._lock = threading.Lock()

    def take(self, number: int) -> bool:
        """Use a request number. False: it was used, or is too old to tell."""
        with self._lock:
            return self._window.take(number)


class Sessions:
    """Opens sessions and admits requests to them: at most one for each terminal.

    Safe from every thread.
    """

    def __init__(
        self, terminals: Terminals, monotonic_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._terminals = terminals
        self._now_ns = monotonic_ns
        self._challenges = Challenges(monotonic_ns)
        self._open: dict[str, Session] = {}
        self._answered_ns: dict[str, int] = {}  # by terminal: no challenge up to this one counts
        self._lock = threading.Lock()

    def challenge(self, terminal_no: str) -> str:
        """Return what a terminal must sign to be let in. Tells nothing about the terminal."""
        return self._challenges.make(terminal_no)

    def sign_in(self, request: SealedRequest, message: SignIn) -> Session:
        """Open a session; the terminal's former one ends. Raises TurnedAway.

        A repeat, because the answer got lost, finds the session that the first one opened.
        """
        terminal_no = request.seal.terminal_no
        public_key = self._key_of(terminal_no)
        if message.terminal_no != terminal_no or not request.is_signed_by(public_key):
            raise TurnedAway(ProblemCode.BAD_SIGNATURE)
        issued = self._challenges.recognise(terminal_no, message.challenge)
        if issued is None:
            raise TurnedAway(ProblemCode.SIGN_IN_AGAIN)
        session = Session(terminal_no, public_key, message.challenge, self._now_s())
        with self._lock:
            present = self._open.get(terminal_no)
            if present is not None and present.challenge == message.challenge:
                return present
            if issued.at_ns <= self._answered_ns.get(terminal_no, -1):
                raise TurnedAway(ProblemCode.SIGN_IN_AGAIN)
            self._answered_ns[terminal_no] = issued.at_ns
            self._open[terminal_no] = session
        return session

    def admit(self, request: SealedRequest) -> str:
        """Return the number of the terminal that sealed this request, just now and only once.

        Raises TurnedAway.
        """
        mark = request.seal
        session = self._open.get(mark.terminal_no)
        if session is None:
            self._key_of(mark.terminal_no)  # one that is unknown or blocked need not sign in
            raise TurnedAway(ProblemCode.SIGN_IN_AGAIN)
        if session.session_id != mark.session_id:
            raise TurnedAway(ProblemCode.SIGN_IN_AGAIN)
        if not request.is_signed_by(session.public_key):
            raise TurnedAway(ProblemCode.BAD_SIGNATURE)
        if not 0 < mark.number <= LARGEST_NUMBER or not session.take(mark.number):
            raise TurnedAway(ProblemCode.NUMBER_USED)
        self._recheck(session)
        return session.terminal_no

    def _recheck(self, session: Session) -> None:
        """Notice that staff blocked the terminal, or that it was registered with another key."""
        now_s = self._now_s()
        if now_s - session.checked_at_s < RECHECK_S:
            return
        try:
            same_key = self._key_of(session.terminal_no) == session.public_key
        except TurnedAway:
            self._close(session)
            raise
        if not same_key:
            self._close(session)
            raise TurnedAway(ProblemCode.SIGN_IN_AGAIN)
        session.checked_at_s = now_s

    def _close(self, session: Session) -> None:
        with self._lock:
            if self._open.get(session.terminal_no) is session:
                del self._open[session.terminal_no]

    def _key_of(self, terminal_no: str) -> str:
        terminal = self._terminals.get(terminal_no)
        if terminal is None or terminal.public_key is None:
            raise TurnedAway(ProblemCode.TERMINAL_UNKNOWN)
        if terminal.blocked:
            raise TurnedAway(ProblemCode.TERMINAL_BLOCKED)
        return terminal.public_key

    def _now_s(self) -> float:
        return self._now_ns() / 1e9
