"""A head office that sells as fast as it can until it is killed. Run by `test_kill`.

It prints each answer only after the desk gave it, so whoever reads the lines may rely on them.
"""

import sys
import threading
from pathlib import Path

from sqlalchemy import select

from center.store.tables import meters
from tests.center.orders.office import TERMINAL, Office, confirmed, notes, person, request, taken
from vending.messages import Report, ReportEnvelope, Vend
from vending.order_no import make_order_no


class Sellers:
    """One thread for each of three customers, buying again and again."""

    def __init__(self, folder: Path, life: str) -> None:
        self._office = Office(folder)
        self._life = life
        self._lock = threading.Lock()
        self._sequence = self._office.desk.last_order_sequence(TERMINAL)
        self._reports = 0

    def run(self) -> None:
        for number in (1, 2, 3):
            threading.Thread(target=self._buy_for_ever, args=(number,)).start()

    def _say(self, *words: object) -> None:
        with self._lock:
            print(*words, flush=True)

    def _report(self, report: Report) -> None:
        with self._lock:
            self._reports += 1
            number = self._reports
        envelope = ReportEnvelope(report_no=number, journal_id=self._life, report=report)
        self._office.desk.report(TERMINAL, envelope)

    def _buy_for_ever(self, number: int) -> None:
        who = person(number)
        count, open_order_no = self._office.store.read(
            lambda connection: connection.execute(
                select(meters.c.purchase_count, meters.c.open_order_no).where(
                    meters.c.meter_no == who.meter_no
                )
            ).one()
        )
        if open_order_no is not None:
            self._prove(open_order_no, count)
        while True:
            with self._lock:
                self._sequence += 1
                order_no = make_order_no(TERMINAL, self._office.now_ms, self._sequence)
            paid = notes(order_no, 10_000, 5_000, 2_000)
            self._report(taken(order_no, paid[0]))
            self._say("noted", order_no)
            vend = self._office.desk.vend(TERMINAL, request(order_no, who, paid, count=count))
            assert isinstance(vend, Vend), vend
            self._say("sold", order_no)
            count += 1
            self._prove(order_no, count)

    def _prove(self, order_no: str, count: int) -> None:
        self._report(confirmed(order_no, count))
        self._say("confirmed", order_no)


if __name__ == "__main__":
    Sellers(Path(sys.argv[1]), sys.argv[2]).run()
