"""From what is asked of a card worker, and what it answers, to facts. Pure."""

from kiosk.flow import event as ev
from kiosk.meter_card import messages as ms
from vending.card import Verdict


def settled(request: ms.Request, reply: ms.Answer) -> ev.Event | None:
    """Return the fact that an answer amounts to; None: nobody waits for one."""
    match request, reply:
        case ms.Read(), ms.ReadDone():
            return ev.CardRead(card=reply.card)
        case ms.Read(), ms.ReadFailed():
            return ev.CardUnreadable(fault=reply.fault, detail=reply.detail, serial=reply.serial)
        case ms.Write(order=order), ms.WriteEnded():
            return ev.CardWriteEnded(order_no=order.order_no, detail=reply.detail)
        case ms.Prove(order=order), ms.Proved():
            return ev.CardProved(order_no=order.order_no, verdict=reply.verdict, card=reply.card)
        case ((ms.Ping() | ms.Release()), ms.Done()):
            return None
        case _:
            return failed(request, f"the card worker answered {type(reply).__name__}")


def failed(request: ms.Request, why: str) -> ev.Event | None:
    """Return the fact that ends a request badly; None: nobody waits for one."""
    match request:
        case ms.Read():
            return ev.CardUnreadable(fault=ev.CardFault.READER, detail=why)
        case ms.Write(order=order):
            return ev.CardWriteEnded(order_no=order.order_no, detail=why)
        case ms.Prove(order=order):
            return ev.CardProved(order_no=order.order_no, verdict=Verdict.UNKNOWN)
        case _:
            return None


class Announcer:
    """Tells each change once, whoever reports it how often."""

    def __init__(self) -> None:
        self._card = False
        self._device: tuple[ev.DeviceState, ev.Fault] | None = None

    def card(self, present: bool) -> ev.Event | None:
        """A stay of a card is one insertion and one removal, even if workers die meanwhile."""
        if present == self._card:
            return None
        self._card = present
        return ev.CardInserted() if present else ev.CardRemoved()

    def reader(self, reply: ms.Reader) -> ev.Event | None:
        """What a worker says about its reader."""
        if reply.works:
            return self.device(ev.DeviceState.OK, detail=reply.detail)
        return self.device(ev.DeviceState.OFFLINE, ev.Fault.READER_GONE, reply.detail)

    def device(
        self, state: ev.DeviceState, fault: ev.Fault = ev.Fault.NONE, detail: str = ""
    ) -> ev.Event | None:
        """The state of the card reader as a part of the kiosk."""
        if (state, fault) == self._device:
            return None
        self._device = (state, fault)
        return ev.DeviceChanged(
            device=ev.Device.CARD_READER, state=state, fault=fault, detail=detail
        )
