"""An outbox on a real database, and a head office that takes each report once."""

from collections.abc import Callable
from pathlib import Path

from kiosk.backend.outbox import BackOff, Outbox, put
from kiosk.backend.port import NoAnswer
from kiosk.engine.clock import ManualClock
from kiosk.engine.database import Database
from kiosk.engine.journal import Journal
from vending.messages import (
    Alarm,
    Note,
    NoteTaken,
    OrderAbandoned,
    Report,
    ReportEnvelope,
    ReportTaken,
)


class Office:
    """Takes each number once, and keeps what arrived in the order of arrival."""

    def __init__(self) -> None:
        self.taken: dict[int, Report] = {}
        self.arrivals: list[int] = []
        self.journal_ids: set[str] = set()
        self.behave: Callable[[ReportEnvelope], None] = lambda envelope: None
        """Called on arrival and, after taking, with the same envelope again by `lose_answer`."""
        self.lose_answer: Callable[[ReportEnvelope], bool] = lambda envelope: False

    def report(self, envelope: ReportEnvelope) -> ReportTaken:
        self.behave(envelope)
        self.arrivals.append(envelope.report_no)
        self.journal_ids.add(envelope.journal_id)
        known = self.taken.setdefault(envelope.report_no, envelope.report)
        assert known == envelope.report, "one number, two bodies"
        if self.lose_answer(envelope):
            raise NoAnswer("the answer was lost")
        return ReportTaken(report_no=envelope.report_no)

    def orders(self) -> dict[str, list[int]]:
        """The report numbers of each order in the order of their first arrival."""
        lanes: dict[str, list[int]] = {}
        for number in dict.fromkeys(self.arrivals):
            lanes.setdefault(getattr(self.taken[number], "order_no", "-"), []).append(number)
        return lanes


class Stand:
    """A terminal's database with its outbox; `restart` is what a power cut leaves."""

    def __init__(self, directory: Path, office: Office, **options: int) -> None:
        self.clock = ManualClock()
        self.office = office
        self.journal = Journal(Database(directory / "journal.db", lock_wait_s=0.0))
        self._options = options
        self.restart()

    def restart(self) -> None:
        self.journal.open()
        self.outbox = Outbox(
            self.journal,
            self.office.report,
            self.journal.journal_id,
            wall_ms=self.clock.wall_ms,
            draw=lambda: 0.5,
            back_off=BackOff(first_ms=1000, longest_ms=60_000, line_longest_ms=8_000),
            **self._options,
        )

    def queue(self, *reports: Report) -> None:
        with self.journal.database.transaction() as connection:
            put(connection, 1, self.clock.wall_ms(), reports)

    def run(self, turns: int = 100) -> None:
        """Turn until nothing waits, letting time pass as the outbox asks for."""
        for _ in range(turns):
            rest_ms = self.outbox.turn()
            if rest_ms is None:
                return
            self.clock.advance(rest_ms / 1000)

    def waiting(self) -> int:
        return self.outbox.deliveries.waiting

    def states(self) -> list[str]:
        with self.journal.database.transaction() as connection:
            rows = connection.exec_driver_sql("SELECT state FROM outbox ORDER BY report_no")
            return list(rows.scalars())


def note(order_no: str, number: int) -> NoteTaken:
    return NoteTaken(
        order_no=order_no, note=Note(note_id=f"{order_no}-{number}", value_fen=1000), at_ms=number
    )


def abandoned(order_no: str) -> OrderAbandoned:
    return OrderAbandoned(order_no=order_no, at_ms=1)


def alarm(detail: str) -> Alarm:
    return Alarm(code="test", detail=detail, at_ms=1)
