"""The head office over HTTPS: `HeadOffice` by the contract in `vending.wire` and `.messages`.

Every call signs in by itself when there is no session, repeats itself inside its deadline when the
connection breaks (all operations are idempotent), and never logs what it carries.
"""

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.backend import identity as identities
from kiosk.backend.deadline import Deadline, Timing
from kiosk.backend.identity import Identity
from kiosk.backend.port import NoAnswer, NotAllowed
from vending import wire
from vending.bill import BillAnswer, BillInquiryAnswer, BillPayAnswer, BillPayRequest, BillQuery
from vending.card import SealRequest
from vending.messages import (
    AccountAnswer,
    AccountQuery,
    InquiryAnswer,
    OwedAnswer,
    OwedQuery,
    Registered,
    Registration,
    ReportEnvelope,
    ReportTaken,
    ResellRequest,
    SealReply,
    SignedIn,
    SignIn,
    TrialAnswer,
    TrialRequest,
    VendAnswer,
    VendRequest,
)
from vending.roster import Roster
from vending.staff import (
    ActionAnswer,
    ActionRequest,
    StaffAnswer,
    StaffSignIn,
    StuckAnswer,
    StuckQuery,
)
from vending.wire import Challenge, ChallengeRequest, Problem, ProblemCode

if TYPE_CHECKING:
    from kiosk.backend.line import Line, Reply

DEFAULT_TIMING = Timing()
MOST_TRIES = 8
FIRST_PAUSE_S = 0.1
"""Pause after the first broken try; it doubles each time."""

_NOT_ALLOWED = {
    ProblemCode.BAD_SIGNATURE,
    ProblemCode.CODE_REFUSED,
    ProblemCode.TERMINAL_UNKNOWN,
    ProblemCode.TERMINAL_BLOCKED,
}
_TRY_AGAIN = {ProblemCode.OVERLOADED, ProblemCode.UNAVAILABLE, ProblemCode.NUMBER_USED}


class _Session:
    """A session with the head office and the numbers it has used."""

    def __init__(self, session_id: str) -> None:
        self.session_id = session_id
        self.numbers: Iterator[int] = count(1)  # next() is atomic: one number, one request


