"""The line as the network thread keeps it: signed in, tried when unused, told when it changes."""

import threading

import pytest

from kiosk.backend.port import NoAnswer, NotAllowed
from kiosk.engine.clock import ManualClock
from kiosk.engine.office import FIRST_RETRY_S, MOST_QUESTIONS, LineStatus
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.event import Device, DeviceState
from kiosk.flow.staff_event import OfficeTried
from tests.engine.samples import ACCOUNT
from tests.engine.test_office import BUY, LOOK_UP, PROBE_S, SILENCE, Office, Stand
from vending.messages import ReportEnvelope, SignedIn


@pytest.fixture
def stand() -> Stand:
    return Stand().signed_in()


def test_a_line_that_is_tried_on_purpose_is_timed(stand: Stand) -> None:
    def sign_in(software_version: str) -> SignedIn:
        stand.clock.advance(0.184)
        return Office().sign_in(software_version)

    stand.office.sign_in = sign_in  # type: ignore[method-assign]
    stand.lane.ask(wish.TryOffice())
    stand.lane.turn()
    assert stand.facts == [OfficeTried(answered=True, took_ms=184)]


def test_a_line_that_does_not_answer_a_trial_is_down(stand: Stand) -> None:
    assert stand.ask(wish.TryOffice(), SILENCE) == [
        OfficeTried(answered=False, took_ms=0, detail="no-answer")
    ]
    assert stand.states() == [DeviceState.OFFLINE]


def test_too_many_questions_end_a_trial_as_well(stand: Stand) -> None:
    for number in range(MOST_QUESTIONS):
        stand.lane.ask(wish.InquireVend(order_no=str(number)))
    stand.lane.ask(wish.TryOffice())
    assert stand.facts == [OfficeTried(answered=False, took_ms=0, detail="busy")]


def test_it_signs_in_at_the_start_and_tells_what_the_office_has_seen() -> None:
    stand = Stand()
    stand.lane.turn()
    assert stand.facts == [
        ev.DeviceChanged(device=Device.HEAD_OFFICE, state=DeviceState.OK),
        ev.SignedInAt(last_order_sequence=7),
    ]


def test_the_unused_line_is_tried_and_tells_only_news(stand: Stand) -> None:
    assert stand.lane.turn() == PROBE_S
    stand.clock.advance(PROBE_S)
    stand.lane.turn()
    assert (stand.office.calls, stand.facts) == (["sign_in"], [])
    stand.office.sequence = 9
    stand.clock.advance(PROBE_S)
    stand.lane.turn()
    assert stand.facts == [ev.SignedInAt(last_order_sequence=9)]
    stand.facts.clear()
    stand.office.period_no = 3
    stand.clock.advance(PROBE_S)
    stand.lane.turn()
    assert stand.facts == [ev.SignedInAt(last_order_sequence=9, last_period_no=3)]


def test_whoever_follows_sign_ins_hears_of_each(stand: Stand) -> None:
    heard: list[tuple[int, object]] = []
    stand.lane.on_sign_in(lambda signed, office: heard.append((signed.roster_version, office)))
    stand.office.roster_version = 4
    stand.ask(wish.TryOffice(), None)
    stand.ask(wish.TryOffice(), SILENCE)
    assert heard == [(4, stand.office)]


def test_a_listener_that_fails_loses_no_news_and_is_not_the_lines_fault() -> None:
    stand = Stand()

    def fail(*_: object) -> None:
        raise NoAnswer("the roster did not come")

    stand.lane.on_sign_in(fail)
    stand.lane.ask(wish.TryOffice())
    stand.lane.turn()
    assert ev.SignedInAt(last_order_sequence=7) in stand.facts
    assert OfficeTried(answered=True, took_ms=0) in stand.facts
    assert stand.states() == [DeviceState.OK]


def test_an_answer_puts_the_next_trial_off(stand: Stand) -> None:
    stand.clock.advance(PROBE_S - 1)
    stand.ask(LOOK_UP, ACCOUNT)
    assert stand.lane.turn() == 2 * PROBE_S - 1


def test_a_delivered_report_is_a_sign_of_life(stand: Stand) -> None:
    stand.ask(LOOK_UP, SILENCE)
    report = stand.status.watch(stand.office.report)
    report(ReportEnvelope(report_no=1, journal_id="j", report=None))  # type: ignore[arg-type]
    assert stand.states() == [DeviceState.OFFLINE, DeviceState.OK]


def test_a_line_that_is_down_is_tried_again_more_and_more_seldom(stand: Stand) -> None:
    stand.office.says["*"] = SILENCE
    stand.lane.ask(LOOK_UP)
    due_s, waits = stand.lane.turn(), []
    for _ in range(6):
        assert due_s is not None
        waits.append(due_s - stand.clock.monotonic_s())
        stand.clock.advance(waits[-1])
        due_s = stand.lane.turn()
    assert waits == [FIRST_RETRY_S, 10, 20, 40, PROBE_S, PROBE_S]
    assert stand.states() == [DeviceState.OFFLINE]
    stand.office.says.clear()
    stand.clock.advance(PROBE_S)
    assert stand.lane.turn() == stand.clock.monotonic_s() + PROBE_S
    assert stand.states() == [DeviceState.OFFLINE, DeviceState.OK]


def test_a_terminal_that_is_refused_is_told_apart_from_silence(stand: Stand) -> None:
    stand.ask(BUY, NotAllowed("blocked"))
    assert stand.states() == [DeviceState.FAULT]


def test_the_last_fact_about_the_line_is_its_last_state() -> None:
    """Lane and outbox talk at once: what one of them tells late must not stand for ever."""
    told: list[DeviceState] = []
    others: list[threading.Thread] = []

    def post(event: ev.Event) -> None:
        assert isinstance(event, ev.DeviceChanged)
        if not others:  # the other thread hears an answer while this one tells of silence
            others.append(threading.Thread(target=status.answered))
            others[0].start()
            others[0].join(0.2)
        told.append(event.state)

    status = LineStatus(post, ManualClock())
    status.silent()
    others[0].join(5)
    assert told == [DeviceState.OFFLINE, DeviceState.OK]
