"""Notes that become known after their period was taken: their money follows it, loudly."""

from collections.abc import Sequence

from sqlalchemy import Connection

from center.cash import alarm, counts, figures, periods
from center.cash.alarm import Code
from center.ledger import book, clearing
from vending.messages import Note


def follow(connection: Connection, terminal_no: str, new: Sequence[Note], now_ms: int) -> None:
    """Move notes that are counted as cash just now on to where their period's money is.

    After a count the money was among what was counted: then what was long or short changes.
    """
    numbers = {note.period_no for note in new if note.period_no > 0}
    if not numbers:
        return
    periods.lock(connection, terminal_no)
    gone = periods.taken(connection, terminal_no, numbers)
    late = [note for note in new if note.period_no in gone]
    for period_no in sorted({note.period_no for note in late}):
        own = [note for note in late if note.period_no == period_no]
        _follow(connection, terminal_no, period_no, own, now_ms)


def _follow(
    connection: Connection, terminal_no: str, period_no: int, late: Sequence[Note], now_ms: int
) -> None:
    entry = counts.last(connection, terminal_no, period_no)
    known_fen = figures.expected_fen(connection, terminal_no, period_no)
    known_fen -= sum(note.value_fen for note in late)
    for note in late:
        moved = [clearing.followed(terminal_no, period_no, note.note_id, note.value_fen)]
        if entry is not None:
            over_fen = entry.total_fen - known_fen
            key = clearing.shifted_key(terminal_no, note.note_id)
            moved.append(
                clearing.difference(
                    key, terminal_no, period_no, over_fen, over_fen - note.value_fen
                )
            )
        known_fen += note.value_fen
        book.post(connection, [posting for posting in moved if posting], now_ms)
        detail = f"period {period_no}, note {note.note_id} of {note.value_fen} fen"
        alarm.sound(connection, terminal_no, Code.NOTE_AFTER_CLEARING, detail, now_ms)
