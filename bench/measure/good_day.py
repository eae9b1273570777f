"""A purchase on a day when everything works: a resident, and ports whose facts come at once.

Devices, card and head office take no time at all, so that what remains is the kiosk's own. The
engine, the inbox, the executor and the lane to the head office are the real ones.
"""

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from bench.measure.quick_office import CARD, CHALLENGE, QuickOffice
from kiosk.devices.port import Post
from kiosk.engine.clock import SystemClock
from kiosk.engine.database import Database
from kiosk.engine.engine import Engine, Settings
from kiosk.engine.executor import Executor, Ports
from kiosk.engine.inbox import Inbox
from kiosk.engine.journal import Journal
from kiosk.engine.machine import Machine
from kiosk.engine.office import LineStatus, OfficeLane
from kiosk.flow import event as ev
from kiosk.flow import machine
from kiosk.flow.event import Device, DeviceState, Event
from kiosk.flow.paper import Paper
from kiosk.flow.phase import Phase
from kiosk.flow.policy import Policy
from kiosk.flow.screen import screen, timeout_s
from kiosk.flow.session import Session, fresh
from vending.card import (
    CardSnapshot,
    SealAnswer,
    SealRequest,
    SealStage,
    Verdict,
)
from vending.messages import (
    Report,
    Vend,
)

TERMINAL_NO = "330106"
NOTES_FEN = (10_000, 5_000, 2_000)


class QuickCardDesk:
    """A card that is read, written and proved at once (`kiosk.meter_card.port.CardDesk`)."""

    def __init__(self, post: Post) -> None:
        self._post = post

    def start(self, inbox: object) -> None:
        """Nothing to start."""

    def read(self) -> None:
        """Return the only card."""
        self._post(ev.CardRead(card=CARD))

    def write(self, order_no: str, vend: Vend, before: CardSnapshot) -> None:
        """Ask for the authentication, as a card does first."""
        self._ask(order_no, SealStage.AUTHENTICATE, CHALLENGE)

    def continue_write(self, order_no: str, answer: SealAnswer) -> None:
        """After the authentication ask for the seals, after the seals be done."""
        if answer.stage is SealStage.AUTHENTICATE:
            self._ask(order_no, SealStage.SEAL, CHALLENGE[:8], ("04D6810B00", "04D6820C00"))
        else:
            self._post(ev.CardWriteEnded(order_no=order_no, detail="written"))

    def abort_write(self, order_no: str) -> None:
        """End it."""
        self._post(ev.CardWriteEnded(order_no=order_no, detail="aborted"))

    def prove(self, order_no: str, vend: Vend, before: CardSnapshot) -> None:
        """It is on the card."""
        after = replace(
            before,
            wallet_amount=vend.wallet_amount,
            purchase_count=vend.purchase_count,
            returned=None,
        )
        self._post(ev.CardProved(order_no=order_no, verdict=Verdict.WRITTEN, card=after))

    def release(self) -> None:
        """No motor."""

    def reset(self) -> None:
        """Nothing to start anew."""

    def stop(self, timeout_s: float) -> None:
        """Nothing to stop."""

    def _ask(
        self, order_no: str, stage: SealStage, challenge: str, commands: tuple[str, ...] = ()
    ) -> None:
        request = SealRequest(
            order_no=order_no,
            serial=CARD.serial,
            meter_no=CARD.meter_no,
            stage=stage,
            challenge=challenge,
            commands=commands,
        )
        self._post(ev.SealsWanted(request=request))


