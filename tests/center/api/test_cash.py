"""A cash report over the wire: answered with the head office's figures, the same each time."""

from kiosk.backend.client import Client
from tests.center.api.stand import KEYS, TERMINAL, Stand, vend_request
from tests.center.cash.till import Till
from vending.messages import Report, ReportEnvelope, ReportTaken


def test_a_cash_report_is_answered_with_our_own_figures(stand: Stand) -> None:
    stand.register()
    client = Client(stand.url, KEYS[TERMINAL])
    till = Till(stand.center.desk, TERMINAL, stand.center.wall_ms, "other")

    def say(number: int, report: Report) -> ReportTaken:
        envelope = ReportEnvelope(report_no=number, journal_id="j", report=report)
        taken = client.report(envelope)
        assert taken == client.report(envelope)
        return taken

    order_no = vend_request().order_no
    assert say(1, till.pay(order_no, 10_000)).answer is None
    assert say(2, till.frozen()).answer is None
    till.tell(till.lose(5_000, certain=False))
    answer = say(3, till.clear("op")).answer
    assert answer is not None
    assert answer.agrees
    assert (answer.figures.expected_fen, answer.figures.uncertain_fen) == (10_000, 5_000)
    lost = till.lose(2_000, certain=True)
    answer = say(4, till.clear("op")).answer
    assert answer is not None
    assert [line.what for line in answer.differences] == ["total", "note:2000", "loose"]
    assert lost.note.period_no == 2
    assert stand.center.desk.last_period_no(TERMINAL) == 2
