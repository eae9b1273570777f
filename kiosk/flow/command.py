"""Wishes. What the flow wants done; the executor turns each into a call on a port.

Wishes are a function of the journalled facts, so they need no record of their own. A wish that
expects an answer stays pending until one of `answers` arrives that `matches` it. After a restart
each pending wish is replaced by what `ask` returns: the question "what became of it?", never the
deed.
"""

from typing import ClassVar

from msgspec import Struct

from kiosk.flow import event as ev
from kiosk.flow.device import Device
from kiosk.flow.paper import CashPaper, SelfTestPaper, Slip
from kiosk.flow.staff_event import OfficeTried
from vending.bill import BillPayRequest, BillQuery
from vending.card import CardSnapshot, SealAnswer, SealRequest
from vending.messages import (
    Account,
    Report,
    ResellRequest,
    TrialRequest,
    Vend,
    VendRequest,
)


class Command(Struct, frozen=True, kw_only=True, tag=True):
    """Base of all wishes."""

    answers: ClassVar[tuple[type[ev.Event], ...]] = ()
    """The facts that settle this wish; empty: nothing is expected."""

    def matches(self, event: ev.Event) -> bool:
        """Tell whether ``event`` (of a type in `answers`) answers this very wish."""
        return True

    def ask(self) -> tuple["Command", ...]:
        """Return what to do instead after a restart; the default asks nothing and does nothing."""
        return ()


class _AboutOrder(Command, frozen=True, kw_only=True):
    """A wish that belongs to one order."""

    order_no: str

    def matches(self, event: ev.Event) -> bool:
        """Only facts about the same order answer it."""
        return getattr(event, "order_no", self.order_no) == self.order_no


class _AboutSale(_AboutOrder, frozen=True, kw_only=True):
    """A wish that a sale answers, or the word that there is none."""

    def matches(self, event: ev.Event) -> bool:
        """An approval carries the order number inside the vend."""
        number = event.vend.order_no if isinstance(event, ev.VendApproved) else None
        return (number or getattr(event, "order_no", None)) == self.order_no

    def ask(self) -> tuple[Command, ...]:
        """Did you sell under this order number?"""
        return (InquireVend(order_no=self.order_no),)


# -- the card --------------------------------------------------------------------------------------


class ReadCard(Command, frozen=True):
    """Read the card whole. Changes nothing on it."""

    answers = (ev.CardRead, ev.CardUnreadable)


class WriteCard(_AboutOrder, frozen=True, kw_only=True):
    """Write the vend to the card. ``before`` is the card as it was read when the order was opened.

    While it runs the card asks for seals (`SealsWanted`); ends with `CardWriteEnded`, which proves
    nothing. The question after a restart is `ProveCard`.
    """

    answers = (ev.CardWriteEnded,)
    vend: Vend
    before: CardSnapshot

    def ask(self) -> tuple[Command, ...]:
        """Read the card back."""
        return (ProveCard(order_no=self.order_no, vend=self.vend, before=self.before),)


class ContinueWrite(_AboutOrder, frozen=True, kw_only=True):
    """Hand the head office's seals to the write under way."""

    answer: SealAnswer


class AbortWrite(_AboutOrder, frozen=True, kw_only=True):
    """Give up the write under way: there will be no seals. Ends with `CardWriteEnded`."""


class ProveCard(_AboutOrder, frozen=True, kw_only=True):
    """Reset the card, read it again from the start and judge it against the order."""

    answers = (ev.CardProved,)
    vend: Vend
    before: CardSnapshot

    def ask(self) -> tuple[Command, ...]:
        """Asking again is the same question."""
        return (self,)


class ReleaseCard(Command, frozen=True):
    """Let the customer have the card: a motor reader pushes it out, a manual one does nothing."""


# -- the banknotes ---------------------------------------------------------------------------------


class OpenAcceptor(Command, frozen=True, kw_only=True):
    """Take notes of these denominations, each held in escrow until it is judged."""

    values_fen: tuple[int, ...]

    def ask(self) -> tuple[Command, ...]:
        """Nobody is in front of a machine that has just started: make sure that it is closed."""
        return (CloseAcceptor(),)


class CloseAcceptor(Command, frozen=True):
    """Take no more notes; answered when the path is empty (deferred disable)."""

    answers = (ev.AcceptorClosed,)

    def ask(self) -> tuple[Command, ...]:
        """Closing twice is harmless."""
        return (self,)


class StackNote(Command, frozen=True, kw_only=True):
    """Swallow the note in escrow."""

    answers = (ev.NoteStacked, ev.NoteReturned, ev.NoteUnknown)
    note_id: str
    value_fen: int

    def matches(self, event: ev.Event) -> bool:
        """Only facts about the same note answer it."""
        return getattr(event, "note_id", None) == self.note_id

    def ask(self) -> tuple[Command, ...]:
        """What became of the note?"""
        return (AskNote(note_id=self.note_id, value_fen=self.value_fen),)


class AskNote(StackNote, frozen=True, kw_only=True):
    """What became of this note? Judged by the acceptor's power-up report and memory; moves nothing
    that the acceptor does not move by itself at power-up.
    """

    returning: bool = False
    """It was being given back, so an empty path means that it was: nobody had it swallowed."""

    def ask(self) -> tuple[Command, ...]:
        """Asking again is the same question."""
        return (self,)


class ReturnNote(StackNote, frozen=True, kw_only=True):
    """Give the note in escrow back."""

    def ask(self) -> tuple[Command, ...]:
        """Did it get there?"""
        return (AskNote(note_id=self.note_id, value_fen=self.value_fen, returning=True),)


