"""What a person at the head office must look at."""

from enum import StrEnum

from sqlalchemy import Connection, insert

from center.store.tables import alarms
from vending.wire import LONGEST_TEXT


class Code(StrEnum):
    """Alarms that the head office raises. Terminals raise theirs under codes of their own."""

    NOTE_IN_SUSPENSE = "note-in-suspense"
    NOTE_UNCERTAIN = "note-uncertain"
    NOTE_LATE = "note-late"
    NOTE_RELEASED = "note-released"
    NOTE_CONFLICT = "note-conflict"
    NOTE_WITHOUT_VALUE = "note-without-value"
    ORDER_CONFLICT = "order-conflict"
    ORDER_OF_ANOTHER = "order-of-another"
    ORDER_PARKED = "order-parked"
    PARKED_AFTER_END = "parked-after-end"
    PAID_DIFFERS = "paid-differs"
    ABANDONED_WITH_MONEY = "abandoned-with-money"
    CONFIRMED_WITHOUT_PROOF = "confirmed-without-proof"
    CONFIRMATION_REFUSED = "confirmation-refused"
    CONFIRMED_AFTER_REFUND = "confirmed-after-refund"
    SEAL_REFUSED = "seal-refused"
    CUSTOMERS_GUESSED = "customers-guessed"


def sound(
    connection: Connection,
    terminal_no: str,
    order_no: str | None,
    code: Code,
    detail: str,
    now_ms: int,
) -> None:
    """Raise an alarm of the head office."""
    _keep(connection, terminal_no, order_no, "center", code.value, detail, now_ms)


def forward(connection: Connection, terminal_no: str, code: str, detail: str, at_ms: int) -> None:
    """Keep an alarm that a terminal raised."""
    _keep(connection, terminal_no, None, "terminal", code, detail, at_ms)


def _keep(
    connection: Connection,
    terminal_no: str,
    order_no: str | None,
    raised_by: str,
    code: str,
    detail: str,
    at_ms: int,
) -> None:
    row = {
        "terminal_no": terminal_no,
        "order_no": order_no,
        "raised_by": raised_by,
        "code": code[:LONGEST_TEXT],
        "detail": detail[:LONGEST_TEXT],
        "at_ms": at_ms,
    }
    connection.execute(insert(alarms), row)
