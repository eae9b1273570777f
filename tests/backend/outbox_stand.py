"""An outbox on a real database, and a head office that takes each report once."""

from collections.abc import Callable
from pathlib import Path

from kiosk.backend.outbox import Outbox, put
from kiosk.backend.port import NoAnswer
from kiosk.backend.schedule import BackOff
from kiosk.engine.clock import ManualClock
from kiosk.engine.database import Database
from kiosk.engine.journal import Journal
from vending.cash import CashReport, Figures, PeriodAnswer
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
        return ReportTaken(report_no=envelope.report_no, answer=answer_to(envelope.report))

    def orders(self) -> dict[str, list[int]]:
        """The report numbers of each order in the order of their first arrival."""
        lanes: dict[str, list[int]] = {}
        for number in dict.fromkeys(self.arrivals):
            lanes.setdefault(getattr(self.taken[number], "order_no", "-"), []).append(number)
        return lanes


def answer_to(report: Report) -> PeriodAnswer | None:
    """The head office's figures are those of the report."""
    if not isinstance(report, CashReport):
        return None
    return PeriodAnswer(period_no=report.period_no, agrees=True, figures=report.figures)


class Stand:
    """A terminal's database with its outbox; `restart` is what a power cut leaves."""

    def __init__(
        self,
        directory: Path,
        office: Office,
        *,
        alarm_after_ms: int = 24 * 3_600_000,
        keep_done: int = 20_000,
    ) -> None:
        self.clock = ManualClock()
        self.office = office
        self.journal = Journal(Database(directory / "journal.db", lock_wait_s=0.0))
        self._alarm_after_ms = alarm_after_ms
        self._keep_done = keep_done
        self.answers: list[PeriodAnswer] = []
        self.keeps = True
        """Whether the journal takes an answer."""
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
            alarm_after_ms=self._alarm_after_ms,
            keep_done=self._keep_done,
            on_answer=self._keep,
        )

    def _keep(self, answer: PeriodAnswer) -> bool:
        self.answers += [answer] if self.keeps else []
        return self.keeps

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


def closed(period_no: int) -> CashReport:
    return CashReport(
        period_no=period_no, opened_at_ms=1, closed_at_ms=2, operator="wang", figures=Figures()
    )


def abandoned(order_no: str) -> OrderAbandoned:
    return OrderAbandoned(order_no=order_no, at_ms=1)


def alarm(detail: str) -> Alarm:
    return Alarm(code="test", detail=detail, at_ms=1)
