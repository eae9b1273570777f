"""The cash leg of an order: banknotes, each counted once whichever message brings it first."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select, update

from center.cash import alarm as cash_alarm
from center.cash.follow import follow
from center.cash.place import DOUBTED, Place
from center.ledger import book, clearing, rules
from center.ledger.posting import Outcome, Posting
from center.orders import alarm
from center.orders import order as orders
from center.orders.order import Order
from center.orders.state import OrderState
from center.store.engine import insert_absent, insert_if_absent
from center.store.tables import notes
from vending.messages import Note


class NoteConflict(Exception):
    """The note was counted before, with another value or for something else."""


class Found(Struct, frozen=True, kw_only=True):
    """A note outside any purchase, as the terminal tells it."""

    note: Note
    near_order_no: str | None
    place: Place
    code: alarm.Code


class Counted(Struct, frozen=True):
    """An order after notes were counted for it, and the postings that this calls for."""

    order: Order
    postings: tuple[Posting, ...] = ()


def pay(connection: Connection, order: Order, wanted: tuple[Note, ...], now_ms: int) -> Counted:
    """Count notes for an order, those that are not counted yet.

    Raises NoteConflict.
    """
    known = {note.note_id: note.value_fen for note in of_order(connection, order.order_no)}
    for note in wanted:
        if note.note_id in known and known[note.note_id] != note.value_fen:
            raise NoteConflict(note.note_id)
    new = [note for note in wanted if note.note_id not in known]
    return _count(connection, order, new, now_ms) if new else Counted(order)


def take(connection: Connection, order: Order, note: Note, now_ms: int) -> Order:
    """Take a note that a terminal reports for an order. Too late for it, the note is unassigned."""
    held = _held(connection, order.terminal_no, note.note_id)
    if held is not None:
        same = held.order_no == order.order_no and held.value_fen == note.value_fen
        if not same or held.place in DOUBTED:
            _conflict(connection, order.terminal_no, order.order_no, note, now_ms)
        return order
    if order.takes_money:
        counted = _count(connection, order, [note], now_ms)
        book.post(connection, counted.postings, now_ms)
        return counted.order
    late = Found(
        note=note,
        near_order_no=order.order_no,
        place=Place.UNASSIGNED,
        code=alarm.Code.NOTE_LATE,
    )
    set_aside(connection, order.terminal_no, late, now_ms)
    return order


def set_aside(connection: Connection, terminal_no: str, found: Found, now_ms: int) -> None:
    """Keep a note that belongs to no purchase, and tell a person."""
    note, near = found.note, found.near_order_no
    row = _row(terminal_no, near, note, found.place, now_ms)
    if not insert_if_absent(connection, notes, row):
        held = _held(connection, terminal_no, note.note_id)
        if _turns_out_certain(held, found):
            _make_certain(connection, terminal_no, held, found, now_ms)
        elif not _says_nothing_new(held, found):
            _conflict(connection, terminal_no, near, note, now_ms)
        return
    posting = _set_aside_posting(terminal_no, found)
    if posting is not None:
        book.post(connection, [posting], now_ms)
    if found.place is Place.UNASSIGNED:
        follow(connection, terminal_no, [note], now_ms)
    detail = f"note {note.note_id} of {note.value_fen} fen"
    alarm.sound(connection, terminal_no, near, found.code, detail, now_ms)


def release_others(
    connection: Connection, order: Order, sold: tuple[Note, ...], now_ms: int
) -> Order:
    """Take notes that a sale did not count out of the order: it can use them no more."""
    sold_ids = {note.note_id for note in sold}
    for note in of_order(connection, order.order_no):
        if note.note_id not in sold_ids:
            order = _release(connection, order, note, now_ms)
    return order


def of_order(connection: Connection, order_no: str) -> list[Note]:
    """Return the notes that pay for an order."""
    rows = connection.execute(_OF_ORDER, {"order_no": order_no})
    return [Note(**row) for row in rows.mappings()]


_OF_ORDER = select(notes.c.note_id, notes.c.value_fen, notes.c.period_no, notes.c.cassette).where(
    notes.c.order_no == bindparam("order_no"), notes.c.place == Place.ORDER.value
)
_HELD = select(notes).where(
    notes.c.terminal_no == bindparam("terminal_no"), notes.c.note_id == bindparam("note_id")
)


def _count(connection: Connection, order: Order, new: list[Note], now_ms: int) -> Counted:
    rows = [_row(order.terminal_no, order.order_no, note, Place.ORDER, now_ms) for note in new]
    if insert_absent(connection, notes, rows) < len(rows):
        raise NoteConflict(f"one of {len(rows)} notes was counted before")
    follow(connection, order.terminal_no, new, now_ms)
    paid = replace(order, paid_fen=order.paid_fen + sum(note.value_fen for note in new))
    if order.state is OrderState.OPENED:
        paid = orders.move(paid, OrderState.PAID)
    postings = [rules.note_for_order(order.terminal_no, order.order_no, note) for note in new]
    return Counted(paid, tuple(postings))


def _release(connection: Connection, order: Order, note: Note, now_ms: int) -> Order:
    connection.execute(
        update(notes)
        .where(notes.c.terminal_no == order.terminal_no, notes.c.note_id == note.note_id)
        .values(place=Place.UNASSIGNED.value)
    )
    posting = rules.note_released(order.terminal_no, order.order_no, note)
    book.post(connection, [posting], now_ms)
    detail = f"note {note.note_id} of {note.value_fen} fen was not in the request that sold"
    code = alarm.Code.NOTE_RELEASED
    alarm.sound(connection, order.terminal_no, order.order_no, code, detail, now_ms)
    return replace(order, paid_fen=order.paid_fen - note.value_fen)


def _says_nothing_new(held: Any, found: Found) -> bool:
    """Tell whether it was told before, or is a doubt that was settled: reports may overtake."""
    settled = found.place is Place.UNCERTAIN and held.place in {Place.UNASSIGNED, Place.ABSENT}
    if settled and found.note.value_fen in {0, held.value_fen}:
        return True
    told = (found.near_order_no, found.note.value_fen, found.place)
    return bool((held.order_no, held.value_fen, held.place) == told)


def _turns_out_certain(held: Any, found: Found) -> bool:
    """Tell whether a note of which nobody knew lies in the box after all."""
    is_same_note = held.value_fen in {0, found.note.value_fen}
    return held.place in DOUBTED and found.place is Place.UNASSIGNED and is_same_note


def _make_certain(
    connection: Connection, terminal_no: str, held: Any, found: Found, now_ms: int
) -> None:
    """The note is money from now on, in the period that the terminal tells."""
    note = replace(found.note, period_no=found.note.period_no or held.period_no)
    if held.place == Place.ABSENT:
        turned_up = clearing.turned_up(terminal_no, note.note_id, note.value_fen)
        book.post(connection, [turned_up] if turned_up else [], now_ms)
        code, detail = cash_alarm.Code.NOTE_TURNED_UP, f"note {note.note_id}, by a count absent"
        cash_alarm.sound(connection, terminal_no, code, detail, now_ms)
    elif held.value_fen:
        book.resolve(connection, rules.note_key(terminal_no, note), Outcome.POSTED, now_ms)
    else:
        posting = rules.note_unassigned(terminal_no, held.order_no, note)
        book.post(connection, [posting], now_ms)
    connection.execute(
        update(notes)
        .where(notes.c.terminal_no == terminal_no, notes.c.note_id == note.note_id)
        .values(
            place=Place.UNASSIGNED.value,
            value_fen=note.value_fen,
            period_no=note.period_no,
            cassette=note.cassette,
        )
    )
    follow(connection, terminal_no, [note], now_ms)
    detail = f"note {note.note_id} of {note.value_fen} fen, uncertain until now"
    alarm.sound(connection, terminal_no, found.near_order_no, found.code, detail, now_ms)


def _set_aside_posting(terminal_no: str, found: Found) -> Posting | None:
    rule = rules.note_unassigned if found.place is Place.UNASSIGNED else rules.note_uncertain
    return rule(terminal_no, found.near_order_no, found.note)


def _held(connection: Connection, terminal_no: str, note_id: str) -> Any:
    key = {"terminal_no": terminal_no, "note_id": note_id}
    return connection.execute(_HELD, key).one_or_none()


def _row(
    terminal_no: str, order_no: str | None, note: Note, place: Place, now_ms: int
) -> dict[str, Any]:
    return {
        "terminal_no": terminal_no,
        "note_id": note.note_id,
        "order_no": order_no,
        "value_fen": note.value_fen,
        "place": place.value,
        "business_date": book.business_date(now_ms),
        "taken_at_ms": now_ms,
        "period_no": note.period_no,
        "cassette": note.cassette,
    }


def _conflict(
    connection: Connection, terminal_no: str, order_no: str | None, note: Note, now_ms: int
) -> None:
    detail = f"note {note.note_id} of {note.value_fen} fen was counted otherwise before"
    alarm.sound(connection, terminal_no, order_no, alarm.Code.NOTE_CONFLICT, detail, now_ms)
