"""The HTTP contract around the messages: paths, the challenge before sign-in, and problems.

A request is sealed (see `vending.seal`) with its terminal, session and number in headers. Before
there is a session (registration, sign-in) the session is the empty text and the number is 0.
"""

from enum import StrEnum

from msgspec import Struct

HEALTH_PATH = "/health"
OPENAPI_PATH = "/openapi.json"
REGISTRATIONS_PATH = "/v1/registrations"
CHALLENGE_PATH = "/v1/sign-in/challenge"
SIGN_IN_PATH = "/v1/sign-in"
ACCOUNTS_PATH = "/v1/accounts/query"
TRIALS_PATH = "/v1/trials"
VENDS_PATH = "/v1/vends"
OWED_PATH = "/v1/owed"
RESELLS_PATH = "/v1/resells"
SEALS_PATH = "/v1/seals"
BILLS_PATH = "/v1/bills/query"
BILL_PAYMENTS_PATH = "/v1/bills/payments"
REPORTS_PATH = "/v1/reports"
ROSTER_PATH = "/v1/staff/roster"
STAFF_SIGN_IN_PATH = "/v1/staff/sign-in"
STUCK_ORDERS_PATH = "/v1/staff/stuck-orders"
STAFF_ACTIONS_PATH = "/v1/staff/actions"

JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"

NO_SESSION = ""
"""The session id in the seal of a registration or a sign-in."""
NO_NUMBER = 0
"""The request number in the seal of a registration or a sign-in."""
LARGEST_NUMBER = 2**53 - 1
"""No number on the wire is larger: every JSON reader keeps it whole (RFC 8259 section 6)."""
LONGEST_TEXT = 512
"""Characters of one text value in a request."""
MOST_ITEMS = 512
"""Items of one list in a request."""
LARGEST_BODY = 256 * 1024
"""Bytes of one request's body."""


class ProblemCode(StrEnum):
    """Why a request was not carried out. Programs decide by this, never by the texts."""

    MALFORMED = "malformed"
    NOT_FOUND = "not-found"
    METHOD_UNKNOWN = "method-unknown"
    NOT_JSON = "not-json"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    BAD_SIGNATURE = "bad-signature"
    SIGN_IN_AGAIN = "sign-in-again"
    NUMBER_USED = "number-used"
    CODE_REFUSED = "code-refused"
    ORDER_OF_ANOTHER = "order-of-another"
    REPORT_CONFLICT = "report-conflict"
    TERMINAL_UNKNOWN = "terminal-unknown"
    TERMINAL_BLOCKED = "terminal-blocked"
    OVERLOADED = "overloaded"
    UNAVAILABLE = "unavailable"
    OUTCOME_UNKNOWN = "outcome-unknown"
    INTERNAL = "internal"


class Problem(Struct, frozen=True, kw_only=True):
    """A request that was not carried out, in the shape of RFC 9457."""

    code: ProblemCode
    title: str
    status: int
    detail: str
    next: str
    """What the caller does now, in words."""
    type: str = "about:blank"


class ChallengeRequest(Struct, frozen=True, kw_only=True):
    """A terminal wants to sign in."""

    terminal_no: str


class Challenge(Struct, frozen=True, tag="challenge"):
    """What the terminal must sign, once and soon."""

    challenge: str


class Health(Struct, frozen=True, tag="healthy"):
    """The head office answers and reaches its database."""

    version: str


def inquiry_path(order_no: str) -> str:
    """Return where to ask what became of ``order_no``."""
    return f"{VENDS_PATH}/{order_no}"


def bill_inquiry_path(order_no: str) -> str:
    """Return where to ask what became of the payment of bills under ``order_no``."""
    return f"{BILL_PAYMENTS_PATH}/{order_no}"
