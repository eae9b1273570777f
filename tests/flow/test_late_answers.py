"""Answers that come when the card in the slot is another one."""

import pytest

from kiosk.flow import event as ev
from kiosk.flow.event import Event
from kiosk.flow.phase import Phase
from kiosk.flow.screen import GOODBYE_S, timeout_s
from tests.flow.world import Walk, account_of, card_of
from vending.messages import Reason

OTHER = card_of(2)
LATE: tuple[Event, ...] = (
    ev.AccountRefused(reason=Reason.ACCOUNT_BLOCKED, card_serial=OTHER.serial),
    ev.OfficeUnreachable(question="account", card_serial=OTHER.serial),
    ev.AccountFound(account=account_of(OTHER), card_serial=OTHER.serial),
)


@pytest.mark.parametrize("late", LATE)
def test_an_answer_about_another_card_is_not_obeyed(late: Event) -> None:
    walk = Walk().open_shop().insert().at(Phase.LOOKING_UP)
    asked = walk.session.pending
    walk.feed(late).at(Phase.LOOKING_UP)
    assert walk.session.pending == asked
    walk.feed(ev.AccountFound(account=walk.account, card_serial=walk.card.serial))
    walk.at(Phase.ACCOUNT)


def test_a_refusal_can_be_read_after_the_reader_pushed_the_card_out() -> None:
    walk = Walk().open_shop().feed(ev.CardInserted())
    walk.feed(ev.CardUnreadable(fault=ev.CardFault.FOREIGN), ev.CardRemoved()).at(Phase.REFUSED)
    assert timeout_s(walk.session) == GOODBYE_S
    walk.time_out().at(Phase.IDLE)
