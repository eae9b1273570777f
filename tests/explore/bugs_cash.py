"""Bugs of the cash box: its notes, its periods, the way of their figures to the head office."""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from bench.explore.boot import Boot
from center.cash import follow, intake, periods
from center.cash.periods import Period as Taken
from center.ledger import book
from center.ledger import clearing as postings
from center.orders import reporting
from center.orders.work import Work
from kiosk.backend import outbox
from kiosk.backend.outbox import Outbox
from kiosk.backend.schedule import Waiting
from kiosk.cashbox import clearing, count
from kiosk.cashbox.box import CashBox, Period, Stack, Stage
from kiosk.cashbox.clearing import Closing, Typed, Who
from kiosk.flow import box, service
from kiosk.flow import event as ev
from kiosk.flow.command import Command, Tell
from kiosk.flow.device import Device
from kiosk.flow.phase import Why
from kiosk.flow.rules import Step
from kiosk.flow.session import Session
from tests.explore.bugs import bug
from tests.explore.swap import Swaps
from vending.cash import Business, CashReport, PeriodAnswer
from vending.messages import Note, NoteInSuspense, NoteTaken, Report

# -- counting ------------------------------------------------------------------------------------


@bug("Two notes of one value count as one: the slip tells less than lies in the box.")
def note_not_counted(swaps: Swaps) -> None:
    def stacked(period: Period, note: Note) -> Period:
        others = tuple(each for each in period.stacks if each.value_fen != note.value_fen)
        stack = Stack(cassette=note.cassette, value_fen=note.value_fen, notes=1)
        return replace(period, stacks=(*others, stack))

    swaps.function(count._stacked, stacked)


@bug(
    "A note that belongs to no order is listed and not counted: the box holds more than told.",
    guard="The driver gives a note up before the flow does: none is told that late.",
)
def loose_note_not_counted(swaps: Swaps) -> None:
    real = count.loose

    def loose(period: Period, note: Note, near: str | None, *, certain: bool) -> Period:
        return replace(real(period, note, near, certain=certain), stacks=period.stacks)

    swaps.attribute(count, "loose", loose)


@bug("Notes count by the acceptor's reports, not by what was told: a repeated one counts twice.")
def note_counted_by_report(swaps: Swaps) -> None:
    real = box.counted

    def counted(session: Session, event: ev.Event, wishes: tuple[Command, ...]) -> Session:
        told = any(isinstance(w, Tell) and _is_a_note(w.report) for w in wishes)
        after = real(session, event, wishes)
        if told or not isinstance(event, ev.NoteStacked):
            return after
        again = count._stacked(
            after.cash.period, Note(note_id=event.note_id, value_fen=event.value_fen)
        )
        return after.but(cash=replace(after.cash, period=again))

    swaps.function(real, counted)


def _is_a_note(report: Report) -> bool:
    return isinstance(report, NoteTaken | NoteInSuspense)


@bug("What was in the box when a period closed is counted in the next one as well.")
def notes_carried_over(swaps: Swaps) -> None:
    real = clearing.end

    def end(cash: CashBox, who: Who, typed: Typed, at_ms: int, **sees: bool) -> Closing | None:
        done = real(cash, who, typed, at_ms, **sees)
        if done is None:
            return None
        next_period = replace(done.cash.period, stacks=cash.period.stacks)
        return done._replace(cash=replace(done.cash, period=next_period))

    swaps.function(real, end)


@bug("A note of a bill counts as paid for energy: the two sides do not agree what was sold.")
def bill_counted_as_energy(swaps: Swaps) -> None:
    def business(session: Session, order_no: str) -> Business:
        return Business.ENERGY

    swaps.function(box._business, business)


# -- periods -------------------------------------------------------------------------------------


@bug("Each sign-in gives an empty period the next number: numbers are skipped.")
def period_skipped(swaps: Swaps) -> None:
    def go_on_after(cash: CashBox, last_period_no: int) -> CashBox:
        if count.holds_money(cash.period):
            return cash
        return replace(cash, period=replace(cash.period, period_no=cash.period.period_no + 1))

    swaps.function(clearing.go_on_after, go_on_after)


@bug("A period keeps its number when it closes: two periods are told under one.")
def period_number_kept(swaps: Swaps) -> None:
    real = clearing.end

    def end(cash: CashBox, who: Who, typed: Typed, at_ms: int, **sees: bool) -> Closing | None:
        done = real(cash, who, typed, at_ms, **sees)
        if done is None:
            return None
        same = replace(done.cash.period, period_no=cash.period.period_no)
        return done._replace(cash=replace(done.cash, period=same))

    swaps.function(real, end)


@bug("A program that ends in a clearing tells the period when it starts, and at its end again.")
def period_closed_at_restart(swaps: Swaps) -> None:
    real = box.observe

    def observe(session: Session, event: ev.Event) -> Step:
        after, told = real(session, event)
        if not isinstance(event, ev.Restarted) or session.cash.stage is not Stage.REPLACED:
            return after, told
        closed = clearing._closed(session.cash, Who("nobody"), Typed(), event.at_ms)
        return after, (*told, Tell(report=clearing._report(closed, "")))

    swaps.function(real, observe)


@bug("Who thinks better of a clearing begins the count anew: what is in the box is forgotten.")
def cancel_drops_counts(swaps: Swaps) -> None:
    def cancel(cash: CashBox) -> CashBox:
        bare = Period(period_no=cash.period.period_no, opened_at_ms=cash.period.opened_at_ms)
        return CashBox(period=bare, closed=cash.closed)

    swaps.function(clearing.cancel, cancel)