class QuickAcceptor:
    """Swallows at once (`kiosk.devices.port.Acceptor`)."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._values: dict[str, int] = {}

    def escrow(self, note_id: str, value_fen: int) -> None:
        """A person puts a note in."""
        self._values[note_id] = value_fen
        self._post(ev.NoteEscrowed(note_id=note_id, value_fen=value_fen))

    def start(self, inbox: object) -> None:
        """Nothing to start."""

    def open(self, values_fen: tuple[int, ...]) -> None:
        """Nothing moves."""

    def close(self) -> None:
        """The path is empty."""
        self._post(ev.AcceptorClosed())

    def stack(self, note_id: str) -> None:
        """Into the box."""
        value_fen = self._values.pop(note_id)
        self._post(ev.NoteStacked(note_id=note_id, value_fen=value_fen, evidence="packed"))

    def give_back(self, note_id: str) -> None:
        """Back to the person."""
        self._post(ev.NoteReturned(note_id=note_id, value_fen=self._values.pop(note_id)))

    def ask_note(self, note_id: str, value_fen: int, *, returning: bool = False) -> None:
        """Nothing is ever in doubt here."""
        self._post(ev.NoteReturned(note_id=note_id, value_fen=value_fen))

    def reset(self) -> None:
        """Nothing to start anew."""

    def stop(self, timeout_s: float) -> None:
        """Nothing to stop."""


class QuickPrinter:
    """Prints at once (`kiosk.devices.port.Printer`)."""

    def __init__(self, post: Post) -> None:
        self._post = post

    def start(self, inbox: object) -> None:
        """Nothing to start."""

    def print_slip(self, slip: Paper) -> None:
        """On paper."""
        self._post(ev.SlipPrinted(order_no=slip.number))

    def reset(self) -> None:
        """Nothing to start anew."""

    def stop(self, timeout_s: float) -> None:
        """Nothing to stop."""


class KeptJournal(Journal):
    """A journal that remembers what was appended, to be appended again elsewhere."""

    def __init__(self, database: Database, *, owner: str) -> None:
        super().__init__(database, owner=owner)
        self.appended: list[tuple[Event, tuple[Report, ...]]] = []

    def append(self, event: Event, reports: Sequence[Report] = ()) -> int:
        """Append and remember."""
        self.appended.append((event, tuple(reports)))
        return super().append(event, reports)


class GoodDay:
    """A kiosk in service. Everything happens in the caller's thread."""

    def __init__(self, directory: Path) -> None:
        clock, self.inbox = SystemClock(), Inbox()
        self.journal = KeptJournal(Database(directory / "journal.db"), owner=TERMINAL_NO)
        status = LineStatus(self.inbox.post, clock)
        self._lane = OfficeLane(
            QuickOffice(clock), self.inbox.post, clock, status, software_version="measure"
        )
        self._asked = 0
        self._lane.on_ask(self._note_question)
        self._acceptor = QuickAcceptor(self.inbox.post)
        ports = Ports(
            card_desk=QuickCardDesk(self.inbox.post),
            acceptor=self._acceptor,
            printer=QuickPrinter(self.inbox.post),
            office=self._lane,
        )
        executor = Executor(ports, self.inbox.post)
        self.engine: Engine[Session] = Engine(
            _machine(), self.journal, clock, executor.perform, Settings(software_version="measure")
        )
        self.engine.listen(_show)
        self._customers = 0
        self.engine.start()
        self._lane.turn()
        for device in (Device.CARD_READER, Device.ACCEPTOR, Device.PRINTER):
            self._happens(ev.DeviceChanged(device=device, state=DeviceState.OK))

    def purchase(self) -> None:
        """Serve one resident with three notes. Raises RuntimeError when that does not work out."""
        self._customers += 1
        for event in (ev.CardInserted(), ev.ContinuePressed(), ev.CashChosen()):
            self._happens(event)
        for place, value_fen in enumerate(NOTES_FEN):
            self._acceptor.escrow(f"{self._customers}-{place}", value_fen)
            self._settle()
        self._happens(ev.FinishPressed())
        sold = self.engine.session.phase
        self._happens(ev.CardRemoved())
        self._happens(self._goodbye_over())
        if (sold, self.engine.session.phase) != (Phase.DONE, Phase.IDLE):
            raise RuntimeError(f"the purchase ended in {sold}, {self.engine.session.phase}")

    def close(self) -> None:
        """Close the journal."""
        self.engine.close()

    def _goodbye_over(self) -> Event:
        session = self.engine.session
        return ev.TimedOut(phase=str(session.phase), round=session.round)

    def _happens(self, event: Event) -> None:
        self.inbox.post(event)
        self._settle()

    def _settle(self) -> None:
        """Let engine and head office work until nothing is left to do."""
        while True:
            delivery = self.inbox.take()
            if delivery is not None:
                durable = self.engine.turn(delivery.event)
                self.inbox.settle(delivery, durable=durable)
            elif self._asked:
                self._asked -= 1
                self._lane.turn()
            else:
                return

    def _note_question(self) -> None:
        self._asked += 1


def _show(session: Session, deadline_s: float | None) -> None:
    """The engine's part of showing: working out the screen."""
    screen(session)


def _machine() -> Machine[Session]:
    return Machine(
        fresh=fresh(Policy(terminal_no=TERMINAL_NO)),
        step=machine.step,
        timeout_s=timeout_s,
        is_resting=machine.is_resting,
        standing=machine.standing,
        make_safe=machine.MAKE_SAFE,
    )
