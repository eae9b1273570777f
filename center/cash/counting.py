"""Counting a bag: what is long or short is booked; what was counted wrong, only by counter-entry.

Each count also decides about the period's uncertain notes: what is said to be found is money from
then on, everything else was not there.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, select, update

from center.cash import counts, figures, periods
from center.cash.counts import Counted, Entry
from center.cash.periods import CashError
from center.cash.place import Place
from center.ledger import book, clearing, rules
from center.ledger.posting import Outcome, Posting
from center.staff import trail
from center.store.tables import notes
from vending.messages import Note
from vending.money import format_yuan
from vending.wire import LONGEST_TEXT

MOST_FEN = 10**12
BAG_LENGTH = 60
"""Most that a bag holds, and characters of its number."""


class Found(Struct, frozen=True, kw_only=True):
    """An uncertain note that was among what was counted."""

    note_id: str
    value_fen: int = 0
    """0: the value that the terminal told. Must be said when it told none."""


class Count(Struct, frozen=True, kw_only=True):
    """Somebody has counted a period's money."""

    terminal_no: str
    period_no: int
    counted: Counted
    by: str = ""
    found: tuple[Found, ...] = ()
    bag_no: str = ""
    comment: str = ""
    corrects: int = 0
    """The entry that was wrong; 0: this is the first count."""
    reason: str | None = None
    """Why it was wrong."""


def record(connection: Connection, count: Count, now_ms: int) -> Entry:
    """Keep a count or a correction and book it; the same again changes nothing. Raises CashError.

    A correction names the entry that it corrects: nobody corrects what they have not seen.
    """
    periods.lock(connection, count.terminal_no)
    period = periods.get(connection, count.terminal_no, count.period_no)
    entry = _entry(count, now_ms)
    before = counts.of_period(connection, count.terminal_no, count.period_no)
    if len(before) >= entry.entry_no:
        return _again(before[entry.entry_no - 1], entry)
    if len(before) < count.corrects:
        raise CashError(f"there is no entry {count.corrects} of period {period}")
    if period.deposit is not None:
        raise CashError(f"the money of period {period} is at the bank: {period.deposit}")
    last = before[-1] if before else None
    if last is not None:
        _undo(connection, last, now_ms)
    _decide_uncertain(connection, entry, count.found, last, now_ms)
    _book(connection, entry, now_ms)
    counts.add(connection, entry)
    _keep(connection, entry, now_ms)
    return entry


def over_fen(connection: Connection, entry: Entry) -> int:
    """Return what an entry has beyond the books, as they are now; negative: what is missing."""
    expected_fen = figures.expected_fen(connection, entry.terminal_no, entry.period_no)
    return entry.total_fen - expected_fen


def _entry(count: Count, now_ms: int) -> Entry:
    """Return the entry that a count asks for. Raises CashError when it is none."""
    if any(value_fen <= 0 or number < 0 for value_fen, number in count.counted):
        raise CashError("a denomination is more than nothing, a number of notes not less")
    if len({value_fen for value_fen, _ in count.counted}) < len(count.counted):
        raise CashError("a denomination stands there twice: add the notes up")
    if len({each.note_id for each in count.found}) < len(count.found):
        raise CashError("a note is said to be found twice")
    if any(not 0 <= each.value_fen <= MOST_FEN for each in count.found):
        raise CashError("a note that was found is worth something, and not the world")
    reason = (count.reason or "").strip() or None
    if count.corrects and reason is None:
        raise CashError("a correction needs a reason")
    if sum(value_fen * number for value_fen, number in count.counted) > MOST_FEN:
        raise CashError(f"no bag holds more than {format_yuan(MOST_FEN)} yuan: look at the notes")
    periods.check_text("the number of a bag", count.bag_no, BAG_LENGTH)
    periods.check_text("a comment", count.comment, LONGEST_TEXT)
    periods.check_text("a reason", reason or "", LONGEST_TEXT)
    return Entry(
        terminal_no=count.terminal_no,
        period_no=count.period_no,
        entry_no=count.corrects + 1,
        counted=tuple(sorted((pair for pair in count.counted if pair[1]), reverse=True)),
        found=tuple(sorted(each.note_id for each in count.found)),
        bag_no=count.bag_no,
        comment=count.comment,
        counted_by=count.by,
        reason=reason if count.corrects else None,
        at_ms=now_ms,
    )


def _again(held: Entry, entry: Entry) -> Entry:
    if replace(held, at_ms=0) != replace(entry, at_ms=0):
        raise CashError(
            f"period {held.terminal_no}/{held.period_no} has entry {held.entry_no} already, by"
            f" {held.counted_by} over {format_yuan(held.total_fen)} yuan: look at it (cash show),"
            " then correct the last entry (cash correct)"
        )
    return held


def _undo(connection: Connection, wrong: Entry, now_ms: int) -> None:
    """Take back what was long or short by the entry that turned out wrong."""
    key = clearing.undone_key(wrong.terminal_no, wrong.period_no, wrong.entry_no)
    _post(connection, _difference(key, wrong, over_fen(connection, wrong), 0), now_ms)


