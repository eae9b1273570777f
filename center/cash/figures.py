"""A period's figures as our books have them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import Connection, bindparam, func, select

from center.cash.place import CERTAIN, Place
from center.store.tables import notes, orders
from vending.cash import Business, BusinessSum, Figures, LooseNote, NoteCount, OpenItem

COMPLETED = "confirmed"
"""The state of an order that has come to its end (`center.orders.state`)."""
NOT_OPEN = frozenset({COMPLETED, "refunded"})
"""States of paid orders that wait for nothing."""


class HeldNote(Struct, frozen=True, kw_only=True):
    """A note of a period, and what is known of its order."""

    note_id: str
    value_fen: int
    cassette: str
    place: Place
    order_no: str | None
    business: Business = Business.ENERGY
    state: str = ""
    """Of the order."""


def of_period(connection: Connection, terminal_no: str, period_no: int) -> Figures:
    """Return the figures of a terminal's period, as they are now."""
    return fold(held(connection, terminal_no, period_no))


def held(connection: Connection, terminal_no: str, period_no: int) -> list[HeldNote]:
    """Return the notes of a period, in the order in which they became known."""
    rows = connection.execute(_HELD, {"terminal_no": terminal_no, "period_no": period_no})
    return [
        HeldNote(
            note_id=row.note_id,
            value_fen=row.value_fen,
            cassette=row.cassette,
            place=Place(row.place),
            order_no=row.order_no,
            business=Business(row.business or Business.ENERGY),
            state=row.state or "",
        )
        for row in rows
    ]


def expected_fen(connection: Connection, terminal_no: str, period_no: int) -> int:
    """Return what the certain notes of a period are worth."""
    key = {"terminal_no": terminal_no, "period_no": period_no}
    return int(connection.scalar(_EXPECTED, key) or 0)


def between(
    connection: Connection, terminal_no: str, first_no: int, last_no: int
) -> tuple[int, int]:
    """Return how many certain notes lie in these periods, and their worth in fen."""
    count, fen = connection.execute(
        select(func.count(), func.sum(notes.c.value_fen)).where(
            notes.c.terminal_no == terminal_no,
            notes.c.period_no.between(first_no, last_no),
            notes.c.place.in_(sorted(CERTAIN)),
        )
    ).one()
    return int(count), int(fen or 0)


def fold(found: Sequence[HeldNote]) -> Figures:
    """Return the figures that notes make. Slips are printed at terminals: here they are none."""
    paying = [note for note in found if note.place is Place.ORDER]
    return Figures(
        counts=_counts(note for note in found if note.place in CERTAIN),
        sums=tuple(each for business in Business if (each := _sum(business, paying)) is not None),
        incomplete=_incomplete(paying),
        loose=tuple(
            _loose(note) for note in found if note.place in {Place.UNASSIGNED, Place.UNCERTAIN}
        ),
    )


def _counts(certain: Iterable[HeldNote]) -> tuple[NoteCount, ...]:
    tally = Counter((note.cassette, note.value_fen) for note in certain)
    return tuple(
        NoteCount(cassette=cassette, value_fen=value_fen, notes=tally[cassette, value_fen])
        for cassette, value_fen in sorted(tally, key=lambda key: (key[0], -key[1]))
    )


def _sum(business: Business, paying: Sequence[HeldNote]) -> BusinessSum | None:
    own = [note for note in paying if note.business is business]
    if not own:
        return None
    done = [note for note in own if note.state == COMPLETED]
    return BusinessSum(
        business=business,
        orders=len({note.order_no for note in own}),
        notes=len(own),
        paid_fen=sum(note.value_fen for note in own),
        completed_orders=len({note.order_no for note in done}),
        completed_fen=sum(note.value_fen for note in done),
        slips=0,
        slips_fen=0,
    )


def _incomplete(paying: Sequence[HeldNote]) -> tuple[OpenItem, ...]:
    owed: dict[tuple[str, Business], int] = {}
    for note in paying:
        if note.state not in NOT_OPEN and note.order_no is not None:
            key = (note.order_no, note.business)
            owed[key] = owed.get(key, 0) + note.value_fen
    return tuple(
        OpenItem(order_no=order_no, business=business, paid_fen=fen)
        for (order_no, business), fen in sorted(owed.items())
    )


def _loose(note: HeldNote) -> LooseNote:
    return LooseNote(
        note_id=note.note_id,
        value_fen=note.value_fen,
        near_order_no=note.order_no,
        certain=note.place is Place.UNASSIGNED,
    )


_HELD = (
    select(
        notes.c.note_id,
        notes.c.value_fen,
        notes.c.cassette,
        notes.c.place,
        notes.c.order_no,
        orders.c.business,
        orders.c.state,
    )
    .select_from(notes.outerjoin(orders, orders.c.order_no == notes.c.order_no))
    .where(
        notes.c.terminal_no == bindparam("terminal_no"),
        notes.c.period_no == bindparam("period_no"),
    )
    .order_by(notes.c.taken_at_ms, notes.c.note_id)
)
_EXPECTED = select(func.sum(notes.c.value_fen)).where(
    notes.c.terminal_no == bindparam("terminal_no"),
    notes.c.period_no == bindparam("period_no"),
    notes.c.place.in_(sorted(CERTAIN)),
)
