"""The independent judge: does every fen, note and kilowatt-hour stand where it must?

It compares the physical truth of the bench (the acceptor's box, the meters' credits, the bytes on
the cards) with the head office's books, and believes neither the kiosk nor its journal.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, func, select

from bench.card_files import parse_wallet
from bench.issue_card import DemoCard
from bench.meter import Credit, Meter
from center.cash.place import Place
from center.ledger import audit as ledger
from center.ledger.chart import Kind
from center.orders import audit as orders
from center.store.tables import notes, vends
from center.utility.sales import VendState
from vending.messages import Vend


@dataclass(frozen=True)
class Sale:
    """One sale in the head office's books."""

    meter_no: str
    order_no: str
    state: str
    purchase_count: int
    amount: int
    """In the wallet's unit."""


@dataclass(frozen=True)
class Books:
    """What the head office says, at one moment."""

    faults: tuple[str, ...]
    """Violations of its own rules, open suspense of finished orders among them."""
    cash_fen: int
    """What must lie somewhere: in the terminal's box, in a bag, at the bank."""
    uncertain_fen: int
    """Notes of which nobody knows whether they are in the box."""
    uncertain_unknown: int
    """Such notes of which not even the value is known."""
    sales: tuple[Sale, ...]


def read_books(connection: Connection, terminal_no: str) -> Books:
    """Look into the head office's database."""
    uncertain = (notes.c.terminal_no == terminal_no, notes.c.place == Place.UNCERTAIN.value)
    sum_fen = select(func.coalesce(func.sum(notes.c.value_fen), 0)).where(*uncertain)
    unknown = select(func.count()).where(*uncertain, notes.c.value_fen == 0)
    return Books(
        faults=tuple(orders.check(connection)),
        cash_fen=_cash_fen(connection, terminal_no),
        uncertain_fen=int(connection.scalar(sum_fen) or 0),
        uncertain_unknown=int(connection.scalar(unknown) or 0),
        sales=tuple(_sales(connection)),
    )


def _cash_fen(connection: Connection, terminal_no: str) -> int:
    """Return what the terminal's boxes must have held in all, whoever counted it afterwards.

    The bench has one terminal with a box: what is at the bank came from it.
    """
    box = ledger.balances(connection, Kind.CASH).get(terminal_no, 0)
    transit = ledger.balances(connection, Kind.TRANSIT)
    bags = sum(fen for owner, fen in transit.items() if owner.startswith(f"{terminal_no}/"))
    bank = sum(ledger.balances(connection, Kind.BANK).values())
    short = ledger.balances(connection, Kind.SHORT).get(terminal_no, 0)
    long = ledger.balances(connection, Kind.LONG).get(terminal_no, 0)
    return box + bags + bank + short - long


def _sales(connection: Connection) -> Iterator[Sale]:
    for meter_no, order_no, state, body in connection.execute(
        select(vends.c.meter_no, vends.c.order_no, vends.c.state, vends.c.body)
    ):
        vend = msgspec.json.decode(body, type=Vend)
        yield Sale(meter_no, order_no, state, vend.purchase_count, vend.wallet_amount)


def judge(books: Books, box_fen: Iterable[int | None], cards: Iterable[DemoCard]) -> list[str]:
    """Return every violation in words; none is what everybody hopes for."""
    found = [*books.faults, *_cash(books, box_fen)]
    for card in cards:
        if card.meter is not None and card.person is not None:
            found.extend(_meter(card.meter, card.person.purchase_count, books))
            found.extend(_delivered(card, card.meter, books))
    return found


def _cash(books: Books, box_fen: Iterable[int | None]) -> Iterator[str]:
    """What lies in the box is booked as cash, but for notes whose fate nobody knows."""
    lying_fen = sum(value or 0 for value in box_fen)
    most_fen = books.cash_fen + books.uncertain_fen
    if lying_fen < books.cash_fen or (lying_fen > most_fen and not books.uncertain_unknown):
        yield f"{lying_fen} fen in the boxes, {books.cash_fen} fen booked as cash"


def _meter(meter: Meter, count_before: int, books: Books) -> Iterator[str]:
    """A meter credits what was sold for it since ``count_before``, and nothing twice."""
    state = meter.state
    sold = {
        sale.purchase_count: sale
        for sale in books.sales
        if sale.meter_no == state.meter_no and sale.state != VendState.CANCELLED.value
    }
    times = Counter(credit.purchase_count for credit in state.credits)
    yield from (
        f"meter {state.meter_no} credited purchase {count} {number} times"
        for count, number in times.items()
        if number > 1
    )
    for credit in state.credits:
        if credit.purchase_count > count_before:
            yield from _credit(state.meter_no, credit, sold.get(credit.purchase_count))


def _credit(meter_no: str, credit: Credit, sale: Sale | None) -> Iterator[str]:
    what = f"meter {meter_no} credited {credit.amount} as purchase {credit.purchase_count}"
    if sale is None:
        yield f"{what}, which nobody sold"
    elif sale.amount != credit.amount:
        yield f"{what}; sold was {sale.amount}"


def _delivered(card: DemoCard, meter: Meter, books: Books) -> Iterator[str]:
    """What the head office takes for delivered is on the card or in the meter."""
    delivered = {(credit.purchase_count, credit.amount) for credit in meter.state.credits}
    delivered |= _on_card(card)
    for sale in books.sales:
        mine = sale.meter_no == meter.state.meter_no
        if not mine or sale.state != VendState.CONFIRMED.value:
            continue
        if (sale.purchase_count, sale.amount) not in delivered:
            yield f"order {sale.order_no} is confirmed and neither on the card nor in the meter"


def _on_card(card: DemoCard) -> set[tuple[int, int]]:
    if card.card is None:
        return set()
    amount, count = parse_wallet(card.card.image.wallet)
    return {(count, amount)}