class Client:
    """The head office at ``url``, for the terminal of ``identity``. Safe from every thread."""

    def __init__(
        self,
        url: str,
        identity: Identity,
        *,
        ca_file: Path | None = None,
        timing: Timing = DEFAULT_TIMING,
    ) -> None:
        self._url = url
        self._identity = identity
        self._ca_file = ca_file
        self._timing = timing
        self._line: Line | None = None
        self._session: _Session | None = None
        self._signing_in = threading.Lock()
        self._dialling = threading.Lock()
        self._software_version = "unknown"
        self._closed = threading.Event()

    # -- HeadOffice --

    def sign_in(self, software_version: str) -> SignedIn:
        """Open a session; a session that was open ends."""
        self._software_version = software_version
        deadline = self._deadline()
        with _Held(self._signing_in, deadline):
            return self._sign_in(deadline)

    def query_account(self, query: AccountQuery) -> AccountAnswer:
        """Who is this card, and may it buy? Changes nothing."""
        answer: AccountAnswer = self._ask("POST", wire.ACCOUNTS_PATH, query, AccountAnswer)
        return answer

    def trial_vend(self, request: TrialRequest) -> TrialAnswer:
        """What would this sum buy? Changes nothing."""
        answer: TrialAnswer = self._ask("POST", wire.TRIALS_PATH, request, TrialAnswer)
        return answer

    def vend(self, request: VendRequest) -> VendAnswer:
        """Sell under the order number; a repeat returns the same vend."""
        answer: VendAnswer = self._ask("POST", wire.VENDS_PATH, request, VendAnswer)
        return answer

    def inquire(self, order_no: str) -> InquiryAnswer:
        """Did you sell under this number?"""
        answer: InquiryAnswer = self._ask("GET", wire.inquiry_path(order_no), None, InquiryAnswer)
        return answer

    def find_owed(self, query: OwedQuery) -> OwedAnswer:
        """What was paid and not delivered for this card, or under the code on a slip?"""
        answer: OwedAnswer = self._ask("POST", wire.OWED_PATH, query, OwedAnswer)
        return answer

    def resell(self, request: ResellRequest) -> VendAnswer:
        """Let this terminal deliver an order that is owed; a repeat returns the same vend."""
        answer: VendAnswer = self._ask("POST", wire.RESELLS_PATH, request, VendAnswer)
        return answer

    def seal(self, request: SealRequest) -> SealReply:
        """Answer the card's challenge."""
        answer: SealReply = self._ask("POST", wire.SEALS_PATH, request, SealReply)
        return answer

    def query_bill(self, query: BillQuery) -> BillAnswer:
        """What does this customer owe? Changes nothing of it."""
        answer: BillAnswer = self._ask("POST", wire.BILLS_PATH, query, BillAnswer)
        return answer

    def pay_bill(self, request: BillPayRequest) -> BillPayAnswer:
        """Post a payment under the order number; a repeat returns the same answer."""
        path = wire.BILL_PAYMENTS_PATH
        answer: BillPayAnswer = self._ask("POST", path, request, BillPayAnswer)
        return answer

    def inquire_bill(self, order_no: str) -> BillInquiryAnswer:
        """Did you post under this number?"""
        path = wire.bill_inquiry_path(order_no)
        answer: BillInquiryAnswer = self._ask("GET", path, None, BillInquiryAnswer)
        return answer

    def roster(self) -> Roster:
        """Return the staff that may sign in at this terminal without the line."""
        answer: Roster = self._ask("GET", wire.ROSTER_PATH, None, Roster)
        return answer

    def report(self, envelope: ReportEnvelope) -> ReportTaken:
        """Take a must-arrive report; a repeat is taken again without effect."""
        deadline = Deadline(self._timing.report_s)
        path = wire.REPORTS_PATH
        answer: ReportTaken = self._ask("POST", path, envelope, ReportTaken, deadline)
        return answer

    def staff_sign_in(self, message: StaffSignIn) -> StaffAnswer:
        """Who is at the terminal?"""
        answer: StaffAnswer = self._ask("POST", wire.STAFF_SIGN_IN_PATH, message, StaffAnswer)
        return answer

    def stuck_orders(self, query: StuckQuery) -> StuckAnswer:
        """Which orders are stuck, and what may be done about each?"""
        answer: StuckAnswer = self._ask("POST", wire.STUCK_ORDERS_PATH, query, StuckAnswer)
        return answer

    def staff_action(self, request: ActionRequest) -> ActionAnswer:
        """Take one of the ways out."""
        answer: ActionAnswer = self._ask("POST", wire.STAFF_ACTIONS_PATH, request, ActionAnswer)
        return answer

    def close(self) -> None:
        """Take no more calls and end the pauses of those under way."""
        self._closed.set()
        if self._line is not None:
            self._line.close()

    # -- registration --

    def register(self, one_time_code: str) -> Registered:
        """Make the terminal's key known, against the code that the head office issued.

        May be repeated when the answer got lost. Raises NotAllowed when the code is refused.
        """
        message = Registration(
            terminal_no=self._identity.terminal_no,
            one_time_code=one_time_code,
            public_key=self._identity.public_key(),
        )
        path = wire.REGISTRATIONS_PATH
        registered: Registered = self._say(path, message, Registered, self._deadline())
        return registered

    # -- sessions --

    def _ask(
        self,
        method: str,
        path: str,
        message: object,
        answer_type: Any,
        deadline: Deadline | None = None,
    ) -> Any:
        """Ask inside a session; sign in first if there is none, and once more if it was lost."""
        body = b"" if message is None else msgspec.json.encode(message)
        deadline = deadline or self._deadline()
        for last in (False, True):
            session = self._open_session(deadline)
            reply = self._deliver(method, path, session, body, deadline)
            if reply.status == 200:
                break
            problem = _problem(reply)
            if problem.code is not ProblemCode.SIGN_IN_AGAIN or last:
                raise _error(problem)
            self._forget(session, deadline)
        return _decoded(reply, answer_type)

    def _open_session(self, deadline: Deadline) -> _Session:
        if (session := self._session) is not None:
            return session
        with _Held(self._signing_in, deadline):
            if self._session is None:
                self._sign_in(deadline)
            assert self._session is not None
            return self._session

    def _forget(self, session: _Session, deadline: Deadline) -> None:
        """Give up a session, unless another thread has already opened a new one."""
        with _Held(self._signing_in, deadline):
            if self._session is session:
                self._session = None

    def _sign_in(self, deadline: Deadline) -> SignedIn:
        """Open a session; once more when the challenge was too old or made before a restart."""
        self._session = None
        for last in (False, True):
            reply = self._answer_challenge(deadline)
            if reply.status == 200:
                break
            problem = _problem(reply)
            if problem.code is not ProblemCode.SIGN_IN_AGAIN or last:
                raise _error(problem)
        signed_in: SignedIn = _decoded(reply, SignedIn)
        self._session = _Session(signed_in.session_id)
        return signed_in

    def _answer_challenge(self, deadline: Deadline) -> "Reply":
        terminal_no = self._identity.terminal_no
        question = ChallengeRequest(terminal_no=terminal_no)
        challenge: Challenge = self._say(wire.CHALLENGE_PATH, question, Challenge, deadline)
        message = SignIn(
            terminal_no=terminal_no,
            challenge=challenge.challenge,
            software_version=self._software_version,
        )
        body = msgspec.json.encode(message)
        return self._deliver("POST", wire.SIGN_IN_PATH, None, body, deadline)

    def _say(self, path: str, message: object, answer_type: Any, deadline: Deadline) -> Any:
        """Ask outside a session."""
        reply = self._deliver("POST", path, None, msgspec.json.encode(message), deadline)
        if reply.status != 200:
            raise _error(_problem(reply))
        return _decoded(reply, answer_type)

    # -- delivery --

    def _deliver(
        self, method: str, path: str, session: _Session | None, body: bytes, deadline: Deadline
    ) -> "Reply":
        """Return the head office's reply, whatever it says, trying again inside the deadline."""
        from kiosk.backend.line import Broken, NoReply

        pause_s = FIRST_PAUSE_S
        for tries_left in reversed(range(MOST_TRIES)):
            headers = self._seal(method, path, session, body)
            try:
                reply = self._open_line().exchange(method, path, headers, body, deadline)
            except Broken as error:
                wait_s, why = pause_s, str(error)
            except NoReply as error:
                raise NoAnswer(str(error)) from None
            else:
                if reply.status == 200 or _problem(reply).code not in _TRY_AGAIN:
                    return reply
                wait_s, why = reply.retry_after_s or pause_s, f"status {reply.status}"
            if not tries_left or wait_s >= deadline.left_s() or self._closed.wait(wait_s):
                raise NoAnswer(why)
            pause_s *= 2
        raise NoAnswer("not tried")  # not reached: the last try returns or raises

    def _seal(
        self, method: str, path: str, session: _Session | None, body: bytes
    ) -> dict[str, str]:
        from vending import seal  # after the first frame: cryptography takes its time to load

        terminal_no = self._identity.terminal_no
        session_id = wire.NO_SESSION if session is None else session.session_id
        number = wire.NO_NUMBER if session is None else next(session.numbers)
        text = seal.canonical(method, path, terminal_no, session_id, number, body)
        return {
            seal.TERMINAL_HEADER: terminal_no,
            seal.SESSION_HEADER: session_id,
            seal.NUMBER_HEADER: str(number),
            seal.SIGNATURE_HEADER: self._identity.sign(text),
        }

    def _open_line(self) -> "Line":
        with self._dialling:
            if self._line is None:
                from kiosk.backend.line import Line  # after the first frame: loads requests

                connect_s = self._timing.connect_s
                self._line = Line(self._url, ca_file=self._ca_file, connect_s=connect_s)
            return self._line

    def _deadline(self) -> Deadline:
        return Deadline(self._timing.answer_s)


