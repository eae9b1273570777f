"""What terminals and head office say to each other, as values. JSON on the wire (msgspec).

Requests are answered with a union: what was asked for, or `Refused` with a reason. A missing answer
is not a refusal: whoever asked must ask again ("what became of it?") before deciding anything.
"""

from enum import StrEnum

from msgspec import Struct

from vending.card import CardSnapshot, SealAnswer, Verdict, WalletUnit
from vending.cash import Business, CashReport, PeriodAnswer, PeriodFrozen, StaffDeed
from vending.health import Health
from vending.tariff import Quote, Tariff


class Reason(StrEnum):
    """Why a purchase cannot go on. The terminal has a sentence for each, in each language."""

    # the account
    ACCOUNT_UNKNOWN = "account-unknown"
    ACCOUNT_BLOCKED = "account-blocked"
    COUNT_MISMATCH = "count-mismatch"
    NOT_LOADED = "not-loaded"
    WRONG_METER = "wrong-meter"
    CARD_REPLACED = "card-replaced"
    WALLET_MISMATCH = "wallet-mismatch"
    ORDER_OPEN = "order-open"
    # the money
    BELOW_MINIMUM = "below-minimum"
    ABOVE_MAXIMUM = "above-maximum"
    NOT_MULTIPLE = "not-multiple"
    OVERSTOCK = "overstock"
    NOTHING_TO_BUY = "nothing-to-buy"
    # the order
    ORDER_CONFLICT = "order-conflict"
    ORDER_UNKNOWN = "order-unknown"
    ORDER_CANCELLED = "order-cancelled"
    ORDER_FINISHED = "order-finished"
    ORDER_REFUNDED = "order-refunded"
    NOTHING_DUE = "nothing-due"
    """This customer has no unpaid bill."""
    NOTHING_OWED = "nothing-owed"
    """Everything that was paid for this card has been delivered."""
    STAFF_ONLY = "staff-only"
    """At this site only staff deliver again what was paid."""
    SEAL_REFUSED = "seal-refused"
    # the terminal
    TERMINAL_UNKNOWN = "terminal-unknown"
    TERMINAL_BLOCKED = "terminal-blocked"


class Refused(Struct, frozen=True, tag="refused"):
    """A definite no, with its reason; nothing happened on the answering side."""

    reason: Reason


class Limits(Struct, frozen=True, kw_only=True):
    """What one purchase may be. The minimum and the multiple hold for the sum of all notes."""

    min_fen: int
    max_fen: int
    multiple_fen: int
    max_wallet_amount: int | None = None
    """The most that may still be put on the card before the meter refuses it (overstock, 囤积), in
    the wallet's unit; None: no such limit."""


class Account(Struct, frozen=True, kw_only=True, tag="account"):
    """An account as a terminal may see it: personal data masked by the head office."""

    customer_no: str
    meter_no: str
    name_masked: str
    address_masked: str
    wallet_unit: WalletUnit
    purchase_count: int
    """N: purchases sold so far; the next vend is N+1."""
    tariff: Tariff | None
    """None: the head office tells prices only through a trial vend."""
    used_this_year_wh: int
    balance_fen: int
    arrears_fen: int
    limits: Limits


class AccountQuery(Struct, frozen=True, kw_only=True):
    """Who is this card, and may it buy?"""

    card: CardSnapshot


