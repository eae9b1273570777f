"""Bringing counted money to the bank."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from center.cash import counts, periods
from center.cash.periods import CashError, Period
from center.ledger import book, chart, clearing
from center.staff import trail
from center.store.engine import insert_if_absent
from center.store.tables_cash import cash_deposits
from vending.money import format_yuan
from vending.wire import LONGEST_TEXT

REFERENCE_LENGTH = 60
Parts = tuple[tuple[str, int, int], ...]
"""Terminal, period, and what was counted of it, in fen."""


class Deposit(Struct, frozen=True, kw_only=True):
    """Money of counted periods goes to the bank."""

    reference: str
    """The bank's."""
    amount_fen: int
    periods: tuple[tuple[str, int], ...]
    """Terminals and period numbers."""
    by: str = ""
    comment: str = ""


class Deposited(Struct, frozen=True, kw_only=True):
    """A deposit as it is kept."""

    reference: str
    amount_fen: int
    parts: Parts
    by: str
    comment: str
    at_ms: int


def record(connection: Connection, deposit: Deposit, now_ms: int) -> Deposited:
    """Keep a deposit and book it; the same again changes nothing. Raises CashError.

    The amount must be what was counted of these periods: if the bank says otherwise, the count was
    wrong and is corrected first.
    """
    if not 1 <= len(deposit.reference) <= REFERENCE_LENGTH:
        raise CashError(f"a reference has 1 to {REFERENCE_LENGTH} characters")
    periods.check_text("a comment", deposit.comment, LONGEST_TEXT)
    for terminal_no in sorted({terminal_no for terminal_no, _ in deposit.periods}):
        periods.lock(connection, terminal_no)
    held = find(connection, deposit.reference)
    if held is not None:
        return _again(held, deposit)
    found = [periods.get(connection, *key) for key in sorted(set(deposit.periods))]
    parts = tuple(_part(connection, period) for period in found)
    total_fen = sum(fen for _, _, fen in parts)
    if not parts or total_fen != deposit.amount_fen:
        raise CashError(
            f"{format_yuan(total_fen)} yuan were counted in these periods, not"
            f" {format_yuan(deposit.amount_fen)}: if the bank is right, correct the counts first"
        )
    made = Deposited(
        reference=deposit.reference,
        amount_fen=total_fen,
        parts=parts,
        by=deposit.by,
        comment=deposit.comment,
        at_ms=now_ms,
    )
    _keep(connection, made, found, now_ms)
    return made


def find(connection: Connection, reference: str) -> Deposited | None:
    """Return a deposit; None: there is none of this reference."""
    query = select(cash_deposits).where(cash_deposits.c.reference == reference)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Deposited(
        reference=row.reference,
        amount_fen=row.amount_fen,
        parts=msgspec.json.decode(row.periods, type=Parts),
        by=row.deposited_by,
        comment=row.comment,
        at_ms=row.at_ms,
    )


def _part(connection: Connection, period: Period) -> tuple[str, int, int]:
    if period.deposit is not None:
        raise CashError(f"the money of period {period} is at the bank: {period.deposit}")
    entry = counts.last(connection, period.terminal_no, period.period_no)
    if entry is None:
        raise CashError(f"period {period} was not counted yet (cash count)")
    return period.terminal_no, period.period_no, entry.total_fen


def _again(held: Deposited, deposit: Deposit) -> Deposited:
    asked = {(terminal_no, period_no) for terminal_no, period_no in deposit.periods}
    same = {(terminal_no, period_no) for terminal_no, period_no, _ in held.parts} == asked
    if not same or held.amount_fen != deposit.amount_fen:
        raise CashError(
            f"reference {held.reference} stands for another deposit over"
            f" {format_yuan(held.amount_fen)} yuan, by {held.by}"
        )
    return held


def _keep(connection: Connection, made: Deposited, found: Sequence[Period], now_ms: int) -> None:
    row = {
        "reference": made.reference,
        "amount_fen": made.amount_fen,
        "periods": msgspec.json.encode(made.parts).decode(),
        "deposited_by": made.by,
        "comment": made.comment,
        "business_date": book.business_date(now_ms),
        "at_ms": now_ms,
    }
    is_new = insert_if_absent(connection, cash_deposits, row)
    if not is_new or not all(
        periods.mark_deposited(connection, period, made.reference) for period in found
    ):
        raise CashError("somebody else deposits the same money just now; nothing was done")
    leaving = [(chart.transit(no, period_no), fen) for no, period_no, fen in made.parts]
    posting = clearing.deposited(made.reference, leaving)
    if posting is not None:
        book.post(connection, [posting], now_ms)
    names = ", ".join(str(period) for period in found)
    detail = f"{made.reference}: {format_yuan(made.amount_fen)} yuan of {names}"
    step = trail.Step(what="cash-deposited", staff=made.by, detail=detail)
    trail.add(connection, step, now_ms)