class _Held:
    """A lock, waited for no longer than the deadline allows."""

    def __init__(self, lock: threading.Lock, deadline: Deadline) -> None:
        self._lock = lock
        self._deadline = deadline

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._deadline.left_s()):
            raise NoAnswer("another call is still signing in")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _problem(reply: "Reply") -> Problem:
    """Return what the head office says went wrong, or something that says as little as we know."""
    try:
        return msgspec.json.decode(reply.body, type=Problem)
    except msgspec.DecodeError:
        overloaded = reply.status in {429, 502, 503}
        code = ProblemCode.UNAVAILABLE if overloaded else ProblemCode.INTERNAL
        detail = f"status {reply.status} without a problem"
        return Problem(code=code, title="", status=reply.status, detail=detail, next="")


def _error(problem: Problem) -> NoAnswer | NotAllowed:
    """Return the exception for a request that was not carried out."""
    text = f"{problem.code}: {problem.detail}"
    return NotAllowed(text) if problem.code in _NOT_ALLOWED else NoAnswer(text)


def _decoded(reply: "Reply", answer_type: Any) -> Any:
    try:
        return msgspec.json.decode(reply.body, type=answer_type)
    except msgspec.DecodeError as error:
        raise NoAnswer(f"the answer makes no sense: {type(error).__name__}") from None


def register(
    url: str, terminal_no: str, one_time_code: str, *, key_file: Path, ca_file: Path | None = None
) -> Registered:
    """Register this terminal with the head office at ``url``, making its key if it has none yet.

    Raises IdentityError for the key file, NotAllowed when the code is refused, NoAnswer otherwise;
    it may then be repeated.
    """
    identity = identities.load_or_create(key_file, terminal_no)
    client = Client(url, identity, ca_file=ca_file)
    try:
        return client.register(one_time_code)
    finally:
        client.close()