# Defaults are left out: a request from before there were periods is written as it was then, and so
# has the digest that the head office has kept of it.
class Note(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One banknote that a terminal swallowed. ``note_id`` is unique for ever."""

    note_id: str
    value_fen: int
    period_no: int = 0
    """The period of the cash box that it belongs to; 0: told by software that knew no periods."""
    cassette: str = "1"


class TrialRequest(Struct, frozen=True, kw_only=True):
    """What would ``paid_fen`` buy? Sells nothing."""

    customer_no: str
    meter_no: str
    paid_fen: int


class TrialResult(Struct, frozen=True, tag="trial"):
    """The dry run's answer."""

    quote: Quote


TrialAnswer = TrialResult | Refused


class VendRequest(Struct, frozen=True, kw_only=True):
    """Sell under this order number. Repeating it changes nothing; another body is refused."""

    order_no: str
    opened_at_ms: int
    customer_no: str
    meter_no: str
    card_serial: str
    purchase_count: int
    """The card's count before this vend (N)."""
    notes: tuple[Note, ...]


class Vend(Struct, frozen=True, kw_only=True, tag="vend"):
    """What was sold: exactly this must reach the card, once."""

    order_no: str
    purchase_count: int
    """N+1."""
    wallet_unit: WalletUnit
    wallet_amount: int
    """What the card's wallet must hold after the write."""
    quote: Quote
    sold_at_ms: int


class NotSold(Struct, frozen=True, tag="not-sold"):
    """The definite answer to an inquiry: nothing was sold under this order number."""

    order_no: str


class Ending(StrEnum):
    """How an order came to its end at the head office."""

    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class OrderOver(Struct, frozen=True, tag="order-over"):
    """The definite answer to an inquiry: the order has its end, wherever that happened."""

    order_no: str
    how: Ending


VendAnswer = Vend | Refused
InquiryAnswer = Vend | NotSold | OrderOver


# -- delivering again what was paid (补售电) -------------------------------------------------------


class Owed(Struct, frozen=True, kw_only=True, tag="owed"):
    """A paid order that is not, or not provably, delivered. It goes before any new purchase.

    Whoever is told this may ask about the order, deliver it and report what became of it.
    """

    order_no: str
    opened_at_ms: int
    paid_fen: int
    vend: Vend | None
    """None: paid, and nothing sold yet."""
    account: Account
    """Who it is for; whether it may buy again is not judged."""
    card_serial: str
    """The card that it was paid for; another one when that was replaced."""
    why: str | None
    """Why the terminal that took the money gave up, if it has said so."""
    seals: int
    """How often cards were sealed for this order. A card proved unwritten stays so while this
    number stands: nobody can write without new seals."""
    by_machine: bool
    """False: only staff may have it delivered (`Reason.STAFF_ONLY` to everybody else)."""


AccountAnswer = Account | Owed | Refused
"""`Owed`: the order to deliver first."""


class OwedQuery(Struct, frozen=True, kw_only=True):
    """What was paid and not delivered for the card at hand? Sells nothing."""

    card: CardSnapshot
    order_no: str = ""
    """From a slip: finds the order of a card that was replaced. Empty: by the card's meter."""


OwedAnswer = Owed | Refused


class ResellRequest(Struct, frozen=True, kw_only=True):
    """Let this terminal deliver an order that is owed, to this card: the sale that is open, or a
    sale now for what the head office has of its money. Repeating it changes nothing.
    """

    order_no: str
    customer_no: str
    meter_no: str
    card_serial: str
    purchase_count: int
    """The card's count without this order (N)."""


class SealRefused(Struct, frozen=True, tag="seal-refused"):
    """No seals for this card and order."""

    reason: Reason


class Sealed(Struct, frozen=True, tag="sealed"):
    """The seals asked for."""

    answer: SealAnswer
    seals: int = 0
    """How often cards were sealed for the order, this time included."""


SealReply = Sealed | SealRefused


# -- reports: must-arrive messages, sent through the outbox, each taken once however often it comes


class OrderOpened(Struct, frozen=True, kw_only=True, tag="order-opened"):
    """A customer is about to pay; the order number exists."""

    order_no: str
    opened_at_ms: int
    customer_no: str
    meter_no: str
    """Empty for a bill."""
    card_serial: str
    """Empty for a bill."""
    business: Business = Business.ENERGY
    months: tuple[str, ...] = ()
    """The bills that the customer chose to pay."""


class OrderAbandoned(Struct, frozen=True, kw_only=True, tag="order-abandoned"):
    """Nothing was paid; the order is over."""

    order_no: str
    at_ms: int


class NoteTaken(Struct, frozen=True, kw_only=True, tag="note-taken"):
    """A banknote lies in the cash box and pays for an order."""

    order_no: str
    note: Note
    at_ms: int


class NoteInSuspense(Struct, frozen=True, kw_only=True, tag="note-in-suspense"):
    """A banknote lies in the cash box, or may, and belongs to no purchase that can still use it."""

    note: Note
    near_order_no: str | None
    """The order during which it happened, for the person who looks into it."""
    certain: bool
    """False: the acceptor cannot tell whether the note went into the box."""
    at_ms: int


class VendConfirmed(Struct, frozen=True, kw_only=True, tag="vend-confirmed"):
    """Reading the card back proved that the order's vend is on it (or already in the meter)."""

    order_no: str
    purchase_count: int
    verdict: Verdict
    card_digest: str
    at_ms: int


class OrderParked(Struct, frozen=True, kw_only=True, tag="order-parked"):
    """Paid, and not (provably) delivered: it stays open until the card comes back or staff act."""

    order_no: str
    paid_fen: int
    sold: bool
    """True: a vend is known. False: none is known here; ask the utility before anything else."""
    verdict: Verdict | None
    why: str
    at_ms: int
    seals: int = 0
    """The highest number of seals that the terminal knew of when the card was judged."""


class Alarm(Struct, frozen=True, kw_only=True, tag="alarm"):
    """Something a person at the head office must look at."""

    code: str
    detail: str
    at_ms: int


Report = (
    OrderOpened
    | OrderAbandoned
    | NoteTaken
    | NoteInSuspense
    | VendConfirmed
    | OrderParked
    | Alarm
    | CashReport
    | PeriodFrozen
    | StaffDeed
    | Health
)


class ReportEnvelope(Struct, frozen=True, kw_only=True):
    """A report with its number: 1, 2, 3 ... per terminal journal, for taking each one once."""

    report_no: int
    journal_id: str
    """Identity of the journal that numbers the reports: a new disk starts a new numbering."""
    report: Report


class ReportTaken(Struct, frozen=True, tag="taken"):
    """The head office holds this report durably."""

    report_no: int
    answer: PeriodAnswer | None = None
    """What the head office says about the period that a `CashReport` closed."""


# -- a terminal's own life -------------------------------------------------------------------------


class Registration(Struct, frozen=True, kw_only=True):
    """Once in a terminal's life: its public key, against a one-time code of the head office."""

    terminal_no: str
    one_time_code: str
    public_key: str
    """Ed25519, 32 bytes hexadecimal."""


class Registered(Struct, frozen=True, tag="registered"):
    """The head office knows the terminal's key from now on."""

    terminal_no: str


class SignIn(Struct, frozen=True, kw_only=True):
    """Open a session: the answer to the head office's challenge, signed like every request."""

    terminal_no: str
    challenge: str
    software_version: str


class SignedIn(Struct, frozen=True, kw_only=True, tag="signed-in"):
    """A session: requests carry its id and a rising number, so none can be replayed."""

    session_id: str
    server_time_ms: int
    last_order_sequence: int
    """The highest order sequence seen from this terminal: a new journal goes on after it."""
    last_period_no: int = 0
    """The last period that was closed here: a new journal goes on after it."""
    roster_version: int = 0
    """Of the staff that may sign in: another one than the terminal's, and it fetches it."""
