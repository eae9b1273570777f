"""Bills of post-paid customers in the embedded utility: what is owed, and what payments settle.

A payment settles months in full, the oldest first; what is left stays on the account and is used
before the next payment's money. Between a customer's choice and the payment the bills may change:
another kiosk pays, a bill is added. Money that is in is never refused for that. It settles what is
unpaid up to the newest month that was chosen, and the rest goes to the account: no month is paid
twice, none is skipped, and no fen is lost. Without money nothing is settled that is not as chosen.
"""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, func, insert, select, update

from center.ledger.book import business_date
from center.store.engine import insert_absent, insert_if_absent
from center.store.tables import customers, meters, vends
from center.store.tables_bills import bill_payments, bills
from center.utility.masking import mask_address, mask_name
from center.utility.port import Payment
from vending.bill import (
    MOST_MONTHS,
    BillPaid,
    BillStatement,
    MonthBill,
    Settlement,
    due_fen,
    settle,
)
from vending.messages import NotSold, Reason, Refused, Vend

MAX_PAYMENT_FEN = 1_000_000
"""What a statement names as the most that one payment may be. Money that is in is taken anyway."""


class BillConflict(ValueError):
    """The month was billed otherwise before, or the customer is not known."""


def statement(connection: Connection, customer_no: str) -> BillStatement | Refused:
    """Return what a customer owes. A blocked one may pay as well."""
    customer = _customer(connection, customer_no)
    if customer is None:
        return Refused(Reason.ACCOUNT_UNKNOWN)
    return BillStatement(
        customer_no=customer_no,
        name_masked=mask_name(customer.name),
        address_masked=mask_address(customer.address),
        months=unpaid(connection, customer_no)[:MOST_MONTHS],
        balance_fen=_free_fen(connection, customer),
        max_fen=MAX_PAYMENT_FEN,
    )


def pay(connection: Connection, payment: Payment, now_ms: int) -> BillPaid | Refused:
    """Settle what a payment can. Repeating it changes nothing; more money under the same number
    settles on. See `center.utility.port.Utility.pay_bill`.
    """
    customer = _customer(connection, payment.customer_no, lock=True)
    held = _held(connection, payment.order_no)
    if held is not None:
        return _pay_again(connection, held, payment, now_ms)
    if customer is None:
        return Refused(Reason.ACCOUNT_UNKNOWN)
    if not payment.paid_fen and (reason := _forbids_without_money(connection, payment, customer)):
        return Refused(reason)
    settlement = _settle(connection, payment, payment.paid_fen, now_ms)
    paid = BillPaid(
        order_no=payment.order_no,
        customer_no=payment.customer_no,
        receipt_no=f"R{payment.order_no}",
        paid_fen=payment.paid_fen,
        settlement=settlement,
        paid_at_ms=now_ms,
    )
    connection.execute(insert(bill_payments), _payment_row(payment, paid))
    return paid


def inquire(connection: Connection, order_no: str) -> BillPaid | NotSold:
    """Tell what was posted under a number."""
    held = _held(connection, order_no)
    return NotSold(order_no) if held is None else _paid(held)


def unpaid(connection: Connection, customer_no: str) -> tuple[MonthBill, ...]:
    """Return every unpaid month of a customer, the oldest first."""
    query = select(bills).where(bills.c.customer_no == customer_no, bills.c.order_no.is_(None))
    return tuple(_month(row) for row in connection.execute(query.order_by(bills.c.month)))


class Owing(Struct, frozen=True, kw_only=True):
    """A customer who owes something."""

    customer_no: str
    months: int
    oldest: str
    due_fen: int
    """Of all unpaid months; the balance is not taken off."""
    balance_fen: int


def owing(connection: Connection) -> list[Owing]:
    """Return every customer who owes something, by number."""
    due = func.sum(bills.c.amount_fen + bills.c.late_fee_fen)
    query = (
        select(
            bills.c.customer_no,
            func.count().label("months"),
            func.min(bills.c.month).label("oldest"),
            due.label("due_fen"),
            customers.c.balance_fen,
        )
        .select_from(bills.join(customers))
        .where(bills.c.order_no.is_(None))
        .group_by(bills.c.customer_no, customers.c.balance_fen)
        .order_by(bills.c.customer_no)
    )
    return [
        Owing(**{**row, "due_fen": int(row["due_fen"])})
        for row in connection.execute(query).mappings()
    ]


def all_of(connection: Connection, customer_no: str) -> Sequence[Row[Any]]:
    """Return the rows of every bill of a customer, paid ones too, the oldest first."""
    query = select(bills).where(bills.c.customer_no == customer_no).order_by(bills.c.month)
    return connection.execute(query).all()


def payments_of(connection: Connection, customer_no: str) -> list[BillPaid]:
    """Return every payment of a customer, the oldest first."""
    query = select(bill_payments).where(bill_payments.c.customer_no == customer_no)
    return [_paid(row) for row in connection.execute(query.order_by(bill_payments.c.at_ms))]


def add(connection: Connection, customer_no: str, bill: MonthBill, now_ms: int) -> bool:
    """Bill a customer for a month; False: it was billed so before. Raises BillConflict."""
    if _customer(connection, customer_no) is None:
        raise BillConflict(f"customer {customer_no} is not known")
    row = {"customer_no": customer_no, **msgspec.structs.asdict(bill), "added_at_ms": now_ms}
    if insert_if_absent(connection, bills, row):
        return True
    found = select(bills).filter_by(customer_no=customer_no, month=bill.month)
    if _month(connection.execute(found).one()) != bill:
        raise BillConflict(f"{bill.month} of customer {customer_no} was billed otherwise before")
    return False


