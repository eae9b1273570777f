"""The kiosk, unchanged, with a fuse in its journal: `bench.kills.launch ORDERS run CONFIG`.

As soon as the file ORDERS exists, appends are counted; at the one whose address it holds the
process sends itself SIGKILL, with the entry written and not committed, or committed and nothing
else done about it.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from bench.kills.moment import SIDES, Count, Kind, Moment, Side, parse
from kiosk import __main__ as program
from kiosk.engine.database import Database
from kiosk.engine.encoding import kind_of
from kiosk.engine.journal import Journal
from kiosk.flow import screen
from kiosk.flow.event import Event
from vending.messages import Report

GOODBYE_S = 1
"""How long the result stays after the card was taken: nobody reads it here."""


class Fuse:
    """Knows which append is the last one."""

    def __init__(self, orders: Path) -> None:
        self._orders = orders
        self._wanted: Moment | None = None
        self._count = Count()
        self._appending = threading.local()
        """``side``: where this thread's append ends; the commits of others are none."""

    def install(self) -> None:
        """Put it into every journal of this process."""
        append, transaction = Journal.append, Database.transaction

        def counted(journal: Journal, event: Event, reports: Sequence[Report] = ()) -> int:
            self._appending.side = self._side_of(kind_of(event))
            try:
                return append(journal, event, reports)
            finally:
                self._appending.side = None

        @contextmanager
        def fused(database: Database) -> Iterator[Connection]:
            with transaction(database) as connection:
                yield connection
                self._burn(Side.BEFORE)
            self._burn(Side.AFTER)

        Journal.append = counted  # type: ignore[method-assign,assignment]
        Database.transaction = fused  # type: ignore[method-assign,assignment]

    def _side_of(self, name: str) -> Side | None:
        """Count an append; return on which side of its commit the process dies, if it does."""
        if self._wanted is None:
            if not self._orders.exists():
                return None
            self._wanted = parse(self._orders.read_text("utf-8"))
        moments = [self._count.next(Kind.APPEND, name, side) for side in SIDES[Kind.APPEND]]
        return self._wanted.side if self._wanted in moments else None

    def _burn(self, side: Side) -> None:
        if getattr(self._appending, "side", None) is side:
            os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: Sequence[str]) -> int:
    """Run the kiosk with a fuse."""
    orders, *rest = arguments
    Fuse(Path(orders)).install()
    screen.GOODBYE_S = screen.BILL_GOODBYE_S = GOODBYE_S
    return program.main(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
