"""What must hold of the cash box at every step, checked from outside, by books of its own."""

from collections import Counter

from kiosk.cashbox.box import Stage
from kiosk.cashbox.count import figures
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.box import BOX_REMOVED_UNANNOUNCED
from kiosk.flow.command import Command, Tell
from kiosk.flow.event import Device, Event, Fault
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session
from vending.cash import Business, CashReport, Figures, PeriodFrozen
from vending.messages import (
    Alarm,
    Ending,
    Note,
    NoteInSuspense,
    NoteTaken,
    OrderOpened,
    Report,
    VendConfirmed,
)

NOTHING_SEEN = {ev.DeviceState.STARTING, ev.DeviceState.OFFLINE}


class CashLaws:
    """The books: every note that was told, and the period that was open then."""

    def __init__(self) -> None:
        self.certain: dict[str, tuple[int, Note, str | None]] = {}
        """Of each note in the box: its period, itself, and the order that it pays for."""
        self.uncertain: dict[str, int] = {}
        """Of each note that may be anywhere: its period."""
        self.businesses: dict[str, Business] = {}
        """Of each order."""
        self.ended: set[str] = set()
        self.slips: set[str] = set()
        self.closed: list[CashReport] = []
        self.box_is_in = True

    def check(
        self, before: Session, event: Event, after: Session, wishes: tuple[Command, ...]
    ) -> None:
        """Take one step into the books; every law is an assertion."""
        number = before.cash.period.period_no
        match event:
            case ev.OrderEnded(how=Ending.DELIVERED):
                self.ended.add(event.order_no)
            case ev.BillPosted():
                self.ended.add(event.paid.order_no)
        for one in wishes:
            match one:
                case Tell():
                    self._told(one.report, number)
                case wish.PrintSlip():
                    self.slips.add(one.order_no)
                case wish.OpenAcceptor():
                    assert before.cash.is_open, "money is taken while the box is being changed"
        self._sensor(before, event, wishes)
        self._stage(before, after)
        self._agrees(figures(after.cash.period), after.cash.period.period_no)

    def _told(self, report: Report, number: int) -> None:
        match report:
            case OrderOpened():
                self.businesses[report.order_no] = report.business
            case NoteTaken():
                self._boxed(number, report.note, report.order_no)
            case NoteInSuspense() if report.certain:
                self._boxed(number, report.note, None)
            case NoteInSuspense():
                self.uncertain[report.note.note_id] = number
            case VendConfirmed():
                self.ended.add(report.order_no)
            case CashReport():
                assert report.period_no == number
                self._agrees(report.figures, number)
                self._follows(report)
            case PeriodFrozen():
                assert report.period_no == number
                self._agrees(report.figures, number)
            case _:
                pass

    def _boxed(self, number: int, note: Note, order_no: str | None) -> None:
        assert note.note_id not in self.certain, "a note is in two periods"
        assert note.period_no == number
        self.certain[note.note_id] = (number, note, order_no)
        if self.uncertain.get(note.note_id) == number:
            del self.uncertain[note.note_id]

    def _follows(self, report: CashReport) -> None:
        if self.closed:
            last = self.closed[-1]
            assert report.period_no == last.period_no + 1
            assert report.opened_at_ms == last.closed_at_ms
        assert report.operator
        self.closed.append(report)

    def _agrees(self, told: Figures, number: int) -> None:
        """Figures of a period are those of its notes, each once."""
        own = [each for each in self.certain.values() if each[0] == number]
        counts = Counter(note.value_fen for _, note, _ in own)
        assert {count.value_fen: count.notes for count in told.counts} == counts
        paid = Counter[str]()
        for _, note, order_no in own:
            if order_no is not None:
                paid[order_no] += note.value_fen
        sums = {total.business: total for total in told.sums}
        assert set(sums) == {self.businesses[order_no] for order_no in paid}
        for business, total in sums.items():
            orders = {order_no for order_no in paid if self.businesses[order_no] is business}
            assert total.orders == len(orders)
            assert total.paid_fen == sum(paid[order_no] for order_no in orders)
            assert total.completed_orders == len(self.ended & orders)
            assert total.slips == len(self.slips & orders)
        listed = {item.order_no: item.paid_fen for item in told.incomplete}
        assert listed == {order_no: paid[order_no] for order_no in set(paid) - self.ended}
        assert told.expected_fen == sum(paid.values()) + told.loose_fen
        lost = {note.note_id for note in told.loose if not note.certain}
        assert lost == {note_id for note_id, period in self.uncertain.items() if period == number}

    def _sensor(self, before: Session, event: Event, wishes: tuple[Command, ...]) -> None:
        """A removal raises one alarm if nobody has announced it, else none."""
        went_out = False
        if isinstance(event, ev.DeviceChanged) and event.device is Device.ACCEPTOR:
            is_out = event.fault is Fault.BOX_REMOVED
            went_out = is_out and self.box_is_in
            if is_out or event.state not in NOTHING_SEEN:
                self.box_is_in = not is_out
        alarms = [
            one.report for one in wishes if isinstance(one, Tell) and isinstance(one.report, Alarm)
        ]
        raised = [alarm for alarm in alarms if alarm.code == BOX_REMOVED_UNANNOUNCED]
        assert len(raised) == (went_out and not before.cash.operator)

    def _stage(self, before: Session, after: Session) -> None:
        box = after.cash
        assert after.phase is not Phase.IDLE or box.is_open, "customers come to an open box"
        assert (box.stage is Stage.CLEARING) <= bool(box.operator)
        assert not box.is_open or not box.operator
        if not before.cash.is_open and box.is_open:
            cancelled = before.cash.stage is Stage.CLEARING
            assert cancelled or box.period.period_no == before.cash.period.period_no + 1
