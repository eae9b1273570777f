"""What the site's configuration says about patience is what the client is told."""

from kiosk.app.policy import timing_of
from kiosk.backend.deadline import Timing
from kiosk.engine.config import Config, HeadOffice, Terminal

TERMINAL = Terminal(number="310001", operator_name="某某供电", service_phone="95598")
URL = "https://office.example"


def test_deadlines_come_from_the_configuration() -> None:
    hurried = HeadOffice(url=URL, connect_deadline_s=1, answer_deadline_s=2, report_deadline_s=3)
    told = timing_of(Config(terminal=TERMINAL, head_office=hurried))
    assert told == Timing(connect_s=1, answer_s=2, report_s=3)


def test_without_a_word_they_are_the_clients_own() -> None:
    assert timing_of(Config(terminal=TERMINAL, head_office=HeadOffice(url=URL))) == Timing()
