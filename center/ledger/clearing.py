"""The posting rules of cash clearing: from the box on its way, counted, to the bank. Pure.

Facts that move nothing make no posting (None). docs/ledger.md has the table.
"""

from collections.abc import Iterable

from center.ledger import chart
from center.ledger.chart import Account
from center.ledger.posting import Line, Posting, credit, debit

LARGEST_PERIOD_NO = 10**13 - 1
"""Fits the owner of an account together with a terminal's number."""


def taken(terminal_no: str, period_no: int, amount_fen: int) -> Posting | None:
    """A period was closed: what the books have of it is on its way."""
    return _moved(
        f"clear:{terminal_no}/{period_no}",
        debited=chart.transit(terminal_no, period_no),
        credited=chart.cash(terminal_no),
        amount_fen=amount_fen,
    )


def followed(
    terminal_no: str, period_no: int, note_id: str, amount_fen: int, *, counted: bool = False
) -> Posting | None:
    """A note becomes known after its period was taken: it is on its way with the others.

    ``counted``: it was uncertain, and somebody has found it by counting.
    """
    return _moved(
        f"{'found' if counted else 'follow'}:{terminal_no}:{note_id}",
        debited=chart.transit(terminal_no, period_no),
        credited=chart.cash(terminal_no),
        amount_fen=amount_fen,
    )


def turned_up(terminal_no: str, note_id: str, amount_fen: int) -> Posting | None:
    """A note that a count has not found lies in a box after all."""
    return _moved(
        f"turned-up:{terminal_no}:{note_id}",
        debited=chart.cash(terminal_no),
        credited=chart.unassigned(terminal_no),
        amount_fen=amount_fen,
    )


def recounted_note(
    terminal_no: str, period_no: int, entry_no: int, note_id: str, value_fen: int
) -> Posting | None:
    """A correction finds an uncertain note that the count before had not; negative: the reverse."""
    return _moved(
        f"recount:{terminal_no}/{period_no}:{entry_no}:{note_id}",
        debited=chart.transit(terminal_no, period_no),
        credited=chart.unassigned(terminal_no),
        amount_fen=value_fen,
    )


def difference(
    key: str, terminal_no: str, period_no: int, before_fen: int, after_fen: int
) -> Posting | None:
    """What was counted beyond the books (negative: what is missing) changes."""
    on_its_way = _line(chart.transit(terminal_no, period_no), after_fen - before_fen)
    longs = _line(chart.long(terminal_no), max(0, before_fen) - max(0, after_fen))
    shorts = _line(chart.short(terminal_no), max(0, -after_fen) - max(0, -before_fen))
    lines = tuple(line for line in (on_its_way, longs, shorts) if line is not None)
    return Posting(key=key, lines=lines) if lines else None


def count_key(terminal_no: str, period_no: int, entry_no: int) -> str:
    """Return the key of what a count books."""
    return f"count:{terminal_no}/{period_no}:{entry_no}"


def undone_key(terminal_no: str, period_no: int, entry_no: int) -> str:
    """Return the key under which a count that was wrong is reversed."""
    return f"count-undone:{terminal_no}/{period_no}:{entry_no}"


def shifted_key(terminal_no: str, note_id: str) -> str:
    """Return the key of how a note that came after the count changes its difference."""
    return f"count-shifted:{terminal_no}:{note_id}"


def deposited(reference: str, parts: Iterable[tuple[Account, int]]) -> Posting | None:
    """Counted money was brought to the bank: ``parts`` are accounts and the fen that leave them."""
    leaving = [credit(account, amount_fen) for account, amount_fen in parts if amount_fen]
    if not leaving:
        return None
    total_fen = sum(line.credit_fen for line in leaving)
    return Posting(key=f"deposit:{reference}", lines=(debit(chart.BANK, total_fen), *leaving))


def _moved(key: str, debited: Account, credited: Account, amount_fen: int) -> Posting | None:
    """Move an amount; a negative one moves back."""
    lines = (_line(debited, amount_fen), _line(credited, -amount_fen))
    kept = tuple(line for line in lines if line is not None)
    return Posting(key=key, lines=kept) if kept else None


def _line(account: Account, debit_fen: int) -> Line | None:
    """Return a debit, or a credit if negative; None: nothing."""
    if not debit_fen:
        return None
    return debit(account, debit_fen) if debit_fen > 0 else credit(account, -debit_fen)
