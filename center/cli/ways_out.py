"""``python -m center orders``, ``refund``, ``audit``: orders that are stuck, and what ends them."""

import argparse
from pathlib import Path

from sqlalchemy import Connection, text

from center.cli import shared
from center.cli.shared import FAILED, OK, Arguments, Opened, command, moment
from center.cli.staff import prove
from center.orders import carrier, cash, refund
from center.orders import order as orders
from center.orders.order import Order
from center.orders.port import Decision, Refund
from center.orders.refund import CannotPay, Payout
from center.staff import trail
from center.store.tables import IS_OPEN
from center.store.tables import orders as orders_table
from vending.cash import Business
from vending.money import format_yuan
from vending.staff import Action, ActionForbidden, Evidence, Role


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    group = commands.add_parser("orders", help="look at orders")
    actions = group.add_subparsers(required=True, metavar="COMMAND")
    command(actions, "stuck", _stuck, "list what was paid and is not delivered or refunded")
    show = command(actions, "show", _show, "tell everything about an order")
    show.add_argument("order_no", metavar="ORDER_NO", type=shared.order_no)
    _refund_commands(commands.add_parser("refund", help="decide and pay out refunds"))
    steps = command(commands, "audit", _audit, "who did what, and was refused what")
    steps.add_argument("order_no", metavar="ORDER_NO", nargs="?", type=shared.order_no)


def _refund_commands(group: argparse.ArgumentParser) -> None:
    actions = group.add_subparsers(required=True, metavar="COMMAND")
    decide = command(actions, "decide", _decide, "pay back instead of delivering; PINs are asked")
    decide.add_argument("--witness", metavar="NAME", help="the second person")
    decide.add_argument("--witness-pin-file", type=Path)
    decide.add_argument(
        "--evidence",
        required=True,
        type=Evidence,
        choices=[Evidence.CUSTOMER_ASKS, Evidence.CARD_DESTROYED],
        metavar="EVIDENCE",
        help="customer-asks, or card-destroyed: you have seen that the old card is",
    )
    pay = command(actions, "pay", _pay, "keep that the money was handed over")
    pay.add_argument("--evidence", required=True, metavar="TEXT", help="what shows it: a receipt")
    for action in (decide, pay):
        action.add_argument("order_no", metavar="ORDER_NO", type=shared.order_no)
        action.add_argument("--by", required=True, metavar="NAME", help="who does it")
        action.add_argument("--pin-file", type=Path, help="a file with the PIN, instead of asking")
    command(actions, "list", _list, "list refunds that are decided and not paid out")


# -- orders --


