"""A clearing on the real engine: durable in one append, found again, reported and answered."""

from pathlib import Path

from kiosk.backend.outbox import Outbox
from kiosk.cashbox.count import figures
from kiosk.engine.frozen import freeze, thaw
from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.event import Device, DeviceState, Event, Fault
from kiosk.flow.session import Session
from tests.engine.test_customer import Kiosk, customer
from vending.cash import CashReport, PeriodAnswer
from vending.messages import ReportEnvelope, ReportTaken
from vending.rights import Role

SIGN_IN: tuple[Event, ...] = (
    staff_event.StaffCalled(),
    staff_event.StaffSignedIn(staff="wang", role=Role.OPERATOR),
)
CLEARING: tuple[Event, ...] = (
    *SIGN_IN,
    staff_event.ClearingStarted(),
    ev.DeviceChanged(device=Device.ACCEPTOR, state=DeviceState.FAULT, fault=Fault.BOX_REMOVED),
    ev.DeviceChanged(device=Device.ACCEPTOR, state=DeviceState.OK),
    staff_event.ClearingEnded(box_id="B1", new_box_id="B2", bag_no="7"),
    ev.SlipPrinted(order_no="clearing-1"),
    staff_event.StaffLeft(),
)


def with_money(directory: Path) -> Kiosk:
    """A machine that has sold once: two notes of 50 yuan."""
    directory.mkdir()
    kiosk = Kiosk(directory)
    for event in customer():
        kiosk.take(event)
    kiosk.engine.turn(ev.TimedOut(phase=str(kiosk.session.phase), round=kiosk.session.round))
    return kiosk


class Office:
    """Takes reports, and answers a closed period with the terminal's own figures."""

    def __init__(self) -> None:
        self.periods: list[CashReport] = []

    def report(self, envelope: ReportEnvelope) -> ReportTaken:
        report = envelope.report
        if not isinstance(report, CashReport):
            return ReportTaken(report_no=envelope.report_no)
        self.periods.append(report)
        answer = PeriodAnswer(period_no=report.period_no, agrees=True, figures=report.figures)
        return ReportTaken(report_no=envelope.report_no, answer=answer)


def deliver(kiosk: Kiosk, office: Office) -> None:
    outbox = Outbox(
        kiosk.journal,
        office.report,
        kiosk.journal.journal_id,
        wall_ms=kiosk.clock.wall_ms,
        draw=lambda: 0.0,
        on_answer=lambda answer: kiosk.engine.turn(ev.PeriodAnswered(answer=answer)),
    )
    while outbox.turn() is not None:
        pass


def test_a_period_is_closed_reported_and_answered(tmp_path: Path) -> None:
    kiosk, office = with_money(tmp_path / "a"), Office()
    for event in CLEARING:
        kiosk.take(event)
    deliver(kiosk, office)
    (report,) = office.periods
    assert report.figures.expected_fen == 10_000
    (closed,) = kiosk.session.cash.closed
    assert closed.answer is not None
    assert (closed.answer.agrees, closed.printed) == (True, True)
    kiosk.engine.close()
    again = Kiosk(tmp_path / "a")
    assert again.session.cash == kiosk.session.cash
    again.engine.close()


def test_a_power_cut_after_any_fact_leaves_one_period_and_its_figures(tmp_path: Path) -> None:
    for cut in range(len(CLEARING) + 1):
        directory, office = tmp_path / str(cut), Office()
        kiosk = with_money(directory)
        for event in CLEARING[:cut]:
            kiosk.take(event)
        kiosk.engine.close()
        again = Kiosk(directory)
        if again.session.cash.closed:
            assert again.session.cash.is_open
        else:
            assert figures(again.session.cash.period).expected_fen == 10_000
            for event in (*SIGN_IN, *CLEARING[max(2, cut) :]):
                again.take(event)
        deliver(again, office)
        assert [(r.period_no, r.figures.expected_fen) for r in office.periods] == [(1, 10_000)]
        assert again.session.cash.period.period_no == 2
        again.engine.close()


def test_every_session_of_a_clearing_can_be_kept(tmp_path: Path) -> None:
    kiosk = with_money(tmp_path / "a")
    kept: list[Session] = []
    kiosk.engine.listen(lambda session, _: kept.append(session))
    for event in CLEARING:
        kiosk.take(event)
    assert len(kept) == len(CLEARING)
    assert [thaw(freeze(session)) for session in kept] == kept
    kiosk.engine.close()
