"""Bugs of the head office: selling, counting and giving back once."""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from center.orders import cash, reporting, selling
from center.orders import order as orders
from center.orders.desk import Desk
from center.orders.order import Order
from center.orders.work import Work
from center.store.engine import insert_if_absent
from center.utility import account as accounts
from center.utility import embedded, sales
from center.utility.embedded import EmbeddedUtility
from center.utility.port import Sale
from tests.explore.bugs import bug
from tests.explore.swap import Swaps
from vending.card import Verdict
from vending.messages import (
    InquiryAnswer,
    Note,
    NotSold,
    OrderParked,
    Refused,
    Vend,
    VendConfirmed,
    VendRequest,
)

# -- once ----------------------------------------------------------------------------------------


@bug(
    "A report that comes again is taken again: a note in suspense counts twice.",
    guard="Whatever a report says is done once: notes by number, sales by state.",
)
def report_taken_again(swaps: Swaps) -> None:
    real = insert_if_absent

    def insert(connection: Connection, table: Any, row: Any) -> bool:
        real(connection, table, row)
        return True

    swaps.attribute(reporting, "insert_if_absent", insert)


@bug("A note counts with the sale and once more with its own report: one note pays twice.")
def note_taken_again(swaps: Swaps) -> None:
    real = cash.take

    def take(connection: Connection, order: Order, note: Note, now_ms: int) -> Order:
        if cash._held(connection, order.terminal_no, note.note_id) is not None:
            note = replace(note, note_id=f"{note.note_id}+")
        return real(connection, order, note, now_ms)

    swaps.function(real, take)


@bug("The head office forgets what it sold under a number, and asks the utility again.")
def sold_again(swaps: Swaps) -> None:
    real = selling.sell

    def sell(work: Work, request: VendRequest) -> Vend | Refused:
        order = orders.find(work.connection, request.order_no)
        if order and order.request_digest:
            forgotten = replace(order, request_digest=None)
            orders.save(work.connection, order, forgotten, work.now_ms)
        return real(work, request)

    swaps.function(real, sell)


@bug(
    "The utility sells again under a number that it knows: the next purchase is given away.",
    guard="The head office remembers what it has sold and does not ask again.",
)
def utility_sells_again(swaps: Swaps) -> None:
    real = EmbeddedUtility.vend

    def vend(self: Any, connection: Connection, sale: Sale, now_ms: int) -> Vend | Refused:
        if sales.find(connection, sale.order_no) is None:
            return real(self, connection, sale, now_ms)
        year = embedded._tariff_year(now_ms)
        found = accounts.load(connection, sale.meter_no, sale.card_serial, year, lock=True)
        assert found
        priced = embedded._price(found, sale.paid_fen)
        if isinstance(priced, Refused):
            return priced
        sold = embedded._vend(found, sale.order_no, priced, now_ms)
        sales.book(connection, found, sale.card_serial, replace(sold, order_no=f"{now_ms:019d}"))
        return sold

    swaps.attribute(EmbeddedUtility, "vend", vend)


@bug(
    "The question whether it was sold is always answered with no.",
    guard="The sale is asked for again under the same number: the same answer.",
)
def inquiry_says_no(swaps: Swaps) -> None:
    def inquire(self: Desk, terminal_no: str, order_no: str) -> InquiryAnswer:
        return NotSold(order_no)

    swaps.attribute(Desk, "inquire", inquire)


# -- time-outs -----------------------------------------------------------------------------------


@bug("A parked order counts as delivered: its customer paid and has an empty card.")
def parked_is_delivered(swaps: Swaps) -> None:
    real = reporting._take_parked

    def take_parked(work: Work, report: OrderParked) -> None:
        real(work, report)
        sold = work.utility.inquire(work.connection, report.order_no)
        if isinstance(sold, Vend):
            confirmed = VendConfirmed(
                order_no=report.order_no,
                purchase_count=sold.purchase_count,
                verdict=Verdict.WRITTEN,
                card_digest="",
                at_ms=report.at_ms,
            )
            reporting._take_confirmed(work, confirmed)

    swaps.function(real, take_parked)


@bug("A parked order is voided for a refund: the card may hold it, energy for nothing.")
def parked_is_voided(swaps: Swaps) -> None:
    real = reporting._take_parked

    def take_parked(work: Work, report: OrderParked) -> None:
        real(work, report)
        selling.void(work, report.order_no)

    swaps.function(real, take_parked)
