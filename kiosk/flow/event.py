"""Facts. Everything that can happen to a terminal, as values that the journal keeps for ever.

The engine stamps ``at_ms`` (UTC milliseconds) when it journals an event; who posts one leaves it 0.
Adding a field needs a default, so that older journals stay readable; renaming a tag is forbidden.
"""

from msgspec import Struct

from kiosk.flow.device import CardFault as CardFault  # noqa: PLC0414  # part of the vocabulary
from kiosk.flow.device import Device as Device  # noqa: PLC0414
from kiosk.flow.device import DeviceState as DeviceState  # noqa: PLC0414
from kiosk.flow.device import Fault as Fault  # noqa: PLC0414
from kiosk.flow.device import RejectCause as RejectCause  # noqa: PLC0414
from kiosk.flow.policy import Policy
from vending.bill import BillPaid, BillStatement
from vending.card import CardSnapshot, SealAnswer, SealRequest, Verdict
from vending.cash import PeriodAnswer
from vending.messages import Account, Ending, Owed, Reason, Vend
from vending.tariff import Quote


class Event(Struct, frozen=True, kw_only=True, tag=True):
    """Base of all facts."""

    at_ms: int = 0


# -- the terminal's own life -----------------------------------------------------------------------


class Restarted(Event, frozen=True, kw_only=True):
    """The program started. All that was wished for and not answered must be asked about."""

    boot_id: str
    software_version: str = ""
    policy: Policy | None = None
    """In force from now on; None: the one before."""


class DeviceChanged(Event, frozen=True, kw_only=True):
    """A part's state changed."""

    device: Device
    state: DeviceState
    fault: Fault = Fault.NONE
    detail: str = ""


class SignedInAt(Event, frozen=True, kw_only=True):
    """The head office accepted our sign-in and told the highest order sequence it has seen."""

    last_order_sequence: int
    last_period_no: int = 0


class TimedOut(Event, frozen=True, kw_only=True):
    """A phase lasted longer than its time-out. ``phase`` and ``round`` tell a stale one."""

    phase: str
    round: int


# -- the customer ----------------------------------------------------------------------------------


class LanguageChosen(Event, frozen=True, kw_only=True):
    """The customer switched the language."""

    language: str


class ContinuePressed(Event, frozen=True, kw_only=True):
    """The customer agreed with what the screen shows."""


class CashChosen(Event, frozen=True, kw_only=True):
    """The customer wants to pay with banknotes."""


class FinishPressed(Event, frozen=True, kw_only=True):
    """The customer has put in all the notes he or she wants."""


class CancelPressed(Event, frozen=True, kw_only=True):
    """The customer does not want to go on."""


class MoreTimePressed(Event, frozen=True, kw_only=True):
    """The customer is still there."""


class ResellPressed(Event, frozen=True, kw_only=True):
    """The customer wants what was paid earlier (补售电)."""


class CodeEntered(Event, frozen=True, kw_only=True):
    """The customer typed the code of a slip: the order's number."""

    order_no: str


class DeliverPressed(Event, frozen=True, kw_only=True):
    """The customer wants the order that is shown delivered."""


class BillPressed(Event, frozen=True, kw_only=True):
    """The customer wants to pay a bill (现金缴费)."""


class CustomerNoEntered(Event, frozen=True, kw_only=True):
    """The customer typed the customer's number that stands on the bill."""

    customer_no: str


class CodeScanned(Event, frozen=True, kw_only=True):
    """The scanner read a QR or bar code. What it is, the flow decides."""

    text: str
    """The number that the code begins with; empty: it begins with none. What else stands in it is
    not kept.
    """


class MonthsChosen(Event, frozen=True, kw_only=True):
    """The customer wants to pay so many months, the oldest first, in cash."""

    months: int


# -- the card --------------------------------------------------------------------------------------


class CardInserted(Event, frozen=True, kw_only=True):
    """A card is in the slot."""


class CardRemoved(Event, frozen=True, kw_only=True):
    """The slot is empty again."""


class CardRead(Event, frozen=True, kw_only=True):
    """The card was read whole."""

    card: CardSnapshot


class CardUnreadable(Event, frozen=True, kw_only=True):
    """The card cannot be used."""

    fault: CardFault
    detail: str = ""
    serial: str = ""
    """Of the chip, as far as it could be read: a card that was torn in writing still has it."""


class SealsWanted(Event, frozen=True, kw_only=True):
    """A write is under way and the card waits for the head office's answer."""

    request: SealRequest


class CardWriteEnded(Event, frozen=True, kw_only=True):
    """The write is over, well or badly: only reading back tells. ``detail`` is for the journal."""

    order_no: str
    detail: str = ""


class CardProved(Event, frozen=True, kw_only=True):
    """The card was reset, read again from the start and judged against the order."""

    order_no: str
    verdict: Verdict
    card: CardSnapshot | None = None


