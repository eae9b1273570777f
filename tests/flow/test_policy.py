"""The policy is a fact: a journal folded again under other settings tells the same story."""

from functools import reduce

from kiosk.flow import event as ev
from kiosk.flow.event import Event
from kiosk.flow.machine import step
from kiosk.flow.policy import Policy
from kiosk.flow.session import Session, fresh
from tests.flow.world import Walk


def test_old_facts_keep_the_policy_of_their_day() -> None:
    was = Policy(terminal_no="310001")
    walk = Walk(was)
    walk.feed(ev.Restarted(boot_id="1", policy=was)).to_tender().pay(10_000)
    strict = Policy(terminal_no="310001", min_fen=2_000_000, note_values_fen=(500,))
    assert fold(fresh(strict), walk.facts) == walk.session
    assert walk.session.paid_fen == 10_000


def test_a_new_policy_holds_from_the_next_start() -> None:
    new = Policy(terminal_no="310001", language="en")
    session = fold(fresh(Policy(terminal_no="310001")), [ev.Restarted(boot_id="2", policy=new)])
    assert session.policy == new


def fold(start: Session, facts: list[Event]) -> Session:
    return reduce(lambda session, fact: step(session, fact)[0], facts, start)
