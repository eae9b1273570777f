"""What must hold between bills, their payments, orders and the ledger at every moment.

A part of `center.orders.audit`, in a file of its own.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, select

from center.ledger import audit as ledger
from center.ledger.chart import Kind
from center.orders.state import OrderState
from center.store.tables import orders
from center.store.tables_bills import bill_payments, bills
from vending.bill import BillPaid
from vending.cash import Business


def check(connection: Connection) -> list[str]:
    """Return every violation in words."""
    payments = {
        row.order_no: msgspec.json.decode(row.body, type=BillPaid)
        for row in connection.execute(select(bill_payments))
    }
    return [
        *_orders(connection, payments),
        *_months(connection, payments),
        *_payable(connection, payments),
    ]


def _orders(connection: Connection, payments: dict[str, BillPaid]) -> Iterable[str]:
    """The bills that are posted are those of the utility, for the same money and customer."""
    of_bills = select(orders).where(orders.c.business == Business.BILL.value)
    posted = {
        row.order_no: (row.customer_no, row.paid_fen)
        for row in connection.execute(of_bills)
        if row.state == OrderState.CONFIRMED
    }
    for order_no in sorted(posted.keys() | payments.keys()):
        paid = payments.get(order_no)
        told = paid and (paid.customer_no, paid.paid_fen)
        if told != posted.get(order_no):
            yield f"bill order {order_no} is {posted.get(order_no)}, posted is {told}"


def _months(connection: Connection, payments: dict[str, BillPaid]) -> Iterable[str]:
    """Each month is settled by one payment at most, and by what it is settled says so too."""
    due_fen: Counter[str] = Counter()
    settled: dict[str, set[str]] = {order_no: set() for order_no in payments}
    for row in connection.execute(select(bills).where(bills.c.order_no.is_not(None))):
        due_fen[row.order_no] += row.amount_fen + row.late_fee_fen
        settled.setdefault(row.order_no, set()).add(row.month)
    for order_no, months in settled.items():
        paid = payments.get(order_no)
        told = sorted(paid.settlement.months) if paid else []
        if told != sorted(months):
            yield f"payment {order_no} settles {told}, the bills say {sorted(months)}"
        if paid and paid.settlement.settled_fen != due_fen[order_no]:
            yield f"payment {order_no}: settled {paid.settlement.settled_fen}, due {due_fen}"


def _payable(connection: Connection, payments: dict[str, BillPaid]) -> Iterable[str]:
    """What was settled is payable to the utility, to the fen."""
    booked = ledger.balances(connection, Kind.BILLS).get("", 0)
    settled_fen = sum(paid.settlement.settled_fen for paid in payments.values())
    if booked != settled_fen:
        yield f"bills payable: {booked} instead of {settled_fen}"
