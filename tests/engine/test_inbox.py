"""The inbox: bounded, drops what can be pressed again, never money, and says when it lost more."""

import threading

import pytest

from kiosk.engine.inbox import MONEY, PRESSES, Delivery, Inbox
from kiosk.flow import event as ev
from tests.engine.toy import stacked


def drained(inbox: Inbox) -> list[ev.Event]:
    events = []
    while delivery := inbox.take():
        events.append(delivery.event)
    return events


def test_facts_come_out_in_order() -> None:
    inbox = Inbox()
    woken: list[int] = []
    inbox.on_post(lambda: woken.append(1))
    for number in range(3):
        inbox.post(stacked(number))
    assert drained(inbox) == [stacked(0), stacked(1), stacked(2)]
    assert woken == [1, 1, 1]
    assert inbox.take() is None


def test_presses_are_dropped_first_and_money_never() -> None:
    inbox = Inbox(limit=4)
    for _ in range(10):
        inbox.post(ev.ContinuePressed())
    assert len(inbox) == 4
    inbox.post(ev.CardRemoved())
    assert len(inbox) == 5
    assert not inbox.overflowed
    for _ in range(100):
        inbox.post(ev.CardRemoved())
    assert len(inbox) == 32
    assert inbox.overflowed
    for number in range(100):
        inbox.post(stacked(number))
    assert len(inbox) == 132
    assert inbox.dropped == 6 + 73


def test_money_and_presses_are_told_apart() -> None:
    assert not set(MONEY) & set(PRESSES)


def post_in_thread(inbox: Inbox, timeout_s: float) -> tuple[threading.Thread, list[bool]]:
    answers: list[bool] = []
    thread = threading.Thread(
        target=lambda: answers.append(inbox.post_durably(stacked(1), timeout_s)), daemon=True
    )
    posted = threading.Event()
    inbox.on_post(posted.set)
    thread.start()
    assert posted.wait(5)
    return thread, answers


def taken(inbox: Inbox) -> Delivery:
    delivery = inbox.take()
    assert delivery is not None
    return delivery


@pytest.mark.parametrize("durable", [True, False])
def test_who_waits_is_told_what_became_of_it(durable: bool) -> None:
    inbox = Inbox()
    thread, answers = post_in_thread(inbox, 10)
    inbox.settle(taken(inbox), durable=durable)
    thread.join(5)
    assert answers == [durable]


def test_what_was_given_up_does_not_reach_the_journal() -> None:
    inbox = Inbox()
    assert not inbox.post_durably(stacked(1), timeout_s=0.0)
    assert inbox.take() is None


def test_what_was_taken_but_not_settled_in_time_is_not_durable_yet() -> None:
    inbox = Inbox()
    taken_ones: list[Delivery | None] = []
    inbox.on_post(lambda: taken_ones.append(inbox.take()))
    assert not inbox.post_durably(stacked(1), timeout_s=0.0)
    assert [delivery is not None for delivery in taken_ones] == [True]


def test_closing_tells_everybody_who_waits() -> None:
    inbox = Inbox()
    thread, answers = post_in_thread(inbox, 10)
    inbox.close()
    thread.join(5)
    assert answers == [False]
    inbox.post(stacked(2))
    assert not inbox.post_durably(stacked(3), 10)
    assert inbox.take() is None
