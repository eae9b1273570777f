"""The judge of the cash boxes: what was in each one against the figures of its period."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from bench.acceptor.mechanism import Place
from bench.explore.books import Books, Journalled
from bench.explore.kiosk import SimKiosk
from kiosk.cashbox.box import PERIODS_KEPT, CashBox
from kiosk.cashbox.count import figures
from vending.cash import Figures

Notes = Counter[int]


def judge_cash(kiosk: SimKiosk, journal: Journalled | None, books: Books) -> Iterator[str]:
    """Periods have no gaps, each note is in exactly one of them, each box holds what its period
    says, and the head office has found the same in its own books.
    """
    session = kiosk.session
    if session is None:
        return  # said already: it does not run
    name, cash = f"kiosk {kiosk.terminal_no}", session.cash
    yield from (f"{name}: {found}" for found in (*_gaps(cash), *_taken_in(kiosk, cash, books)))
    periods = {closed.period_no: closed.figures for closed in cash.closed}
    periods[cash.period.period_no] = figures(cash.period)
    if journal and len(cash.closed) < PERIODS_KEPT:
        told = sum((_counts(each) for each in periods.values()), Notes())
        stacked = Notes(journal.stacked.values())
        if told != stacked:
            yield f"{name}: {dict(stacked)} were stacked, {dict(told)} are in periods"
    for number, period in periods.items():
        yield from (f"{name}: {found}" for found in _box(kiosk, number, period, periods))


def judge_boxes(kiosk: SimKiosk) -> Iterator[str]:
    """A period ends with its box: two boxes with notes in them are two periods.

    Where the sensor was blind, or nobody listened to it, a box can be changed without being missed.
    """
    full = Counter(box.period_no for box in kiosk.boxes if box.notes)
    for number, boxes in full.items():
        if boxes > 1:
            yield f"kiosk {kiosk.terminal_no}: the notes of period {number} lay in {boxes} boxes"


def _gaps(cash: CashBox) -> Iterator[str]:
    numbers = [*(closed.period_no for closed in cash.closed), cash.period.period_no]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        yield f"periods are numbered {numbers}"
    times = [(closed.opened_at_ms, closed.closed_at_ms) for closed in cash.closed]
    times.append((cash.period.opened_at_ms, cash.period.opened_at_ms))
    for (_, closed_ms), (opened_ms, _) in pairwise(times):
        if closed_ms != opened_ms:
            yield f"a period ends at {closed_ms}, the next begins at {opened_ms}"


def _taken_in(kiosk: SimKiosk, cash: CashBox, books: Books) -> Iterator[str]:
    """Every closed period has reached the head office, and both sides say the same."""
    booked = [each for each in books.periods if each.terminal_no == kiosk.terminal_no]
    numbers = [each.period_no for each in booked]
    if numbers != list(range(1, cash.period.period_no)):
        yield f"period {cash.period.period_no} is open, the head office knows {numbers}"
    for closed in cash.closed:
        if closed.answer is None:
            yield f"period {closed.period_no} was never answered"
    for each in booked:
        if not each.agrees:
            yield f"period {each.period_no} does not agree"


def _box(
    kiosk: SimKiosk, number: int, period: Figures, periods: dict[int, Figures]
) -> Iterator[str]:
    """A note in doubt may lie there, or in the next box when that was put in while the note was
    still on its way; one that was told late is loose in a later period.
    """
    box = sum((taken.notes for taken in kiosk.boxes if taken.period_no == number), Notes())
    if number == max(periods):
        metal = kiosk.hardware.acceptor.mechanism
        box += Notes(value or 0 for value in metal.values_at(Place.BOX))
    counted = _counts(period)
    doubtful = Notes(
        note.value_fen
        for other, each in periods.items()
        if other in {number - 1, number}
        for note in each.loose
        if not note.certain
    )
    late = Notes(
        note.value_fen
        for other, each in periods.items()
        if other > number
        for note in each.loose
        if note.certain
    )
    missing, more = counted - box, box - counted - doubtful - late
    early = (
        Notes(note.value_fen for note in period.loose if note.certain) if number > 1 else Notes()
    )
    if missing - early or sum(more.values()) > doubtful[0]:
        yield (
            f"period {number}: {dict(box)} in the box, {dict(counted)} counted, "
            f"{dict(doubtful)} in doubt, {dict(late)} told later"
        )


def _counts(period: Figures) -> Notes:
    counts = Notes()
    for count in period.counts:
        counts[count.value_fen] += count.notes
    return counts