def _book(connection: Connection, entry: Entry, now_ms: int) -> None:
    """What was counted beyond the books is long, what is missing short."""
    key = clearing.count_key(entry.terminal_no, entry.period_no, entry.entry_no)
    _post(connection, _difference(key, entry, 0, over_fen(connection, entry)), now_ms)


def _difference(key: str, entry: Entry, before_fen: int, after_fen: int) -> Posting | None:
    return clearing.difference(key, entry.terminal_no, entry.period_no, before_fen, after_fen)


def _decide_uncertain(
    connection: Connection,
    entry: Entry,
    found: Sequence[Found],
    last: Entry | None,
    now_ms: int,
) -> None:
    """Each uncertain note of the period was there or was not; a correction may think otherwise."""
    told = {each.note_id: each.value_fen for each in found}
    found_before = frozenset(last.found if last else ())
    open_notes = _open_notes(connection, entry, found_before)
    strange = told.keys() - open_notes.keys()
    if strange:
        raise CashError(f"not an uncertain note of this period: {', '.join(sorted(strange))}")
    for note_id, (place, value_fen) in open_notes.items():
        if note_id in told:
            note = Note(note_id=note_id, value_fen=_value(note_id, value_fen, told[note_id]))
            _is_there(connection, entry, note, place, is_valued=value_fen > 0, now_ms=now_ms)
        else:
            note = Note(note_id=note_id, value_fen=value_fen)
            _is_absent(connection, entry, note, place, now_ms)


def _open_notes(
    connection: Connection, entry: Entry, found_before: frozenset[str]
) -> dict[str, tuple[Place, int]]:
    """Return the notes that a count decides about: place and value, by note."""
    rows = connection.execute(
        select(notes.c.note_id, notes.c.place, notes.c.value_fen).where(
            notes.c.terminal_no == entry.terminal_no,
            notes.c.period_no == entry.period_no,
            notes.c.place != Place.ORDER,
        )
    )
    return {
        row.note_id: (Place(row.place), row.value_fen)
        for row in rows
        if row.place != Place.UNASSIGNED or row.note_id in found_before
    }


def _value(note_id: str, held_fen: int, told_fen: int) -> int:
    if not held_fen and not told_fen:
        raise CashError(f"nobody knows the value of note {note_id}: say it (NOTE=YUAN)")
    if held_fen and told_fen not in {0, held_fen}:
        raise CashError(f"note {note_id} is one of {format_yuan(held_fen)} yuan")
    return held_fen or told_fen


def _is_there(
    connection: Connection, entry: Entry, note: Note, place: Place, *, is_valued: bool, now_ms: int
) -> None:
    terminal_no, period_no = entry.terminal_no, entry.period_no
    if place is Place.UNCERTAIN:
        if is_valued:
            key = rules.note_key(terminal_no, note)
            book.resolve(connection, key, Outcome.POSTED, now_ms)
        else:
            _post(connection, rules.note_unassigned(terminal_no, None, note), now_ms)
        moved = clearing.followed(
            terminal_no, period_no, note.note_id, note.value_fen, counted=True
        )
        _post(connection, moved, now_ms)
    elif place is Place.ABSENT:
        _post(connection, _recounted(entry, note, note.value_fen), now_ms)
    _put(connection, terminal_no, note, Place.UNASSIGNED)


def _is_absent(connection: Connection, entry: Entry, note: Note, place: Place, now_ms: int) -> None:
    if place is Place.UNCERTAIN and note.value_fen:
        key = rules.note_key(entry.terminal_no, note)
        book.resolve(connection, key, Outcome.VOIDED, now_ms)
    elif place is Place.UNASSIGNED:
        _post(connection, _recounted(entry, note, -note.value_fen), now_ms)
    _put(connection, entry.terminal_no, note, Place.ABSENT)


def _recounted(entry: Entry, note: Note, value_fen: int) -> Posting | None:
    return clearing.recounted_note(
        entry.terminal_no, entry.period_no, entry.entry_no, note.note_id, value_fen
    )


def _put(connection: Connection, terminal_no: str, note: Note, place: Place) -> None:
    connection.execute(
        update(notes)
        .where(notes.c.terminal_no == terminal_no, notes.c.note_id == note.note_id)
        .values(place=place.value, value_fen=note.value_fen)
    )


def _post(connection: Connection, posting: Posting | None, now_ms: int) -> None:
    if posting is not None:
        book.post(connection, [posting], now_ms)


def _keep(connection: Connection, entry: Entry, now_ms: int) -> None:
    why = f", instead of entry {entry.entry_no - 1}: {entry.reason}" if entry.reason else ""
    detail = (
        f"{entry.terminal_no}/{entry.period_no} entry {entry.entry_no}:"
        f" {format_yuan(entry.total_fen)} yuan, bag {entry.bag_no or '-'}{why}"
    )
    what = "cash-corrected" if entry.reason else "cash-counted"
    step = trail.Step(what=what, staff=entry.counted_by, detail=detail)
    trail.add(connection, step, now_ms)