@bug("A start of the program begins the count anew.")
def counts_lost_at_restart(swaps: Swaps) -> None:
    real = clearing.opened

    def opened(cash: CashBox, at_ms: int) -> CashBox:
        known = real(cash, at_ms)
        return replace(known, period=replace(known.period, stacks=(), loose=()))

    swaps.function(real, opened)


@bug("The way home forgets what earlier customers have paid for: the sums are short.")
def sums_lost_at_home(swaps: Swaps) -> None:
    real = service.home

    def home(session: Session) -> Session:
        bare = replace(session.cash.period, tallies=())
        return real(session.but(cash=replace(session.cash, period=bare)))

    swaps.function(real, home)


@bug("Nobody notices a box that is taken without a word: its period goes on in another box.")
def box_out_not_noticed(swaps: Swaps) -> None:
    real = box._sensed

    def sensed(session: Session, event: ev.DeviceChanged) -> Step:
        quiet = session.cash.is_open and box.is_in(session.part(Device.ACCEPTOR)) is False
        return (session, ()) if quiet else real(session, event)

    swaps.function(real, sensed)


@bug("Customers are served while the box is being changed: their notes are in no period's box.")
def served_while_clearing(swaps: Swaps) -> None:
    """As soon as a box is in, and the operator looks the other way."""
    real = service.out_of_service_cause

    def cause(session: Session) -> Why | None:
        if session.cash.stage is not Stage.REPLACED:
            return real(session)
        return real(session.but(cash=replace(session.cash, stage=Stage.OPEN)))

    def works(session: Session) -> bool:
        seen = session.but(cash=replace(session.cash, stage=Stage.OPEN))
        return real_works(seen if session.cash.stage is Stage.REPLACED else session)

    real_works = service.acceptor_works
    swaps.function(real, cause)
    swaps.function(real_works, works)


# -- to the head office --------------------------------------------------------------------------


@bug("A cash report does not wait for the notes before it: the head office knows fewer.")
def cash_report_overtakes(swaps: Swaps) -> None:
    real = outbox.order_of

    def order_of(report: Report) -> str | None:
        return None if isinstance(report, CashReport) else real(report)

    swaps.function(real, order_of)


@bug("The head office's answer about a period is not kept: nobody learns that it differs.")
def answer_lost(swaps: Swaps) -> None:
    def keep(self: Boot, answer: PeriodAnswer) -> bool:
        return True

    swaps.attribute(Boot, "_keep_answer", keep)


@bug("The answer about a period counts as kept before it is: a power cut takes it.")
def answer_not_durable(swaps: Swaps) -> None:
    def keep(self: Boot, answer: PeriodAnswer) -> bool:
        self.inbox.post(ev.PeriodAnswered(answer=answer))
        return True

    swaps.attribute(Boot, "_keep_answer", keep)


@bug("A report is marked as taken before its answer is kept: a power cut takes the answer.")
def answer_after_the_mark(swaps: Swaps) -> None:
    real = Outbox._done

    def attempt(self: Any, waiting: Waiting, now_ms: int) -> None:
        kept: list[PeriodAnswer] = []

        def later(answer: PeriodAnswer) -> bool:
            kept.append(answer)
            return True

        on_answer, self._on_answer = self._on_answer, later
        try:
            taken = self._is_taken(waiting.report_no)
        finally:
            self._on_answer = on_answer
        if not taken:
            self._put_off(waiting, now_ms)
            return
        real(self, waiting)
        for answer in kept:
            on_answer(answer)

    swaps.attribute(Outbox, "_try", attempt)


# -- at the head office --------------------------------------------------------------------------


@bug("A period's money is never booked out of the box: it lies there for ever.")
def transit_missing(swaps: Swaps) -> None:
    def clear(connection: Connection, period: Taken, now_ms: int) -> None:
        periods.add(connection, period)

    swaps.function(intake._clear, clear)


@bug("A period's money is booked out of the box twice.")
def transit_doubled(swaps: Swaps) -> None:
    real = intake._clear

    def clear(connection: Connection, period: Taken, now_ms: int) -> None:
        real(connection, period, now_ms)
        _book_again(connection, period.terminal_no, period.period_no, period.expected_fen, now_ms)

    swaps.function(real, clear)


def _book_again(
    connection: Connection, terminal_no: str, period_no: int, amount_fen: int, now_ms: int
) -> None:
    moved = postings.taken(terminal_no, period_no, amount_fen)
    if moved:
        again = replace(moved, key=f"{moved.key}:{now_ms}")
        book.post(connection, [again], now_ms)


@bug("A cash report that comes again moves the period's money again.")
def period_taken_again(swaps: Swaps) -> None:
    real = reporting._answer_again

    def again(work: Work, report: Report) -> PeriodAnswer | None:
        answer = real(work, report)
        if isinstance(report, CashReport) and answer:
            fen = answer.figures.expected_fen
            _book_again(work.connection, work.terminal_no, report.period_no, fen, work.now_ms)
        return answer

    swaps.function(real, again)


@bug(
    "A note that becomes known after its period was taken stays in a box that was emptied.",
    guard="Figures follow all notes: the head office knows every note before its period.",
)
def late_note_follows_nowhere(swaps: Swaps) -> None:
    def stay(connection: Connection, terminal_no: str, new: Any, now_ms: int) -> None:
        return

    swaps.function(follow.follow, stay)