def known(
    connection: Connection, customer_nos: Collection[str]
) -> tuple[set[str], dict[tuple[str, str], MonthBill]]:
    """Return which of these customers there are, and their bills by customer and month."""
    wanted = sorted(customer_nos)
    found = select(customers.c.customer_no).where(customers.c.customer_no.in_(wanted))
    held = select(bills).where(bills.c.customer_no.in_(wanted))
    return set(connection.scalars(found)), {
        (row.customer_no, row.month): _month(row) for row in connection.execute(held)
    }


def add_new(connection: Connection, billed: Sequence[tuple[str, MonthBill]], now_ms: int) -> int:
    """Add bills of customers that are known, none of them twice; return how many were new."""
    rows = [
        {"customer_no": customer_no, **msgspec.structs.asdict(bill), "added_at_ms": now_ms}
        for customer_no, bill in billed
    ]
    return insert_absent(connection, bills, rows) if rows else 0


def _pay_again(
    connection: Connection, held: Row[Any], payment: Payment, now_ms: int
) -> BillPaid | Refused:
    """Answer for a number that was paid under before; money that came since settles on."""
    paid = _paid(held)
    same = (held.customer_no, held.months) == (payment.customer_no, ",".join(payment.months))
    if not same or payment.paid_fen < paid.paid_fen:
        return Refused(Reason.ORDER_CONFLICT)
    if payment.paid_fen == paid.paid_fen:
        return paid
    more = _settle(connection, payment, payment.paid_fen - paid.paid_fen, now_ms)
    after = replace(paid, paid_fen=payment.paid_fen, settlement=_joined(paid.settlement, more))
    connection.execute(
        update(bill_payments)
        .where(bill_payments.c.order_no == payment.order_no)
        .values(paid_fen=after.paid_fen, body=_body(after))
    )
    return after


def _joined(first: Settlement, more: Settlement) -> Settlement:
    return Settlement(
        months=(*first.months, *more.months),
        settled_fen=first.settled_fen + more.settled_fen,
        balance_before_fen=first.balance_before_fen,
        balance_after_fen=more.balance_after_fen,
    )


def _settle(connection: Connection, payment: Payment, money_fen: int, now_ms: int) -> Settlement:
    """Settle what the money and the balance suffice for, and move the balance."""
    customer = _customer(connection, payment.customer_no)
    assert customer is not None
    newest = max(payment.months, default="")
    owed = tuple(bill for bill in unpaid(connection, payment.customer_no) if bill.month <= newest)
    free_fen = _free_fen(connection, customer)
    done = settle(owed, free_fen, money_fen)
    if done.months:
        connection.execute(
            update(bills)
            .where(bills.c.customer_no == payment.customer_no, bills.c.month.in_(done.months))
            .values(order_no=payment.order_no, paid_at_ms=now_ms)
        )
    connection.execute(
        update(customers)
        .where(customers.c.customer_no == payment.customer_no)
        .values(balance_fen=customer.balance_fen - free_fen + done.balance_after_fen)
    )
    return done


def _forbids_without_money(
    connection: Connection, payment: Payment, customer: Row[Any]
) -> Reason | None:
    """Return why the account alone does not pay what was chosen, all of it; None: it does."""
    owed = unpaid(connection, payment.customer_no)[: len(payment.months)]
    if tuple(bill.month for bill in owed) != payment.months:
        return Reason.NOTHING_DUE
    if not owed or due_fen(owed, _free_fen(connection, customer)):
        return Reason.BELOW_MINIMUM
    return None


def _free_fen(connection: Connection, customer: Row[Any]) -> int:
    """Return what of the balance can be spent: not what an open sale keeps, which may be voided."""
    query = (
        select(vends.c.body)
        .select_from(meters.join(vends, vends.c.order_no == meters.c.open_order_no))
        .where(meters.c.customer_no == customer.customer_no)
    )
    quotes = [msgspec.json.decode(body, type=Vend).quote for body in connection.scalars(query)]
    kept_fen = sum(max(0, each.balance_after_fen - each.balance_before_fen) for each in quotes)
    return max(0, int(customer.balance_fen) - kept_fen)


def _customer(connection: Connection, customer_no: str, *, lock: bool = False) -> Row[Any] | None:
    query = select(customers).where(customers.c.customer_no == customer_no)
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def _held(connection: Connection, order_no: str) -> Row[Any] | None:
    return connection.execute(select(bill_payments).filter_by(order_no=order_no)).one_or_none()


def _paid(row: Row[Any]) -> BillPaid:
    return msgspec.json.decode(row.body, type=BillPaid)


def _month(row: Row[Any]) -> MonthBill:
    return MonthBill(
        month=row.month,
        energy_wh=row.energy_wh,
        amount_fen=row.amount_fen,
        late_fee_fen=row.late_fee_fen,
    )


def _payment_row(payment: Payment, paid: BillPaid) -> dict[str, Any]:
    return {
        "order_no": paid.order_no,
        "customer_no": paid.customer_no,
        "receipt_no": paid.receipt_no,
        "months": ",".join(payment.months),
        "paid_fen": paid.paid_fen,
        "business_date": business_date(paid.paid_at_ms),
        "at_ms": paid.paid_at_ms,
        "body": _body(paid),
    }


def _body(paid: BillPaid) -> str:
    return msgspec.json.encode(paid).decode()
