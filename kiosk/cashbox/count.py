"""Counting what lies in the box. Pure: a period in, the period with one more fact out.

An order is watched by itself until it is completed and its slip is out; then only its sums are
kept, so that a period grows with what is unusual in it, not with its trade.
"""

from msgspec.structs import replace

from kiosk.cashbox.box import OrderCash, Period, Stack, Tally
from vending.cash import Business, BusinessSum, Figures, LooseNote, NoteCount, OpenItem
from vending.messages import Note
from vending.wire import MOST_ITEMS

# -- counting --------------------------------------------------------------------------------------


def paid(period: Period, order_no: str, business: Business, note: Note) -> Period:
    """Count a note that pays for an order."""
    known = _order(period, order_no) or OrderCash(
        order_no=order_no, business=business, notes=0, paid_fen=0
    )
    grown = replace(known, notes=known.notes + 1, paid_fen=known.paid_fen + note.value_fen)
    watched = _exchange(period.orders, known, grown)
    return replace(_stacked(period, note), orders=watched, loose=_others(period, note.note_id))


def loose(period: Period, note: Note, near_order_no: str | None, *, certain: bool) -> Period:
    """List a note that belongs to no order; count it if it is certain.

    An uncertain note that turns out to be in the box is a certain one from then on.
    """
    listed = LooseNote(
        note_id=note.note_id,
        value_fen=note.value_fen,
        near_order_no=near_order_no,
        certain=certain,
    )
    counted = _stacked(period, note) if certain else period
    return replace(counted, loose=(*_others(period, note.note_id), listed))


def completed(period: Period, order_no: str) -> Period:
    """An order has come to its end: proved on the card, posted to the bills."""
    return _watch(period, order_no, completed=True)


def slip_out(period: Period, order_no: str) -> Period:
    """An order's slip was printed, or shown where it could not be."""
    return _watch(period, order_no, slip=True)


def holds_money(period: Period) -> bool:
    """Tell whether a note was told under its number, be it one that may be nowhere."""
    return bool(period.stacks or period.loose)


def _watch(period: Period, order_no: str, *, completed: bool = False, slip: bool = False) -> Period:
    """Orders that were not paid for in this period are none of its business."""
    known = _order(period, order_no)
    if known is None:
        return period
    now = replace(known, completed=known.completed or completed, slip=known.slip or slip)
    if not (now.completed and now.slip):
        return replace(period, orders=_exchange(period.orders, known, now))
    rest = tuple(order for order in period.orders if order is not known)
    return replace(period, orders=rest, tallies=_tallied(period.tallies, known))


def _order(period: Period, order_no: str) -> OrderCash | None:
    return next((order for order in period.orders if order.order_no == order_no), None)


def _exchange(
    orders: tuple[OrderCash, ...], before: OrderCash, after: OrderCash
) -> tuple[OrderCash, ...]:
    """Put ``after`` in the place of ``before``; at the end, if that was in none."""
    exchanged = tuple(after if order is before else order for order in orders)
    return exchanged if after in exchanged else (*orders, after)


def _tallied(tallies: tuple[Tally, ...], order: OrderCash) -> tuple[Tally, ...]:
    known = {tally.business: tally for tally in tallies}
    before = known.get(order.business, Tally(business=order.business))
    known[order.business] = replace(
        before,
        orders=before.orders + 1,
        notes=before.notes + order.notes,
        paid_fen=before.paid_fen + order.paid_fen,
    )
    return tuple(known.values())


def _stacked(period: Period, note: Note) -> Period:
    known = {(stack.cassette, stack.value_fen): stack for stack in period.stacks}
    place = (note.cassette, note.value_fen)
    before = known.get(place, Stack(cassette=note.cassette, value_fen=note.value_fen, notes=0))
    known[place] = replace(before, notes=before.notes + 1)
    return replace(period, stacks=tuple(known.values()))


def _others(period: Period, note_id: str) -> tuple[LooseNote, ...]:
    return tuple(note for note in period.loose if note.note_id != note_id)


# -- the figures -----------------------------------------------------------------------------------


def figures(period: Period) -> Figures:
    """Return what the period holds, sorted as `Figures` says.

    A list on the wire has an end (`vending.wire`); counts and sums are whole all the same.
    """
    stacks = sorted(period.stacks, key=lambda stack: (stack.cassette, -stack.value_fen))
    return Figures(
        counts=tuple(
            NoteCount(cassette=stack.cassette, value_fen=stack.value_fen, notes=stack.notes)
            for stack in stacks
        ),
        sums=tuple(
            total for total in (_sum(period, business) for business in Business) if total.notes
        ),
        incomplete=tuple(
            OpenItem(order_no=order.order_no, business=order.business, paid_fen=order.paid_fen)
            for order in period.orders
            if not order.completed
        )[:MOST_ITEMS],
        loose=_listed(period.loose),
    )


def _listed(loose: tuple[LooseNote, ...]) -> tuple[LooseNote, ...]:
    """Leave out the latest of those that may be nowhere, if there are too many."""
    if len(loose) <= MOST_ITEMS:
        return loose
    certain_first = sorted(loose, key=lambda note: not note.certain)
    return tuple(certain_first[:MOST_ITEMS])


def _sum(period: Period, business: Business) -> BusinessSum:
    done = [tally for tally in period.tallies if tally.business is business]
    watched = [order for order in period.orders if order.business is business]
    ended = [order for order in watched if order.completed]
    slips = [order for order in watched if order.slip]
    quiet = sum(tally.orders for tally in done)
    quiet_fen = sum(tally.paid_fen for tally in done)
    return BusinessSum(
        business=business,
        orders=quiet + len(watched),
        notes=sum(tally.notes for tally in done) + sum(order.notes for order in watched),
        paid_fen=quiet_fen + sum(order.paid_fen for order in watched),
        completed_orders=quiet + len(ended),
        completed_fen=quiet_fen + sum(order.paid_fen for order in ended),
        slips=quiet + len(slips),
        slips_fen=quiet_fen + sum(order.paid_fen for order in slips),
    )
