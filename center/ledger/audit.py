"""What must hold in the ledger at every moment, asked of the database itself."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, func, select

from center.ledger.book import IS_POSTED, JOINED
from center.ledger.chart import Account, Kind
from center.ledger.posting import Outcome, Phase
from center.store.tables import ledger_lines, ledger_resolutions, ledger_transactions

_lines, _heads, _ends = ledger_lines.c, ledger_transactions.c, ledger_resolutions.c

IS_NOT_VOIDED = _ends.outcome.is_(None) | (_ends.outcome != Outcome.VOIDED)


def check(connection: Connection) -> list[str]:
    """Return each violation in words; an empty list is what everybody hopes for."""
    return [
        *_violations(connection, _unbalanced(), "debits and credits differ"),
        *_violations(connection, _without_lines(), "has fewer than two lines"),
        *_violations(connection, _wrongly_resolved(), "was resolved but never pending"),
        *_total(connection),
    ]


def balances(connection: Connection, kind: Kind, *, pending: bool = False) -> dict[str, int]:
    """Return the balance of every account of a kind, by owner, in fen.

    ``pending`` counts what is not voided as if it were posted already.
    """
    rows = connection.execute(
        select(_lines.owner, func.sum(_lines.debit_fen), func.sum(_lines.credit_fen))
        .select_from(JOINED)
        .where(_lines.account == kind, IS_NOT_VOIDED if pending else IS_POSTED)
        .group_by(_lines.owner)
    )
    return {
        owner: Account(kind, owner).balance_fen(int(debits), int(credits_))
        for owner, debits, credits_ in rows
    }


def _unbalanced() -> Select[Any]:
    return (
        select(_lines.posting_key)
        .group_by(_lines.posting_key)
        .having(func.sum(_lines.debit_fen) != func.sum(_lines.credit_fen))
    )


def _without_lines() -> Select[Any]:
    return (
        select(_heads.posting_key)
        .select_from(ledger_transactions.outerjoin(ledger_lines))
        .group_by(_heads.posting_key)
        .having(func.count(_lines.line_no) < 2)
    )


def _wrongly_resolved() -> Select[Any]:
    return (
        select(_ends.posting_key)
        .select_from(ledger_resolutions.join(ledger_transactions))
        .where(_heads.phase != Phase.PENDING)
    )


def _total(connection: Connection) -> list[str]:
    """Debits equal credits over all posted lines: no fen is on no account, and none on two."""
    excess_fen = connection.scalar(
        select(func.coalesce(func.sum(_lines.debit_fen - _lines.credit_fen), 0))
        .select_from(JOINED)
        .where(IS_POSTED)
    )
    return [f"total debits exceed credits by {excess_fen} fen"] if excess_fen else []


def _violations(connection: Connection, query: Select[Any], what: str) -> Iterable[str]:
    return [f"{key}: {what}" for key in connection.scalars(query)]
