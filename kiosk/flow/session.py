"""Everything the flow knows, as one immutable value."""

from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kiosk.cashbox.box import CashBox
from kiosk.flow.care import Care, Staff
from kiosk.flow.command import Command
from kiosk.flow.event import (
    Device,
    DeviceState,
    Fault,
    NoteStacked,
    NoteUnknown,
)
from kiosk.flow.phase import Cause, Notice, Phase, Why
from kiosk.flow.policy import Policy
from vending.bill import BillPaid, BillStatement, Settlement, due_fen, settle
from vending.card import CardSnapshot, Verdict
from vending.messages import Account, Note, Owed, Reason, Vend
from vending.tariff import Quote


class NoteFate(StrEnum):
    """What is known of a note that was in escrow."""

    OPEN = "open"
    UNKNOWN = "unknown"
    """Reported as uncertain: a person looks for it, no purchase may use it any more."""
    BOXED = "boxed"
    """In the cash box, and reported."""


class SeenNote(Struct, frozen=True):
    """A note, the order that was in hand when it was offered, and its fate."""

    note_id: str
    order_no: str | None
    fate: NoteFate


class Order(Struct, frozen=True, kw_only=True):
    """One purchase: numbered before money moves, paid by notes, fulfilled by one vend."""

    order_no: str
    opened_at_ms: int
    account: Account
    card: CardSnapshot
    """The card as read before anything was paid."""
    notes: tuple[Note, ...] = ()
    vend_asked: bool = False
    """The question "sell" has been put at least once: from now on only "did you sell?" is certain,
    and the notes in it stay as they are.
    """
    vend: Vend | None = None
    refused: Reason | None = None
    inquiries: int = 0
    writes: int = 0
    verdict: Verdict | None = None
    seals: int = 0
    """The highest number of seals that the head office told of: which proofs still hold."""
    adopted_fen: int = 0
    """Paid at another terminal, or before this journal began: the head office holds the money. Not
    kept here when it cannot be delivered: the next insertion finds it again.
    """
    claimed: bool = False
    """Sold by the head office's books to the card at hand: the money or the card is another than
    those of the order's own terminal and opening.
    """

    @property
    def paid_fen(self) -> int:
        """What was paid for this order, here or elsewhere."""
        return self.adopted_fen or sum(note.value_fen for note in self.notes)

    @property
    def is_adopted(self) -> bool:
        """Tell whether the money was taken elsewhere."""
        return self.adopted_fen > 0

    @property
    def asked(self) -> bool:
        """Tell whether the notes in it stay as they are."""
        return self.vend_asked


class BillOrder(Struct, frozen=True, kw_only=True):
    """One payment of bills: numbered before money moves, paid by notes, posted at the utility."""

    order_no: str
    opened_at_ms: int
    statement: BillStatement
    months: int
    """How many of the statement's months the customer chose, the oldest first."""
    notes: tuple[Note, ...] = ()
    asked: bool = False
    """The request to post was put at least once: from now on only the question about it is certain,
    and the notes in it stay as they are.
    """
    paid: BillPaid | None = None
    refused: Reason | None = None
    inquiries: int = 0

    @property
    def paid_fen(self) -> int:
        """What is in the box for it."""
        return sum(note.value_fen for note in self.notes)

    @property
    def due_fen(self) -> int:
        """What settles the chosen months."""
        return due_fen(self.statement.months[: self.months], self.statement.balance_fen)

    @property
    def settlement(self) -> Settlement:
        """What the notes so far settle; once it is posted, the utility's word."""
        if self.paid:
            return self.paid.settlement
        chosen = self.statement.months[: self.months]
        return settle(chosen, self.statement.balance_fen, self.paid_fen)


class PartStatus(Struct, frozen=True):
    """A part as it last reported itself."""

    state: DeviceState
    fault: Fault = Fault.NONE


