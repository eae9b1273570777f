"""The outbox under everything at once: loss, duplication, silence and restarts at any point."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kiosk.backend.port import NoAnswer
from tests.backend.outbox_stand import Office, Stand, closed, note
from vending.cash import CashReport
from vending.messages import NoteTaken, Report, ReportEnvelope

ORDERS = st.sampled_from(["a", "b", "c"])


class PowerCut(BaseException):
    """The program is gone; nothing catches this."""


class AnyWeather(RuleBasedStateMachine):
    """Whatever happens, each report is in the outbox or at the head office, and in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office()
        self._directory = tempfile.TemporaryDirectory()
        self.stand = Stand(Path(self._directory.name), self.office)
        self.queued: list[Report] = []
        self.answers_lost = False
        self.office.lose_answer = lambda envelope: self.answers_lost

    @rule(order=ORDERS)
    def a_fact_with_a_report(self, order: str) -> None:
        report = note(order, len(self.queued))
        self.stand.queue(report)
        self.queued.append(report)

    @rule()
    def a_period_closes(self) -> None:
        report = closed(len(self.queued))
        self.stand.queue(report)
        self.queued.append(report)

    @rule(keeps=st.booleans())
    def the_journal_takes_answers(self, keeps: bool) -> None:
        self.stand.keeps = keeps

    @rule()
    def a_turn(self) -> None:
        self.stand.outbox.turn()

    @rule(seconds=st.integers(0, 120))
    def time_passes(self, seconds: int) -> None:
        self.stand.clock.advance(seconds)

    @rule(seconds=st.integers(-(10**6), 10**6))
    def the_clock_jumps(self, seconds: int) -> None:
        self.stand.clock.set_wall_ms(self.stand.clock.wall_ms() + seconds * 1000)

    @rule(up=st.booleans(), answers_lost=st.booleans())
    def the_line_changes(self, up: bool, answers_lost: bool) -> None:
        def down(envelope: ReportEnvelope) -> None:
            raise NoAnswer("the line is down")

        self.office.behave = (lambda envelope: None) if up else down
        self.answers_lost = answers_lost

    @rule()
    def the_power_goes(self) -> None:
        self.stand.restart()

    @rule()
    def the_power_goes_before_the_answer_is_noted(self) -> None:
        office_report = self.office.report

        def cut(envelope: ReportEnvelope) -> None:
            office_report(envelope)
            raise PowerCut

        deliver, self.stand.outbox._deliver = self.stand.outbox._deliver, cut  # type: ignore[assignment]
        try:
            self.stand.outbox.turn()
        except PowerCut:
            self.stand.restart()
        else:
            self.stand.outbox._deliver = deliver

    @invariant()
    def nothing_is_invented_and_orders_keep_their_order(self) -> None:
        for number, report in self.office.taken.items():
            if isinstance(report, NoteTaken | CashReport):
                assert report in self.queued, number
            if isinstance(report, CashReport):
                arrived = list(dict.fromkeys(self.office.arrivals))
                before = arrived[: arrived.index(number)]
                assert set(range(1, number)) <= set(before), "a period overtook something"
        for numbers in self.office.orders().values():
            assert numbers == sorted(numbers)

    def teardown(self) -> None:
        self.office.behave = lambda envelope: None
        self.answers_lost = False
        self.stand.keeps = True
        self.stand.run(turns=500)
        arrived = [r for r in self.office.taken.values() if isinstance(r, NoteTaken | CashReport)]
        assert len(arrived) == len(self.queued)
        assert all(report in arrived for report in self.queued)
        periods = {report.period_no for report in arrived if isinstance(report, CashReport)}
        assert {answer.period_no for answer in self.stand.answers} == periods
        assert self.stand.waiting() == 0
        self.stand.journal.close()
        self._directory.cleanup()


TestAnyWeather = AnyWeather.TestCase
TestAnyWeather.settings = settings(max_examples=40, stateful_step_count=30)
