"""How many vends this machine sells in a second, against the bare database doing the same inserts.

The yardstick is the rows that those very vends left behind, inserted into an empty database of the
same kind with nothing else around: once with one commit for each vend, once with batches.
"""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Engine, Table, insert, select

from center.keys.port import CardIdentity, KeysUnavailable
from center.orders import audit
from center.orders.desk import Desk
from center.store import tables
from center.store.committer import BATCH_SIZE
from center.store.engine import open_writer
from center.store.migrate import migrate
from center.store.store import Store
from center.utility.embedded import EmbeddedUtility
from center.utility.seed import RESIDENTIAL, Seed, SeedAccount, plant
from vending.card import SealAnswer, SealRequest, WalletUnit
from vending.messages import Note, Refused, Vend, VendRequest
from vending.order_no import make_order_no

VENDS = 2_000
THREADS = 32
NOTES_FEN = (10_000, 5_000, 2_000)
"""Each vend is paid with three notes, as a purchase at a kiosk is."""

_TERMINAL_NO = "000001"
_LEFT_BEHIND = (
    tables.orders,
    tables.notes,
    tables.vends,
    tables.ledger_transactions,
    tables.ledger_lines,
)


class Throughput(Struct, frozen=True, kw_only=True):
    """Vends per second, of one run on one machine."""

    vends: int
    threads: int
    desk_per_s: int
    """Through the desk: checked, priced, sold, posted to the ledger, durable."""
    bare_per_s: int
    """The same rows, one commit for each vend."""
    bare_batched_per_s: int
    """The same rows, as many vends in one commit as the committer takes at most."""


class _NoKeys:
    """A key service for a desk that is never asked to seal."""

    def authenticate(self, request: SealRequest) -> SealAnswer:
        """Refuse."""
        raise KeysUnavailable(request.order_no)

    def seal(self, request: SealRequest, vend: Vend, card: CardIdentity) -> SealAnswer:
        """Refuse."""
        raise KeysUnavailable(request.order_no)


def measure(folder: Path, *, vends: int = VENDS, threads: int = THREADS) -> Throughput:
    """Sell ``vends`` times from ``threads`` threads in an empty ``folder`` and say how fast it was.

    Raises RuntimeError when the books do not add up afterwards: then the figure is worth nothing.
    """
    requests = [_request(number) for number in range(1, vends + 1)]
    store = Store(f"sqlite:///{folder.joinpath('desk.db')}")
    try:
        store.write(lambda connection: plant(connection, _seed(requests), _now_ms()))
        desk = Desk(store, EmbeddedUtility(), _NoKeys(), _now_ms)
        desk_ns = _timed(lambda: _sell_all(desk, requests, threads))
        if found := store.read(audit.check):
            raise RuntimeError(f"the books do not add up: {found[0]}")
        left = store.read(_left_behind)
    finally:
        store.close()
    return Throughput(
        vends=vends,
        threads=threads,
        desk_per_s=_rate(vends, desk_ns),
        bare_per_s=_rate(vends, _insert_bare(folder.joinpath("bare.db"), left, requests, 1)),
        bare_batched_per_s=_rate(
            vends, _insert_bare(folder.joinpath("batched.db"), left, requests, BATCH_SIZE)
        ),
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _request(number: int) -> VendRequest:
    now_ms = _now_ms()
    order_no = make_order_no(_TERMINAL_NO, now_ms, number)
    return VendRequest(
        order_no=order_no,
        opened_at_ms=now_ms,
        customer_no=f"{number:012d}",
        meter_no=f"{number:012d}",
        card_serial=f"{number:016X}",
        purchase_count=0,
        notes=tuple(
            Note(note_id=f"{order_no}-{place}", value_fen=value_fen)
            for place, value_fen in enumerate(NOTES_FEN)
        ),
    )


def _seed(requests: Sequence[VendRequest]) -> Seed:
    accounts = tuple(
        SeedAccount(
            customer_no=request.customer_no,
            meter_no=request.meter_no,
            card_serial=request.card_serial,
            name="-",
            address="-",
            wallet_unit=WalletUnit.ENERGY,
        )
        for request in requests
    )
    return Seed(tariffs=(RESIDENTIAL,), accounts=accounts)


def _timed(act: Callable[[], None]) -> int:
    began_ns = time.perf_counter_ns()
    act()
    return time.perf_counter_ns() - began_ns


def _rate(count: int, took_ns: int) -> int:
    return count * 1_000_000_000 // took_ns


def _sell_all(desk: Desk, requests: Sequence[VendRequest], threads: int) -> None:
    refused: list[Refused] = []

    def sell(part: Sequence[VendRequest]) -> None:
        for request in part:
            answer = desk.vend(_TERMINAL_NO, request)
            if isinstance(answer, Refused):
                refused.append(answer)

    sellers = [
        threading.Thread(target=sell, args=(requests[first::threads],)) for first in range(threads)
    ]
    for seller in sellers:
        seller.start()
    for seller in sellers:
        seller.join()
    if refused:
        raise RuntimeError(f"{len(refused)} vends were refused: {refused[0].reason}")


Rows = dict[str, list[tuple[Table, list[dict[str, Any]]]]]
"""By order: the rows of each table."""


def _left_behind(connection: Connection) -> Rows:
    order_of = dict(
        connection.execute(
            select(tables.ledger_transactions.c.posting_key, tables.ledger_transactions.c.order_no)
        ).all()
    )
    left: Rows = {}
    for table in _LEFT_BEHIND:
        by_order: dict[str, list[dict[str, Any]]] = {}
        for row in connection.execute(select(table)).mappings():
            order_no = row["order_no"] if "order_no" in row else order_of[row["posting_key"]]
            by_order.setdefault(order_no, []).append(dict(row))
        for order_no, rows in by_order.items():
            left.setdefault(order_no, []).append((table, rows))
    return left


def _insert_bare(path: Path, left: Rows, requests: Sequence[VendRequest], in_one: int) -> int:
    engine = open_writer(f"sqlite:///{path}")
    try:
        migrate(engine)
        return _timed(lambda: _insert_all(engine, left, requests, in_one))
    finally:
        engine.dispose()


def _insert_all(engine: Engine, left: Rows, requests: Sequence[VendRequest], in_one: int) -> None:
    for first in range(0, len(requests), in_one):
        with engine.begin() as connection:
            for request in requests[first : first + in_one]:
                for table, rows in left[request.order_no]:
                    connection.execute(insert(table), rows)
