"""Every operation that the head office offers, once: the server and the contract both read this."""

from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol

from msgspec import Struct

from center.fleet.registry import Registry
from center.fleet.seal import SealedRequest
from center.fleet.sessions import Sessions
from center.orders.port import Decision, OrderDesk
from center.staff.room import StaffRoom
from center.staff.roster import Rosters
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
    ActionForbidden,
    ActionRequest,
    Forbidden,
    StaffAnswer,
    StaffNotKnown,
    StaffSignIn,
    StuckAnswer,
    StuckQuery,
)
from vending.wire import Challenge, ChallengeRequest, Health, ProblemCode


class Office(Protocol):
    """What stands behind the counter."""

    desk: OrderDesk
    registry: Registry
    sessions: Sessions
    staff: StaffRoom
    rosters: Rosters
    version: str

    def wall_ms(self) -> int:
        """Return UTC milliseconds since 1970."""


class Access(Enum):
    """Who may ask."""

    ANYBODY = "anybody"
    KEY = "key"
    """Whoever seals the request with a terminal's key, without a session."""
    SESSION = "session"
    """A terminal that is signed in."""


class Call(Struct, frozen=True, kw_only=True):
    """A request that has passed the door."""

    message: Any
    """Of the route's type; None where the route takes no body."""
    request: SealedRequest
    terminal_no: str
    """Of the terminal that sealed it; empty where anybody may ask."""
    order_no: str = ""
    """From the path."""


class Route(Struct, frozen=True, kw_only=True):
    """One operation."""

    name: str
    method: str
    path: str
    summary: str
    access: Access
    takes: Any = None
    """Type of the body; None: there is none."""
    gives: Any
    """Type of the answer."""
    act: Callable[[Office, Call], Any]
    problems: tuple[ProblemCode, ...] = ()
    """What can go wrong besides what can go wrong everywhere."""


def _health(office: Office, call: Call) -> Health:
    office.registry.ping()
    return Health(office.version)


def _register(office: Office, call: Call) -> Registered:
    office.registry.register(call.request, call.message)
    return Registered(call.message.terminal_no)


def _challenge(office: Office, call: Call) -> Challenge:
    return Challenge(office.sessions.challenge(call.message.terminal_no))


def _sign_in(office: Office, call: Call) -> SignedIn:
    message: SignIn = call.message
    session = office.sessions.sign_in(call.request, message)
    office.registry.note_sign_in(session.terminal_no, message.software_version)
    return SignedIn(
        session_id=session.session_id,
        server_time_ms=office.wall_ms(),
        last_order_sequence=office.desk.last_order_sequence(session.terminal_no),
        last_period_no=office.desk.last_period_no(session.terminal_no),
        roster_version=office.rosters.version(),
    )


def _staff_sign_in(office: Office, call: Call) -> StaffAnswer:
    return office.staff.sign_in(call.terminal_no, call.message)


def _stuck_orders(office: Office, call: Call) -> StuckAnswer:
    message: StuckQuery = call.message
    person = office.staff.whois(call.terminal_no, message.token)
    if person is None:
        return StaffNotKnown()
    return office.desk.stuck_orders(call.terminal_no, person, message.order_no)


def _staff_action(office: Office, call: Call) -> ActionAnswer:
    message: ActionRequest = call.message
    person = office.staff.whois(call.terminal_no, message.token)
    witness = office.staff.whois(call.terminal_no, message.witness_token)
    if person is None or (message.witness_token and witness is None):
        return ActionForbidden(why=Forbidden.SIGN_IN_AGAIN)
    decision = Decision(
        order_no=message.order_no,
        action=message.action,
        by=person,
        witness=witness,
        evidence=message.evidence,
    )
    return office.desk.act(call.terminal_no, decision)


_ANSWERS_LATE = (ProblemCode.OUTCOME_UNKNOWN,)
_OF_AN_ORDER = (ProblemCode.ORDER_OF_ANOTHER, ProblemCode.OUTCOME_UNKNOWN)

