"""A terminal's cash box at message level: swallows notes, counts them its own way, is cleared."""

from collections import defaultdict
from collections.abc import Callable

from msgspec import Struct

from center.orders.port import OrderDesk
from tests.center.orders.office import NOW_MS, TERMINAL
from vending.cash import (
    Business,
    BusinessSum,
    CashReport,
    Figures,
    LooseNote,
    NoteCount,
    OpenItem,
    PeriodFrozen,
)
from vending.messages import (
    Note,
    NoteInSuspense,
    NoteTaken,
    Report,
    ReportEnvelope,
    ReportTaken,
)


class Slot(Struct, frozen=True, kw_only=True):
    """A note that was swallowed, or may have been."""

    note: Note
    order_no: str | None
    business: Business = Business.ENERGY
    loose: bool = False
    certain: bool = True


class Till:
    """Knows nothing of the head office's books."""

    def __init__(
        self,
        desk: OrderDesk,
        terminal_no: str = TERMINAL,
        now: Callable[[], int] = lambda: NOW_MS,
        journal: str = "j",
    ) -> None:
        self.desk, self.terminal_no, self.now, self.journal = desk, terminal_no, now, journal
        self.period_no = 1
        self.slots: list[Slot] = []
        self.completed: set[str] = set()
        self.slips: set[str] = set()
        self.sent: list[ReportEnvelope] = []
        self.notes_made = 0

    def note(self, value_fen: int, cassette: str = "1") -> Note:
        self.notes_made += 1
        return Note(
            note_id=f"{self.terminal_no}-n{self.notes_made}",
            value_fen=value_fen,
            period_no=self.period_no,
            cassette=cassette,
        )

    # -- what happens at the machine, and the report about it

    def pay(self, order_no: str, value_fen: int, business: Business = Business.ENERGY) -> NoteTaken:
        note = self.note(value_fen)
        self.slots.append(Slot(note=note, order_no=order_no, business=business))
        return NoteTaken(order_no=order_no, note=note, at_ms=self.now())

    def lose(self, value_fen: int, *, certain: bool, near: str | None = None) -> NoteInSuspense:
        """A note of no order."""
        note = self.note(value_fen)
        self.slots.append(Slot(note=note, order_no=near, loose=True, certain=certain))
        return NoteInSuspense(note=note, near_order_no=near, certain=certain, at_ms=self.now())

    def find(self, doubted: Note, value_fen: int = 0) -> NoteInSuspense:
        """An uncertain note turns out stacked: it belongs to the period that runs now."""
        self.slots = [slot for slot in self.slots if slot.note.note_id != doubted.note_id]
        note = Note(
            note_id=doubted.note_id,
            value_fen=value_fen or doubted.value_fen,
            period_no=self.period_no,
        )
        self.slots.append(Slot(note=note, order_no=None, loose=True))
        return NoteInSuspense(note=note, near_order_no=None, certain=True, at_ms=self.now())

    def clear(self, operator: str = "op") -> CashReport:
        """Close the period; the next one begins with an empty box."""
        report = CashReport(
            period_no=self.period_no,
            opened_at_ms=self.now() - 1,
            closed_at_ms=self.now(),
            operator=operator,
            bag_no=f"bag-{self.period_no}",
            figures=self.figures(),
        )
        self.period_no += 1
        self.slots = []
        return report

    def frozen(self) -> PeriodFrozen:
        return PeriodFrozen(period_no=self.period_no, at_ms=self.now(), figures=self.figures())

    # -- telling

    def tell(self, report: Report) -> ReportTaken:
        envelope = ReportEnvelope(
            report_no=len(self.sent) + 1, journal_id=self.journal, report=report
        )
        self.sent.append(envelope)
        return self.desk.report(self.terminal_no, envelope)

    def tell_again(self, place: int = -1) -> ReportTaken:
        return self.desk.report(self.terminal_no, self.sent[place])

    # -- counting

    def figures(self) -> Figures:
        stacks: dict[tuple[str, int], int] = defaultdict(int)
        for slot in self.slots:
            if slot.certain:
                stacks[slot.note.cassette, -slot.note.value_fen] += 1
        return Figures(
            counts=tuple(
                NoteCount(cassette=cassette, value_fen=-value, notes=count)
                for (cassette, value), count in sorted(stacks.items())
            ),
            sums=tuple(self._sum(business) for business in Business if self._paid(business)),
            incomplete=tuple(
                OpenItem(order_no=order_no, business=business, paid_fen=fen)
                for business in Business
                for order_no, fen in sorted(self._paid(business).items())
                if order_no not in self.completed
            ),
            loose=tuple(
                LooseNote(
                    note_id=slot.note.note_id,
                    value_fen=slot.note.value_fen,
                    near_order_no=slot.order_no,
                    certain=slot.certain,
                )
                for slot in self.slots
                if slot.loose
            ),
        )

    def _paid(self, business: Business) -> dict[str, int]:
        paid: dict[str, int] = defaultdict(int)
        for slot in self.slots:
            if slot.business is business and not slot.loose and slot.order_no:
                paid[slot.order_no] += slot.note.value_fen
        return paid

    def _sum(self, business: Business) -> BusinessSum:
        paid = self._paid(business)
        return BusinessSum(
            business=business,
            orders=len(paid),
            notes=sum(slot.business is business and not slot.loose for slot in self.slots),
            paid_fen=sum(paid.values()),
            completed_orders=len(paid.keys() & self.completed),
            completed_fen=sum(paid[each] for each in paid.keys() & self.completed),
            slips=len(paid.keys() & self.slips),
            slips_fen=sum(paid[each] for each in paid.keys() & self.slips),
        )
