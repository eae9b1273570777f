"""Wishes become calls on ports. Never blocks the engine, and a port that raises becomes a fact."""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from kiosk.devices.port import Acceptor, Post, Printer, Scanner
from kiosk.engine.office import QUESTIONS, OfficeLane
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.command import Command
from kiosk.flow.event import CardFault, Device, DeviceState, Event, Fault
from kiosk.meter_card.port import CardDesk
from vending.card import Verdict

_logger = logging.getLogger(__name__)


class Ports(NamedTuple):
    """What the executor can call."""

    card_desk: CardDesk
    acceptor: Acceptor
    printer: Printer
    office: OfficeLane
    scanner: Scanner | None = None
    """None: this machine has none."""
    restart: Callable[[], None] = lambda: None
    """Ends the program so that it is started again; returns at once."""


class Resettable(Protocol):
    """A device that can be started anew."""

    def reset(self) -> None:
        """Start anew; returns at once."""


class Handler(NamedTuple):
    """How one kind of wish is carried out."""

    call: Callable[[Ports, Any], None]
    """Returns at once; what comes of it is a fact."""
    failure: Callable[[Any, str], Event | None]
    """The fact when the call itself raised, with the error's name; None: it shows by itself."""


def _broken(device: Device) -> Callable[[Command, str], Event]:
    def failure(_: Command, why: str) -> Event:
        return ev.DeviceChanged(
            device=device, state=DeviceState.FAULT, fault=Fault.HARDWARE, detail=why
        )

    return failure


def _note_unknown(asked: wish.StackNote, why: str) -> Event:
    return ev.NoteUnknown(note_id=asked.note_id, value_fen=asked.value_fen, why=why)


def _write_ended(asked: Any, why: str) -> Event:
    return ev.CardWriteEnded(order_no=asked.order_no, detail=why)


def _reset(ports: Ports, asked: wish.ResetDevice) -> None:
    parts: dict[Device, Resettable | None] = {
        Device.CARD_READER: ports.card_desk,
        Device.ACCEPTOR: ports.acceptor,
        Device.PRINTER: ports.printer,
        Device.SCANNER: ports.scanner,
    }
    part = parts.get(asked.device)
    if part is not None:
        part.reset()


_reader_broken = _broken(Device.CARD_READER)
_acceptor_broken = _broken(Device.ACCEPTOR)

HANDLERS: dict[type[Command], Handler] = {
    wish.ReadCard: Handler(
        lambda ports, _: ports.card_desk.read(),
        lambda _, why: ev.CardUnreadable(fault=CardFault.READER, detail=why),
    ),
    wish.WriteCard: Handler(
        lambda ports, asked: ports.card_desk.write(asked.order_no, asked.vend, asked.before),
        _write_ended,
    ),
    wish.ContinueWrite: Handler(
        lambda ports, asked: ports.card_desk.continue_write(asked.order_no, asked.answer),
        _write_ended,
    ),
    wish.AbortWrite: Handler(
        lambda ports, asked: ports.card_desk.abort_write(asked.order_no), _write_ended
    ),
    wish.ProveCard: Handler(
        lambda ports, asked: ports.card_desk.prove(asked.order_no, asked.vend, asked.before),
        lambda asked, _: ev.CardProved(order_no=asked.order_no, verdict=Verdict.UNKNOWN),
    ),
    wish.ReleaseCard: Handler(lambda ports, _: ports.card_desk.release(), _reader_broken),
    wish.OpenAcceptor: Handler(
        lambda ports, asked: ports.acceptor.open(asked.values_fen), _acceptor_broken
    ),
    wish.CloseAcceptor: Handler(lambda ports, _: ports.acceptor.close(), _acceptor_broken),
    wish.StackNote: Handler(
        lambda ports, asked: ports.acceptor.stack(asked.note_id), _note_unknown
    ),
    wish.ReturnNote: Handler(
        lambda ports, asked: ports.acceptor.give_back(asked.note_id), _note_unknown
    ),
    wish.AskNote: Handler(
        lambda ports, asked: ports.acceptor.ask_note(
            asked.note_id, asked.value_fen, returning=asked.returning
        ),
        _note_unknown,
    ),
    wish.PrintSlip: Handler(
        lambda ports, asked: ports.printer.print_slip(asked.slip),
        lambda asked, _: ev.SlipFailed(order_no=asked.order_no, fault=Fault.HARDWARE),
    ),
    wish.PrintPaper: Handler(
        lambda ports, asked: ports.printer.print_slip(asked.paper),
        lambda asked, _: ev.SlipFailed(order_no=asked.paper.number, fault=Fault.HARDWARE),
    ),
    wish.ResetDevice: Handler(_reset, lambda asked, why: _broken(asked.device)(asked, why)),
    wish.RestartProgram: Handler(lambda ports, _: ports.restart(), lambda _, __: None),
}


class Executor:
    """Carries wishes out. Called by the engine's thread only."""

    def __init__(self, ports: Ports, post: Post) -> None:
        self._ports = ports
        self._post = post

    def perform(self, asked: Command) -> None:
        """Carry a wish out; returns at once. Raises TypeError for a wish that nobody serves."""
        if type(asked) in QUESTIONS:
            after_s = asked.after_s if isinstance(asked, wish.InquireVend | wish.InquireBill) else 0
            self._ports.office.ask(asked, after_s)
            return
        handler = HANDLERS.get(type(asked))
        if handler is None:
            raise TypeError(f"nobody serves a {type(asked).__name__}")
        try:
            handler.call(self._ports, asked)
        except Exception as error:
            _logger.exception("a port failed", extra={"wish": type(asked).__name__})
            fact = handler.failure(asked, type(error).__name__)
            if fact is not None:
                self._post(fact)
