"""The states of somebody who has paid before: the menu, the code of a slip, what is owed."""

from collections.abc import Iterator
from functools import partial

from kiosk.flow.event import Device, DeviceState, Fault
from kiosk.flow.phase import Cause, Phase, Why
from kiosk.flow.screen import screen
from kiosk.flow.session import PartStatus
from kiosk.ui.samples import (
    AT_MS,
    MONEY_USER,
    RESIDENT,
    TERMINAL_NO,
    THREE_NOTES,
    Person,
    Sample,
    session,
    sold,
)
from kiosk.ui.widgets.keypad import Key, key_name
from kiosk.ui.window import Window
from vending.messages import Owed, Reason
from vending.order_no import make_order_no

WORKING = {
    Device.CARD_READER: PartStatus(DeviceState.OK),
    Device.HEAD_OFFICE: PartStatus(DeviceState.OK),
    Device.ACCEPTOR: PartStatus(DeviceState.FAULT, Fault.JAM_IN_ACCEPTOR),
}
"""Nothing can be sold for cash, and what was paid earlier can be delivered."""


def owed(who: Person, terminal_no: str, why: Cause | None, *, is_sold: bool = True) -> Owed:
    """Return an order of ``who`` that was paid at a terminal and not delivered."""
    state = session(who, Phase.VENDING, notes=THREE_NOTES)
    order = (sold(state) if is_sold else state).order
    return Owed(
        order_no=make_order_no(terminal_no, AT_MS, 128),
        opened_at_ms=AT_MS,
        paid_fen=sum(THREE_NOTES),
        vend=order.vend if order else None,
        account=who.account,
        card_serial=who.card.serial,
        why=why.value if why else None,
        seals=1,
        by_machine=True,
    )


def press_keys(keys: str, window: Window) -> None:
    """Press keys of the page by the characters that they type."""
    for key in keys:
        for widget in window.findChildren(Key, key_name(key)):
            if widget.isVisible():
                widget.click()


def owed_samples() -> Iterator[Sample]:
    """Yield every state, in the order of a visit."""
    closed = session(None, Phase.OUT_OF_SERVICE, cause=Why.ACCEPTOR_DOWN, parts=WORKING)
    yield Sample("out-of-service-still-delivers", screen(closed))
    asked = session(None, Phase.RESELL, reselling=True)
    yield Sample("resell", screen(asked))
    yield Sample("resell-more-time", screen(asked.but(asked_more_time=True)))
    typing = session(RESIDENT, Phase.CODE, reselling=True)
    right = make_order_no(TERMINAL_NO, AT_MS, 128)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    yield Sample("code", screen(typing), partial(press_keys, right[:9]))
    yield Sample("code-right", screen(typing), partial(press_keys, right))
    yield Sample("code-wrong", screen(typing), partial(press_keys, wrong))
    yield Sample("code-wrong-date", screen(typing), partial(press_keys, TERMINAL_NO + "251350"))
    yield Sample("code-more-time", screen(typing.but(asked_more_time=True)))
    shown = session(RESIDENT, Phase.OWED, reselling=True)
    here = owed(RESIDENT, TERMINAL_NO, Why.CARD_GONE)
    yield Sample("owed", screen(shown.but(owed=here)))
    there = owed(RESIDENT, "310042", None, is_sold=False)
    yield Sample("owed-elsewhere", screen(shown.but(owed=there)))
    for cause in (Why.SALE_UNKNOWN, Reason.OVERSTOCK, Why.CARD_DOUBTFUL):
        told = owed(MONEY_USER, TERMINAL_NO, cause)
        yield Sample(f"owed-{cause.value}", screen(shown.but(owed=told)))