# -- the head office -------------------------------------------------------------------------------


class LookUpAccount(Command, frozen=True, kw_only=True):
    """Ask who the card belongs to and whether it may buy."""

    answers = (ev.AccountFound, ev.OwedFound, ev.AccountRefused, ev.OfficeUnreachable)
    card: CardSnapshot

    def matches(self, event: ev.Event) -> bool:
        """Only answers about the same card."""
        return isinstance(event, ev.AboutCard) and event.card_serial in {"", self.card.serial}


class FindOwed(Command, frozen=True, kw_only=True):
    """Ask what was paid under the code of a slip, for the card at hand."""

    answers = (ev.OwedFound, ev.OwedRefused, ev.OfficeUnreachable)
    card: CardSnapshot
    code: str

    def matches(self, event: ev.Event) -> bool:
        """Only answers about the same card."""
        return isinstance(event, ev.AboutCard) and event.card_serial in {"", self.card.serial}


class AskTrial(Command, frozen=True, kw_only=True):
    """Ask what a sum would buy (accounts whose prices only the head office knows)."""

    request: TrialRequest

    @classmethod
    def of(cls, account: Account, paid_fen: int) -> "AskTrial":
        """Ask for this account and sum."""
        return cls(
            request=TrialRequest(
                customer_no=account.customer_no, meter_no=account.meter_no, paid_fen=paid_fen
            )
        )


class RequestVend(_AboutSale, frozen=True, kw_only=True):
    """Sell. Safe to repeat under the same number, and still not repeated but asked about."""

    answers = (ev.VendApproved, ev.VendRefused, ev.VendUnknown)
    request: VendRequest


class RequestResell(_AboutSale, frozen=True, kw_only=True):
    """Let us deliver an order that is owed. Safe to repeat, and still asked about instead."""

    answers = (ev.VendApproved, ev.VendRefused, ev.VendUnknown)
    request: ResellRequest


class InquireVend(_AboutSale, frozen=True, kw_only=True):
    """Did you sell under this order number? ``after_s`` leaves a struggling line some time."""

    answers = (ev.VendApproved, ev.VendRefused, ev.VendNotSold, ev.OrderEnded, ev.VendUnknown)
    after_s: int = 0

    def ask(self) -> tuple[Command, ...]:
        """Asking again is the same question."""
        return (self,)


class LookUpBill(Command, frozen=True, kw_only=True):
    """Ask what a customer owes."""

    answers = (ev.BillFound, ev.BillRefused, ev.BillUnreachable)
    query: BillQuery

    def matches(self, event: ev.Event) -> bool:
        """Only answers about the same customer."""
        told = event.statement.customer_no if isinstance(event, ev.BillFound) else None
        return (told or getattr(event, "customer_no", None)) == self.query.customer_no


class _AboutBill(_AboutOrder, frozen=True, kw_only=True):
    """A wish that a posted payment answers, or the word that there is none."""

    answers = (ev.BillPosted, ev.BillNotPosted, ev.OrderEnded, ev.BillUnknown)

    def matches(self, event: ev.Event) -> bool:
        """A posted payment carries the order number inside."""
        number = event.paid.order_no if isinstance(event, ev.BillPosted) else None
        return (number or getattr(event, "order_no", None)) == self.order_no

    def ask(self) -> tuple[Command, ...]:
        """Did you post under this order number?"""
        return (InquireBill(order_no=self.order_no),)


class PayBill(_AboutBill, frozen=True, kw_only=True):
    """Post the payment. Safe to repeat under the same number, and still asked about instead."""

    request: BillPayRequest

    def matches(self, event: ev.Event) -> bool:
        """The word that nothing was posted so far answers an inquiry made before, not this."""
        inquired = isinstance(event, ev.BillNotPosted) and event.reason is None
        return not inquired and super().matches(event)


class InquireBill(_AboutBill, frozen=True, kw_only=True):
    """Did you post under this order number? ``after_s`` leaves a struggling line some time."""

    after_s: int = 0

    def ask(self) -> tuple[Command, ...]:
        """Asking again is the same question."""
        return (self,)


class TryOffice(Command, frozen=True):
    """Sign in at the head office once more, to see whether and how fast it answers."""

    answers = (OfficeTried,)


class AskSeals(_AboutOrder, frozen=True, kw_only=True):
    """Forward the card's challenge. Not asked again after a restart: the card has forgotten it."""

    answers = (ev.SealsGiven, ev.SealsFailed)
    request: SealRequest


class Tell(Command, frozen=True, kw_only=True):
    """Put a must-arrive report into the outbox, in the same append as the fact behind it."""

    report: Report


# -- the slip --------------------------------------------------------------------------------------


class PrintSlip(_AboutOrder, frozen=True, kw_only=True):
    """Print. After a restart nobody knows whether it came out; it is not printed again."""

    answers = (ev.SlipPrinted, ev.SlipFailed)
    slip: Slip


class PrintPaper(Command, frozen=True, kw_only=True):
    """Print something that is no customer's slip. Not printed again after a restart."""

    answers = (ev.SlipPrinted, ev.SlipFailed)
    paper: CashPaper | SelfTestPaper

    def matches(self, event: ev.Event) -> bool:
        """Only facts about the same paper."""
        return getattr(event, "order_no", None) == self.paper.number


# -- maintenance -----------------------------------------------------------------------------------


class ResetDevice(Command, frozen=True, kw_only=True):
    """Let a device start anew; its state follows as `DeviceChanged`."""

    device: Device


class RestartProgram(Command, frozen=True):
    """End the program cleanly, so that it is started again. Asks nothing after the restart."""