class Session(Struct, frozen=True, kw_only=True):
    """The whole state of the flow. Folded from the journal, never stored by itself."""

    policy: Policy
    phase: Phase = Phase.OUT_OF_SERVICE
    round: int = 0
    """Rises whenever the phase's time-out starts anew."""
    asked_more_time: bool = False
    language: str = "zh"
    parts: dict[Device, PartStatus] = {}
    card_present: bool = False
    card: CardSnapshot | None = None
    account: Account | None = None
    owed: Owed | None = None
    """What the head office says is to be delivered first."""
    reselling: bool = False
    """The customer came by the menu for what was paid earlier."""
    billing: bool = False
    """The customer came to pay a bill."""
    staff: Staff | None = None
    care: Care = Care()
    cash: CashBox = CashBox()
    order: Order | None = None
    customer_no: str = ""
    """Whose bill was asked about last."""
    statement: BillStatement | None = None
    """What that customer owes."""
    bill: BillOrder | None = None
    """A payment of bills, instead of an order of energy."""
    quote: Quote | None = None
    """What the notes so far buy; None while only the head office knows."""
    escrow: Note | None = None
    """The note that is being judged, swallowed or given back."""
    finishing: bool = False
    """The customer pressed finish while a note was on its way."""
    cause: Cause | None = None
    notice: Notice | None = None
    printing: bool = False
    slip_failed: bool = False
    parked: tuple[Order, ...] = ()
    """Paid orders that still wait for their card, oldest first."""
    parked_bills: tuple[BillOrder, ...] = ()
    """Payments of bills that are not, or not surely, posted; asked about when the line is back."""
    orders_made: int = 0
    """Sequence of the last order number."""
    notes_seen: tuple[SeenNote, ...] = ()
    """The latest notes, so that none is counted twice or for somebody else."""
    note_end: NoteStacked | NoteUnknown | None = None
    """The last end of a note, while the acceptor may still repeat it: it may not have heard us."""
    pending: tuple[Command, ...] = ()
    """Wishes that nothing has answered yet."""

    @property
    def payment(self) -> Order | BillOrder | None:
        """The order in hand that notes can pay for, whatever they buy."""
        return self.bill or self.order

    @property
    def paid_fen(self) -> int:
        """What is in the box for the order in hand."""
        return self.payment.paid_fen if self.payment else 0

    def with_payment(self, payment: Order | BillOrder) -> "Session":
        """The same with the order in hand changed."""
        is_bill = isinstance(payment, BillOrder)
        return self.but(bill=payment) if is_bill else self.but(order=payment)

    def to(self, phase: Phase, **changes: Any) -> "Session":
        """Move to ``phase`` and start its time-out, also when it is the present one."""
        return replace(self, phase=phase, round=self.round + 1, asked_more_time=False, **changes)

    def but(self, **changes: Any) -> "Session":
        """The same phase and time-out with something changed."""
        return replace(self, **changes)

    def part(self, device: Device) -> PartStatus:
        """Return how ``device`` is; a part that has not reported is starting."""
        return self.parts.get(device, PartStatus(DeviceState.STARTING))

    def with_nobody(self) -> "Session":
        """Return what is the machine's own, with nobody in front of it."""
        blank = Session(policy=self.policy, language=self.policy.language)
        return replace(self, **{name: getattr(blank, name) for name in OF_A_VISIT})


OF_A_VISIT = frozenset(
    {
        "asked_more_time",
        "language",
        "card",
        "account",
        "owed",
        "reselling",
        "billing",
        "staff",
        "order",
        "customer_no",
        "statement",
        "bill",
        "quote",
        "escrow",
        "finishing",
        "cause",
        "notice",
        "printing",
        "slip_failed",
    }
)
"""Fields that belong to whoever stands in front of the machine. All others are the machine's."""


def fresh(policy: Policy) -> Session:
    """Return the session of a terminal with an empty journal."""
    return Session(policy=policy, language=policy.language, cause=Why.STARTING)