ROUTES = (
    Route(
        name="health",
        method="GET",
        path=wire.HEALTH_PATH,
        summary="Is the head office at work, and does it reach its database?",
        access=Access.ANYBODY,
        gives=Health,
        act=_health,
    ),
    Route(
        name="register",
        method="POST",
        path=wire.REGISTRATIONS_PATH,
        summary="Make a terminal's public key known, against its one-time code.",
        access=Access.KEY,
        takes=Registration,
        gives=Registered,
        act=_register,
        problems=(ProblemCode.CODE_REFUSED, ProblemCode.BAD_SIGNATURE),
    ),
    Route(
        name="challenge",
        method="POST",
        path=wire.CHALLENGE_PATH,
        summary="Ask for the challenge that a sign-in answers. It is good for a minute, once.",
        access=Access.ANYBODY,
        takes=ChallengeRequest,
        gives=Challenge,
        act=_challenge,
    ),
    Route(
        name="sign-in",
        method="POST",
        path=wire.SIGN_IN_PATH,
        summary="Open a session; the terminal's former session ends. A repeat finds the same.",
        access=Access.KEY,
        takes=SignIn,
        gives=SignedIn,
        act=_sign_in,
        problems=(
            ProblemCode.BAD_SIGNATURE,
            ProblemCode.SIGN_IN_AGAIN,
            ProblemCode.TERMINAL_UNKNOWN,
            ProblemCode.TERMINAL_BLOCKED,
        ),
    ),
    Route(
        name="query-account",
        method="POST",
        path=wire.ACCOUNTS_PATH,
        summary="Who is this card, and may it buy? `owed`: what is to be delivered first.",
        access=Access.SESSION,
        takes=AccountQuery,
        gives=AccountAnswer,
        act=lambda office, call: office.desk.query_account(call.terminal_no, call.message),
    ),
    Route(
        name="trial-vend",
        method="POST",
        path=wire.TRIALS_PATH,
        summary="What would this sum buy? Sells nothing.",
        access=Access.SESSION,
        takes=TrialRequest,
        gives=TrialAnswer,
        act=lambda office, call: office.desk.trial_vend(call.terminal_no, call.message),
    ),
    Route(
        name="vend",
        method="POST",
        path=wire.VENDS_PATH,
        summary="Sell under the order number. A repeat returns the same vend.",
        access=Access.SESSION,
        takes=VendRequest,
        gives=VendAnswer,
        act=lambda office, call: office.desk.vend(call.terminal_no, call.message),
        problems=_OF_AN_ORDER,
    ),
    Route(
        name="inquire",
        method="GET",
        path=wire.inquiry_path("{order_no}"),
        summary="What became of this order? `not-sold` and `order-over` are definite.",
        access=Access.SESSION,
        gives=InquiryAnswer,
        act=lambda office, call: office.desk.inquire(call.terminal_no, call.order_no),
        problems=_OF_AN_ORDER,
    ),
    Route(
        name="query-bill",
        method="POST",
        path=wire.BILLS_PATH,
        summary="What does this customer owe, by month? Payments that got stuck are posted first.",
        access=Access.SESSION,
        takes=BillQuery,
        gives=BillAnswer,
        act=lambda office, call: office.desk.query_bill(call.terminal_no, call.message),
        problems=_ANSWERS_LATE,
    ),
    Route(
        name="pay-bill",
        method="POST",
        path=wire.BILL_PAYMENTS_PATH,
        summary="Post a payment under the order number. A repeat returns the same answer.",
        access=Access.SESSION,
        takes=BillPayRequest,
        gives=BillPayAnswer,
        act=lambda office, call: office.desk.pay_bill(call.terminal_no, call.message),
        problems=_OF_AN_ORDER,
    ),
    Route(
        name="inquire-bill",
        method="GET",
        path=wire.bill_inquiry_path("{order_no}"),
        summary="What became of this payment? `not-sold`: nothing was posted, definitely.",
        access=Access.SESSION,
        gives=BillInquiryAnswer,
        act=lambda office, call: office.desk.inquire_bill(call.terminal_no, call.order_no),
        problems=_OF_AN_ORDER,
    ),
    Route(
        name="find-owed",
        method="POST",
        path=wire.OWED_PATH,
        summary="What was paid and not delivered for this card, or under the code of a slip?",
        access=Access.SESSION,
        takes=OwedQuery,
        gives=OwedAnswer,
        act=lambda office, call: office.desk.find_owed(call.terminal_no, call.message),
    ),
    Route(
        name="resell",
        method="POST",
        path=wire.RESELLS_PATH,
        summary="Let this terminal deliver an order that is owed. A repeat returns the same vend.",
        access=Access.SESSION,
        takes=ResellRequest,
        gives=VendAnswer,
        act=lambda office, call: office.desk.resell(call.terminal_no, call.message),
        problems=_OF_AN_ORDER,
    ),
    Route(
        name="seal",
        method="POST",
        path=wire.SEALS_PATH,
        summary="Answer the challenge of the card to which an order was sold.",
        access=Access.SESSION,
        takes=SealRequest,
        gives=SealReply,
        act=lambda office, call: office.desk.seal(call.terminal_no, call.message),
        problems=_OF_AN_ORDER,
    ),
    Route(
        name="report",
        method="POST",
        path=wire.REPORTS_PATH,
        summary="Take a must-arrive report. A repeat is taken again without effect.",
        access=Access.SESSION,
        takes=ReportEnvelope,
        gives=ReportTaken,
        act=lambda office, call: office.desk.report(call.terminal_no, call.message),
        problems=(ProblemCode.REPORT_CONFLICT, *_ANSWERS_LATE),
    ),
    Route(
        name="staff-sign-in",
        method="POST",
        path=wire.STAFF_SIGN_IN_PATH,
        summary="Who of the staff is at this terminal? Failures are counted, and lock.",
        access=Access.SESSION,
        takes=StaffSignIn,
        gives=StaffAnswer,
        act=_staff_sign_in,
        problems=_ANSWERS_LATE,
    ),
    Route(
        name="roster",
        method="GET",
        path=wire.ROSTER_PATH,
        summary="Who may sign in at a terminal while it reaches nobody? With hashes of their PINs.",
        access=Access.SESSION,
        gives=Roster,
        act=lambda office, call: office.rosters.issue(),
    ),
    Route(
        name="stuck-orders",
        method="POST",
        path=wire.STUCK_ORDERS_PATH,
        summary="Which orders are stuck, and what may be done about each?",
        access=Access.SESSION,
        takes=StuckQuery,
        gives=StuckAnswer,
        act=_stuck_orders,
    ),
    Route(
        name="staff-action",
        method="POST",
        path=wire.STAFF_ACTIONS_PATH,
        summary="Take one of the ways out, if that is permitted now. A repeat changes nothing.",
        access=Access.SESSION,
        takes=ActionRequest,
        gives=ActionAnswer,
        act=_staff_action,
        problems=_ANSWERS_LATE,
    ),
)
