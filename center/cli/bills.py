"""``python -m center bills``: what post-paid customers owe, and what they have paid."""

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row

from center import app
from center.cli import shared
from center.cli.shared import FAILED, OK, Arguments, Opened, command, moment
from center.utility import bill_file, bills
from center.utility.bill_file import Billed, BillFileError, Imported
from vending.bill import BillPaid, BillStatement
from vending.money import format_yuan

IMPORT_TIMEOUT_S = 600.0
"""However large the file, whoever imports it is told what came of it."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``bills`` and what it can do."""
    group = commands.add_parser("bills", help="bills of post-paid customers")
    actions = group.add_subparsers(required=True, metavar="COMMAND")
    add = command(actions, "add", _add, "bill a customer for a month")
    add.add_argument("customer_no", metavar="CUSTOMER")
    add.add_argument("month", metavar="MONTH", help="such as 2026-03")
    add.add_argument("--energy-wh", required=True, metavar="WH")
    add.add_argument("--amount-fen", required=True, metavar="FEN")
    add.add_argument("--late-fee-fen", default="0", metavar="FEN")
    take = command(actions, "import", _import, "take bills over from a CSV file, all or none")
    take.add_argument("file", metavar="FILE", type=Path)
    command(actions, "list", _list, "list who owes what")
    show = command(actions, "show", _show, "tell everything about a customer's bills")
    show.add_argument("customer_no", metavar="CUSTOMER")
    command(actions, "settle", _settle, "post payments that got stuck")


def _add(given: Arguments) -> int:
    billed = bill_file.check(
        given.customer_no, given.month, given.energy_wh, given.amount_fen, given.late_fee_fen
    )
    with Opened(shared.config(given)) as store:
        added = store.write(
            lambda connection: bills.add(connection, billed.customer_no, billed.bill, app.wall_ms())
        )
    print("billed" if added else "billed just so before")
    return OK


def _import(given: Arguments) -> int:
    billed = _read(given.file)

    def unit(connection: Connection) -> Imported:
        return bill_file.take(connection, billed, app.wall_ms())

    with Opened(shared.config(given)) as store:
        try:
            done = store.write(unit, IMPORT_TIMEOUT_S)
        except BillFileError as error:
            raise BillFileError(f"{given.file.name}, nothing was taken over:\n{error}") from None
    print(f"{done.added} bills taken over, {done.known} were known")
    return OK


def _read(file: Path) -> list[Billed]:
    try:
        return bill_file.parse(file.read_text("utf-8"))
    except UnicodeDecodeError:
        raise BillFileError(f"{file.name}: save it as UTF-8") from None
    except BillFileError as error:
        raise BillFileError(f"{file.name}, nothing was taken over:\n{error}") from None


def _list(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        owing = store.read(bills.owing)
    for each in owing:
        print(
            f"{each.customer_no:<20}  {each.months:>3} months from {each.oldest}"
            f"{format_yuan(each.due_fen):>12}  balance {format_yuan(each.balance_fen)}"
        )
    return OK


def _show(given: Arguments) -> int:
    number = given.customer_no
    with Opened(shared.config(given)) as store:
        found = store.read(lambda connection: bills.statement(connection, number))
        if not isinstance(found, BillStatement):
            print("there is no such customer")
            return FAILED
        all_bills = store.read(lambda connection: bills.all_of(connection, number))
        payments = store.read(lambda connection: bills.payments_of(connection, number))
    print(f"customer {number}, {found.name_masked}, balance {format_yuan(found.balance_fen)} yuan")
    for row in all_bills:
        print(_bill_line(row))
    for paid in payments:
        print(_payment_line(paid))
    return OK


def _bill_line(row: Row[Any]) -> str:
    late = f" and {format_yuan(row.late_fee_fen)} late fee" if row.late_fee_fen else ""
    paid = f"paid {moment(row.paid_at_ms)} by {row.order_no}" if row.order_no else "unpaid"
    kwh = f"{row.energy_wh // 1000}.{row.energy_wh % 1000:03d} kWh"
    return f"{row.month}  {kwh:>14}{format_yuan(row.amount_fen):>12}{late}  {paid}"


def _payment_line(paid: BillPaid) -> str:
    done = paid.settlement
    return (
        f"{paid.receipt_no}  {moment(paid.paid_at_ms)}  paid {format_yuan(paid.paid_fen)},"
        f" settled {format_yuan(done.settled_fen)} ({', '.join(done.months) or 'no month'}),"
        f" balance then {format_yuan(done.balance_after_fen)}"
    )


def _settle(given: Arguments) -> int:
    settings = shared.config(given)
    with Opened(settings) as store:
        posted = shared.desk(settings, store).settle_bills()
    for order in posted:
        print(f"{order.order_no}  posted {format_yuan(order.paid_fen):>10}")
    return OK
