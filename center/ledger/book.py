"""Writing to the ledger and reading it, inside somebody's unit of work."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection, Row, func, insert, select

from center.ledger.chart import Account, Kind
from center.ledger.posting import Line, Outcome, Phase, Posting
from center.store.engine import insert_absent, insert_if_absent
from center.store.tables import ledger_lines, ledger_resolutions, ledger_transactions
from vending.order_no import china_date

JOINED = ledger_lines.join(ledger_transactions).outerjoin(
    ledger_resolutions, ledger_resolutions.c.posting_key == ledger_transactions.c.posting_key
)
IS_POSTED = (ledger_transactions.c.phase == Phase.POSTED) | (
    ledger_resolutions.c.outcome == Outcome.POSTED
)
"""Counts in the balances."""


class PostingConflict(Exception):
    """The key was posted before with other lines, or resolved the other way: a mistake of ours."""


class Entry(Struct, frozen=True, kw_only=True):
    """One line as the ledger holds it."""

    posting_key: str
    state: str
    """``pending``, ``posted`` or ``voided``."""
    business_date: date
    account: Account
    debit_fen: int
    credit_fen: int


def business_date(now_ms: int) -> date:
    """Return the date in China on which what happens at ``now_ms`` is booked."""
    return date(*china_date(now_ms))


def post(connection: Connection, postings: Sequence[Posting], now_ms: int) -> None:
    """Add the postings; one that is there already with the same lines is left alone.

    Raises PostingConflict; the caller's unit of work must then fail as a whole.
    """
    if not postings:
        return
    day = business_date(now_ms)
    heads = [_head_row(posting, day, now_ms) for posting in postings]
    if insert_absent(connection, ledger_transactions, heads) < len(heads):
        postings = [posting for posting in postings if not _is_held(connection, posting)]
    lines = [row for posting in postings for row in _line_rows(posting, day)]
    if lines:
        connection.execute(_INSERT_LINES, lines)


def resolve(connection: Connection, posting_key: str, outcome: Outcome, now_ms: int) -> None:
    """Make a pending posting POSTED or VOIDED; doing it again the same way changes nothing.

    Raises PostingConflict when it is not pending, unknown, or resolved the other way.
    """
    phase = connection.scalar(
        select(ledger_transactions.c.phase).where(ledger_transactions.c.posting_key == posting_key)
    )
    if phase != Phase.PENDING:
        raise PostingConflict(f"{posting_key} is not pending")
    row = {
        "posting_key": posting_key,
        "outcome": outcome.value,
        "business_date": business_date(now_ms),
        "at_ms": now_ms,
    }
    if insert_if_absent(connection, ledger_resolutions, row):
        return
    held = connection.scalar(
        select(ledger_resolutions.c.outcome).where(ledger_resolutions.c.posting_key == posting_key)
    )
    if held != outcome:
        raise PostingConflict(f"{posting_key} is {held} already")


def balance_fen(connection: Connection, account: Account) -> int:
    """Return what stands on ``account``, pending postings not counted."""
    lines = ledger_lines.c
    debits, credits_ = connection.execute(
        select(
            func.coalesce(func.sum(lines.debit_fen), 0),
            func.coalesce(func.sum(lines.credit_fen), 0),
        )
        .select_from(JOINED)
        .where(lines.account == account.kind, lines.owner == account.owner, IS_POSTED)
    ).one()
    return account.balance_fen(int(debits), int(credits_))


def entries(connection: Connection, order_no: str) -> list[Entry]:
    """Return every line about an order, in the order of posting."""
    head, lines = ledger_transactions.c, ledger_lines.c
    rows = connection.execute(
        select(ledger_lines, head.phase, ledger_resolutions.c.outcome)
        .select_from(JOINED)
        .where(head.order_no == order_no)
        .order_by(head.at_ms, lines.posting_key, lines.line_no)
    )
    return [_entry(row) for row in rows]


_INSERT_LINES = insert(ledger_lines)


def _head_row(posting: Posting, day: date, now_ms: int) -> dict[str, object]:
    return {
        "posting_key": posting.key,
        "phase": posting.phase.value,
        "order_no": posting.order_no,
        "business_date": day,
        "at_ms": now_ms,
    }


def _is_held(connection: Connection, posting: Posting) -> bool:
    """Tell whether the posting was there before: a new one has no lines yet."""
    held = _held_lines(connection, posting.key)
    if held and held != posting.lines:
        raise PostingConflict(f"{posting.key} was posted with other lines")
    return bool(held)


def _line_rows(posting: Posting, day: date) -> list[dict[str, object]]:
    return [
        {
            "posting_key": posting.key,
            "line_no": number,
            "account": line.account.kind.value,
            "owner": line.account.owner,
            "business_date": day,
            "debit_fen": line.debit_fen,
            "credit_fen": line.credit_fen,
        }
        for number, line in enumerate(posting.lines, start=1)
    ]


def _held_lines(connection: Connection, posting_key: str) -> tuple[Line, ...]:
    rows: Sequence[Row[tuple[object, ...]]] = connection.execute(
        select(ledger_lines)
        .where(ledger_lines.c.posting_key == posting_key)
        .order_by(ledger_lines.c.line_no)
    ).all()
    return tuple(
        Line(Account(Kind(row.account), row.owner), row.debit_fen, row.credit_fen) for row in rows
    )


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(
        posting_key=row.posting_key,
        state=row.outcome or row.phase,
        business_date=row.business_date,
        account=Account(Kind(row.account), row.owner),
        debit_fen=row.debit_fen,
        credit_fen=row.credit_fen,
    )