# -- the banknotes ---------------------------------------------------------------------------------


class NoteEscrowed(Event, frozen=True, kw_only=True):
    """A note is held in escrow. It is not money yet."""

    note_id: str
    value_fen: int


class NoteStacked(Event, frozen=True, kw_only=True):
    """A note lies in the cash box. ``evidence`` tells how the acceptor said so."""

    note_id: str
    value_fen: int
    evidence: str = ""
    cassette: str = "1"


class NoteReturned(Event, frozen=True, kw_only=True):
    """A note from escrow went back to the customer."""

    note_id: str
    value_fen: int


class NoteRejected(Event, frozen=True, kw_only=True):
    """The acceptor itself refused what was put in; it was never in escrow."""

    cause: RejectCause


class NoteUnknown(Event, frozen=True, kw_only=True):
    """The acceptor cannot tell what became of a note. ``value_fen`` 0: not even its value."""

    note_id: str
    value_fen: int
    why: str = ""


class AcceptorClosed(Event, frozen=True, kw_only=True):
    """The acceptor takes no more notes and its path is empty."""


# -- the head office -------------------------------------------------------------------------------


class AboutCard(Event, frozen=True, kw_only=True):
    """An answer to a question about one card; it may come when another card is in the slot."""

    card_serial: str = ""
    """Empty in journals of older versions."""


class AccountFound(AboutCard, frozen=True, kw_only=True):
    """Who the card belongs to."""

    account: Account


class AccountRefused(AboutCard, frozen=True, kw_only=True):
    """The head office knows the card and says no, or does not know it."""

    reason: Reason


class OwedFound(AboutCard, frozen=True, kw_only=True):
    """Something was paid for this card and is not delivered."""

    owed: Owed


class OwedRefused(AboutCard, frozen=True, kw_only=True):
    """Nothing is owed under this card or code, or this terminal may not deliver it."""

    reason: Reason


class TrialAnswered(Event, frozen=True, kw_only=True):
    """What the money so far buys, told by the head office (accounts without a tariff)."""

    paid_fen: int
    quote: Quote


class OfficeUnreachable(AboutCard, frozen=True, kw_only=True):
    """A question that changes nothing got no answer in time."""

    question: str


class VendApproved(Event, frozen=True, kw_only=True):
    """Sold."""

    vend: Vend


class VendRefused(Event, frozen=True, kw_only=True):
    """Not sold, with a reason: a definite answer."""

    order_no: str
    reason: Reason


class VendNotSold(Event, frozen=True, kw_only=True):
    """The head office says that it has sold nothing under this number: a definite answer."""

    order_no: str


class OrderEnded(Event, frozen=True, kw_only=True):
    """The head office says that the order has come to its end, here or elsewhere: definite."""

    order_no: str
    how: Ending


class VendUnknown(Event, frozen=True, kw_only=True):
    """No answer: it may have been sold or not."""

    order_no: str


class SealsGiven(Event, frozen=True, kw_only=True):
    """The head office's answer to a card's challenge."""

    order_no: str
    answer: SealAnswer
    seals: int = 0
    """How often cards were sealed for the order, this time included."""


class SealsFailed(Event, frozen=True, kw_only=True):
    """No seals: refused or no answer. ``reason`` is None without an answer."""

    order_no: str
    reason: Reason | None = None


class BillFound(Event, frozen=True, kw_only=True):
    """What the customer owes."""

    statement: BillStatement


class BillRefused(Event, frozen=True, kw_only=True):
    """The head office knows no such customer, or nothing is owed."""

    customer_no: str
    reason: Reason


class BillUnreachable(Event, frozen=True, kw_only=True):
    """The question what is owed got no answer in time."""

    customer_no: str


class BillPosted(Event, frozen=True, kw_only=True):
    """Paid: the utility has posted it. Definite."""

    paid: BillPaid


class BillNotPosted(Event, frozen=True, kw_only=True):
    """The head office has posted nothing under this number: a definite answer."""

    order_no: str
    reason: Reason | None = None
    """Why it refuses to; None: it was asked what became of it, and nothing has."""


class BillUnknown(Event, frozen=True, kw_only=True):
    """No answer: it may have been posted or not."""

    order_no: str


class PeriodAnswered(Event, frozen=True, kw_only=True):
    """The head office's own figures of a period that was closed."""

    answer: PeriodAnswer


# -- the slip --------------------------------------------------------------------------------------


class SlipPrinted(Event, frozen=True, kw_only=True):
    """The printer confirmed the slip."""

    order_no: str
    """The order's, or the number of another paper (`command.Paper.number`)."""


class SlipFailed(Event, frozen=True, kw_only=True):
    """The slip is not, or not surely, on paper."""

    order_no: str
    """The order's, or the number of another paper (`command.Paper.number`)."""
    fault: Fault