def _stuck(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        found = store.read(_open_orders)
        owing = store.read(refund.waiting)
    for order in found:
        since = moment(order.identity.opened_at_ms if order.identity else None)
        parked = order.parked_why if order.parked else "not parked"
        print(f"{order.order_no}  {since}  {order.state:<10}{_yuan(order):>10}  {parked}")
    for each in owing:
        print(_refund_line(each))
    return OK


def _open_orders(connection: Connection) -> list[Order]:
    query = (
        orders_table.select()
        .with_only_columns(orders_table.c.order_no)
        .where(IS_OPEN)
        .order_by(text("opened_at_ms"))
    )
    found = [orders.find(connection, no, lock=False) for no in connection.scalars(query).all()]
    return [order for order in found if order is not None]


def _show(given: Arguments) -> int:
    settings, order_no = shared.config(given), given.order_no
    with Opened(settings) as store:
        order = store.read(lambda connection: orders.find(connection, order_no, lock=False))
        if order is None:
            print("there is no such order")
            return FAILED
        told = store.read(lambda connection: carrier.of_order(connection, order_no))
        notes = store.read(lambda connection: cash.of_order(connection, order_no))
        refunded = store.read(lambda connection: refund.find(connection, order_no))
        steps = store.read(lambda connection: trail.read(connection, order_no))
        entries = shared.desk(settings, store).ledger_entries(order_no)
    print(_order_text(order, told))
    for note in notes:
        print(f"note       {format_yuan(note.value_fen):>10}  {note.note_id}")
    if refunded is not None:
        print(_refund_line(refunded))
    for entry in entries:
        print(shared.ledger_line(entry))
    for step in steps:
        print(_step_line(step))
    return OK


def _order_text(order: Order, told: list[str]) -> str:
    known = order.identity
    verdict = f"{order.verdict} ({'holds' if order.is_verdict_good else 'seals were given since'})"
    return "\n".join(
        (
            f"order      {order.order_no}, {order.state}, paid {_yuan(order)} yuan",
            f"for        {_whose(order)}",
            f"opened     {moment(known.opened_at_ms if known else None)}",
            f"changed    {moment(order.changed_at_ms)}",
            f"parked     {shared.one_line(order.parked_why or '') if order.parked else 'no'}",
            f"card       {order.card_serial}, {verdict if order.verdict else 'not judged'}",
            f"seals      {order.seals}",
            f"decided    {order.resolution or 'nothing'} {order.resold_by or ''}".rstrip(),
            f"told to    {', '.join(told) or 'nobody else'}",
        )
    )


def _whose(order: Order) -> str:
    known = order.identity
    if known is None:
        return "not told yet"
    if known.business is Business.BILL:
        return f"bills of customer {known.customer_no}: {', '.join(known.months) or 'no month'}"
    return f"meter {known.meter_no}, customer {known.customer_no}"


def _yuan(order: Order) -> str:
    return format_yuan(order.paid_fen)


# -- refunds --


def _decide(given: Arguments) -> int:
    settings = shared.config(given)
    with Opened(settings) as store:
        by = prove(store, given.by, given.pin_file).person
        witness = None
        if given.witness:
            witness = prove(store, given.witness, given.witness_pin_file).person
        decision = Decision(
            order_no=given.order_no,
            action=Action.REFUND,
            by=by,
            witness=witness,
            evidence=given.evidence,
        )
        answer = shared.desk(settings, store).act("", decision)
    if isinstance(answer, ActionForbidden):
        print(f"not permitted: {answer.why}")
        return FAILED
    print(f"{format_yuan(answer.order.paid_fen)} yuan are to be paid back")
    return OK


def _pay(given: Arguments) -> int:
    settings = shared.config(given)
    with Opened(settings) as store:
        by = prove(store, given.by, given.pin_file).person
        if by.role is Role.OPERATOR:
            raise CannotPay("operators look only")
        payout = Payout(order_no=given.order_no, by=by.name, evidence=given.evidence)
        paid = shared.desk(settings, store).pay_out(payout)
    print(_refund_line(paid))
    return OK


def _list(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        owing = store.read(refund.waiting)
    for each in owing:
        print(_refund_line(each))
    return OK


def _refund_line(found: Refund) -> str:
    paid = f", {found.paid_by} {moment(found.paid_at_ms)}: {found.paid_evidence}"
    return (
        f"{found.order_no}  {moment(found.decided_at_ms)}  {found.state:<10}"
        f"{format_yuan(found.amount_fen):>10}  {found.decided_by}"
        f"{' with ' + found.witness if found.witness else ''} ({found.evidence})"
        f"{paid if found.paid_by else ''}"
    )


# -- the audit --


def _audit(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        steps = store.read(lambda connection: trail.read(connection, given.order_no))
    for step in steps:
        print(_step_line(step))
    return OK


def _step_line(step: trail.Step) -> str:
    who = " with ".join(name for name in (step.staff, step.witness) if name) or "-"
    where = step.terminal_no or "office"
    line = f"{moment(step.at_ms)}  {where:<7}{who:<20}{step.what:<22}{step.order_no or '':<20}"
    return shared.one_line(f"{line}{step.detail}").rstrip()
